"""The best accuracy of a shared embedding, which gives the same answer to all permutations of its inputs."""

from fractions import Fraction

import numpy as np

from odekit.groups import CyclicFamily
from odekit.networks.network import Network

__all__ = ["accuracy_bound", "accuracy_bound_text"]


def accuracy_bound(network: Network) -> Fraction:
    """Largest accuracy of any function of the inputs that this embedding can express.

    1 for an unshared embedding. For a shared one, every class of tuples that permutations carry into one
    another gets one answer, and the most frequent label of each class is counted.

    Raises
    ------
    InputError: the order is a symbol.

    >>> accuracy_bound(Network("Z5", task="x-y"))
    Fraction(3, 5)
    """
    labels = network.labels()
    if network.embedding == "unshared":
        return Fraction(1)
    order, summands = network.finite_group.order, network.task.summands
    tuples = np.sort(np.indices(labels.shape).reshape(summands, -1), axis=0)
    classes = np.ravel_multi_index(tuple(tuples), labels.shape)
    pairs, counts = np.unique(classes * order + labels.ravel(), return_counts=True)
    best = np.zeros(labels.size, dtype=np.int64)
    np.maximum.at(best, pairs // order, counts)
    return Fraction(int(best.sum()), labels.size)


def accuracy_bound_text(network: Network) -> str | None:
    """The bound in words, also at a symbolic order; None where nothing is lost.

    On a non-Abelian group the pairs that commute can all be right, n times the number of conjugacy classes,
    and of the others half. For ``a x + b y`` on a cyclic group of order n, the pairs with
    ``(a - b)(x - y) = 0`` can all be right, and of the others half: ``(n + gcd(a - b, n)) / (2 n)``.
    """
    if network.embedding == "unshared" or (network.task.is_symmetric and network.group.is_abelian):
        return None
    if not isinstance(network.group, CyclicFamily):
        bound = accuracy_bound(network)
        if not network.group.is_abelian and network.task.summands == 2:
            return f"its accuracy is at most (conjugacy classes/n + 1)/2 = {bound} = {float(bound):.4g}"
        return f"its accuracy is at most {bound} = {float(bound):.4g}" if bound < 1 else None
    if network.task.summands > 2:
        return "its accuracy stays below 1"
    return f"its accuracy is at most {_symbolic_bound(network, network.group)}"


def _symbolic_bound(network: Network, family: CyclicFamily) -> str:
    first, second = network.task.coefficients
    n, difference = family.symbol, abs(first - second)
    if difference == 1:
        return f"({n}+1)/(2{n})"
    if difference == 2:
        return f"({n}+1)/(2{n}) for odd {n}, ({n}+2)/(2{n}) for even {n}"
    return f"({n}+gcd({difference},{n}))/(2{n})"

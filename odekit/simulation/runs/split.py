"""Which tuples of inputs are trained on, and how the others are related to them."""

from functools import reduce
from itertools import permutations

import numpy as np

from odekit.arrays import BoolArray
from odekit.networks import Network

__all__ = ["draw_split", "kinds_of_tuples"]

# Added to the seed, so that the split and the start draw from different streams.
STREAM = 0x5EED


def draw_split(network: Network, frac_train: float, seed: int) -> BoolArray:
    """A random set of ordered tuples, floor(frac_train n**s) of them and at least one.

    Drawn from the seed by a generator of its own, so that the start is the same whatever the share is.

    Returns
    -------
    mask: (n,) * s bool, true where trained on.

    >>> draw_split(Network("Z5"), 0.75, seed=0).sum().item()
    18
    """
    shape = network.labels().shape
    count = int(np.prod(shape))
    generator = np.random.default_rng([seed, STREAM])
    mask = np.zeros(count, dtype=np.bool_)
    mask[generator.permutation(count)[: max(1, int(frac_train * count))]] = True
    return mask.reshape(shape)


def kinds_of_tuples(train: BoolArray) -> dict[str, BoolArray]:
    """Three kinds of tuples, as masks that share out all of them.

    ``"seen"`` are trained on; of ``"mirror seen"``, a permutation is; of ``"unseen"``, none is.

    >>> kinds = kinds_of_tuples(np.array([[True, True], [False, False]]))
    >>> [np.argwhere(mask).tolist() for mask in kinds.values()]
    [[[0, 0], [0, 1]], [[1, 0]], [[1, 1]]]
    """
    orders = permutations(range(train.ndim))
    known = reduce(np.logical_or, (train.transpose(order) for order in orders))
    return {"seen": train.copy(), "mirror seen": known & ~train, "unseen": ~known}

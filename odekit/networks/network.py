"""The specification of a network: group, task, activation, embedding, constraint, loss, rates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any

from odekit.arguments import chosen, expect
from odekit.arrays import IntArray
from odekit.errors import InputError, UnknownNameError, shown
from odekit.expressions import Expression
from odekit.groups import CyclicFamily, FiniteGroup
from odekit.groups import group as named_group
from odekit.networks.activation import activation_text, parse_activation
from odekit.networks.task import Task, labels
from odekit.numbers import integer, positive
from odekit.views import html_table

__all__ = ["CONSTRAINTS", "EMBEDDINGS", "LOSSES", "Network", "check_network"]

EMBEDDINGS = ("shared", "unshared")
CONSTRAINTS = ("none", "sphere", "joint_sphere")
LOSSES = ("mean", "sum")
# The number of terms that a derivation holds grows steeply with the degree.


@dataclass(frozen=True, init=False)
class Network:
    """A two-layer network on a group, its task and its loss.

    Parameters
    ----------
    group: FiniteGroup, CyclicFamily (symbolic order, for derivations only), or a name such as ``"Z23"``.
    neurons: number of hidden neurons M, at least 1.
    activation: a name of `ACTIVATIONS`, a formula in ``z``, or a SymPy expression in one symbol.
    embedding: ``"shared"`` (one theta for all inputs) or ``"unshared"`` (theta1, theta2, ...).
    constraint: ``"none"``, ``"sphere"`` or ``"joint_sphere"``.
    task: see `Task.parse`; linear tasks need an Abelian group, where ``x*y`` means ``x+y``.
    loss: cross-entropy ``"mean"`` or ``"sum"`` over all tuples of inputs.
    logit_scale: the whole factor in front of the logits, positive and finite.
    rates: factor on the learning rate of each weight group (``theta`` or ``theta1``, ..., and ``xi``);
        ``theta`` stands for all embeddings; what is left out is 1.

    Raises
    ------
    InputError: a value outside these ranges, or a linear task on a non-Abelian group.
    InputError: the constraint ``"joint_sphere"`` with a shared embedding.
    UnknownNameError: an unknown group, activation, embedding, constraint or loss.

    >>> Network("Z5", activation="z**4", task="x-y").task.coefficients
    (1, -1)
    """

    group: FiniteGroup | CyclicFamily
    neurons: int
    activation: Expression
    activation_name: str
    embedding: str
    constraint: str
    task: Task
    loss: str
    logit_scale: float
    rates: Mapping[str, float] = field(hash=False)  # a mapping has no hash

    def __init__(
        self,
        group: FiniteGroup | CyclicFamily | str,
        neurons: int = 512,
        activation: Any = "quadratic",
        embedding: str = "shared",
        constraint: str = "none",
        task: str | Task = "x*y",
        loss: str = "mean",
        logit_scale: float = 1.0,
        rates: Mapping[str, float] | None = None,
    ) -> None:
        named = _group(group)
        parsed = task if isinstance(task, Task) else Task.parse(task)
        _check_task(named, parsed)
        chosen("embedding", embedding, EMBEDDINGS)
        values = {
            "group": named,
            "neurons": integer(neurons, "neurons", 1),
            "activation": parse_activation(activation_text(activation)),
            "activation_name": activation_text(activation),
            "embedding": embedding,
            "constraint": _constraint(constraint, embedding),
            "task": parsed,
            "loss": chosen("loss", loss, LOSSES),
            "logit_scale": positive(logit_scale, "logit_scale"),
            "rates": _rates({} if rates is None else rates, _embeddings(embedding, parsed.summands)),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def description(self) -> dict[str, Any]:
        """All but the group as plain data, by the names that `Network` takes."""
        return {
            "neurons": self.neurons,
            "activation": self.activation_name,
            "embedding": self.embedding,
            "constraint": self.constraint,
            "task": self.task.text,
            "loss": self.loss,
            "logit_scale": self.logit_scale,
            "rates": dict(self.rates),
        }

    def _repr_html_(self) -> str:
        rates = ", ".join(f"{name}: {rate:g}" for name, rate in self.rates.items())
        rows = {"group": self.group.name, **self.description(), "rates": rates}
        return html_table(("setting", "value"), rows.items())

    def replaced(self, **changes: Any) -> "Network":
        """The same network but for some of what `Network` takes.

        >>> Network("Z5", loss="sum").replaced(neurons=3).loss
        'sum'
        """
        return Network(**{**self.description(), "group": self.group, "task": self.task, **changes})

    @property
    def embeddings(self) -> tuple[str, ...]:
        """Names of the embeddings: ``("theta",)``, or ``("theta1", "theta2", ...)`` where unshared."""
        return _embeddings(self.embedding, self.task.summands)

    def embedding_of(self, summand: int) -> str:
        """Name of the embedding that input ``summand`` (from 0) uses."""
        return self.embeddings[0 if self.embedding == "shared" else summand]

    @property
    def finite_group(self) -> FiniteGroup:
        """The group, where it is a concrete one.

        Raises
        ------
        InputError: the order is a symbol.
        """
        if isinstance(self.group, FiniteGroup):
            return self.group
        raise InputError(
            f"the order of {self.group.name} is a symbol",
            expected="a group of a definite order",
            received=self.group.name,
            hint='group="Z23"',
        )

    @cached_property
    def activation_polynomial(self) -> Mapping[int, Fraction] | None:
        """Exact coefficients of the activation by degree, or None where it is not a polynomial."""
        polynomial = self.activation.polynomial(("z",))
        return None if polynomial is None else {degree: value for (degree,), value in polynomial.items()}

    @property
    def degree(self) -> int:
        """Degree of the activation, 0 where it is no polynomial."""
        return max(self.activation_polynomial or {}, default=0)

    def labels(self) -> IntArray:
        """Right answers: int array of shape ``(n,) * s``, the element that each tuple of inputs maps to."""
        return labels(self.task, self.finite_group)

    def flow_rate(self) -> float:
        """Factor from the flow of the energy sum at unit rates to the flow of this network's loss.

        The energy of one neuron is ``E = sum_x (xi[label] - mean xi) act(z)``; near uniform softmax the
        loss's gradient flow is ``flow_rate() * grad E`` with ``logit_scale / n**s`` for the mean over n**s
        tuples, and ``logit_scale`` for the sum.
        """
        pairs = self.finite_group.order**self.task.summands if self.loss == "mean" else 1
        return self.logit_scale / pairs


def check_network(network: Any) -> None:
    """Refuse what is no network.

    Raises
    ------
    InputError: something else.
    """
    expect(
        isinstance(network, Network),
        "that is no network",
        "an odekit.Network",
        network,
        "odekit.Network('Z7')",
    )


def _group(group: FiniteGroup | CyclicFamily | str) -> FiniteGroup | CyclicFamily:
    if isinstance(group, FiniteGroup | CyclicFamily):
        return group
    if not isinstance(group, str):
        raise InputError(
            "the group is neither a group nor a name",
            expected="a FiniteGroup, or str such as 'Z23'",
            received=type(group).__name__,
        )
    return named_group(group)


def _check_task(group: FiniteGroup | CyclicFamily, task: Task) -> None:
    if task.is_product or isinstance(group, CyclicFamily) or group.is_abelian:
        return
    raise InputError(
        f"the task {task.text!r} adds elements, but {group.name} is not Abelian",
        expected="the product 'x*y' on a non-Abelian group",
        received=task.text,
        hint='task="x*y"',
    )


def _constraint(constraint: str, embedding: str) -> str:
    chosen("constraint", constraint, CONSTRAINTS)
    if constraint == "joint_sphere" and embedding == "shared":
        raise InputError(
            "a shared embedding has no second one to share a sphere with",
            expected='embedding="unshared" under constraint "joint_sphere"',
            received='embedding="shared"',
            hint='constraint="sphere" with rates={"theta": .5, "xi": 1}, which moves theta1 = theta2 = theta',
        )
    return constraint


def _embeddings(embedding: str, summands: int) -> tuple[str, ...]:
    if embedding == "shared":
        return ("theta",)
    return tuple(f"theta{i + 1}" for i in range(summands))


def _rates(given: Mapping[str, float], embeddings: tuple[str, ...]) -> Mapping[str, float]:
    known = (*embeddings, "xi")
    if not isinstance(given, Mapping):
        raise InputError(
            "rates must be given by weight group", expected=", ".join(known), received=shown(given)
        )
    for name in given:
        if name not in (*known, "theta"):
            raise UnknownNameError("weight group in rates", name, known)
    common = given.get("theta", 1.0)
    rates = {name: given.get(name, 1.0 if name == "xi" else common) for name in known}
    return MappingProxyType({name: positive(rate, f"the rate of {name}") for name, rate in rates.items()})

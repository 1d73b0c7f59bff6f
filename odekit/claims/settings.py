"""What an experiment may depend on beside its claim, and which values of it a claim takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np

from odekit.groups import FiniteGroup
from odekit.numbers import integer, real

__all__ = ["RESERVED", "Settings", "Validator", "Value", "neurons_from", "scale_between"]

Value: TypeAlias = float | int | str
# Takes a value and what it is called, and returns the value or refuses it by InputError.
Validator: TypeAlias = Callable[[Any, str], Value]
T = TypeVar("T", bound=Value | None)

RESERVED = ("seed", "full", "group")  # settings of every claim, with an argument each
MOST_NEURONS = 4096  # of which every experiment's records fit the memory


@dataclass(frozen=True)
class Settings:
    """What an experiment may depend on, beside its claim.

    Parameters
    ----------
    seed: of all randomness, at least 0.
    full: whether to take more seeds, larger orders and longer runs than the quick set.
    group: the group to experiment on, or None for the claim's own choice.
    values: of settings that the claim takes, by name, such as ``{"neurons": 64}``; read-only.
    """

    seed: int = 0
    full: bool = False
    group: FiniteGroup | None = None
    values: Mapping[str, Value] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))

    def generator(self, claim: str) -> np.random.Generator:
        """A generator of the claim's own, the same for the same seed whatever else runs."""
        return np.random.default_rng([self.seed, *claim.encode()])

    def value(self, name: str, default: T) -> T:
        """The value of a setting that the claim takes, or the claim's own where none was asked for.

        >>> Settings(values={"neurons": 64}).value("neurons", 8), Settings().value("neurons", 8)
        (64, 8)
        """
        return cast(T, self.values.get(name, default))


def neurons_from(least: int, most: int = MOST_NEURONS) -> Validator:
    """Takes a whole number of neurons in a range.

    >>> neurons_from(4)(8, "neurons")
    8
    """
    return partial(integer, low=least, high=most)


def scale_between(least: float, most: float) -> Validator:
    """Takes a scale of the weights at the start in a range.

    >>> scale_between(1e-3, 0.1)(0.05, "scale")
    0.05
    """
    return partial(real, low=least, high=most)

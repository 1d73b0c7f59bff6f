"""What the parts of a formula mean: one table for each way to read a tree, such as arrays or SymPy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

__all__ = ["FUNCTION_NAMES", "Meanings"]

T = TypeVar("T")

FUNCTION_NAMES = (
    "exp",
    "log",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "erf",
    "abs",
    "sign",
    "relu",
    "step",
)


@dataclass(frozen=True)
class Meanings(Generic[T]):
    """What every kind of part becomes; `Expression.fold` puts a tree together from it.

    Parameters
    ----------
    number: of an exact rational.
    constant: of a constant by its name, ``"pi"``.
    add, multiply: of two parts.
    power: of a part and a whole exponent.
    root: of a part and a degree above 1.
    functions: of a function's argument, by the function's name: all of `FUNCTION_NAMES`.

    Raises
    ------
    TypeError: a function has no meaning.
    """

    number: Callable[[Fraction], T]
    constant: Callable[[str], T]
    add: Callable[[T, T], T]
    multiply: Callable[[T, T], T]
    power: Callable[[T, int], T]
    root: Callable[[T, int], T]
    functions: Mapping[str, Callable[[T], T]]

    def __post_init__(self) -> None:
        if missing := [name for name in FUNCTION_NAMES if name not in self.functions]:
            raise TypeError(f"no meaning is given for {', '.join(missing)}")

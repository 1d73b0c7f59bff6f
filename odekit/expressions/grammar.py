"""The grammars: which functions and constants a text may hold, and how long and how deep it may be."""

from dataclasses import dataclass

from odekit.expressions.arrays import CONSTANTS
from odekit.expressions.meanings import FUNCTION_NAMES

__all__ = ["ACTIVATION", "FORMULA", "Grammar"]

_MORE_FUNCTIONS = ("acos", "asin", "atan", "tan")


@dataclass(frozen=True)
class Grammar:
    """What the parser accepts.

    Parameters
    ----------
    functions: names of functions of one argument, from `FUNCTION_NAMES`.
    constants: names that stand for numbers unless the caller gives them another meaning.
    roots: whether exponents may be fractions; then powers of powers are bounded as one power is.
    length, parts, levels: the most characters, parts and levels of nesting.
    example: for messages.
    """

    functions: tuple[str, ...]
    constants: tuple[str, ...] = ()
    roots: bool = False
    length: int = 1000
    parts: int = 200
    levels: int = 200
    example: str = "'z**2 + z**4/2' or '2*x + 3*y'"


ACTIVATION = Grammar(tuple(name for name in FUNCTION_NAMES if name not in _MORE_FUNCTIONS))
# Equations may be longer than activations, but no deeper than what reads them can recurse.
FORMULA = Grammar(
    FUNCTION_NAMES,
    constants=tuple(CONSTANTS),
    roots=True,
    length=4000,
    parts=800,
    levels=150,
    example="'-p*(4*beta + alpha**2/beta)*sin(D)'",
)

"""From text to an expression tree, by a whitelist, without evaluating anything.

Python's own parser reads the text into a syntax tree; only the nodes listed here are accepted, and length,
depth, number of parts and exponents are capped before anything is built.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from odekit.errors import InputError, UnknownNameError
from odekit.expressions.tree import FUNCTIONS, Call, Expression, Number, Power, Product, Sum, Symbol, negative

__all__ = ["parse"]

MAX_LENGTH = 1000
MAX_DEPTH = 50
MAX_NODES = 200
MAX_NUMBER = 10**30
MAX_EXPONENT = 64


def parse(text: str, names: Iterable[str]) -> Expression:
    """Read ``text`` into an expression in the symbols ``names``, evaluating nothing.

    Parameters
    ----------
    text: str of at most 1000 characters: numbers, ``names``, ``+ - * / **`` (integer exponents up to 64),
        parentheses, and the functions of `FUNCTIONS`.
    names: the symbols that may occur.

    Raises
    ------
    InputError: anything else, with the column where it stands.
    UnknownNameError: a name that is neither a symbol nor a function; the nearest is suggested.

    >>> import numpy as np
    >>> parse("z**2 - z/2", ("z",)).evaluate({"z": np.array([2.0, 4.0])})
    array([ 3., 14.])
    """
    known = tuple(names)
    _check_size(text)
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        column = getattr(error, "offset", None)
        raise _refusal(text, "is not a formula", column) from None
    if sum(isinstance(node, ast.expr) for node in ast.walk(tree)) > MAX_NODES:
        raise _refusal(text, f"has more than {MAX_NODES} parts", None)
    return _build(tree.body, text, known)


def _check_size(text: str) -> None:
    if not isinstance(text, str):
        raise InputError(
            "a formula must be text", expected="str such as 'z**2'", received=type(text).__name__
        )
    if len(text) > MAX_LENGTH:
        raise InputError(
            "the formula is too long",
            expected=f"at most {MAX_LENGTH} characters",
            received=f"{len(text)} characters",
        )
    depth = 0
    for column, character in enumerate(text, start=1):
        depth += (character == "(") - (character == ")")
        if depth > MAX_DEPTH:
            raise _refusal(text, f"nests more than {MAX_DEPTH} parentheses", column)


def _refusal(text: str, what: str, column: int | None) -> InputError:
    shown = text if len(text) <= 60 else text[:57] + "..."
    place = f" (column {column})" if column else ""
    return InputError(
        f"the formula {shown!r} {what}{place}",
        expected="numbers, names, + - * / **, parentheses and " + ", ".join(sorted(FUNCTIONS)),
        hint="a formula such as 'z**2 + z**4/2' or '2*x + 3*y'",
    )


_BINARY: Mapping[type[ast.operator], Callable[[Expression, Expression], Expression]] = {
    ast.Add: lambda a, b: Sum(a, b),
    ast.Sub: lambda a, b: Sum(a, negative(b)),
    ast.Mult: lambda a, b: Product(a, b),
    ast.Div: lambda a, b: Product(a, Power(b, -1)),
}


def _build(node: ast.expr, text: str, names: tuple[str, ...]) -> Expression:
    column = node.col_offset + 1
    if isinstance(node, ast.Constant):
        return _number(node.value, text, column)
    if isinstance(node, ast.Name):
        if node.id not in names:
            raise UnknownNameError(f"name at column {column} of {text!r}:", node.id, [*names, *FUNCTIONS])
        return Symbol(node.id)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd | ast.USub):
        operand = _build(node.operand, text, names)
        return operand if isinstance(node.op, ast.UAdd) else negative(operand)
    if isinstance(node, ast.BinOp):
        return _build_binary(node, text, names)
    if isinstance(node, ast.Call):
        return _build_call(node, text, names)
    raise _refusal(text, f"holds a {type(node).__name__}, which is not allowed", column)


def _number(value: object, text: str, column: int) -> Number:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _refusal(text, f"holds a {type(value).__name__}, which is not allowed", column)
    if value != 0 and not 1 / MAX_NUMBER <= abs(value) <= MAX_NUMBER:
        raise _refusal(text, f"holds a number not between 1e-30 and {MAX_NUMBER:.0e}", column)
    return Number(Fraction(repr(value)))


def _build_binary(node: ast.BinOp, text: str, names: tuple[str, ...]) -> Expression:
    base = _build(node.left, text, names)
    if isinstance(node.op, ast.Pow):
        return Power(base, _exponent(node.right, text))
    if type(node.op) not in _BINARY:
        raise _refusal(text, f"uses {type(node.op).__name__}, which is not allowed", node.col_offset + 1)
    if isinstance(node.op, ast.Div) and isinstance(divisor := _build(node.right, text, names), Number):
        if divisor.value == 0:
            raise _refusal(text, "divides by zero", node.right.col_offset + 1)
        return Product(base, Number(1 / divisor.value))
    return _BINARY[type(node.op)](base, _build(node.right, text, names))


def _exponent(node: ast.expr, text: str) -> int:
    negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    literal = node.operand if negative and isinstance(node, ast.UnaryOp) else node
    value = literal.value if isinstance(literal, ast.Constant) else None
    if type(value) is not int or value > MAX_EXPONENT:
        raise _refusal(text, f"has an exponent that is no integer up to {MAX_EXPONENT}", node.col_offset + 1)
    return -value if negative else value


def _build_call(node: ast.Call, text: str, names: tuple[str, ...]) -> Expression:
    column = node.col_offset + 1
    if not isinstance(node.func, ast.Name) or node.keywords or len(node.args) != 1:
        raise _refusal(text, "calls something other than a function of one argument", column)
    if node.func.id not in FUNCTIONS:
        raise UnknownNameError(f"function at column {column} of {text!r}:", node.func.id, FUNCTIONS)
    return Call(node.func.id, _build(node.args[0], text, names))

"""The parser: from text to an expression tree, by a whitelist of Python's syntax, without evaluating it."""

import ast
import keyword
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from odekit.errors import InputError, UnknownNameError
from odekit.expressions.grammar import ACTIVATION, Grammar
from odekit.expressions.names import check_apart, folded
from odekit.expressions.notation import other_word, respelt
from odekit.expressions.tree import (
    Call,
    Constant,
    Expression,
    Number,
    Power,
    Product,
    Root,
    Sum,
    Symbol,
    negative,
)

__all__ = ["parse"]

# Without these a short text could exhaust Python's parser (depth) or exact arithmetic (the others).
MAX_DEPTH = 50
MAX_NUMBER = 10**30
MAX_EXPONENT = 64


def parse(text: str, names: Iterable[str], grammar: Grammar = ACTIVATION) -> Expression:
    """Read ``text`` into an expression in the symbols ``names``, evaluating nothing.

    Parameters
    ----------
    text: str of at most ``grammar.length`` characters: numbers, ``names``, ``+ - * / **`` (exponents up to
        64), parentheses, and the grammar's functions and constants.
    names: the symbols that may occur; they win over constants and may be words of Python, such as lambda.
    grammar: `ACTIVATION` for formulas of networks, `FORMULA` for a user's equations.

    Raises
    ------
    InputError: anything else, with the column where it stands.
    InputError: two of the names are one to Python's parser, as two forms of the letter phi are.
    UnknownNameError: a name that is neither a symbol nor a function; the nearest is suggested.

    >>> import numpy as np
    >>> parse("z**2 - z/2", ("z",)).evaluate({"z": np.array([2.0, 4.0])})
    array([ 3., 14.])
    """
    _check_size(text, grammar)
    symbols = tuple(names)
    check_apart(symbols)
    reader = _Reader(text, symbols, grammar)
    return reader.read()


def _check_size(text: str, grammar: Grammar) -> None:
    if not isinstance(text, str):
        raise InputError(
            "a formula must be text", expected="str such as 'z**2'", received=type(text).__name__
        )
    if len(text) > grammar.length:
        raise InputError(
            "the formula is too long",
            expected=f"at most {grammar.length} characters",
            received=f"{len(text)} characters",
        )
    depth = 0
    for column, character in enumerate(text, start=1):
        depth += (character == "(") - (character == ")")
        if depth > MAX_DEPTH:
            raise _refusal(text, f"nests more than {MAX_DEPTH} parentheses", column, grammar)


def _refusal(text: str, what: str, column: int | None, grammar: Grammar) -> InputError:
    shown = text if len(text) <= 60 else text[:57] + "..."
    place = f" (column {column})" if column else ""
    return InputError(
        f"the formula {shown!r} {what}{place}",
        expected="numbers, names, + - * / **, parentheses and " + ", ".join(sorted(grammar.functions)),
        hint=respelt(text) or f"a formula such as {grammar.example}",
    )


_BINARY: Mapping[type[ast.operator], Callable[[Expression, Expression], Expression]] = {
    ast.Add: lambda a, b: Sum(a, b),
    ast.Sub: lambda a, b: Sum(a, negative(b)),
    ast.Mult: lambda a, b: Product(a, b),
    ast.Div: lambda a, b: Product(a, Power(b, -1)),
}


@dataclass(frozen=True)
class _Reader:
    """One text, the names that may occur in it, and the grammar that it is read by."""

    text: str
    names: tuple[str, ...]
    grammar: Grammar

    def read(self) -> Expression:
        """The whole text."""
        names = {folded(name): name for name in self.names}
        if "#" in self.text:
            raise self.refusal("holds a comment", self.text.index("#") + 1)
        indent = len(self.text) - len(self.text.lstrip())
        source = written = re.sub(r"[\r\n]", " ", self.text).strip()
        for name in filter(keyword.iskeyword, self.names):
            source = re.sub(rf"\b{name}\b", _mask(name), source)
        try:
            with warnings.catch_warnings(action="ignore"):
                tree = ast.parse(source, mode="eval")
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            place = getattr(error, "offset", None)
            raise self.refusal("is not a formula", place and place + indent) from None
        self._check(tree)
        letters = written.encode()  # Python counts columns in bytes.
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                name = folded(letters[node.col_offset : node.end_col_offset].decode())
                node.id = names.get(name, name)
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                literal = letters[node.col_offset : node.end_col_offset].decode()
                setattr(node, "value", _exact(literal, node.value))  # noqa: B010 - no constant of the tree's own
            if isinstance(node, ast.expr):
                node.col_offset = len(letters[: node.col_offset].decode()) + indent
        return self._build(tree.body)

    def refusal(self, what: str, column: int | None = None) -> InputError:
        """What is wrong, and where."""
        return _refusal(self.text, what, column, self.grammar)

    def _check(self, tree: ast.Expression) -> None:
        """Count parts and levels, one level after another: no recursion that the text could exhaust."""
        level: list[ast.AST] = [tree.body]
        depth = parts = 0
        while level:
            depth += 1
            parts += sum(isinstance(node, ast.expr) for node in level)
            level = [child for node in level for child in ast.iter_child_nodes(node)]
            if parts > self.grammar.parts:
                raise self.refusal(f"has more than {self.grammar.parts} parts")
            if depth > self.grammar.levels:
                raise self.refusal(f"nests more than {self.grammar.levels} levels")

    def _build(self, node: ast.expr, power: int = 1) -> Expression:
        """The node; ``power`` is the product of the exponents that it stands under."""
        if isinstance(node, ast.Constant):
            return self._number(node)
        if isinstance(node, ast.Name):
            return self._name(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd | ast.USub):
            operand = self._build(node.operand, power)
            return operand if isinstance(node.op, ast.UAdd) else negative(operand)
        if isinstance(node, ast.BinOp):
            return self._build_binary(node, power)
        if isinstance(node, ast.Call):
            return self._build_call(node)
        raise self.refusal(f"holds a {type(node).__name__}, which is not allowed", node.col_offset + 1)

    def _name(self, node: ast.Name) -> Expression:
        if node.id in self.names:
            return Symbol(node.id)
        if node.id in self.grammar.constants:
            return Constant(node.id)
        raise UnknownNameError(
            f"name at column {node.col_offset + 1} of {self.text!r}:",
            node.id,
            [*self.names, *self.grammar.functions],
            meant=self._respelt(node.id),
        )

    def _respelt(self, name: str) -> str:
        """The whole text in plain signs where a name holds others: to Python a middle dot is a letter."""
        return respelt(self.text) if respelt(name) else ""

    def _number(self, node: ast.Constant) -> Number:
        value, column = node.value, node.col_offset + 1
        if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
            raise self.refusal(f"holds a {type(value).__name__}, which is not allowed", column)
        if value != 0 and not Fraction(1, MAX_NUMBER) <= abs(value) <= MAX_NUMBER:
            raise self.refusal(f"holds a number not between 1e-30 and {MAX_NUMBER:.0e}", column)
        return Number(Fraction(value))

    def _build_binary(self, node: ast.BinOp, power: int) -> Expression:
        if isinstance(node.op, ast.Pow):
            return self._build_power(node, power)
        base = self._build(node.left, power)
        if type(node.op) not in _BINARY:
            raise self.refusal(f"uses {type(node.op).__name__}, which is not allowed", node.col_offset + 1)
        right = self._build(node.right, power)
        if isinstance(node.op, ast.Div) and isinstance(right, Number):
            if right.value == 0:
                raise self.refusal("divides by zero", node.right.col_offset + 1)
            return Product(base, Number(1 / right.value))
        return _BINARY[type(node.op)](base, right)

    def _build_power(self, node: ast.BinOp, power: int) -> Expression:
        exponent = _fraction(node.right) if self.grammar.roots else _integer(node.right)
        if exponent is None or max(abs(exponent.numerator), exponent.denominator) > MAX_EXPONENT:
            kind = "number" if self.grammar.roots else "integer"
            place = node.right.col_offset + 1
            raise self.refusal(f"has an exponent that is no {kind} up to {MAX_EXPONENT}", place)
        nested = power * max(1, abs(exponent.numerator))
        if self.grammar.roots and nested > MAX_EXPONENT:
            raise self.refusal(f"has powers of powers above {MAX_EXPONENT}", node.right.col_offset + 1)
        return _raised(self._build(node.left, nested), exponent)

    def _build_call(self, node: ast.Call) -> Expression:
        column = node.col_offset + 1
        if not isinstance(node.func, ast.Name) or node.keywords or len(node.args) != 1:
            raise self.refusal("calls something other than a function of one argument", column)
        if node.func.id not in self.grammar.functions:
            kind = f"function at column {column} of {self.text!r}:"
            functions = self.grammar.functions
            meant = self._respelt(node.func.id) or other_word(node.func.id, functions)
            raise UnknownNameError(kind, node.func.id, functions, meant=meant)
        return Call(node.func.id, self._build(node.args[0]))


def _exact(literal: str, value: float) -> Fraction | float:
    """A decimal with all its digits; one beyond the numbers that are read stays out of their range.

    >>> _exact("0.99999999999999999999", 1.0)
    Fraction(99999999999999999999, 100000000000000000000)
    """
    if value == 0.0 and re.search("[1-9]", literal.lower().split("e")[0]):
        return sys.float_info.min
    is_in_range = value == 0.0 or 1 / (10 * MAX_NUMBER) <= value <= 10 * MAX_NUMBER
    return Fraction(literal.replace("_", "")) if is_in_range and value else value


def _mask(name: str) -> str:
    """A stand-in for a word that Python keeps for itself, as long as the word, so that columns stay."""
    return f"_{name[1:]}"


def _raised(base: Expression, exponent: Fraction) -> Expression:
    if exponent.denominator == 1:
        return Power(base, exponent.numerator)
    root = Call("sqrt", base) if exponent.denominator == 2 else Root(base, exponent.denominator)
    return root if exponent.numerator == 1 else Power(root, exponent.numerator)


def _integer(node: ast.expr) -> Fraction | None:
    """An integer as it is written, with a sign or without."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _integer(node.operand)
        return None if inner is None else -inner
    return Fraction(node.value) if isinstance(node, ast.Constant) and type(node.value) is int else None


def _fraction(node: ast.expr) -> Fraction | None:
    """An integer, a decimal, or a product or quotient of such."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _fraction(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        left, right = _fraction(node.left), _fraction(node.right)
        if left is None or not right:
            return None
        return left * right if isinstance(node.op, ast.Mult) else left / right
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, float | Fraction)
        and abs(node.value) <= MAX_EXPONENT
    ):
        return Fraction(node.value)
    return _integer(node)

"""The parser: from text to an expression tree, by a whitelist of Python's syntax, without evaluating it."""

import ast
import functools
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType

from odekit.errors import InputError, UnknownNameError
from odekit.expressions.grammar import ACTIVATION, Grammar
from odekit.expressions.indexed import MAX_COUNT, Indices, spelled_range
from odekit.expressions.literals import MAX_EXPONENT, MAX_NUMBER, exact_decimal, fraction_of, integer_of
from odekit.expressions.names import Names
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

# Deeper texts could exhaust Python's parser.
MAX_DEPTH = 50


def parse(
    text: str,
    names: Iterable[str],
    grammar: Grammar = ACTIVATION,
    indices: Mapping[str, int] = MappingProxyType({}),
) -> Expression:
    """Read ``text`` into an expression in the symbols ``names``, evaluating nothing.

    Parameters
    ----------
    text: str of at most ``grammar.length`` characters: numbers, ``names``, ``+ - * / **`` (exponents up to
        64), parentheses, and the grammar's functions and constants.
    names: the symbols that may occur; they win over constants and may be words of Python, such as lambda.
    grammar: `ACTIVATION` for formulas of networks, `FORMULA` for a user's equations.
    indices: whole numbers by name, which may stand in brackets and in ranges: ``x[i]`` is the symbol x3 where
        i is 3, and ``sum(x[j]**2 for j in 1..n)`` is spelled out, as is ``product``.

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
    known = names if isinstance(names, Names) else Names(names)
    return _Reader(text, known, grammar, indices).read()


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


@functools.lru_cache(maxsize=64)
def _syntax(text: str, names: Names, grammar: Grammar) -> ast.expr:
    """What a text is, whatever its indices are: one formula serves all entries of a vector."""
    return _Reader(text, names, grammar, {}).syntax()


_BINARY: Mapping[type[ast.operator], Callable[[Expression, Expression], Expression]] = {
    ast.Add: lambda a, b: Sum(a, b),
    ast.Sub: lambda a, b: Sum(a, negative(b)),
    ast.Mult: lambda a, b: Product(a, b),
    ast.Div: lambda a, b: Product(a, Power(b, -1)),
}
# How the passes of a loop are joined, and what none of them give.
_LOOPS: Mapping[str, tuple[Callable[[Expression, Expression], Expression], int]] = {
    "sum": (Sum, 0),
    "product": (Product, 1),
}


@dataclass(frozen=True)
class _Reader:
    """One text, the names that may occur in it, and the grammar that it is read by."""

    text: str
    names: Names
    grammar: Grammar
    indices: Mapping[str, int]

    def read(self) -> Expression:
        """The whole text."""
        return self._build(_syntax(self.text, self.names, self.grammar))

    def syntax(self) -> ast.expr:
        """The text's parts, each name with its meaning, each decimal exact and each column in letters."""
        if "#" in self.text:
            raise self.refusal("holds a comment", self.text.index("#") + 1)
        indent = len(self.text) - len(self.text.lstrip())
        source = written = re.sub(r"[\r\n]", " ", self.text).strip()
        for name in self.names.words:
            source = re.sub(rf"\b{name}\b", _mask(name), source)
        try:
            with warnings.catch_warnings(action="ignore"):
                tree = ast.parse(spelled_range(source), mode="eval")
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            place = getattr(error, "offset", None)
            raise self.refusal("is not a formula", place and place + indent) from None
        self._check(tree)
        letters = written.encode()  # Python counts columns in bytes.
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                node.id = self.names.meant(letters[node.col_offset : node.end_col_offset].decode())
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                literal = letters[node.col_offset : node.end_col_offset].decode()
                setattr(node, "value", exact_decimal(literal, node.value))  # noqa: B010 - no constant of the tree's own
            if isinstance(node, ast.expr):
                node.col_offset = len(letters[: node.col_offset].decode()) + indent
        return tree.body

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
        if isinstance(node, ast.Subscript):
            return self._name(ast.copy_location(ast.Name(self._scope.entry(node)), node))
        if isinstance(node, ast.Call):
            return self._build_call(node)
        raise self.refusal(f"holds a {type(node).__name__}, which is not allowed", node.col_offset + 1)

    @property
    def _scope(self) -> Indices:
        return Indices(self.indices, self.refusal)

    def _name(self, node: ast.Name) -> Expression:
        if node.id in self.indices:
            return Number(Fraction(self.indices[node.id]))
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
        if isinstance(node.op, ast.LShift):
            raise self.refusal("has a range outside of a loop", node.col_offset + 1)
        if type(node.op) not in _BINARY:
            raise self.refusal(f"uses {type(node.op).__name__}, which is not allowed", node.col_offset + 1)
        right = self._build(node.right, power)
        if isinstance(node.op, ast.Div) and isinstance(right, Number):
            if right.value == 0:
                raise self.refusal("divides by zero", node.right.col_offset + 1)
            return Product(base, Number(1 / right.value))
        return _BINARY[type(node.op)](base, right)

    def _build_power(self, node: ast.BinOp, power: int) -> Expression:
        exponent = self._exponent(node.right)
        if exponent is None or max(abs(exponent.numerator), exponent.denominator) > MAX_EXPONENT:
            kind = "number" if self.grammar.roots else "integer"
            place = node.right.col_offset + 1
            raise self.refusal(f"has an exponent that is no {kind} up to {MAX_EXPONENT}", place)
        nested = power * max(1, abs(exponent.numerator))
        if self.grammar.roots and nested > MAX_EXPONENT:
            raise self.refusal(f"has powers of powers above {MAX_EXPONENT}", node.right.col_offset + 1)
        return _raised(self._build(node.left, nested), exponent)

    def _exponent(self, node: ast.expr) -> Fraction | None:
        if any(isinstance(part, ast.Name) and part.id in self.indices for part in ast.walk(node)):
            return Fraction(self._scope.whole(node))
        return fraction_of(node) if self.grammar.roots else integer_of(node)

    def _build_call(self, node: ast.Call) -> Expression:
        column = node.col_offset + 1
        if isinstance(node.func, ast.Name) and node.func.id in _LOOPS:
            loop = node.args[0] if len(node.args) == 1 else None
            if isinstance(loop, ast.GeneratorExp):
                return self._spelled_out(loop, *_LOOPS[node.func.id])
        if not isinstance(node.func, ast.Name) or node.keywords or len(node.args) != 1:
            raise self.refusal("calls something other than a function of one argument", column)
        if node.func.id not in self.grammar.functions:
            kind = f"function at column {column} of {self.text!r}:"
            functions = self.grammar.functions
            meant = self._respelt(node.func.id) or other_word(node.func.id, functions)
            raise UnknownNameError(kind, node.func.id, functions, meant=meant)
        return Call(node.func.id, self._build(node.args[0]))

    def _spelled_out(
        self, loop: ast.GeneratorExp, join: Callable[[Expression, Expression], Expression], of_none: int
    ) -> Expression:
        """All passes of a loop, joined in halves, so that nothing nests deep."""
        parts: list[Expression] = []
        for scope in self._scope.over(loop.generators):
            if len(parts) == MAX_COUNT:
                raise self.refusal(f"has a loop of more than {MAX_COUNT:,} terms", loop.col_offset + 1)
            parts.append(replace(self, indices=scope.values)._build(loop.elt))
        while len(parts) > 1:
            pairs = zip(parts[::2], parts[1::2], strict=False)
            parts = [*(join(a, b) for a, b in pairs), *parts[len(parts) // 2 * 2 :]]
        return parts[0] if parts else Number(Fraction(of_none))


def _mask(name: str) -> str:
    """A stand-in for a word that Python keeps for itself, as long as the word, so that columns stay."""
    return f"_{name[1:]}"


def _raised(base: Expression, exponent: Fraction) -> Expression:
    if exponent.denominator == 1:
        return Power(base, exponent.numerator)
    root = Call("sqrt", base) if exponent.denominator == 2 else Root(base, exponent.denominator)
    return root if exponent.numerator == 1 else Power(root, exponent.numerator)

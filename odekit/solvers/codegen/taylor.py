"""The recurrence behind a Taylor series: which products and sums of series make up a polynomial field."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import sympy

from odekit.errors import InputError
from odekit.limits import DERIVATION_SECONDS, bounded
from odekit.solvers.codegen.expressions import Formulas, assignments
from odekit.solvers.codegen.taylor_series import Product, SeriesCode, Sum
from odekit.systems.algebra import NumberCode, NumPyCode

__all__ = ["series_code"]

_Linear = dict[str, sympy.Expr]
_CONSTANT = ""
_PRINTERS = {"math": NumberCode, "numpy": NumPyCode}


@bounded("the Taylor series of the vector field", DERIVATION_SECONDS)
def series_code(formulas: Formulas, dialect: str = "math") -> SeriesCode:
    """Products and sums of series that make up the vector field of a system.

    The field is read twice, as it is written and expanded; the reading with the cheaper products is kept.

    Parameters
    ----------
    formulas: velocities.
    dialect: how coefficients are written, "math" for numbers or "numpy" for arrays.

    Raises
    ------
    InputError: the vector field isn't polynomial in the states and in ``t``.
    """
    field = formulas.renamed
    variables = {f"y{j}" for j in range(len(formulas.states))} | {"t"}
    term = _offending(field, variables)
    if term is not None:
        raise _refusal(formulas, term)
    readings = [_Reading(entries, variables) for entries in (field, [sympy.expand(entry) for entry in field])]
    return min(readings, key=_Reading.cost).code(len(formulas.parameters), dialect)


def _refusal(formulas: Formulas, term: sympy.Expr) -> InputError:
    given = {f"y{j}": symbol for j, symbol in enumerate(formulas.states)}
    given |= {f"p{j}": symbol for j, symbol in enumerate(formulas.parameters)}
    term = term.xreplace({s: given.get(s.name, s) for s in term.free_symbols})
    return InputError(
        f"the Taylor method needs a polynomial vector field, and {term} isn't polynomial",
        expected="sums and products of states, time and powers 0, 1, 2, ... of them",
        received=str(term),
        hint='method="dop853", or system.form("polynomial") where the system has one',
    )


def _offending(field: Iterable[sympy.Expr], variables: set[str]) -> sympy.Expr | None:
    """The first smallest term that isn't polynomial, or None."""
    for entry in field:
        if not _depends(entry, variables) or entry.is_Symbol:
            continue
        if entry.is_Add or entry.is_Mul or _is_power(entry):
            found = _offending(entry.args, variables)
            if found is not None:
                return found
        else:
            return entry
    return None


def _depends(expression: sympy.Expr, variables: set[str]) -> bool:
    return any(symbol.name in variables for symbol in expression.free_symbols)


def _is_power(expression: sympy.Expr) -> bool:
    return bool(expression.is_Pow and expression.exp.is_Integer and expression.exp > 0)


class _Reading:
    """One way to compute a field; its series are y0, y1, ..., t, and q0, q1, ... as they are computed."""

    def __init__(self, field: Sequence[sympy.Expr], variables: set[str]) -> None:
        self.variables = variables
        self.products: dict[tuple[str, ...], str] = {}
        self.sums: dict[Any, str] = {}
        self.series: dict[str, Product | _Linear] = {}
        self.field = [self._linear(entry) for entry in field]

    def cost(self) -> float:
        """Convolutions, a square counting half, and a little for each sum's term."""
        each = [
            (0.5 if entry.left == entry.right else 1.0) if isinstance(entry, Product) else 0.1 * len(entry)
            for entry in self.series.values()
        ]
        return sum(each) + 0.1 * sum(map(len, self.field))

    def code(self, parameters: int, dialect: str) -> SeriesCode:
        """The text of all coefficients, common subexpressions computed once."""
        linears = [entry for entry in self.series.values() if not isinstance(entry, Product)] + self.field
        coefficients = [value for linear in linears for value in linear.values()]
        printer = _PRINTERS[dialect]({"fully_qualified_modules": True})
        shared, printed = assignments(coefficients, printer, (dialect,)) if coefficients else ([], [])
        texts = iter(printed)
        sums = iter([_sum(linear, texts) for linear in linears])
        series = {
            name: entry if isinstance(entry, Product) else next(sums) for name, entry in self.series.items()
        }
        return SeriesCode(
            statements=tuple(f"{name} = {value}" for name, value in shared),
            series=series,
            field=tuple(sums),
            parameters=parameters,
        )

    def _linear(self, expression: sympy.Expr) -> _Linear:
        """An expression as a sum of series, each with its coefficient; the constant under its own name."""
        total: _Linear = {}
        for term in sympy.Add.make_args(expression):
            for name, value in self._term(term).items():
                total[name] = total.get(name, sympy.S.Zero) + value
        return {name: value for name, value in total.items() if value != 0}

    def _term(self, term: sympy.Expr) -> _Linear:
        factors = sympy.Mul.make_args(term)
        constant = sympy.Mul(*(factor for factor in factors if not _depends(factor, self.variables)))
        variable = [factor for factor in factors if _depends(factor, self.variables)]
        if not variable:
            return {_CONSTANT: constant}
        if len(variable) == 1 and variable[0].is_Add:
            return {name: constant * value for name, value in self._linear(variable[0]).items()}
        names = sorted(name for factor in variable for name in self._factors(factor))
        return {self._product(tuple(names)): constant}

    def _factors(self, factor: sympy.Expr) -> list[str]:
        base, exponent = (factor.base, int(factor.exp)) if factor.is_Pow else (factor, 1)
        return [self._named(base)] * exponent

    def _named(self, expression: sympy.Expr) -> str:
        if expression.is_Symbol:
            return str(expression.name)
        linear = self._linear(expression)
        key = frozenset(linear.items())
        if key not in self.sums:
            self.sums[key] = self._added(linear)
        return self.sums[key]

    def _added(self, entry: Product | _Linear) -> str:
        name = f"q{len(self.series)}"
        self.series[name] = entry
        return name

    def _product(self, names: tuple[str, ...]) -> str:
        """Product of series: of the largest part that is there already and the rest, or of two halves."""
        if len(names) == 1:
            return names[0]
        if names not in self.products:
            part = max((known for known in self.products if _divides(known, names)), key=len, default=())
            part = part or (names[::2] if names[::2] == names[1::2] else names[: (len(names) + 1) // 2])
            rest = tuple(sorted((Counter(names) - Counter(part)).elements()))
            self.products[names] = self._added(Product(self._product(part), self._product(rest)))
        return self.products[names]


def _divides(part: tuple[str, ...], names: tuple[str, ...]) -> bool:
    return Counter(part) < Counter(names)


def _sum(linear: _Linear, texts: Iterable[str]) -> Sum:
    pairs = [(name, text) for name, text in zip(linear, texts, strict=False)]
    constant = next((text for name, text in pairs if name == _CONSTANT), None)
    return Sum(constant, tuple((name, text) for name, text in pairs if name != _CONSTANT))

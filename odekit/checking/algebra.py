"""The algebra of checking, by SymPy: proofs, simplified ratios, and formulas as text.

An expression that would grow too large is never expanded: its number of terms is bounded first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sympy as sp

from odekit.checking.flow import ENERGY, Flow
from odekit.checking.size import is_small
from odekit.expressions import Expression, names_in, substitute
from odekit.systems import ANY, System
from odekit.systems.algebra import to_symbolic

__all__ = ["Balance", "as_system", "balances", "is_proved", "latex", "ratio", "text"]

# A formula with more terms, or a ratio with more operations, is shown as it was written.
MOST_SHOWN = 60
MOST_OPERATIONS = 40


def is_proved(left: Expression, right: Expression, flow: Flow) -> bool:
    """Whether two trees are equal identically, as far as expansion shows within bounds on its size."""
    left, right = (substitute(tree, flow.definitions) for tree in (left, right))
    if not is_small(left) or not is_small(right):
        return False
    symbols = _symbols(names_in(left) | names_in(right), flow)
    difference = to_symbolic(left, symbols) - to_symbolic(right, symbols)
    return bool(_reduced(difference) == 0)


@dataclass(frozen=True)
class Balance:
    """One term on each side: number, and exponents of units and parameters, left over right.

    Equal sides ask for ``number * product(name ** exponent) = 1``.
    """

    number: float
    exponents: Mapping[str, float]


def balances(left: Expression, right: Expression, flow: Flow) -> list[Balance]:
    """What an identity says of the units, term by term, where each term of one side has one on the other."""
    sides = [substitute(tree, flow.definitions) for tree in (left, right)]
    if not all(is_small(side) for side in sides):
        return []
    symbols = _symbols(names_in(sides[0]) | names_in(sides[1]), flow)
    difference = to_symbolic(sides[0], symbols) - to_symbolic(sides[1], symbols)
    constants = {symbols[name] for name in symbols if name.startswith("unit:") or name in flow.parameters}
    moving = [symbol for symbol in symbols.values() if symbol not in constants or flow.is_energy(symbol.name)]
    terms: dict[sp.Expr, list[sp.Expr]] = {}
    for term in sp.Add.make_args(sp.expand(sp.expand_trig(sp.expand(difference)))):
        constant, shape = term.as_independent(*moving)
        terms.setdefault(shape, []).append(constant)
    found = (_balance(*pair) for pair in terms.values() if len(pair) == 2)
    return [balance for balance in found if balance is not None]


def _balance(first: sp.Expr, second: sp.Expr) -> Balance | None:
    """None where the ratio is more than a positive number times powers of constants."""
    number, exponents = 1.0, {}
    for base, exponent in (-first / second).as_powers_dict().items():
        if base.is_Symbol and exponent.is_Rational:
            exponents[base.name] = float(exponent)
        elif (base**exponent).is_positive and not (base**exponent).free_symbols:
            number *= float(base**exponent)
        else:
            return None
    return Balance(number, exponents)


def ratio(given: Expression, derived: Expression, flow: Flow, names: Mapping[str, str]) -> str | None:
    """Given over derived, simplified; None where the result is long or the operands are."""
    if not is_small(given, MOST_SHOWN) or not is_small(derived, MOST_SHOWN):
        return None
    symbols = _symbols(names_in(given) | names_in(derived), flow, names)
    below = to_symbolic(derived, symbols)
    if below == 0:
        return None
    found = sp.factor(sp.cancel(sp.together(to_symbolic(given, symbols) / below)))
    return str(found) if sp.count_ops(found) <= MOST_OPERATIONS else None


def text(tree: Expression, flow: Flow, names: Mapping[str, str]) -> str:
    """A tree as a formula in the user's names."""
    return str(_shown(tree, flow, names))


def latex(tree: Expression, flow: Flow, names: Mapping[str, str]) -> str:
    """A tree as LaTeX in the user's names."""
    return str(sp.latex(_shown(tree, flow, names)))


def as_system(flow: Flow, energy: Expression | None) -> System:
    """The flow in the user's units as states and vector field, E being what a condition says it is."""
    meanings = {**flow.definitions, **({} if energy is None else {ENERGY: energy})}
    fields = [_resolved(flow.velocities[name], meanings) for name in flow.states]
    names = frozenset().union(*(names_in(field) for field in fields), flow.states)
    symbols = _symbols(names, flow)
    return System(
        {symbols[name]: to_symbolic(field, symbols) for name, field in zip(flow.states, fields, strict=True)},
        ANY,
        parameters=tuple(symbols[name] for name in sorted(names - {*flow.states})),
    )


def _resolved(tree: Expression, meanings: Mapping[str, Expression]) -> Expression:
    """E's meaning may hold D: twice is enough."""
    return substitute(substitute(tree, meanings), meanings)


def _symbols(
    names: Iterable[str], flow: Flow, shown: Mapping[str, str] | None = None
) -> dict[str, sp.Symbol]:
    """A symbol for each name: magnitudes and orders positive, all real."""
    positive = {*flow.positive, *flow.order_names, *flow.units}
    called = shown or {}
    return {
        name: sp.Symbol(called.get(name, name), real=True, **({"positive": True} if name in positive else {}))
        for name in names
    }


def _shown(tree: Expression, flow: Flow, names: Mapping[str, str]) -> sp.Expr:
    expression = to_symbolic(tree, _symbols(names_in(tree), flow, names))
    if not is_small(tree, MOST_SHOWN):
        return expression
    candidates = (expression, sp.factor_terms(expression), sp.factor(sp.expand(expression)))
    return min(candidates, key=lambda candidate: (sp.count_ops(candidate), len(str(candidate))))


def _reduced(expression: sp.Expr) -> sp.Expr:
    """Sums of angles taken apart, and squares of sines replaced: zero if and only if the numerator is."""
    numerator = sp.fraction(sp.together(sp.expand_trig(expression)))[0]
    expanded = sp.expand(numerator)
    for wave in sorted(expanded.atoms(sp.sin), key=str):
        square = sp.Symbol("s")
        replaced = expanded.subs(wave, square)
        if not replaced.is_polynomial(square):
            continue
        polynomial = sp.Poly(replaced, square)
        cosine = sp.cos(wave.args[0])
        remainder = polynomial.rem(sp.Poly(square**2 - 1 + cosine**2, square))
        expanded = sp.expand(remainder.as_expr().subs(square, wave))
    return expanded

"""The derivative of one field along another where straight lines are those of a metric.

In Cartesian states it is L_g v, each component's own derivative. In others, such as magnitudes and phases of
weights, whose flat metric is diagonal with entries m, the coordinates turn along with g (Christoffel's
symbols):

    (D_g v)_i = L_g v_i + sum_j d_j m_i (g_i v_j + g_j v_i)/(2 m_i) - sum_j d_i m_j g_j v_j/(2 m_i),

where of j = i only half of the first sum's term counts, and none of the second's.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

from odekit.systems.algebra import is_tame
from odekit.systems.descent.lie_series import Field
from odekit.systems.integrals import expanded_size
from odekit.systems.time_derivatives import collected

__all__ = ["StraightDerivative", "short"]

# What would have more terms is not multiplied out, and what has more is not factored: that takes seconds.
MOST_TERMS = 20_000
MOST_FACTORED = 200
# So many where there are other functions and denominators, on which it takes as long as on all those.
MOST_FACTORED_OF_FUNCTIONS = 30


@dataclass(frozen=True)
class StraightDerivative:
    """Called with fields g and v it gives D_g v.

    Parameters
    ----------
    definitions: further symbols that may occur in the components, each in states and earlier definitions.
    metric: m of each state; without entries states are Cartesian.
    """

    definitions: Mapping[sp.Symbol, sp.Expr]
    metric: Mapping[sp.Symbol, sp.Expr]

    def __call__(self, g: Field, v: Field) -> Field:
        """D_g v."""
        moving = dict(g)
        for symbol, meaning in self.definitions.items():
            moving[symbol] = _derivative(meaning, moving)
        return {s: _multiplied_out(_derivative(v[s], moving) + self._turning(s, g, v)) for s in v}

    def _turning(self, state: sp.Symbol, g: Field, v: Field) -> sp.Expr:
        if state not in self.metric:
            return sp.S.Zero
        own = self.metric[state]
        terms = [own.diff(state) * g[state] * v[state]]
        for other, length in self.metric.items():
            if other != state:
                terms.append(own.diff(other) * (g[state] * v[other] + g[other] * v[state]))
                terms.append(-length.diff(state) * g[other] * v[other])
        return sp.Add(*terms) / (2 * own)


def _derivative(expression: sp.Expr, velocities: Field) -> sp.Expr:
    present = expression.free_symbols
    return sp.Add(*(expression.diff(s) * velocity for s, velocity in velocities.items() if s in present))


def short(expression: sp.Expr) -> sp.Expr:
    """The shortest of the expression as it is and by sines and cosines, also without squares of sines.

    >>> a, D = sp.symbols("a D", real=True)
    >>> short(a**2 * sp.sin(D) ** 2 + 2 * a * sp.cos(D) ** 2 + a * (a - 2) * sp.cos(D) ** 2)
    a**2
    """
    if expanded_size(expression) > MOST_TERMS or not is_tame(expression):
        return expression
    expanded = sp.expand(expression)
    lowered = _without_squares(expanded)
    if len(sp.Add.make_args(lowered)) > (
        MOST_FACTORED if _is_simple(lowered) else MOST_FACTORED_OF_FUNCTIONS
    ):
        return min(expression, lowered, key=_length)
    return min(expression, *map(collected, dict.fromkeys((expanded, lowered))), key=_length)


def _is_simple(expanded: sp.Expr) -> bool:
    """Whether it is a polynomial in symbols, their inverses, sines and cosines."""
    functions = expanded.atoms(sp.Function)
    return all(isinstance(function, sp.sin | sp.cos) for function in functions) and not any(
        power.base.is_Add or not power.exp.is_Integer for power in expanded.atoms(sp.Pow)
    )


def _multiplied_out(expression: sp.Expr) -> sp.Expr:
    """The expression with its terms added up, where that makes it shorter."""
    if expanded_size(expression) > MOST_TERMS or not is_tame(expression):
        return expression
    return min(expression, _without_squares(sp.expand(expression)), key=_length)


def _length(expression: sp.Expr) -> int:
    return int(expression.count_ops())


def _without_squares(expression: sp.Expr) -> sp.Expr:
    """What is multiplied out with ``1 - cos^2`` in place of squares of sines, multiplied out."""

    def is_high(part: sp.Basic) -> bool:
        return isinstance(part, sp.Pow) and isinstance(part.base, sp.sin) and part.exp.is_Integer

    def lowered(power: sp.Pow) -> sp.Expr:
        squares, rest = divmod(int(power.exp), 2)
        if squares < 1:
            return power
        return (1 - sp.cos(power.base.args[0]) ** 2) ** squares * power.base**rest

    found = expression.replace(is_high, lowered)
    return expression if found == expression else sp.expand(found)

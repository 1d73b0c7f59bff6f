"""The flow of an energy: its gradient in a metric, projected on a constraint, as a `System`."""

from collections.abc import Sequence

import sympy as sp

from odekit.systems.algebra import is_tame
from odekit.systems.answers import ANY
from odekit.systems.energies.constraint import Constraint
from odekit.systems.energies.projection import projected
from odekit.systems.energies.variables import TIME
from odekit.systems.energies.vocabulary import Vocabulary
from odekit.systems.integrals import expanded_size
from odekit.systems.system import System

__all__ = ["flow_of"]

# Beyond so many operations or terms the search for a shorter form takes longer than it is worth.
SHORT = 100
FEW_TERMS = 200
# Factors of a polynomial in more letters take SymPy a second, and a matrix has many entries.
FEW_LETTERS = 10
_STEPS = (sp.sign, sp.Heaviside, sp.arg, sp.floor, sp.ceiling)


def flow_of(
    energy: sp.Expr,
    vocabulary: Vocabulary,
    matrix: sp.ImmutableMatrix,
    constraints: Sequence[Constraint],
    direction: str,
) -> System:
    """``w' = -M^-1 grad E``, or plus where it ascends, projected on the constraints.

    Parameters
    ----------
    energy: E, decay included.
    vocabulary: the declared names.
    matrix: M, the metric over the states.
    constraints: functions that vanish.
    direction: ``"descent"`` or ``"ascent"``.
    """
    states = vocabulary.states
    inverse = _inverse(matrix)
    sign = -1 if direction == "descent" else 1
    velocity = projected(sign * inverse * _gradient(energy, states), inverse, constraints, states)
    field = {state: _shortest(entry) for state, entry in zip(states, velocity, strict=True)}
    return System(
        field,
        ANY,
        parameters=vocabulary.parameters,
        metric=tuple(matrix.diagonal()) if matrix.is_diagonal() else (),
        energy=energy,
        direction=direction,
        constraints={name: f for one in constraints for name, f in one.functions.items()},
        time=TIME if any(entry.has(TIME) for entry in field.values()) else None,
    )


def _gradient(energy: sp.Expr, states: Sequence[sp.Symbol]) -> sp.Matrix:
    """Of an energy as a function of real numbers, even where a state was not declared real."""
    real = {s: sp.Dummy(s.name, real=True) for s in states if not s.is_real}
    named = {dummy: symbol for symbol, dummy in real.items()}
    function = energy.xreplace(real)
    slopes = [_without_jumps(function.diff(real.get(s, s))).xreplace(named) for s in states]
    return sp.Matrix(slopes)


def _without_jumps(slope: sp.Expr) -> sp.Expr:
    """The slope apart from the places where a step jumps: there alone do signs and steps change."""
    return slope.replace(sp.DiracDelta, lambda *_: sp.S.Zero).replace(
        _is_slope_of_a_step, lambda _: sp.S.Zero
    )


def _is_slope_of_a_step(part: sp.Expr) -> bool:
    """Whether a part is a derivative that SymPy leaves open, not knowing that a sign is a real one."""
    inner = part.args[0] if isinstance(part, sp.Subs) else part
    return isinstance(inner, sp.Derivative) and isinstance(inner.expr, _STEPS)


def _inverse(matrix: sp.ImmutableMatrix) -> sp.Matrix:
    if matrix.is_diagonal():
        return sp.diag(*(1 / entry for entry in matrix.diagonal()))
    return sp.Matrix(matrix).inv()


def _shortest(expression: sp.Expr) -> sp.Expr:
    """The shortest of the expression as it is, factored, and expanded; a long one stays as it is."""
    if not is_tame(expression) or expression.count_ops() > SHORT or expanded_size(expression) > FEW_TERMS:
        return expression
    forms = [sp.factor_terms(expression), sp.expand(expression)]
    if len(expression.free_symbols) <= FEW_LETTERS:
        forms.append(sp.factor(expression))
    return min(forms, key=lambda form: (form.count_ops(), str(form)))

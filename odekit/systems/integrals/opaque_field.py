"""A vector field as polynomials in the states and in its functions, whatever these functions are.

What is conserved however the functions behave is conserved. So Noether's argument is made: the flow
``w' = -M^-1 grad E(w)`` keeps ``w'Qw`` where ``M^-1 Q``, Q symmetric, generates a linear symmetry of E, as it
does for ``A'A - B'B`` and any loss of A B'.
"""

import sympy as sp
from sympy.polys.rings import PolyRing

from odekit.systems.algebra import Poly, constant, from_ring
from odekit.systems.integrals.polynomial_field import MAX_TERMS, PolynomialField, expanded_size
from odekit.systems.integrals.steps import in_steps, without_powers_of_steps
from odekit.systems.system import System

__all__ = ["opaque_field"]


def opaque_field(system: System) -> PolynomialField | None:
    """The field with a letter for each function; None where it has too many terms, or depends on the time.

    >>> from odekit.systems.any_system import system
    >>> opaque_field(system("x' = y*atan(x*y); y' = -x*atan(x*y)")).symbols
    (x, y, atan(x*y))
    """
    if system.time is not None:
        return None
    letters: dict[sp.Expr, sp.Symbol] = {}
    meaning = dict(system.definitions)
    formulas = (entry.xreplace(meaning) for entry in (*system.vector_field, *system.constraints.values()))
    written = [_written(in_steps(formula), letters) for formula in formulas]
    if sum(map(expanded_size, written)) > MAX_TERMS:
        return None
    functions = {dummy: function for function, dummy in letters.items()}
    states, constants = list(system.states), list(system.parameters)
    ring = PolyRing([*states, *functions, *constants], sp.QQ, sp.grevlex)
    polynomials = [_polynomial(entry, functions, letters, ring) for entry in written]
    count = len(ring.gens)
    slopes = [tuple(constant(int(i == j), count) for j in range(len(states))) for i in range(count)]
    return PolynomialField(
        (*states, *functions.values(), *constants),
        len(states),
        len(constants),
        (*polynomials[: len(states)], *({},) * (count - len(states))),
        tuple(slopes),
        (),
        tuple(range(len(states))),
        tuple(polynomials[len(states) :]),
    )


def _written(expression: sp.Expr, letters: dict[sp.Expr, sp.Symbol]) -> sp.Expr:
    """With a letter in place of everything but sums, products and powers by whole numbers above 0."""
    if expression.is_Symbol or expression.is_Rational:
        return expression
    if expression.is_Float:
        return sp.nsimplify(expression, rational=True)
    is_power = expression.is_Pow and expression.exp.is_Integer and expression.exp > 0
    if expression.is_Add or expression.is_Mul or is_power:
        return expression.func(*(_written(part, letters) for part in expression.args))
    return letters.setdefault(expression, sp.Dummy(f"f{len(letters)}"))


def _polynomial(
    entry: sp.Expr, functions: dict[sp.Symbol, sp.Expr], letters: dict[sp.Expr, sp.Symbol], ring: PolyRing
) -> Poly:
    steps = {dummy: f for dummy, f in functions.items() if isinstance(f, sp.Heaviside | sp.sign)}
    named = sp.expand(entry).xreplace(steps)
    reduced = without_powers_of_steps(named).xreplace({f: letters[f] for f in steps.values()})
    return from_ring(ring.from_expr(reduced))

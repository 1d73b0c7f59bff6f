"""Angles: which states are such, their sines and cosines as letters of polynomials, and common shifts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp

from odekit.systems.algebra import array_function, is_tame
from odekit.systems.system import System

__all__ = ["Letters", "angles_of", "letters_of", "translations"]

# Independent directions stay independent at one random point of these; a symmetry is checked as an identity.
SAMPLES = 6
ZERO = 1e-9


@dataclass(frozen=True)
class Letters:
    """The unknowns of polynomial equations: states, and the sine and cosine of those that are angles.

    Parameters
    ----------
    states: what is unknown.
    waves: sine and cosine of each angle, as letters.
    """

    states: tuple[sp.Symbol, ...]
    waves: Mapping[sp.Symbol, tuple[sp.Symbol, sp.Symbol]]

    @property
    def symbols(self) -> tuple[sp.Symbol, ...]:
        """All letters."""
        return tuple(letter for state in self.states for letter in self.waves.get(state, (state,)))

    @property
    def circles(self) -> tuple[sp.Expr, ...]:
        """What sines and cosines obey."""
        return tuple(sine**2 + cosine**2 - 1 for sine, cosine in self.waves.values())

    def polynomial(self, expression: sp.Expr) -> sp.Expr | None:
        """The expression in the letters; None where it is no polynomial in them."""
        found = expression
        if self.waves:
            found = found.replace(sp.tan, lambda x: sp.sin(x) / sp.cos(x))
            found = sp.expand(sp.expand_trig(sp.expand(found)))
            names = {sp.sin(a): s for a, (s, _) in self.waves.items()}
            found = found.xreplace(names | {sp.cos(a): c for a, (_, c) in self.waves.items()})
        free = found.free_symbols
        is_whole = not free & set(self.waves) and found.is_polynomial(*self.symbols)
        return found if is_whole else None

    def written_out(self, expression: sp.Expr) -> sp.Expr:
        """An expression in the letters, in the states again."""
        names = {s: sp.sin(a) for a, (s, _) in self.waves.items()}
        return expression.xreplace(names | {c: sp.cos(a) for a, (_, c) in self.waves.items()})

    def values(self, letters: Mapping[sp.Symbol, sp.Expr]) -> dict[sp.Symbol, sp.Expr]:
        """The states' values from the letters'."""
        found = {}
        for state in self.states:
            if state in self.waves:
                sine, cosine = (letters[letter] for letter in self.waves[state])
                angle = sp.atan2(sine, cosine)
                found[state] = angle if angle.has(sp.Float) else sp.simplify(angle)
            else:
                found[state] = letters.get(state, state)
        return found


def letters_of(states: Iterable[sp.Symbol], angles: Iterable[sp.Symbol]) -> Letters:
    """Letters for some states."""
    chosen, turning = tuple(states), set(angles)
    waves = {
        a: (sp.Dummy(f"sin_{a}", real=True), sp.Dummy(f"cos_{a}", real=True)) for a in chosen if a in turning
    }
    return Letters(chosen, waves)


def angles_of(system: System) -> tuple[sp.Symbol, ...]:
    """The states of which a whole turn changes nothing, neither the field nor a constraint."""
    entries = [*system.vector_field, *system.constraints.values()]
    return tuple(state for state in system.states if _is_angle(state, entries))


def _is_angle(state: sp.Symbol, entries: Sequence[sp.Expr]) -> bool:
    waves = [wave for entry in entries for wave in entry.atoms(sp.sin, sp.cos, sp.tan) if wave.has(state)]
    if not waves or not all(map(is_tame, entries)):
        return False
    return all(sp.expand(entry.subs(state, state + 2 * sp.pi) - entry) == 0 for entry in entries)


def translations(system: System, angles: Sequence[sp.Symbol]) -> tuple[tuple[int, ...], ...]:
    """A basis of the directions v along which all angles can be shifted together: ``sum_i v_i df/dx_i = 0``.

    Only whole numbers v are found, zero for states that are no angles; a common shift is (1, ..., 1). The
    identity is proved in SymPy.
    """
    entries = sp.Matrix([*system.vector_field, *system.constraints.values()])
    if not angles:
        return ()
    slopes = entries.jacobian(list(angles))
    basis = _null_directions(slopes)
    found = []
    for vector in basis:
        rates = slopes * sp.Matrix(vector)
        if all(sp.expand(rate) == 0 or sp.simplify(rate) == 0 for rate in rates):
            place = dict(zip(angles, vector, strict=True))
            found.append(tuple(int(place.get(state, 0)) for state in system.states))
    return tuple(found)


def _null_directions(slopes: sp.Matrix) -> list[list[int]]:
    """Whole vectors that the matrix takes to 0 at random points: candidates."""
    symbols = sorted(slopes.free_symbols, key=str)
    # Derivatives of jumps have no value: any function of where they are has the same null directions.
    values = array_function(symbols, slopes.replace(sp.DiracDelta, lambda u, *_: sp.cos(u) + 2))
    points = np.random.default_rng(0).uniform(0.3, 1.3, (SAMPLES, len(symbols)))
    stacked = np.vstack([values(*point) for point in points])
    if not np.isfinite(stacked).all():
        return []
    _, sizes, rows = np.linalg.svd(stacked)
    rank = int((sizes > ZERO * max(1.0, float(sizes.max(initial=0.0)))).sum())
    null = sp.Matrix(rows[rank:].round(9).tolist()) if rank < slopes.cols else None
    if null is None:
        return []
    reduced = null.rref(iszerofunc=lambda x: abs(x) < 1e-6)[0].tolist()
    rational = [[sp.nsimplify(entry, rational=True, tolerance=1e-6) for entry in row] for row in reduced]
    scaled = [[entry * sp.ilcm(*(e.q for e in row)) for entry in row] for row in rational]
    return [[int(entry) for entry in row] for row in scaled]

"""Exact solutions on unit spheres as data: which systems have them, and with which constants.

Where all modes of a neuron on three spheres are states, magnitudes that agree within each mode and D = 0 obey
``a' = kappa a^2 - E a``, and one pair that is alone turns as ``D' = -3 kappa a sin D`` at magnitudes at rest.
"""

from collections.abc import Sequence

import sympy as sp

from odekit.derivation.modes import FourierReduction
from odekit.systems import SphereForm, SphereMode, System

__all__ = ["find_sphere_form"]


def find_sphere_form(reduction: FourierReduction, system: System, energy: sp.Symbol) -> SphereForm | None:
    """The exact solutions of a system that holds all modes, or None where its equations are others."""
    frequencies = dict.fromkeys(mode.frequency for mode in reduction.modes)
    groups = [
        [i for i, mode in enumerate(reduction.modes) if mode.frequency == frequency]
        for frequency in frequencies
    ]
    modes = [_mode(reduction, system, energy, group) for group in groups]
    found = tuple(mode for mode in modes if mode is not None)
    return SphereForm(found) if len(found) == len(modes) else None


def _mode(
    reduction: FourierReduction, system: System, energy: sp.Symbol, group: Sequence[int]
) -> SphereMode | None:
    names = [reduction.names[index] for index in group]
    if len(names) != 3:
        return None
    magnitudes = tuple(name.magnitude for name in names)
    phases = tuple(name.phase for name in names if name.phase is not None)
    metric = dict(zip(system.states, system.metric, strict=True))
    growth = _growth(system, energy, magnitudes, phases)
    if growth is None or len({metric[magnitude] for magnitude in magnitudes}) > 1:
        return None
    return SphereMode(magnitudes, phases, growth, metric[magnitudes[0]])


def _growth(
    system: System, energy: sp.Symbol, magnitudes: tuple[sp.Symbol, ...], phases: tuple[sp.Symbol, ...]
) -> sp.Expr | None:
    """Kappa, where equal magnitudes a obey ``kappa a^2 cos D - E a`` and phases ``-+ kappa a sin D``."""
    a = sp.Symbol("a", positive=True)
    field = {s: v.subs(dict.fromkeys(magnitudes, a)) for s, v in system.equations.items()}
    D = next((s for s, form in system.definitions.items() if phases and _is_sum(form, phases)), None)
    if (D is None) == bool(phases):
        return None
    cosine, sine = (sp.cos(D), sp.sin(D)) if D is not None else (sp.S.One, sp.S.Zero)
    growth = sp.expand((field[magnitudes[0]] + energy * a) / (a * a * cosine))
    expected = dict.fromkeys(magnitudes, growth * a * a * cosine - energy * a)
    for phase, sign in zip(phases, (-1, -1, 1), strict=False):
        expected[phase] = sign * growth * a * sine
    is_solved = all(sp.simplify(field[symbol] - value) == 0 for symbol, value in expected.items())
    return growth if is_solved and not growth.free_symbols else None


def _is_sum(definition: sp.Expr, phases: tuple[sp.Symbol, ...]) -> bool:
    first, second, third = phases
    return bool(sp.expand(definition - first - second + third) == 0)

"""From where a system rests to a `FixedPoint` with eigenvalues and stability, in symbols."""

from collections.abc import Sequence

import sympy as sp

from odekit.systems.known import FixedPoint
from odekit.systems.rest_points.centres import is_centre
from odekit.systems.rest_points.loci import Locus, digits_of
from odekit.systems.rest_points.minima import extremum_says
from odekit.systems.rest_points.spectrum import smooth_there, spectrum_at
from odekit.systems.rest_points.stability import CENTRE, signs_say
from odekit.systems.system import System

__all__ = ["described"]

SHOWN = 15  # Digits of a value that has no short form.


def described(locus: Locus, system: System, integrals: Sequence[sp.Expr]) -> FixedPoint:
    """The point or family with its eigenvalues, less one zero for each function that is kept.

    Where an eigenvalue is 0 that neither such a function nor the family explains, and where the field has a
    kink, it is degenerate; so it is where the linearisation turns and nothing proves a centre. A strict
    minimum of what a gradient flow lets fall attracts even so.

    Parameters
    ----------
    locus: where the system rests, exactly.
    system, integrals: the system, and what it conserves beside the constraint's functions.
    """
    digits = digits_of(locus)
    kept = smooth_there(integrals, system, digits or locus)
    spectrum = spectrum_at(digits or locus, system, kept)
    values, radius = locus.values, 0.0
    if digits is not None:
        values = {state: sp.N(value, SHOWN) for state, value in digits.sample.items()}
        radius = max(float(abs(value)) for value in values.values()) * 10.0 ** (1 - SHOWN)
    if spectrum is None:
        return FixedPoint(values, "degenerate", {}, (), locus.dimension, radius, locus.equations)
    left = (sp.S.Zero,) * (spectrum.zeros - spectrum.kept)
    stability = "degenerate"
    if spectrum.zeros <= spectrum.explained:
        stability = signs_say(spectrum.others, spectrum.coefficients, locus.values)
    if stability == CENTRE:
        stability = "centre" if is_centre(locus, system, kept) else "degenerate"
    if stability == "degenerate":
        stability = extremum_says(locus, system) or stability
    eigenvalues = (*spectrum.others, *left)
    return FixedPoint(values, stability, {}, eigenvalues, locus.dimension, radius, locus.equations)

"""Leakage: which harmonics the gradient at one frequency holds, for a kinked activation, as exact formulas.

In ``a z + b |z|`` a z drops out. In the limit of a large order, at theta = cos(a) and xi = cos(2a - D), the
gradient in xi is a multiple of |cos a|, and that in theta is T(a) = < cos(a + b - D) sign(cos a + cos b) >,
the other input's angle b being uniform.
"""

from dataclasses import dataclass
from functools import cache

import sympy as sp
from sympy.simplify.fu import TR8

__all__ = ["Leakage", "M", "degree_one_leakage"]

M = sp.Symbol("m", integer=True, positive=True)
A, B, D = sp.symbols("a b D", real=True)


@dataclass(frozen=True)
class Leakage:
    """Sizes of the gradient's harmonics relative to the frequency's own, in the symbol `M`.

    Parameters
    ----------
    xi: harmonic m of the gradient in xi.
    aligned: harmonic 2m + 1 of the gradient in theta at D = 0; the even ones vanish.
    quarter: the same at D = pi/2.

    Source: arXiv 2602.16849 derives the flow of one harmonic; the sizes of the others follow here.
    """

    xi: sp.Expr
    aligned: sp.Expr
    quarter: sp.Expr

    def theta(self, phase_difference: sp.Expr | float) -> sp.Expr:
        """Harmonic 2m + 1 of the gradient in theta at any D, between ``aligned`` and ``quarter``.

        >>> degree_one_leakage().theta(sp.pi / 2).subs(M, 1)
        1/5
        """
        waves = _embedding_waves()
        parts = {
            number: [
                (wave(phase_difference) * _over_half_circle(shape * other((2 * number + 1) * A))) ** 2
                for wave, shape, other in waves
            ]
            for number in (M, 0)
        }
        return sp.sqrt(sp.Add(*parts[M]) / sp.Add(*parts[0]))

    def sizes(self, count: int = 3) -> dict[str, list[sp.Rational]]:
        """The first sizes of each kind.

        >>> degree_one_leakage().sizes(2)["xi"]
        [1/5, 3/35]
        """
        first = {"xi": 2, "aligned": 1, "quarter": 1}
        return {
            name: [getattr(self, name).subs(M, number) for number in range(start, start + count)]
            for name, start in first.items()
        }


@cache
def degree_one_leakage() -> Leakage:
    """The response of |z|, relu, and every other ``a z + b |z|`` with b not 0.

    >>> degree_one_leakage().xi, degree_one_leakage().aligned
    (3/((2*m - 1)*(2*m + 1)), 3/((2*m - 1)*(2*m + 3)))
    """
    readout = _over_half_circle(sp.sin(A) * sp.cos(2 * M * A))
    (_, even, cosine), (_, odd, sine) = _embedding_waves()
    return Leakage(
        xi=_relative(readout, _over_half_circle(sp.sin(A) * sp.cos(2 * A))),
        aligned=_relative(
            _over_half_circle(even * cosine((2 * M + 1) * A)), _over_half_circle(even * cosine(A))
        ),
        quarter=_relative(_over_half_circle(odd * sine((2 * M + 1) * A)), _over_half_circle(odd * sine(A))),
    )


@cache
def _embedding_waves() -> tuple[tuple[type[sp.Function], sp.Expr, type[sp.Function]], ...]:
    """T(a) on 0 < a < pi as cos(D) times an even function of a plus sin(D) times an odd one.

    There cos a + cos b is positive for |b| < pi - a. The mean over the whole circle of a wave is 0, so that T
    is twice the mean over that part. The mirror image a -> -a is D -> -D.
    """
    wave = sp.sin(A + B - D)
    part = 2 * (wave.subs(B, sp.pi - A) - wave.subs(B, A - sp.pi)) / (2 * sp.pi)
    force = sp.expand(sp.expand_trig(part))
    even, odd = (sp.expand(force.coeff(direction(D))) for direction in (sp.cos, sp.sin))
    return ((sp.cos, even, sp.cos), (sp.sin, odd, sp.sin))


def _over_half_circle(expression: sp.Expr) -> sp.Expr:
    """Integral over ``0 < a < pi`` of a product of waves, of frequencies that may hold the symbol m."""
    total = sp.S.Zero
    for term in sp.Add.make_args(sp.expand(TR8(sp.expand(expression)))):
        factor, wave = term.as_independent(A)
        if wave == 1:
            total += factor * sp.pi
            continue
        frequency = sp.expand(wave.args[0]).coeff(A)
        primitive = sp.sin(wave.args[0]) if isinstance(wave, sp.cos) else -sp.cos(wave.args[0])
        total += factor * (primitive.subs(A, sp.pi) - primitive.subs(A, 0)) / frequency
    return sp.factor(sp.simplify(total))


def _relative(size: sp.Expr, own: sp.Expr) -> sp.Expr:
    """A ratio without its sign, which for m = 2 and beyond is that at m = 2."""
    ratio = sp.factor(size / own)
    return ratio if ratio.subs(M, 2) > 0 else sp.factor(-ratio)

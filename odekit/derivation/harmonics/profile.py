"""Harmonics of any activation: what ``act(r cos t)`` holds.

Means are closed forms where it is a polynomial on either side of 0 (relu, abs) or a sum of exponentials (exp,
cosh, cos); else quadrature evaluates them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import mpmath
import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from odekit.arrays import FloatArray
from odekit.errors import InputError, ReductionError
from odekit.expressions import Expression
from odekit.networks import parse_activation
from odekit.numbers import integer
from odekit.systems.algebra import AngleIntegral, code_function, mean_of_arrays, precise_mean, to_symbolic

__all__ = [
    "ALPHA",
    "SAMPLES",
    "Activation",
    "Profile",
    "T",
    "Z",
    "cosine_moment",
    "exponentials",
    "harmonic",
    "is_constant",
    "number",
    "parity_parts",
    "sides",
    "symbolic_activation",
]

Activation: TypeAlias = Expression | sp.Expr | str

Z = sp.Symbol("z", real=True)
ALPHA = sp.Symbol("alpha", positive=True)
T = sp.Symbol("t", real=True)
X = sp.Symbol("x", positive=True)
# Arbitrary places: what varies beyond rounding between them is no constant; else SymPy decides.
PLACES = (sp.Rational(1, 3), sp.Rational(7, 5), sp.Rational(21, 10))
ROUNDING = 1e-10
# Magnitudes, small to large, at which signs and sizes of a profile are looked at.
SAMPLES = (0.1, 0.3, 1.0, 3.0)


@dataclass(frozen=True)
class Profile:
    """A function of the magnitude alpha: a closed form, or the mean of an integrand over angles.

    Parameters
    ----------
    expression: in the symbol alpha; an unevaluated integral where there is no closed form.
    integrand: what is averaged over ``angles``; None where closed.
    angles: each uniform on the circle.
    """

    expression: sp.Expr
    integrand: sp.Expr | None = None
    angles: tuple[sp.Symbol, ...] = ()

    @property
    def is_closed(self) -> bool:
        """Whether the expression holds no integral."""
        return self.integrand is None

    @property
    def degree(self) -> sp.Expr | None:
        """q where the function is a nonzero multiple of alpha^q, else None."""
        if not self.is_closed or self.expression == 0:
            return None
        slope = sp.cancel(ALPHA * self.expression.diff(ALPHA) / self.expression)
        return None if slope.has(ALPHA) else slope

    @property
    def has_values(self) -> bool:
        """Whether its mean settles, as it does without kinks away from 0."""
        try:
            self(SAMPLES)
        except ReductionError:
            return False
        return True

    def derivative(self) -> Profile:
        """Its derivative by alpha.

        Raises
        ------
        ReductionError: the activation jumps away from 0.
        """
        inner = None if self.integrand is None else self.integrand.diff(ALPHA)
        if inner is not None and inner.has(sp.DiracDelta):
            raise ReductionError("the activation jumps, so that its energy is no smooth function of weights")
        return Profile(self.expression.diff(ALPHA), inner, self.angles)

    def evaluate(self, alpha: float | str, digits: int = 30) -> mpmath.mpf:
        """Value at one magnitude, to ``digits`` digits.

        >>> mpmath.nstr(harmonic("relu", 2).evaluate(1), 12)
        '0.212206590789'
        """
        with mpmath.workdps(digits + 10):
            number = mpmath.mpf(alpha)
            if self.integrand is None:
                return mpmath.mpf(code_function([ALPHA], self.expression, "mpmath")(number))
            function = code_function([ALPHA, *self.angles], self.integrand, "mpmath")
            return precise_mean(lambda *angles: function(number, *angles), len(self.angles), digits)

    def __call__(self, alpha: ArrayLike) -> FloatArray:
        """Values at magnitudes of any shape, in double precision."""
        values = np.asarray(alpha, dtype=np.float64)
        if self.integrand is None:
            closed = code_function([ALPHA], self.expression)
            with np.errstate(all="ignore"):
                return np.broadcast_to(np.asarray(closed(values)).real, values.shape).astype(np.float64)
        function = code_function([ALPHA, *self.angles], self.integrand)
        spread = values.reshape(*values.shape, *[1] * len(self.angles))
        return mean_of_arrays(lambda *angles: function(spread, *angles), len(self.angles), values.shape)


def symbolic_activation(activation: Activation) -> sp.Expr:
    """An activation as a SymPy expression in `Z`, relu as ``(z + |z|)/2``.

    Parameters
    ----------
    activation: a name or formula in z, an `Expression` in z, or a SymPy expression in one symbol.

    Raises
    ------
    InputError: a SymPy expression in several symbols, or text that is no activation.

    >>> symbolic_activation("relu")
    z/2 + Abs(z)/2
    """
    if isinstance(activation, str):
        activation = parse_activation(activation)
    if isinstance(activation, Expression):
        activation = to_symbolic(activation, {"z": Z})
    symbols = activation.free_symbols
    if len(symbols) > 1:
        raise InputError(
            "an activation is a function of one variable",
            expected="one symbol",
            received=", ".join(sorted(map(str, symbols))),
        )
    named = activation.xreplace(dict.fromkeys(symbols, Z))
    return sp.expand(named.replace(sp.Max, lambda *args: sp.Max(*args).rewrite(sp.Abs)))


def parity_parts(activation: Activation) -> tuple[sp.Expr, sp.Expr]:
    """Even and odd part.

    >>> parity_parts("relu")
    (Abs(z)/2, z/2)
    """
    act = symbolic_activation(activation)
    mirrored = act.subs(Z, -Z)
    return sp.expand((act + mirrored) / 2), sp.expand((act - mirrored) / 2)


def sides(act: sp.Expr) -> tuple[sp.Poly, sp.Poly] | None:
    """The polynomials in x = |z| that the activation is at z > 0 and at z < 0; None where it is none."""
    right, left = (sp.expand(act.subs(Z, sign * X)) for sign in (1, -1))
    if not (right.is_polynomial(X) and left.is_polynomial(X)):
        return None
    return sp.Poly(right, X), sp.Poly(left, X)


def cosine_moment(power: int, harmonic: int = 0, order: int | None = None) -> sp.Expr:
    """Mean of ``|cos t|^power cos(harmonic t)`` over the half circle ``|t| < pi/2``.

    With an order n it is the mean over the lattice ``t = pi d/n``, which the difference of two elements sees.

    >>> cosine_moment(1), cosine_moment(1, 2), cosine_moment(1, order=3)
    (2/pi, 2/(3*pi), 2/3)
    """
    waves = (
        sp.binomial(power, i) * _half_circle_mean(power - 2 * i + harmonic, order) for i in range(power + 1)
    )
    return sp.Add(*waves) / 2**power


def _half_circle_mean(frequency: int, order: int | None) -> sp.Expr:
    """Mean of ``cos(frequency t)`` over ``|t| < pi/2``, on the circle or on a lattice."""
    if order is None:
        turn = sp.pi * frequency / 2
        return sp.S.One if frequency == 0 else sp.sin(turn) / turn
    points = order if order % 2 else order - 1
    if frequency % (2 * order) == 0:
        return sp.Rational(points, order)
    step = sp.pi * frequency / (2 * order)
    return sp.sin(points * step) / (order * sp.sin(step))


def harmonic(activation: Activation, m: int) -> Profile:
    """Coefficient c_m of ``act(alpha cos t) = c_0 + sum_m c_m cos(m t)``.

    Raises
    ------
    InputError: m is no integer from 0.

    >>> harmonic("relu", 2).expression
    2*alpha/(3*pi)
    """
    m = integer(m, "m", 0)
    act = symbolic_activation(activation)
    double = 1 if m == 0 else 2
    if (polynomials := sides(act)) is not None:
        terms = (
            (_sided_moment(q, m, side) * coefficient) * ALPHA**q
            for side, polynomial in zip((1, -1), polynomials, strict=True)
            for (q,), coefficient in polynomial.terms()
        )
        return Profile(sp.factor(double * sp.Add(*terms)))
    if (waves := exponentials(act)) is not None:
        return Profile(double * sp.Add(*(c * sp.besseli(m, rate * ALPHA) for c, rate in waves)))
    integrand = double * act.subs(Z, ALPHA * sp.cos(T)) * sp.cos(m * T)
    mean = AngleIntegral(integrand, (T, 0, 2 * sp.pi)) / (2 * sp.pi)
    return Profile(mean, integrand, (T,))


def number(expression: sp.Expr, values: Mapping[sp.Symbol, float]) -> float:
    """Value of an expression that may hold integrals over whole turns, by quadrature in double precision."""
    integrals = {each: each.subs(values).measured() for each in expression.atoms(AngleIntegral)}
    return float(sp.N(expression.xreplace(integrals).subs(values)))


def is_constant(even: sp.Expr) -> bool:
    """Whether an even part is a constant that SymPy doesn't see at once, such as that of 1/(1 + exp(-z))."""
    values = [complex(even.subs(Z, place).evalf()) for place in PLACES]
    spread = max(abs(value - values[0]) for value in values)
    return spread <= ROUNDING * abs(values[0]) and sp.simplify(even.diff(Z)) == 0


def _sided_moment(power: int, m: int, side: int) -> sp.Expr:
    """Mean of ``|cos t|^power cos(m t)`` over the circle, 0 where cos t hasn't the sign ``side``."""
    return sp.Integer(side) ** m * cosine_moment(power, m) / 2


def exponentials(act: sp.Expr) -> Sequence[tuple[sp.Expr, sp.Expr]] | None:
    """(coefficient, rate) of each ``coefficient exp(rate z)`` of which the activation is the sum, or None."""
    if act.has(sp.Abs, sp.sign):
        return None
    found = []
    for term in sp.Add.make_args(sp.expand(act.rewrite(sp.exp))):
        coefficient, rest = term.as_independent(Z)
        rate = sp.S.Zero if rest == 1 else sp.cancel(rest.args[0] / Z) if isinstance(rest, sp.exp) else None
        if rate is None or rate.has(Z):
            return None
        found.append((coefficient, rate))
    return found

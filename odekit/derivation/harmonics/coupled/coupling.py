"""How do neurons of one frequency couple at the second cumulant? By sums over all of them, one a charge.

The logits' variance over the outputs, summed over the inputs, is a sum over pairs of neurons,

    sum Var f = (n^2/2) sum beta beta' cos(psi - psi') K(alpha, alpha', phi - phi'),
    K(a, a', D) = < act(a (cos X + cos Y)) act(a' (cos(X + D) + cos(Y + D))) >
                = sum c_jm(a) c_jm(a') cos((j + m) D).

So it is a quadratic form in the order parameters ``S = s sum beta F(alpha) e^(i (psi - r phi))``, s being the
logit scale, of *charges* r = j + m, where F is c_jm, or alpha^q where the activation is made of powers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
import sympy as sp

from odekit.arrays import FloatArray
from odekit.derivation.harmonics.coupled.torus import torus_coefficient, torus_coefficients
from odekit.derivation.harmonics.profile import (
    ALPHA,
    SAMPLES,
    Activation,
    Profile,
    cosine_moment,
    sides,
    symbolic_activation,
)
from odekit.errors import ReductionError

__all__ = ["SHARE", "UP_TO", "Channel", "Coupling", "harmonic_coupling"]

# Of the variance of a neuron's logits, what may be left out at every magnitude up to this one.
SHARE, UP_TO = 1e-3, 1.0
# Shares below it are rounding.
ROUNDING = 1e-12
TINY = np.finfo(np.float64).tiny


@dataclass(frozen=True)
class Channel:
    """What is summed in one order parameter, ``beta F(alpha) e^(i (psi - charge phi))``.

    Parameters
    ----------
    charge: r, an integer of either sign.
    profile: F.
    pair: (j, m) where F is c_jm, with j >= m >= 0; None where it is a power.
    """

    charge: int
    profile: Profile
    pair: tuple[int, int] | None = None

    @property
    def differences(self) -> tuple[int, ...]:
        """The differences j - m of the coefficients c_jm of this charge, both signs of j and m counting."""
        if self.pair is None:
            return ()
        j, m = self.pair
        found = j - m if abs(self.charge) == j + m else j + m
        return tuple(dict.fromkeys((found, -found)))


@dataclass(frozen=True)
class Coupling:
    """The variance of the logits as a quadratic form in order parameters.

    ``sum Var f = (n^2/2) sum_ij g_ij Re(conj(S_i) S_j)``, over channels i, j of the same charge.

    Parameters
    ----------
    channels: one for each order parameter.
    weights: g_ij by (i, j), both orders of a pair.
    left_out: of K(alpha, alpha, 0), the largest share that is left out at magnitudes up to 1.
    """

    channels: tuple[Channel, ...]
    weights: Mapping[tuple[int, int], sp.Expr]
    left_out: float

    @cached_property
    def numbers(self) -> Mapping[tuple[int, int], float]:
        """The weights in double precision."""
        return {pair: float(weight) for pair, weight in self.weights.items()}

    @cached_property
    def slopes(self) -> tuple[Profile, ...]:
        """The derivative of each channel's F by alpha.

        Raises
        ------
        ReductionError: the activation jumps.
        """
        known = {channel.profile: channel.profile.derivative() for channel in self.channels}
        return tuple(known[channel.profile] for channel in self.channels)


def harmonic_coupling(activation: Activation, order: int | None = None, share: float = SHARE) -> Coupling:
    """How neurons of one frequency couple, averaged over their common phase.

    Parameters
    ----------
    activation: see `odekit.derivation.harmonic`.
    order: of the frequency's character, above 2, for sums over its lattice; by default the limit of a large
        order.
    share: of the variance of a neuron's logits, what may be left out.

    Raises
    ------
    ReductionError: an activation that jumps, or of which a share takes too many order parameters.

    >>> relu = harmonic_coupling("relu")
    >>> [channel.charge for channel in relu.channels]
    [0, 1, -1, 2, -2, 4, -4, 6, -6]
    >>> [relu.weights[i, i] for i in (0, 1, 3)]
    [2/pi**2, 1/8, 2/(9*pi**2)]
    """
    act = symbolic_activation(activation)
    if (polynomials := sides(act)) is not None:
        return _of_powers(polynomials, order, share)
    return _of_waves(act, order, share)


def _of_powers(polynomials: tuple[sp.Poly, sp.Poly], order: int | None, share: float) -> Coupling:
    """Of ``sum (e_q + o_q sign z) |z|^q``: even charges by the coefficients e_q, odd ones by the o_q."""
    parts = _parts(polynomials)
    if 0 in parts[1]:
        raise ReductionError(
            "the activation jumps, so that the variance of its logits is no smooth function of weights",
            expected="an activation that is continuous at 0",
            received=f"{2 * parts[1][0]} between both sides",
            hint="order=1",
        )
    alpha = np.array([a for a in SAMPLES if a <= UP_TO])
    total = sum(
        (
            c * d * _power_sum(alpha, p, q, order) * float(cosine_moment(p + q))
            for part in parts
            for (p, c), (q, d) in product(part.items(), repeat=2)
        ),
        start=np.zeros_like(alpha),
    ).astype(np.float64)
    channels: list[Channel] = []
    weights: dict[tuple[int, int], sp.Expr] = {}
    left, magnitude = total.copy(), 0
    while magnitude < 2 or (left > share * total).any():
        waves = {q: c * cosine_moment(q, magnitude) for q, c in parts[magnitude % 2].items()}
        waves = {q: wave for q, wave in waves.items() if wave != 0}
        for charge in dict.fromkeys((magnitude, -magnitude)):
            places = range(len(channels), len(channels) + len(waves))
            channels += [Channel(charge, Profile(ALPHA**q)) for q in waves]
            for (i, p), (j, q) in product(zip(places, waves, strict=True), repeat=2):
                weights[i, j] = 2 ** (p + q) * waves[p] * waves[q] * cosine_moment(p + q, order=order)
        found = sum(
            (
                float(waves[p] * waves[q]) * _power_sum(alpha, p, q, order)
                for p, q in product(waves, repeat=2)
            ),
            start=np.zeros_like(alpha),
        )
        left -= (2 if magnitude else 1) * found
        magnitude += 1
    return Coupling(tuple(channels), weights, _largest_share(left, total))


def _parts(polynomials: tuple[sp.Poly, sp.Poly]) -> tuple[dict[int, sp.Expr], dict[int, sp.Expr]]:
    """The coefficients e_q and o_q that are not 0, by degree, of the polynomials on both sides of 0."""
    right, left = ({q: c for (q,), c in one.terms()} for one in polynomials)
    degrees = sorted({*right, *left})
    found = tuple(
        {q: (right.get(q, 0) + sign * left.get(q, 0)) / sp.Integer(2) for q in degrees} for sign in (1, -1)
    )
    even, odd = ({q: c for q, c in one.items() if c != 0} for one in found)
    return even, odd


def _power_sum(alpha: FloatArray, p: int, q: int, order: int | None) -> FloatArray:
    """Mean of ``(2 alpha |cos v|)^(p + q)`` over half the difference of two angles."""
    return np.asarray((2 * alpha) ** (p + q) * float(cosine_moment(p + q, order=order)))


def _of_waves(act: sp.Expr, order: int | None, share: float) -> Coupling:
    """By the coefficients c_jl, the largest first until so little is left."""
    alpha = np.array([a for a in SAMPLES if a <= UP_TO])
    coefficients, squares = torus_coefficients(act, alpha, order)
    if not np.isfinite(squares).all():
        raise ReductionError(
            "the activation is not finite at the inputs of a neuron",
            expected=f"finite numbers at inputs up to {2 * UP_TO:g}",
            received=str(act),
        )
    pairs = [(j, m) for j in range(coefficients.shape[1]) for m in range(j + 1)]
    sizes = [len(_signed(j, m)) * coefficients[:, j, m] ** 2 / np.maximum(squares, TINY) for j, m in pairs]
    ranked = sorted(pairs, key=lambda pair: (-sizes[pairs.index(pair)].max(), pair))
    left, count, met = squares, 0, dict[tuple[int, int], FloatArray]()
    while (np.abs(left) > share * squares).any() and count < len(ranked):
        pair = ranked[count]
        for a, b in _signed(*pair):
            place = a + b, (a - b if order is None else (a - b) % (2 * order))
            before = met.get(place, np.zeros_like(alpha))
            met[place] = before + coefficients[:, pair[0], pair[1]]
            left = left + before**2 - met[place] ** 2
        count += 1
    chosen = sorted(ranked[:count], key=lambda pair: (sum(pair), pair))
    profiles = {pair: torus_coefficient(act, *pair) for pair in chosen}
    channels = tuple(Channel(r, profiles[pair], pair) for pair in chosen for r in _charges(*pair))
    return Coupling(channels, _wave_weights(channels, order), _largest_share(left, squares))


def _signed(j: int, m: int) -> set[tuple[int, int]]:
    """The pairs that have the same coefficient."""
    return {pair for a, b in product((j, -j), (m, -m)) for pair in ((a, b), (b, a))}


def _charges(j: int, m: int) -> Iterable[int]:
    """The charges of those pairs, small ones first, positive ones before negative ones."""
    return sorted({a + b for a, b in _signed(j, m)}, key=lambda charge: (abs(charge), -charge))


def _wave_weights(channels: Sequence[Channel], order: int | None) -> dict[tuple[int, int], sp.Expr]:
    """How many pairs of coefficients survive the sum over inputs: those of equal differences j - m.

    On a lattice of order n differences count modulo 2 n.
    """
    found = {}
    for (i, left), (j, right) in product(enumerate(channels), repeat=2):
        if left.charge == right.charge:
            gaps = (a - b for a, b in product(left.differences, right.differences))
            count = sum(gap == 0 if order is None else gap % (2 * order) == 0 for gap in gaps)
            if count:
                found[i, j] = sp.Integer(count)
    return found


def _largest_share(left: FloatArray, total: FloatArray) -> float:
    """The largest of what is left, relative to the total; 0 where it is rounding."""
    share = float(np.max(np.abs(left) / np.maximum(total, TINY)))
    return share if share > ROUNDING else 0.0

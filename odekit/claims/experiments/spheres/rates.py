"""Explicit maxima on spheres, with their derived and their fitted rates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison import estimate_rate
from odekit.derivation import CriticalPoint, critical_point, lift
from odekit.groups import RealIrrep, rank_one
from odekit.networks import Network
from odekit.simulation import Run, simulate

__all__ = ["Fits", "explicit_maxima", "fit_rates", "maximum_of", "pooled", "train", "unit_frames"]

Weights = Mapping[str, FloatArray]


@dataclass(frozen=True, eq=False)
class Fits:
    """Fitted rates over the predicted one, of quantities whose window held enough points.

    Parameters
    ----------
    ratios, low, high: (N,) the rates and the ends of their intervals, over the predicted rate.
    count: how many quantities there were.
    """

    ratios: FloatArray
    low: FloatArray
    high: FloatArray
    count: int

    @property
    def gap(self) -> float:
        """Largest distance of a ratio from 1; NaN where nothing could be fitted."""
        return float(np.abs(self.ratios - 1).max()) if len(self.ratios) else float("nan")

    @property
    def width(self) -> float:
        """Largest distance of an interval's end from its rate; infinite where nothing could be fitted."""
        ends = np.maximum(self.high - self.ratios, self.ratios - self.low)
        return float(ends.max()) if len(ends) else float("inf")

    @property
    def interval(self) -> tuple[float, float]:
        """From the lowest to the highest end."""
        return (float(self.low.min()), float(self.high.max())) if len(self.low) else (-np.inf, np.inf)

    @property
    def typical(self) -> float:
        """The median of the ratios; NaN where nothing could be fitted."""
        return float(np.median(self.ratios)) if len(self.ratios) else float("nan")

    def against(self, factor: float) -> Fits:
        """The same over a predicted rate that is larger by a factor."""
        return Fits(self.ratios / factor, self.low / factor, self.high / factor, self.count)


def fit_rates(t: FloatArray, distances: FloatArray, predicted: float, floor: float) -> Fits:
    """Fit the rate of every distance (T, N), and divide it by the predicted one.

    Parameters
    ----------
    t: (T,) increasing.
    predicted: positive.
    floor: below which distances aren't used.
    """
    estimates = [estimate_rate(t, distance, floor=floor) for distance in distances.T]
    found = [e for e in estimates if e.is_conclusive]
    rows = np.array([(e.rate, *e.interval) for e in found]).reshape(-1, 3) / predicted
    return Fits(rows[:, 0], rows[:, 1], rows[:, 2], len(estimates))


def pooled(fits: Iterable[Fits]) -> Fits:
    """All fits together."""
    parts = list(fits)
    columns = [np.concatenate([getattr(part, name) for part in parts]) for name in ("ratios", "low", "high")]
    return Fits(columns[0], columns[1], columns[2], sum(part.count for part in parts))


def maximum_of(network: Network, sigma: RealIrrep) -> CriticalPoint:
    """The derived maximum at a real irrep, with the spectrum of the linearised flow."""
    order = network.finite_group.order
    return critical_point(lift(network), order, sigma.name, sigma.type, sigma.m)


def unit_frames(generator: np.random.Generator, count: int, r: int) -> FloatArray:
    """Three independent uniform unit vectors in R^r for each neuron, (3, count, r)."""
    drawn = generator.standard_normal((3, count, r))
    return np.asarray(drawn / np.linalg.norm(drawn, axis=-1, keepdims=True))


def explicit_maxima(sigma: RealIrrep, frames: FloatArray) -> dict[str, FloatArray]:
    """Maxima of the energy on three spheres, weights (M, n) of norm 1.

    With unit vectors p, q, w they are ``theta1 = sqrt(r/n) <p, sigma(g) q>``,
    ``theta2 = sqrt(r/n) <q, sigma(g) w>`` and ``xi = sqrt(r/n) <p, sigma(g) w>``.

    Parameters
    ----------
    frames: (3, M, r) p, q and w.

    Source: arXiv 2606.02993, the maximisers at one irrep, here with real weights.
    """
    p, q, w = frames
    pairs = {"theta1": (p, q), "theta2": (q, w), "xi": (p, w)}
    return {name: rank_one(sigma.matrices, *pair) for name, pair in pairs.items()}


def train(network: Network, weights: Weights, times: FloatArray, rtol: float) -> Run:
    """The flow at uniform softmax from weights (M, n), with snapshots at ``times``."""
    return simulate(network, weights=weights, times=times, softmax="uniform", rtol=rtol, estimate_error=False)

"""Exponents: how cost grows with the number of trajectories, the group's order and the number of neurons.

Rows enter, least-squares slopes of log time against log size leave. Below `SMALLEST` trajectories the fixed
cost of a call weighs, a millisecond or two, so that both the slope from there on and the one over all sizes
are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import closed_form
import gradient
import numpy as np
import polynomial
from harness import Row

__all__ = ["SMALLEST", "exponents", "in_trajectories"]

SMALLEST = 100_000


def exponents(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """By what grows: name of a series to its exponent."""
    return {
        f"N, from {SMALLEST:,} on": in_trajectories(rows, SMALLEST),
        "N, all sizes": in_trajectories(rows, 0),
        "p, full gradient": _in_gradient(rows, "order", "neurons", gradient.NEURONS),
        "M, full gradient": _in_gradient(rows, "neurons", "order", gradient.WIDTHS_AT),
    }


def in_trajectories(rows: Sequence[Row], smallest: int) -> dict[str, float]:
    """Exponents in N of odekit's ways to solve the polynomial form, and of the closed form."""
    series: dict[str, dict[float, float]] = {}
    for row in rows:
        is_ours = row.bench in (polynomial.NAME, closed_form.NAME) and row.name.startswith("odekit")
        if is_ours and row.items >= smallest and row.sample == row.items:
            series.setdefault(f"{row.name}, {row.case}", {})[row.items] = row.seconds
    return _slopes(series)


def _in_gradient(rows: Sequence[Row], grows: str, fixed: str, at: int) -> dict[str, float]:
    series: dict[str, dict[float, float]] = {}
    for row in rows:
        if row.bench == gradient.NAME and row.facts[fixed] == at:
            series.setdefault(f"{row.name}, {row.facts['precision']}", {})[row.facts[grows]] = row.seconds
    return _slopes(series)


def _slopes(series: Mapping[str, Mapping[float, float]]) -> dict[str, float]:
    return {name: _slope(points) for name, points in series.items() if len(points) > 1}


def _slope(points: Mapping[float, float]) -> float:
    return float(np.polyfit(np.log(list(points)), np.log(list(points.values())), 1)[0])

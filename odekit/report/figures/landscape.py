"""The energy's critical points on spheres: their spectra, with the numbers of directions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from odekit.derivation import CriticalPoint
from odekit.errors import InputError, shown
from odekit.report.figures.drawing import COLOURS, drawn_on, plain_text

__all__ = ["plot_landscape"]

# Inches: height of one critical point, of what is around them, and of the least figure.
ROW, MARGIN, LEAST = 0.24, 0.75, 1.6


def plot_landscape(critical_points: Sequence[CriticalPoint], *, axes: Axes | None = None) -> Axes:
    """Spectrum of the linearised flow at each critical point, in units of its energy, with multiplicities.

    Parameters
    ----------
    critical_points: at a concrete order, as `odekit.derivation.landscape` lists them.

    Raises
    ------
    InputError: no critical points, or some at a symbolic order.

    Source: arXiv 2606.02993, landscape.
    """
    given = list(critical_points) if isinstance(critical_points, Sequence) else [critical_points]
    if not given or not all(isinstance(point, CriticalPoint) for point in given):
        raise InputError(
            "these are no critical points",
            expected="what odekit.derivation.landscape lists",
            received=shown(critical_points),
        )
    if any(not eigenvalue.count.is_Integer for point in given for eigenvalue in point.spectrum):
        raise InputError(
            "the critical points are at a symbolic order", expected="those of a group such as S3, or Z15"
        )
    with drawn_on(axes, height=max(LEAST, ROW * len(given) + MARGIN)) as chosen:
        chosen.axvline(0, color="#b0b0b0", linewidth=0.6)
        for row, point in enumerate(given):
            for eigenvalue in point.spectrum:
                is_growing = eigenvalue.value > 0
                look: dict[str, Any] = {
                    "color": COLOURS[1] if is_growing else COLOURS[0],
                    "marker": "s" if is_growing else "o",
                }
                chosen.plot(eigenvalue.value, row, linestyle="", markersize=4, **look)
                chosen.annotate(
                    f"{eigenvalue.multiplicity}",
                    (eigenvalue.value, row),
                    xytext=(4, 2.5),
                    textcoords="offset points",
                    fontsize=6.5,
                )
        chosen.set_yticks(range(len(given)), [_name(point) for point in given])
        chosen.set_ylim(len(given) - 0.4, -0.7)
        chosen.margins(x=0.08)
        chosen.set(xlabel="eigenvalue in units of $E$", ylabel=r"irrep $\sigma$")
    return chosen


def _name(point: CriticalPoint) -> str:
    rank = "" if point.rank == 1 else f", rank {point.rank}"
    return f"{plain_text(point.irrep)} ({point.type}){rank}, $E$ = {point.energy:.3f}"

"""Maps over starts: when a mode of the two-layer network blows up, and which mode does so first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, LogNorm
from numpy.typing import ArrayLike
from scipy.ndimage import distance_transform_edt

from odekit.arguments import expect, floats, mapping
from odekit.arrays import BoolArray, FloatArray
from odekit.errors import InputError, ReductionError, shown
from odekit.report.figures.drawing import TINTS, angular, drawn_on, in_math
from odekit.solvers import blow_up_time
from odekit.systems import System

__all__ = ["plot_blow_up_map", "plot_winner_map"]

NAMES = ("alpha", "beta", "D")
NEVER = "#ffffff"
NARROW = 0.03  # of the shorter side: a region that is nowhere wider has no room for its name


@dataclass(frozen=True, eq=False)
class _Starts:
    """Starts on a grid.

    Parameters
    ----------
    axes: name and values of both axes.
    values: by name, (1, 1), (1, x) or (y, 1).
    """

    axes: tuple[tuple[str, FloatArray], tuple[str, FloatArray]]
    values: Mapping[str, FloatArray]


def plot_blow_up_map(
    system: System,
    start: Mapping[str, ArrayLike],
    *,
    parameters: Mapping[str, float] | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Blow-up time T* of one mode over two of alpha, beta and D at the start, exact.

    Parameters
    ----------
    system: with a `closed_form`, such as ``odekit.derive(odekit.Network("Zp"))``.
    start: alpha, beta and D: two of them increasing (K,) arrays, of which the first named lies along x, and
        one a number. Magnitudes at least 0, D = 2 phi - psi in radians.
    parameters: values of the system's parameters.

    Raises
    ------
    ReductionError: a system without a closed form for its blow-up time.
    InputError: a start that is not two arrays and a number, or a parameter without value.
    """
    rate, scale = _constants(system, parameters)
    starts = _starts(start, NAMES)
    times = _times(starts.values, rate, scale)
    with drawn_on(axes) as chosen:
        (x, across), (y, up) = starts.axes
        shown_times = np.ma.masked_invalid(times)
        mesh = chosen.pcolormesh(
            across, up, shown_times, norm=LogNorm(), cmap="cividis", shading="nearest", rasterized=True
        )
        if shown_times.count():
            chosen.figure.colorbar(mesh, ax=chosen, label="blow-up time $T^*$ (time of the ODE)", pad=0.02)
        _label(chosen, x, y)
        if shown_times.mask.any():
            chosen.set_title("white: never", fontsize="small", loc="right")
    return chosen


def plot_winner_map(
    system: System,
    start: Mapping[str, ArrayLike],
    *,
    parameters: Mapping[str, float] | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Which of a neuron's modes blows up first, over two of the numbers that say how they start.

    Parameters
    ----------
    system: with a `closed_form`, whose rate all modes share.
    start: ``alpha1``, ``beta1``, ``D1``, ``alpha2`` and so on, for up to six modes: two of them increasing
        (K,) arrays, of which the first named lies along x, the others numbers.
    parameters: values of the system's parameters.

    Raises
    ------
    ReductionError: a system without a closed form for its blow-up time.
    InputError: a start that is not two arrays and numbers of all modes, or a parameter without value.

    Source: arXiv 2602.16849, the lottery of frequencies.
    """
    rate, scale = _constants(system, parameters)
    count = _mode_count(start)
    starts = _starts(start, tuple(f"{name}{mode}" for mode in range(1, count + 1) for name in NAMES))
    modes = [
        _times({name: starts.values[f"{name}{mode}"] for name in NAMES}, rate, scale)
        for mode in range(1, count + 1)
    ]
    (x, across), (y, up) = starts.axes
    times = np.stack([np.broadcast_to(each, (len(up), len(across))) for each in modes])
    winner = np.where(np.isfinite(times).any(axis=0), times.argmin(axis=0), -1)
    with drawn_on(axes) as chosen:
        colours = ListedColormap([NEVER, *TINTS[:count]])
        chosen.pcolormesh(
            across, up, winner, cmap=colours, vmin=-1.5, vmax=count - 0.5, shading="nearest", rasterized=True
        )
        for mode in range(count):
            _outline(chosen, across, up, winner == mode, f"mode {mode + 1}", _lead(times, mode))
        _outline(chosen, across, up, winner == -1, "none", np.where(winner == -1, 1.0, -1.0))
        _label(chosen, x, y)
    return chosen


def _lead(times: FloatArray, mode: int) -> FloatArray:
    """By how much a mode is earlier than all others, as the logarithm of a ratio, between -1 and 1."""
    others = np.delete(times, mode, axis=0).min(axis=0, initial=np.inf)
    with np.errstate(all="ignore"):
        lead = np.log(others / times[mode])
    return np.asarray(np.clip(np.nan_to_num(lead, nan=-1.0), -1.0, 1.0))


def _outline(
    axes: Axes, across: FloatArray, up: FloatArray, region: BoolArray, name: str, lead: FloatArray
) -> None:
    """The region's border, where its lead is 0, and its name where it is widest."""
    if not region.any():
        return
    if not region.all():
        axes.contour(across, up, lead, levels=[0.0], colors="black", linestyles="-", linewidths=0.7)
    depth = distance_transform_edt(np.pad(region, 1))[1:-1, 1:-1]
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    if depth.max() > NARROW * min(region.shape):
        axes.text(across[column], up[row], name, ha="center", va="center", fontsize=6.5)


def _label(axes: Axes, x: str, y: str) -> None:
    axes.set(xlabel=_start_label(x), ylabel=_start_label(y))
    if x.startswith("D"):
        angular(axes, "x")
    if y.startswith("D"):
        angular(axes, "y")
    axes.grid(False)


def _start_label(name: str) -> str:
    stem = name.rstrip("0123456789")
    words = "phase difference" if stem == "D" else "amplitude"
    unit = " (rad)" if stem == "D" else " (dimensionless)"
    return f"{words} ${in_math(name)}(0)${unit}"


def _constants(system: System, parameters: Mapping[str, float] | None) -> tuple[float, float]:
    """The rate of the closed form and the scale of its readout, as numbers."""
    expect(isinstance(system, System), "this is no system", "what odekit.derive hands back", system)
    form = system.closed_form
    if form is None:
        raise ReductionError(
            "this system has no closed form for its blow-up time",
            expected="a reduced system of a quadratic activation on an Abelian group",
            received=str(system).splitlines()[0],
            hint='odekit.derive(odekit.Network("Zp"))',
        )
    values = {} if parameters is None else mapping(parameters, "the parameters", '{"p": 23}')
    numbers = {system[str(name)]: value for name, value in values.items()}
    rate, scale = (entry.subs(numbers) for entry in (form.rate, form.readout_scale))
    missing = sorted(symbol.name for symbol in rate.free_symbols | scale.free_symbols)
    if missing:
        raise InputError(
            f"no value for the parameter {', '.join(missing)}",
            expected=f"parameters={{{', '.join(f'{name!r}: ...' for name in missing)}}}",
        )
    return float(rate), float(scale)


def _times(start: Mapping[str, FloatArray], rate: float, scale: float) -> FloatArray:
    turn = np.pi if scale < 0 else 0.0
    return blow_up_time(start["alpha"], start["beta"] / abs(scale), start["D"] + turn, rate)


def _starts(start: Mapping[str, ArrayLike], names: Sequence[str]) -> _Starts:
    given = mapping(start, "the start", '{"D": numpy.linspace(-3, 3, 99), "alpha": ..., "beta": 0.02}')
    values = {str(name): floats(f"the start {name}", value) for name, value in given.items()}
    along = [name for name, value in values.items() if value.ndim == 1]
    fits = set(values) == set(names) and all(value.ndim < 2 for value in values.values()) and len(along) == 2
    if not fits:
        raise InputError(
            "the start does not span a map",
            expected=f"{', '.join(names)}, two of them arrays and the others numbers",
            received=", ".join(f"{name} {value.shape}" for name, value in values.items()) or "nothing",
        )
    x, y = along
    for name in along:
        if values[name].size < 2 or not (np.diff(values[name]) > 0).all():
            raise InputError(
                f"the values of {name} don't increase", expected="at least two", received=shown(given[name])
            )
    shapes = {x: (1, -1), y: (-1, 1)}
    spread = {name: value.reshape(shapes.get(name, (1, 1))) for name, value in values.items()}
    return _Starts(((x, values[x]), (y, values[y])), spread)


def _mode_count(start: Mapping[str, ArrayLike]) -> int:
    """The number of modes that are named.

    Raises
    ------
    InputError: none, or more than there are tints.
    """
    given = mapping(start, "the start", '{"D1": numpy.linspace(-3, 3, 99), "alpha1": 0.02, ...}')
    found = [re.fullmatch(r"(?:alpha|beta|D)([1-9])", str(name)) for name in given]
    count = max((int(match[1]) for match in found if match), default=0)
    if not 1 <= count <= len(TINTS):
        raise InputError(
            "no modes are named",
            expected=f"alpha1, beta1, D1, ... of up to {len(TINTS)}",
            received=shown(start),
        )
    return count

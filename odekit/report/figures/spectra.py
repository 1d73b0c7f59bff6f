"""Many neurons at a glance: their amplitudes by mode, and their weights, sorted by their dominant mode."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator

from odekit.arrays import FloatArray, IndexArray
from odekit.numbers import integer
from odekit.report.figures.drawing import drawn_on, in_math
from odekit.report.figures.measures import Spectrum, check_run_given, neuron_spectrum
from odekit.simulation import Run

__all__ = ["plot_neuron_matrix", "plot_spectra"]

MOST_GROUPS = 20  # that have room for their names beneath each other
MANY_LABELS = 13  # along an axis; of more, every second, third and so on


def plot_spectra(run: Run, snapshot: int = -1, *, axes: Axes | None = None) -> Axes:
    """Amplitude of each mode (across) of each neuron (down) as a heatmap, sorted by the dominant mode.

    Each neuron's amplitudes are over its largest. On non-Abelian groups they are lengths in irreps.

    Parameters
    ----------
    run: on any group.
    snapshot: index of a time, from 0, or from -1 back.

    Raises
    ------
    InputError: no run, or no such snapshot.
    """
    spectrum = _spectrum(run, snapshot)
    values = _over_largest(spectrum.values)
    order = _by_mode(spectrum)
    is_mode = spectrum.letter == "k"
    quantity = r"$\alpha_k$ / largest" if is_mode else "length / largest"
    with drawn_on(axes, height=3.0) as chosen:
        image = chosen.imshow(values[order], vmin=0, vmax=1, aspect="auto", interpolation="nearest")
        chosen.figure.colorbar(image, ax=chosen, label=quantity, pad=0.02)
        _label_places(chosen, spectrum.labels)
        what = r"frequency $k$" if is_mode else r"irrep $\sigma$"
        chosen.set(xlabel=what, ylabel=rf"neuron, sorted by ${spectrum.letter}$")
        chosen.grid(False)
    return chosen


def plot_neuron_matrix(run: Run, snapshot: int = -1, *, axes: Axes | None = None) -> Axes:
    """The first embedding's weights: neurons (down), grouped by dominant mode, by group element (across).

    Each neuron's weights are over its largest; within a group they are sorted by where that is.

    Parameters
    ----------
    run: on any group.
    snapshot: index of a time, from 0, or from -1 back.

    Raises
    ------
    InputError: no run, or no such snapshot.
    """
    spectrum = _spectrum(run, snapshot)
    name = run.network.embeddings[0]
    values = _over_largest(run.weights[name][snapshot])
    order = np.lexsort((values.argmax(axis=1), spectrum.values.argmax(axis=1)))
    letter = in_math(name)
    with drawn_on(axes, height=3.0) as chosen:
        image = chosen.imshow(values[order], vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
        chosen.figure.colorbar(image, ax=chosen, label=rf"${letter}$ / largest", pad=0.02)
        _label_places(chosen, run.network.finite_group.labels)
        _label_groups(chosen, spectrum, order)
        what = rf"neurons by ${spectrum.letter}$"
        chosen.set(xlabel="group element $g$", ylabel=what)
        chosen.grid(False)
    return chosen


def _spectrum(run: Run, snapshot: int) -> Spectrum:
    check_run_given(run)
    place = integer(snapshot, "the place of a snapshot", -len(run), len(run) - 1)
    return neuron_spectrum(next(iter(run.weights.values()))[place], run.network.finite_group)


def _over_largest(values: FloatArray) -> FloatArray:
    """Each row over the largest size in it; zeros where that is 0."""
    largest = np.abs(values).max(axis=1, keepdims=True)
    shares: FloatArray = np.divide(values, largest, out=np.zeros_like(values), where=largest > 0)
    return shares


def _by_mode(spectrum: Spectrum) -> IndexArray:
    """Neurons by dominant mode, within each by how much of them is in it."""
    values = spectrum.values
    share = values.max(axis=1) / np.maximum(np.linalg.norm(values, axis=1), np.finfo(np.float64).tiny)
    return np.lexsort((-share, values.argmax(axis=1)))


def _label_places(axes: Axes, labels: tuple[str, ...]) -> None:
    every = -(-len(labels) // MANY_LABELS)
    places = np.arange(0, len(labels), every)
    is_long = max(map(len, labels)) > 2
    axes.set_xticks(places, [labels[place] for place in places], rotation=90 if is_long else 0)


def _label_groups(axes: Axes, spectrum: Spectrum, order: IndexArray) -> None:
    """A line between the groups, and the mode of each in its middle."""
    mode: FloatArray = spectrum.values.argmax(axis=1)[order]
    borders = np.flatnonzero(np.diff(mode)) + 1
    for border in borders:
        axes.axhline(border - 0.5, color="white", linewidth=0.8)
    ends = np.concatenate([[0], borders, [len(mode)]])
    middles = (ends[:-1] + ends[1:] - 1) / 2
    names = [spectrum.labels[int(mode[int(start)])] for start in ends[:-1]]
    kept = [0]
    for place, middle in enumerate(middles):
        if middle - middles[kept[-1]] >= len(mode) / MOST_GROUPS:
            kept.append(place)
    axes.set_yticks(middles[kept], [names[place] for place in kept])
    axes.yaxis.set_minor_locator(FixedLocator([]))

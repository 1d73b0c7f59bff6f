"""Spectra of a few neurons as heatmaps, with one scale for all panels of a figure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize

from odekit.arrays import FloatArray, IndexArray
from odekit.comparison import project
from odekit.groups import FiniteGroup, group_fourier, mode_basis
from odekit.report.figures import figure_of

__all__ = ["draw_spectra", "spectrum", "spectrum_labels"]

MOST_NAMES = 4  # that fit below a panel


def spectrum(values: FloatArray, group: FiniteGroup) -> FloatArray:
    """Size of functions (..., n) in each nontrivial real irrep, (..., count), over the largest of each.

    Of characters the amplitude; of larger irreps that of every entry of the block, row by row, in the basis
    in which the group's irreps come.
    """
    if group.is_abelian:
        sizes = project({"theta": values, "xi": values}, group).alpha
    else:
        blocks = group_fourier(values, group)
        members = [irrep.members[0] for irrep in group.real_irreps[1:]]
        entries = [np.abs(blocks[place]) * np.sqrt(group.irreps[place].dimension) for place in members]
        sizes = np.concatenate([entry.reshape(*entry.shape[:-2], -1) for entry in entries], axis=-1)
    return np.asarray(sizes / sizes.max(axis=-1, keepdims=True))


def spectrum_labels(group: FiniteGroup) -> tuple[str, ...]:
    """Names of what `spectrum` holds: characters, or an irrep's at the middle of its entries."""
    if group.is_abelian:
        return mode_basis(group).labels
    names = []
    for irrep in group.real_irreps[1:]:
        count = group.irreps[irrep.members[0]].dimension ** 2
        names += [irrep.name if place == count // 2 else "" for place in range(count)]
    return tuple(names)


def draw_spectra(
    grid: Sequence[Sequence[Axes]],
    matrices: Sequence[Sequence[FloatArray]],
    labels: Sequence[str],
    mode: str,
    floor: float = 0.0,
) -> None:
    """Fill panels with heatmaps (neuron, mode) of one scale up to 1, with one colour bar.

    Parameters
    ----------
    grid: panels by row and column. matrices: what goes into each.
    labels: of the modes; an empty one is not shown.
    mode: what they label.
    floor: where the scale is logarithmic its lower end, below which all is white; 0 for a linear scale.
    """
    norm = LogNorm(floor, 1.0) if floor else Normalize(0.0, 1.0)
    named = np.flatnonzero([bool(label) for label in labels])
    places: IndexArray = named[:: -(-len(named) // MOST_NAMES)]
    for row, values in zip(grid, matrices, strict=True):
        for axes, matrix in zip(row, values, strict=True):
            shown = np.ma.masked_less(matrix, floor)
            image = axes.imshow(shown, norm=norm, cmap="cividis_r" if floor else "Blues", aspect="auto")
            axes.grid(visible=False)
            axes.set_xticks(places, [labels[place] for place in places])
            axes.set_yticks([])
    for axes in grid[-1]:
        axes.set_xlabel(mode)
    panels = [axes for row in grid for axes in row]
    figure_of(grid[0][0]).colorbar(
        image,
        ax=panels,
        orientation="horizontal",
        location="bottom",
        aspect=40,
        pad=0.02,
        label="size / largest",
    )

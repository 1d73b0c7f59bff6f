"""What figures measure of neurons: amplitudes by mode or irrep, phase differences, ranks and alignment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from odekit.arrays import ComplexArray, FloatArray, IndexArray
from odekit.comparison import Modes, dominant_irreps, irrep_shares, project
from odekit.errors import InputError
from odekit.groups import FiniteGroup, group_fourier
from odekit.simulation import Run

__all__ = [
    "Spectrum",
    "alignment_levels",
    "amplitudes",
    "check_run_given",
    "misalignment",
    "neuron_spectrum",
    "own_blocks",
    "singular_ratios",
]

Weights = Mapping[str, FloatArray]


LARGEST = 1e70  # weight, of which figures show products of four


@dataclass(frozen=True, eq=False)
class Spectrum:
    """How large weights are in each mode of an Abelian group, or in each nontrivial real irrep of any other.

    Parameters
    ----------
    values: (..., K): alpha or beta of modes, Euclidean length in irreps.
    labels: of the modes or irreps.
    letter: as TeX, which the labels are values of.
    """

    values: FloatArray
    labels: tuple[str, ...]
    letter: str


def neuron_spectrum(values: FloatArray, group: FiniteGroup) -> Spectrum:
    """The spectrum of functions on a group, (..., n); NaN where they are not finite."""
    known = np.isfinite(values).all(axis=-1, keepdims=True)
    cleared = np.where(known, values, 0.0)
    if group.is_abelian:
        modes = project({"theta": cleared, "xi": cleared}, group)
        return Spectrum(np.where(known, modes.alpha, np.nan), modes.basis.labels, "k")
    lengths = np.sqrt(irrep_shares(cleared, group)) * np.linalg.norm(cleared, axis=-1, keepdims=True)
    names = tuple(irrep.name for irrep in group.real_irreps[1:])
    return Spectrum(np.where(known, lengths[..., 1:], np.nan), names, r"\sigma")


def amplitudes(run: Run, name: str = "") -> Spectrum:
    """The spectrum of a weight group, by default the first embedding's, at every snapshot, (T, M, K)."""
    first = next(iter(run.weights))
    return neuron_spectrum(run.weights[name or first], run.network.finite_group)


def misalignment(modes: Modes, place: IndexArray | None = None) -> FloatArray:
    """D in (-pi, pi] of each neuron, (..., M), at its dominant mode, or at one mode a neuron, (M,)."""
    chosen = modes.dominant if place is None else np.broadcast_to(place, modes.dominant.shape)
    own = {
        name: np.take_along_axis(values, chosen[..., None], axis=-1)[..., 0]
        for name, values in modes.amplitudes.items()
    }
    inputs = [own[name] for name in modes.embeddings]
    product = inputs[0] ** 2 if len(inputs) == 1 else np.prod(inputs, axis=0)
    return np.asarray(np.angle(product * own["xi"].conj()))


def own_blocks(run: Run) -> tuple[IndexArray, dict[int, tuple[IndexArray, dict[str, ComplexArray]]]]:
    """Each neuron's winning real irrep at the end, (M,), and by irrep its neurons and their blocks there.

    Returns
    -------
    winner: place among ``real_irreps``.
    blocks: by place, the neurons (count,) and by weight group the Fourier blocks (T, count, d, d).
    """
    group = run.network.finite_group
    winner = dominant_irreps({name: w[-1] for name, w in run.weights.items()}, group)
    found = {}
    for place in np.unique(winner):
        neurons = np.flatnonzero(winner == place)
        member = group.real_irreps[place].members[0]
        blocks = {name: group_fourier(w[:, neurons], group)[member] for name, w in run.weights.items()}
        found[int(place)] = neurons, blocks
    return winner, found


def singular_ratios(run: Run) -> FloatArray:
    """Second singular value over the first, over R, C or H, of the first embedding's own blocks, (T, count).

    Of neurons whose irrep has a second one: K-dimension 2 or more.
    """
    _, blocks = own_blocks(run)
    ratios = [np.zeros((len(run), 0))]
    for place, (_, by_name) in blocks.items():
        irrep = run.network.finite_group.real_irreps[place]
        if irrep.m > 1:
            values = np.linalg.svd(next(iter(by_name.values())), compute_uv=False)
            ratios.append(values[..., 2 if irrep.type == "H" else 1] / values[..., 0])
    return np.concatenate(ratios, axis=1)


def alignment_levels(run: Run) -> FloatArray:
    """``Re tr(C^* A B) / (|A| |B| |C|)`` of the blocks A, B, C of theta1, theta2, xi at their irrep, (T, M).

    It lies in [-1, 1], cos D for a single frequency, and is 1 where the blocks are aligned and of rank one
    over R, C or H, and NaN where a block vanishes: a quaternionic block of rank one has two equal complex
    singular values, which the norms are corrected for.
    """
    winner, blocks = own_blocks(run)
    levels = np.empty((len(run), len(winner)))
    for place, (neurons, by_name) in blocks.items():
        first, second = (by_name[name] for name in (run.network.embeddings[0], run.network.embeddings[-1]))
        third = by_name["xi"]
        overlap = np.einsum("tmji,tmjk,tmki->tm", third.conj(), first, second).real
        sizes = np.prod([np.linalg.norm(block, axis=(-2, -1)) for block in (first, second, third)], axis=0)
        pairs = np.sqrt(2.0) if run.network.finite_group.real_irreps[place].type == "H" else 1.0
        with np.errstate(invalid="ignore", divide="ignore"):
            levels[:, neurons] = pairs * overlap / sizes
    return levels


def check_run_given(run: Run) -> Run:
    """The run.

    Raises
    ------
    InputError: something else, or weights whose powers no number holds.
    """
    if not isinstance(run, Run):
        raise InputError(
            "this is no run",
            expected="an odekit.Run, of odekit.simulate or load_run",
            received=type(run).__name__,
        )
    largest = max(float(np.abs(weights).max(initial=0.0)) for weights in run.weights.values())
    if largest > LARGEST:
        raise InputError(
            "the weights are too large to be measured",
            expected=f"at most {LARGEST:g}",
            received=f"{largest:g}",
        )
    return run

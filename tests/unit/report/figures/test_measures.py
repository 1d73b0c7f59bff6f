"""Ranks and alignment against weights made for it, in every type of irrep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.axes import Axes

import odekit
from odekit import report
from odekit.comparison import Comparison
from odekit.errors import InputError, ReductionError
from odekit.groups import from_modes
from odekit.report import plot_alignment_circle, plot_rank_one
from odekit.report.figures.measures import alignment_levels, amplitudes, misalignment, singular_ratios
from odekit.simulation import Run


def run_of(network: odekit.Network, weights: dict[str, np.ndarray]) -> Run:
    return Run([0.0], {name: w[None] for name, w in weights.items()}, network)


def random_run(name: str, count: int = 5) -> Run:
    group = odekit.group(name)
    generator = np.random.default_rng(0)
    network = odekit.Network(name, neurons=count, embedding="unshared")
    weights = {key: generator.standard_normal((count, group.order)) for key in ("theta1", "theta2", "xi")}
    return run_of(network, weights)


@pytest.mark.parametrize("name", ["S3", "Q8", "F21", "Q8xS3"])
def test_maxima_of_the_energy_are_aligned_and_of_rank_one(name: str) -> None:
    group = odekit.group(name)
    generator = np.random.default_rng(1)
    found: dict[str, list[np.ndarray]] = {"theta1": [], "theta2": [], "xi": []}
    for irrep in group.real_irreps[1:]:
        p, q, w = (unit / np.linalg.norm(unit) for unit in generator.standard_normal((3, irrep.r)))
        for key, (left, right) in {"theta1": (p, q), "theta2": (q, w), "xi": (p, w)}.items():
            found[key].append(
                np.sqrt(irrep.r / group.order) * np.einsum("i,gij,j", left, irrep.matrices, right)
            )
    network = odekit.Network(name, neurons=len(group.real_irreps) - 1, embedding="unshared")
    run = run_of(network, {key: np.array(rows) for key, rows in found.items()})
    np.testing.assert_allclose(alignment_levels(run), 1.0, atol=1e-12)
    assert singular_ratios(run).max(initial=0.0) < 1e-7


@pytest.mark.parametrize("name", ["S3", "Q8", "F21"])
def test_random_neurons_are_neither(name: str) -> None:
    run = random_run(name)
    levels = alignment_levels(run)
    assert (np.abs(levels) <= 1 + 1e-12).all()
    assert np.abs(levels - 1).min() > 1e-3


def test_on_an_abelian_group_the_level_is_the_cosine_of_the_phase_difference() -> None:
    phases = np.array([[0.3, 1.1, -0.4], [2.0, 0.1, 0.7]])
    modes = np.zeros((3, 2, 3), dtype=complex)
    modes[:, :, 1] = np.exp(1j * phases.T)
    weights = {
        key: from_modes(u, odekit.group("Z7"))
        for key, u in zip(("theta1", "theta2", "xi"), modes, strict=True)
    }
    run = run_of(odekit.Network("Z7", neurons=2, embedding="unshared"), weights)
    expected = phases[:, 0] + phases[:, 1] - phases[:, 2]
    np.testing.assert_allclose(alignment_levels(run)[0], np.cos(expected), atol=1e-12)
    found = misalignment(odekit.project(run))[0]
    np.testing.assert_allclose(np.exp(1j * found), np.exp(1j * expected), atol=1e-12)


def test_lengths_in_irreps_add_up_to_the_neurons_length() -> None:
    run = random_run("S3")
    centred = run.weights["theta1"] - run.weights["theta1"].mean(axis=-1, keepdims=True)
    lengths = amplitudes(run).values
    np.testing.assert_allclose((lengths**2).sum(axis=-1), (centred**2).sum(axis=-1), rtol=1e-12)


def test_what_the_circle_shows_is_what_its_axes_say() -> None:
    run = random_run("Z7")
    axes = plot_alignment_circle(run)
    x, y = axes.lines[-1].get_data()
    D = misalignment(odekit.project(run))[-1]
    np.testing.assert_allclose((x, y), (np.cos(D), np.sin(D)), atol=1e-12)
    assert (axes.get_xlabel(), axes.get_ylabel()) == (r"$\cos D$", r"$\sin D$")


def test_groups_without_phases_or_second_singular_values_are_refused() -> None:
    with pytest.raises(ReductionError, match=r"no phases.*S3.*plot_alignment_level"):
        plot_alignment_circle(random_run("S3"))
    with pytest.raises(InputError, match="no neuron's block has a second singular value"):
        plot_rank_one(random_run("Z7"))
    with pytest.raises(InputError, match="neurons can't be shown"):
        plot_alignment_circle(random_run("Z7"), [7])


FIGURES = [
    report.plot_alignment_level,
    report.plot_alignment_circle,
    report.plot_competition,
    report.plot_spectra,
    report.plot_neuron_matrix,
]


def scaled(run: Run, factor: float) -> Run:
    return replace(run, weights={name: factor * weights for name, weights in run.weights.items()})


@pytest.mark.parametrize("plot", FIGURES)
@pytest.mark.filterwarnings("error")
def test_weights_beyond_all_powers_are_refused(comparison: Comparison, plot: Callable[[Run], Axes]) -> None:
    with pytest.raises(InputError, match="too large to be measured"):
        plot(scaled(comparison.run, 1e200))


@pytest.mark.parametrize("plot", FIGURES[::2][:2])
@pytest.mark.filterwarnings("error")
def test_neurons_without_weights_have_nothing_to_show(
    comparison: Comparison, plot: Callable[[Run], Axes]
) -> None:
    with pytest.raises(InputError, match="weights other than 0"):
        plot(scaled(comparison.run, 0.0))

"""What the figures of group composition measure, against formulas from elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.groups import group_fourier
from odekit.report.papers.group_composition.second_stage import logit_gaps, population_loss, scale_equation
from odekit.report.papers.group_composition.spheres import (
    alignment,
    at_irreps,
    energies,
    named,
    sphere_network,
)
from odekit.report.papers.heatmaps import spectrum, spectrum_labels
from odekit.simulation import Run, logits
from odekit.solvers import solve

NAMES = ("Z3xZ5", "F21")


def aligned(name: str, place: int, neurons: int, seed: int = 0) -> Run:
    """Maxima of the energy: theta1 = <p, sigma(g) q>, theta2 = <q, sigma(g) w>, xi = <p, sigma(g) w>."""
    sigma = named(name).real_irreps[place]
    frames = np.random.default_rng(seed).standard_normal((3, neurons, sigma.r))
    p, q, w = frames / np.linalg.norm(frames, axis=-1, keepdims=True)
    pairs = {"theta1": (p, q), "theta2": (q, w), "xi": (p, w)}
    weights = {
        key: np.sqrt(sigma.r / len(sigma.matrices)) * np.einsum("mi,gij,mj->mg", a, sigma.matrices, b)[None]
        for key, (a, b) in pairs.items()
    }
    return Run(np.zeros(1), weights, sphere_network(name, neurons))


@pytest.mark.parametrize("name", NAMES)
def test_maxima_of_the_energy_are_aligned_and_others_are_not(name: str) -> None:
    places = range(1, len(named(name).real_irreps))
    for place in places:
        run = aligned(name, place, 3)
        assert alignment(run, np.full(3, place)) == pytest.approx(np.ones((1, 3)), abs=1e-10)
        turned = Run(run.t, {**run.weights, "xi": -run.weights["xi"]}, run.network)
        assert alignment(turned, np.full(3, place)) == pytest.approx(-np.ones((1, 3)), abs=1e-10)


@pytest.mark.parametrize("name", NAMES)
def test_a_start_at_one_irrep_has_no_other(name: str) -> None:
    G = named(name)
    irreps = 1 + np.arange(6) % (len(G.real_irreps) - 1)
    for values in at_irreps(name, irreps, 5).values():
        assert np.linalg.norm(values, axis=1) == pytest.approx(np.ones(6))
        blocks = group_fourier(values, G)
        for place, sigma in enumerate(G.real_irreps):
            size = np.abs(blocks[sigma.members[0]]).max(axis=(-2, -1))
            assert ((size > 1e-9) == (irreps == place)).all()


@pytest.mark.parametrize("name", NAMES)
def test_the_gaps_are_those_of_the_logits_of_a_large_population(name: str) -> None:
    G = named(name)
    count = len(G.real_irreps) - 1
    shares = np.full(count, 1 / count)
    runs = [aligned(name, place, 3000, place) for place in range(1, count + 1)]
    values = np.mean(
        [
            np.asarray(logits(sphere_network(name, 3000), *run.snapshot(0))) / run.network.logit_scale / 3000
            for run in runs
        ],
        axis=0,
    )
    right = values[np.indices(G.table.shape)[0], np.indices(G.table.shape)[1], G.table]
    below = (right[..., None] - values).ravel()
    mean = sum(gap * number for gap, number in logit_gaps(G, shares).items())
    assert below.sum() / G.order**2 == pytest.approx(mean, rel=0.02)
    assert sum(logit_gaps(G, shares).values()) == G.order - 1


def test_the_scale_moves_down_its_own_loss() -> None:
    gaps = logit_gaps(named("F21"), np.array([0.2, 0.8]))
    scales = np.array([0.0, 40.0, 300.0])
    slope = (population_loss(gaps, scales + 1e-3) - population_loss(gaps, scales - 1e-3)) / 2e-3
    system = scale_equation(gaps)
    moved = [solve(system, [scale], [1e-6])["s"][0, 0] - scale for scale in scales]
    assert np.array(moved) / 1e-6 == pytest.approx(-slope, rel=1e-3)
    assert population_loss(gaps, np.zeros(1)) == pytest.approx(np.log(21))


def test_spectra_name_what_they_hold() -> None:
    abelian, other = named("Z3xZ5"), named("F21")
    wave = np.cos(2 * np.pi * np.arange(15) / 5)[None]
    assert spectrum(wave, abelian).shape == (1, len(spectrum_labels(abelian)))
    assert (spectrum(wave, abelian) > 0.5).sum() == 1
    shape = spectrum(np.random.default_rng(0).standard_normal((4, 21)), other)
    assert shape.shape == (4, 10)
    assert shape.max(axis=1) == pytest.approx(np.ones(4))
    assert [label for label in spectrum_labels(other) if label] == ["1a", "3"]


def test_energies_are_those_of_the_landscape_and_named_once() -> None:
    """e = 2 sqrt(n/r): r = 2 for a pair of characters, 6 for the three-dimensional pair of F21."""
    assert energies(named("Z3xZ5")) == f"E = {2 * np.sqrt(15 / 2):.2f}"
    assert (
        energies(named("F21")) == f"E = {2 * np.sqrt(21 / 2):.2f} at 1a, E = {2 * np.sqrt(21 / 6):.2f} at 3"
    )
    assert energies(named("F21"), least=2) == f"E = {2 * np.sqrt(21 / 6):.2f}"

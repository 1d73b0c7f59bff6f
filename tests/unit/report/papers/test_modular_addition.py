"""What the figures of modular addition measure, against the published numbers and by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from odekit.comparison import Prediction, project
from odekit.groups import cyclic, from_modes, mode_basis
from odekit.networks import Network
from odekit.report.papers.modular_addition.decoupled import CASES, euler_path, exact_path
from odekit.report.papers.modular_addition.logits import ghost_ratio, shown_logits
from odekit.report.papers.modular_addition.lottery import mapped_by_network, mapped_by_ode, raced_neuron
from odekit.report.papers.modular_addition.memorisation import KINDS, kinds, softmax_at_answer
from odekit.report.papers.modular_addition.single_frequency import orbit_of
from odekit.simulation import Run, kinds_of_tuples

ONE = Network("Z23", neurons=1)


@pytest.mark.reference
@pytest.mark.parametrize("number", CASES)
def test_euler_repeats_the_published_points(number: int, reference: Path) -> None:
    with np.load(reference / "Z23_decoupled_euler.npz") as archive:
        published = {name: archive[f"case{number}_{name}"] for name in ("step", "alpha", "beta", "D")}
    path = euler_path(CASES[number], ONE)
    steps = published["step"].astype(int)
    assert np.abs(path.u)[steps] == pytest.approx(published["alpha"], rel=1e-10)
    assert np.abs(path.v)[steps] == pytest.approx(published["beta"], rel=1e-10)
    assert np.cos(path.D)[steps] == pytest.approx(np.cos(published["D"]), abs=1e-10)
    exact = exact_path(CASES[number], ONE)
    assert np.abs(exact.u)[steps] != pytest.approx(published["alpha"], rel=1e-4)


@pytest.mark.parametrize("number", CASES)
def test_the_error_of_euler_grows_to_a_per_cent(number: int) -> None:
    case = CASES[number]
    error = euler_path(case, ONE).error(exact_path(case, ONE))
    assert error[0] == pytest.approx(0, abs=1e-14)
    assert 5e-3 < error[-1] == error.max() < 2e-2


def test_the_exact_path_conserves_the_first_integrals() -> None:
    path = exact_path(CASES[1], ONE)
    alpha, beta = np.abs(path.u), np.abs(path.v)
    assert alpha**2 - 2 * beta**2 == pytest.approx(np.full(len(alpha), -(0.02**2)), rel=1e-9)
    assert alpha**2 * beta * np.sin(path.D) == pytest.approx(0.02**3 * np.sin(path.D[0]), rel=1e-9)


def test_a_network_of_many_starts_gives_the_map_of_the_exact_solution() -> None:
    sizes, angles = np.array([0.01, 0.02]), np.array([0.0, 1.0, np.pi, 2 * np.pi - 1.0])
    exact, trained = mapped_by_ode(sizes, angles), mapped_by_network(sizes, angles)
    assert trained == pytest.approx(exact, rel=2e-2)
    assert exact[1] == pytest.approx(exact[3], rel=1e-12)
    assert (exact[:, 1] > 1.2 * exact[:, 0]).all()


def test_the_raced_neuron_is_the_first_contested_one() -> None:
    group = cyclic(5)
    u = np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 3.0]]) + 0j  # the second mode has D = 1
    v = u * np.exp(-1j * np.array([0.0, 1.0]))
    weights = {"theta": from_modes(u, group), "xi": from_modes(v, group)}
    modes = project(weights, group)
    times = np.array([[3.0, 1.0], [1.0, 3.0], [2.0, 0.5]])
    prediction = Prediction(("1", "2"), times, times.argmin(axis=1), times.argmax(axis=1), {})
    assert raced_neuron(prediction, modes) == 2
    agreed = Prediction(("1", "2"), times[:, ::-1], times.argmax(axis=1) * 0, times.argmin(axis=1), {})
    assert raced_neuron(agreed, modes) == int(agreed.blow_up_time.argmin())


def test_an_orbit_has_continuous_phases() -> None:
    group = cyclic(5)
    t = np.linspace(0, 1, 50)
    phi, D = 3 * t, 1.0 - 0.5 * t
    unit = np.array([1.0, 0.0])
    weights = {
        "theta": from_modes((0.3 * np.exp(1j * phi))[:, None, None] * unit, group),
        "xi": from_modes((0.2 * np.exp(1j * (2 * phi - D)))[:, None, None] * unit, group),
    }
    orbit = orbit_of(Run(t, weights, Network(group, neurons=1)), 0, 0.1)
    assert orbit.steps == pytest.approx(10 * t)
    assert pytest.approx(D) == orbit.D
    assert orbit.psi == pytest.approx(2 * phi - D)


@pytest.mark.parametrize("count", [5, 7])
def test_spread_phases_make_spurious_peaks_of_half_the_height(count: int) -> None:
    run = spread(11, count)
    assert ghost_ratio(run) == pytest.approx(0.5, abs=1e-9)
    shown = shown_logits(run)
    assert (shown.argmax(axis=1) == np.arange(11)).all()
    # At y = 0 the peaks fall on each other; elsewhere the right one is 1 on average over all pairs.
    assert shown[1:].max() == pytest.approx(shown[3, 3])


def test_another_activation_makes_lower_spurious_peaks() -> None:
    run = spread(11, 5)
    other = Run(run.t, run.weights, run.network.replaced(activation="relu"))
    assert 0 < ghost_ratio(other) < 0.4


def spread(n: int, count: int) -> Run:
    """Neurons of all frequencies with evenly spread phases, alpha = beta = 1 and D = 0."""
    group = cyclic(n)
    modes = len(mode_basis(group))
    places = np.repeat(np.arange(modes), count)
    phi = np.tile(2 * np.pi * np.arange(count) / count, modes)
    unit = np.arange(modes) == places[:, None]
    weights = {
        "theta": from_modes(np.exp(1j * phi)[:, None] * unit, group)[None],
        "xi": from_modes(np.exp(2j * phi)[:, None] * unit, group)[None],
    }
    return Run(np.zeros(1), weights, Network(group, neurons=len(places)))


def test_kinds_of_pairs_are_those_of_the_simulation() -> None:
    train = np.random.default_rng(3).random((9, 9)) < 0.7
    found, known = kinds(train), kinds_of_tuples(train)
    assert (np.isin(found, (2, 3)) == known["seen"]).all()
    assert ((found == KINDS.index("mirror seen")) == known["mirror seen"]).all()
    assert ((found == KINDS.index("unseen")) == known["unseen"]).all()
    assert (found == 3).T.tolist() == (found == 3).tolist()


def test_the_softmax_at_the_answer_of_a_wide_vote_is_sure() -> None:
    run = spread(11, 5)
    right, share = softmax_at_answer(run, -1)
    assert right.all()
    assert share.min() > 0.99

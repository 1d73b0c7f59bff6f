"""energy-maxima: where neurons rest that climb the labels' energy, against the derived landscape."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from odekit.claims import Verdict
from odekit.claims.experiments import layer_curvatures
from odekit.claims.feature_emergence import energy_maxima
from odekit.derivation import landscape, lift
from odekit.groups import group
from odekit.networks import Network
from odekit.simulation import label_responses, uniform_gradient
from odekit.solvers import solve

Verify = Callable[..., Verdict]
Sound = Callable[[Verdict], bool]


@pytest.mark.slow
@pytest.mark.parametrize("name", [None, "A4"])
def test_the_claim_is_confirmed_and_its_control_refuted(
    verdict: Verify, is_sound: Sound, name: str | None
) -> None:
    assert is_sound(verdict("energy-maxima", 0, name))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_the_claim_is_confirmed_over_seeds(verdict: Verify, is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict("energy-maxima", seed))


@pytest.mark.long
@pytest.mark.parametrize("name", ["Z5", "D4", "F21", "Z12", "S4"])
def test_the_claim_is_confirmed_on_other_groups(verdict: Verify, is_sound: Sound, name: str) -> None:
    assert is_sound(verdict("energy-maxima", 1, name))


def test_irreps_of_the_cyclic_group_of_order_four_race_by_themselves() -> None:
    rates = energy_maxima._squares().function()(0.0, np.ones(4))
    names = [state.name for state in energy_maxima._squares().states]
    assert dict(zip(names, rates, strict=True)) == {"P": 16.0, "Q": 16.0, "p": 32.0, "q": 32.0}


def test_the_blow_up_is_that_of_the_reduced_flow() -> None:
    first, second = 0.3, 0.2
    time = energy_maxima._blow_up(np.array(first), np.array(second), 16.0)
    start = {"P": first, "Q": second, "p": 0.0, "q": 0.0}
    near = solve(energy_maxima._squares(), start, 0.999 * float(time), rtol=1e-10)["P"][-1, 0]
    assert np.isclose(near, 1 / (16 * 0.001 * time), rtol=0.02)  # the pole, and order 1 beside it


def test_the_spectrum_has_a_value_for_each_weight() -> None:
    for name in ("Z12", "D4", "Q8", "A4"):
        network = Network(name, neurons=1, embedding="unshared", constraint="sphere")
        for point in landscape(lift(network), group(name)):
            assert len(energy_maxima._spectrum(point)) == 3 * group(name).order


@pytest.fixture
def at_rest() -> energy_maxima._Ended:
    return energy_maxima._ended(group("S3"), 2, np.random.default_rng(5))


def test_the_hessian_with_output_weights_is_that_of_odekits_energy(at_rest: energy_maxima._Ended) -> None:
    """By second differences on a curve in three spheres, off by the square of a step and by rounding."""
    network = Network("S3", neurons=1, embedding="unshared", constraint="sphere", loss="sum")
    generator, step = np.random.default_rng(6), 1e-4
    layers = [np.sqrt(2) * part for part in np.split(at_rest.weights[0], 2)]
    responses = label_responses(at_rest.group.table, np.concatenate(layers)[None])[0]
    spheres = [*layers, responses / np.linalg.norm(responses)]
    moved = [generator.standard_normal(6) for _ in spheres]
    moved = [d - (d @ x) * x for d, x in zip(moved, spheres, strict=True)]

    def energy(time: float) -> float:
        at = [(x + time * d) / np.linalg.norm(x + time * d) for x, d in zip(spheres, moved, strict=True)]
        _, slope = uniform_gradient(network, [at[0][None], at[1][None]], at[2][None])
        return float(at[2] @ slope[0])  # linear in xi

    second = (energy(step) - 2 * energy(0.0) + energy(-step)) / step**2 / energy(0.0)
    flat = np.concatenate(moved)
    assert np.isclose(flat @ at_rest.with_outputs[0] @ flat, second, rtol=1e-5)


def test_the_balance_of_layers_has_the_known_curvature() -> None:
    """By ``|q|^2/2 = e^2 sin^2(2 phi)/8`` at lengths cos phi and sin phi."""
    assert layer_curvatures() == pytest.approx((4.0, -8.0), rel=1e-14)


def test_output_weights_that_stay_do_not_give_the_hessian(
    at_rest: energy_maxima._Ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert at_rest.hessian_gap(4.0, -8.0) < 1e-5
    monkeypatch.setattr(energy_maxima, "hessian_without_outputs", lambda whole: whole[:, :12, :12])
    assert at_rest.hessian_gap(4.0, -8.0) > 1.0


@pytest.mark.slow
def test_maxima_of_another_height_are_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    right = energy_maxima._Ended.expected.fget
    monkeypatch.setattr(energy_maxima._Ended, "expected", property(lambda end: 1.001 * right(end)))
    assert anew("energy-maxima").outcome == "refuted"


def test_a_climb_that_decays_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    climb = energy_maxima.climb_label_energy

    def slower(table: np.ndarray, start: np.ndarray, times: np.ndarray, *rest: object, **more: object):
        return climb(table, start, 0.99 * times, *rest, **more)

    monkeypatch.setattr(energy_maxima, "climb_label_energy", slower)
    assert anew("energy-maxima").outcome == "refuted"


def test_it_is_about_small_groups_with_several_irreps() -> None:
    assert energy_maxima.CLAIM.applies(group("S4"))
    assert not energy_maxima.CLAIM.applies(group("Z3"))
    assert not energy_maxima.CLAIM.applies(group("A5"))

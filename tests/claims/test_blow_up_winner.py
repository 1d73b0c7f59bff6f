"""blow-up-winner: the first free flow to blow up against the winner of the whole neuron."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from odekit.claims import Settings, Verdict
from odekit.claims.experiments.spheres.networks import sphere_network
from odekit.claims.group_composition import blow_up_winner
from odekit.claims.group_composition.blow_up_winner import CLAIM
from odekit.comparison.flows.free_flow import free_blow_up_times
from odekit.comparison.measures.shares import irrep_shares
from odekit.groups import from_table, group

Sound = Callable[[Verdict], bool]


def verdict(name: str | None = None, seed: int = 0) -> Verdict:
    return CLAIM.experiment(CLAIM, Settings(seed, group=None if name is None else group(name)))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 7])
def test_the_claim_is_confirmed_and_its_control_refuted(is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict(seed=seed))


@pytest.mark.long
@pytest.mark.parametrize("name", ["Z12", "Z3xZ5", "D4", "Q8", "F21", "S4"])
def test_it_holds_on_other_groups(is_sound: Sound, name: str) -> None:
    assert is_sound(verdict(name, 1))


def test_every_neuron_is_predicted_and_the_margin_is_shown() -> None:
    found = verdict("S3")
    assert found.measured == {"agreement on S3": 1.0}
    assert 0 < found.evidence["smallest margin"]["S3"] < 0.1
    assert found.evidence["largest relative error of a time"]["S3"] < 1e-7


def _by_size(network: Any, weights: Any, rtol: float = 0.0) -> Any:
    return 1 / sum(irrep_shares(values, network.finite_group)[:, 1:] for values in weights.values())


def _opposite(network: Any, weights: Any, rtol: float = 0.0) -> Any:
    opposite = from_table(network.finite_group.table.T)
    return free_blow_up_times(sphere_network(opposite, network.neurons), weights)


def _other_sign(network: Any, weights: Any, rtol: float = 0.0) -> Any:
    return free_blow_up_times(network, {**weights, "xi": -weights["xi"]})


def _without_turning(network: Any, weights: Any, rtol: float = 0.0) -> Any:
    """The neuron's sizes only: what a phase-aligned start would have."""
    return np.minimum(free_blow_up_times(network, weights), _other_sign(network, weights))


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [_by_size, _opposite, _other_sign, _without_turning])
def test_wrong_times_are_refuted(monkeypatch: pytest.MonkeyPatch, wrong: Any) -> None:
    monkeypatch.setattr(blow_up_winner, "free_blow_up_times", wrong)
    assert verdict("S3").outcome == "refuted"


@pytest.mark.slow
def test_times_with_large_errors_leave_the_claim_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def loose(network: Any, weights: Any, rtol: float) -> Any:
        return free_blow_up_times(network, weights) * (1.0 if rtol == blow_up_winner.FINE else 1.05)

    monkeypatch.setattr(blow_up_winner, "free_blow_up_times", loose)
    assert verdict("S3").outcome == "inconclusive"


def test_a_near_tie_is_counted_out_and_nothing_else_is() -> None:
    run = blow_up_winner.converged(group("S3"), 50, 0)
    race = blow_up_winner._race(run)
    assert not race.near_ties.any()
    times = race.times.copy()
    times[7, 0] = times[7, 1] * (1 + 1e-7)
    assert np.flatnonzero(blow_up_winner._Race(run, times, race.error).near_ties).tolist() == [7]


def test_it_needs_two_irreps_that_can_win() -> None:
    assert [CLAIM.applies(group(name)) for name in ("Z2", "Z3", "Z4", "S3")] == [False, False, True, True]

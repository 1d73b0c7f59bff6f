"""even-activations: a network trained with ReLU works with even activations, and with no odd one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from odekit.claims import Verdict, verify
from odekit.claims.modular_addition import even_activations
from odekit.claims.modular_addition.even_activations import EVEN, KEPT, LOST, ODD, accuracies
from odekit.networks import Network
from odekit.simulation import load_run, simulate

ID = "even-activations"
Verify = Callable[..., Verdict]


@pytest.mark.parametrize("seed", range(5))
def test_the_claim_is_confirmed_and_its_control_refuted(
    verdict: Verify, is_sound: Callable[[Verdict], bool], seed: int
) -> None:
    assert is_sound(verdict(ID, seed))


def test_even_and_odd_swapped_are_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(even_activations, "EVEN", (*EVEN[:-1], "z"))
    monkeypatch.setattr(even_activations, "ODD", ODD[1:])
    assert anew(ID).outcome == "refuted"


def test_an_untrained_network_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(even_activations, "STEP_PER_ORDER", 1e-9)
    assert anew(ID).outcome == "refuted"


def test_it_holds_on_another_group(verdict: Verify, is_sound: Callable[[Verdict], bool]) -> None:
    assert is_sound(verdict(ID, 1, "Z21"))


@pytest.mark.parametrize("group", ["Z12", "Z15", "Z2xZ2"])
def test_other_groups_are_not_applicable(group: str) -> None:
    assert verify(ID, group=group).verdicts[0].outcome == "not_applicable"


def test_from_random_starts_the_sixth_power_falls_short() -> None:
    network = Network("Z23", neurons=512, activation="relu")
    run = simulate(network, seed=0, scale=0.1, method="sgd", learning_rate=20.0, steps=150, snapshots=2)
    found = accuracies(network, *run.snapshot(-1))
    assert found["relu"] == 1.0
    assert min(found[activation] for activation in EVEN if activation != "z**6") >= KEPT
    assert 0.8 < found["z**6"] < KEPT


@pytest.mark.reference
@pytest.mark.parametrize("name", ["Z23_relu_random_adamw", "Z23_relu_singlefreq_sgd"])
def test_the_published_networks_keep_their_accuracy_with_even_activations(reference: Path, name: str) -> None:
    run = load_run(reference / f"{name}.npz")
    found = accuracies(run.network, *run.snapshot(-1))
    assert found["relu"] == 1.0
    assert min(found[activation] for activation in EVEN) >= KEPT
    assert max(found[activation] for activation in ODD) <= LOST

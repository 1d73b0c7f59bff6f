"""fourier-lift: the network's projected flow in weight space against the flow of its blocks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from odekit.claims import Settings, Verdict
from odekit.claims.experiments.spheres.networks import sphere_network
from odekit.claims.group_composition import fourier_lift
from odekit.claims.group_composition.fourier_lift import CLAIM
from odekit.comparison.flows.lifted import LiftedNeurons
from odekit.groups import cyclic, from_table, group
from odekit.networks import Network

Sound = Callable[[Verdict], bool]


def verdict(name: str | None = None, seed: int = 0) -> Verdict:
    return CLAIM.experiment(CLAIM, Settings(seed, group=None if name is None else group(name)))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 7])
def test_the_claim_is_confirmed_and_its_control_refuted(is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict(seed=seed))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["S3", "Q8", "A4", "F21"])
def test_a_non_abelian_group_sees_the_order_of_the_adjoints(is_sound: Sound, name: str) -> None:
    found = verdict(name, 1)
    assert is_sound(found)
    assert "theta2hat^* xihat" in found.control.statement
    assert found.evidence["gap of the false flow"][name] > 0.1


@pytest.mark.long
@pytest.mark.parametrize("name", ["Z7", "Z3xZ5", "Z12"])
def test_an_abelian_group_sees_a_factor_instead_and_says_so(is_sound: Sound, name: str) -> None:
    found = verdict(name, 1)
    assert is_sound(found)
    assert "can't see the order" in found.control.statement


def test_on_an_abelian_group_the_other_order_is_the_same_flow() -> None:
    table = cyclic(5).table
    assert np.array_equal(table, table.T)
    start = {name: np.random.default_rng(3).standard_normal((2, 5)) for name in ("theta1", "theta2", "xi")}
    start = {name: w / np.linalg.norm(w, axis=1, keepdims=True) for name, w in start.items()}
    flows = [LiftedNeurons(sphere_network(from_table(t), 2)) for t in (table, table.T)]
    ends = [flow.evolve(start, np.array([0.5]), 1e-9)["xi"] for flow in flows]
    np.testing.assert_allclose(ends[0], ends[1], atol=1e-12)


class TooFast(LiftedNeurons):
    def __init__(self, network: Network) -> None:
        super().__init__(network)
        self.rate *= 1.0001


class OtherOrder(LiftedNeurons):
    def __init__(self, network: Network) -> None:
        opposite = from_table(network.finite_group.table.T, "opposite")
        super().__init__(sphere_network(opposite, network.neurons))


class WithoutSpheres(LiftedNeurons):
    def __init__(self, network: Network) -> None:
        super().__init__(Network(network.group, neurons=network.neurons, embedding="unshared", loss="sum"))


@pytest.mark.long
@pytest.mark.parametrize("wrong", [TooFast, OtherOrder, WithoutSpheres])
def test_a_wrong_lifted_flow_is_refuted(monkeypatch: pytest.MonkeyPatch, wrong: type[LiftedNeurons]) -> None:
    monkeypatch.setattr(fourier_lift, "LiftedNeurons", wrong)
    assert verdict("S3").outcome == ("inconclusive" if wrong is WithoutSpheres else "refuted")


@pytest.mark.slow
def test_a_wrong_flow_at_the_finite_scale_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    compare = fourier_lift.compare
    monkeypatch.setattr(fourier_lift, "compare", lambda run, **named: compare(run, **named, scale_field=1.01))
    found = verdict("S3")
    assert found.outcome == "refuted"
    assert "full softmax on S3" in found.text


@pytest.mark.slow
def test_loose_integrators_leave_the_claim_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fourier_lift, "FINE", 1e-3)
    monkeypatch.setattr(fourier_lift, "COARSE", 1e-2)
    assert verdict("S3").outcome == "inconclusive"


def test_it_applies_to_every_group_with_two_irreps_to_compare() -> None:
    applies = [CLAIM.applies(group(name)) for name in ("Z1", "Z2", "Z3", "S3", "A5")]
    assert applies == [False, False, True, True, True]

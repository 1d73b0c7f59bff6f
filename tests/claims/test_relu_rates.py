"""relu-rates: 2Cp and 10Cp at the start, the nonlinear eigenvalue in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from odekit.claims import Verdict, verify
from odekit.claims.modular_addition import relu_rates
from odekit.derivation.harmonics.growth import growth_shape

ID = "relu-rates"
Verify = Callable[..., Verdict]


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 5))])
def test_the_claim_is_confirmed_and_its_control_refuted(
    verdict: Verify, is_sound: Callable[[Verdict], bool], seed: int
) -> None:
    assert is_sound(verdict(ID, seed))


@pytest.mark.slow
def test_the_numbers(verdict: Verify) -> None:
    found = verdict(ID, 0)
    assert found.measured[relu_rates.GROWTH] == pytest.approx(1.0, abs=2e-3)
    assert found.measured[relu_rates.ALIGNMENT] == pytest.approx(5.0, abs=5e-2)
    assert found.measured[relu_rates.LATER] == pytest.approx(1.1157, abs=1e-4)
    low, high = found.interval
    assert low < found.predicted[relu_rates.LATER] < high
    assert high - low < 2e-3


@pytest.mark.slow
def test_the_eigenvalue_converges_in_harmonics_and_in_the_order(verdict: Verify) -> None:
    evidence = verdict(ID, 0).evidence
    by_harmonics = list(evidence["eigenvalue / 2Cn by number of harmonics"].values())
    assert by_harmonics == sorted(by_harmonics)
    assert evidence["eigenvalue / 2Cn by order"]["101"] == pytest.approx(1.1099, abs=5e-5)


@pytest.mark.slow
@pytest.mark.parametrize("factor", [0.99, 1.01])
def test_an_eigenvalue_off_by_one_percent_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch, factor: float
) -> None:
    def off(order, harmonics=None):
        shape = growth_shape(order, harmonics)
        return replace(shape, rate=factor * shape.rate)

    monkeypatch.setattr(relu_rates, "growth_shape", off)
    assert anew(ID).outcome == "refuted"


@pytest.mark.slow
def test_an_alignment_rate_off_by_five_percent_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = relu_rates.limit_rates()
    monkeypatch.setattr(relu_rates, "limit_rates", lambda: {**right, "alignment": 1.05 * right["alignment"]})
    assert anew(ID).outcome == "refuted"


@pytest.mark.slow
def test_it_holds_on_another_group(verdict: Verify, is_sound: Callable[[Verdict], bool]) -> None:
    assert is_sound(verdict(ID, 1, "Z3xZ5"))


@pytest.mark.parametrize("group", ["Z12", "Z9", "Z2xZ2"])
def test_other_groups_are_not_applicable(group: str) -> None:
    assert verify(ID, group=group).verdicts[0].outcome == "not_applicable"

"""phase-alignment: D falls to 0 with the cube of the remaining time, along the exact solution."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from odekit.claims import Verdict, verify
from odekit.claims.modular_addition import phase_alignment
from odekit.groups import FiniteGroup
from odekit.solvers import exact_modes

ID = "phase-alignment"
Verify = Callable[..., Verdict]


@pytest.mark.parametrize("seed", [0, pytest.param(24, marks=pytest.mark.long)])
def test_the_claim_is_confirmed_and_its_control_refuted(
    verdict: Verify, is_sound: Callable[[Verdict], bool], seed: int
) -> None:
    assert is_sound(verdict(ID, seed))


@pytest.mark.slow
@pytest.mark.parametrize("group", ["Z9", "Z12", "Z3xZ5"])
def test_it_holds_on_other_groups(verdict: Verify, is_sound: Callable[[Verdict], bool], group: str) -> None:
    assert is_sound(verdict(ID, 1, group))


def test_a_rate_off_by_one_percent_is_not_confirmed(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    right = phase_alignment.elliptic_rate
    monkeypatch.setattr(phase_alignment, "elliptic_rate", lambda network: 1.01 * right(network))
    assert anew(ID).outcome == "refuted"


def test_an_exact_solution_whose_phases_turn_the_wrong_way_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flipped(alpha, phi, beta, psi, rate, t):
        moved = exact_modes(alpha, phi, beta, psi, rate, t)
        return moved[0], 2 * phi - moved[1], moved[2], 2 * psi - moved[3]

    monkeypatch.setattr(phase_alignment, "exact_modes", flipped)
    assert anew(ID).outcome == "refuted"


def test_a_derivation_in_which_pi_attracts_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phase_alignment, "_is_attracting", lambda: False)
    assert anew(ID).outcome == "refuted"


@pytest.mark.parametrize("order", [2.0, 3.0])
def test_the_measurement_tells_the_claim_from_its_control(order: float) -> None:
    falling = 0.5 * phase_alignment.REMAINING[:, None] ** order * np.ones(3)
    np.testing.assert_allclose(phase_alignment._last_order(falling), order, rtol=1e-12)


def test_other_groups_are_not_applicable(foreign_group: str | FiniteGroup) -> None:
    assert verify(ID, group=foreign_group).verdicts[0].outcome == "not_applicable"

"""A short form of the calibration: right runs are not refuted, and wrong ones are not confirmed."""

from __future__ import annotations

import pytest


@pytest.mark.long
def test_random_right_runs_are_not_refuted_and_wrong_ones_not_confirmed() -> None:
    from calibration import calibrate, errors, told

    trials = calibrate(right=12, wrong=6, seed=1, processes=1)
    assert {trial.outcome for trial in trials if not trial.fault} >= {"confirmed"}
    assert {trial.outcome for trial in trials if trial.fault} >= {"refuted"}
    assert errors(trials) == {False: [], True: []}, told(trials)


def test_a_comparison_that_always_confirms_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    import calibration

    class Confirmed:
        outcome, reason = "confirmed", "whatever it is"

    monkeypatch.setattr(calibration, "compare", lambda run: Confirmed)
    trials = calibration.calibrate(right=0, wrong=5, seed=0, processes=1)
    assert len(calibration.errors(trials)[True]) == 5

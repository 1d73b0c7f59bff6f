from __future__ import annotations

import numpy as np
import pytest

from odekit.comparison import covered, find_stages
from odekit.errors import InputError


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_a_sigmoid_covers_its_share_where_algebra_says(share: float) -> None:
    steps = np.linspace(0, 100, 2001)
    found = covered(steps, 1 / (1 + np.exp(-(steps - 50))), share)
    # Linear interpolation over 0.05 of a unit length: an error of some 0.05**2/8.
    assert found == pytest.approx(50 + np.log(share / (1 - share)), abs=1e-3)


def test_a_fall_after_a_peak_counts_from_the_peak() -> None:
    assert covered([0, 1, 2, 3, 4], [2.0, 3.0, 4.0, 0.0, 0.0], 0.5) == 2.5


def test_a_share_that_is_lost_again_does_not_count() -> None:
    assert covered([0, 10, 20, 30], [0.0, 1.0, 0.0, 1.0], 0.5) == 25


def test_a_curve_that_never_changes_covers_nothing() -> None:
    assert np.isnan(covered([0, 1], [1.0, 1.0], 0.5))


def test_stages_end_where_the_accuracies_have_risen() -> None:
    found = find_stages([0, 10, 20, 30], [0.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 1.0])
    assert (found.memorised, found.generalised) == pytest.approx((9.5, 29.5))


def test_what_is_memorised_but_not_learnt_has_one_stage_only() -> None:
    found = find_stages([0, 10, 20], [0.0, 1.0, 1.0], [0.0, 0.5, 0.7])
    assert found.memorised == pytest.approx(9.5)
    assert np.isnan(found.generalised)
    assert found.to_json() == {"memorised": 9.5, "generalised": None}


@pytest.mark.parametrize(
    ("steps", "curve", "complaint"),
    [
        ([0, 1], [1.0], "don't fit"),
        ([0], [1.0], "don't fit"),
        ([1, 0], [1.0, 2.0], "increasing steps"),
        ([0, 1], [1.0, np.nan], "finite values"),
    ],
)
def test_curves_that_do_not_fit_are_refused(steps: list[int], curve: list[float], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        covered(steps, curve, 0.5)


@pytest.mark.parametrize("share", [0.0, 1.5, float("nan")])
def test_a_share_out_of_range_is_refused(share: float) -> None:
    with pytest.raises(InputError, match="share must be"):
        covered([0, 1, 2], [1.0, 1.5, 2.0], share)

"""Dominance times: from magnitudes over time, and by order."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.claims.experiments.modes.dominance_by_order import by_order, lead_times


def test_lead_times_are_those_of_two_exponentials() -> None:
    # alpha_1/alpha_2 = exp(t): it passes 3 at log 3, with slope 1.
    t = np.linspace(0, 2, 7)
    alpha = np.stack([np.exp(2 * t), np.exp(t), 0.1 * np.ones(7)], axis=-1)[:, None, :]
    times, slopes = lead_times(alpha, t, 3.0)
    assert times == pytest.approx([np.log(3)], rel=1e-13)
    assert slopes == pytest.approx([1.0], rel=1e-13)


def test_a_lead_that_is_never_reached_has_no_time() -> None:
    alpha = np.ones((4, 1, 2)) * [1.0, 1.1]
    assert np.isnan(lead_times(alpha, np.arange(4.0), 3.0)[0]).all()


@pytest.mark.slow
def test_dominance_comes_before_the_blow_up_at_every_order() -> None:
    rows = by_order(np.random.default_rng(0), full=False)
    for row in rows:
        assert row.leads_in_time
        assert (row.lead <= row.lead_10).all()
    assert [row.order for row in rows if row.trained is not None] == [5, 11, 23]
    assert all(row.trained.agrees for row in rows if row.trained is not None)

"""rich-ordering: how far the test loss stays behind, by the output's scale and by alignment."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from odekit.claims import Verdict
from odekit.claims.lazy_to_rich import rich_ordering
from odekit.groups import group

Verify = Callable[..., Verdict]
Sound = Callable[[Verdict], bool]


def test_the_claim_is_confirmed_and_its_control_refuted(verdict: Verify, is_sound: Sound) -> None:
    assert is_sound(verdict("rich-ordering", 0))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_it_is_confirmed_over_ten_seeds(verdict: Verify, is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict("rich-ordering", seed))


def test_the_area_between_the_losses_is_exact_for_a_constant_gap() -> None:
    train = np.zeros((len(rich_ordering.TIMES), 2))
    found = rich_ordering._gap(train, train + np.array([0.5, 1.0]))
    np.testing.assert_allclose(found, np.log(2e2 / 1e-2) * np.array([0.5, 1.0]))


def test_orders_that_the_integrator_leaves_open_do_not_count() -> None:
    train = np.zeros((len(rich_ordering.TIMES), 2))
    errors = np.array([0.1, 10.0])
    first = rich_ordering._Losses(train, train + 0.5, errors)
    second = rich_ordering._Losses(train, train, np.zeros(2))
    assert first.share_above(second) == 0.5


@pytest.mark.slow
def test_networks_whose_alphas_are_exchanged_are_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    large, small = rich_ordering.ALPHA, rich_ordering.SMALLER
    monkeypatch.setattr(rich_ordering, "ALPHA", small)
    monkeypatch.setattr(rich_ordering, "SMALLER", large)
    assert anew("rich-ordering").outcome == "refuted"


def test_a_share_whose_interval_holds_chance_decides_nothing() -> None:
    assert rich_ordering._behind((0.6, 0.9)) == 0.0
    assert rich_ordering._behind((0.1, 0.3)) == pytest.approx(0.2)
    assert np.isnan(rich_ordering._behind((0.4, 0.9)))


@pytest.mark.slow
def test_one_order_that_is_the_other_way_round_is_not_confirmed(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rich_ordering, "LARGER", rich_ordering.EPS / 2)
    found = anew("rich-ordering")
    assert found.outcome != "confirmed"
    assert found.control is not None
    assert found.control.outcome != "refuted"


def test_it_is_about_no_group() -> None:
    assert not rich_ordering.CLAIM.applies(group("Z23"))

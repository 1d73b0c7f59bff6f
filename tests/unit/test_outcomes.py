"""Exit codes, by the outcomes of what was put to the test."""

from __future__ import annotations

from itertools import permutations

import pytest

from odekit.outcomes import OUTCOMES, exit_code


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        (("confirmed",), 0),
        (("confirmed", "not_applicable"), 0),
        (("inconclusive", "confirmed", "not_applicable"), 3),
        (("refuted", "inconclusive", "confirmed"), 1),
        (("not_applicable",), 3),
        ((), 3),
    ],
)
def test_the_worst_outcome_decides_whatever_the_order(outcomes: tuple[str, ...], code: int) -> None:
    assert {exit_code(order) for order in permutations(outcomes)} == {code}


def test_every_outcome_alone_has_a_code() -> None:
    assert [int(exit_code([outcome])) for outcome in OUTCOMES] == [0, 1, 3, 3]

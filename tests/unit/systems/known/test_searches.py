"""A search that passes its limit says so in place of an answer, and is made again under another limit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from odekit.errors import AlgebraError, InputError, LimitError
from odekit.limits import limit
from odekit.systems import Search, System, system
from odekit.systems.known import Searches, gathered

# Three quintics, whose elimination takes minutes.
LONG = "x' = x**4*z - y**5 + 1; y' = y**4 + z**3*x - 2; z' = z**5 + x*y - 3"


@pytest.fixture
def slow() -> System:
    return system(LONG)


def test_searches_beyond_their_limit_are_answers_and_no_errors(slow: System) -> None:
    with limit(seconds=0.05):
        for found in (slow.first_integrals(), slow.fixed_points()):
            assert found.status in ("partial", "not tried")
        assert "odekit.limit(seconds=0.5)" in slow.first_integrals().reason
        report, entries = slow.report(), slow.to_dict()["searches"]
        assert slow.first_integrals().reason in report
    assert isinstance(entries, dict)
    assert "odekit.limit" in entries["first_integrals"]["reason"]


def test_a_search_is_made_again_under_another_limit_unless_it_was_complete() -> None:
    asked = []

    def question() -> Search[int]:
        asked.append(1)
        return Search((), "complete" if len(asked) > 2 else "partial", "")

    searches = Searches()
    searches.ask("points", question)
    searches.ask("points", question)
    assert len(asked) == 1
    with limit(seconds=9):
        searches.ask("points", question)
    assert len(asked) == 2
    for seconds in (8, 7):
        with limit(seconds=seconds):
            assert searches.ask("points", question).status == "complete"
    assert len(asked) == 3


@pytest.mark.parametrize("error", [LimitError("too long", hint="a higher limit"), AlgebraError("it breaks")])
def test_what_stops_a_search_is_its_reason(error: InputError) -> None:
    def question() -> Search[int]:
        raise error

    found = Searches().ask("points", question)
    assert (found.items, found.status, found.reason) == ((), "not tried", str(error)[:-1])


def test_an_error_of_another_kind_is_none_of_a_search() -> None:
    def question() -> Search[int]:
        raise InputError("a bad name")

    with pytest.raises(InputError, match="a bad name"):
        Searches().ask("points", question)


def test_what_was_found_before_the_limit_is_kept() -> None:
    def work() -> Iterator[int]:
        yield 1
        yield 2
        while True:
            pass

    with limit(seconds=0.1):
        found, obstacle = gathered(work(), "the endless search")
    assert found == (1, 2)
    assert "the endless search takes too long" in obstacle
    assert gathered(iter("ab"), "the short search") == (("a", "b"), "")


def test_a_share_of_the_limit_is_told_as_the_whole() -> None:
    def work() -> Iterator[int]:
        while True:
            yield 0

    with limit(seconds=0.2):
        _, obstacle = gathered(work(), "the endless search", share=0.5)
    assert "at most 0.1 s" in obstacle
    assert "odekit.limit(seconds=2)" in obstacle


@pytest.mark.slow
def test_points_of_a_field_too_large_for_elimination_come_from_starts(slow: System) -> None:
    with limit(seconds=0.5):
        found = slow.fixed_points()
    assert found.status == "partial"
    assert "the elimination of states takes too long" in found.reason

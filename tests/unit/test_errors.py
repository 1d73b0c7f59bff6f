"""The nearest name is found, and not looked for where none can be meant."""

from __future__ import annotations

from collections.abc import Iterator

from odekit.errors import UnknownNameError, nearest, told


def test_the_work_on_a_name_does_not_grow_with_names_that_nobody_means() -> None:
    def names() -> Iterator[str]:
        for place in range(1000):
            yield f"alpha{place}"
        raise AssertionError("more were looked at")

    assert nearest("alpha99_", names()) == "alpha99"
    assert nearest("alpha" * 21, ["alpha" * 21]) is None
    assert nearest("alpha", ["alpha" * 1_000_000, "alfa"]) == "alfa"


def test_a_message_on_a_long_name_is_made_at_once() -> None:
    assert "unknown key" in str(UnknownNameError("key", "x" * 10**7, ["x", "y"]))


def test_an_exception_is_told_in_short_even_where_it_has_no_text() -> None:
    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert told(MuteError()) == "MuteError"
    assert told(KeyError("x")) == "KeyError: 'x'"
    assert len(told(ValueError("x" * 10**7))) < 10_000

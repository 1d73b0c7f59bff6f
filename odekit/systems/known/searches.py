"""The searches of one system, each asked once under one limit; what gives up is a `Search` that says so."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from odekit.errors import AlgebraError, LimitError
from odekit.limits import bounded, limits_in_force
from odekit.systems.known.search import Search

__all__ = ["Searches", "gathered"]

T = TypeVar("T")


class Searches:
    """What was searched already: a search that was not complete is made again under another limit."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[tuple[float | None, float], Search[Any]]] = {}

    def ask(self, what: str, question: Callable[[], Search[T]]) -> Search[T]:
        """The search; not tried where it passes its limit of time or memory, or the computer algebra breaks.

        Parameters
        ----------
        what: names the question.
        question: makes the search.

        >>> def hopeless() -> Search[int]:
        ...     raise LimitError("the search takes too long", hint="odekit.limit(seconds=40)")
        >>> print(Searches().ask("integrals", hopeless))
        not tried: the search takes too long. Try: odekit.limit(seconds=40)
        """
        asked, found = self._found.get(what, (None, None))
        if found is None or (found.status != "complete" and asked != limits_in_force()):
            try:
                found = question()
            except (LimitError, AlgebraError) as error:
                found = Search((), "not tried", str(error).removesuffix("."))
            self._found[what] = limits_in_force(), found
        return found


def gathered(items: Iterable[T], what: str, share: float = 1.0) -> tuple[tuple[T, ...], str]:
    """What comes of some work within the limits, and what ended it before its end; "" where nothing did.

    Parameters
    ----------
    items: the work, made one by one.
    what: the work is, as the subject of a sentence.
    share: of the time that the limits allow.
    """
    found: list[T] = []

    def work() -> None:
        for item in items:
            found.append(item)

    try:
        bounded(what, share=share)(work)()
    except (LimitError, AlgebraError) as error:
        return tuple(found), str(error).removesuffix(".")
    return tuple(found), ""

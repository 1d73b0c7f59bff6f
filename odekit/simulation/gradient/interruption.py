"""What is asked between the blocks of a gradient, so that one of minutes can be left within seconds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["asking", "current_question"]

Question = Callable[[], None]


def _nothing() -> None:
    return


_CURRENT: ContextVar[Question] = ContextVar("question", default=_nothing)


def current_question() -> Question:
    """What is to be called between two blocks; it raises an error where the work is to be left."""
    return _CURRENT.get()


@contextmanager
def asking(question: Question) -> Iterator[None]:
    """Call ``question`` between the blocks of every gradient in the block."""
    token = _CURRENT.set(question)
    try:
        yield
    finally:
        _CURRENT.reset(token)

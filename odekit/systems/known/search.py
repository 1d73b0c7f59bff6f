"""Search: what a symbolic search found, and whether that is all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias, TypeVar, overload, runtime_checkable

__all__ = ["Search", "SearchStatus"]

T = TypeVar("T")

SearchStatus: TypeAlias = Literal["complete", "partial", "not tried"]


@dataclass(frozen=True)
class Search(Sequence[T]):
    """What was found, as a sequence, and what that says of the rest.

    Parameters
    ----------
    items: what was found.
    status: ``"complete"`` where there is nothing else, ``"partial"`` where there may be, ``"not tried"``
        where nothing was looked for.
    reason: why it is complete, what was not covered, or what is in the way.

    >>> found = Search((1, 2), "partial", "whole numbers up to 2")
    >>> found[0], len(found), found.status
    (1, 2, 'partial')
    >>> print(found)
    1
    2
    partial: whole numbers up to 2
    """

    items: tuple[T, ...]
    status: SearchStatus
    reason: str

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[T, ...]: ...
    def __getitem__(self, place: int | slice) -> T | tuple[T, ...]:
        return self.items[place]

    def __len__(self) -> int:
        return len(self.items)

    @property
    def sentence(self) -> str:
        """Whether that is all, and why."""
        what = "none exist" if self.status == "complete" and not self.items else self.status
        return f"{what}: {self.reason}"

    def __str__(self) -> str:
        return "\n".join([*map(str, self.items), self.sentence])

    def _repr_latex_(self) -> str:
        shown = (item._repr_latex_() if isinstance(item, Shown) else _words(str(item)) for item in self.items)
        return "\n\n".join([*shown, _words(self.sentence)])


@runtime_checkable
class Shown(Protocol):
    """What a notebook shows as LaTeX."""

    def _repr_latex_(self) -> str: ...


def _words(text: str) -> str:
    """Text beside formulas, in which no sign begins one."""
    return text.replace("$", r"\$")

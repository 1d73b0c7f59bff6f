"""What a file of arrays holds, by name: shapes are known before anything is read, whatever its format.

A user's network has other names and other layouts than a run. `Renamed` reads its file as if it had ours:
``{"theta": "embed.weight.T"}`` makes theta, (M, n), of an ``embed.weight`` of shape (n, M).
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.arguments import chosen, expect, mapping
from odekit.errors import InputError

__all__ = ["OWN_KEYS", "WEIGHTS", "Contents", "Renamed", "listed"]

WEIGHTS = ("theta", "theta1", "theta2", "theta3", "xi")
OWN_KEYS = ("t", "steps", "table", "meta")
# Written after a name, it swaps the last two axes, as NumPy's and PyTorch's attribute does of a matrix.
TRANSPOSED = ".T"
# Of what a file holds, a message has so many arrays, and so many letters of each name or shape.
MOST_LISTED, MOST_LETTERS = 20, 60


class Contents(Mapping[str, NDArray[Any]]):
    """Arrays of an open file by name, each read when it is asked for."""

    @property
    @abstractmethod
    def shapes(self) -> Mapping[str, tuple[int, ...]]:
        """The shape of each array, which the file's size bears out; none is read for it."""

    def __contains__(self, name: object) -> bool:
        return name in self.shapes

    def __iter__(self) -> Iterator[str]:
        return iter(self.shapes)

    def __len__(self) -> int:
        return len(self.shapes)


class Renamed(Contents):
    """Contents of which some go by other names, and may be transposed. All others keep their names.

    Parameters
    ----------
    contents: of an open file.
    names: by name of a run's own, such as ``theta``, the name in the file; with ``.T`` after it, where the
        file has no such name, the last two axes are swapped.

    Raises
    ------
    UnknownNameError: a name that no array of a run has.
    InputError: a name that is not in the file, fewer than two axes to swap, or no mapping from text to text.
    """

    def __init__(self, contents: Contents, names: Mapping[str, str]) -> None:
        mapping(names, "names in a file", '{"theta": "embed.weight.T"}')
        self._contents = contents
        self._sources = {
            chosen("array of a run:", name, (*WEIGHTS, *OWN_KEYS)): self._found(source)
            for name, source in names.items()
        }
        taken = {source for source, _ in self._sources.values()}
        kept = [name for name in contents if name not in taken and name not in self._sources]
        self._sources |= {name: (name, False) for name in kept}

    def __getitem__(self, name: str) -> NDArray[Any]:
        source, is_transposed = self._sources[name]
        array = self._contents[source]
        return np.swapaxes(array, -2, -1) if is_transposed else array

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    @property
    def shapes(self) -> Mapping[str, tuple[int, ...]]:
        return {
            name: _swapped(self._contents.shapes[source]) if is_transposed else self._contents.shapes[source]
            for name, (source, is_transposed) in self._sources.items()
        }

    def _found(self, source: Any) -> tuple[str, bool]:
        """A name in the file, and whether the array is to be transposed."""
        expect(
            isinstance(source, str), "a name in a file is no text", 'text such as "embed.weight.T"', source
        )
        if source in self._contents:
            return source, False
        name = source.removesuffix(TRANSPOSED)
        if name not in self._contents:
            raise InputError(
                f"{source!r} is not in the file",
                expected="the name of one of its arrays, with or without .T",
                received=listed(self._contents.shapes),
            )
        if len(shape := self._contents.shapes[name]) < 2:
            raise InputError(f"{name!r} can't be transposed", expected="two axes", received=f"shape {shape}")
        return name, name != source


def listed(shapes: Mapping[str, tuple[int, ...]]) -> str:
    """What a file holds, for a message.

    >>> listed({"embed.weight": (23, 512), "epoch": ()})
    'embed.weight (23, 512), epoch ()'
    """
    told = [f"{_short(name)} {_short(str(shape))}" for name, shape in list(shapes.items())[:MOST_LISTED]]
    more = len(shapes) - len(told)
    return ", ".join([*told, *([f"and {more} more"] if more else [])]) or "no arrays"


def _short(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 3]}..."


def _swapped(shape: tuple[int, ...]) -> tuple[int, ...]:
    *outer, rows, columns = shape
    return (*outer, columns, rows)

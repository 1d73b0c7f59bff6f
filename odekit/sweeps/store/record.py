"""A finished cell as a file: one line of JSON, and below it the checksum of that line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from odekit.errors import FileError
from odekit.json_text import plain
from odekit.sweeps.plan import Cell
from odekit.sweeps.tasks import Row, Value

__all__ = ["SCHEMA", "DamagedError", "Record", "decoded_record"]

SCHEMA = 1


class DamagedError(FileError):
    """A file of a cell that is not what was written."""


@dataclass(frozen=True)
class Record:
    """What came of a cell.

    Parameters
    ----------
    key: of the cell.
    identity: what determined it.
    rows: one or more, each with a value by column; none where it failed.
    error: why it failed, or empty.
    seconds: how long it took.
    made_with: versions of what it was computed with, and the machine.
    """

    key: str
    identity: Mapping[str, Any]
    rows: Sequence[Row] = ()
    error: str = ""
    seconds: float = 0.0
    made_with: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_failed(self) -> bool:
        """Whether the cell could not be computed."""
        return bool(self.error)

    @classmethod
    def of(cls, cell: Cell, **found: Any) -> Record:
        """The record of a cell."""
        return cls(cell.key, cell.identity, **found)

    def encoded(self) -> bytes:
        """The content of the cell's file."""
        content = {
            "schema": SCHEMA,
            "key": self.key,
            "cell": plain(self.identity),
            "rows": plain(list(self.rows)),
            "error": self.error,
            "seconds": round(self.seconds, 4),
            "made_with": dict(self.made_with),
        }
        line = json.dumps(content, allow_nan=False, separators=(",", ":")).encode()
        return line + b"\n" + _checksum(line) + b"\n"


def decoded_record(content: bytes, key: str) -> Record:
    """The record that a file holds.

    Raises
    ------
    DamagedError: the content isn't what was written, or it is of another cell.
    FileError: it was written by a newer odekit.
    """
    line, _, rest = content.partition(b"\n")
    if rest != _checksum(line) + b"\n":
        raise DamagedError(f"the cell {key[:12]} is damaged", expected="its own checksum")
    try:
        found = json.loads(line)
        schema = found["schema"]
        if schema == SCHEMA:
            return Record(
                _own(found["key"], key),
                found["cell"],
                _rows(found["rows"]),
                str(found["error"]),
                float(found["seconds"]),
                found["made_with"],
            )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DamagedError(f"the cell {key[:12]} is damaged", received=str(error)) from None
    raise FileError(
        f"the cell {key[:12]} was written by a newer odekit",
        expected=f"schema {SCHEMA}",
        received=f"schema {schema}",
        hint="that version, or another folder",
    )


def _own(found: str, key: str) -> str:
    if found != key:
        raise ValueError(f"it is the cell {found[:12]}")
    return key


def _rows(found: Any) -> list[Row]:
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise TypeError("its rows are none")
    if not all(isinstance(value, Value) for row in found for value in row.values()):
        raise TypeError("a row holds what is no value")
    return found


def _checksum(line: bytes) -> bytes:
    return hashlib.sha256(line).hexdigest().encode()

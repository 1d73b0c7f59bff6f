"""A finished cell as a file: one line of JSON, and below it the checksum of that line."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from odekit.errors import FileError
from odekit.json_text import plain
from odekit.outcomes import OUTCOMES
from odekit.sweeps.plan import Cell, key_of
from odekit.sweeps.tasks import Row, Value

__all__ = ["SCHEMA", "DamagedError", "Record", "decoded_record"]

SCHEMA = 1
LARGEST_WHOLE = 2**63  # below which a column of a table holds it


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
        if type(schema) is not int:
            raise TypeError("its schema is no number")
        if schema == SCHEMA:
            return Record(
                _own(found["key"], found["cell"], key),
                found["cell"],
                _rows(found["rows"]),
                str(found["error"]),
                _seconds(found["seconds"]),
                found["made_with"],
            )
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise DamagedError(f"the cell {key[:12]} is damaged", received=str(error)) from None
    raise FileError(
        f"the cell {key[:12]} was written by a newer odekit",
        expected=f"schema {SCHEMA}",
        received=f"schema {schema}",
        hint="that version, or another folder",
    )


def _own(found: str, identity: Mapping[str, Any], key: str) -> str:
    if found != key or key_of(identity) != key:
        raise ValueError(f"it is the cell {found[:12]}, or none")
    return key


def _seconds(found: Any) -> float:
    seconds = float(found)
    if not (math.isfinite(seconds) and seconds >= 0):
        raise ValueError(f"it took {seconds} seconds")
    return seconds


def _rows(found: Any) -> list[Row]:
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise TypeError("its rows are none")
    for row in found:
        for name, value in row.items():
            name.encode()  # refuses halves of characters, which no table can name
            if not _is_value(value):
                raise TypeError(f"a row holds {name!r}, which is no value")
        if row.get("outcome", OUTCOMES[0]) not in OUTCOMES:
            raise ValueError("its outcome is none")
    return found


def _is_value(value: Any) -> bool:
    """Whether a table can hold it."""
    if isinstance(value, int):
        return abs(value) < LARGEST_WHOLE
    return math.isfinite(value) if isinstance(value, float) else isinstance(value, Value)


def _checksum(line: bytes) -> bytes:
    return hashlib.sha256(line).hexdigest().encode()

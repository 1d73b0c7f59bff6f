"""The control of a comparison: would the same ODE at another speed be refuted too?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from odekit.json_text import plain

__all__ = ["CHANGE", "COARSER", "Control", "smallest_refuted"]

# The control's field is so much faster, and slower.
CHANGE = 0.05
# Steps down from there to the smallest change that would be refuted, and up where the control is not.
FINER = 0.05 * 1.25 ** -np.arange(32)
COARSER = (0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True)
class Control:
    """A false statement put to the same run: that the ODE's field were faster, and that it were slower.

    Parameters
    ----------
    change: relative change of the field's speed.
    outcome: ``"refuted"`` if both are, else ``"not refuted"``, and nothing is confirmed.
    smallest: smallest change that would be refuted, to a quarter; None if none is up to a factor of 2.
    """

    change: float
    outcome: str
    smallest: float | None

    def to_json(self) -> dict[str, Any]:
        """Statement, outcome and the smallest change that would be refuted."""
        statement = f"a field {100 * self.change:g} % faster, and one as much slower"
        return {"statement": statement, "outcome": self.outcome, "smallest": plain(self.smallest)}

    @property
    def told(self) -> str:
        """What to say of a field at another speed, after "a field".

        >>> Control(0.05, "refuted", 0.0123).told
        '1.2 % faster or slower is refuted'
        """
        if self.outcome == "refuted":
            return f"{_percent(self.smallest)} faster or slower is refuted"
        told = f"{_percent(self.change)} faster or slower, and"
        if self.smallest is None:
            return f"{told} none up to twice or half the speed would be refuted"
        return f"{told} only from {_percent(self.smallest)} on would one be refuted"


def smallest_refuted(are_refuted: Callable[[float], bool]) -> float:
    """Smallest of some changes of speed from 5 % down that is refuted, by bisection.

    >>> round(smallest_refuted(lambda change: change > 0.01), 4)
    0.0105
    """
    refuted, open_ = 0, len(FINER)
    while open_ - refuted > 1:
        middle = (refuted + open_) // 2
        refuted, open_ = (middle, open_) if are_refuted(float(FINER[middle])) else (refuted, middle)
    return float(FINER[refuted])


def _percent(change: float | None) -> str:
    return f"{100 * (change or 0.0):.2g} %"

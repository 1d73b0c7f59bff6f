"""Which of many curves are shown: those that a caller names, or some that are evenly spaced."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from odekit.arguments import is_series
from odekit.errors import InputError, shown
from odekit.numbers import is_integer

__all__ = ["chosen_places", "even_places"]


def chosen_places(given: Any, count: int, kind: str, most: int | None = None) -> list[int]:
    """The places that were asked for.

    Parameters
    ----------
    given: whole numbers from 0 to count - 1.
    count: how many there are.
    kind: what they are, as a plural.
    most: number of places that can be shown, where not all can.

    Raises
    ------
    InputError: none, too many, or others.

    >>> chosen_places([2, 0], 3, "neurons")
    [2, 0]
    """
    places: Sequence[Any] = list(given) if is_series(given) else []
    fit = all(is_integer(place) and 0 <= place < count for place in places)
    if not places or len(places) > (most or len(places)) or not fit:
        raise InputError(
            f"these {kind} can't be shown",
            expected=f"one to {min(most or count, count)} of them, from 0 to {count - 1}",
            received=shown(given),
        )
    return [int(place) for place in places]


def even_places(count: int, most: int) -> list[int]:
    """Places from the first to the last, as many as there are, or as may be.

    >>> even_places(5, 3), even_places(2, 3)
    ([0, 2, 4], [0, 1])
    """
    return [int(place) for place in np.linspace(0, count - 1, min(most, count)).round()]

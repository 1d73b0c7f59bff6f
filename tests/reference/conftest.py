"""Comparisons of the reference runs, each made once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from odekit.comparison import Comparison, compare


@pytest.fixture(scope="session")
def compared(reference: Path) -> Callable[[str], Comparison]:
    """The comparison of a reference run with the reduced ODE, at order 1, by the name of its file."""

    @cache
    def by_name(name: str) -> Comparison:
        return compare(reference / f"{name}.npz", order=1)

    return by_name

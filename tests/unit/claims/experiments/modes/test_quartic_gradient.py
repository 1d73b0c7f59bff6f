"""Leaks of z^4: as derived and as measured."""

from __future__ import annotations

import pytest

from odekit.claims.experiments.modes.quartic_gradient import leak_table
from odekit.groups import group


@pytest.mark.parametrize("name", ["Z5", "Z9", "Z12", "Z2xZ7"])
def test_leaks_as_derived_are_those_measured(name: str) -> None:
    assert leak_table(group(name)).agrees

"""What the claims' tests share: each experiment once, and what every verdict has to satisfy."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from itertools import permutations
from pathlib import Path

import pytest

from odekit.claims import Verdict, verify
from odekit.groups import FiniteGroup, from_table
from odekit.report import has_figure, has_series

Verify = Callable[..., Verdict]

KEYS = {
    "id",
    "source",
    "statement",
    "outcome",
    "predicted",
    "measured",
    "interval",
    "tolerance",
    "budget",
    "control",
    "seconds",
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of a file's slow mutations all but the first are long."""
    seen: set[Path] = set()
    for item in items:
        if "anew" in getattr(item, "fixturenames", ()) and item.get_closest_marker("slow"):
            if item.path in seen:
                item.add_marker("long")
            seen.add(item.path)


@cache
def _once(claim: str, seed: int, group: str | None) -> Verdict:
    return verify(claim, seed=seed, group=group).verdicts[0]


@pytest.fixture
def verdict() -> Verify:
    """The verdict of a claim, from a cache."""

    def of(claim: str, seed: int = 0, group: str | None = None) -> Verdict:
        return _once(claim, seed, group)

    return of


@pytest.fixture
def anew() -> Verify:
    """The verdict of a claim, computed anew: for mutations."""

    def of(claim: str, seed: int = 0) -> Verdict:
        return verify(claim, seed=seed).verdicts[0]

    return of


@pytest.fixture
def is_sound() -> Callable[[Verdict], bool]:
    """Whether a confirmed verdict holds together, and its JSON is what the command promises."""

    def check(found: Verdict) -> bool:
        assert found.outcome == "confirmed", (found.outcome, found.text, found.measured, found.budget)
        assert found.control is not None
        assert found.control.outcome == "refuted"
        assert all(found.evidence["checks"].values())
        assert found.tolerance is not None
        assert sum(found.budget.values()) <= found.tolerance
        assert found.gap is not None
        assert found.gap <= sum(found.budget.values())
        assert found.evidence["series"]["caption"] if has_series(found) else has_figure(found)
        text = json.dumps(found.to_json(), allow_nan=False)
        values = json.loads(text)
        assert set(values) >= KEYS
        assert set(values["control"]) >= {"statement", "outcome"}
        return True

    return check


def _symmetric_group() -> FiniteGroup:
    elements = list(permutations(range(3)))
    table = [[elements.index(tuple(g[i] for i in h)) for h in elements] for g in elements]
    return from_table(table, name="S3 by its table")


@pytest.fixture(params=["Z2xZ2", "Z2xZ4", "Z3", "Z1", "S3 by its table"])
def foreign_group(request: pytest.FixtureRequest) -> str | FiniteGroup:
    """A group that no claim of modular addition applies to: not cyclic, not Abelian, or too small."""
    return _symmetric_group() if request.param == "S3 by its table" else str(request.param)

"""Two non-Abelian groups built by hand, so that no other room's tables are trusted."""

from __future__ import annotations

import itertools

import pytest

from odekit.groups import FiniteGroup


@pytest.fixture(scope="session")
def s3() -> FiniteGroup:
    """Permutations of three points, the right factor first."""
    elements = list(itertools.permutations(range(3)))
    table = [[elements.index(tuple(g[i] for i in h)) for h in elements] for g in elements]
    return FiniteGroup("S3", table)


@pytest.fixture(scope="session")
def f21() -> FiniteGroup:
    """Maps x -> 2^b x + a of the integers modulo 7."""
    elements = list(itertools.product(range(7), range(3)))
    table = [[elements.index(((a + 2**b * c) % 7, (b + d) % 3)) for c, d in elements] for a, b in elements]
    return FiniteGroup("F21", table)

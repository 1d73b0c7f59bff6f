"""Textbook systems with known solutions, written by hand: the solvers need no derivation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest
import sympy as sp


@dataclass(frozen=True, eq=False)
class System:
    """The attributes that a solver reads of a system."""

    states: tuple[sp.Symbol, ...]
    vector_field: tuple[sp.Expr, ...]
    parameters: tuple[sp.Symbol, ...] = ()
    definitions: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)


x, y, X, Y, r, t, vx, vy = sp.symbols("x y X Y r t vx vy")


@pytest.fixture(scope="session")
def system() -> type[System]:
    """Builds a system: system(states, vector_field, parameters, definitions)."""
    return System


@pytest.fixture(scope="session")
def oscillator() -> System:
    """x' = y, y' = -x; from (1, 0) it is (cos t, -sin t)."""
    return System((x, y), (y, -x))


@pytest.fixture(scope="session")
def logistic() -> System:
    """x' = r x (1 - x); x = x0 / (x0 + (1 - x0) exp(-r t))."""
    return System((x,), (r * x * (1 - x),), (r,))


@pytest.fixture(scope="session")
def explosion() -> System:
    """x' = x^2; x = x0 / (1 - x0 t), infinite at t = 1/x0."""
    return System((x,), (x**2,))


@pytest.fixture(scope="session")
def kepler() -> System:
    """Two bodies: (x, y)'' = -(x, y)/|(x, y)|^3, problem class D of DETEST."""
    cube = sp.sqrt(x**2 + y**2) ** 3
    return System((x, y, vx, vy), (vx, vy, -x / cube, -y / cube))


@pytest.fixture(scope="session")
def reduced() -> System:
    """x' = 4 r x X, X' = r (x + 4 Y^2), Y' = -4 r X Y: one mode of a network on Z_p."""
    return System((x, X, Y), (4 * r * x * X, r * (x + 4 * Y**2), -4 * r * X * Y), (r,))


@pytest.fixture(scope="session")
def kernel_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A folder of this session's own for compiled kernels."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ODEKIT_CACHE_DIR", str(tmp_path_factory.mktemp("kernels")))
        yield

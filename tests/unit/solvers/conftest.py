"""Textbook systems with known solutions, written by hand: the solvers need no derivation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest
import sympy as sp

from odekit.systems import ANY, System

x, y, X, Y, r, t, vx, vy = sp.symbols("x y X Y r t vx vy")


def build(
    states: Sequence[sp.Symbol],
    vector_field: Sequence[sp.Expr],
    parameters: Sequence[sp.Symbol] = (),
    definitions: Mapping[sp.Symbol, sp.Expr] | None = None,
) -> System:
    """A system of velocities in the order of the states; a symbol t is time."""
    entries = [*map(sp.sympify, vector_field), *(definitions or {}).values()]
    clock = next((s for e in entries for s in e.free_symbols if s.name == "t" and s not in states), None)
    velocities = dict(zip(states, map(sp.sympify, vector_field), strict=True))
    return System(velocities, ANY, tuple(parameters), definitions=definitions or {}, time=clock)


@pytest.fixture(scope="session")
def system() -> Callable[..., System]:
    """Builds a system: system(states, vector_field, parameters, definitions)."""
    return build


@pytest.fixture(scope="session")
def oscillator() -> System:
    """x' = y, y' = -x; from (1, 0) it is (cos t, -sin t)."""
    return build((x, y), (y, -x))


@pytest.fixture(scope="session")
def logistic() -> System:
    """x' = r x (1 - x); x = x0 / (x0 + (1 - x0) exp(-r t))."""
    return build((x,), (r * x * (1 - x),), (r,))


@pytest.fixture(scope="session")
def explosion() -> System:
    """x' = x^2; x = x0 / (1 - x0 t), infinite at t = 1/x0."""
    return build((x,), (x**2,))


@pytest.fixture(scope="session")
def kepler() -> System:
    """Two bodies: (x, y)'' = -(x, y)/|(x, y)|^3, problem class D of DETEST."""
    cube = sp.sqrt(x**2 + y**2) ** 3
    return build((x, y, vx, vy), (vx, vy, -x / cube, -y / cube))


@pytest.fixture(scope="session")
def reduced() -> System:
    """x' = 4 r x X, X' = r (x + 4 Y^2), Y' = -4 r X Y: one mode of a network on Z_p."""
    return build((x, X, Y), (4 * r * x * X, r * (x + 4 * Y**2), -4 * r * X * Y), (r,))


@pytest.fixture(scope="session")
def kernel_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A folder of this session's own for compiled kernels."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ODEKIT_CACHE_DIR", str(tmp_path_factory.mktemp("kernels")))
        yield

"""Everybody who integrates a batch: odekit's backends and methods, and the peers that load here.

A `Contender` turns a problem and a tolerance into end states. `race` lets them solve one problem at one
achieved error: the loop over `solve_ivp` at the nominal tolerance sets it, every other tolerance is moved
until the error is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
from flows import POLYNOMIAL, Flow, symbolic_system
from harness import Row, Settings, measure, say, tighten
from numpy.typing import NDArray
from peers import PEERS
from problem import RATE, Problem

from odekit import Network, derive
from odekit.solvers import compile, solve

__all__ = ["LOOP", "Contender", "absent", "ours", "peers", "race", "system"]

LOOP = "scipy solve_ivp, loop"
_WAYS = (
    ("numpy", "dop853"),
    ("numpy", "taylor"),
    ("numba", "dop853"),
    ("numba", "taylor"),
    ("jax", "dop853"),
)
_SAMPLES = {("numpy", "taylor"): 100_000, ("jax", "dop853"): 100_000}
_STACKED = 5_000
_absent: dict[str, str] = {}


@dataclass(frozen=True)
class Contender:
    """A way to integrate.

    Parameters
    ----------
    name: as shown.
    integrate: (problem, rtol) to end states (state, batch).
    sample: trajectories that it is timed on, at most; None: all.
    is_stacked: whether the error of one trajectory depends on which others there are.
    """

    name: str
    integrate: Callable[[Problem, float], NDArray[Any]]
    sample: int | None = None
    is_stacked: bool = False

    def portion(self, problem: Problem, settings: Settings) -> Problem:
        """What it is timed on."""
        most = self.sample if self.sample is None or not settings.quick else self.sample // 10
        return problem if most is None or most >= problem.size else problem.first(most)


@cache
def system(flow: Flow) -> Any:
    """The flow for odekit: what it derives of the polynomial form, what a user wrote of the other."""
    if flow is not POLYNOMIAL:
        return symbolic_system(flow, RATE)
    derived: Any = derive(Network(f"Z{RATE}"))
    return derived.form("polynomial")


@cache
def ours(flow: Flow) -> tuple[Contender, ...]:
    """Every backend and every stepping method of odekit that works on the flow here."""
    ways = [pair for pair in _WAYS if flow is POLYNOMIAL or pair[1] != "taylor"]
    chosen = (
        Contender(f"odekit, {' '.join(pair)}", partial(_solve, flow, *pair), _SAMPLES.get(pair))
        for pair in ways
    )
    return tuple(
        each for each in chosen if not _reason(f"{each.name}, {flow.name} form", partial(_try, each, flow))
    )


@cache
def peers() -> tuple[Contender, ...]:
    """The peers that load here; the loop over `solve_ivp` first."""
    here = (peer for peer in PEERS if not _reason(peer.name, peer.load))
    return tuple(
        Contender(peer.name, _on_first_use(peer.load), peer.sample, peer.is_stacked) for peer in here
    )


def absent() -> dict[str, str]:
    """Who was left out so far, with the reason."""
    return dict(_absent)


def race(
    bench: str,
    problem: Problem,
    nominal: float,
    settings: Settings,
    chosen: Iterable[Contender],
    sizes: Sequence[int] = (),
) -> Iterator[Row]:
    """Rows of the chosen contenders at the error of the loop at the nominal tolerance.

    Parameters
    ----------
    sizes: further numbers of trajectories, beside all, for contenders that aren't timed on a sample.
    """
    checked = problem.first(problem.reference.shape[1])
    target = checked.error(_on_first_use(PEERS[0].load)(checked, nominal))
    for contender in chosen:
        rtol = (
            nominal if contender.name == LOOP else _tightened(contender, problem, nominal, target, settings)
        )
        counts = [*sizes, problem.size] if contender.sample is None else [problem.size]
        for count in counts:
            yield say(_row(bench, contender, problem.first(count), nominal, rtol, settings))


def _tightened(
    contender: Contender, problem: Problem, nominal: float, target: float, settings: Settings
) -> float:
    portion = contender.portion(problem, settings)
    trial = portion.first(_STACKED if contender.is_stacked else problem.reference.shape[1])
    return tighten(lambda rtol: trial.error(contender.integrate(trial, rtol)), nominal, target)


def _row(
    bench: str, contender: Contender, problem: Problem, nominal: float, rtol: float, settings: Settings
) -> Row:
    part = contender.portion(problem, settings)
    y, timing = measure(partial(contender.integrate, part, rtol), *settings.repeats)
    return Row(
        bench,
        contender.name,
        f"rtol {nominal:.0e}",
        problem.size,
        part.size,
        timing,
        part.error(y),
        {"rtol": rtol, "compiling_and_probing_s": max(0.0, timing.first - timing.best)},
    )


def _on_first_use(load: Callable[[], Callable[[Problem, float], Any]]) -> Callable[[Problem, float], Any]:
    return lambda problem, rtol: load()(problem, rtol)


def _solve(flow: Flow, backend: str, method: str, problem: Problem, rtol: float) -> NDArray[Any]:
    compiled = _compiled(flow, backend, method)
    end: NDArray[Any] = solve(compiled, problem.y0, problem.end[None], rtol=rtol, method=method).y[-1]
    return end


@cache
def _compiled(flow: Flow, backend: str, method: str) -> Any:
    return compile(system(flow), backend, method)


def _try(contender: Contender, flow: Flow) -> None:
    problem = Problem(flow, np.full((3, 2), 0.02), np.full(2, 0.1), np.empty((3, 0)))
    if not np.isfinite(contender.integrate(problem, 1e-6)).all():
        raise ArithmeticError("no finite result")


def _reason(name: str, call: Callable[[], Any]) -> str:
    """Why a call fails, in a line; empty where it doesn't."""
    try:
        call()
    except Exception as error:
        _absent[name] = f"{type(error).__name__}: {error}".partition("\n")[0]
    return _absent.get(name, "")

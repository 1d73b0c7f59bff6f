"""How long does the reduced ODE of 100,000 neurons take, compared with others, at equal achieved error?

The flow x' = 4 p x X, X' = p (x + 4 Y^2), Y' = -4 p X Y of one mode at p = 23, from alpha and beta around .02
and uniform D, each trajectory to 90 % of its own blow-up time. Compared are our batch integrator on numpy
and, where installed, on numba; a loop over `scipy.integrate.solve_ivp` with the same method (on a sample,
scaled); SciPy on the stacked system; and heyoka and diffrax where installed. Errors are against the exact
solution; every tolerance is tightened until the error on the sample is at most the loop's.

    python benchmarks/reduced_ode.py [--trajectories N] [--sample N] [--rtol R] [--json FILE]
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from harness import Row, measure, report
from numpy.typing import NDArray
from peers import PEERS, installed
from scipy.integrate import solve_ivp

from odekit.derivation import derive
from odekit.networks import Network
from odekit.solvers import blow_up_time, compile, exact_modes, solve
from odekit.solvers.lane_kernel import is_installed, load_kernel

Array = NDArray[np.float64]

ORDER = 23
HORIZON = 0.9
ERROR_KIND = "largest over trajectories of max |y - exact| / max |exact|"


@dataclass(frozen=True)
class Problem:
    """Starts (state, batch), end times (batch,) and exact states there (state, batch)."""

    y0: Array
    end: Array
    exact: Array

    def first(self, count: int) -> Problem:
        """The same for some trajectories."""
        return Problem(self.y0[:, :count], self.end[:count], self.exact[:, :count])

    def error(self, y: Array) -> float:
        """Achieved error of end states (state, batch)."""
        return float((np.abs(y - self.exact).max(axis=0) / np.abs(self.exact).max(axis=0)).max())


def make_problem(trajectories: int, seed: int) -> Problem:
    """Random starts, and what becomes of them."""
    rng = np.random.default_rng(seed)
    alpha, beta = 0.02 * np.exp(0.2 * rng.normal(size=(2, trajectories)))
    D = rng.uniform(-np.pi, np.pi, trajectories)
    end = HORIZON * blow_up_time(alpha, beta, D, ORDER)
    a, phi, b, psi = exact_modes(alpha, 0.0, beta, -D, ORDER, end)
    return Problem(_invariants(alpha, beta, D), end, _invariants(a, b, 2 * phi - psi))


def _invariants(alpha: Array, beta: Array, D: Array) -> Array:
    return np.array([alpha**2, beta * np.cos(D), beta * np.sin(D)])


def by_batch(problem: Problem, rtol: float, *, compiled: Any) -> Array:
    """Our integrator, all trajectories at once."""
    end: Array = solve(compiled, problem.y0, problem.end[None], rtol=rtol, method="dop853").y[-1]
    return end


def by_loop(problem: Problem, rtol: float) -> Array:
    """SciPy, one trajectory after the other, with the same method and tolerances."""

    def field(t: float, y: Array) -> list[float]:
        x, X, Y = y.tolist()
        return [4 * ORDER * x * X, ORDER * (x + 4 * Y * Y), -4 * ORDER * X * Y]

    out = np.empty_like(problem.y0)
    for lane, (start, end) in enumerate(zip(problem.y0.T, problem.end, strict=True)):
        atol = 1e-3 * rtol * np.abs(start).max()
        out[:, lane] = solve_ivp(field, (0.0, end), start, method="DOP853", rtol=rtol, atol=atol).y[:, -1]
    return out


def by_stack(problem: Problem, rtol: float) -> Array:
    """SciPy on all trajectories as one system, in units of each end time, with one step size for all."""
    shape = problem.y0.shape

    def field(t: float, y: Array) -> Array:
        x, X, Y = y.reshape(shape)
        rate = ORDER * problem.end
        return np.concatenate([4 * rate * x * X, rate * (x + 4 * Y * Y), -4 * rate * X * Y])

    atol = np.tile(1e-3 * rtol * np.abs(problem.y0).max(axis=0), len(problem.y0))
    end = solve_ivp(field, (0.0, 1.0), problem.y0.ravel(), method="DOP853", rtol=rtol, atol=atol).y[:, -1]
    return end.reshape(shape)


def tighten(solver: Callable[[float], Array], problem: Problem, rtol: float, target: float) -> float:
    """Largest tolerance, in steps of 20 %, at which the error is at most the target."""
    while problem.error(solver(rtol)) > target:
        rtol *= 0.8
    return rtol


def timed(
    name: str, solver: Callable[[], Array], problem: Problem, settings: dict[str, Any], repeats: int
) -> Row:
    """A row of the table."""
    y, timing = measure(solver, repeats)
    return Row(name, problem.y0.shape[1], timing, problem.error(y), ERROR_KIND, settings)


def compile_all(system: Any) -> tuple[dict[str, Any], dict[str, float]]:
    """The system on every backend that is installed, and what numba takes, beginning with an empty cache."""
    compiled, facts = {"numpy": compile(system)}, {}
    if is_installed():
        for what in ("compile for numba, once a machine", "load what it compiled, numba being loaded"):
            load_kernel.cache_clear()
            start = time.perf_counter()
            compiled["numba"] = compile(system, "numba")
            facts[f"seconds to {what}"] = time.perf_counter() - start
    return compiled, facts


def compare(options: argparse.Namespace) -> tuple[list[Row], dict[str, Any]]:
    """Rows of the table and facts about them."""
    whole = make_problem(options.trajectories, options.seed)
    sample = whole.first(options.sample)
    compiled, facts = compile_all(derive(Network(f"Z{ORDER}")).form("polynomial"))
    loop = timed(
        "scipy, loop (sample)", lambda: by_loop(sample, options.rtol), sample, {"rtol": options.rtol}, 0
    )
    rows = [loop]

    def add(name: str, solver: Callable[[Problem, float], Array], *problems: Problem) -> None:
        rtol = tighten(partial(solver, sample), sample, options.rtol, loop.error)
        for problem in problems:
            size = "all" if problem is whole else "sample"
            call = partial(solver, problem, rtol)
            rows.append(timed(f"{name} ({size})", call, problem, {"rtol": rtol}, 5))

    add("scipy, stacked", by_stack, sample, whole)
    for backend, system in compiled.items():
        add(f"odekit, {backend}", partial(by_batch, compiled=system), sample, whole)
    for name, peer in installed().items():
        add(name, lambda problem, rtol, peer=peer: peer(problem.y0, problem.end, ORDER, rtol), whole)
    return rows, facts | _ratios(rows, options.trajectories)


def _ratios(rows: list[Row], trajectories: int) -> dict[str, Any]:
    cost = {row.name: row.microseconds for row in rows}
    ours = {name: each for name, each in cost.items() if name.startswith("odekit") and "(all)" in name}
    others = {name: each for name, each in cost.items() if not name.startswith("odekit")}
    ratios = {
        f"{name} / {other}, times faster per trajectory": each_other / each
        for name, each in ours.items()
        for other, each_other in others.items()
    }
    missing = {name: "not installed here" for name in PEERS if name not in installed()}
    loop = 1e-6 * cost["scipy, loop (sample)"] * trajectories
    return ratios | {"seconds that the loop would take for all": loop} | missing


def main() -> None:
    """Runs the comparison and reports it."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ODEKIT_CACHE_DIR"] = folder
        rows, facts = compare(options)
    report("reduced ODE of one mode", rows, facts, options.json)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trajectories", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=1_000, help="how many of them SciPy integrates")
    parser.add_argument("--rtol", type=float, default=1e-8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", metavar="FILE", help="also write JSON; - is standard output")
    return parser.parse_args()


if __name__ == "__main__":
    main()

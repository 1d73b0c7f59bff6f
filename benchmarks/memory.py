"""Memory at the largest N: a fresh process that solves, and what its resident set grew to."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from harness import Row, Settings, Timing, say

__all__ = ["NAME", "rows"]

NAME = "memory"
RTOL = 1e-8


def rows(settings: Settings) -> Iterator[Row]:
    """One row for each way to solve; ``facts`` hold the bytes."""
    size = 10_000 if settings.quick else 1_000_000
    for method, backend in (("exact", "auto"), ("dop853", "numpy"), ("dop853", "numba")):
        command = [sys.executable, __file__, str(size), method, backend, str(settings.seed)]
        result = subprocess.run(
            command, capture_output=True, text=True, check=True, cwd=Path(__file__).parent
        )
        found = json.loads(result.stdout)
        seconds = found.pop("seconds")
        name = f"odekit, {backend} {method}"
        yield say(Row(NAME, name, f"rtol {RTOL:.0e}", size, size, Timing(seconds, ()), None, found))


def _solve(size: int, method: str, backend: str, seed: int) -> dict[str, float]:
    import time

    from contenders import system
    from flows import POLYNOMIAL
    from problem import make_problem

    from odekit.solvers import solve

    form, imported = system(POLYNOMIAL), _peak()
    problem = make_problem(POLYNOMIAL, size, 0, seed)
    start = time.perf_counter()
    solve(form, problem.y0, problem.end[None], rtol=RTOL, method=method, backend=backend)
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "peak_megabytes": _peak(), "peak_before_megabytes": imported}


def _peak() -> float:
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    print(json.dumps(_solve(int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))))

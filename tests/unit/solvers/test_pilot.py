"""A few trajectories tell whether a large batch is stiff, before code is made for it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import odekit
from odekit.solvers.backends import compile_for
from odekit.solvers.pilot import turns_out_stiff
from odekit.solvers.problem import Problem, pose
from odekit.solvers.roads import follow_in_steps

FLOWS = {
    "relaxation": ({"x": "-1e6*(x - cos(t))"}, [1.0], 10.0, True),
    "valley": ({"x": "-1000*x*(x*y - 1)", "y": "-x*(x*y - 1)/1000 - y/1e4"}, [1.0, 1.0], 1000.0, True),
    "oscillation": ({"x": "100*v", "v": "-100*x"}, [1.0, 0.0], 1000.0, False),
    "decay": ({"x": "-x"}, [1.0], 10.0, False),
}


def problem(name: str, batch: int = 1000) -> Problem:
    equations, start, end, _ = FLOWS[name]
    y0 = np.outer(start, np.linspace(0.9, 1.1, batch))
    return pose(odekit.system(equations), y0, end, method="auto", rtol=1e-6)


@pytest.mark.parametrize("name", FLOWS)
def test_stiff_batches_are_found_and_no_others(name: str) -> None:
    assert turns_out_stiff(problem(name), follow_in_steps) is FLOWS[name][3]


def test_a_flow_that_is_slow_for_its_time_is_not_followed_at_all() -> None:
    def follow(given: Any) -> Any:
        raise AssertionError("followed")

    assert not turns_out_stiff(problem("decay"), follow)


def test_only_numba_asks() -> None:
    def asked() -> bool:
        raise AssertionError("asked")

    system = odekit.system({"x": "-x"})
    for backend, method in (("numpy", "auto"), ("auto", "auto"), ("numpy", "rodas5p")):
        compile_for(system, backend, batch=10, needs_steps=False, method=method, is_stiff=asked)

"""The harness of the benchmarks scales, tightens, judges and writes what it says. No time is asserted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def row(
    bench: str, name: str, case: str, seconds: float, items: int = 1_000_000, sample: int | None = None
) -> Any:
    from harness import Row, Timing

    return Row(
        bench, name, case, items, sample or items, Timing(2.0 * seconds, (seconds, 3.0 * seconds)), 1e-9
    )


def test_a_sample_is_scaled_by_its_shortest_repeat() -> None:
    scaled = row("polynomial", "diffrax", "rtol 1e-08", 0.5, items=10_000, sample=1_000)
    assert scaled.seconds == pytest.approx(5.0)
    assert scaled.microseconds == pytest.approx(500.0)
    assert scaled.content()["sample_seconds"]["first"] == 1.0


def test_there_is_always_a_call_beside_the_first_which_may_compile() -> None:
    from harness import measure

    calls: list[int] = []
    result, timing = measure(lambda: calls.append(0) or len(calls), most=5, budget=0.0)
    assert (result, len(timing.later), len(calls)) == (1, 1, 2)


@pytest.mark.parametrize("size_of_error", [0.01, 1.0, 300.0])
def test_a_tolerance_is_tightened_or_loosened_to_the_same_error(size_of_error: float) -> None:
    from harness import tighten

    rtol = tighten(lambda tolerance: size_of_error * tolerance, 1e-8, 1e-8)
    assert 1e-8 / 1.5**2 <= size_of_error * rtol <= 1e-8 * (1.0 + 1e-12)


def test_an_error_that_no_tolerance_reaches_ends_at_the_smallest() -> None:
    from harness import tighten

    assert tighten(lambda tolerance: 1e-6, 1e-8, 1e-9) == 1e-15


def test_what_is_missing_is_not_measured_and_not_met() -> None:
    from targets import verdicts

    assert {verdict.status for verdict in verdicts([])} == {"not measured"}
    assert not any(verdict.is_met for verdict in verdicts([]))


@pytest.mark.parametrize(("seconds", "status"), [(4.1, "met"), (3.9, "missed")])
def test_a_target_is_met_from_its_ratio_on(seconds: float, status: str) -> None:
    from targets import HEYOKA, verdicts

    ours = row("polynomial", "odekit, numba taylor", "rtol 1e-12", 1.0)
    slower = row("polynomial", "odekit, numba dop853", "rtol 1e-12", 2.0)
    peer = row("polynomial", HEYOKA, "rtol 1e-12", seconds)
    found = [
        each
        for each in verdicts([ours, slower, peer])
        if each.measured is not None and "times" in each.target
    ]
    assert [each.status for each in found] == [status]
    assert found[0].measured == pytest.approx(seconds)


def test_a_missed_target_says_why_and_a_met_one_does_not() -> None:
    from targets import Verdict

    missed = Verdict("full gradient", "at least 4 times PyTorch autograd", 3.0, False)
    met = Verdict("full gradient", "at least 4 times PyTorch autograd", 5.0, True)
    assert "below the dgemm rate" in missed.reason
    assert not met.reason


def test_exponents_are_those_of_a_power_law() -> None:
    from scaling import SMALLEST, in_trajectories

    sizes = (10_000, 100_000, 300_000, 1_000_000)
    rows = [row("polynomial", "odekit, numpy dop853", "rtol 1e-08", 1e-6 * n**1.1, items=n) for n in sizes]
    assert list(in_trajectories(rows, SMALLEST).values()) == [pytest.approx(1.1)]


@pytest.mark.long
def test_a_race_ends_at_the_error_of_the_loop() -> None:
    from contenders import ours, peers, race
    from flows import TRIGONOMETRIC
    from harness import Settings
    from problem import make_problem

    few = make_problem(TRIGONOMETRIC, 4, 4, seed=2)
    everybody = [
        each for each in (*peers(), *ours(TRIGONOMETRIC)) if "loop" in each.name or "numpy" in each.name
    ]
    rows = [
        each
        for each in race("race", few, 1e-6, Settings(quick=True), everybody)
        if "JiTCODE" not in each.name
    ]
    assert {each.name for each in rows} == {"scipy solve_ivp, loop", "odekit, numpy dop853"}
    assert all(each.error <= rows[0].error for each in rows)


@pytest.mark.slow
def test_a_run_writes_json_and_a_page(tmp_path: Path) -> None:
    import runpy

    main = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "__main__.py"))["main"]
    assert main(["--quick", "--only", "closed-form", "--out", str(tmp_path)]) == 0
    content = json.loads((tmp_path / "benchmarks.json").read_text())
    assert content["seed"] == 0
    assert {"processor", "cores", "blas", "versions"} <= set(content["machine"])
    assert all(each["error"] < 1e-13 for each in content["rows"])
    assert "| not measured |" in (tmp_path / "benchmarks.md").read_text()

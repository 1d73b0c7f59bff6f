"""Work beyond its time or memory ends in one sentence, in every thread; what SymPy breaks on does too."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
import sympy as sp

from odekit import gradient_flow, limit
from odekit.errors import AlgebraError, InputError, LimitError, OdekitError
from odekit.limits import bounded


@bounded("the endless loop", 0.1)
def endless() -> None:
    while True:
        pass


@bounded("the quick sum", 60.0)
def quick(left: int, *, right: int = 1) -> int:
    return left + right


def test_what_ends_in_time_gives_its_value() -> None:
    assert (quick(2), quick(2, right=5), quick.__name__) == (3, 7, "quick")


def test_what_does_not_is_told_with_the_way_to_allow_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("odekit.limits.bounds.slowness", lambda: 1.0)
    with pytest.raises(LimitError, match=r"endless loop takes too long.*0\.1 s.*limit\(seconds=1\)"):
        endless()
    assert quick(1) == 2


def test_a_handler_of_everything_in_between_does_not_keep_it_alive() -> None:
    @bounded("the stubborn loop", 0.1)
    def stubborn() -> None:
        for _ in range(2):
            try:
                endless.__wrapped__()  # type: ignore[attr-defined]
            except BaseException:
                continue
        endless.__wrapped__()  # type: ignore[attr-defined]

    with pytest.raises(LimitError, match="the stubborn loop"):
        stubborn()


def test_an_answer_made_of_a_swallowed_interruption_is_none() -> None:
    @bounded("the loop in a handler", 0.1)
    def swallowing(ends_in: Exception | None) -> str:
        try:
            endless.__wrapped__()  # type: ignore[attr-defined]
        except BaseException:
            if ends_in:
                raise ends_in from None
        return "nothing was found"

    for ends_in in (None, TypeError("no ordering"), InputError("nothing to be found"), RecursionError()):
        with pytest.raises(LimitError, match="the loop in a handler takes too long"):
            swallowing(ends_in)


def test_a_slow_processor_has_more_time_unless_the_caller_said_how_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("odekit.limits.bounds.slowness", lambda: 2.0)
    with pytest.raises(LimitError, match=r"at most 0\.2 s .*limit\(seconds=2\)"):
        endless()
    with limit(seconds=0.1), pytest.raises(LimitError, match=r"at most 0\.1 s"):
        endless()


def test_it_holds_in_a_thread() -> None:
    found: list[OdekitError] = []

    def work() -> None:
        try:
            endless()
        except OdekitError as error:
            found.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [type(error) for error in found] == [LimitError]


def test_the_tighter_of_two_nested_limits_holds() -> None:
    outer = bounded("the outer work", 60.0)(endless)
    inner = bounded("the inner work", 0.1)(bounded("the patient loop", 60.0)(endless.__wrapped__))  # type: ignore[attr-defined]
    with pytest.raises(LimitError, match="the endless loop"):
        outer()
    with pytest.raises(LimitError, match="the inner work"):
        inner()


def test_a_caller_may_allow_less_or_more() -> None:
    slow = bounded("the slow work", 60.0)(endless.__wrapped__)  # type: ignore[attr-defined]
    with limit(seconds=0.1), pytest.raises(LimitError, match="the slow work takes too long"):
        slow()
    with limit(seconds=float("inf")), limit(gigabytes=1.0):
        assert quick(1) == 2


def test_memory_is_bounded_where_the_system_tells_of_it() -> None:
    @bounded("the hoard", 60.0)
    def hoard() -> None:
        held = [bytearray(10**7)]
        while len(held) < 200:
            held.append(bytearray(b"1" * 10**7))

    if not Path("/proc/self/statm").exists():
        pytest.skip("the system doesn't tell how much memory is in use")
    with limit(gigabytes=0.1), pytest.raises(LimitError, match=r"too much memory.*limit\(gigabytes=0\.4\)"):
        hoard()


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), "5"])
def test_a_limit_that_is_none_is_refused(seconds: object) -> None:
    with pytest.raises(InputError, match="seconds"), limit(seconds=seconds):  # type: ignore[arg-type]
        pass


def test_a_fault_of_the_algebra_is_told_and_one_of_ours_is_not_hidden() -> None:
    x = sp.Symbol("x", real=True)
    with pytest.raises(AlgebraError, match=r"the comparison has no answer.*TypeError: Invalid comparison"):
        bounded("the comparison")(lambda: x > sp.I)()
    with pytest.raises(ZeroDivisionError):
        bounded("our own fault")(lambda: 1 // 0)()
    with pytest.raises(AlgebraError, match="nested too deep"):
        bounded("the descent")(_deep)(0)


def _deep(level: int) -> int:
    return _deep(level + 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    "energy",
    [
        "abs(sinh((1-b)**8))",
        "relu(1-relu(1-relu(1-relu(1-relu(1-relu(1-relu(1-b)))))))",
        "erf(abs(relu(b)) - 1e6)",
        "step((relu(28 - b))**(-1)) + b",
        "tanh(cosh(tanh(b**64)))",
    ],
)
def test_a_formula_that_is_hard_for_the_algebra_ends_in_an_answer_or_a_sentence(energy: str) -> None:
    with limit(seconds=0.5):
        try:
            gradient_flow(energy, "b").report()
        except OdekitError:
            return


def run_alone(script: str) -> subprocess.CompletedProcess[str]:
    """In an interpreter of its own, which may hang or end with hooks of its own."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )


def test_no_alert_stays_behind_on_which_a_profiler_would_never_come_back() -> None:
    script = """
        import cProfile
        from odekit.errors import LimitError
        from odekit.limits import bounded, limit

        def spin():
            while True:
                pass

        bounded("nothing")(int)()
        with limit(seconds=0.1):
            try:
                bounded("spinning")(spin)()
            except LimitError:
                print("ended", end=" ")
        cProfile.Profile().runcall(lambda: sum(map(abs, range(9))))
        print("profiled")
    """
    assert run_alone(script).stdout == "ended profiled\n"


def test_an_interruption_that_comes_where_none_can_pass_is_sent_again_in_silence() -> None:
    script = """
        import gc, sys, time
        from odekit.errors import LimitError
        from odekit.limits import bounded, limit

        def spin(seconds):
            end = time.process_time() + seconds
            while time.process_time() < end:
                pass

        def slow(phase, info):
            spin(0.2)

        def collect():
            while True:
                gc.collect()
                spin(0.3)

        hook = sys.unraisablehook
        gc.callbacks.append(slow)
        with limit(seconds=0.1):
            try:
                bounded("collecting")(collect)()
            except LimitError:
                print("ended", sys.unraisablehook is hook)
        gc.callbacks.clear()
    """
    result = run_alone(script)
    assert (result.stdout, result.stderr) == ("ended True\n", "")

"""Several experiments at a time give the verdicts of one after the other, and a dead process is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from typing import Any

import psutil
import pytest

from odekit.claims import CLAIMS, Claim, Verdict, running, verify
from odekit.claims.settings import Settings
from odekit.errors import InputError, StoppedEarly
from odekit.groups import from_table, group
from odekit.limits import limit
from odekit.numbers import integer


def _ignore(_: Claim | Verdict) -> None:
    pass


class _Deadly:
    """Ends the process that unpickles it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (1,)


@pytest.fixture
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_FEWEST_EACH", 1)


def _own(id: str, asked: list[int]) -> Claim:
    """A claim that notes in which process it is carried out."""

    def experiment(claim: Claim, settings: Settings) -> Verdict:
        asked.append(os.getpid())
        return claim.inconclusive("nothing was measured")

    return Claim(id, "it holds", "me", "", "", experiment, lambda group: True, takes={"neurons": integer})


@pytest.mark.slow
@pytest.mark.usefixtures("_few")
def test_several_processes_give_the_same_verdicts_in_the_same_order() -> None:
    begun: list[str] = []
    ended: list[str] = []
    here: list[int] = []
    claims = ["rank-one", "single-frequency", _own("own", here), "single-irrep"]
    asked: dict[str, Any] = {"seed": 5, "group": from_table(group("S3").table), "values": {"neurons": 24}}
    alone = verify(claims, **asked)
    together = verify(
        claims,
        **asked,
        workers=2,
        on_start=lambda claim: begun.append(claim.id),
        on_finish=lambda verdict: ended.append(verdict.id),
    )
    ids = [verdict.id for verdict in together.verdicts]
    assert ids == ["rank-one", "single-frequency", "own", "single-irrep"]
    assert sorted(begun) == sorted(ended) == sorted(ids)
    assert here == [os.getpid()] * 2
    outcomes = [verdict.outcome for verdict in alone.verdicts]
    assert outcomes == ["confirmed", "not_applicable", "inconclusive", "confirmed"]
    for one, other in zip(alone.verdicts, together.verdicts, strict=True):
        assert (one.outcome, one.text) == (other.outcome, other.text)
        # Linear algebra by one thread may differ in its last digits.
        for (name, *values), (other_name, *others) in zip(one.quantities, other.quantities, strict=True):
            assert (name, values) == (other_name, pytest.approx(others, rel=1e-6))


@pytest.mark.slow
@pytest.mark.usefixtures("_few")
def test_limits_hold_in_every_process() -> None:
    with limit(seconds=0.01):
        hurried, quick = verify(["critical-data-share", "single-irrep"], workers=2).verdicts
    assert hurried.outcome == "inconclusive"
    assert "takes too long" in hurried.text
    assert quick.outcome == "confirmed"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize(("stop", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGKILL", -9)])
def test_what_is_stopped_leaves_no_process_and_no_traceback(stop: str, code: int) -> None:
    # What runs the tests may itself be a job in the background, which is deaf to Ctrl-C.
    script = """
        import signal, sys
        signal.signal(signal.SIGINT, signal.default_int_handler)
        from odekit.cli.program import main
        sys.argv = ["odekit", "verify", "--workers", "2"]
        main()
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as program:
        assert program.stderr is not None
        assert "confirmed in" in program.stderr.readline()
        others = psutil.Process(program.pid).children(recursive=True)
        assert len(others) >= 2
        # Ctrl-C reaches all that the terminal runs, another signal the program alone.
        send = os.killpg if stop == "SIGINT" else os.kill
        send(program.pid, getattr(signal, stop))
        _, left = psutil.wait_procs(others, timeout=60)
        assert not left
        assert program.wait(60) == code
        assert "Traceback" not in program.stderr.read()


@pytest.mark.slow
@pytest.mark.usefixtures("_few")
def test_a_process_that_dies_is_told_with_what_it_was_at() -> None:
    deadly = Settings(group=_Deadly())  # type: ignore[arg-type]
    experiments = [(claim, deadly) for claim in CLAIMS[:2]]
    with pytest.raises(StoppedEarly, match=f"a process died while {CLAIMS[0].id}, {CLAIMS[1].id} were"):
        running.carry_out(experiments, 2, _ignore, _ignore)


def test_few_claims_and_those_of_ones_own_stay_in_this_process() -> None:
    asked: list[int] = []
    own = [_own(f"own-{number}", asked) for number in range(2 * running._FEWEST_EACH)]
    found = verify(own, workers=8)
    assert asked == [os.getpid()] * len(own)
    assert [verdict.id for verdict in found.verdicts] == [claim.id for claim in own]
    assert found.seconds > 0


@pytest.mark.parametrize("workers", [0, -1, 1.5, "two"])
def test_a_number_of_workers_that_is_none_is_refused(workers: Any) -> None:
    with pytest.raises(InputError, match="workers"):
        verify("rank-one", workers=workers)

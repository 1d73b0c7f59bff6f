"""A worker: every cell of a batch is answered, whatever happens in it."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from odekit.sweeps import Plan
from odekit.sweeps.engine import run_batch, run_cell
from odekit.sweeps.engine.work import dask_setup
from odekit.sweeps.store.record import decoded_record

From = Callable[..., Plan]

PREDICT = 'sweep.task = "predict"\ngrid.group = "Z5"\ngrid.neurons = [4, 8]'
CLAIM = """
import warnings

import odekit

@odekit.claim("mine", "It is k.", prediction=1.0, control=("it is 2", 2.0), takes={{"k": float}})
def mine(settings):
    {line}
    return odekit.Measurement(1.0, 1e-9)
"""


def claims(line: str) -> dict[str, str]:
    return {"mine.py": CLAIM.format(line=line)}


def test_a_batch_answers_each_cell_in_order_with_rows_time_and_versions(plan_from: From) -> None:
    plan = plan_from(PREDICT)
    cells = list(plan)
    records = run_batch(cells, plan.folder)
    assert [record.key for record in records] == [cell.key for cell in cells]
    for record in records:
        assert not record.is_failed
        assert len(record.rows) == 1
        assert 0 < record.seconds < 60
        assert record.made_with["numpy"] == np.__version__
        assert {"odekit", "scipy", "python", "machine"} <= record.made_with.keys()
        assert decoded_record(record.encoded(), record.key).rows == record.rows


def test_a_failing_cell_says_why_and_the_others_are_computed(plan_from: From) -> None:
    plan = plan_from(
        'sweep.task = "simulate"\ngrid = {group = "Z5", neurons = 4, method = ["flow", "sgd"], t_end = 1}'
    )
    flow, sgd = run_batch([*plan], plan.folder)
    assert (flow.error, len(flow.rows)) == ("", 1)
    assert "t_end is not an option of method 'sgd'" in sgd.error
    assert (sgd.rows, sgd.is_failed) == ((), True)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("raise MemoryError", "MemoryError"),
        ("return 1j", "no Measurement|Measurement"),
        ("mine_again = lambda: mine_again()\n    mine_again()", "NameError|RecursionError"),
    ],
)
def test_an_own_claim_that_breaks_fails_its_cell_alone(plan_from: From, line: str, error: str) -> None:
    plan = plan_from('sweep.claims = ["mine.py"]', **claims(line))
    (record,) = run_batch([*plan], plan.folder)
    reason = record.error or str(record.rows[0]["reason"])
    assert any(name in reason for name in error.split("|")), reason
    assert not record.rows or record.rows[0]["outcome"] == "inconclusive"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise GeneratorExit", "GeneratorExit"),
        ("raise type('Mute', (Exception,), {'__str__': lambda self: 1 / 0})", "Mute"),
        ("raise ValueError('x' * 10**6)", "ValueError: xxx"),
    ],
)
def test_whatever_a_claim_raises_in_a_workers_thread_is_told_in_short(
    plan_from: From, line: str, error: str
) -> None:
    plan = plan_from('sweep.claims = ["mine.py"]', **claims(line))
    with ThreadPoolExecutor(1) as worker:
        (record,) = worker.submit(run_batch, [*plan], plan.folder).result()
    assert error in (record.error or str(record.rows[0]["reason"]))
    assert decoded_record(record.encoded(), record.key).error == record.error
    assert len(record.encoded()) < 30_000


def test_ctrl_c_ends_a_cell_that_is_tried_in_the_programs_own_thread(plan_from: From) -> None:
    plan = plan_from('sweep.claims = ["mine.py"]', **claims("raise KeyboardInterrupt"))
    with pytest.raises(KeyboardInterrupt):
        run_batch([*plan], plan.folder)


def test_warnings_of_a_cell_are_kept_off_the_screen(plan_from: From) -> None:
    plan = plan_from('sweep.claims = ["mine.py"]', **claims("warnings.warn('loud')"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run_cell(plan.cell(0), plan.folder).error == ""


def test_a_file_that_changed_since_the_plan_was_read_is_refused(plan_from: From, tmp_path: Path) -> None:
    plan = plan_from('sweep.task = "solve"\ngrid = {system = "ode.toml", t = 1, start.x = 1}')
    assert not run_cell(plan.cell(0), plan.folder).is_failed
    (tmp_path / "ode.toml").write_text('[equations]\nx = "-x"\n')
    record = run_cell(plan.cell(0), plan.folder)
    assert "ode.toml is not what the plan was read with" in record.error
    (tmp_path / "ode.toml").unlink()
    assert "can't be read" in run_cell(plan.cell(0), plan.folder).error


def test_a_state_that_the_system_lacks_fails_the_cell(plan_from: From) -> None:
    plan = plan_from('sweep.task = "solve"\ngrid = {system = "ode.toml", t = 1, start.y = 1}')
    assert "unknown state 'y'" in run_cell(plan.cell(0), plan.folder).error


def test_linear_algebra_has_one_thread_within_a_batch_and_its_own_again_after(
    plan_from: From, tmp_path: Path
) -> None:
    line = f"import threadpoolctl, pathlib; pathlib.Path({str(tmp_path / 'seen')!r}).write_text(" + (
        "str({pool['num_threads'] for pool in threadpoolctl.threadpool_info()}))"
    )
    text = CLAIM.replace("{line}", line).replace("{{", "{").replace("}}", "}")
    plan = plan_from('sweep.claims = ["mine.py"]', **{"mine.py": text})
    before = threadpool_info()
    run_batch([*plan], plan.folder)
    assert (tmp_path / "seen").read_text() == "{1}"
    assert [pool["num_threads"] for pool in threadpool_info()] == [pool["num_threads"] for pool in before]


def test_a_worker_leaves_ctrl_c_and_standard_output_to_the_program(tmp_path: Path) -> None:
    before, output = signal.getsignal(signal.SIGINT), os.dup(1)
    with open(tmp_path / "output", "wb") as file:
        os.dup2(file.fileno(), 1)
    try:
        dask_setup(None)
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
        os.write(1, b"printed by a claim")
    finally:
        signal.signal(signal.SIGINT, before)
        os.dup2(output, 1)
        os.close(output)
    assert (tmp_path / "output").read_bytes() == b""

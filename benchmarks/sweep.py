"""What a sweep costs beside its cells: throughput of one worker and of more, and the client's memory.

    python benchmarks/sweep.py [--cells 1000] [--neurons 400,2000] [--workers 1,2] [--trivial 1000,10000]

Cells predict the winners of random networks, some 20 to 50 ms each with 400 neurons; trivial ones solve
x' = -x in a millisecond or two, and go out one by one too, which tells what a batch costs and what a
cell in it. Each sweep runs in a process of its own, into a temporary folder. Printed for each: wall time,
what of it is start and end (the plan is read, the cluster comes and goes), seconds of a cell, the overhead of
a cell (workers times the other wall time, over the cells, less the seconds of one), what of this process's
time went into sending, receiving, writing and gathering, and its largest resident memory. The exit code is 1
where a target is missed: on two cores 1.8 times one worker's throughput, and less than 5 ms of overhead a
cell. Two processes that compute the same cells with nothing between them show what the machine itself allows.
Beside other work the numbers say little; its load is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from odekit.sweeps import read_plan
from odekit.sweeps.engine.work import run_batch

__all__ = ["main", "measured"]

# Seconds by what they went into; busy ones are of this process's processors, own ones of its main thread.
CLOCKS = ("start", "send", "receive", "write", "gather", "busy", "own")
SPEED_UP, OVERHEAD = 1.8, 5e-3
MOST_SINGLE = 1000  # cells that go out one by one
GROUPS = ("Z31", "Z37", "Z41", "Z43", "Z47")
PLANS = {
    "predict": """
        [sweep]
        task = "predict"
        seed = {seed}
        seeds = {seeds}
        [grid]
        group = [{groups}]
        neurons = {neurons}
    """,
    "trivial": """
        [sweep]
        task = "solve"
        seed = {seed}
        seeds = {cells}
        [grid]
        system = "decay.toml"
        t = 1.0
        "start.x" = 1.0
    """,
}
SINGLE, BARE = "single", "bare"
PLANS[SINGLE] = PLANS["trivial"]
DECAY = """
[equations]
x = "-x"
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints; 1 where a target is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cells", type=int, default=1000)
    parser.add_argument("--neurons", default="400,2000", metavar="N,N", help="of a cell's network")
    parser.add_argument("--workers", default="1,2", metavar="N,N")
    parser.add_argument("--trivial", default="1000,10000", metavar="N,N", help="cells; empty for none")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--alone", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.alone:
        kind, *numbers = options.alone
        cells, workers, neurons = map(int, numbers)
        if kind == BARE:
            print(_bare_rate(cells, neurons, options.seed))
            return 0
        print(json.dumps(measured(kind, cells, workers, neurons, options.seed)))
        return 0
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before the first sweep")
    workers = [int(each) for each in options.workers.split(",")]
    sizes = [int(each) for each in options.neurons.split(",")]
    found = {
        size: [_alone("predict", options.cells, count, size, options.seed) for count in workers]
        for size in sizes
    }
    for each in filter(None, options.trivial.split(",")):
        many = _alone("trivial", int(each), max(workers), sizes[0], options.seed)
        if int(each) <= MOST_SINGLE:
            _tell_constants(many, _alone(SINGLE, int(each), max(workers), sizes[0], options.seed))
    one, two = (_bare(count, options.cells // 4, sizes[0], options.seed) for count in (1, 2))
    print(f"two processes that do nothing else / one, what this machine gives at most: {two / one:.2f}")
    met = [_is_met(size, each) for size, each in found.items()]
    return int(not all(met))


def measured(kind: str, cells: int, workers: int, neurons: int, seed: int) -> dict[str, float]:
    """One sweep in this process: cells, workers, batches, seconds by what they went into, and megabytes.

    Parameters
    ----------
    kind: of the cells, ``"predict"``, ``"trivial"``, or ``"single"``, trivial with one a batch.
    cells, workers: their numbers.
    neurons: of the network that a cell predicts.
    seed: of the plan.
    """
    module: Any = import_module("odekit.sweeps.sweep")
    clocks: Counter[str] = Counter()
    module.connected = _watched_start(module.connected, clocks)
    module.gathered = _watched(module.gathered, "gather", clocks)
    module.Store.write = _watched(module.Store.write, "write", clocks)
    streamed_module: Any = import_module("odekit.sweeps.engine.stream")
    streamed = streamed_module._Stream
    streamed._fill = _watched(streamed._fill, "send", clocks)
    streamed._received = _watched(streamed._received, "receive", clocks)
    groups = ", ".join(f'"{group}"' for group in GROUPS)
    if kind == SINGLE:
        streamed_module.MOST_IN_BATCH = 1
    seeds = max(1, cells // len(GROUPS))
    plan = PLANS[kind].format(seed=seed, cells=cells, seeds=seeds, groups=groups, neurons=neurons)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "plan.toml").write_text(plan)
        (Path(folder) / "decay.toml").write_text(DECAY)
        begin = time.perf_counter()
        chosen = module.read_plan(Path(folder) / "plan.toml")
        clocks["start"] += time.perf_counter() - begin
        found = module.sweep(chosen, Path(folder) / "out", workers=workers)
        wall = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    told = {"cells": found.state.done, "workers": workers, "batches": clocks.pop("receive calls")}
    told |= {"wall": wall, "in cells": found.state.seconds, "megabytes": peak}
    return {**told, **{name: clocks[name] for name in CLOCKS}}


def _bare_rate(cells: int, neurons: int, seed: int) -> float:
    """Cells a second of this process alone, without Dask and without a folder."""
    with tempfile.TemporaryDirectory() as folder:
        groups = ", ".join(f'"{group}"' for group in GROUPS)
        (Path(folder) / "plan.toml").write_text(
            PLANS["predict"].format(seed=seed, seeds=cells, groups=groups, neurons=neurons)
        )
        plan = read_plan(Path(folder) / "plan.toml")
        chosen = [plan.cell(place * len(GROUPS)) for place in range(cells)]
        run_batch(chosen[:1], Path(folder))
        begin = time.perf_counter()
        run_batch(chosen, Path(folder))
        return cells / (time.perf_counter() - begin)


def _bare(processes: int, cells: int, neurons: int, seed: int) -> float:
    """Cells a second of so many processes side by side."""
    calls = [
        [sys.executable, __file__, "--seed", str(seed), "--alone", BARE, str(cells), "1", str(neurons)]
        for _ in range(processes)
    ]
    running = [subprocess.Popen(call, stdout=subprocess.PIPE, text=True) for call in calls]
    return sum(float(process.communicate()[0]) for process in running)


def _watched(call: Callable[..., Any], name: str, clocks: Counter[str]) -> Callable[..., Any]:
    """A function whose calls and seconds are counted."""

    def watched(*given: Any, **named: Any) -> Any:
        begin = time.perf_counter()
        try:
            return call(*given, **named)
        finally:
            clocks[name] += time.perf_counter() - begin
            clocks[f"{name} calls"] += 1

    return watched


def _watched_start(connected: Callable[..., Any], clocks: Counter[str]) -> Callable[..., Any]:
    """The cluster, whose start is counted, and its end with it."""

    @contextmanager
    def watched(*given: Any) -> Iterator[Any]:
        begin = time.perf_counter()
        with connected(*given) as client:
            clocks["start"] += time.perf_counter() - begin
            busy, own = time.process_time(), time.thread_time()
            yield client
            clocks["busy"] += time.process_time() - busy
            clocks["own"] += time.thread_time() - own
            begin = time.perf_counter()
        clocks["start"] += time.perf_counter() - begin

    return watched


def _alone(kind: str, cells: int, workers: int, neurons: int, seed: int) -> dict[str, float]:
    """What `measured` finds in a process of its own, told."""
    numbers = [str(number) for number in (cells, workers, neurons)]
    command = [sys.executable, __file__, "--seed", str(seed), "--alone", kind, *numbers]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(result.stdout)
    count = found["cells"]
    print(
        f"{kind}, {count:,} cells, {workers} worker{'s' if workers > 1 else ''}, {found['batches']:,} "
        f"batches: {found['wall']:.1f} s, of it start and end {found['start']:.1f} s; "
        f"{count / _working(found):.1f} cells/s\n"
        f"  a cell {1e3 * found['in cells'] / count:.2f} ms, overhead {1e3 * _overhead(found):.2f} ms; this "
        f"process a cell: {_each(found)}, processor {1e3 * found['busy'] / count:.2f} ms\n"
        f"  largest resident memory of this process {found['megabytes']:.0f} MB",
        flush=True,
    )
    return found


def _tell_constants(many: Mapping[str, float], single: Mapping[str, float]) -> None:
    """Processor's time of this process, scheduler included, for each batch and for each cell in it."""
    cells = many["cells"]
    for name, what in (("busy", "all of this process"), ("own", "its main thread")):
        batch = (single[name] - many[name]) / (single["batches"] - many["batches"])
        cell = (many[name] - batch * many["batches"]) / cells
        print(f"processor of {what}: {1e3 * batch:.2f} ms a batch, {1e3 * cell:.2f} ms a cell")


def _each(found: Mapping[str, float]) -> str:
    names = ("send", "receive", "write", "gather")
    return ", ".join(f"{name} {1e3 * found[name] / found['cells']:.2f} ms" for name in names)


def _working(found: Mapping[str, float]) -> float:
    """Wall seconds without those of the cluster's start and end."""
    return found["wall"] - found["start"]


def _overhead(found: Mapping[str, float]) -> float:
    """Seconds a cell that a worker's processor was not in it."""
    return (found["workers"] * _working(found) - found["in cells"]) / found["cells"]


def _is_met(neurons: int, found: Sequence[Mapping[str, float]]) -> bool:
    """Whether the targets are met by cells of one size, each of which is told."""
    print(f"cells of {neurons:,} neurons:")
    met = [_overhead(each) < OVERHEAD for each in found]
    for each, is_met in zip(found, met, strict=True):
        print(
            f"overhead with {each['workers']:g} at work: {1e3 * _overhead(each):.2f} ms a cell, below "
            f"{1e3 * OVERHEAD:g} ms: {'met' if is_met else 'missed'}"
        )
    by_workers = {each["workers"]: each["cells"] / _working(each) for each in found}
    if {1, 2} <= by_workers.keys():
        ratio = by_workers[2] / by_workers[1]
        met.append(ratio >= SPEED_UP)
        print(f"two workers / one: {ratio:.2f}, at least {SPEED_UP}: {'met' if met[-1] else 'missed'}")
    return all(met)


if __name__ == "__main__":
    sys.exit(main())

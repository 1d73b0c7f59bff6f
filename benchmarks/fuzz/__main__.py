"""A fuzzer of everything that odekit reads: no input may do more than be answered or refused.

    pip install -e '.[test,fuzz]'
    python benchmarks/fuzz [--target NAME ...] [--inputs N] [--seconds S] [--seed K] [--engine atheris|random]
    python benchmarks/fuzz --replay FILE --target NAME          (one input again, with what is wrong with it)

Runs, tables, trajectories, systems, checks, claims, formulas and calls of the program, each target in a
process of its own. An input passes if it is answered, or refused by an error of odekit's own (the program:
exit 0 to 3, no traceback), within 5 s of the processor and 1 GB of memory, with no file outside the output
folder and nothing of it executed. Inputs that don't pass are kept in DIR/TARGET/findings, and the exit code
is then 1. With atheris inputs follow the coverage; without it they are changed at random. For Linux, which
tells what memory a process has used.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from doors import TARGETS
from judge import Judge, death
from worker import ENGINES, Share, State

__all__ = ["main"]

ROOT = Path(__file__).resolve().parents[2]
WORKER = Path(__file__).with_name("worker.py")
# An input that ends its process costs a new one; so many are enough to show that something is wrong.
MOST_ENDED = 20
COVERAGE = re.compile(r"cov: (\d+) ft: (\d+)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Puts the inputs, and tells of each target; 1 where one was not answered or refused as it should be."""
    options = _options(arguments)
    if options.replay is not None:
        return _replayed(options.replay, options.target[0])
    names = options.target or list(TARGETS)
    count = math.ceil(options.inputs / len(names))
    total = found = 0
    for place, name in enumerate(names):
        share = Share(name, options.engine, count, options.seconds / len(names), options.seed + place)
        state = State(options.out / name)
        before, start = state.counts.copy(), time.monotonic()
        coverage = _done(share, state)
        put, complaints = (int(each) for each in state.counts - before)
        seconds, findings = time.monotonic() - start, state.findings()
        total, found = total + put, found + len(findings)
        told = [f"{put} inputs", f"{put / seconds:.0f} a second", f"{complaints} complained of"]
        told += [f"{coverage[0]} places of the code and {coverage[1]} ways reached"] if coverage else []
        print(f"{name}: {', '.join(told)}, {len(findings)} faults", flush=True)
        for each in findings:
            print(f"  {each['rule']}: {each['what']}")
            print(f"    python benchmarks/fuzz --replay {each['file']} --target {name}")
    print(f"{total} inputs by {options.engine} from seed {options.seed}, {found} faults")
    return int(found > 0)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python benchmarks/fuzz",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    best = ENGINES[importlib.util.find_spec("atheris") is None]
    parser.add_argument("--target", nargs="+", choices=TARGETS, metavar="NAME", help=", ".join(TARGETS))
    parser.add_argument("--inputs", type=int, default=100_000, help="of all targets together (%(default)s)")
    parser.add_argument(
        "--seconds", type=float, default=3600.0, help="at most, of all together (%(default)g)"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--engine", choices=ENGINES, default=best)
    parser.add_argument("--out", type=Path, default=ROOT / ".build" / "fuzz", help="folder (%(default)s)")
    parser.add_argument(
        "--replay", type=Path, metavar="FILE", help="an input to put once more; needs --target"
    )
    options = parser.parse_args(arguments)
    if options.replay is not None and len(options.target or ()) != 1:
        parser.error("--replay needs one --target")
    if options.engine != best and options.engine == ENGINES[0]:
        parser.error("atheris is not installed: pip install -e '.[fuzz]', or --engine random")
    return options


def _done(share: Share, state: State) -> tuple[int, int] | None:
    """Do a share, in a new process after one that an input has ended; the coverage that was reached."""
    begun, end, reached = int(state.counts[0]), time.monotonic() + share.seconds, None
    for attempt in range(MOST_ENDED):
        put, left = int(state.counts[0]) - begun, end - time.monotonic()
        if put >= share.inputs or left <= 0:
            break
        rest = replace(share, inputs=share.inputs - put, seconds=left, seed=share.seed + 1000 * attempt)
        code, told = _process(rest, state)
        reached = next(((int(m[1]), int(m[2])) for m in reversed(list(COVERAGE.finditer(told)))), reached)
        if not death(code):
            break
        if not state.current.exists():
            raise RuntimeError(f"the process ended with {code} before any input: {told[-1000:]}")
        state.tell(
            "time" if "hangs" in death(code) else "ended", death(code), f"{code}", state.current.read_bytes()
        )
    return reached


def _process(share: Share, state: State) -> tuple[int, str]:
    """The exit code of a process, and what it told."""
    words = (share.target, share.engine, share.inputs, share.seconds, share.seed)
    log = state.folder / "log"
    with log.open("wb") as file:
        result = subprocess.run(
            [sys.executable, str(WORKER), str(state.folder), *map(str, words)],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            check=False,
        )
    return result.returncode, log.read_text(errors="replace")


def _replayed(file: Path, name: str) -> int:
    """Put one input, and tell what is wrong with it."""
    target = TARGETS[name]
    with tempfile.TemporaryDirectory() as folder:
        complaint = Judge(Path(folder)).complaint(
            target.answer, file.read_bytes(), target.file, target.writes, target.beside()
        )
    print(
        "answered or refused as it should be" if complaint is None else f"{complaint.rule}: {complaint.what}"
    )
    return int(complaint is not None)


if __name__ == "__main__":
    sys.exit(main())

"""This version beside an earlier commit: `odekit verify` by turns, and each version's own tests once."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

__all__ = ["compare_with"]

ROOT = Path(__file__).resolve().parents[1]
VERIFY = ("-c", "from odekit.cli import main; main()", "verify")
SUITE = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
TURNS = 3


def compare_with(revision: str, *, quick: bool = False) -> str:
    """A table of seconds here, seconds there and their ratio.

    Parameters
    ----------
    revision: what git calls the earlier commit.
    quick: `odekit verify` once, and no tests.
    """
    with _checked_out(revision) as there:
        lines = [f"| | this version | {revision} | ratio |", "|---|---|---|---|"]
        verify: dict[Path, list[float]] = {ROOT: [], there: []}
        for _ in range(1 if quick else TURNS):
            for root, seconds in verify.items():
                seconds.append(_seconds(root, VERIFY))
        lines.append(_line("odekit verify, best of the turns", min(verify[ROOT]), min(verify[there])))
        if not quick:
            lines.append(_line("its tests", *(_seconds(root, SUITE) for root in (ROOT, there))))
    return "\n".join(lines)


@contextmanager
def _checked_out(revision: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "tree"
        _git("worktree", "add", "--detach", str(place), revision)
        try:
            yield place
        finally:
            _git("worktree", "remove", "--force", str(place))


def _git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True)


def _seconds(root: Path, arguments: Sequence[str]) -> float:
    """Wall-clock time of a Python process on one tree, which must end well."""
    reference = str(ROOT.parent / "shared" / "reference")
    environment = {"ODEKIT_REFERENCE": reference, **os.environ, "PYTHONPATH": str(root)}
    start = time.perf_counter()
    result = subprocess.run(
        [sys.executable, *arguments], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    took = time.perf_counter() - start
    if result.returncode not in (0, 1, 3):
        raise RuntimeError(f"{root}: {' '.join(arguments)}: {result.stdout[-2000:]}{result.stderr[-2000:]}")
    print(f"  {root}: {' '.join(arguments[:2])} {took:.1f} s, exit {result.returncode}", flush=True)
    return took


def _line(what: str, here: float, there: float) -> str:
    return f"| {what} | {here:.1f} s | {there:.1f} s | {here / there:.2f} |"

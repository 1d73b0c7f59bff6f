"""Sweeps from the shell: their options, progress, what was damaged, and an end from which they can go on."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

import click

from odekit.cli.output import Progress, progress, tell
from odekit.cli.stops import SIGNALS, stopping
from odekit.outcomes import ExitCode

if TYPE_CHECKING:
    from odekit.sweeps import State

__all__ = ["run_options", "run_resumably", "tell_damage"]

R = TypeVar("R")


def run_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--scheduler ADDRESS``, ``--workers N`` and ``--retry-failed``."""
    address = "Of a running Dask scheduler. Default: this machine."
    count = "Processes on this machine. Default: its processors."
    again = "Compute cells again that failed."
    function = click.option("--retry-failed", is_flag=True, help=again)(function)
    function = click.option("--workers", type=int, metavar="N", help=count)(function)
    return click.option("--scheduler", metavar="ADDRESS", help=address)(function)


def run_resumably(total: int, run: Callable[..., R]) -> R:
    """Run a sweep with a bar; Ctrl-C ends it in good order, and a message says how to go on.

    Parameters
    ----------
    total: number of cells.
    run: called with ``on_progress`` and ``is_stopped``.
    """
    from odekit.errors import StoppedEarly

    stopped: list[str] = []
    try:
        with stopping(stopped.append), progress(total) as told:
            return run(on_progress=_Teller(told), is_stopped=lambda: bool(stopped))
    except StoppedEarly as error:
        tell(f"{error}", err=True)
        raise click.exceptions.Exit(SIGNALS[stopped[0]] if stopped else ExitCode.OPEN) from None


def tell_damage(state: State, json_file: str | None) -> None:
    """Tell which files were not what was written, if any."""
    if state.damaged:
        keys = ", ".join(key[:12] for key in state.damaged[:10])
        more = f" and {len(state.damaged) - 10:,} more" if len(state.damaged) > 10 else ""
        tell(f"Damaged files were found, and their cells computed again: {keys}{more}.", json_file, err=True)


class _Teller:
    """Tells of a sweep how many cells it has, how many failed, and how many a second it computes."""

    def __init__(self, told: Progress) -> None:
        self._told, self._start = told, monotonic()

    def __call__(self, state: State) -> None:
        """Tell of a state."""
        rate = state.done / max(monotonic() - self._start, 1e-9)
        parts = [f"{rate:.3g} cells/s"] if state.done else []
        parts += [f"{state.kept:,} kept"] if state.kept else []
        parts += [f"{state.failed:,} failed"] if state.failed else []
        self._told.reach(state.kept + state.done, ", ".join(parts))

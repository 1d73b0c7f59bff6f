"""explore: a page on which a reader moves parameters and the start of a system, and sees what it does."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from odekit.arguments import path_of, text_of
from odekit.errors import InputError, shown
from odekit.files import check_writable, write_text
from odekit.report.explorer.assembly import assembled
from odekit.report.explorer.beginning import chosen_values, end_time, finite, first_parameters, first_start
from odekit.report.explorer.labels import label
from odekit.report.explorer.model import Beginning
from odekit.report.explorer.opened import opened
from odekit.systems import System

__all__ = ["explore"]

# A matrix of the implicit method has the square of so many entries, and the page a line of controls for each.
MOST_STATES = 64
_NAMED = 4  # states in a title
# So many times the time in which the start changes, and the logarithm of time shows more.
SLOW = 100.0
LARGEST_PAGE = 1_000_000  # bytes


def explore(
    system: System | str | os.PathLike[str],
    path: str | os.PathLike[str],
    *,
    start: Mapping[str, float] | None = None,
    parameters: Mapping[str, float] | None = None,
    t_end: float | None = None,
    title: str | None = None,
) -> Path:
    """Write one HTML page that integrates a system in the reader's browser and draws what it does.

    The page holds everything and asks no host for anything. It integrates with the methods of `odekit.solve`
    (DOP853, and Rodas5P where the flow turns out stiff) to a relative tolerance of 1e-9, shows trajectories,
    the phase portrait of two states, the drift of the first integrals and batches of random starts, and puts
    what is chosen into its address, for a link.

    Parameters
    ----------
    system: a `System`, or the path of a TOML file as `odekit.system` takes it, whose parameters are free on
        the page and start from the file's values.
    path: of the page.
    start: value by state; the others start at numbers of size 1, magnitudes beside phases at small ones.
    parameters: value by parameter; the others are 1, whole ones 7, or what the file says.
    t_end: last time, positive; chosen from the speed at the start where omitted.
    title: of the page; by default, or where empty, the file's name, or what the system is.

    Returns
    -------
    path: of the page.

    Raises
    ------
    InputError: something else than a system, more than 64 states, a page of more than 1 MB, or a value that
        is no finite number, or a positive state that starts at 0 or below.
    UnknownNameError: a state or parameter that doesn't exist.
    ReductionError: an integral, or a function that JavaScript doesn't have.
    FileError: a file that can't be read, or a place that can't be written.

    Examples
    --------
    >>> import odekit, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     odekit.explore(odekit.system("x' = y; y' = -x"), f"{folder}/circle.html").name
    'circle.html'
    """
    place = check_writable(path_of(path, "the page"))
    flow, values, name = _read(system, place)
    if len(flow.states) > MOST_STATES:
        raise InputError(
            "the system is too large for a page with a control for each state",
            expected=f"at most {MOST_STATES} states",
            received=f"{len(flow.states)}",
            hint="a subsystem, by System.restrict or odekit.reduce",
        )
    beginning = _beginning(flow, start, {**first_parameters(flow), **values}, parameters, t_end)
    told = "" if title is None else text_of(title, "the title").strip()
    page = assembled(flow, beginning, told or name)
    size = len(page.encode())
    if size > LARGEST_PAGE:
        raise InputError(
            "the equations are too long for a page",
            expected=f"a page of at most {LARGEST_PAGE} bytes",
            received=f"{size} bytes",
            hint="fewer modes, or a subsystem",
        )
    return write_text(place, page)


def _read(system: Any, place: Path) -> tuple[System, Mapping[str, float], str]:
    """The system, the values that its file gives, and a title; the page's place is not the file's."""
    if isinstance(system, System):
        return system, {}, _title(system)
    if not isinstance(system, str | os.PathLike):
        raise InputError(
            "there is no system to explore",
            expected="an odekit.System, or the path of a TOML file",
            received=shown(system),
            hint="odekit.system(\"x' = y; y' = -x\")",
        )
    file = path_of(system, "the system")
    if place.exists() and file.exists() and place.samefile(file):
        raise InputError(
            "the page would take the place of the system", expected="another path", received=str(place)
        )
    return *opened(file), file.stem


def _title(system: System) -> str:
    names = [label(state.name) for state in system.states]
    return f"Flow of {', '.join(names[:_NAMED])}{', ...' if len(names) > _NAMED else ''}"


def _beginning(
    system: System,
    start: Mapping[str, float] | None,
    values: Mapping[str, float],
    parameters: Mapping[str, float] | None,
    t_end: float | None,
) -> Beginning:
    y = chosen_values("state", start, first_start(system))
    p = chosen_values("parameter", parameters, values)
    for symbol in system.states:
        if (symbol.is_positive and y[symbol.name] <= 0.0) or (symbol.is_nonnegative and y[symbol.name] < 0.0):
            raise InputError(
                f"the state {symbol.name} starts where it can't be",
                expected="a positive number" if symbol.is_positive else "a number of at least 0",
                received=f"{y[symbol.name]}",
            )
    natural = end_time(system, list(y.values()), list(p.values()))
    end = natural if t_end is None else finite("the end time", t_end)
    if end <= 0.0:
        raise InputError("the end time is not positive", expected="a positive number", received=f"{end}")
    return Beginning(y, p, end, is_slow=end > SLOW * natural)

"""Every place where odekit reads what somebody else made: the targets of the fuzzer.

A `Target` answers a file by one function, which returns, or raises an error of odekit's own. Symbolic work is
bounded as a caller bounds it who reads what strangers send.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib.font_manager  # noqa: F401 - lists the user's fonts when it is first loaded, whatever is drawn
import numpy as np
import seeds
from click.testing import CliRunner
from mutations import of_archives, of_bytes, of_lines, of_tables, of_text
from words import cheap

import odekit
from odekit import sweeps
from odekit.claims.own import claims_in
from odekit.cli.program import program
from odekit.errors import OdekitError
from odekit.groups import load_table
from odekit.simulation import Run, load_weights
from odekit.sweeps.store import decoded_record

__all__ = ["TARGETS", "Target"]

# What a caller allows who reads what strangers send: below the judge's limits, for reading and answering.
SECONDS, GIGABYTES = 2.0, 0.5
# Of a run of so many numbers questions are asked as well; larger ones take as long as they are large.
ASKED = 20_000
LAST_CODE = 3  # inconclusive

Generator = np.random.Generator


@dataclass(frozen=True)
class Target:
    """A door, and what comes to it.

    Parameters
    ----------
    name: for the command line.
    file: name of the input's file.
    answer: reads the file at a path, and asks what can be asked of it.
    seeds: contents to begin with.
    mutate: a content with one thing changed that its format knows; it may raise on what has no such format.
    writes: whether files in the input's folder may be written.
    beside: files that lie there, by name.
    """

    name: str
    file: str
    answer: Callable[[Path], None]
    seeds: Callable[[Generator], Iterator[bytes]]
    mutate: Callable[[bytes, Generator], bytes]
    writes: bool = False
    beside: Callable[[], Mapping[str, bytes]] = dict


class Broken(Exception):
    """A call of the program that ended as none should."""


def read_run(path: Path) -> None:
    """A run, and the modes of its weights."""
    for read in (odekit.load_run, load_weights):
        with suppress(OdekitError):
            _ = odekit.project(read(path))


def read_cell(path: Path) -> None:
    """A finished cell of a sweep."""
    _ = decoded_record(path.read_bytes(), path.stem).rows


def ask_run(path: Path) -> None:
    """A run, and what can be foretold of it and said for it."""
    _ask(odekit.load_run(path))


def read_table(path: Path) -> None:
    """A multiplication table, and the order of its elements."""
    _ = load_table(path).element_orders


def read_trajectory(path: Path) -> None:
    """A record of any model."""
    _ = repr(odekit.load_trajectory(path))


def read_system(path: Path) -> None:
    """An ODE in a file."""
    with _bounded():
        _ = str(odekit.system(path))


def read_checks(path: Path) -> None:
    """Lines against a derivation, as the command puts them."""
    with _bounded():
        _ = odekit.check(path).to_json()


def read_claims(path: Path) -> None:
    """Claims in a file."""
    with _bounded():
        _ = claims_in(path)


def read_plan(path: Path) -> None:
    """A plan of a sweep, and its first and last cell."""
    with _bounded():
        plan = sweeps.read_plan(path)
        _ = [plan.cell(place).key for place in (0, len(plan) - 1)]


def read_formula(path: Path) -> None:
    """Equations as text."""
    with _bounded():
        _ = str(odekit.system(_text(path)))


def read_activation(path: Path) -> None:
    """A network's activation, and its task."""
    text = _text(path)
    for named in ({"activation": text}, {"task": text}):
        with suppress(OdekitError), _bounded():
            _ = odekit.Network("Z5", neurons=2, **named).description()


def call_program(path: Path) -> None:
    """The program, called with a word a line; no system can hand over a zero byte in one."""
    words = cheap(_text(path).replace("\0", "").split("\n"))
    if words is None:
        return
    result = CliRunner().invoke(program, words, prog_name="odekit")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    complaints = [sign for sign in ("Traceback", "odekit broke") if sign in result.stderr]
    if not 0 <= result.exit_code <= LAST_CODE or complaints:
        raise Broken(f"odekit {' '.join(map(ascii, words))}: exit {result.exit_code}: {result.stderr[-300:]}")


def _ask(run: Run) -> None:
    if sum(array.size for array in run.weights.values()) > ASKED:
        return
    for question in (odekit.predict, odekit.compare):
        with suppress(OdekitError):
            question(run)


def _bounded() -> Any:
    return odekit.limit(seconds=SECONDS, gigabytes=GIGABYTES)


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "surrogateescape")


# Another door is one more line.
_ALL = (
    Target("runs", "run.npz", read_run, seeds.runs, of_archives),
    Target("tensors", "run.safetensors", read_run, seeds.tensors, of_bytes),
    Target("cells", f"{seeds.KEY}.json", read_cell, seeds.cells, of_bytes),
    Target("answers", "run.npz", ask_run, seeds.runs, of_archives),
    Target("tables", "table.npz", read_table, seeds.tables, of_tables),
    Target("trajectories-npz", "record.npz", read_trajectory, seeds.archived_records, of_archives),
    Target("trajectories-csv", "record.csv", read_trajectory, seeds.written_records, of_lines),
    Target("trajectories-parquet", "record.parquet", read_trajectory, seeds.parquet_records, seeds.parquet),
    Target("systems", "system.toml", read_system, seeds.systems, of_text),
    Target("checks", "draft.toml", read_checks, seeds.checks, of_text),
    Target("claims", "mine.toml", read_claims, seeds.claims, of_text),
    Target("plans", "plan.toml", read_plan, seeds.plans, of_text),
    Target("formulas", "formula.txt", read_formula, seeds.formulas, of_text),
    Target("activations", "activation.txt", read_activation, seeds.activations, of_text),
    Target(
        "program", "words.txt", call_program, seeds.calls, seeds.recalled, writes=True, beside=seeds.beside
    ),
)
TARGETS: Mapping[str, Target] = {target.name: target for target in _ALL}

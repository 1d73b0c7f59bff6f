"""Where a command's results go: text to whoever reads, JSON to a program, progress to standard error."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from odekit.cli.options import JSON_STREAM, STANDARD_OUTPUT
from odekit.text import visible

if TYPE_CHECKING:
    from odekit.report import Table

__all__ = ["Progress", "progress", "say", "say_list", "say_report", "show_table", "tell", "write_json"]

WIDTH = 80  # columns where no terminal tells its own
HANGING = 2  # what is folded goes on so many columns further in


def say(text: str, json_file: str | None = None) -> None:
    """Print text as it is, to standard error where standard output is for JSON."""
    click.echo(text, err=json_file == STANDARD_OUTPUT)


def tell(text: str, json_file: str | None = None, err: bool = False) -> None:
    """Print prose, its lines folded between words; to standard error where asked, or where JSON is not."""
    click.echo(_folded(visible(text), _width()), err=err or json_file == STANDARD_OUTPUT)


def say_report(text: str, json_file: str | None = None) -> None:
    """Print prose and formulas: folded between words and terms on a screen, whole lines for a program."""
    is_seen = sys.stdout.isatty() or "COLUMNS" in os.environ
    say(_folded(text, _width()) if is_seen else text, json_file)


def say_list(title: str, lines: Sequence[str], json_file: str | None = None) -> None:
    """Print paragraphs under a title, folded to the width of a table; nothing if there are none."""
    if lines:
        folded = [click.wrap_text(line, _width(), "  ", "    ") for line in lines]
        say("\n".join(["", f"{title}:", *folded]), json_file)


def show_table(table: Table, json_file: str | None = None) -> None:
    """Print a table as wide as the terminal, or 80 columns where there is none."""
    from odekit.report import terminal_table

    say(terminal_table(table, _width()), json_file)


def write_json(value: Any, json_file: str | None) -> None:
    """Write a value as strict JSON to the file that was asked for, if one was."""
    if json_file is None:
        return
    from odekit.files import write_text
    from odekit.json_text import strict_json

    text = strict_json(value)
    if json_file == STANDARD_OUTPUT:
        click.echo(text, click.get_current_context().meta[JSON_STREAM], nl=False)
    else:
        write_text(json_file, text)


def _width() -> int:
    return shutil.get_terminal_size((WIDTH, 24)).columns


def _folded(text: str, width: int) -> str:
    """Text with lines no longer than ``width``, but for words that are; spaces within a line are kept."""
    return "\n".join(_folded_line(line, width) for line in text.splitlines())


def _folded_line(line: str, width: int) -> str:
    if len(line) <= width:
        return line
    indent = line[: len(line) - len(line.lstrip())]
    further = indent + " " * HANGING
    # No hyphen is a place to fold: it may be a minus sign, or part of a file's name.
    words = textwrap.TextWrapper(
        width, indent, further, replace_whitespace=False, break_long_words=False, break_on_hyphens=False
    )
    return words.fill(line.strip())


class Progress:
    """What is under way, told on standard error: on a terminal a live line with the
    time left, elsewhere a line for each step.

    Parameters
    ----------
    begin: called with a title when a step begins.
    end: called with the line to keep when it has ended.
    reach: called with how many steps are done and a title, where steps are too many for a line each; off a
        terminal a line tells of every further tenth.
    """

    def __init__(
        self, begin: Callable[[str], None], end: Callable[[str], None], reach: Callable[[int, str], None]
    ) -> None:
        self.begin = begin
        self.end = end
        self.reach = reach


@contextmanager
def progress(total: int) -> Iterator[Progress]:
    """Tell of ``total`` steps while the block runs."""
    if not sys.stderr.isatty():
        yield Progress(lambda title: None, _keep_line, _tenths(total))
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    titled: Sequence[Any] = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn())
    clocks: Sequence[Any] = (TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    with Bar(*titled, MofNCompleteColumn(), *clocks, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)

        def reach(done: int, title: str) -> None:
            # What was done before says nothing of the time left.
            begun = bar.tasks[task].completed > 0
            (bar.update if begun else bar.reset)(task, completed=done, description=title)

        yield Progress(
            lambda title: bar.update(task, description=title), lambda line: bar.advance(task), reach
        )


def _keep_line(line: str) -> None:
    click.echo(visible(line), err=True)


def _tenths(total: int) -> Callable[[int, str], None]:
    """Tell of each further tenth of the steps."""
    told = [-1]

    def reach(done: int, title: str) -> None:
        tenth = 10 * done // max(total, 1)
        if tenth > told[0]:
            told[0] = tenth
            _keep_line(": ".join(filter(None, [f"{done:,} of {total:,}", title])))

    return reach

"""A progress bar with the time left, for whatever takes long: on a terminal, or in a notebook.

Elsewhere, where each stroke would be one more line of a log, nothing is shown.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from time import monotonic

from odekit.extras import on_first_use

__all__ = ["progress_bar"]

# Seconds between two pictures of a bar in a notebook; more of them would only fill the wire.
BETWEEN = 0.2
# Of a bar nothing is known before so much is done.
SOME = 0.005

Advance = Callable[[float], None]


@contextmanager
def progress_bar(title: str, total: float, shown: bool) -> Iterator[Advance]:
    """Show a bar on standard error or below a notebook's cell; the function it yields takes the amount done.

    Parameters
    ----------
    title: what is under way.
    total: the amount at the end.
    shown: whether to show one, where it can be seen.
    """
    if shown and _is_notebook():
        with _notebook_bar(title, total) as advance:
            yield advance
    elif shown and sys.stderr.isatty():
        with _terminal_bar(title, total) as advance:
            yield advance
    else:
        yield lambda done: None


def _is_notebook() -> bool:
    """Whether a Jupyter kernel runs this; nothing is loaded to find out."""
    jupyter, kernel = sys.modules.get("IPython"), sys.modules.get("ipykernel.zmqshell")
    if jupyter is None or kernel is None:
        return False
    return isinstance(jupyter.get_ipython(), kernel.ZMQInteractiveShell)


@contextmanager
def _terminal_bar(title: str, total: float) -> Iterator[Advance]:
    console = on_first_use("rich.console").Console(stderr=True)
    with on_first_use("rich.progress").Progress(console=console, transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield lambda done: progress.update(task, completed=done)


@contextmanager
def _notebook_bar(title: str, total: float) -> Iterator[Advance]:
    """A bar of HTML alone, which needs no widgets, and gives way to nothing when the block has ended."""
    display = on_first_use("IPython.display")
    started = drawn = monotonic()
    handle = display.display(display.HTML(bar_html(title, 0.0, 0.0)), display_id=True)

    def advance(done: float) -> None:
        nonlocal drawn
        now = monotonic()
        if now - drawn >= BETWEEN:
            drawn = now
            handle.update(display.HTML(bar_html(title, done / total, now - started)))

    try:
        yield advance
    finally:
        handle.update(display.HTML(""))


def bar_html(title: str, share: float, seconds: float) -> str:
    """A bar with the share that is done, and the time left if it goes on as it went.

    >>> bar_html("flow", 0.25, 10.0).removeprefix("<progress ")
    'value="0.25" aria-label="flow"></progress> flow: 25 %, 30 s left'
    """
    share = min(max(share, 0.0), 1.0)
    left = f", {time_text(seconds * (1 / share - 1))} left" if share > SOME else ""
    name = escape(title)
    return f'<progress value="{share:g}" aria-label="{name}"></progress> {name}: {100 * share:.0f} %{left}'


def time_text(seconds: float) -> str:
    """A duration, rounded up to what a person waits for.

    >>> time_text(4.2), time_text(61.0), time_text(7300.0)
    ('5 s', '2 min', '2 h 2 min')
    """
    whole = -int(-seconds // 1)
    if whole < 60:
        return f"{whole} s"
    minutes = -(-whole // 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"

"""A progress bar on the terminal, for whatever takes long.

What enters is a title and a total, what leaves is a function to call with how much is done. Rich is loaded
only if a bar is wanted. This module must not know what progresses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress_bar"]


@contextmanager
def progress_bar(title: str, total: float, shown: bool) -> Iterator[Callable[[float], None]]:
    """Show a bar on standard error; the function it yields takes the amount done so far."""
    if not shown:
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield lambda done: progress.update(task, completed=done)

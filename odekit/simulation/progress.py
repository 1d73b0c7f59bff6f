"""A progress bar on the terminal, for whatever takes long."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from odekit.extras import on_first_use

__all__ = ["progress_bar"]


@contextmanager
def progress_bar(title: str, total: float, shown: bool) -> Iterator[Callable[[float], None]]:
    """Show a bar on standard error; the function it yields takes the amount done so far."""
    if not shown:
        yield lambda done: None
        return
    console = on_first_use("rich.console").Console(stderr=True)
    with on_first_use("rich.progress").Progress(console=console, transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield lambda done: progress.update(task, completed=done)

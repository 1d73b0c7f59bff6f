"""Equations as lines of text: ``x' = x*(1 - y)``, or ``x[i]' = -x[i] for i in 1..n``."""

import re

from odekit.errors import InputError

__all__ = ["equations_of_text"]

_LINE = re.compile(
    r"\s*(?:d(?P<of>[^\s/]+)/d(?P<by>\w+)|(?P<named>[^=]+?)')\s*=(?!=)(?P<formula>.+)", re.DOTALL
)
_LOOPS = re.compile(r"(?P<formula>.*?)(?P<loops>\s+for\s+\w+\s+in\s[^()]*)", re.DOTALL)


def equations_of_text(text: str, time: str = "t") -> dict[str, str]:
    """The velocity of each state, by what stands on the left of ``'`` or in ``dx/dt``.

    Parameters
    ----------
    text: equations apart by line ends or semicolons; what follows a ``#`` is a remark.
    time: what time is called.

    Raises
    ------
    InputError: a line that is no equation, a derivative by something else than time, or two of one state.

    >>> equations_of_text("x' = y; dy/dt = -x  # a circle")
    {'x': 'y', 'y': '-x'}
    >>> equations_of_text("x[i]' = sum(x[j] for j in 1..3) for i in 1..3")
    {'x[i] for i in 1..3': 'sum(x[j] for j in 1..3)'}
    """
    found: dict[str, str] = {}
    lines = [part for line in text.splitlines() for part in line.partition("#")[0].split(";")]
    for line in filter(str.strip, lines):
        match = _LINE.fullmatch(line)
        if match is None:
            raise InputError(
                f"the line {line.strip()[:60]!r} is no equation",
                expected="x' = ..., or dx/dt = ...",
                hint="one equation on a line, or a mapping from states to velocities",
            )
        if match["by"] not in (None, time):
            raise InputError(
                f"the line {line.strip()[:60]!r} holds a derivative by {match['by']}",
                expected=f"derivatives by time, which is called {time}",
                hint=f'time="{match["by"]}" if that is time; otherwise an equation of each in time',
            )
        state, formula = (match["of"] or match["named"]).strip(), match["formula"].strip()
        loops = _LOOPS.fullmatch(formula)
        if loops is not None:
            state, formula = state + loops["loops"], loops["formula"].strip()
        if state in found:
            raise InputError(
                f"{state!r} has two equations", expected="one equation for each state", received=line.strip()
            )
        found[state] = formula
    return found

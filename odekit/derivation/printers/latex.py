"""A system that was derived from a network as LaTeX."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import sympy as sp

from odekit.systems import System
from odekit.systems.printers import latex_block, latex_comments

__all__ = ["network_latex"]


def network_latex(
    system: System,
    *,
    comments: bool,
    names: Mapping[sp.Symbol, str] = MappingProxyType({}),
    notes: Sequence[str] = (),
    block: str | None = None,
) -> str:
    """Energy, definitions and equations as an aligned block, below comments that say where it holds.

    Parameters
    ----------
    system: in modes.
    comments: whether conditions, leaks and notes stand above the block.
    names: LaTeX of symbols that are not written by their own names.
    notes: further comments.
    block: what stands there instead of the system's own equations.
    """
    block = latex_block(system, names) if block is None else block
    if not comments:
        return block
    leaks = [f"{name} at {', '.join(labels)}" for name, labels in system.leaks.items() if labels]
    closed = "% closed" if system.closed else f"% not closed, leaks: {'; '.join(leaks)}"
    return "\n".join([*latex_comments(system), *notes, closed, f"% {system.answers.clock(system)}", block])

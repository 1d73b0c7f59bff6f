"""CompiledSystem: a system with its right-hand side as a function on numbers or arrays."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from odekit.systems import System

__all__ = ["CompiledSystem", "RightHandSide"]

RightHandSide = Callable[[Any, Any, Any, Any], None]


@dataclass(frozen=True, eq=False)
class CompiledSystem:
    """A system whose right-hand side is compiled for one backend.

    Parameters
    ----------
    system: the symbolic system that it came from.
    backend: "numpy", "numba", "mpmath" or "jax".
    states, parameters: names, in the order of the rows of ``y`` and ``p``.
    rhs: ``rhs(t, y, p, out)`` writes y' into ``out`` and returns nothing. On numpy and numba ``t`` is
        (batch,), ``y`` and ``out`` are (state, batch), ``p`` is (parameter, batch), all float64; on mpmath it
        takes one trajectory, a number and three sequences. On jax ``out`` may be a list.
    source: text of the function, for the curious.
    kernel: on numba and jax the compiled integrator of the whole batch, which `solve` calls; None elsewhere.
    method: the stepping method that it was compiled for, "dop853", "taylor" or "rodas5p".
    series: for the Taylor method on numpy, ``series(t, y, p, s)``, the coefficients in ``(t - t_old) / s``;
        None elsewhere.
    linearisation: for rodas5p, the velocities with their exact Jacobian; None elsewhere.
    """

    system: System
    backend: str
    states: tuple[str, ...]
    parameters: tuple[str, ...]
    rhs: RightHandSide
    source: str
    kernel: Callable[..., Any] | None = None
    method: str = "dop853"
    series: Callable[..., Any] | None = None
    linearisation: Any = None

    def __repr__(self) -> str:
        return f"CompiledSystem({self.backend}: {', '.join(self.states)}; {', '.join(self.parameters)})"

"""A symbolic system becomes a function that computers can evaluate.

What enters is a system with SymPy expressions, what leaves is a `CompiledSystem`: the right-hand side for
one backend and the order of its states and parameters. Neither step sizes nor initial values are known here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from odekit.errors import InputError

__all__ = ["BACKENDS", "CompiledSystem", "compile"]

BACKENDS = ("numpy", "numba", "mpmath")

RightHandSide = Callable[[Any, Any, Any, Any], None]


@dataclass(frozen=True, eq=False)
class CompiledSystem:
    """A system whose right-hand side is compiled for one backend.

    Parameters
    ----------
    system: the symbolic system that it came from.
    backend: "numpy", "numba" or "mpmath".
    states, parameters: names, in the order of the rows of ``y`` and ``p``.
    rhs: ``rhs(t, y, p, out)`` writes y' into ``out`` and returns nothing. On numpy and numba ``t`` is
        (batch,), ``y`` and ``out`` are (state, batch), ``p`` is (parameter, batch), all float64; on mpmath it
        takes one trajectory, a number and three sequences.
    source: text of the function, for the curious.
    kernel: on numba the compiled integrator of the whole batch, which `solve` calls; None elsewhere.
    """

    system: Any
    backend: str
    states: tuple[str, ...]
    parameters: tuple[str, ...]
    rhs: RightHandSide
    source: str
    kernel: Callable[..., None] | None = None

    def __repr__(self) -> str:
        return f"CompiledSystem({self.backend}: {', '.join(self.states)}; {', '.join(self.parameters)})"


def compile(system: Any, backend: str = "numpy") -> CompiledSystem:
    """Right-hand side of a system as code for one backend.

    Parameters
    ----------
    system: a `ReducedSystem`, or anything with its states, parameters, vector_field and definitions. The
        symbol ``t`` in the vector field is time unless a state or parameter bears that name. Or a
        `LiftedSystem`, whose equations are in blocks.
    backend: "numpy" (arrays over a batch), "numba" (machine code for the whole integration; compiling takes
        seconds, once a machine) or "mpmath" (any precision, one trajectory a call). Blocks: numpy only.

    Raises
    ------
    InputError: the backend isn't one of these, or is mpmath for a system in blocks.
    InputError: the vector field holds a symbol that is neither state, parameter nor definition.
    InputError: the backend is "numba", and numba isn't installed or can't compile the vector field.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> import numpy as np, sympy
    >>> x, r = sympy.symbols("x r")
    >>> growth = SimpleNamespace(states=(x,), parameters=(r,), vector_field=(r * x,), definitions={})
    >>> out = np.empty((1, 2))
    >>> compile(growth).rhs(np.zeros(2), np.array([[1.0, 2.0]]), np.array([[3.0, 3.0]]), out)
    >>> out.tolist()
    [[3.0, 6.0]]
    """
    if backend not in BACKENDS:
        raise InputError(f"the backend {backend!r} isn't available", expected=f"one of {', '.join(BACKENDS)}")
    generate = _in_blocks if hasattr(system, "stacks") else _generated
    function, source = generate(system, backend)
    return CompiledSystem(
        system=system,
        backend=backend,
        states=tuple(symbol.name for symbol in system.states),
        parameters=tuple(symbol.name for symbol in system.parameters),
        rhs=function,
        source=source,
        kernel=_kernel(system) if backend == "numba" else None,
    )


def _generated(system: Any, backend: str) -> tuple[RightHandSide, str]:
    from odekit.solvers.compile_code import generate

    return generate(system, "mpmath" if backend == "mpmath" else "numpy")


def _in_blocks(system: Any, backend: str) -> tuple[RightHandSide, str]:
    from odekit.solvers.compile_blocks import block_rhs

    if backend != "numpy":
        raise InputError(
            f"the backend {backend!r} has no matrices", expected='backend="numpy" for a system in blocks'
        )
    return block_rhs(system), str(system)


def _kernel(system: Any) -> Callable[..., None]:
    from odekit.solvers.compile_scalar import scalar_code
    from odekit.solvers.lane_code import kernel_source
    from odekit.solvers.lane_kernel import load_kernel

    return load_kernel(kernel_source(scalar_code(system)))

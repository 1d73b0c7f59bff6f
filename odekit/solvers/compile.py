"""A symbolic system becomes a function that computers can evaluate.

What enters is a system with SymPy expressions, what leaves is a `CompiledSystem`: the right-hand side for
one backend and the order of its states and parameters. Neither step sizes nor initial values are known here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from odekit.errors import InputError, UnknownNameError

__all__ = ["BACKENDS", "EXTRAS", "CompiledSystem", "compile"]

BACKENDS = ("numpy", "numba", "mpmath", "jax")
EXTRAS = "pip install 'odekit[fast]' brings numba, pip install 'odekit[jax]' brings jax"

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
    method: the stepping method that it was compiled for, "dop853" or "taylor".
    series: for the Taylor method on numpy, ``series(t, y, p, s)``, the coefficients in ``(t - t_old) / s``;
        None elsewhere.
    """

    system: Any
    backend: str
    states: tuple[str, ...]
    parameters: tuple[str, ...]
    rhs: RightHandSide
    source: str
    kernel: Callable[..., Any] | None = None
    method: str = "dop853"
    series: Callable[..., Any] | None = None

    def __repr__(self) -> str:
        return f"CompiledSystem({self.backend}: {', '.join(self.states)}; {', '.join(self.parameters)})"


def compile(system: Any, backend: str = "numpy", method: str = "dop853") -> CompiledSystem:
    """Right-hand side of a system as code for one backend and method.

    Parameters
    ----------
    system: a `ReducedSystem`, or anything with its states, parameters, vector_field and definitions. The
        symbol ``t`` in the vector field is time unless a state or parameter bears that name. Or a
        `LiftedSystem`, whose equations are in blocks.
    backend: "numpy" (arrays over a batch), "numba" (machine code for the whole integration; compiling takes
        seconds, once a machine), "mpmath" (any precision, one trajectory a call) or "jax" (the whole
        integration on what JAX runs on, in float64; compiling takes seconds, once a process and shape).
        Blocks: numpy only.
    method: "dop853", or "taylor" (polynomial vector fields, on numpy and numba; `solve` says more).

    Raises
    ------
    InputError: the method is "taylor", and the vector field isn't polynomial or the backend has no series.
    InputError: the backend isn't one of these, or isn't numpy for a system in blocks.
    InputError: the vector field holds a symbol that is neither state, parameter nor definition.
    InputError: the backend is "numba", and numba isn't installed or can't compile the vector field.
    InputError: the backend is "jax", and jax isn't installed.

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
        raise InputError(
            f"the backend {backend!r} isn't available", expected=f"one of {', '.join(BACKENDS)}", hint=EXTRAS
        )
    _check_method(system, backend, method)
    generate = _in_blocks if hasattr(system, "stacks") else _generated
    function, source = generate(system, backend)
    return CompiledSystem(
        system=system,
        backend=backend,
        states=tuple(symbol.name for symbol in system.states),
        parameters=tuple(symbol.name for symbol in system.parameters),
        rhs=function,
        source=source,
        kernel=_kernel(system, backend, source, method),
        method=method,
        series=_series(system) if (backend, method) == ("numpy", "taylor") else None,
    )


def _generated(system: Any, backend: str) -> tuple[RightHandSide, str]:
    if backend == "jax":
        return _in_jax(system)
    from odekit.solvers.codegen.expressions import generate

    return generate(system, "mpmath" if backend == "mpmath" else "numpy")


def _in_blocks(system: Any, backend: str) -> tuple[RightHandSide, str]:
    from odekit.solvers.codegen.blocks import block_rhs

    if backend != "numpy":
        raise InputError(
            f"the backend {backend!r} has no matrices", expected='backend="numpy" for a system in blocks'
        )
    return block_rhs(system), str(system)


def _in_jax(system: Any) -> tuple[RightHandSide, str]:
    from odekit.solvers.codegen.jax_source import jax_source
    from odekit.solvers.kernels.jax_kernel import load_rhs

    source = jax_source(system)
    return load_rhs(source), source


def _check_method(system: Any, backend: str, method: str) -> None:
    if method not in ("dop853", "taylor"):
        raise UnknownNameError("method", method, ("dop853", "taylor"))
    if method == "taylor" and (backend not in ("numpy", "numba") or hasattr(system, "stacks")):
        where = "in blocks" if hasattr(system, "stacks") else f"on {backend!r}"
        raise InputError(
            f"the Taylor method isn't available {where}",
            expected='backend="numpy" or "numba", and a system whose states are numbers',
            hint='method="dop853"',
        )


def _series(system: Any) -> Callable[..., Any]:
    from odekit.solvers.codegen.taylor import series_code
    from odekit.solvers.stepping.taylor_batch import series_function

    return series_function(series_code(system, "numpy"))


def _kernel(system: Any, backend: str, source: str, method: str) -> Callable[..., Any] | None:
    if backend == "numba":
        return _taylor_kernel(system) if method == "taylor" else _lane_kernel(system)
    if backend == "jax":
        from odekit.solvers.kernels.jax_kernel import load_kernel

        return load_kernel(source)
    return None


def _taylor_kernel(system: Any) -> Callable[..., None]:
    from odekit.solvers.codegen.taylor import series_code
    from odekit.solvers.kernels.numba_kernel import load_kernel
    from odekit.solvers.kernels.numba_taylor import taylor_kernel_source

    return load_kernel(taylor_kernel_source(series_code(system)))


def _lane_kernel(system: Any) -> Callable[..., None]:
    from odekit.solvers.codegen.scalar import scalar_code
    from odekit.solvers.kernels.numba_dop853 import kernel_source
    from odekit.solvers.kernels.numba_kernel import load_kernel

    return load_kernel(kernel_source(scalar_code(system)))

"""compile: turns a system into functions on numbers or arrays, for one backend and method."""

from collections.abc import Callable
from typing import Any

from odekit.arguments import chosen, expect
from odekit.errors import InputError, named
from odekit.solvers.codegen import (
    Linearisation,
    block_rhs,
    compile_expressions,
    compile_field,
    formulas_of,
    jax_source,
    linear_code,
    linearisation_of,
    scalar_code,
    series_code,
)
from odekit.solvers.kernels import (
    kernel_source,
    load_jax_kernel,
    load_jax_rhs,
    load_kernel,
    rosenbrock_kernel_source,
    taylor_kernel_source,
)
from odekit.solvers.problem import CompiledSystem, RightHandSide
from odekit.solvers.stepping import Series, series_function
from odekit.systems import System

__all__ = ["BACKENDS", "EXTRAS", "compile"]

BACKENDS = ("numpy", "numba", "mpmath", "jax")
_BACKENDS_OF = {"dop853": BACKENDS, "taylor": ("numpy", "numba"), "rodas5p": ("numpy", "numba")}
EXTRAS = "pip install 'odekit[fast]' brings numba, pip install 'odekit[jax]' brings jax"


def compile(system: System, backend: str = "numpy", method: str = "dop853") -> CompiledSystem:
    """Right-hand side of a system as code for one backend and method.

    Parameters
    ----------
    system: any. The symbol ``t`` in its vector field is time. Blocks are multiplied as matrices on numpy, and
        written out in their entries elsewhere.
    backend: "numpy" (arrays over a batch), "numba" (machine code for the whole integration; compiling takes
        seconds, once a machine), "mpmath" (any precision, one trajectory a call) or "jax" (the whole
        integration on what JAX runs on, in float64; compiling takes seconds, once a process and shape).
    method: "dop853", "taylor" (polynomial vector fields, on numpy and numba), or "rodas5p" (stiff flows, on
        numpy and numba); `solve` says more.

    Raises
    ------
    InputError: the method is "taylor", and the vector field isn't polynomial or the backend has no series.
    InputError: the method is "rodas5p", and the backend isn't numpy or numba or a derivative has no code.
    InputError: the backend isn't one of these.
    InputError: the backend is "numba", and numba isn't installed or can't compile the vector field.
    InputError: the backend is "jax", and jax isn't installed.

    Examples
    --------
    >>> import numpy as np, odekit
    >>> growth = odekit.system({"x": "r*x"}, parameters="r")
    >>> out = np.empty((1, 2))
    >>> compile(growth).rhs(np.zeros(2), np.array([[1.0, 2.0]]), np.array([[3.0, 3.0]]), out)
    >>> out.tolist()
    [[3.0, 6.0]]
    """
    expect(
        isinstance(system, System),
        "what to compile is no system",
        "a system, of odekit.derive, gradient_flow or system",
        system,
        'odekit.system({"x": "-x"})',
    )
    if not isinstance(backend, str) or backend not in BACKENDS:
        raise InputError(
            f"the backend {named(backend)} isn't available",
            expected=f"one of {', '.join(BACKENDS)}",
            hint=EXTRAS,
        )
    chosen("method", method, tuple(_BACKENDS_OF))
    if backend not in _BACKENDS_OF[method]:
        raise InputError(
            f"the method {method!r} isn't available on {backend!r}",
            expected=f"backend={' or '.join(map(repr, _BACKENDS_OF[method]))}",
            hint='method="dop853"',
        )
    rhs, source = _right_hand_side(system, backend)
    return CompiledSystem(
        system=system,
        backend=backend,
        states=tuple(symbol.name for symbol in system.states),
        parameters=tuple(symbol.name for symbol in system.parameters),
        rhs=rhs,
        source=source,
        kernel=_kernel(system, backend, source, method),
        method=method,
        series=_series(system) if (backend, method) == ("numpy", "taylor") else None,
        linearisation=linearisation_of(formulas_of(system))
        if (backend, method) == ("numpy", "rodas5p")
        else None,
    )


def _right_hand_side(system: System, backend: str) -> tuple[RightHandSide, str]:
    if system.blocks is not None and backend == "numpy":
        return block_rhs(system.blocks), str(system)
    if backend == "jax":
        source = jax_source(formulas_of(system))
        return load_jax_rhs(source), source
    if backend == "mpmath":
        return compile_expressions(formulas_of(system), "mpmath")
    return compile_field(formulas_of(system))


def _series(system: System) -> Series:
    return series_function(series_code(formulas_of(system), "numpy"))


def _linearisation(system: System) -> Linearisation:
    return linearisation_of(formulas_of(system))


def _kernel(system: System, backend: str, source: str, method: str) -> Callable[..., Any] | None:
    if backend == "jax":
        return load_jax_kernel(source)
    if backend != "numba":
        return None
    if method == "rodas5p":
        return load_kernel(rosenbrock_kernel_source(linear_code(formulas_of(system))))
    if method == "taylor":
        return load_kernel(taylor_kernel_source(series_code(formulas_of(system))))
    return load_kernel(kernel_source(scalar_code(formulas_of(system))))

"""How does a batch run as machine code? Integrators for Numba, as text, and for JAX."""

from odekit.solvers.kernels.jax_batch import integrate_in_jax
from odekit.solvers.kernels.jax_kernel import load_kernel as load_jax_kernel
from odekit.solvers.kernels.jax_kernel import load_rhs as load_jax_rhs
from odekit.solvers.kernels.numba_batch import integrate_in_lanes
from odekit.solvers.kernels.numba_dop853 import kernel_source
from odekit.solvers.kernels.numba_kernel import is_installed, load_function, load_kernel, thread_count
from odekit.solvers.kernels.numba_rodas5p import rosenbrock_kernel_source
from odekit.solvers.kernels.numba_taylor import taylor_kernel_source

__all__ = [
    "integrate_in_jax",
    "integrate_in_lanes",
    "is_installed",
    "kernel_source",
    "load_function",
    "load_jax_kernel",
    "load_jax_rhs",
    "load_kernel",
    "rosenbrock_kernel_source",
    "taylor_kernel_source",
    "thread_count",
]

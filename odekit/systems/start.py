"""Whether initial states lie on the constraint of a system.

What enters are a system and arrays; nothing leaves, or one error that names constraint and residual.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from odekit.errors import InputError

if TYPE_CHECKING:
    from odekit.systems.system import ReducedSystem

__all__ = ["check_start"]

FloatArray = NDArray[np.float64]
TOLERANCE = 1e-6


def check_start(system: ReducedSystem, y0: FloatArray, p: FloatArray) -> None:
    """Refuse the first trajectory whose residual is above 1e-6.

    Parameters
    ----------
    system: with its constraints.
    y0: (state, batch). p: (parameter, batch).

    Raises
    ------
    InputError: the constraint, the trajectory and the residual.
    """
    symbols = (*system.states, *system.parameters)
    for name, function in system.constraints.items():
        values = sp.lambdify(symbols, function, "numpy")(*y0, *p)
        residual = np.abs(np.broadcast_to(values, y0.shape[1]))
        violated = np.flatnonzero(residual > TOLERANCE)
        if violated.size:
            first = int(violated[0])
            raise InputError(
                f"the start violates the constraint {name} = 0",
                expected=f"a residual of at most {TOLERANCE:g}",
                received=f"{residual[first]:.6g} at trajectory {first}",
                hint="normalise the initial states",
            )

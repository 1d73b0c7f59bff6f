"""DOP853 as data, taken from SciPy: nodes, stage weights, error weights, dense-output weights.

Source: E. Hairer, S. P. Norsett, G. Wanner, "Solving Ordinary Differential Equations I: Nonstiff Problems",
second edition, sections II.5, II.6 (interpolant) and II.10 (estimators); the Fortran code DOP853.
"""

from dataclasses import dataclass

import numpy as np
from scipy.integrate import DOP853 as _METHOD

from odekit.arrays import FloatArray

__all__ = ["DOP853", "Tableau"]


@dataclass(frozen=True, eq=False)
class Tableau:
    """An explicit Runge-Kutta method: y_new = y + h sum_i b_i k_i, k_i = f(t + c_i h, y + h sum_j a_ij k_j).

    Parameters
    ----------
    nodes: (stages_extended,) float64, the c_i; those after entry ``stages`` serve the interpolant.
    rows: (stages_extended, stages_extended) float64, the a_ij, strictly lower, row ``stages`` being b.
    error_5, error_3: (stages,) float64, weights of the error estimators of orders 5 and 3.
    dense: (4, stages_extended) float64, weights of the upper four coefficients of the interpolant.
    stages: number of stages of the method itself.
    order: order of y_new.
    """

    nodes: FloatArray
    rows: FloatArray
    error_5: FloatArray
    error_3: FloatArray
    dense: FloatArray
    stages: int
    order: int

    @property
    def stages_extended(self) -> int:
        """Stages with those that only the interpolant needs."""
        return len(self.nodes)

    @property
    def weights(self) -> FloatArray:
        """The b_i, (stages,)."""
        return self.rows[self.stages, : self.stages]


def _frozen(values: FloatArray) -> FloatArray:
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


def _from_scipy() -> Tableau:
    stages, extended = _METHOD.n_stages, len(_METHOD.C) + 1 + len(_METHOD.C_EXTRA)
    rows = np.zeros((extended, extended))
    rows[:stages, :stages] = _METHOD.A
    rows[stages, :stages] = _METHOD.B
    rows[stages + 1 :] = _METHOD.A_EXTRA
    return Tableau(
        nodes=_frozen(np.concatenate([_METHOD.C, [1.0], _METHOD.C_EXTRA])),
        rows=_frozen(rows),
        error_5=_frozen(_METHOD.E5[:stages]),
        error_3=_frozen(_METHOD.E3[:stages]),
        dense=_frozen(_METHOD.D),
        stages=stages,
        order=_METHOD.order,
    )


DOP853 = _from_scipy()

"""The linear systems ``(d I - J) x = b`` of a step: dense on stacks of lanes, or sparse one by one."""

import functools
from collections.abc import Callable

import numpy as np
from scipy.sparse import csc_matrix
from scipy.sparse.linalg import splu

from odekit.arrays import FloatArray
from odekit.solvers.codegen import Linearisation

__all__ = ["Factoriser", "Solver", "factoriser", "most_together"]

Solver = Callable[[FloatArray], FloatArray]
Factoriser = Callable[[FloatArray, FloatArray], Solver]

# Of a larger system the matrices are dense where so many of the entries are set.
_SPARSE = 0.25
# Numbers in the matrices of lanes that step together: some tens of megabytes.
_NUMBERS = 1 << 22
_MOST_LANES = 4096


def most_together(states: int) -> int:
    """Lanes that step side by side; no result depends on it."""
    return max(1, min(_MOST_LANES, _NUMBERS // states**2))


@functools.lru_cache(maxsize=16)
def factoriser(linearisation: Linearisation) -> Factoriser:
    """The function ``factorise(d, entries)``, whose value solves for (state, lane) right-hand sides.

    ``d`` is (lane,) and ``entries`` (entry, lane), of the Jacobian. Where a matrix is singular or holds
    numbers that are not finite, the solution isn't finite. No lane depends on another one.

    Parameters
    ----------
    linearisation: which entries are set.
    """
    is_sparse = linearisation.is_large and len(linearisation.rows) < _SPARSE * linearisation.states**2
    return _sparse(linearisation) if is_sparse else _dense(linearisation)


def _dense(linearisation: Linearisation) -> Factoriser:
    n = linearisation.states
    places = linearisation.rows * n + linearisation.columns

    def factorise(d: FloatArray, entries: FloatArray) -> Solver:
        flat = np.zeros((len(d), n * n))
        flat[:, places] = -entries.T
        flat[:, :: n + 1] += d[:, None]
        matrices = flat.reshape(len(d), n, n)
        inverses = _inverted(matrices)

        def solve(b: FloatArray) -> FloatArray:
            """By the inverse, and once more for the residual: as accurate as by factors."""
            wanted = b.T[:, :, None]
            x = inverses @ wanted
            x += inverses @ (wanted - matrices @ x)
            return x[:, :, 0].T

        return solve

    return factorise


def _inverted(matrices: FloatArray) -> FloatArray:
    """The inverse of each matrix; NaN where it is singular."""
    try:
        return np.asarray(np.linalg.inv(matrices))
    except np.linalg.LinAlgError:
        if len(matrices) == 1:
            return np.full_like(matrices, np.nan)
        half = len(matrices) // 2
        return np.concatenate([_inverted(matrices[:half]), _inverted(matrices[half:])])


def _sparse(linearisation: Linearisation) -> Factoriser:
    n = linearisation.states
    diagonal = np.arange(n) * (n + 1)
    places, index = np.unique(
        np.concatenate([linearisation.columns * n + linearisation.rows, diagonal]), return_inverse=True
    )
    of_entries, of_diagonal = index[: len(linearisation.rows)], index[len(linearisation.rows) :]
    rows, starts = places % n, np.searchsorted(places, np.arange(n + 1) * n)

    def factors(d: float, entries: FloatArray) -> Solver | None:
        values = np.zeros(len(places))
        values[of_entries] = -entries
        values[of_diagonal] += d
        if not np.isfinite(values).all():
            return None
        try:
            return splu(csc_matrix((values, rows, starts), shape=(n, n))).solve
        except RuntimeError:
            return None

    def factorise(d: FloatArray, entries: FloatArray) -> Solver:
        each = [factors(d[lane], entries[:, lane]) for lane in range(len(d))]

        def solve(b: FloatArray) -> FloatArray:
            x = np.full_like(b, np.nan)
            for lane, solver in enumerate(each):
                if solver is not None:
                    x[:, lane] = solver(b[:, lane])
            return x

        return solve

    return factorise

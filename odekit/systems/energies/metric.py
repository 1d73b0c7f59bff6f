"""The metric of a user's gradient flow: read, and refused where it is not positive definite."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import sympy as sp

from odekit.errors import InputError, UnknownNameError
from odekit.systems.energies.variables import TIME, Variable
from odekit.systems.energies.vocabulary import Vocabulary

__all__ = ["read_metric"]

# Points that are tried; a smaller share of the largest eigenvalue is rounding, and its sign says nothing.
SAMPLES = 24
SMALLEST = 1e-12


def read_metric(metric: Any, vocabulary: Vocabulary) -> sp.ImmutableMatrix:
    """The metric as a matrix over the states.

    Parameters
    ----------
    metric: None for the identity; a mapping from variables or states to positive formulas; a sequence of one
        positive formula per state, the diagonal; or a symmetric matrix of formulas.
    vocabulary: the declared names.

    Raises
    ------
    InputError: a shape that does not fit, a state that is given twice, or a matrix that is not symmetric.
    InputError: an eigenvalue that is not positive, with the point where it was found: at points with states
        in (-1, 1), positive ones in (0, 1), and positive parameters.
    """
    size = len(vocabulary.states)
    if metric is None:
        return sp.ImmutableMatrix(sp.eye(size))
    if isinstance(metric, Mapping):
        rows = sp.diag(*_by_variable(metric, vocabulary))
    else:
        rows = _matrix(metric, size, vocabulary)
    _check_symmetric(rows)
    _check_positive(rows, vocabulary)
    return sp.ImmutableMatrix(rows)


def _by_variable(metric: Mapping[Any, Any], vocabulary: Vocabulary) -> list[sp.Expr]:
    entries: dict[sp.Symbol, sp.Expr] = {}
    for key, formula in metric.items():
        value = vocabulary.read_real(formula, f"the metric of {_name(key)}")
        for state in _states_of(_name(key), vocabulary):
            if state in entries:
                raise InputError(
                    f"the metric of {state} is given twice",
                    expected="a variable, or states of it that are not named again",
                    received=", ".join(map(_name, metric)),
                )
            entries[state] = value
    return [entries.get(state, sp.S.One) for state in vocabulary.states]


def _states_of(name: str, vocabulary: Vocabulary) -> tuple[sp.Symbol, ...]:
    owners = {
        **{s.name: (s,) for s in vocabulary.states},
        **{v.name: v.symbols for v in vocabulary.variables},
    }
    if name not in owners:
        raise UnknownNameError("variable in the metric:", name, owners)
    return owners[name]


def _name(key: Any) -> str:
    return key.name if isinstance(key, sp.Symbol | Variable) else str(key)


def _matrix(metric: Any, size: int, vocabulary: Vocabulary) -> sp.Matrix:
    entries = metric.tolist() if isinstance(metric, sp.MatrixBase | np.ndarray) else metric
    if not isinstance(entries, Sequence) or isinstance(entries, str) or len(entries) != size:
        raise _misshapen(size, f"{np.shape(metric)}")
    if not any(isinstance(row, Sequence) and not isinstance(row, str) for row in entries):
        return sp.diag(*(vocabulary.read_real(entry, "the metric") for entry in entries))
    if any(isinstance(row, str) or not isinstance(row, Sequence) or len(row) != size for row in entries):
        raise _misshapen(size, "rows of other lengths")
    return sp.Matrix([[vocabulary.read_real(entry, "the metric") for entry in row] for row in entries])


def _misshapen(size: int, received: str) -> InputError:
    return InputError(
        "the metric does not fit the states",
        expected=f"{size} positive formulas, or a symmetric matrix of shape ({size}, {size})",
        received=received,
    )


def _check_symmetric(rows: sp.Matrix) -> None:
    for i in range(rows.rows):
        for j in range(i):
            if sp.simplify(rows[i, j] - rows[j, i]) != 0:
                raise InputError(
                    "the metric is not symmetric",
                    expected=f"the same entry at ({i + 1}, {j + 1}) and ({j + 1}, {i + 1})",
                    received=f"{rows[i, j]} and {rows[j, i]}",
                )


def _check_positive(rows: sp.Matrix, vocabulary: Vocabulary) -> None:
    """Refuse the first eigenvalue that is not positive, at seeded points and at none if all is constant."""
    symbols = sorted(rows.free_symbols, key=str)
    generator = np.random.default_rng(0)
    values = sp.lambdify(symbols, rows, "numpy")
    for _ in range(SAMPLES if symbols else 1):
        point = [_sample(symbol, vocabulary, generator) for symbol in symbols]
        with np.errstate(all="ignore"):
            matrix = np.array(values(*point), dtype=np.float64)
        eigenvalues = np.linalg.eigvalsh(matrix) if np.isfinite(matrix).all() else np.array([np.nan])
        if not eigenvalues[0] > SMALLEST * np.abs(eigenvalues[-1]):
            place = ", ".join(f"{symbol} = {value:.4g}" for symbol, value in zip(symbols, point, strict=True))
            raise InputError(
                "the metric is not positive definite",
                expected="positive eigenvalues",
                received=f"the eigenvalue {eigenvalues[0]:.6g}{' at ' + place if place else ''}",
                hint="a state that stays positive is declared by a positive SymPy symbol" if place else "",
            )


def _sample(symbol: sp.Symbol, vocabulary: Vocabulary, generator: np.random.Generator) -> float:
    is_signed = symbol in vocabulary.states and not symbol.is_positive
    size = float(generator.uniform(0.05, 0.95)) * (3.0 if symbol == TIME else 1.0)
    if symbol.is_negative:
        return -size
    return size * float(generator.choice((-1.0, 1.0))) if is_signed else size

"""Constraints of a user's gradient flow: spheres, orthonormal columns, and functions that vanish."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from odekit.arguments import text_of
from odekit.errors import InputError, UnknownNameError
from odekit.systems.algebra import array_function
from odekit.systems.energies.variables import Variable
from odekit.systems.energies.vocabulary import Vocabulary

__all__ = ["Constraint", "read_constraints"]

KINDS = ("sphere", "stiefel")
# Dependent gradients depend at every point, independent ones hardly at all of several random points.
SAMPLES = 8


@dataclass(frozen=True)
class Constraint:
    """Functions of the states that vanish.

    Parameters
    ----------
    functions: each function by its name.
    frame: the variable with orthonormal columns, where that is the constraint; None elsewhere.
    """

    functions: Mapping[str, sp.Expr]
    frame: Variable | None = None

    def states(self, among: Sequence[sp.Symbol]) -> tuple[sp.Symbol, ...]:
        """The states that it binds."""
        bound = set().union(*(function.free_symbols for function in self.functions.values()))
        return tuple(state for state in among if state in bound)


def read_constraints(constraint: Any, vocabulary: Vocabulary) -> tuple[Constraint, ...]:
    """The constraints that a user wrote.

    Parameters
    ----------
    constraint: None; ``"sphere"`` or ``"stiefel"`` for every variable; a mapping from a variable, or a tuple
        of variables that share one sphere, to one of these; or functions c with c = 0, as one formula, a
        sequence of formulas, or a mapping from names of your own to formulas.
    vocabulary: the declared names.

    Raises
    ------
    InputError: a number on a sphere of its own, a frame of more columns than rows, a function that no state
        enters, more functions than states, or functions that depend on each other.
    UnknownNameError: a variable that was not declared.
    """
    found = tuple(_each(constraint, vocabulary)) if constraint is not None else ()
    count = sum(len(one.functions) for one in found)
    if count > len(vocabulary.states):
        raise InputError(
            "more constraints than states",
            expected=f"at most {len(vocabulary.states)} functions",
            received=str(count),
        )
    if count > 1:
        _check_independent(found, vocabulary)
    return found


def _check_independent(found: Sequence[Constraint], vocabulary: Vocabulary) -> None:
    """Refuse functions whose gradients depend on each other at every one of some points."""
    functions = {name: function for one in found for name, function in one.functions.items()}
    jacobian = sp.Matrix(list(functions.values())).jacobian(list(vocabulary.states))
    symbols = sorted(jacobian.free_symbols, key=str)
    points = np.random.default_rng(0).uniform(0.05, 0.95, (SAMPLES, len(symbols)))
    values = array_function(symbols, jacobian)
    matrices = [np.nan_to_num(np.array(values(*point), dtype=np.float64)) for point in points]
    if max(np.linalg.matrix_rank(matrix) for matrix in matrices) < jacobian.rows:
        raise InputError(
            "the constraints depend on each other",
            expected="functions none of which follows from the others",
            received=", ".join(functions)[:80],
        )


def _each(constraint: Any, vocabulary: Vocabulary) -> Iterator[Constraint]:
    if isinstance(constraint, str) and constraint in KINDS:
        constraint = {variable.name: constraint for variable in vocabulary.variables}
    if isinstance(constraint, Mapping):
        for key, value in constraint.items():
            is_kind = isinstance(value, str) and value in KINDS
            yield (
                _kind(key, value, vocabulary)
                if is_kind
                else _function(text_of(key, "a constraint"), value, vocabulary)
            )
        return
    formulas = constraint if isinstance(constraint, list | tuple) else [constraint]
    for formula in formulas:
        yield _function(text_of(formula, "a constraint"), formula, vocabulary)


def _kind(key: Any, kind: str, vocabulary: Vocabulary) -> Constraint:
    known = {variable.name: variable for variable in vocabulary.variables}
    keys = key if isinstance(key, tuple) else (key,)
    names = [one.name if isinstance(one, Variable | sp.Symbol) else str(one) for one in keys]
    for name in names:
        if name not in known:
            raise UnknownNameError("variable on the constraint:", name, known)
    variables = [known[name] for name in names]
    return _sphere(variables) if kind == "sphere" else _stiefel(variables)


def _sphere(variables: Sequence[Variable]) -> Constraint:
    states = [state for variable in variables for state in variable.symbols]
    name = " and ".join(variable.name for variable in variables)
    if len(states) < 2:
        raise InputError(
            f"{name} is one number, whose unit sphere is two points",
            expected="a vector, a matrix, or several variables on one sphere",
            hint='constraint={("x", "y"): "sphere"}',
        )
    return Constraint({f"|{name}|^2 - 1": sp.Add(*(state**2 for state in states)) - 1})


def _stiefel(variables: Sequence[Variable]) -> Constraint:
    if len(variables) > 1 or len(variables[0].shape) != 2 or variables[0].shape[0] < variables[0].shape[1]:
        raise InputError(
            f"{' and '.join(v.name for v in variables)} can't have orthonormal columns",
            expected="one matrix with at least as many rows as columns",
            received=", ".join(f"shape {v.shape}" for v in variables),
        )
    frame = variables[0]
    gram = (frame.value.H * frame.value - sp.eye(frame.shape[1])).expand(complex=True)
    mark = "^H" if frame.is_complex else "^T"
    functions = {}
    for i in range(gram.rows):
        for j in range(i, gram.rows):
            parts = gram[i, j].as_real_imag() if i < j and frame.is_complex else (sp.expand(gram[i, j]),)
            for label, part in zip(("", " imaginary"), parts, strict=False):
                functions[f"({frame.name}{mark} {frame.name} - 1)_{i + 1}{j + 1}{label}"] = sp.expand(part)
    return Constraint(functions, frame)


def _function(name: str, formula: Any, vocabulary: Vocabulary) -> Constraint:
    function = vocabulary.read_real(formula, f"the constraint {name}")
    if not function.free_symbols & set(vocabulary.states):
        raise InputError(
            f"the constraint {name} binds no state",
            expected=f"a function of {', '.join(s.name for s in vocabulary.states)}",
            received=str(function),
        )
    if function.has(sp.Symbol("t", real=True)):
        raise InputError(f"the constraint {name} depends on the time", expected="a function of the states")
    return Constraint({name: function})

"""gradient_flow: from an energy that a user writes down to its `System`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import sympy as sp

from odekit.arguments import chosen
from odekit.errors import InputError, UnknownNameError, shown
from odekit.limits import bounded
from odekit.systems.algebra import array_function
from odekit.systems.energies.constraint import Constraint, read_constraints
from odekit.systems.energies.explicit_solution import read_solution
from odekit.systems.energies.field import flow_of
from odekit.systems.energies.metric import read_metric
from odekit.systems.energies.variables import Variable, declared_variables
from odekit.systems.energies.vocabulary import Vocabulary, parameter_values
from odekit.systems.system import System

__all__ = ["gradient_flow"]

DIRECTIONS = ("descent", "ascent")
# Enough that an energy with a small domain, by its roots or logarithms, is real at one of them.
SAMPLES = 200


@bounded("the flow of the energy")
def gradient_flow(
    energy: Any,
    variables: Any,
    metric: Any = None,
    constraint: Any = None,
    *,
    parameters: Any = (),
    decay: Mapping[Any, Any] | None = None,
    direction: str = "descent",
    solution: Mapping[str, Any] | None = None,
) -> System:
    r"""The flow that goes DOWN an energy, ``w' = -M(w)^-1 grad E(w)``, on a constraint if there is one.

    The energy is minimised, as a loss is. Where it is to be maximised, as the energies that `derive` finds,
    say ``direction="ascent"``: ``w' = +M^-1 grad E``.

    Parameters
    ----------
    energy: E, real: text such as ``"(s - a*b)**2/2"``, or a SymPy expression. In text the entries of a
        matrix A are A11, A12, ... or A[1,1], A[1,2], ..., also in sums ``sum(x[i]**2 for i in 1..n)`` with a
        parameter n; in SymPy also ``A.value`` with ``A = variable("A", 2, 3)``. ``t`` is time.
    variables: names such as ``"a b"``, real SymPy symbols, or a sequence of these and of `variable`. The
        states are all entries, of complex ones the real and imaginary parts; for these
        ``z' = -2 dE/d conj(z)``.
    metric: M, None for the identity; a mapping from variables to positive formulas; one formula per state;
        or a symmetric positive definite matrix.
    constraint: None; ``"sphere"`` (norm 1, of matrices Frobenius') or ``"stiefel"`` (orthonormal columns) for
        every variable; a mapping from a variable, or from a tuple of variables that share a sphere, to one of
        these; or formulas c with c(w) = 0. The velocity is projected in the metric; every level of c is kept.
    parameters: names or symbols of constants; or a mapping from these to None, a number, a formula in t, or
        for a vector a list of these.
    decay: a mapping from variables to lambda: adds ``lambda/2 |w|^2`` to an energy that is descended and
        subtracts it from one that is ascended, so that w' gains ``-lambda w`` in the identity metric.
    direction: ``"descent"`` or ``"ascent"``.
    solution: where you know it, each state at time t, in t, parameters and initial values such as ``a_0``.
        It is checked against the equations, where it has to hold for some signs of initial values and
        parameters; `solve` then uses it on every trajectory on which it agrees with an integration.

    Returns
    -------
    system: states, vector field, energy (with decay), diagonal of the metric (empty where it is not
        diagonal), and the constraint's functions, which `solve` checks at the start. `first_integrals`,
        `scaling_symmetries`, `fixed_points` and `rates` are found on demand.

    Raises
    ------
    InputError: an energy that is not real, or a declared variable in neither the energy nor a constraint.
    UnknownNameError: a name in any formula that is not declared; the nearest is suggested.
    InputError: a metric that is not symmetric or not positive definite, with eigenvalue and point.
    InputError: a constraint that binds nothing, does not fit or follows from the others, or a solution that
        does not solve.

    Source: the singular modes of a linear network, arXiv 1312.6120, are the first example.

    >>> system = gradient_flow("(s - a*b)**2/2", "a b", parameters="s")
    >>> print(system)
    a' = b*(-a*b + s)
    b' = a*(-a*b + s)
    >>> print(system.first_integrals())
    a**2 - b**2
    complete: no more can be independent
    """
    chosen("direction", direction, DIRECTIONS)
    free, values = parameter_values(parameters)
    vocabulary = Vocabulary(declared_variables(variables), free, values)
    _check_apart(vocabulary)
    function = vocabulary.read_real(energy, "the energy")
    _check_values(function)
    sign = 1 if direction == "descent" else -1
    total = function + sign * _decay({} if decay is None else decay, vocabulary)
    constrained = read_constraints(constraint, vocabulary)
    _check_dependence(total, constrained, vocabulary)
    system = flow_of(total, vocabulary, read_metric(metric, vocabulary), constrained, direction)
    if solution is None:
        return system
    return replace(system, solution=read_solution(solution, vocabulary, system))


def _check_apart(vocabulary: Vocabulary) -> None:
    states = {state.name for state in vocabulary.states}
    both = sorted(states & {*(p.name for p in vocabulary.parameters), *vocabulary.values})
    if both:
        raise InputError(
            f"{', '.join(both)} can't be both a variable and a parameter", expected="distinct names"
        )


def _check_values(energy: sp.Expr) -> None:
    """Refuse an energy that is a finite real number at none of some points of small and large states."""
    symbols = sorted(energy.free_symbols, key=str)
    generator = np.random.default_rng(0)
    points = generator.uniform(-1.0, 1.0, (len(symbols), SAMPLES)) * 10 ** generator.uniform(-1, 2, SAMPLES)
    for row, symbol in zip(points, symbols, strict=True):
        if symbol.is_positive or symbol.is_negative:
            row[:] = np.abs(row) if symbol.is_positive else -np.abs(row)
    values = np.asarray(array_function(symbols, energy)(*points), dtype=complex)
    if not (np.isfinite(values) & (np.abs(values.imag) <= 1e-9 * np.abs(values))).any():
        raise InputError(
            f"the energy is no finite real number at any of {SAMPLES} random points",
            expected="a real function, with no root or logarithm of what is always negative",
            received=_shown(energy),
        )


def _check_dependence(energy: sp.Expr, constrained: Sequence[Constraint], vocabulary: Vocabulary) -> None:
    """Refuse a variable that nothing moves: neither the energy nor a constraint that binds it."""
    moving = energy.free_symbols.union(*(one.states(vocabulary.states) for one in constrained))
    for variable in vocabulary.variables:
        if not moving & set(variable.symbols):
            raise InputError(
                f"the energy does not depend on the variable {variable.name!r}",
                expected=f"an energy in {', '.join(one.name for one in vocabulary.variables)}",
                received=_shown(energy),
                hint="leave the variable out, or list it among the parameters",
            )


def _shown(energy: sp.Expr) -> str:
    text = str(energy)
    return text if len(text) <= 80 else text[:77] + "..."


def _decay(decay: Mapping[Any, Any], vocabulary: Vocabulary) -> sp.Expr:
    """Half the weighted sum of squares."""
    if not isinstance(decay, Mapping):
        raise InputError("decay must be given by variable", expected='{"a": 0.1}', received=shown(decay))
    known = {variable.name: variable for variable in vocabulary.variables}
    total = sp.S.Zero
    for key, formula in decay.items():
        name = key.name if isinstance(key, sp.Symbol | Variable) else str(key)
        if name not in known:
            raise UnknownNameError("variable that decays:", name, known)
        rate = vocabulary.read_real(formula, f"the decay of {name}")
        total += rate / 2 * sp.Add(*(state**2 for state in known[name].symbols))
    return total

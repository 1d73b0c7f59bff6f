"""reduce: a flow in fewer variables, on a manifold or by observables, with what does not close."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Literal

import sympy as sp

from odekit.errors import InputError, shown
from odekit.expressions import FUNCTION_NAMES
from odekit.limits import DERIVATION_SECONDS, bounded
from odekit.systems.answers import ANY
from odekit.systems.energies import TIME, Vocabulary, declared_parameters, declared_variables
from odekit.systems.reduction.closure import Closure, Observables
from odekit.systems.reduction.manifold import pulled_back
from odekit.systems.system import System

__all__ = ["reduce"]

# So many observables without an end to what they leak are no reduction.
MAX_OBSERVABLES = 30
MAX_DEGREE = 8  # Of observables that are added; of higher ones each step takes minutes.
# Leaks are told to vanish at so many points, to so many digits, where no simplification shows it.
POINTS, DIGITS = 20, 40


@bounded("the reduction", DERIVATION_SECONDS)
def reduce(
    flow: System,
    ansatz: Mapping[Any, Any] | None = None,
    *,
    observables: Mapping[Any, Any] | Literal["invariants"] | None = None,
    closure: bool = False,
) -> System:
    """A flow in fewer variables: on a manifold w = w(s), or by observables I(w).

    Parameters
    ----------
    flow: any system; for observables a polynomial one.
    ansatz: each state as a formula in coordinates, which are the names that occur and that the flow doesn't
        have; states that are left out stay themselves. The field is projected on the manifold in the flow's
        metric.
    observables: a polynomial of the states by name. Their time derivatives are found as polynomials of them.
        ``"invariants"``: what parameters multiply in the energy, and what that leaks, until it closes.
    closure: whether what the observables leak becomes observables too, up to 30 of them, called I1, I2, ...

    Returns
    -------
    system: the velocity of each coordinate or observable; ``closed`` tells whether that is all, and ``leaks``
        what is left out, by state or observable, in the flow's states or in the coordinates. What closes is
        exact: it is an identity of polynomials, or of simplified formulas.

    Raises
    ------
    InputError: neither or both of the two, coordinates or observables that depend on each other, or a flow
        or an observable that is no polynomial.

    >>> from odekit.systems.energies import gradient_flow
    >>> flow = gradient_flow("(s - a*b - c*d)**2/2", "a b c d", parameters="s")
    >>> print(reduce(flow, observables={"z": "a*b + c*d", "u": "a**2 + b**2 + c**2 + d**2"}))
    z' = -u*(-s + z)
    u' = -4*z*(-s + z)
    >>> reduce(flow, {"a": "r", "b": "r", "c": "q", "d": "2*q"}).leaks["d"]
    ('3*q*(2*q**2 + r**2 - s)/5',)
    """
    if not isinstance(flow, System):
        raise InputError("reduce takes a flow", expected="a System", received=type(flow).__name__)
    if (ansatz is None) == (observables is None):
        raise InputError("reduce takes an ansatz or observables", expected="one of them")
    if ansatz is not None:
        return _on_manifold(flow, ansatz)
    if observables == "invariants":
        return _by_observables(flow, _invariants(flow), closure=True)
    return _by_observables(flow, _meanings(flow, observables), closure)


def _on_manifold(flow: System, ansatz: Mapping[Any, Any]) -> System:
    if not isinstance(ansatz, Mapping) or not ansatz:
        raise InputError("an ansatz gives states", expected='{"a": "r*cos(u)"}', received=shown(ansatz))
    kept = {state.name: state for state in flow.states}
    given = {flow[str(key)]: formula for key, formula in ansatz.items()}
    names = dict.fromkeys(name for formula in given.values() for name in _names_in(formula))
    known = {*(symbol.name for symbol in flow.parameters), *({TIME.name} if flow.time is not None else ())}
    coordinates = [name for name in names if name not in known]
    coordinates += [name for name in kept if name not in coordinates and kept[name] not in given]
    words = Vocabulary(declared_variables(coordinates), flow.parameters, {})
    points = {
        state: words.read_real(given.get(state, state.name), f"the ansatz of {state}")
        for state in flow.states
    }
    found = pulled_back(flow, points, words.states)
    leaks = {state.name: (str(part),) for state, part in found.normal.items() if not _vanishes(part)}
    lines = tuple(f"{state} = {formula}" for state, formula in points.items() if formula != state)
    has_time = any(TIME in entry.free_symbols for entry in found.velocities.values())
    return System(
        found.velocities,
        ANY,
        flow.parameters,
        metric=tuple(found.metric.diagonal()) if found.metric.is_diagonal() else (),
        energy=None if flow.energy is None else sp.factor(flow.energy.xreplace(points)),
        direction=flow.direction,
        conditions=(*flow.conditions, *lines),
        leaks=leaks,
        time=TIME if has_time else None,
    )


def _names_in(formula: Any) -> Iterator[str]:
    if isinstance(formula, str):
        for name in re.findall(r"[^\W\d]\w*", formula):
            if name not in (*FUNCTION_NAMES, "pi"):
                yield name
    elif isinstance(formula, sp.Expr):
        yield from sorted(symbol.name for symbol in formula.free_symbols)


def _vanishes(expression: sp.Expr) -> bool:
    """Whether it is 0: simplified, or at random points in many digits."""
    if expression == 0:
        return True
    symbols = sorted(expression.free_symbols, key=str)
    for place in range(POINTS):
        point = {s: sp.Rational(7 * place + 3 * i + 2, 5 * i + place + 11) for i, s in enumerate(symbols)}
        if not abs(sp.N(expression.subs(point), DIGITS + 10)) < sp.Float(10) ** -DIGITS:
            return False
    return True


def _meanings(flow: System, observables: Any) -> dict[sp.Symbol, sp.Expr]:
    if not isinstance(observables, Mapping) or not observables:
        raise InputError(
            "observables are given by name", expected='{"u": "a**2 + b**2"}', received=shown(observables)
        )
    words = Vocabulary(declared_variables(list(flow.states)), flow.parameters, {})
    names = declared_parameters([str(key) for key in observables])
    return {
        name: words.read_real(formula, f"the observable {name}")
        for name, formula in zip(names, observables.values(), strict=True)
    }


def _by_observables(flow: System, meanings: dict[sp.Symbol, sp.Expr], closure: bool) -> System:
    found = Observables(flow, meanings)
    if (excess := found.excess()) is not None:
        raise InputError(
            f"the observable {excess} is a polynomial of the others",
            expected="observables that tell something of their own",
            received=f"{excess} = {meanings[excess]}"[:120],
            hint="leave it out",
        )
    while closure and len(meanings) < MAX_OBSERVABLES:
        leaks = [each.leak for each in found.closures().values() if each.leak != 0]
        new = found.parts_of(leaks, MAX_DEGREE)
        if not new:
            break
        meanings = {**meanings, **_named(flow, meanings, new)}
        found = Observables(flow, meanings)
    return _of_closures(flow, meanings, found.closures())


def _invariants(flow: System) -> dict[sp.Symbol, sp.Expr]:
    """What parameters multiply in the energy, of lowest degree."""
    if flow.energy is None:
        raise InputError(
            "invariants are read off an energy",
            expected="a gradient flow",
            received="a system without energy",
            hint="observables by name",
        )
    return _named(flow, {}, Observables(flow, {}).parts_of([flow.energy], MAX_DEGREE))


def _named(
    flow: System, meanings: Mapping[sp.Symbol, sp.Expr], new: Sequence[sp.Expr]
) -> dict[sp.Symbol, sp.Expr]:
    """Names I1, I2, ... that nothing has yet."""
    taken = {symbol.name for symbol in (*flow.states, *flow.parameters, *meanings)}
    names = (name for number in count(1) if (name := f"I{number}") not in taken)
    return {sp.Symbol(name, real=True): meaning for name, meaning in zip(names, new, strict=False)}


def _of_closures(
    flow: System, meanings: Mapping[sp.Symbol, sp.Expr], found: Mapping[sp.Symbol, Closure]
) -> System:
    return System(
        {name: sp.factor(each.rate) for name, each in found.items()},
        ANY,
        flow.parameters,
        conditions=(*flow.conditions, *(f"{name} = {meaning}" for name, meaning in meanings.items())),
        leaks={name.name: (str(each.leak),) for name, each in found.items() if each.leak != 0},
    )

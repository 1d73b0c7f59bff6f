"""A user's ansatz w = w(s): read, and the system on the manifold that it describes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sympy as sp

from odekit.errors import InputError, LimitError, shown
from odekit.expressions import FUNCTION_NAMES
from odekit.limits import DERIVATION_SECONDS, bounded
from odekit.systems.energies import TIME, Vocabulary, declared_variables
from odekit.systems.known import Search
from odekit.systems.reduction.on_manifold.pullback import (
    DIGITS,
    POINTS,
    Pullback,
    pulled_back,
    shortened,
    vanishes_at_points,
)
from odekit.systems.reduction.outcome import ReducedAnswers, ReductionCertificate, last_within_limits
from odekit.systems.system import System

__all__ = ["on_manifold"]

_WORK = "the reduction to the manifold"


def on_manifold(flow: System, ansatz: Any) -> System:
    """The flow on the manifold that an ansatz describes; as `reduce`."""
    if not isinstance(ansatz, Mapping) or not ansatz:
        raise InputError("an ansatz gives states", expected='{"a": "r*cos(u)"}', received=shown(ansatz))
    points, coordinates = bounded("the reading of the ansatz")(_read)(flow, ansatz)
    first = bounded(_WORK, DERIVATION_SECONDS)(pulled_back)(flow, points, coordinates)
    found, obstacle = last_within_limits(shortened(first), _WORK)
    return _system(flow, points, first if found is None else found, obstacle)


def _read(flow: System, ansatz: Mapping[Any, Any]) -> tuple[dict[sp.Symbol, sp.Expr], tuple[sp.Symbol, ...]]:
    """Each state in the coordinates, and these."""
    kept = {state.name: state for state in flow.states}
    given = {flow[str(key)]: formula for key, formula in ansatz.items()}
    names = dict.fromkeys(name for formula in given.values() for name in _names_in(formula))
    known = {*(symbol.name for symbol in flow.parameters), *({TIME.name} if flow.time is not None else ())}
    coordinates = [name for name in names if name not in known]
    coordinates += [name for name in kept if name not in coordinates and kept[name] not in given]
    if not coordinates:
        raise InputError(
            "the ansatz has no coordinates", expected="formulas in new names", received=shown(dict(ansatz))
        )
    words = Vocabulary(declared_variables(coordinates), flow.parameters, {})
    points = {
        state: words.read_real(given.get(state, state.name), f"the ansatz of {state}")
        for state in flow.states
    }
    return points, words.states


def _names_in(formula: Any) -> Iterator[str]:
    if isinstance(formula, str):
        for name in re.findall(r"(?<![\w.])[^\W\d]\w*", formula):
            if name not in (*FUNCTION_NAMES, "pi"):
                yield name
    elif isinstance(formula, sp.Expr):
        yield from sorted(symbol.name for symbol in formula.free_symbols)


def _system(flow: System, points: Mapping[sp.Symbol, sp.Expr], found: Pullback, obstacle: str) -> System:
    size = sp.Add(*map(sp.Abs, found.field.values()))
    left = {state: part for state, part in found.normal.items() if part != 0}
    leaks = {state.name: (str(part),) for state, part in left.items() if not _is_small(part, size)}
    lines = tuple(f"{state} = {formula}" for state, formula in points.items() if formula != state)
    has_time = any(TIME in entry.free_symbols for entry in found.velocities.values())
    reason = obstacle or "every part was brought into its shortest form"
    search = Search(lines, "partial" if obstacle else "complete", reason)
    is_proved = len(left) == len(leaks)
    return System(
        found.velocities,
        ReducedAnswers(
            ReductionCertificate(
                origin="an ansatz", proof=_proof(left, leaks), search=search, exact=is_proved
            ),
            flow,
            lambda other: on_manifold(other, points),
        ),
        flow.parameters,
        metric=tuple(found.metric.diagonal()) if found.metric.is_diagonal() else (),
        energy=None if flow.energy is None else sp.factor(flow.energy.xreplace(points)),
        direction=flow.direction,
        conditions=(*flow.conditions, *lines),
        leaks=leaks,
        time=TIME if has_time else None,
    )


def _is_small(part: sp.Expr, size: sp.Expr) -> bool:
    """Whether it vanishes at the points; not where the limits end the evaluation, so that it leaks."""
    try:
        return bounded(_WORK)(vanishes_at_points)(part, size)
    except LimitError:
        return False


def _proof(left: Mapping[sp.Symbol, sp.Expr], leaks: Mapping[str, Sequence[str]]) -> str:
    checked = [state.name for state in left if state.name not in leaks]
    if leaks:
        return f"the field leaves the manifold in {', '.join(leaks)}"
    if checked:
        where = f"checked at {POINTS} points to {DIGITS} digits for {', '.join(checked)}"
        return f"the manifold is invariant: {where}, else proved"
    return "the manifold is invariant: proved, the normal part vanishes as a formula"

"""The system of observables: a user's own, or those that the symmetries of an energy propose."""

from collections.abc import Iterator, Mapping
from typing import Any

import sympy as sp

from odekit.errors import InputError, shown
from odekit.limits import bounded
from odekit.systems.energies import TIME, Vocabulary, declared_parameters, declared_variables
from odekit.systems.known import Search
from odekit.systems.reduction.closure import Closure, Observables
from odekit.systems.reduction.outcome import ReducedAnswers, ReductionCertificate, last_within_limits
from odekit.systems.reduction.polynomial_flow import PolynomialFlow
from odekit.systems.reduction.quotients import closed_by_quotients
from odekit.systems.reduction.search import Found, closed, closed_by_leaks, closed_invariants
from odekit.systems.system import System

__all__ = ["by_invariants", "by_observables"]

_WORK = "the search for observables that close"
# Beyond so many terms a formula is shown as it is: its factors take longer than they are worth.
FEW_TERMS = 16


def by_observables(flow: System, observables: Any, closure: bool) -> System:
    """The system of a user's observables, and of what they leak where that is wanted; as `reduce`."""
    formulas = bounded("the reading of the observables")(_read)(flow, observables)
    polynomials = PolynomialFlow(flow)
    found, obstacle = last_within_limits(_answers(polynomials, formulas, closure), _WORK)
    if found is None:
        return _all_leaking(flow, formulas, obstacle)
    return _system(found, obstacle)


def by_invariants(flow: System) -> System:
    """The system of the invariants of a flow's energy; as `reduce`."""
    if flow.energy is None:
        raise InputError(
            "invariants are read off an energy",
            expected="a gradient flow",
            received="a system without energy",
            hint="observables by name",
        )
    found, obstacle = last_within_limits(_invariants(PolynomialFlow(flow), flow.energy), _WORK)
    if found is None:
        raise InputError(
            "no part of the energy is an observable",
            expected="an energy of degree 8 or less",
            received=obstacle or "an energy of higher degree",
            hint="observables by name",
        )
    return _system(found, obstacle)


def _read(flow: System, observables: Any) -> dict[sp.Symbol, sp.Expr]:
    if not isinstance(observables, Mapping) or not observables:
        raise InputError(
            "observables are given by name", expected='{"u": "a**2 + b**2"}', received=shown(observables)
        )
    words = Vocabulary(declared_variables(list(flow.states)), flow.parameters, {})
    names = declared_parameters([str(key) for key in observables])
    taken = {symbol.name for symbol in (*flow.parameters, *([] if flow.time is None else [flow.time]))}
    for name in names:
        if name.name in taken:
            raise InputError(
                f"the observable {name} has the name of a constant",
                expected="a name of its own",
                received=name.name,
                hint=f"{name}_1",
            )
    found = {
        name: words.read_real(formula, f"the observable {name}")
        for name, formula in zip(names, observables.values(), strict=True)
    }
    states = {state.name: state for state in flow.states}
    for name, formula in found.items():
        if TIME in formula.free_symbols:
            raise InputError(
                f"the observable {name} holds the time",
                expected="a function of the states",
                received=f"{name} = {formula}"[:120],
                hint="an ansatz may hold it",
            )
        if formula != states.get(name.name, formula):
            raise InputError(
                f"the observable {name} has the name of a state",
                expected="a name of its own",
                received=f"{name} = {formula}"[:120],
                hint=f"{name}_1",
            )
    return found


def _answers(flow: PolynomialFlow, formulas: Mapping[sp.Symbol, sp.Expr], closure: bool) -> Iterator[Found]:
    meanings = {
        name: flow.polynomial(formula, f"the observable {name}") for name, formula in formulas.items()
    }
    for name, polynomial in meanings.items():
        if flow.degree(polynomial) == 0:
            raise InputError(
                f"the observable {name} is constant",
                expected="a function of the states",
                received=f"{name} = {formulas[name]}"[:120],
                hint="leave it out",
            )
    observables = Observables(flow, meanings)
    yield next(closed(observables))
    if (excess := observables.excess()) is not None:
        raise InputError(
            f"the observable {excess} is a polynomial of the others",
            expected="observables that tell something of their own",
            received=f"{excess} = {formulas[excess]}"[:120],
            hint="leave it out",
        )
    if closure:
        yield from closed_by_leaks(flow, meanings)
        return
    for found in closed(observables):
        yield found
    yield from closed_by_quotients(found)


def _invariants(flow: PolynomialFlow, energy: sp.Expr) -> Iterator[Found]:
    entries = [flow.polynomial(entry, "the metric") for entry in flow.system.metric]
    is_constant = bool(entries) and not any(flow.degree(entry) for entry in entries)
    metric = tuple(entries) if is_constant else None
    return closed_invariants(flow, flow.polynomial(energy, "the energy"), metric)


def _all_leaking(flow: System, formulas: Mapping[sp.Symbol, sp.Expr], obstacle: str) -> System:
    """Nothing was looked at within the limits: each rate leaks as the chain rule gives it."""
    field = flow.rhs
    leaks = {
        name.name: (str(sp.Add(*(formula.diff(state) * field[state] for state in flow.states))),)
        for name, formula in formulas.items()
    }
    lines = tuple(f"{name} = {formula}" for name, formula in formulas.items())
    certificate = ReductionCertificate(
        origin="observables", proof="proved, by the chain rule", search=Search(lines, "partial", obstacle)
    )
    return System(
        dict.fromkeys(formulas, sp.S.Zero),
        ReducedAnswers(certificate, flow, lambda other: by_observables(other, formulas, closure=False)),
        flow.parameters,
        conditions=(*flow.conditions, *lines),
        leaks=leaks,
    )


def _system(found: Found, obstacle: str) -> System:
    flow = found.observables.flow.system
    lines = tuple(f"{name} = {meaning.as_expr()}" for name, meaning in found.observables.meanings.items())
    rates = {name: _rate(each) for name, each in found.closures.items()}
    below = {factor for c in found.closures.values() for factor in sp.denom(c.quotient).free_symbols}
    apart = tuple(f"{symbol} != 0" for symbol in found.observables.meanings if symbol in below)
    has_time = flow.time is not None and any(flow.time in rate.free_symbols for rate in rates.values())
    certificate = ReductionCertificate(
        origin=found.origin or "observables",
        proof="proved, as identities of polynomials over the rational numbers",
        search=_search(found, lines, obstacle),
    )
    formulas = {name: meaning.as_expr() for name, meaning in found.observables.meanings.items()}
    return System(
        rates,
        ReducedAnswers(certificate, flow, lambda other: by_observables(other, formulas, closure=False)),
        flow.parameters,
        conditions=(*flow.conditions, *lines, *apart),
        leaks={name.name: (_leak(each),) for name, each in found.closures.items() if each.leak},
        time=flow.time if has_time else None,
    )


def _search(found: Found, lines: tuple[str, ...], obstacle: str) -> Search[str]:
    undecided = list(found.closures)[found.decided :]
    large = {each.gave_up for each in found.closures.values() if each.gave_up}
    reasons = [obstacle, *sorted(large), found.remark]
    if undecided:
        reasons.append(f"the rates of {', '.join(map(str, undecided))} were not looked at")
    told = "; ".join(reason.rstrip(".") for reason in reasons if reason)
    if told and not found.is_closed:
        return Search(lines, "partial", told)
    if found.is_closed:
        kind = "quotient of polynomials" if any(c.quotient for c in found.closures.values()) else "polynomial"
        return Search(lines, "complete", f"every rate is a {kind} of the variables")
    return Search(lines, "complete", "every rate is split into what closes and what leaks")


def _rate(closure: Closure) -> sp.Expr:
    rate = _shortest(closure.rate)
    return rate if closure.quotient == 0 else sp.factor(rate + closure.quotient)


def _leak(closure: Closure) -> str:
    return str(_shortest(closure.leak) if closure.formula is None else closure.formula)


def _shortest(polynomial: Any) -> sp.Expr:
    expression = polynomial.as_expr()
    return sp.factor(expression) if len(polynomial) <= FEW_TERMS else expression

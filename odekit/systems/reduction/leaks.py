"""What leaks of observables, as a short formula in them and in further invariants."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sympy as sp

from odekit.systems.reduction.closure import Closure, Observables

__all__ = ["leaks_in"]


def leaks_in(
    observables: Observables, closures: Mapping[sp.Symbol, Closure], further: Mapping[sp.Symbol, Any]
) -> dict[sp.Symbol, Closure]:
    """The closures, where a leak is a polynomial of the observables and of further ones: split by these.

    Parameters
    ----------
    observables: what leaks.
    closures: the rate of each.
    further: more polynomials of the states, by symbols of their own.
    """
    larger = Observables(observables.flow, {**observables.meanings, **further})
    found = dict(closures)
    for name, each in closures.items():
        if each.leak and each.formula is None:
            written = larger.written(each.leak, list(closures), are_parts_split=False)
            if not written.leak:
                found[name] = _split(each, written.rate, observables, further)
    return found


def _split(
    closure: Closure, leak: Any, observables: Observables, further: Mapping[sp.Symbol, Any]
) -> Closure:
    """What holds no further polynomial closes, and the rest leaks."""
    own, more = len(observables.meanings), len(further)
    closes: dict[tuple[int, ...], Any] = {}
    leaves: dict[tuple[int, ...], dict[tuple[int, ...], Any]] = {}
    for key, value in leak.items():
        kept, others = (*key[:own], *key[own + more :]), key[own : own + more]
        (leaves.setdefault(others, {}) if any(others) else closes)[kept] = value
    rate = observables.ring.from_dict(closes)
    parts = (
        _shown(observables.ring.from_dict(terms)) * _meant(others, further)
        for others, terms in leaves.items()
    )
    rest = closure.leak - observables.value(rate) if rate else closure.leak
    return replace(closure, rate=closure.rate + rate, leak=rest, formula=sp.Add(*parts) if rest else None)


def _shown(polynomial: Any) -> sp.Expr:
    return sp.factor_terms(polynomial.as_expr())


def _meant(exponents: tuple[int, ...], further: Mapping[sp.Symbol, Any]) -> sp.Expr:
    """A product of further polynomials, in the states."""
    factors = zip(further.values(), exponents, strict=True)
    return sp.Mul(*(polynomial.as_expr() ** power for polynomial, power in factors if power))

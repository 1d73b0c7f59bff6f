"""Rates that close as quotients: a leak times a product of observables may be a polynomial of them."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations_with_replacement

import sympy as sp

from odekit.systems.reduction.closure import Closure
from odekit.systems.reduction.search import Found

__all__ = ["closed_by_quotients"]

MAX_FACTORS = 2  # Of a denominator.


def closed_by_quotients(found: Found) -> Iterator[Found]:
    """The same with each leak as a quotient of observables, where one with few factors below is found."""
    closures = dict(found.closures)
    for name, each in closures.items():
        if each.leak:
            closures[name] = _as_quotient(found, each)
            yield replace(found, closures=dict(closures))


def _as_quotient(found: Found, closure: Closure) -> Closure:
    meanings = found.observables.meanings
    for count in range(1, MAX_FACTORS + 1):
        for names in combinations_with_replacement(meanings, count):
            product = closure.leak
            for name in names:
                product *= meanings[name]
            above = found.observables.written(product, are_parts_split=False)
            if not above.leak:
                zero = found.observables.flow.ring.zero
                return replace(closure, leak=zero, quotient=above.rate.as_expr() / sp.Mul(*names))
    return closure

"""The toy model of induction heads: three vectors that learn a product."""

from itertools import product

import sympy as sp

import odekit
from odekit.systems.printers import latex_block
from tools.formulas import formula


def _reduced(a: str = "a1 a2", b: str = "b1 b2", c: str = "c1 c2") -> odekit.System:
    """Overlaps and squared norms of the vectors of two entries that move; "C 0" is a clamped one."""
    vectors = [vector.split() for vector in (a, b, c)]
    cells = []
    for place in product((0, 1), repeat=3):
        entries = [vector[i] for vector, i in zip(vectors, place, strict=True)]
        cells.append(f"({0 if any(place) else 'A*B*C'} - {'*'.join(entries)})**2")
    free = [vector for vector in vectors if "0" not in vector]
    moving = [entry for vector in free for entry in vector]
    flow = odekit.gradient_flow(f"k*({' + '.join(cells)})/2", moving, parameters="A B C k")
    overlaps = {f"m_{x[0]}": x for x, _ in free}
    norms = {f"n_{x[0]}": f"{x}**2 + {y}**2" for x, y in free}
    return odekit.reduce(flow, observables=overlaps | norms)


@formula("odekit.gradient_flow", "odekit.reduce")
def product_of_three() -> str:
    return latex_block(_reduced())


@formula("odekit.gradient_flow", "odekit.reduce")
def product_with_one_clamped() -> str:
    return latex_block(_reduced(c="C 0"))


@formula("odekit.gradient_flow", "odekit.reduce")
def product_with_two_clamped() -> str:
    return latex_block(_reduced(b="B 0", c="C 0"))


@formula("odekit.gradient_flow", "odekit.reduce")
def small_product() -> str:
    """What is of lowest degree where overlaps are small as s, and squared norms as s^2."""
    flow, s = _reduced(), sp.Symbol("s")
    overlaps = [state for state in flow.states if state.name.startswith("m")]
    sizes = {state: s ** (1 if state in overlaps else 2) * state for state in flow.states}
    rates = {}
    for state in overlaps:
        rate = flow.rhs[state].subs(sizes, simultaneous=True).as_poly(s)
        rates[state.name] = rate.nth(min(power for (power,) in rate.monoms()))
    return latex_block(odekit.system(rates, parameters=flow.parameters))

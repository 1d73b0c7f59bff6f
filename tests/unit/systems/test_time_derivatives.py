"""Time derivatives: collected by waves, factored as SymPy does it, and left alone where they are long."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from odekit.derivation import derive
from odekit.networks import Network
from odekit.systems.time_derivatives import MOST_TERMS, TimeDerivatives, collected, factored, long_lines

x, y = sp.symbols("x y", real=True)
SYMBOLS = sp.symbols("alpha1_10 alpha1_2 beta u theta0", positive=True)


def test_terms_are_collected_by_their_waves() -> None:
    expression = x * y * sp.cos(x) + x * sp.cos(x) - 2 * sp.sin(y)
    assert collected(expression) == x * (y + 1) * sp.cos(x) - 2 * sp.sin(y)


@pytest.mark.parametrize("seed", range(40))
def test_a_sum_is_factored_as_sympy_does_it(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def monomial() -> sp.Expr:
        powers = rng.integers(-2, 3, len(SYMBOLS)) * rng.integers(0, 2, len(SYMBOLS))
        value = sp.Rational(int(rng.integers(-6, 7)), int(rng.integers(1, 4)))
        return value * sp.Mul(*(s ** int(p) for s, p in zip(SYMBOLS, powers, strict=True)))

    terms = [monomial() for _ in range(rng.integers(1, 5))]
    if seed % 3 == 0:
        terms = list(sp.Add.make_args(sp.expand(sp.Add(*terms) * (SYMBOLS[0] - SYMBOLS[1]))))
    assert str(factored(terms)) == str(sp.factor(sp.Add(*terms)))


@pytest.mark.parametrize("terms", [[sp.sqrt(x), x], [sp.Abs(x) * y, y], [sp.S.Zero], [x, -x], [x**y, x]])
def test_what_is_no_sum_of_monomials_is_left_to_sympy(terms: list[sp.Expr]) -> None:
    assert factored(terms) == sp.factor(sp.Add(*terms))


@pytest.mark.long
def test_long_derivatives_are_sums_of_products_with_the_same_values() -> None:
    system = derive(Network("Z6", activation="z**4", embedding="unshared"), "all")
    terms = [len(sp.Add.make_args(sp.expand(v))) for v in system.vector_field]
    assert sum(terms) * len(system.definitions) > MOST_TERMS
    rng = np.random.default_rng(1)
    values = {s: sp.Float(rng.uniform(0.5, 1.5)) for s in system.states}
    meanings = {s: m.subs(values) for s, m in system.definitions.items()}
    name = system["D_1"]
    velocities = {s: v.subs(meanings).subs(values) for s, v in system.velocities.items()}
    expected = sum(system.definitions[name].coeff(s) * v for s, v in velocities.items())
    found = system.equations[name].subs(meanings).subs(values)
    assert float(found) == pytest.approx(float(expected), rel=1e-12)
    short = TimeDerivatives({x: -y, y: x}).of_all({sp.Symbol("r"): x**2 + y**2})
    assert list(short.values()) == [0]


@pytest.mark.long
def test_a_text_leaves_out_derivatives_of_definitions_that_would_take_a_minute_and_says_so() -> None:
    options = {"activation": "z**4", "embedding": "unshared", "constraint": "joint_sphere"}
    flow = derive(Network("Z12", task="2*x+3*y", **options), modes="all")
    lines = str(flow).splitlines()
    assert any(line.startswith("Time derivatives of the definitions are not written out") for line in lines)
    assert [line.partition("'")[0] for line in lines[: len(flow.states)]] == [s.name for s in flow.states]


def test_nothing_is_left_out_of_a_short_text() -> None:
    velocity = sp.Add(*(x**k for k in range(1, 100)))
    assert long_lines({x: velocity}, {sp.Symbol("D"): x}) == []
    assert long_lines({x: velocity}, {sp.Symbol(f"D{i}"): x + i for i in range(2000)})[-1].endswith(
        "operations."
    )
    assert long_lines({x: velocity}, {}) == []


@pytest.mark.parametrize("name", ["Zp", "Z5", "S3"])
def test_an_ordinary_text_has_a_line_for_every_equation(name: str) -> None:
    flow = derive(Network(name))
    assert len(str(flow).splitlines()) == len(flow.equations) + 1

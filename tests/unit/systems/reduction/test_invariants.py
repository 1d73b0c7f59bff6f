"""Invariants of a loss close without being told: networks, an induction head, and what doesn't close."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise, permutations

import numpy as np
import pytest
import sympy as sp

import odekit
from odekit.errors import InputError
from odekit.systems import expectation, gradient_flow, reduce, variable
from odekit.systems.reduction.invariants import Symmetries
from odekit.systems.reduction.polynomial_flow import PolynomialFlow

ALPHA, EPS = sp.symbols("alpha eps", real=True)


def balanced(widths: tuple[int, ...], size: float) -> np.ndarray:
    """Layers with W_(k+1)^T W_(k+1) = W_k W_k^T: the same number on the first diagonals."""
    layers = [size * np.eye(n, m) for m, n in pairwise(widths)]
    return np.concatenate([layer.ravel() for layer in layers])


@pytest.mark.long
@pytest.mark.parametrize(
    ("widths", "count"),
    [
        ((1, 1, 1, 1), 3),
        ((1, 2, 1), 2),
        ((2, 2, 1), 5),
        ((1, 2, 2, 1), 8),
        pytest.param((2, 2, 2), 9, marks=pytest.mark.slow),
        pytest.param((2, 3, 2), 9, marks=pytest.mark.slow),
        pytest.param((1, 2, 3, 1), 9, marks=pytest.mark.slow),
        pytest.param((2, 2, 2, 2), 22, marks=pytest.mark.slow),
    ],
)
def test_linear_networks_close_whether_balanced_or_not(
    networks, same_orbit, widths: tuple[int, ...], count: int
) -> None:
    flow = networks["linear"](*widths)
    reduced = reduce(flow, observables="invariants")
    assert reduced.closed
    assert len(reduced.states) == count
    assert reduced.certify().exact
    assert reduced.certify().search.status == "complete"
    rng = np.random.default_rng(2)
    values = {symbol.name: 1.5 + float(rng.normal()) / 4 for symbol in flow.parameters}
    for start in (0.7 * rng.normal(size=len(flow.states)), balanced(widths, 0.6)):
        same_orbit(flow, reduced, start, 1.0, values)


@pytest.mark.slow
@pytest.mark.parametrize("is_symbolic", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_the_induction_head_closes_in_three_overlaps_and_three_norms(same_orbit, is_symbolic: bool) -> None:
    """Three factors in three dimensions; the loss is a mean over Gaussian inputs."""
    factors = [variable(name, 3) for name in "abc"]
    if is_symbolic:
        targets = [sp.Matrix(3, 1, sp.symbols(f"{name}1:4", real=True)) for name in "pqr"]
    else:
        targets = [sp.Matrix(entries) for entries in ([1, 2, -1], [0, 1, 3], [2, 1, 1])]
    ours, theirs, both = (
        sp.prod((u.T * v)[0] for u, v in pairs)
        for pairs in (
            [(f.value, f.value) for f in factors],
            [(t, t) for t in targets],
            [(t, f.value) for t, f in zip(targets, factors, strict=True)],
        )
    )
    energy = (theirs - 2 * both + ours) / 2
    if not is_symbolic:
        inputs = [sp.Matrix(3, 1, sp.symbols(f"{name}1:4", real=True)) for name in "xyz"]
        law = {symbol.name: (0, 1) for vector in inputs for symbol in vector}
        output = sp.prod((f.value.T * x)[0] for f, x in zip(factors, inputs, strict=True))
        wanted = sp.prod((t.T * x)[0] for t, x in zip(targets, inputs, strict=True))
        assert sp.expand(expectation((wanted - output) ** 2 / 2, law) - energy) == 0
    constants = [entry for target in targets for entry in target if entry.is_Symbol]
    flow = gradient_flow(energy, factors, parameters=constants)
    reduced = reduce(flow, observables="invariants")
    assert reduced.closed
    meanings = [sp.sympify(line.split(" = ")[1]) for line in reduced.ansatz()]
    overlaps = [sum(t * sp.Symbol(str(s)) for t, s in zip(target, factor.symbols, strict=True))
                for target, factor in zip(targets, factors, strict=True)]  # fmt: skip
    norms = [sum(sp.Symbol(str(s)) ** 2 for s in factor.symbols) for factor in factors]
    plain = {symbol: sp.Symbol(symbol.name) for symbol in flow.parameters}
    assert {sp.expand(m) for m in meanings} == {sp.expand(m).xreplace(plain) for m in (*overlaps, *norms)}
    rng = np.random.default_rng(1)
    values = {symbol.name: 1.5 + float(rng.normal()) / 4 for symbol in flow.parameters}
    same_orbit(flow, reduced, 0.5 * rng.normal(size=9), 0.5, values)


@pytest.mark.slow
def test_quadratic_features_close_in_their_mean_and_second_moment(networks) -> None:
    """Each weight vector moves by q + eps R w, with q = alpha E[D x] and R = alpha E[D x x^T] of all."""
    rng = np.random.default_rng(5)
    inputs, targets = rng.integers(-20, 20, size=(4, 2)), rng.integers(-20, 20, size=4)
    exact = [[sp.Rational(int(v), 10) for v in row] for row in inputs]
    flow = networks["quadratic"](exact, [sp.Rational(int(v), 10) for v in targets], 3)
    reduced = reduce(flow, observables="invariants")
    assert reduced.closed
    assert len(reduced.states) == 5
    x, y, alpha, eps = inputs / 10, targets / 10, 0.7, 0.3
    w = rng.normal(size=(3, 2))
    d = y - alpha * np.mean(w @ x.T + eps / 2 * (w @ x.T) ** 2, axis=0)
    q, r = alpha * np.mean(d[:, None] * x, axis=0), alpha * np.einsum("p,pi,pj->ij", d, x, x) / len(d)
    velocity = (q + eps * w @ r).ravel()
    names = {symbol.name: symbol for symbol in flow.states}
    meanings = sp.Matrix([sp.sympify(line.split(" = ")[1], names) for line in reduced.ansatz()])
    observe = sp.lambdify([flow.states], meanings)
    slopes = sp.lambdify([flow.states], meanings.jacobian(list(flow.states)))
    ours = reduced.function()(0.0, observe(w.ravel()).ravel(), {"alpha": alpha, "eps": eps})
    np.testing.assert_allclose(ours, slopes(w.ravel()) @ velocity, rtol=1e-10)
    # They depend on mean and second moment alone: an isometry of the neurons that keeps their mean.
    mirror = np.eye(3) - 2 * np.outer(v := np.array([1, 2, -3]) / np.sqrt(14), v)
    np.testing.assert_allclose(observe((mirror @ w).ravel()), observe(w.ravel()), rtol=1e-10)


@pytest.mark.slow
def test_a_cubic_feature_leaks_the_fourth_moment(networks) -> None:
    """The third moment's rate is 3 sum w^2 w', whose cubic part is 9 alpha cubic E[D x^3] sum w^4."""
    cubic, x, y = sp.Rational(1, 3), [sp.Rational(3, 2), sp.Rational(-1, 2)], [sp.Integer(1), sp.Integer(2)]
    flow = networks["quadratic"]([[entry] for entry in x], y, 4, cubic)
    reduced = reduce(flow, observables="invariants")
    assert not reduced.closed
    assert [line.split(" = ")[1] for line in reduced.ansatz()] == [
        " + ".join(f"w{i}1{power}" for i in range(1, 5)) for power in ("", "**2", "**3")
    ]
    assert list(reduced.leaks) == ["I3"]
    assert reduced.certify().search.status == "partial"
    w, (alpha, eps) = np.array([0.5, -1.0, 0.25, 2.0]), (0.7, 0.3)
    inputs, fields = np.array(x, dtype=float), np.outer(w, np.array(x, dtype=float))
    d = np.array(y, dtype=float) - alpha * np.mean(fields + eps * fields**2 / 2 + fields**3 / 3, axis=0)
    expected = 9 * alpha / 3 * np.mean(d * inputs**3) * np.sum(w**4)
    values = {f"w{i + 1}1": value for i, value in enumerate(w)} | {"alpha": alpha, "eps": eps}
    values |= {f"I{k}": np.sum(w**k) for k in (1, 2, 3)}
    assert float(sp.sympify(reduced.leaks["I3"][0]).subs(values)) == pytest.approx(expected, rel=1e-10)


def test_a_decay_of_one_factor_leaks_its_own_part() -> None:
    flow = gradient_flow("(s - a*b - c*d)**2/2", "a b c d", parameters="s k", decay={"c": "k"})
    reduced = reduce(flow, observables={"z": "a*b + c*d", "u": "a**2 + b**2 + c**2 + d**2"})
    c, d, k = sp.symbols("c d k")
    assert {name: sp.sympify(parts[0]) for name, parts in reduced.leaks.items()} == {
        "z": -c * d * k,
        "u": -2 * c**2 * k,
    }


def test_a_loss_that_is_off_by_a_millionth_does_not_close() -> None:
    """The negative control: what closes without the term leaks with it."""
    closes, leaks = ("(s - a*b - c*d)**2/2", "(s - a*b - c*d)**2/2 + c**2/1000000")
    observables = {"z": "a*b + c*d", "u": "a**2 + b**2 + c**2 + d**2"}
    assert reduce(gradient_flow(closes, "a b c d", parameters="s"), observables=observables).closed
    assert not reduce(gradient_flow(leaks, "a b c d", parameters="s"), observables=observables).closed


def test_unequal_rates_leak_half_of_one_pair(same_orbit) -> None:
    """With the velocities of c and d halved, z' = (s - z)(u - (c^2 + d^2)/2)."""
    flow = gradient_flow("(s - a*b - c*d)**2/2", "a b c d", {"c": 2, "d": 2}, parameters="s")
    reduced = reduce(flow, observables={"z": "a*b + c*d", "u": "a**2 + b**2 + c**2 + d**2"})
    a, b, c, d, s = sp.symbols("a b c d s")
    z = a * b + c * d
    back = {sp.Symbol("z"): z, sp.Symbol("u"): a**2 + b**2 + c**2 + d**2}
    plain = {symbol: sp.Symbol(symbol.name) for symbol in (*reduced.states, *reduced.parameters)}
    leak = sp.sympify(reduced.leaks["z"][0])
    rate = reduced.velocities[reduced["z"]].xreplace(plain).xreplace(back)
    assert sp.expand(leak + (s - z) * (c**2 + d**2) / 2) == 0
    assert sp.expand(rate - (s - z) * (a**2 + b**2 + c**2 + d**2)) == 0
    closed = reduce(flow, observables="invariants")
    assert closed.closed
    assert len(closed.states) == 4
    same_orbit(flow, closed, np.array([0.3, 0.9, -0.4, 0.8]), 1.0, {"s": 2.0})


def symmetries(energy: str, names: str, metric: dict[str, int] | None = None) -> Symmetries:
    system = gradient_flow(energy, names, metric)
    flow = PolynomialFlow(system)
    entries = tuple(flow.polynomial(entry, "the metric") for entry in system.metric)
    return Symmetries(flow, flow.polynomial(system.energy, "the energy"), entries)


@pytest.mark.parametrize(
    ("energy", "names", "metric", "count"),
    [
        ("(x**2 + y**2 + z**2 - 1)**2", "x y z", None, 3),
        ("(x**2 + y**2 + z**2 - 1)**2", "x y z", {"x": 2}, 1),
        ("(x**2 + 2*y**2 - 1)**2", "x y", {"y": 2}, 1),
        ("(x**2 + 2*y**2 - 1)**2", "x y", None, 0),
        ("(a*b + c*d - 1)**2", "a b c d", None, 2),
        ("x**4 + y**4", "x y", None, 0),
    ],
)
def test_rotations_are_isometries_that_keep_the_energy(energy, names, metric, count: int) -> None:
    found = symmetries(energy, names, {} if metric is None else metric)
    assert len(found.rotations) == count


def test_permutations_are_those_of_brute_force() -> None:
    energy = "(a*b**3 + c*d**3 + e**3 - 1)**2 + e*(a + c)"
    found = symmetries(energy, "a b c d e").permutations
    letters = sp.symbols("a b c d e")
    form = sp.Poly(sp.sympify(energy), *letters)
    kept = {
        image
        for image in permutations(range(5))
        if sp.Poly(form.as_expr(), *(letters[i] for i in image)).as_dict() == form.as_dict()
    }
    assert set(found) == kept - {tuple(range(5))} != set()


def test_a_time_limit_ends_in_what_was_found_so_far(networks) -> None:
    """What was not looked at leaks as a whole: rates and leaks still add up to the derivatives."""
    flow = networks["linear"](1, 2, 2, 1)
    reduced = None
    for step in range(10):  # to the first limit, on a machine of this speed, within which anything is found
        with odekit.limit(seconds=0.02 * 1.5**step), suppress(InputError):
            reduced = reduce(flow, observables="invariants")
            break
    assert reduced is not None
    search = reduced.certify().search
    assert search.status == "partial"
    assert "takes too long" in search.reason
    assert not reduced.closed
    rng = np.random.default_rng(0)
    names = {symbol.name: symbol for symbol in (*flow.states, *flow.parameters)}
    values = dict(zip(names.values(), map(float, rng.normal(size=len(names))), strict=True))
    velocity = {state: float(v.xreplace(values)) for state, v in flow.velocities.items()}
    lines = dict(line.split(" = ") for line in reduced.ansatz())
    meanings = {name: sp.sympify(text, names) for name, text in lines.items()}
    at = {state: float(meanings[state.name].xreplace(values)) for state in reduced.states}
    known = {**names, **{state.name: state for state in reduced.states}}  # leaks may hold both
    for state, rate in zip(reduced.states, reduced.vector_field, strict=True):
        meaning = meanings[state.name]
        expected = sum(float(meaning.diff(s).xreplace(values)) * v for s, v in velocity.items())
        leak = sum(
            sp.sympify(part, known).subs({**values, **at}) for part in reduced.leaks.get(state.name, ())
        )
        assert float(rate.xreplace({**values, **at}) + leak) == pytest.approx(expected, rel=1e-9)


def test_a_limit_that_is_passed_at_once_leaks_by_the_chain_rule(networks) -> None:
    flow = networks["linear"](2, 2, 1)
    with odekit.limit(seconds=1e-3):
        reduced = reduce(flow, observables={"u": "(W111 + W121 + W112 + W122 + W211)**40"})
    assert reduced.certify().search.status == "partial"
    assert not reduced.closed


def test_a_report_tells_what_leaks_and_how_it_is_known() -> None:
    flow = gradient_flow("(s - a*b - c*d)**2/2", "a b c d", parameters="s")
    reduced = reduce(flow, observables={"z": "a*b + c*d"})
    assert "Reduction\n  observables; proved, as identities" in reduced.report()
    assert "Leaks\n  z: " in reduced.report()
    assert reduced.to_dict()["leaks"] == {"z": list(reduced.leaks["z"])}
    assert reduced.to_dict()["reduction"]["status"] == "complete"


def test_decimal_numbers_are_taken_as_they_are_written() -> None:
    flow = gradient_flow("(0.3 - a*b - c*d)**2/2", "a b c d")
    reduced = reduce(flow, observables="invariants")
    assert reduced.closed
    assert {line.split(" = ")[1] for line in reduced.ansatz()} == {"a*b + c*d", "a**2 + b**2 + c**2 + d**2"}

"""Reduced systems that claims rest on, derived again by the public functions with the claims out of sight."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import product

import pytest
import sympy as sp

import odekit

Hide = Callable[..., object]


@pytest.fixture
def without() -> Hide:
    """A context in which modules, and what lies in them, can't be imported."""

    @contextmanager
    def hidden(*names: str) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for name in names:
                for loaded in [known for known in sys.modules if known.startswith(f"{name}.")]:
                    patch.delitem(sys.modules, loaded)
                patch.setitem(sys.modules, name, None)
                with pytest.raises(ImportError):
                    import_module(name)
            yield

    return hidden


def same(ours: odekit.System, theirs: odekit.System, names: dict[str, str]) -> bool:
    """Whether two systems have the same rates, up to the names of states and parameters."""
    first, second = _rates(ours, names), _rates(theirs, {})
    assert first.keys() == second.keys()
    return all(_vanishes(rate - second[name]) for name, rate in first.items())


def _rates(system: odekit.System, names: dict[str, str]) -> dict[str, sp.Expr]:
    """Each state's rate by its name, all symbols real and renamed."""
    renamed = {
        symbol: sp.Symbol(names.get(symbol.name, symbol.name), real=True)
        for symbol in (*system.states, *system.parameters)
    }
    return {renamed[state].name: rate.subs(renamed) for state, rate in system.velocities.items()}


def _vanishes(formula: sp.Expr) -> bool:
    return sp.expand(formula) == 0 or (formula.has(sp.exp) and sp.simplify(formula.rewrite(sp.exp)) == 0)


@pytest.mark.parametrize("free", ["abc", "ab", "a"])
def test_vectors_that_learn_a_product(without: Hide, free: str) -> None:
    names = ("odekit.claims.induction_heads", "odekit.claims.experiments.rank_one_product")
    with without(*names):
        a, b, c = (sp.symbols(f"{letter}1:3", real=True) for letter in "abc")
        lengths = sp.symbols("A B C", real=True)
        target = sp.tensorproduct(*(sp.Array([length, 0]) for length in lengths))
        vectors = [
            vector if letter in free else (length, 0)
            for letter, vector, length in zip("abc", (a, b, c), lengths, strict=True)
        ]
        found = sp.tensorproduct(*map(sp.Array, vectors))
        loss = sum((target[i] - found[i]) ** 2 for i in product((0, 1), repeat=3))
        moving = [
            x for letter, vector in zip("abc", (a, b, c), strict=True) if letter in free for x in vector
        ]
        flow = odekit.gradient_flow(sp.Symbol("q", real=True) * loss / 2, moving, parameters="A B C q")
        observables = {}
        for letter in free:
            observables |= {f"m{letter}": f"{letter}1", f"n{letter}": f"{letter}1**2 + {letter}2**2"}
        again = odekit.reduce(flow, observables=observables)
    assert again.closed
    assert again.certify().passed
    claimed = import_module("odekit.claims.experiments.rank_one_product").product_system(free)
    assert same(again, claimed, {"q": "k"})
    assert not same(again, claimed, {"q": "k", "A": "B"})


def test_moments_of_quadratic_features(without: Hide) -> None:
    names = ("odekit.claims.lazy_to_rich", "odekit.claims.experiments.quadratic_features")
    with without(*names):
        weights = [sp.symbols(f"v{i} z{i}", real=True) for i in range(4)]
        x1, x2, y, scale, eps = parameters = sp.symbols("x1 x2 y scale eps", real=True)
        hidden = [v * x1 + z * x2 for v, z in weights]
        output = scale * sum(h + eps * h**2 / 2 for h in hidden) / 4
        flow = odekit.gradient_flow(
            4 * (y - output) ** 2 / 2, [w for neuron in weights for w in neuron], parameters=parameters
        )
        means = {
            "u1": [v for v, _ in weights],
            "u2": [z for _, z in weights],
            "M11": [v * v for v, _ in weights],
            "M12": [v * z for v, z in weights],
            "M22": [z * z for _, z in weights],
        }
        again = odekit.reduce(flow, observables={name: sum(parts) / 4 for name, parts in means.items()})
    assert again.closed
    assert again.certify().passed
    claimed = import_module("odekit.claims.experiments.quadratic_features").sample_moments()
    assert same(again, claimed, {"scale": "alpha"})
    assert not same(again, claimed, {"scale": "alpha", "x1": "x2"})


def test_paired_heads_of_attention(without: Hide) -> None:
    """From the law of a token: score a z, label y, and the label r that is asked for; many inputs."""
    with without("odekit.claims.in_context_attention"):
        token = {"z": (0, 1), "y": (0, "1 + s**2"), ("z", "y"): "r/sqrt(d)"}
        constants = "a b s r d"
        norm = odekit.expectation("exp(a*z)", token, parameters=constants)
        mean = sp.simplify(odekit.expectation("y*exp(a*z)", token, parameters=constants) / norm)
        pooled = odekit.expectation("y**2*exp(a*z + b*z)", token, parameters=constants)
        a, b, d, r, s = sp.symbols("a b d r s", real=True)
        # Of many inputs at fixed a and b, where the mean of y falls out.
        spread = sp.simplify(sp.limit(pooled, d, sp.oo) / norm / norm.subs(a, b) / (1 + s**2))
        mu, omega = sp.symbols("mu1:3", real=True), sp.symbols("omega1:3", real=True)
        score = [w * sp.sqrt(d) for w in omega]
        output = sum(m * mean.subs(a, z) for m, z in zip(mu, score, strict=True))
        bias = odekit.expectation((r - output) ** 2, {"r": (0, 1)})
        noise = sum(
            m * k * spread.subs({a: z, b: v}, simultaneous=True)
            for m, z in zip(mu, score, strict=True)
            for k, v in zip(mu, score, strict=True)
        )
        loss = (bias + sp.Symbol("c", real=True) * noise) / 2
        flow = odekit.gradient_flow(loss, [*mu, *omega], parameters="c d")
        again = odekit.reduce(flow, {"mu1": "m", "mu2": "-m", "omega1": "w", "omega2": "-w"})
    assert again.closed
    assert again.certify().passed
    claimed = import_module("odekit.claims.in_context_attention.head_pairing")._pair()
    assert same(again, claimed, {})

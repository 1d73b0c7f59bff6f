"""Reduced systems of claims on other papers, found again from the loss with their folders out of sight."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
import sympy as sp

import odekit
import odekit.claims  # so that there is something to hide


@dataclass(frozen=True)
class Hidden:
    """A claims' folder whose modules can't be imported.

    Parameters
    ----------
    folder: its name.
    modules: what it holds, by name; for the comparison afterwards.
    """

    folder: str
    modules: Mapping[str, Any]

    def shown(self, name: str) -> Any:
        """The module of a claim."""
        return self.modules[f"{self.folder}.{name}"]


@pytest.fixture
def hidden(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Hidden:
    """Nothing of the claims' folder of this name can be imported."""
    folder = f"odekit.claims.{request.param}"
    known = {name: module for name, module in sys.modules.items() if f"{name}.".startswith(f"{folder}.")}
    for name in known:
        monkeypatch.setitem(sys.modules, name, None)
    for name in known:
        with pytest.raises(ImportError):
            import_module(name)
    return Hidden(folder, known)


def _same(first: odekit.System, second: odekit.System) -> bool:
    """Whether the rates of equally named states are one, whatever is assumed of the symbols."""
    rates = [
        {str(state): sp.sympify(str(rate)) for state, rate in system.rhs.items()}
        for system in (first, second)
    ]
    return rates[0].keys() == rates[1].keys() and all(
        sp.simplify(rate - rates[1][name]) == 0 for name, rate in rates[0].items()
    )


@pytest.mark.parametrize("hidden", ["in_context_attention"], indirect=True)
def test_paired_heads_of_attention(hidden: Hidden) -> None:
    """From the law of a token: score a z, label y, and the label r that is asked for; many inputs."""
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
    assert _same(again, hidden.shown("head_pairing")._pair())

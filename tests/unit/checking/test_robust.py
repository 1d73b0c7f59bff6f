"""Formulas that a generator finds end in a finding or in one sentence, never in a raw error, and soon."""

from __future__ import annotations

import contextlib
import warnings
from typing import Any

import numpy as np
import pytest

from odekit import Network, check
from odekit.errors import OdekitError
from odekit.expressions import FUNCTION_NAMES

SEED, COUNT = 5, 40
NAMES = ("alpha", "beta", "D", "phi", "p", "0", "1", "-2", "0.5", "pi", "1e9", "1e-9")
POWERS = ("2", "3", "-1", "-2", "0.5", "(1/3)", "0", "64", "-0.5")


def formula(rng: np.random.Generator, depth: int) -> str:
    if depth == 0 or rng.random() < 0.15:
        return str(rng.choice(NAMES))
    inner = formula(rng, depth - 1)
    kind = rng.random()
    if kind < 0.35:
        return f"({inner}{rng.choice(list('+-*/'))}{formula(rng, depth - 1)})"
    return f"({inner})**{rng.choice(POWERS)}" if kind < 0.55 else f"{rng.choice(FUNCTION_NAMES)}({inner})"


def ends_well(tables: dict[str, Any]) -> None:
    with warnings.catch_warnings(action="error"), contextlib.suppress(OdekitError):
        assert check(tables, Network("Zp"))


@pytest.mark.slow
def test_generated_formulas_end_in_a_finding_or_a_sentence() -> None:
    rng = np.random.default_rng(SEED)
    for number in range(COUNT):
        text = formula(rng, int(rng.integers(2, 6)))
        lines = (
            {"equations": {"beta": {"formula": text, "at": {"D": "0"}}}},
            {"first_integrals": {"K": text}},
            {"rates": {"x": {"of": "D", "at": {"D": "0"}, "formula": text, "measure": "growth"}}},
            {"equations": {"D": text}, "conventions": {"free_units": ["time"]}},
        )
        ends_well(lines[number % len(lines)])


@pytest.mark.parametrize(
    "text",
    [
        "atan(beta/D)",
        "atan(D/0.5)/D",
        "1/sin(D)",
        "sign(D**(-1))",
        "sin(tan(D**3))",
        "sin(10**9*D)",
        "tanh(1e9*(alpha - 40))",
        "cosh(beta*(1e9 + 1))",
        "sign(tan((64 - cosh(beta))**64))",
        "abs(sinh((1 - beta)**8))",
        "relu(1 - relu(1 - relu(1 - relu(cos(D)))))",
        "tan(p)/0.5",
        "sqrt((D*p)**64*(pi - 1)**8/((beta*D)**(2/3))**3)",
    ],
)
@pytest.mark.parametrize("at", [{}, {"D": "0"}, {"D": "pi"}])
def test_what_broke_or_took_long_ends_well(text: str, at: dict[str, str]) -> None:
    ends_well({"equations": {"beta": {"formula": text, "at": at}}})
    ends_well({"values": {"logit_scale": text}, "conventions": {"free_units": ["time"]}})
    ends_well({"rates": {"x": {"of": "D", "at": at or {"D": "0"}, "formula": text, "measure": "growth"}}})

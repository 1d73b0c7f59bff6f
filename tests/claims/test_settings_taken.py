"""Experiments in other settings than their own: confirmed, or left open, and never refuted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from odekit.claims import CLAIMS, Verdict, verify
from odekit.errors import InputError

SEED = 11
CONFIRMED: list[tuple[str, dict[str, Any]]] = [
    ("decoupling", {"neurons": 2, "scale": 0.05}),
    ("phase-alignment", {"neurons": 3}),
    ("lottery-ticket", {"neurons": 64, "scale": 0.05}),
    ("even-activations", {"neurons": 450, "scale": 0.05, "activation": "z**6"}),
    ("single-irrep", {"neurons": 8}),
    ("rank-one", {"neurons": 8}),
    ("deep-linear", {"neurons": 5}),
    ("moment-closure", {"neurons": 7}),
    ("lazy-limit", {"neurons": 9}),
    ("energy-maxima", {"neurons": 3}),
    ("modified-equation", {"neurons": 9}),
    ("drop-time-law", {"neurons": 8, "scale": 0.05}),
    ("loss-curve", {"neurons": 20, "scale": 0.08}),
]
SLOW: list[tuple[str, dict[str, Any]]] = [
    ("rich-ordering", {"neurons": 16}),
    ("softmax-orders", {"neurons": 3}),
    ("single-frequency", {"neurons": 5, "scale": 0.08}),
    ("majority-vote", {"scale": 0.05}),
    ("alignment-rate", {"neurons": 2}),
    ("relu-rates", {"neurons": 6}),
    ("critical-data-share", {"neurons": 150}),
]
LONG: list[tuple[str, dict[str, Any]]] = [
    ("blow-up-winner", {"neurons": 16}),
    ("competition-rate", {"neurons": 2}),
    ("local-rates", {"neurons": 1}),
    ("four-variable-ode", {"neurons": 16, "scale": 0.02}),
    ("dominance-time", {"neurons": 4, "scale": 0.01}),
    ("relu-leakage", {"neurons": 6}),
    ("fourier-lift", {"neurons": 2}),
    ("diversification", {"neurons": 2000}),
    ("haar-phases", {"neurons": 1000}),
]


def verdict_of(claim: str, values: dict[str, Any]) -> Verdict:
    return verify(claim, values=values, seed=SEED).verdicts[0]


@pytest.mark.long
@pytest.mark.parametrize(
    ("claim", "values"),
    [
        *CONFIRMED,
        *(pytest.param(*case, marks=pytest.mark.slow) for case in SLOW),
        *(pytest.param(*case, marks=pytest.mark.long) for case in LONG),
    ],
)
def test_a_claim_holds_in_other_settings(claim: str, values: dict[str, Any]) -> None:
    found = verdict_of(claim, values)
    assert found.outcome == "confirmed"
    assert found.control is not None
    assert found.control.outcome == "refuted"


def test_every_setting_of_every_claim_is_tried() -> None:
    tried = {(claim, name) for claim, values in (*CONFIRMED, *SLOW, *LONG) for name in values}
    assert tried == {(claim.id, name) for claim in CLAIMS for name in claim.takes}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("claim", "values"),
    [
        ("diversification", {"neurons": 200}),
        ("haar-phases", {"neurons": 100}),
        ("even-activations", {"neurons": 400}),
        ("decoupling", {"scale": 1e-3}),
        ("single-frequency", {"neurons": 1, "scale": 1e-3}),
        ("drop-time-law", {"neurons": 4}),
    ],
)
def test_what_an_experiment_cannot_resolve_stays_open(claim: str, values: dict[str, Any]) -> None:
    assert verdict_of(claim, values).outcome == "inconclusive"


@pytest.mark.slow
def test_the_experiment_is_made_with_the_values_asked_for() -> None:
    assert np.isclose(verdict_of("decoupling", {"scale": 0.05}).evidence["scales"][0], 0.05)
    even = verdict_of("even-activations", {"activation": "abs(z)"}).evidence
    assert "accuracy with abs(z)" in even
    assert "accuracy with z**6" not in even
    assert sum(verdict_of("diversification", {"neurons": 222}).evidence["neurons"].values()) == 2 * 222


@pytest.mark.parametrize(
    ("claim", "values", "told"),
    [
        ("even-activations", {"activation": "z**3"}, r"activation of even-activations.*z\*\*4"),
        ("even-activations", {"scale": 0.3}, r"scale of even-activations .* from 0.001 to 0.1"),
        ("lottery-ticket", {"neurons": 31}, "neurons of lottery-ticket .* from 32 to 4096"),
    ],
)
def test_what_an_experiment_cannot_carry_is_refused(claim: str, values: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        verdict_of(claim, values)

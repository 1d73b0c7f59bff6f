"""Finished results to show: a report made by hand, and a comparison of a small run."""

from __future__ import annotations

import math

import numpy as np
import pytest

from odekit.claims import Control, Report, Verdict
from odekit.comparison import Comparison, compare
from odekit.networks import Network
from odekit.simulation import simulate

SERIES = {
    "x": {"label": "scale of the weights", "values": np.array([0.01, 0.02, 0.04])},
    "y": {"label": "relative distance between the full and the decoupled flow of the network"},
    "curves": {"first": np.array([1e-6, 8e-6, 64e-6]), "second": [2e-6, 0.0, float("nan")]},
    "scale": "loglog",
}


def verdict(name: str, outcome: str = "confirmed", **more: object) -> Verdict:
    """A verdict with a refuted control, unless told otherwise."""
    control = Control("the opposite_of it", "refuted", "2*phi - psi")
    return Verdict(name, f"{name} holds", "paper, p. 1", outcome, **({"control": control} | more))


@pytest.fixture
def report() -> Report:
    """Four verdicts, one of each outcome."""
    verdicts = (
        verdict(
            "orders",
            predicted=3.0,
            measured=2.99999,
            tolerance=0.01,
            budget={"fit": 1e-3, "rounding": 1e-5},
            evidence={"series": SERIES},
            text="At uniform softmax.",
        ),
        verdict(
            "shares",
            "refuted",
            predicted={"all": 1.0, "clear": 1.0},
            measured={"clear": np.float64(0.5), "seen": math.nan},
            interval=(0.25, 0.75),
        ),
        verdict("open", "inconclusive", control=Control("nothing", "inconclusive")),
        verdict("elsewhere", "not_applicable", control=None, text="Z5 is too small."),
    )
    return Report("9.9", 7, {"full": False, "group": None}, verdicts)


@pytest.fixture(scope="session")
def comparison() -> Comparison:
    """Eight neurons on Z5 by gradient flow, past their horizon."""
    network = Network("Z5", neurons=8)
    return compare(simulate(network, seed=3, scale=0.1, t_end=80.0, snapshots=17), order=1)


@pytest.fixture(scope="session")
def inapplicable() -> Comparison:
    """A network without a reduction."""
    return compare(simulate(Network("Z5", neurons=2, activation="relu"), t_end=1.0, snapshots=2))

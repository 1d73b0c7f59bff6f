"""How often verdicts on trajectories err: right ODEs that are refuted, and wrong ones that are confirmed."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from odekit.comparison import compare
from odekit.systems import system

# Learning rates in units of a model's duration, so that the budget lies within the tolerance in most.
RATES = (-4.0, -3.0)


def outcomes(drawn, count: int, change: bool) -> Counter[str]:
    found: Counter[str] = Counter()
    for number in range(count):
        model = drawn(number)
        generator = np.random.default_rng([5, number])
        learning_rate = model.end * 10 ** generator.uniform(*RATES)
        equations = dict(model.equations)
        if change:
            state = str(generator.choice(list(equations)))
            factor = generator.choice([0.9, 1.1, -1.0])
            equations[state] = f"{factor}*({equations[state]})"
        trajectory = model.descend(learning_rate, records=int(generator.integers(8, 40)))
        found[compare(trajectory, system(equations)).outcome] += 1
    return found


@pytest.mark.long
def test_of_100_right_odes_at_most_one_percent_is_refuted(drawn) -> None:
    found = outcomes(drawn, 100, change=False)
    assert found["refuted"] <= 1
    assert found["confirmed"] >= 90


@pytest.mark.long
def test_of_60_wrong_odes_none_is_confirmed(drawn) -> None:
    found = outcomes(drawn, 60, change=True)
    assert found["confirmed"] == 0
    assert found["refuted"] >= 54


@pytest.mark.slow
def test_the_first_right_and_wrong_odes_are_told_apart(drawn) -> None:
    assert outcomes(drawn, 8, change=False)["refuted"] == 0
    assert outcomes(drawn, 8, change=True)["confirmed"] == 0

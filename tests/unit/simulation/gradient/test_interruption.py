"""What is asked between blocks ends a gradient at once, and changes no gradient that goes on."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.networks import Network
from odekit.simulation.gradient import LossGradient, asking, energy_gradient


class Left(Exception):
    """The work was left."""


class Question:
    """Raises when it has been asked so many times."""

    def __init__(self, most: float) -> None:
        self.count, self.most = 0, most

    def __call__(self) -> None:
        self.count += 1
        if self.count > self.most:
            raise Left


NETWORK = Network("Z7", neurons=40)
WEIGHTS = np.random.default_rng(0).normal(size=(2, 7, 40))
# Works of several blocks, or chunks of neurons.
WORKS = {
    "gradient": lambda: LossGradient(NETWORK, rows=2).evaluate(WEIGHTS)[1],
    "uniform": lambda: LossGradient(NETWORK, rows=2).evaluate_uniform(WEIGHTS),
    "energy": lambda: energy_gradient(Network("S4", neurons=200))(np.ones((2, 24, 200))),
    "accuracy": lambda: LossGradient(NETWORK, rows=2).accuracy(WEIGHTS[0].T, WEIGHTS[1].T),
}


@pytest.mark.parametrize("name", WORKS)
def test_work_is_left_between_two_blocks(name: str) -> None:
    with pytest.raises(Left), asking(Question(1)):
        WORKS[name]()


@pytest.mark.parametrize("name", WORKS)
def test_work_that_goes_on_is_the_same(name: str) -> None:
    question = Question(np.inf)
    with asking(question):
        asked = WORKS[name]()
    assert question.count > 1
    np.testing.assert_array_equal(asked, WORKS[name]())

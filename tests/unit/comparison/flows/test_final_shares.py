"""Where the lifted flow takes a neuron, against the same network in weight space."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.comparison.flows.final_shares import final_shares
from odekit.comparison.measures.shares import irrep_shares
from odekit.networks import Network
from odekit.simulation import simulate


@pytest.mark.parametrize(
    "options",
    [
        {"group": "S3", "embedding": "unshared", "constraint": "joint_sphere"},
        {"group": "A4", "embedding": "unshared", "constraint": "sphere", "rates": {"theta1": 2.0, "xi": 0.5}},
        {"group": "Z12", "embedding": "shared", "constraint": "sphere"},
    ],
    ids=["joint sphere", "unequal rates", "shared at full rate"],
)
def test_the_winners_are_those_of_the_network(options: dict[str, object]) -> None:
    network = Network(neurons=50, loss="sum", **options)
    run = simulate(network, softmax="uniform", until=1e-6, estimate_error=False)
    start = {name: values[0] for name, values in run.weights.items()}
    shares = final_shares(network, start)
    first = network.embeddings[0]
    ends = irrep_shares(run.weights[first][-1], network.finite_group)[:, 1:]
    assert shares.max(axis=1).min() >= 0.99
    np.testing.assert_array_equal(shares.argmax(axis=1), ends.argmax(axis=1))

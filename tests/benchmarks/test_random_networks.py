"""A short form of the random networks: `simulate` without an option but the scale comes to an end."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.mark.long
def test_random_networks_end_by_the_defaults() -> None:
    from random_networks import random_networks

    from odekit import simulate

    for index, (network, scale) in enumerate(random_networks(4, seed=4, most_neurons=4)):
        run = simulate(network, scale=scale, seed=index, snapshots=5, estimate_error=False)
        assert run.records["loss"][-1] <= run.records["loss"][0]
        assert np.isfinite(run.weights["xi"]).all()

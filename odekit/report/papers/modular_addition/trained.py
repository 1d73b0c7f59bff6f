"""Networks trained from random weights, and what the reduced ODE says of them before they are trained."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from odekit.comparison import predict, project
from odekit.groups import from_modes, mode_basis
from odekit.networks import Network
from odekit.report.papers.paper_figure import KEPT, run_seed
from odekit.simulation import Run, simulate

__all__ = ["COLUMNS", "ORDER", "SETTINGS", "agreement", "foretold", "relu_network", "sides", "square_network"]

ORDER, NEURONS = 23, 512
SCALE, LATER = 0.02, 1.5  # time goes on to so many times the one at which the loss has halved
RELU_SCALE, RELU_RATE, RELU_STEPS = 0.1, 5e-5, 5000
COLUMNS = ("reduced ODE", "network, $z^2$", "network, ReLU")
SETTINGS = (
    f"Z{ORDER}, {NEURONS} neurons, all pairs, mean loss. Middle: quadratic activation, weights normal with "
    f"standard deviation {SCALE:g}, gradient flow until every pair is answered rightly. Right: ReLU, "
    f"standard deviation {RELU_SCALE:g}, AdamW without decay, {RELU_STEPS} steps of {RELU_RATE:g}, as "
    "published; no reduced ODE describes it, so that nothing on the left speaks of it."
)


@lru_cache(maxsize=KEPT)
def square_network(seed: int) -> Run:
    """A quadratic network by gradient flow, well past the fall of its loss: the start and the end."""
    network, chosen = Network(f"Z{ORDER}", neurons=NEURONS), run_seed(seed, "trained, quadratic")
    fallen = simulate(network, seed=chosen, scale=SCALE, snapshots=2, estimate_error=False)
    end = LATER * float(fallen.t[-1])
    return simulate(network, seed=chosen, scale=SCALE, times=[0.0, end], rtol=1e-6, estimate_error=False)


@lru_cache(maxsize=KEPT)
def relu_network(seed: int) -> Run:
    """The network of the published pictures: the start and the end."""
    return simulate(
        Network(f"Z{ORDER}", neurons=NEURONS, activation="relu"),
        seed=run_seed(seed, "trained, ReLU"),
        scale=RELU_SCALE,
        method="adamw",
        learning_rate=RELU_RATE,
        steps=RELU_STEPS,
        snapshots=2,
    )


@lru_cache(maxsize=KEPT)
def foretold(seed: int) -> Run:
    """What the ODE says of the quadratic network's start: every neuron at its winner, as it blows up.

    There alpha = sqrt(2) beta and psi = 2 phi; the common size is arbitrary, and taken as beta = 1.
    """
    run = square_network(seed)
    prediction = predict(run)
    network = run.network
    unit = np.arange(len(mode_basis(network.finite_group))) == prediction.winner[:, None]
    amplitudes = {
        "theta": np.sqrt(2) * np.exp(1j * prediction.phases["phi"]),
        "xi": np.exp(1j * prediction.phases["psi"]),
    }
    weights = {
        name: from_modes(values[:, None] * unit, network.finite_group)[None]
        for name, values in amplitudes.items()
    }
    return Run(np.zeros(1), weights, network)


def sides(seed: int) -> tuple[Run, Run, Run]:
    """What is drawn in the three columns, each at the last snapshot."""
    return foretold(seed), square_network(seed), relu_network(seed)


def agreement(seed: int) -> tuple[float, float]:
    """Share of the quadratic neurons whose winner came true, and of those with a clear winner."""
    run = square_network(seed)
    last = project(run).at(-1)
    hits = predict(run).winner == last.dominant
    clear = last.dominant_share > 0.5
    return float(hits.mean()), float(hits[clear].mean())

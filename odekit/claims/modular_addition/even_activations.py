"""Even activations: trained with ReLU, a network keeps its accuracy with them, and loses it with odd ones."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from odekit.arguments import chosen
from odekit.arrays import FloatArray
from odekit.claims.experiments.modes import PAPER_A, choose_group, is_odd_cyclic
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from, scale_between
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.derivation import energy_profile
from odekit.groups import mode_basis
from odekit.networks import Network
from odekit.simulation import accuracy, simulate

__all__ = ["CLAIM", "EVEN", "ODD", "accuracies"]

EVEN = ("abs(z)", "z**2", "z**4", "z**6", "log(cosh(z))")
ODD = ("z", "z**3", "sinh(z)")
KEPT, LOST = 0.99, 0.1  # as claimed
# Guesses at n^2 pairs are right n times, give or take sqrt(n): here a tenth of all is five deviations away.
LEAST_ORDER = 21
NEURONS = 512  # or more, where that is too few for each frequency
PHASES = 40  # for each frequency: with fewer, steep powers weigh single neurons
SCALE = 0.1
STEP_PER_ORDER = 20.0 / 23.0  # learning rate over n, since growth per time falls like 1/n
STEPS = 50  # enough to learn the task, which is a check
TOLERANCE = 0.01  # of an accuracy; also the least energy that does not count as 0


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Train with ReLU from one frequency per neuron, then replace the activation and count right answers."""
    group = choose_group(settings, 23)
    least = PHASES * len(mode_basis(group))
    count = settings.value("neurons", max(NEURONS, least))
    if count < least:
        return claim.inconclusive(
            f"{group.name} needs {least} neurons, {PHASES} for each frequency, not {count}"
        )
    network = Network(group, neurons=count, activation="relu")
    asked = settings.value("activation", None)
    even = EVEN if asked is None else (asked,)
    seeds = [int(s) for s in settings.generator(claim.id).integers(2**31, size=4 if settings.full else 1)]
    runs = [_trained(network, settings.value("scale", SCALE), seed) for seed in seeds]
    found = [accuracies(network, *weights, even) for weights in runs]
    kept = min(run[name] for run in found for name in even)
    lost = max(run[name] for run in found for name in ODD)
    trained = min(run["relu"] for run in found)
    worst = {name: (min if name in even else max)(run[name] for run in found) for name in (*even, *ODD)}
    return claim.verdict(
        gap=max(0.0, KEPT - kept, lost - LOST),
        budget={"answers are counted exactly": 0.0},
        tolerance=TOLERANCE,
        control=Control(
            "odd activations keep the accuracy as well",
            judge(max(0.0, KEPT - min(worst[name] for name in ODD)), 0.0, TOLERANCE),
        ),
        predicted={"least accuracy, even activations": KEPT, "largest accuracy, odd ones": LOST},
        measured={"least accuracy, even activations": kept, "largest accuracy, odd ones": lost},
        checks={
            "the network itself has learned the task": trained >= KEPT,
            "the energy of one frequency vanishes for the odd activations, and for no even one": _by_parity(),
        },
        evidence={
            "group": group.name,
            "seeds": seeds,
            "accuracy with ReLU": trained,
            **{f"accuracy with {name}": value for name, value in worst.items()},
            "series": _series(worst),
        },
        text="Trained from one frequency per neuron. From random starts under plain descent (order 23) "
        "neurons differ in size, and steep powers weigh the largest: there $|z|$, $z^2$, $z^4$ and $log "
        "cosh z$ keep the accuracy and $z^6$ falls to about .9.",
    )


def _series(worst: Mapping[str, float]) -> dict[str, object]:
    return {
        "x": {"label": "activation", "values": np.arange(len(worst)), "names": list(worst)},
        "y": {"label": "share of right answers"},
        "curves": {
            "measured": list(worst.values()),
            "claimed: at least": [KEPT if name in EVEN else np.nan for name in worst],
            "claimed: at most": [LOST if name in ODD else np.nan for name in worst],
        },
        "caption": "Accuracy of the network trained with ReLU once another activation takes its place, and "
        "the bounds that are claimed: even ones keep it, odd ones lose it.",
    }


def accuracies(
    network: Network, theta: FloatArray, xi: FloatArray, even: Sequence[str] = EVEN
) -> Mapping[str, float]:
    """Share of right answers with each activation in place of the network's, which comes first."""
    return {
        name: accuracy(Network(network.group, neurons=len(theta), activation=name), theta, xi)
        for name in ("relu", *even, *ODD)
    }


def _trained(network: Network, scale: float, seed: int) -> tuple[FloatArray, FloatArray]:
    """Weights after descent on the full loss, from a start that frequency and phases differ in by neuron."""
    rate = STEP_PER_ORDER * network.finite_group.order
    run = simulate(
        network,
        seed=seed,
        init="single_frequency",
        scale=scale,
        method="sgd",
        learning_rate=rate,
        steps=STEPS,
        snapshots=2,
    )
    theta, xi = run.weights["theta"][-1], run.weights["xi"][-1]
    return theta, xi


def _even(value: Any, name: str) -> str:
    """One of the even activations, to put in ReLU's place alone."""
    return chosen(f"{name}:", value, EVEN)


def _by_parity() -> bool:
    """Whether the derived energy tells the odd activations from the even ones."""
    sizes = {name: abs(float(energy_profile(name)(1.0))) for name in (*EVEN, *ODD)}
    return all(sizes[name] > TOLERANCE for name in EVEN) and not any(sizes[name] for name in ODD)


CLAIM = Claim(
    id="even-activations",
    statement="A network trained with ReLU keeps an accuracy of at least .99 when the activation becomes "
    "$|z|$, $z^2$, $z^4$, $z^6$ or $log cosh z$, and falls to at most .1 with $z$, $z^3$ or $sinh z$.",
    source="arXiv 2602.16849, activations replaced after training",
    paper=PAPER_A,
    hypotheses="cyclic group of odd order at least 21, shared embedding, x+y, one frequency per neuron at "
    "a start of scale up to 0.1, at least 40 neurons for each frequency",
    experiment=experiment,
    applies=lambda group: is_odd_cyclic(group) and group.order >= LEAST_ORDER,
    takes={
        "neurons": neurons_from(PHASES * (LEAST_ORDER - 1) // 2),
        "scale": scale_between(1e-3, 0.1),
        "activation": _even,
    },
)

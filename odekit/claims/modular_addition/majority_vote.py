"""The majority vote: a diversified network's logits peak at the right answer, with two half-sized ghosts."""

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from odekit.arrays import EPS, FloatArray
from odekit.claims.experiments.modes import (
    PAPER_A,
    Population,
    at_start,
    choose_group,
    departure,
    diversified,
    is_odd_cyclic,
    logits_by_residue,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, scale_between
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.comparison import predict
from odekit.derivation import Wave, population_logits
from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.simulation import Run, accuracy, simulate

__all__ = ["CLAIM"]

TOLERANCE = 1e-10  # above the rounding of a sum over all neurons
ENOUGH, TOO_FEW = (3, 5, 7), (1, 2, 4)  # fewer than 3 phases, and 4, leave further waves
PHASES = 5
SCALE = 0.02
RTOL = 1e-8
TRAINED = 1.2  # of the blow-up time: beyond it the logits leave the form
SNAPSHOTS = 41
LEAVES = "training leaves the form (1 %) at time / blow-up time"
LEFT = 1e-2  # the 1 % of LEAVES, far above rounding
SUBTRACTION_ORDER = 7  # small, so that training is quick


@dataclass(frozen=True)
class _Measured:
    """Logits of a population beside the prediction.

    Parameters
    ----------
    error: largest difference relative to the largest predicted logit.
    ghost: mean height of the peaks at 2x and 2y over that at x + y, above the plateau, where they are apart.
    least: smallest softmax at the right answer.
    bound: what proposition 1 says that it is at least.
    """

    error: float
    ghost: float
    least: float
    bound: float


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Build networks with equally spaced phases, measure their logits, and train one until it leaves them.

    The magnitudes are random, different ones for theta and xi, and such that the softmax bound says
    something.
    """
    group = choose_group(settings, 23)
    magnitudes = _magnitudes(group, PHASES, settings.generator(claim.id))
    waves = population_logits(Network("Zp"))
    populations = {count: Population(group, count, *magnitudes, waves) for count in (*ENOUGH, *TOO_FEW)}
    found = {count: _measure(population) for count, population in populations.items()}
    budget = {"rounding": max(_rounding(populations[count]) for count in ENOUGH)}
    allowed = sum(budget.values())
    gap = max(max(found[count].error, abs(found[count].ghost - 0.5)) for count in ENOUGH)
    swapped = departure(populations[PHASES].swapped(), logits_by_residue(*diversified(populations[PHASES])))
    possible, reached, learned = _subtraction()
    trained = _train(group, PHASES, settings.value("scale", SCALE))
    limit = possible / SUBTRACTION_ORDER**2
    return claim.verdict(
        gap=gap,
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "the printed logit scale $alpha beta^2$",
            judge(swapped, allowed, TOLERANCE),
            f"the right peak's height is $p/2$ times ${_text(waves[0])}$ per neuron of each frequency",
        ),
        predicted={"relative error of the logits": 0.0, "ghost peak / right peak": 0.5},
        measured={
            "relative error of the logits": max(found[count].error for count in ENOUGH),
            "ghost peak / right peak": found[PHASES].ghost,
            "smallest softmax at the right answer": found[PHASES].least,
            "its bound 1 - (p-1) exp(-q N p/8)": found[PHASES].bound,
            LEAVES: float(str(trained[LEAVES])),
        },
        checks={
            "the softmax at the right answer is at least 1 - (p-1) exp(-q N p/8)": all(
                found[count].least >= found[count].bound for count in ENOUGH
            ),
            "1, 2 and 4 phases per frequency are too few": all(found[c].error > LEFT for c in TOO_FEW),
            "a shared embedding learns x+y, and of x-y no more than (p+1)/(2p)": reached
            <= possible
            < learned,
        },
        evidence={
            "group": group.name,
            "magnitudes alpha, beta": magnitudes,
            "relative error by number of phases": {str(count): found[count].error for count in sorted(found)},
            "smallest softmax at the right answer": {str(count): found[count].least for count in ENOUGH},
            "its bound": {str(count): found[count].bound for count in ENOUGH},
            f"largest possible accuracy of x-y on Z{SUBTRACTION_ORDER}, shared embedding": limit,
            f"accuracy of x-y on Z{SUBTRACTION_ORDER}, shared embedding, after training": reached
            / SUBTRACTION_ORDER**2,
            f"accuracy of x+y on Z{SUBTRACTION_ORDER}, shared embedding, after training": learned
            / SUBTRACTION_ORDER**2,
            **trained,
        },
        text="Exact for 3 or at least 5 equally spaced phases and one common $q = alpha^2 beta$. Subtraction "
        "with a shared embedding can't be learned: $f(x, y) = f(y, x)$, so at odd order its accuracy is at "
        f"most $(p+1)/(2p)$, {limit:.3f} on Z{SUBTRACTION_ORDER}.",
    )


def _magnitudes(group: FiniteGroup, count: int, generator: np.random.Generator) -> tuple[float, float]:
    """Random alpha and beta, a factor of 1.2 to 2 apart, with the bound of `count` phases in (.6, .993)."""
    exponent = np.log(group.order - 1) + generator.uniform(1.0, 5.0)
    q = 8 * exponent / (count * group.order)
    ratio = generator.uniform(1.2, 2.0) ** generator.choice((-1, 1))
    beta = (q / ratio**2) ** (1 / 3)
    return float(ratio * beta), float(beta)


def _measure(population: Population) -> _Measured:
    network, theta, xi = diversified(population)
    measured = logits_by_residue(network, theta, xi)
    n, q = population.group.order, population.alpha**2 * population.beta
    return _Measured(
        error=departure(population, measured),
        ghost=_ghost(measured),
        least=_least_softmax(measured),
        bound=1 - (n - 1) * float(np.exp(-q * population.count * n / 8)),
    )


def _ghost(measured: FloatArray) -> float:
    n = len(measured)
    x, y = np.nonzero(~np.eye(n, dtype=bool))
    answers = measured[x, y]
    rows = np.arange(len(x))
    right, first, second = (answers[rows, place % n] for place in (x + y, 2 * x, 2 * y))
    plateau = (answers.sum(axis=1) - right - first - second) / (n - 3)
    return float(((first + second) / 2 - plateau).mean() / (right - plateau).mean())


def _least_softmax(measured: FloatArray) -> float:
    """Smallest softmax at x + y over all pairs."""
    n = len(measured)
    x, y = np.indices((n, n))
    shifted = np.exp(measured - measured.max(axis=-1, keepdims=True))
    return float((shifted[x, y, (x + y) % n] / shifted.sum(axis=-1)).min())


def _rounding(population: Population) -> float:
    """Bound of the rounding in a logit relative to the largest.

    A logit is a sum of M = N (n-1)/2 terms xi z^2 of size at most beta (2 alpha)^2, wrong by at most M + 8
    roundings of their absolute sum; the largest is (q N/2)(n/2 - 1). The ratio of the two sums is
    ``8 (n-1)/(n-2)``, and both the measured and the predicted side are rounded.
    """
    n, neurons = population.group.order, population.count * (population.group.order - 1) // 2
    return 2 * (neurons + 8) * EPS * 8 * (n - 1) / (n - 2)


@lru_cache(maxsize=16)
def _train(group: FiniteGroup, count: int, scale: float) -> dict[str, object]:
    """Train a diversified network from small aligned weights, and find when its logits leave the form."""
    start = Population(group, count, scale, scale, population_logits(Network("Zp")))
    network, theta, xi = diversified(start)
    weights = {"theta": theta, "xi": xi}
    blow_up = float(predict(at_start(network, weights)).blow_up_time.min())
    times = blow_up * np.linspace(0.0, TRAINED, SNAPSHOTS)
    run = simulate(network, weights=weights, times=times, rtol=RTOL, estimate_error=False)
    errors = np.array([_departure_at(start, run, index) for index in range(len(run))])
    left = np.flatnonzero(errors > LEFT)
    return {
        LEAVES: float(times[left[0]] / blow_up) if len(left) else None,
        "final loss": float(run.records["loss"][-1]),
        "series": {
            "x": {"label": "time / blow-up time", "values": run.t / blow_up},
            "y": {"label": "relative departure of the logits from the vote"},
            "curves": {"trained network": errors + EPS},
            "scale": "semilogy",
            "caption": "Trained from the equally spaced phases, the network keeps the logits of the "
            "statement until close to the blow-up: their relative departure from it.",
        },
    }


def _departure_at(start: Population, run: Run, index: int) -> float:
    """Departure of a snapshot's logits from the vote at the snapshot's own mean magnitudes."""
    theta, xi = (run.weights[name][index] for name in ("theta", "xi"))
    return departure(start.at(run, index), logits_by_residue(run.network, theta, xi))


def _text(wave: Wave) -> str:
    return str(wave.height).replace("**", "^")


@cache
def _subtraction() -> tuple[int, int, int]:
    """How many pairs of x - y a shared embedding can answer, and how many of x - y and x + y it learns.

    A shared embedding makes the logits symmetric in x and y: of the pairs (x, y) and (y, x) at most one is
    answered rightly, unless x - y = y - x.
    """
    answers = Network(f"Z{SUBTRACTION_ORDER}", task="x-y").labels()
    both = int((answers == answers.T).sum())
    possible = both + (answers.size - both) // 2
    return possible, _learned("x-y"), _learned("x+y")


def _learned(task: str) -> int:
    """How many pairs a shared embedding answers rightly after training."""
    network = Network(f"Z{SUBTRACTION_ORDER}", neurons=64, task=task)
    run = simulate(network, seed=0, scale=0.1, t_end=400.0, snapshots=2, rtol=1e-5, estimate_error=False)
    return round(accuracy(network, *run.snapshot(-1)) * SUBTRACTION_ORDER**2)


CLAIM = Claim(
    id="majority-vote",
    statement="With equally spaced phases and all frequencies, the logits are a constant, a peak at $x + y$, "
    "and two ghosts of half its height at $2x$ and $2y$.",
    source="arXiv 2602.16849, proposition 1",
    paper=PAPER_A,
    hypotheses="cyclic group of odd order at least 5, quadratic activation, shared embedding, $D = 0$, one "
    "pair of magnitudes",
    experiment=experiment,
    applies=is_odd_cyclic,
    takes={"scale": scale_between(1e-4, 0.1)},
)

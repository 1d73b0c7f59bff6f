"""The majority vote: a diversified network's logits peak at the right answer, with two half-sized ghosts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from odekit.claims.experiments import PAPER_A, at_start, choose_group, is_odd_cyclic, single_modes
from odekit.claims.verdict import Claim, Control, Settings, Verdict, judge
from odekit.comparison import predict, project
from odekit.derivation.vote import Wave, population_logits
from odekit.groups import FiniteGroup, mode_basis
from odekit.networks import Network
from odekit.simulation import Run, accuracy, logits, simulate

__all__ = ["CLAIM"]

FloatArray = NDArray[np.float64]

PHASES = 5
TOLERANCE = 1e-10
RTOL = 1e-8
TRAINED = 1.2
SNAPSHOTS = 41
LEFT = 1e-2


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Build networks with equally spaced phases, measure their logits, and train one until it leaves the form."""
    group = choose_group(settings, 23)
    alpha, beta = np.exp(settings.generator(claim.id).uniform(-0.5, 0.5, size=2))
    waves = population_logits(Network("Zp"))
    cases = {count: _measure(group, count, alpha, beta, waves) for count in (3, PHASES, 7)}
    gap = max(error for error, *_ in cases.values())
    ratio, bound_holds = cases[PHASES][1:]
    if not bound_holds or abs(ratio - 0.5) > TOLERANCE or _measure(group, 4, alpha, beta, waves)[0] < 1e-3:
        gap = float("inf")
    swapped = _measure(group, PHASES, alpha, beta, waves, swap=True)[0]
    trained = _train(group, waves)
    limit, reached = _subtraction()
    budget = {"rounding": 1e3 * float(np.finfo(np.float64).eps)}
    return claim.verdict(
        gap=gap,
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "the printed logit scale alpha beta^2",
            judge(swapped, sum(budget.values()), TOLERANCE),
            f"the height of the right peak is p/2 times {waves[0].height} per neuron and frequency".replace("**", "^"),
        ),
        predicted={"relative error of the logits": 0.0, "ghost peak / right peak": 0.5},
        measured={"relative error of the logits": gap, "ghost peak / right peak": ratio},
        evidence={
            "group": group.name,
            "relative error by number of phases": {str(n): case[0] for n, case in cases.items()},
            "softmax bound holds": bound_holds,
            "accuracy of x-y, shared embedding, after training": reached,
            "largest possible accuracy of x-y, shared embedding": limit,
            **trained,
        },
        text="Exact for 3 or at least 5 equally spaced phases and one common alpha^2 beta. Subtraction with a "
        f"shared embedding can't be learned: f(x, y) = f(y, x), so its accuracy is at most {limit:.3f} on Z7.",
    )


def _diversified(group: FiniteGroup, count: int, alpha: float, beta: float) -> dict[str, FloatArray]:
    """``count`` neurons for every frequency, with equally spaced phases and D = 0."""
    modes = len(mode_basis(group))
    places = np.repeat(np.arange(modes), count)
    phi = np.tile(2 * np.pi * np.arange(count) / count, modes)
    return single_modes(group, places, alpha * np.exp(1j * phi), beta * np.exp(2j * phi))


def _predicted(
    group: FiniteGroup, count: int, alpha: float, beta: float, waves: Sequence[Wave]
) -> FloatArray:
    """Logits (n, n, n) that the waves add up to over all frequencies."""
    n = group.order
    x, y, j = np.indices((n, n, n))
    total = np.zeros((n, n, n))
    for wave in waves:
        form = sum(c * part for c, part in zip(wave.form, (x, y, j), strict=True))
        height = wave.evaluate(alpha=alpha, beta=beta)
        total += count * height * np.where(form % n == 0, (n - 1) / 2, -0.5)
    return total


def _measure(
    group: FiniteGroup, count: int, alpha: float, beta: float, waves: Sequence[Wave], swap: bool = False
) -> tuple[float, float, bool]:
    """Relative error of the predicted logits, ghost over right peak, and whether the softmax bound holds."""
    weights = _diversified(group, count, alpha, beta)
    network = Network(group, neurons=len(weights["xi"]))
    measured = np.asarray(logits(network, weights["theta"], weights["xi"])).reshape((group.order,) * 3)
    first, second = (beta, alpha) if swap else (alpha, beta)
    predicted = _predicted(group, count, first, second, waves)
    error = float(np.abs(measured - predicted).max() / np.abs(predicted).max())
    return error, _ghost_ratio(measured), _bound_holds(measured, count, alpha**2 * beta)


def _ghost_ratio(measured: FloatArray) -> float:
    """Mean height of the peaks at 2x and 2y over that at x + y, above the plateau, where they are apart."""
    n = len(measured)
    x, y = np.nonzero(~np.eye(n, dtype=bool))
    plateau = float(np.median(measured[x, y]))
    right = measured[x, y, (x + y) % n] - plateau
    ghosts = (measured[x, y, 2 * x % n] + measured[x, y, 2 * y % n]) / 2 - plateau
    return float(ghosts.mean() / right.mean())


def _bound_holds(measured: FloatArray, count: int, q: float) -> bool:
    """Softmax at the right answer is at least 1 - (p - 1) exp(-q N p / 8) off the diagonal and on it."""
    n = len(measured)
    x, y = np.indices((n, n))
    shifted = np.exp(measured - measured.max(axis=-1, keepdims=True))
    right = shifted[x, y, (x + y) % n] / shifted.sum(axis=-1)
    return bool((right >= 1 - (n - 1) * np.exp(-q * count * n / 8) - 1e-12).all())


def _train(group: FiniteGroup, waves: Sequence[Wave]) -> dict[str, object]:
    """Train a diversified network from small aligned weights, and find when its logits leave the form."""
    weights = _diversified(group, PHASES, 0.02, 0.02)
    network = Network(group, neurons=len(weights["xi"]))
    blow_up = float(predict(at_start(network, weights)).blow_up_time.min())
    times = blow_up * np.linspace(0.0, TRAINED, SNAPSHOTS)
    run = simulate(network, weights=weights, times=times, rtol=RTOL, estimate_error=False)
    errors = np.array([_departure(run, index, waves) for index in range(len(run))])
    left = errors > LEFT
    return {
        "training leaves the form (1 %) at time / blow-up time": float(
            run.t[int(np.argmax(left))] / blow_up if left.any() else TRAINED
        ),
        "final loss": float(run.records["loss"][-1]),
        "series": {
            "x": {"label": "time / blow-up time", "values": run.t / blow_up},
            "y": {"label": "relative departure of the logits from the vote"},
            "curves": {"trained network": errors + np.finfo(np.float64).eps},
            "scale": "semilogy",
        },
    }


def _departure(run: Run, index: int, waves: Sequence[Wave]) -> float:
    """Relative difference of a snapshot's logits from the vote at its mean magnitudes."""
    group = run.network.finite_group
    modes = project(run).at(index)
    own = (np.arange(run.network.neurons), modes.dominant)
    alpha, beta = float(modes.alpha[own].mean()), float(modes.beta[own].mean())
    theta, xi = run.snapshot(index)
    measured = np.asarray(logits(run.network, theta, xi)).reshape((group.order,) * 3)
    expected = _predicted(group, PHASES, alpha, beta, waves)
    return float(np.abs(measured - expected).max() / np.abs(expected).max())


def _subtraction() -> tuple[float, float]:
    """Accuracy that a symmetric function can reach on x - y over Z7, and what a trained network reaches."""
    network = Network("Z7", neurons=64, task="x-y")
    answers = network.labels()
    n = len(answers)
    reachable = sum(
        1.0 if x == y else float(answers[x, y] == answers[y, x]) + 0.5 * float(answers[x, y] != answers[y, x])
        for x in range(n)
        for y in range(n)
    ) / n**2
    run = simulate(network, seed=0, scale=0.1, t_end=400.0, snapshots=2, rtol=1e-5, estimate_error=False)
    theta, xi = run.snapshot(-1)
    return reachable, float(accuracy(network, theta, xi))


CLAIM = Claim(
    id="majority-vote",
    statement="With equally spaced phases and all frequencies, the logits are a constant, a peak at x + y, and two "
    "ghosts of half its height at 2x and 2y.",
    source="arXiv 2602.16849, proposition 1",
    paper=PAPER_A,
    hypotheses="cyclic group of odd order at least 5, quadratic activation, shared embedding, D = 0, one magnitude",
    experiment=experiment,
    applies=is_odd_cyclic,
)

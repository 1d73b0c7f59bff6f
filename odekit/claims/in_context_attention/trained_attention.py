"""Softmax attention that is trained on sampled prompts, in all weights, against its heads' averaged flow."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.stats import norm

from odekit.arrays import FloatArray
from odekit.claims.experiments import heads_flow
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings
from odekit.claims.statistics import LEVEL
from odekit.claims.verdict import Claim, Verdict, about_no_group, judge
from odekit.derivation import AveragedLoss, averaged_loss, finite_loss
from odekit.simulation import descend_attention
from odekit.solvers import solve
from odekit.systems import System

__all__ = ["CLAIM"]

DIMENSION, CONTEXT, LABEL_NOISE = 8, 64, 0.5
# Large values keep the key-query weights small, where 1/(tokens) is a small order.
VALUES, KEYS = (2.0, -1.6), (0.05, -0.1)
SPREAD = 0.1  # of the logarithms of a start
END, STEPS = 4.0, 64
PROMPTS, GROUPS, FEWER = 256, 12, 4  # of a group; of a step; and this many times fewer groups
MOMENTS = 8  # at which both are compared
RTOL, LOOSER = 1e-9, 1e-7  # their difference tells the solver's error
TOLERANCE = 0.1  # a tenth of what it costs if omega moves as a single weight


@dataclass(frozen=True, eq=False)
class _Trained:
    """Heads of a network that was trained, on the pattern.

    Parameters
    ----------
    heads: (steps + 1, 2, head), mu and omega sqrt(d).
    beside: (weights,), every other one, and the entries of K - omega I, at the end, in standard deviations of
        what its sampled steps alone add up to.
    covariance: (steps, states, states), of a step's gradient in mu and omega, averaged over groups.
    """

    heads: FloatArray
    beside: FloatArray
    covariance: FloatArray


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Train all weights of two heads by stochastic descent, and compare with the averaged flow.

    The noise of the descent shifts heads by an amount in proportion to 1/(prompts), which fewer prompts tell.
    """
    generator = settings.generator(claim.id)
    start = np.array([VALUES, KEYS]) * np.exp(generator.uniform(-SPREAD, SPREAD, (2, 2)))
    groups = GROUPS * (8 if settings.full else 1)
    trained = _trained(start, generator, groups)
    fewer = _trained(start, generator, groups // FEWER)
    places = np.linspace(0, STEPS, MOMENTS + 1).astype(int)[1:]
    flow, finite = (_flow(each(2), True) for each in (averaged_loss, finite_loss))
    predicted, loose = (_predicted(flow, start, rtol) for rtol in (RTOL, LOOSER))
    stepped, deviation = _stepped(flow, start, trained.covariance)
    sampling = float(norm.isf(LEVEL / (2 * predicted[places].size)) * deviation[places].max())
    budget = {
        "sampling of prompts": sampling,
        # A shift like 1/(prompts), from the difference of two runs, in which their sampling may hide it.
        "noise of the descent": (
            _gap(trained.heads, fewer.heads, places) + float(np.sqrt(1 + FEWER)) * sampling
        )
        / (FEWER - 1),
        "finite steps": _gap(predicted, stepped, places),
        # The next order in 1/(tokens), doubled for those beyond, which fall by as much and more.
        "finite prompts and inputs": 2 * _gap(predicted, _predicted(finite, start, RTOL), places),
        "solver": _gap(predicted, loose, places),
    }
    single = _predicted(_flow(averaged_loss(2), False), start, RTOL)
    silent = _predicted(flow, start, RTOL, noise=0.0)
    names = ("value", "key-query weight * sqrt(d)")
    return claim.verdict(
        gap=_gap(trained.heads, predicted, places),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "the key-query weight moves as a single weight, $omega' = - diff L / diff omega$",
            judge(_gap(trained.heads, single, places), sum(budget.values()), TOLERANCE),
            "it is that of d entries of a matrix: $omega' = - (1/d) diff L / diff omega$",
        ),
        predicted=_named(names, predicted[-1]),
        measured=_named(names, trained.heads[-1]),
        checks={
            "the heads are nearer to the averaged flow than to that of labels pooled without noise": _gap(
                trained.heads, predicted, places
            )
            < _gap(trained.heads, silent, places),
            "no other weight leaves the pattern by more than its sampled steps tell": bool(
                np.abs(trained.beside).max() < norm.isf(LEVEL / (2 * trained.beside.size))
            ),
        },
        evidence={
            "c": _values()["c"],
            "inputs": DIMENSION,
            "tokens of a prompt": CONTEXT,
            "prompts of a step": PROMPTS * groups,
            "largest weight beside the pattern, in standard deviations": np.abs(trained.beside).max(),
            "distance from the flow without the labels' noise": _gap(trained.heads, silent, places),
            "series": _series(trained, predicted),
        },
        text="All entries of keys, queries and values are trained, on new prompts at each step; "
        "the heads are read off as the mean diagonal of each K and the label's entry of each value. The "
        "averaged loss leaves out orders 1/(tokens) beside the pooled noise of the labels, and what differs "
        "for finitely many inputs; what they change is in the budget, from the loss that has them. The noise "
        "of the descent lowers the values, too, by its spread beside the pattern, in proportion to "
        "step over batch. Other weights stay within what their sampled steps alone add up to.",
    )


@cache
def _flow(averaged: AveragedLoss, matrices: bool) -> System:
    """The flow of two heads; omega stands for a matrix ``omega I``, of square d omega^2, or for itself."""
    return heads_flow(averaged, matrices)


def _values() -> dict[str, float]:
    return {"c": (1 + LABEL_NOISE**2) / CONTEXT, "d": DIMENSION, "s": LABEL_NOISE}


def _predicted(system: System, start: FloatArray, rtol: float, noise: float | None = None) -> FloatArray:
    """Heads at every step by a reduced flow, (steps + 1, 2, head)."""
    values = _values() if noise is None else {**_values(), "c": noise}
    needed = {symbol.name: values[symbol.name] for symbol in system.parameters}
    t = np.linspace(0.0, END, STEPS + 1)
    found = solve(system, start.ravel(), t, parameters=needed, rtol=rtol).y[..., 0]
    return _scaled(found.reshape(-1, 2, start.shape[1]))


def _scaled(heads: FloatArray) -> FloatArray:
    """With omega sqrt(d), which is of order 1 as mu is."""
    return np.asarray(heads * np.array([1.0, np.sqrt(DIMENSION)])[:, None])


def _trained(start: FloatArray, generator: np.random.Generator, groups: int) -> _Trained:
    """Descent of all weights from the pattern ``K = (omega I, 0)``, ``o = (0, mu)``."""
    mu, omega = start
    identity = np.eye(DIMENSION + 1, DIMENSION)
    found = descend_attention(
        omega[:, None, None] * identity,
        mu[:, None] * np.eye(DIMENSION + 1)[-1],
        generator,
        prompts=PROMPTS,
        groups=groups,
        context=CONTEXT,
        noise=LABEL_NOISE,
        learning_rate=END / STEPS,
        steps=STEPS,
    )
    heads = _on_pattern(found.key_query, found.output)
    beside = found.key_query[-1] - heads[-1, 1][:, None, None] * identity
    ends = ((beside, found.of_keys), (found.output[-1, :, :-1], found.of_output[..., :-1]))
    scaled = [np.ravel(end / _of_steps(gradients)) for end, gradients in ends]
    each = _on_pattern(found.of_keys, found.of_output)
    centred = (each - each.mean(axis=1, keepdims=True)).reshape(STEPS, groups, -1)
    covariance = centred.swapaxes(1, 2) @ centred / (groups * (groups - 1))
    return _Trained(_scaled(heads), np.concatenate(scaled), covariance)


def _of_steps(gradients: FloatArray) -> FloatArray:
    """Standard deviation of the sum of all steps, by the gradients (steps, groups, ...) of each group."""
    groups = gradients.shape[1]
    return np.asarray(END / STEPS * np.sqrt((gradients.var(axis=1) / (groups - 1)).sum(axis=0)))


def _on_pattern(keys: FloatArray, output: FloatArray) -> FloatArray:
    """mu and omega, (..., 2, head), the last from the mean diagonal."""
    diagonal = np.trace(keys, axis1=-2, axis2=-1) / DIMENSION
    return np.stack([output[..., -1], diagonal], axis=-2)


def _stepped(system: System, start: FloatArray, covariance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Descent of the averaged loss in the same steps, with its standard deviation by sampling."""
    velocity, values, step = system.function(), _values(), END / STEPS
    needed = [values[symbol.name] for symbol in system.parameters]
    state, spread = start.ravel(), np.zeros((start.size, start.size))
    path, spreads = [state], [np.zeros(start.size)]
    shifts = 1e-6 * np.eye(len(state))
    for of_step in covariance:
        ahead, behind = (velocity(0.0, state[:, None] + sign * shifts, needed) for sign in (1, -1))
        moved = np.eye(len(state)) + step * (ahead - behind) / 2e-6
        spread = moved @ spread @ moved.T + step**2 * of_step
        state = state + step * velocity(0.0, state, needed)
        path.append(state)
        spreads.append(np.sqrt(np.diag(spread)))
    heads, deviation = (np.array(rows).reshape(-1, *start.shape) for rows in (path, spreads))
    return _scaled(heads), _scaled(deviation)


def _gap(first: FloatArray, second: FloatArray, places: FloatArray) -> float:
    return float(np.abs(first[places] - second[places]).max())


def _named(names: tuple[str, str], heads: FloatArray) -> dict[str, float]:
    return {
        f"{name}, head {place + 1}": float(value)
        for name, row in zip(names, heads, strict=True)
        for place, value in enumerate(row)
    }


def _series(trained: _Trained, predicted: FloatArray) -> dict[str, object]:
    curves = {}
    for name, heads in (("trained", trained.heads), ("averaged", predicted)):
        curves[f"value, {name}"] = heads[:, 0, 0]
        curves[f"key-query weight, {name}"] = heads[:, 1, 0]
        curves[f"slope, {name}"] = heads.prod(axis=1).sum(axis=1) / np.sqrt(DIMENSION)
    return {
        "x": {"label": "time", "values": np.linspace(0.0, END, STEPS + 1)},
        "y": {"label": "weight"},
        "curves": curves,
        "caption": "A head of softmax attention over time, trained on sampled prompts, beside the averaged "
        "flow: its value, its key-query weight times $sqrt(d)$, and the slope, the sum of $mu omega$.",
    }


CLAIM = Claim(
    id="trained-attention",
    statement="Softmax attention that is trained on prompts of linear regression, in all entries of keys, "
    "queries and values, keeps the pattern $K = omega I$ and a value of the label alone, and its heads "
    "follow the averaged flow $mu' = - diff L / diff mu$, $omega' = - (1/d) diff L / diff omega$.",
    source="arXiv 2503.12734, abstract (the pattern); the averaged flow is derived here",
    paper="2503.12734",
    hypotheses="no group: inputs of N(0, I_d), noisy linear labels, two heads that start on the pattern with "
    "key-query weights below $1/sqrt(d)$, stochastic descent without momentum",
    experiment=experiment,
    applies=about_no_group,
)

"""Several tasks at once: heads share them in superposition, and one more than there are tasks suffices."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from odekit.arrays import FloatArray
from odekit.claims.experiments import at_values, heads_on
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings
from odekit.claims.verdict import Claim, Verdict, about_no_group, judge
from odekit.derivation import averaged_loss, valley_floor
from odekit.simulation import follow_heads, heads_loss
from odekit.solvers import solve
from odekit.systems import System, observables

__all__ = ["CLAIM"]

Case = tuple[int, int]  # tasks, heads

# A row for each head and a column for each task: columns of sum 0 and equal length, which are orthogonal
# where there are heads enough, and else a tight frame.
FRAMES: dict[Case, list[list[object]]] = {
    (1, 2): [[1], [-1]],
    (2, 2): [[1, 1], [-1, -1]],
    (2, 3): [["sqrt(3)", 1], ["-sqrt(3)", 1], [0, -2]],
    (2, 4): [[1, 0], [-1, 0], [0, 1], [0, -1]],
    (3, 2): [[1, 1, 1], [-1, -1, -1]],
    (3, 3): [[2, -1, -1], [-1, 2, -1], [-1, -1, 2]],
    (3, 4): [[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]],
}
PAIR, FEW, ENOUGH, FEWER = (1, 2), (2, 2), (2, 3), (3, 2)
DIMENSIONS = (4, 5, 6, 8)  # of each task's inputs
NOISE, SPREAD = 0.0275, 0.3  # c, and by how much its logarithm varies
SCALE, REDUCED = 0.3, 0.3  # of the random starts, and the weights from which the reduced flow starts
RATIO = 8.0  # of neighbouring times, by which what the start leaves falls, or by 4 and more before
LAST = 7
TIMES = RATIO ** np.linspace(0, LAST, 4 * LAST + 1)
ENDS = [-9, -5, -1]  # places of the last three whole powers
FALL = 4.0
RTOLS, LOOSER = (1e-8, 1e-5), 10.0  # of heads and of the reduced flow; the looser tell the error
ROUNDING = 1e-13
TOLERANCE = 0.01  # a head too few costs a third of the loss and more


@dataclass(frozen=True, eq=False)
class _Run:
    """Heads in weight space beside the reduced flow.

    Parameters
    ----------
    case: tasks and heads.
    floor: what the derivation gives for the loss without the labels' noise.
    order: of what is left of the loss, in 1/time.
    loss, looser, reduced, reduced_looser: (T,); those that are looser are at the looser tolerance.
    mu, omega: (head, task), at the end.
    """

    case: Case
    floor: float
    order: float
    loss: FloatArray
    looser: FloatArray
    reduced: FloatArray
    reduced_looser: FloatArray
    mu: FloatArray
    omega: FloatArray

    @property
    def name(self) -> str:
        return f"{self.case[0]} task{'s' * (self.case[0] > 1)}, {self.case[1]} heads"

    def limit(self, loss: FloatArray) -> FloatArray:
        """Of the loss, extrapolated from two whole powers of time each, (2,)."""
        ends = loss[ENDS]
        return np.asarray(ends[1:] + np.diff(ends) / (RATIO**self.order - 1))

    def rest(self, loss: FloatArray) -> FloatArray:
        """What is left of the loss above its limit, (T,)."""
        return np.asarray(loss - self.floor)

    def far(self) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
        """Relative distances from the derived limit and from the reduced flow, with both errors of each."""
        names = f"limit, {self.name}", f"rest, {self.name}"
        limits = [self.limit(each) / self.floor - 1 for each in (self.loss, self.looser)]
        ratios = [
            self.rest(each) / self.rest(reduced) - 1
            for each, reduced in (
                (self.loss, self.reduced),
                (self.looser, self.reduced),
                (self.loss, self.reduced_looser),
            )
        ]
        # What is left of a limit falls like the rest itself or faster, and is doubled for the terms beyond.
        left = 2 * abs(np.diff(limits[0])[0]) / (RATIO**self.order - 1)
        start = 2 * abs(np.diff(ratios[0][ENDS])[-1]) / (FALL - 1)
        changes = abs(limits[0][-1] - limits[1][-1]), sum(abs(ratios[0][-1] - r[-1]) for r in ratios[1:])
        return (
            dict(zip(names, map(float, (limits[0][-1], ratios[0][-1])), strict=True)),
            dict(zip(names, map(float, (left, start)), strict=True)),
            dict(zip(names, map(float, changes), strict=True)),
        )


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Follow heads of two and three tasks from random starts beside reduced flows."""
    generator = settings.generator(claim.id)
    noise = NOISE * float(np.exp(generator.uniform(-SPREAD, SPREAD)))
    values = {"c": noise, "d": float(generator.choice(DIMENSIONS)), "s": 0.0}
    cases = [*FRAMES] if settings.full else [FEW, ENOUGH, FEWER]
    runs = {case: _run(case, _start(generator, case), values) for case in cases}
    far: dict[str, float] = {}
    left: dict[str, float] = {}
    changes: dict[str, float] = {}
    for run in runs.values():
        own = run.far()
        far, left, changes = {**far, **own[0]}, {**left, **own[1]}, {**changes, **own[2]}
    budget = {"what is left of the approach": max(left.values()), "integrators": max(changes.values())}
    few, enough = runs[FEW], runs[ENOUGH]
    short = abs(float(few.limit(few.loss)[-1]) / enough.floor - 1)
    return claim.verdict(
        gap=max(map(abs, far.values())),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "as many heads as tasks do as well as a pair for each task",
            judge(short, sum(budget.values()), TOLERANCE),
            "$N + 1$ heads for N tasks",
        ),
        predicted=dict.fromkeys(far, 0.0),
        measured=far,
        checks={
            "the frames are closed": all(
                system.closed and system.certify().passed for system in map(_on_frame, {PAIR, *cases})
            ),
            "the derived limits are those of the statement": all(
                _is_as_stated(case, values) for case in {PAIR, *cases}
            ),
        },
        evidence={
            "c": noise,
            "inputs of a task": values["d"],
            "limits of the loss": {run.name: run.floor for run in runs.values()},
            "orders of what is left": {run.name: run.order for run in runs.values()},
            "mu . omega, of each task and between tasks": {
                run.name: run.mu.T @ run.omega for run in runs.values()
            },
            "values of three heads": enough.mu,
            "series": _series(runs),
        },
        text="By the averaged loss, to first order in 1/(tokens) and for many inputs; the losses are those "
        "above the noise of the queries' own labels. Values of a task sum to 0, and $H$ heads leave $H - 1$ "
        "dimensions for that; the tasks share them equally, and with $N + 1$ heads none disturbs another. "
        "Superposition has its price in time: three heads of two tasks "
        "reach the limit like $t^(-1/2)$, and pairs like $t^(-2/3)$, as in the reduced flow on a symmetric "
        "frame. The abstract names the superposition; limits and rates are "
        "no statement of it.",
    )


@cache
def _on_frame(case: Case) -> System:
    """The flow on ``mu = m F``, ``omega = w F``, found from the averaged loss."""
    tasks, heads = case
    entries = [f"({entry})" for row in FRAMES[case] for entry in row]
    values, keys = ([f"{entry}*{name}" for entry in entries] for name in "mw")
    return heads_on(averaged_loss(heads, tasks), values, keys)


def _valley(case: Case, values: Mapping[str, float]) -> tuple[float, float]:
    """The limit of the loss, and the order in 1/time at which it is reached.

    A rest ``w^p`` moves w by ``w' ~ -w^(p + 3)``, since m = v/w moves by 1/w^2 as much; w falls like
    ``t^(-1/(p + 2))``.
    """
    floor, power = valley_floor(_on_frame(case))
    limit = at_values(floor, values)
    return limit, power / (power + 2)


def _is_as_stated(case: Case, values: Mapping[str, float]) -> bool:
    """Up to the rounding of a sum of a few terms."""
    (tasks, heads), unit = case, values["c"] * values["d"]
    stated = tasks * unit / (unit + min(1, (heads - 1) / tasks)) / 2
    return abs(_valley(case, values)[0] / stated - 1) < ROUNDING


def _start(generator: np.random.Generator, case: Case) -> FloatArray:
    """Random mu and omega, (2, head, task); of one task a head of either sign, as one sign would stay."""
    start = SCALE * generator.standard_normal((2, *case[::-1]))
    if case == PAIR:
        start = np.abs(start) * np.array([[1], [-1]])
    return np.asarray(start)


def _run(case: Case, start: FloatArray, values: Mapping[str, float]) -> _Run:
    t = np.concatenate([[0.0], TIMES])
    numbers = values["c"], values["d"]
    of_heads, of_reduced = ((rtol, LOOSER * rtol) for rtol in RTOLS)
    paths = [follow_heads(start[0], start[1], t, *numbers, rtol) for rtol in of_heads]
    return _Run(
        case,
        *_valley(case, values),
        *(heads_loss(*path, *numbers)[1:] for path in paths),
        *(_reduced(case, values, rtol) for rtol in of_reduced),
        *(path[-1] for path in paths[0]),
    )


def _reduced(case: Case, values: Mapping[str, float], rtol: float) -> FloatArray:
    """The loss of the reduced flow, (T,)."""
    system = _on_frame(case)
    start = dict.fromkeys("mw", REDUCED)
    found = solve(system, start, TIMES, parameters=values, rtol=rtol, method="rodas5p")  # a stiff valley
    loss = observables(system, {"loss": system.energy})
    numbers = np.array([values[symbol.name] for symbol in system.parameters])
    return np.asarray(loss(TIMES, found.y[..., 0].T, numbers)[0])


def _series(runs: Mapping[Case, _Run]) -> dict[str, object]:
    """Of two tasks, above the limit of a pair for each."""
    few, enough = runs[FEW], runs[ENOUGH]
    curves = {run.name: (run.loss, run.reduced) for run in (few, enough)}
    return {
        "x": {"label": "time", "values": TIMES},
        "y": {"label": "loss above that of two pairs"},
        "curves": {
            **{name: loss - enough.floor for name, (loss, _) in curves.items()},
            **{f"{name}, reduced flow": reduced - enough.floor for name, (_, reduced) in curves.items()},
        },
        "scale": "loglog",
        "caption": "Loss of heads that learn two tasks over time, above the limit of a pair for each: two "
        "heads stay above it, and three in superposition reach it like $t^(-1/2)$.",
    }


CLAIM = Claim(
    id="head-superposition",
    statement="Heads that regress $N >= 2$ tasks in context share them in superposition: the loss of "
    "$H >= 2$ heads tends to $N c d/(2 (c d + min(1, (H - 1)/N)))$, so that $N + 1$ heads do as well as a "
    "pair for each task, and $N$ do not.",
    source="arXiv 2503.12734, abstract (that head and task numbers lead to superposition); the model, the "
    "limits and the rates are derived here",
    paper="2503.12734",
    hypotheses="no group: N tasks with d inputs of N(0, I_d) and a noisy linear label of their own each, "
    "heads $K = omega I$ on each task's inputs, the loss averaged over prompts to first order in 1/(tokens), "
    "many inputs, random starts; N = 2 and 3; the limits are those of small key-query weights",
    experiment=experiment,
    applies=about_no_group,
)

"""What is known in numbers only: blow-up times, and limits of solutions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from odekit.arrays import FloatArray
from odekit.checking.algebra import as_system
from odekit.checking.flow import LOSS, TIME, Flow
from odekit.checking.sampling.conditions import Condition
from odekit.checking.sampling.evaluation import measure
from odekit.errors import ReductionError, UnknownNameError
from odekit.expressions import Expression, names_in
from odekit.solvers import blow_up_time as solved_blow_up_time
from odekit.solvers import solve
from odekit.systems import EllipticForm

__all__ = ["NumericValue", "blow_up_time", "eigenvalue", "is_turn", "limit"]

Values = Mapping[str, FloatArray]

Known = tuple[FloatArray, FloatArray]

PLACES = ("blow-up", "infinity")
# Near a blow-up at T*, quantities with a limit are series in h = 1 - t/T* or in its root: halving h, and
# taking away one power after another, leaves rounding alone.
FIRST_LATE, HALVINGS = 0.05, 9
# Doubled until the quantity rests to rounding; where it still moves at the last of them, it is unknown.
FIRST_FAR, FEWEST_DOUBLINGS, DOUBLINGS = 0.5, 3, 7
OWN_DOUBLINGS = 10  # nothing is known of the rates of one's own system
MAGNIFIED = 20.0  # what extrapolation makes of noise in one row
MOST_STEPS = 400  # from one of them to the next; a flow that needs more comes to no rest in a short time
_ROUNDING = 1e-14  # of a quantity at a state
_STATE = 2e-14  # of the states of the exact solution, half-way to a blow-up and later
_STEPPING = 3e-9  # of the integration at its tolerance
_KNOWN = 1e-6  # a limit with a larger error is none that a formula could be judged by
_EIGENVALUE = 1e-7  # relative to the largest; a double one is known to half of the digits
_EXACT = 1e-11  # the exact solution in float64


@dataclass(frozen=True)
class NumericValue:
    """A quantity as a function of points.

    Parameters
    ----------
    evaluate: from values by name, and the conditions on them, to values and bounds of their absolute errors,
        float64 of their shape; NaN where there is no such value.
    is_angle: whether values that differ by full turns are equal.
    """

    evaluate: Callable[[Values, tuple[Condition, ...]], Known]
    is_angle: bool = False


def blow_up_time(flow: Flow) -> NumericValue:
    """The time at which the exact solution becomes infinite.

    Raises
    ------
    ReductionError: a system without exact solution.
    """
    form = _elliptic_form(flow)

    def evaluate(values: Values, conditions: tuple[Condition, ...]) -> Known:
        times = _blow_up(flow, form, values)
        return times, _EXACT * times

    return NumericValue(evaluate)


def limit(flow: Flow, quantity: Expression, place: str) -> NumericValue:
    """The limit of a quantity along the solution that starts at each point.

    Raises
    ------
    UnknownNameError: a place that is neither the blow-up nor infinity.
    ReductionError: the blow-up of a system without exact solution.
    """
    if place not in PLACES:
        raise UnknownNameError("place of a limit", place, PLACES)
    turns = is_turn(quantity, flow)
    if place == "infinity":
        return NumericValue(
            lambda values, conditions: _at_infinity(flow, quantity, values, conditions), turns
        )
    form = _elliptic_form(flow)
    return NumericValue(lambda values, conditions: _before_blow_up(flow, form, quantity, values), turns)


def eigenvalue(flow: Flow, name: str, others: Sequence[str], kind: str) -> NumericValue:
    """The rate at which a state decays or grows, which others drive that rest with it.

    It is that of the slowest decay, or the fastest growth, among the modes of those states that it depends
    on, one through the other.

    Parameters
    ----------
    name, others: of states that rest at the points.
    kind: ``"decay"`` or ``"growth"``.
    """
    states = [name, *others]
    slopes = [[flow.velocities[row].derivative(column) for column in states] for row in states]

    def evaluate(values: Values, conditions: tuple[Condition, ...]) -> Known:
        shape = values["t"].shape
        entries = [[np.broadcast_to(measure(slope, values)[0], shape) for slope in row] for row in slopes]
        matrices = np.array(entries).transpose(2, 0, 1)
        rates = np.array([_leading(matrix) for matrix in matrices])
        sizes = np.abs(np.nan_to_num(matrices)).max(axis=(1, 2))
        return -rates if kind == "decay" else rates, _EIGENVALUE * sizes

    return NumericValue(evaluate)


def _leading(matrix: FloatArray) -> float:
    """The largest real part of the eigenvalues that the first row depends on."""
    if not np.isfinite(matrix).all():
        return float("nan")
    found = {0}
    while more := {int(j) for i in found for j in np.flatnonzero(matrix[i])} - found:
        found |= more
    chosen = sorted(found)
    return float(np.linalg.eigvals(matrix[np.ix_(chosen, chosen)]).real.max())


def is_turn(quantity: Expression, flow: Flow) -> bool:
    """Whether a quantity is a sum of phases, so that full turns do not count."""
    slopes = {quantity.derivative(name) for name in names_in(quantity)}
    return names_in(quantity) <= flow.angles and bool(slopes) and not any(names_in(slope) for slope in slopes)


def _elliptic_form(flow: Flow) -> EllipticForm:
    form: EllipticForm | None = flow.system.closed_form
    if form is None or form.coordinates not in ("polar", "signed"):
        raise ReductionError(
            "no blow-up time is known for this system",
            expected="a system with an exact solution, in polar form",
            hint="odekit derive, which tells the exact solution where there is one",
        )
    return form


def _derived(flow: Flow, name: str, values: Values) -> FloatArray:
    """A coordinate in the derivation's units."""
    return np.asarray(values[name] / measure(flow.unit(name), values)[0])


def _clock(flow: Flow, values: Values) -> FloatArray:
    """The user's time over the derivation's."""
    time, loss = (values.get(f"unit:{name}", np.ones(1)) for name in (TIME, LOSS))
    return np.asarray(time / loss / measure(flow.own_factor, values)[0])


def _blow_up(flow: Flow, form: EllipticForm, values: Values) -> FloatArray:
    rate = measure(flow.tree(form.rate), values)[0]
    scale = float(form.readout_scale)
    first, last = form.states[0], form.states[-1 if form.coordinates == "signed" else 2]
    theta, xi = (_derived(flow, symbol.name, values) for symbol in (first, last))
    angle = np.where(xi / scale < 0, np.pi, 0.0)
    if form.coordinates == "polar":
        angle = angle + values[next(iter(flow.definitions))]
    times = solved_blow_up_time(np.abs(theta), np.abs(xi / scale), angle, rate)
    finite = np.where(np.isfinite(times), times, np.nan)
    return np.asarray(finite * _clock(flow, values))


def _before_blow_up(flow: Flow, form: EllipticForm, quantity: Expression, values: Values) -> Known:
    """By extrapolation in h to the blow-up, in whole powers of h or of its root, whichever leaves less."""
    ends = _blow_up(flow, form, values) / _clock(flow, values)
    is_known = np.isfinite(ends)
    late = FIRST_LATE * 0.5 ** np.arange(HALVINGS)
    times = np.stack([np.where(is_known, ends, 1e-3) * (1 - h) for h in late])
    start = {name: _derived(flow, name, values) for name in flow.states}
    parameters = {name: values[name] for name in flow.parameters}
    solution = solve(flow.system, start, times, parameters=parameters, method="exact")
    known = [_with_noise(flow, quantity, values, solution.y[index]) for index in range(HALVINGS)]
    found, noise = np.stack([each[0] for each in known]), np.stack([each[1] for each in known])
    whole, halves = (_extrapolated(found, noise, ratio) for ratio in (2.0, 2.0**0.5))
    value, error = (np.where(whole[1] <= halves[1], *pair) for pair in zip(whole, halves, strict=True))
    return _kept(np.where(is_known, value, np.nan), error)


def _with_noise(flow: Flow, quantity: Expression, values: Values, states: FloatArray) -> Known:
    """The quantity, and what errors of the states as large as the exact solution's change in it."""
    value = _quantity(flow, quantity, values, states)
    noise = np.zeros_like(value)
    for index, name in enumerate(flow.states):
        moved = states.copy()
        moved[index] += _EXACT * (1.0 if name in flow.angles else moved[index])
        noise += np.abs(_quantity(flow, quantity, values, moved) - value)
    return value, _STATE / _EXACT * noise + _ROUNDING * np.abs(value)


def _extrapolated(found: FloatArray, noise: FloatArray, ratio: float) -> Known:
    """The limit of a series in powers of a number that is divided by ``ratio`` from one row to the next.

    Of the limits from the first few rows the one with the least error: its change from the limit before, and
    the noise of its last row, magnified by the extrapolation.
    """
    column, limits = list(found), [found[0]]
    for power in range(1, len(found)):
        column = [b + (b - a) / (ratio**power - 1) for a, b in pairwise(column)]
        limits.append(column[0])
    changes = np.abs(np.diff(np.stack(limits), axis=0))
    changes[1:] = np.fmax(changes[1:], changes[:-1] / 16)
    changes[0] = np.inf
    errors = np.nan_to_num(changes + MAGNIFIED * noise[1:], nan=np.inf)
    best = errors.argmin(axis=0)[None]
    value, error = (np.take_along_axis(each, best, 0)[0] for each in (np.stack(limits[1:]), errors))
    return value, error


def _kept(value: FloatArray, error: FloatArray) -> Known:
    """A value, where its error leaves enough digits to judge a formula by."""
    size = np.fmax(1.0, np.abs(value))
    return np.where(error <= _KNOWN * size, value, np.nan), error


def _quantity(flow: Flow, quantity: Expression, values: Values, states: FloatArray) -> FloatArray:
    """The quantity at states in the derivation's units."""
    now = {**values}
    for name, state in zip(flow.states, states, strict=True):
        now[name] = state * measure(flow.unit(name), values)[0]
    for name, tree in flow.definitions.items():
        now[name] = measure(tree, now)[0]
    return np.broadcast_to(measure(quantity, now)[0], states[0].shape)


def _at_infinity(
    flow: Flow, quantity: Expression, values: Values, conditions: tuple[Condition, ...]
) -> Known:
    """What the quantity rests at, by integration over twice the time again and again."""
    energy = next((condition.value for condition in conditions if flow.is_energy(condition.name)), None)
    system = as_system(flow, energy)
    state = np.stack([values[name] for name in flow.states])
    shape = state.shape[1:]
    parameters = {symbol.name: values[symbol.name] for symbol in system.parameters}
    clock = np.broadcast_to(_clock(flow, values), shape)
    value, error = np.full(shape, np.nan), np.full(shape, np.inf)
    for doubling in range(OWN_DOUBLINGS if flow.is_own else DOUBLINGS):
        rests = (error <= 2 * _STEPPING * (1 + np.abs(value))) & (doubling > FEWEST_DOUBLINGS)
        moving = np.flatnonzero(~rests & np.isfinite(state).all(axis=0))
        if not moving.size:
            break
        span = FIRST_FAR * 2 ** max(doubling - 1, 0) * clock[moving]
        here = {name: state[index, moving] for index, name in enumerate(flow.states)}
        there = {name: np.broadcast_to(each, shape)[moving] for name, each in parameters.items()}
        solution = solve(
            system,
            here,
            span[None],
            parameters=there,
            rtol=1e-11,
            atol=1e-14,
            method="dop853",
            max_steps=MOST_STEPS,
        )
        state[:, moving] = np.where(solution.status == 0, solution.y[-1], np.nan)
        user = {**values, **dict(zip(flow.states, state, strict=True))}
        for name, tree in flow.definitions.items():
            user[name] = measure(tree, user)[0]
        now = np.broadcast_to(measure(quantity, user)[0], shape)
        change = np.abs(now - value)
        bound = np.where(np.isfinite(change), change, np.inf) + _STEPPING * (1 + np.abs(now))
        error[moving] = bound[moving]
        value = np.where(np.isin(np.arange(shape[0]), moving), now, value)
    return _kept(value, error)

"""What is known in numbers only: blow-up times, and limits of solutions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from odekit.arrays import FloatArray
from odekit.checking.algebra import as_system
from odekit.checking.flow import ENERGY, LOSS, TIME, Flow
from odekit.checking.sampling.evaluation import measure
from odekit.checking.sampling.points import Condition
from odekit.errors import ReductionError, UnknownNameError
from odekit.expressions import Expression, names_in
from odekit.solvers import blow_up_time as solved_blow_up_time
from odekit.solvers import solve
from odekit.systems import EllipticForm

__all__ = ["NumericValue", "blow_up_time", "is_turn", "limit"]

Values = Mapping[str, FloatArray]

PLACES = ("blow-up", "infinity")
# Near a blow-up at T*, quantities that have a limit depart from it at first order in 1 - t/T* or higher.
LATE = (1e-3, 1e-4)
FAR = (6.0, 9.0)  # times; where the quantity still moves between them, it counts as unknown
_SETTLED = 5e-5  # half of what a limit may be off
_EXACT = 1e-9  # the exact solution in float64
_LIMIT = 1e-4  # what is left at the last of LATE


@dataclass(frozen=True)
class NumericValue:
    """A quantity as a function of points.

    Parameters
    ----------
    evaluate: from values by name, and the conditions on them, to float64 of their shape; NaN where there is
        no such value.
    tolerance: relative error that the value may have.
    is_angle: whether values that differ by full turns are equal.
    """

    evaluate: Callable[[Values, tuple[Condition, ...]], FloatArray]
    tolerance: float
    is_angle: bool = False


def blow_up_time(flow: Flow) -> NumericValue:
    """The time at which the exact solution becomes infinite.

    Raises
    ------
    ReductionError: a system without exact solution.
    """
    form = _elliptic_form(flow)
    return NumericValue(lambda values, conditions: _blow_up(flow, form, values), _EXACT)


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
            lambda values, conditions: _at_infinity(flow, quantity, values, conditions), _LIMIT, turns
        )
    form = _elliptic_form(flow)
    return NumericValue(
        lambda values, conditions: _before_blow_up(flow, form, quantity, values), _LIMIT, turns
    )


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


def _before_blow_up(flow: Flow, form: EllipticForm, quantity: Expression, values: Values) -> FloatArray:
    ends = _blow_up(flow, form, values) / _clock(flow, values)
    is_known = np.isfinite(ends)
    times = np.stack([np.where(is_known, ends, 1e-3) * (1 - late) for late in LATE])
    start = {name: _derived(flow, name, values) for name in flow.states}
    parameters = {name: values[name] for name in flow.parameters}
    solution = solve(flow.system, start, times, parameters=parameters, method="exact")
    found = [_quantity(flow, quantity, values, solution.y[index]) for index in range(len(LATE))]
    return np.where(is_known, _settled(found[0], found[1]), np.nan)


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
) -> FloatArray:
    energy = next((condition.value for condition in conditions if condition.name == ENERGY), None)
    system = as_system(flow, energy)
    start = {name: values[name] for name in flow.states}
    parameters = {symbol.name: values[symbol.name] for symbol in system.parameters}
    found = []
    for far in FAR:
        solution = solve(system, start, far, parameters=parameters, rtol=1e-10, method="dop853")
        last = np.where(solution.status == 0, solution.y[-1], np.nan)
        user = {**values, **dict(zip(flow.states, last, strict=True))}
        for name, tree in flow.definitions.items():
            user[name] = measure(tree, user)[0]
        found.append(np.broadcast_to(measure(quantity, user)[0], last[0].shape))
    return _settled(found[0], found[1])


def _settled(before: FloatArray, after: FloatArray) -> FloatArray:
    """The later value, where the two agree to half of what a limit may be off.

    Phases that cancel are rounded more the later it is, so that the change also bounds what rounding does.
    """
    gap = np.abs(after - before)
    return np.where(gap <= _SETTLED * (1e-3 + np.abs(after)), after, np.nan)

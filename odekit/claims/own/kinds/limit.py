"""``kind = "limit"``: what a quantity tends to as time goes on."""

import numpy as np

from odekit.arrays import BoolArray, FloatArray
from odekit.claims.own.asked import Asked
from odekit.claims.own.kinds.kind import Kind, distance, mutated
from odekit.claims.own.setting import Setting
from odekit.claims.own.trial import Tested, Trial

__all__ = ["LIMIT"]

# What is left to go falls by this factor or less from one half of the time to the next, as 1/log(t) does not.
SLOWEST = 0.75
TWICE = 2.0  # for what the bound of a geometric series neglects
AT_REST = 1e-3  # of the largest state, what one may still move by in as much time again
UNSTABLE = 1e-6  # of the fastest rate, above the rounding of the derivatives
STEP = 1e-6  # relative, of central differences


def _test(asked: Asked, setting: Setting) -> Tested:
    """The value at the end, with a bound of what is left to go from how it came there."""
    record = setting.record([asked.said["of"]])
    values, errors = record.values[0], record.errors[0]
    unstable = _rests_where_it_is_unstable(setting)
    budget = {
        "integrator": errors[-1],
        "what is left to go": np.where(unstable, np.inf, _left(values, errors)),
    }
    predicted = asked.said["formula"].at(setting.known)
    false_text, false = mutated(asked, predicted, setting.known, np.abs(values).max(axis=0))
    tolerance = distance(asked, predicted, false)
    return Tested(
        Trial(predicted, values[-1], budget, tolerance),
        (f"it tends to {false_text}", Trial(false, values[-1], budget, tolerance)),
        evidence={
            "at the end": values[-1],
            "series": {
                "x": {"label": "time", "values": record.t},
                "y": {"label": asked.said["of"].text},
                "curves": {"integrated": values[:, 0], "limit": np.full(len(record.t), predicted[0])},
                "caption": f"${asked.said['of'].text}$ from the first start, and the limit predicted.",
            },
        },
        text=_remark(unstable, budget["what is left to go"]),
    )


def _remark(unstable: BoolArray, left: FloatArray) -> str:
    if unstable.any():
        return "Some orbit rests at the end where rest is unstable: it may leave later."
    return "At the end it still moves about as much as before." if np.isinf(left).any() else ""


def _left(values: FloatArray, errors: FloatArray) -> FloatArray:
    """Of a quantity whose swing falls geometrically as time doubles, what it may still change by, (batch,).

    With swings w1 in the second quarter of the time and w2 in the second half, q = w2/w1, the swings to come
    add up to ``w2 q/(1 - q)``. Infinite where they hardly fall.
    """
    quarter, half = len(values) // 4, len(values) // 2
    before, last = np.ptp(values[quarter : half + 1], axis=0), np.ptp(values[half:], axis=0)
    noise = errors[-1]
    with np.errstate(all="ignore"):
        q = last / before
        left = TWICE * last * q / (1 - q)
    rests = last <= noise
    return np.where(rests, noise, np.where(q <= SLOWEST, left, np.inf))


def _rests_where_it_is_unstable(setting: Setting) -> BoolArray:
    """Whether an orbit has come to rest where the linearisation has a growing mode, (batch,)."""
    system, solution = setting.system, setting.solutions[0]
    found = np.zeros(setting.batch, dtype=bool)
    if system.time is not None:
        return found
    velocity = system.function()
    parameters = np.array([setting.constants[name] for name in setting.asked.words.free])
    end, sizes = solution.y[-1], np.abs(solution.y).max(axis=0)
    for start in range(setting.batch):
        y, p, size = end[:, start], parameters[:, start] if parameters.size else (), sizes[:, start]
        # What is small now may grow: it counts as at rest next to the others, and to 1.
        largest = max(1.0, float(size.max()))
        if (np.abs(velocity(0.0, y, p)) * setting.asked.end > AT_REST * largest).any():
            continue
        steps = np.diag(STEP * np.maximum(size, AT_REST * largest))
        columns = [(velocity(0.0, y + s, p) - velocity(0.0, y - s, p)) / (2 * s.max()) for s in steps]
        matrix = np.array(columns).T
        if np.isfinite(matrix).all():
            rates = np.linalg.eigvals(matrix)
            found[start] = rates.real.max() > UNSTABLE * np.abs(rates).max()
    return found


LIMIT = Kind(
    name="limit",
    keys={"of": "quantity", "formula": "prediction"},
    options={},
    control="prediction",
    statement=lambda said: f"${said['of'].text}$ tends to ${said['formula'].text}$",
    test=_test,
)

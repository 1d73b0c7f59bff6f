"""``kind = "rate"``: a quantity decays or grows exponentially, at a rate."""

import numpy as np

from odekit.arrays import EPS, FloatArray
from odekit.claims.own.asked import Asked
from odekit.claims.own.kinds.kind import Kind, distance, mutated
from odekit.claims.own.setting import Setting
from odekit.claims.own.trial import Tested, Trial
from odekit.comparison import RateEstimate, estimate_rate

__all__ = ["RATE"]

ABOVE_ERROR = 1e3  # times the integrator's error, below which a distance shows no rate
MEASURES = ("decay", "growth")


def _test(asked: Asked, setting: Setting) -> Tested:
    """The slope of the logarithm, with its window chosen by rule."""
    record = setting.record([asked.said["of"]])
    values, looser, changes = (each[0].T for each in (record.values, record.looser, record.changes))
    is_growth = asked.said.get("measure", "decay") == "growth"
    rows = [_rate(record.t, *each, is_growth) for each in zip(values, changes, strict=True)]
    again = [_rate(record.t, *each, is_growth) for each in zip(looser, changes, strict=True)]
    measured = np.array([row.rate for row in rows])
    spread = [max(row.interval[1] - row.rate, row.rate - row.interval[0]) for row in rows]
    budget = {
        "estimate of the slope": np.array(spread),
        "integrator": np.abs(measured - [row.rate for row in again]),
    }
    predicted = asked.said["formula"].at(setting.known)
    false_text, false = mutated(asked, predicted, setting.known, np.asarray(1 / asked.end))
    tolerance = distance(asked, predicted, false)
    unknown = next((row.reason for row in rows if not row.is_conclusive), "")
    return Tested(
        Trial(predicted, measured, budget, tolerance),
        (f"at the rate {false_text}", Trial(false, measured, budget, tolerance)),
        evidence={
            "rates": measured,
            "windows of time": [row.window for row in rows],
            "series": {
                "x": {"label": "time", "values": record.t},
                "y": {"label": asked.said["of"].text},
                "curves": {"integrated": values[0]},
                "caption": f"${asked.said['of'].text}$ along the orbit from the first start.",
            },
        },
        text=unknown and f"At some start there is no rate: {unknown}.",
    )


def _rate(t: FloatArray, values: FloatArray, changes: FloatArray, is_growth: bool) -> RateEstimate:
    """Of growth as the decay of the inverse."""
    sizes = np.abs(values)
    if is_growth and (sizes == 0).any():
        unknown = (np.nan, np.nan)
        return RateEstimate(np.nan, unknown, unknown, {}, "unknown", "the quantity is zero at some time")
    if is_growth:
        return estimate_rate(t, sizes.min() / sizes, floor=0.0)
    floor = max(ABOVE_ERROR * float(changes.max()), 1e4 * EPS * float(sizes.max()))
    return estimate_rate(t, sizes, floor=floor)


RATE = Kind(
    name="rate",
    keys={"of": "quantity", "formula": "prediction"},
    options={"measure": "word"},
    control="prediction",
    statement=lambda said: (
        f"${said['of'].text}$ {'grows' if said.get('measure') == 'growth' else 'decays'} "
        f"at the rate ${said['formula'].text}$"
    ),
    test=_test,
    words={"measure": MEASURES},
)

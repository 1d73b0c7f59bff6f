"""``kind = "closed form"``: a quantity as a formula in time and the start, against integration."""

import numpy as np

from odekit.claims.own.asked import Asked
from odekit.claims.own.kinds.kind import Kind, distance, mutated
from odekit.claims.own.setting import Setting
from odekit.claims.own.trial import Tested, Trial

__all__ = ["CLOSED_FORM"]


def _test(asked: Asked, setting: Setting) -> Tested:
    """At all times the formula next to the integrated quantity."""
    record = setting.record([asked.said["of"]])
    measured = record.values[0]
    names = {**setting.known, "t": record.t[:, None]}
    predicted = asked.said["formula"].at(names)
    size = np.abs(measured).max(axis=0)
    false_text, false = mutated(asked, predicted, names, size)
    # One tolerance for all times: where prediction and control cross, none tells them apart.
    apart = np.nan_to_num(distance(asked, predicted, false), nan=0.0).max(axis=0)
    tolerance = np.broadcast_to(apart, measured.shape)
    budget = {"integrator": record.errors[0]}
    missing = record.t[~np.isfinite(predicted).all(axis=1)]
    return Tested(
        Trial(predicted, measured, budget, tolerance),
        (f"${asked.said['of'].text}$ = {false_text}", Trial(false, measured, budget, tolerance)),
        evidence={
            "series": {
                "x": {"label": "time", "values": record.t},
                "y": {"label": asked.said["of"].text},
                "curves": {"integrated": measured[:, 0], "formula": predicted[:, 0]},
                "caption": f"${asked.said['of'].text}$ from the first start: integrated, and by the formula.",
            }
        },
        text=f"The formula is no finite real number at t = {missing[0]:.6g}." if missing.size else "",
    )


CLOSED_FORM = Kind(
    name="closed form",
    keys={"of": "quantity", "formula": "in time"},
    options={},
    control="in time",
    statement=lambda said: f"${said['of'].text} = {said['formula'].text}$",
    test=_test,
)

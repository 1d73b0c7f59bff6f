"""``kind = "order"``: an error scales as a power of a small parameter."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from odekit.arrays import FloatArray
from odekit.claims.own.asked import Asked
from odekit.claims.own.kinds.kind import Kind, distance
from odekit.claims.own.setting import Setting
from odekit.claims.own.trial import Tested, Trial
from odekit.claims.statistics import next_order, noise_of_orders, orders
from odekit.errors import InputError

__all__ = ["ORDER"]

LARGEST, HALVINGS = 0.1, 5
NEXT = 1.0  # by so much the control's order is larger


def _test(asked: Asked, setting: Setting) -> Tested:
    """Local slopes of the error's logarithm as the parameter is halved again and again."""
    small = asked.said["small"]
    halvings = asked.said.get("halvings", HALVINGS)
    scales = asked.said.get("from", LARGEST) * 0.5 ** np.arange(halvings + 1.0)
    sizes, errors = _sizes(asked, setting, small, scales)
    if (sizes == 0).any():
        raise InputError("the error is exactly zero, and has no order", received=f"{small} = {scales[0]:g}")
    slopes = orders(scales, sizes)
    budget = {
        "higher orders": np.array([next_order(each, 1) for each in slopes]),
        "integrator": noise_of_orders(scales, errors / sizes)[..., -1],
    }
    predicted = np.full(len(slopes), float(asked.said["order"]))
    wrong = asked.said.get("control", float(asked.said["order"]) + NEXT)
    false = np.full(len(slopes), float(wrong))
    tolerance = distance(asked, predicted, false)
    return Tested(
        Trial(predicted, slopes[:, -1], budget, tolerance),
        (f"it scales as ${small}**{wrong:g}$", Trial(false, slopes[:, -1], budget, tolerance)),
        evidence={
            "slopes": slopes,
            "series": {
                "x": {"label": small, "values": scales},
                "y": {"label": "largest error"},
                "curves": {"integrated": sizes[0]},
                "scale": "loglog",
                "caption": f"Largest error along the orbit from the first start against ${small}$; on "
                "logarithmic axes the slope is the order.",
            },
        },
    )


def _sizes(asked: Asked, setting: Setting, small: str, scales: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The largest distance from the approximation along each orbit, and its error, (batch, scales)."""
    count, batch = len(scales), setting.batch
    chosen = {name: np.repeat(np.broadcast_to(v, batch), count) for name, v in setting.chosen.items()}
    many = Setting(asked, {**chosen, small: np.tile(scales, batch)})
    record = many.record([asked.said["of"]])
    approximation = asked.said.get("approximation")
    names = {**many.known, "t": record.t[:, None]}
    known = np.zeros(record.values[0].shape) if approximation is None else approximation.at(names)
    gaps = np.abs(record.values[0] - known)
    if not np.isfinite(gaps).all():
        raise InputError("the approximation is no finite real number at some time and start")
    return (
        np.asarray(gaps.max(axis=0).reshape(batch, count)),
        np.asarray(record.changes[0].max(axis=0).reshape(batch, count)),
    )


def _statement(said: Mapping[str, Any]) -> str:
    of, about = said["of"], said.get("approximation")
    what = of.text if about is None else f"{of.text} - ({about.text})"
    return f"${what}$ scales as ${said['small']}**{said['order']:g}$"


ORDER = Kind(
    name="order",
    keys={"of": "quantity", "small": "parameter", "order": "number"},
    options={"approximation": "in time", "from": "number", "halvings": "count"},
    control="number",
    statement=_statement,
    test=_test,
)

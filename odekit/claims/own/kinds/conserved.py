"""``kind = "conserved"``: a quantity doesn't change, by its derivative along the field and by integration."""

import numpy as np

from odekit.arrays import FloatArray
from odekit.checking import check
from odekit.claims.own.asked import Asked, Quantity
from odekit.claims.own.kinds.kind import Kind
from odekit.claims.own.setting import Record, Setting
from odekit.claims.own.trial import Tested, Trial
from odekit.errors import InputError

__all__ = ["CONSERVED"]

SHARE = 10  # of a state, which the mutation adds a part of


def _test(asked: Asked, setting: Setting) -> Tested:
    """The largest drift along orbits; the derivative along the field is checked without them."""
    quantity = asked.said["formula"]
    finding = check({"first_integrals": {"it": quantity.text}}, asked.words.named)[0]
    if finding.agrees is None:
        raise InputError(f"its derivative along the field can't be judged: {finding.evidence}")
    record = setting.record([quantity])
    mutant = asked.said.get("control") or _mutant(asked, setting)
    false = setting.record([mutant])
    drifts = _drift(false)
    tolerance = np.full(drifts.shape, asked.tolerance or np.abs(drifts).max() / 2)
    zero = np.zeros(drifts.shape)
    return Tested(
        Trial(zero, _drift(record), {"integrator": _errors(record)}, tolerance),
        (f"${mutant.text}$ is conserved", Trial(zero, drifts, {"integrator": _errors(false)}, tolerance)),
        checks={"its derivative along the field vanishes, and it is no constant": finding.agrees},
        evidence={
            "derivative along the field": finding.evidence or "it does not vanish",
            "series": {
                "x": {"label": "time", "values": record.t},
                "y": {"label": quantity.text},
                "curves": {"integrated": record.values[0, :, 0]},
                "caption": f"${quantity.text}$ along the orbit from the first start.",
            },
        },
        text="Measured is what it changes by along the orbits.",
    )


def _mutant(asked: Asked, setting: Setting) -> Quantity:
    """The formula with a tenth of that state added that moves most."""
    solution = setting.solutions[0]
    moves = np.ptp(solution.y, axis=0).max(axis=1)
    state = solution.states[int(moves.argmax())]
    return asked.words.quantity(f"{asked.said['formula'].text} + {state}/{SHARE}")


def _drift(record: Record) -> FloatArray:
    """(T, batch)."""
    return np.asarray(record.values[0] - record.values[0, :1])


def _errors(record: Record) -> FloatArray:
    return np.asarray(record.errors[0] + record.errors[0, :1])


CONSERVED = Kind(
    name="conserved",
    keys={"formula": "quantity"},
    options={},
    control="quantity",
    statement=lambda said: f"${said['formula'].text}$ is conserved",
    test=_test,
)

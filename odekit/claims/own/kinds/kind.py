"""What a kind of claim is: its keys, its statement in words, and its experiment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np

from odekit.arrays import FloatArray
from odekit.claims.own.asked import Asked, Prediction
from odekit.claims.own.setting import Setting
from odekit.claims.own.trial import Tested

__all__ = ["FACTOR", "Kind", "Means", "distance", "mutated"]

FACTOR = 1.05  # of a prediction that is put to the test as its own control

Means: TypeAlias = Literal[
    "quantity", "quantities", "prediction", "predictions", "in time", "parameter", "number", "count", "word"
]


@dataclass(frozen=True)
class Kind:
    """A kind of claim.

    Parameters
    ----------
    name: as the file says it.
    keys: what each of the keys that are required means.
    options: what each of the others means.
    control: what the key ``control`` means.
    statement: the claim in words, from what its keys say.
    test: the experiment.
    has_tolerance: whether a tolerance makes sense.
    """

    name: str
    keys: Mapping[str, Means]
    options: Mapping[str, Means]
    control: Means
    statement: Callable[[Mapping[str, Any]], str]
    test: Callable[[Asked, Setting], Tested]
    has_tolerance: bool = True
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def mutated(
    asked: Asked, predicted: FloatArray, values: Mapping[str, FloatArray], size: FloatArray
) -> tuple[str, FloatArray]:
    """The control's prediction, marked text and values: the one that was given, or 1.05 times the claim's.

    Where the claim predicts 0, which no factor changes, it is a twentieth of the quantity's size.

    Parameters
    ----------
    predicted: of the claim.
    values: of the names that predictions hold.
    size: of what is measured, which broadcasts to the shape of the prediction.
    """
    said, given = asked.said["formula"], asked.said.get("control")
    if isinstance(given, Prediction):
        return f"${given.text}$", np.broadcast_to(given.at(values), predicted.shape)
    share = f"{FACTOR - 1:.2g} of the quantity's size"
    is_zero = np.abs(predicted) <= 1e-9 * size
    text = f"${said.text}$ + {share}" if is_zero.all() else f"${FACTOR:g}*({said.text})$"
    return text, np.where(is_zero, predicted + (FACTOR - 1) * size, FACTOR * predicted)


def distance(asked: Asked, predicted: FloatArray, false: FloatArray) -> FloatArray:
    """The tolerance that was asked for, else half the distance of prediction and control."""
    if asked.tolerance is not None:
        return np.full(predicted.shape, asked.tolerance)
    return np.asarray(np.abs(false - predicted) / 2)

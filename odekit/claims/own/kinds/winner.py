"""``kind = "winner"``: which of some quantities is the largest at the end."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from odekit.arrays import FloatArray, IndexArray
from odekit.claims.own.asked import Asked, Prediction
from odekit.claims.own.kinds.kind import Kind
from odekit.claims.own.setting import Record, Setting
from odekit.claims.own.trial import Tested, Trial
from odekit.errors import InputError, UnknownNameError

__all__ = ["WINNER"]


def _test(asked: Asked, setting: Setting) -> Tested:
    """By how much the predicted winner is ahead at the end; a lead that errors could undo stays open."""
    record = setting.record(asked.said["among"])
    texts = [quantity.text for quantity in asked.said["among"]]
    claimed, loser, false_text = _predicted(asked, setting, texts)
    return Tested(
        _trial(record, claimed),
        (false_text, _trial(record, loser)),
        evidence={
            "winners": [texts[place] for place in record.values[:, -1].argmax(axis=0)],
            "predicted winners": [texts[place] for place in claimed],
            "series": {
                "x": {"label": "time", "values": record.t},
                "y": {"label": "quantity"},
                "curves": {text: record.values[place, :, 0] for place, text in enumerate(texts)},
                "caption": "The quantities that compete, along the orbit from the first start.",
            },
        },
        text="Measured is by how much the predicted winner is ahead; predicted, that it is.",
    )


def _predicted(asked: Asked, setting: Setting, texts: list[str]) -> tuple[IndexArray, IndexArray, str]:
    """The claimed winner at each start, that of the control, and the control in words."""
    scores = asked.said.get("scores")
    if scores is None:
        winner = texts.index(asked.said["winner"])
        false = asked.said.get("control") or texts[(winner + 1) % len(texts)]
        places = [np.full(setting.batch, place) for place in (winner, texts.index(false))]
        return places[0], places[1], f"{false} is"
    found = _scores(scores, setting)
    given = asked.said.get("control")
    if given is not None:
        return found.argmax(axis=0), np.full(setting.batch, texts.index(given)), f"{given} is"
    return found.argmax(axis=0), found.argmin(axis=0), "that of the lowest score is"


def _scores(scores: tuple[Prediction, ...], setting: Setting) -> FloatArray:
    """(quantity, batch)."""
    return np.array([np.broadcast_to(score.at(setting.known), setting.batch) for score in scores])


def _trial(record: Record, claimed: IndexArray) -> Trial:
    """The lead of the claimed ones; of a lead the tolerance is itself, so that errors can't turn it."""
    values, errors = record.values[:, -1], record.errors[:, -1]
    starts = np.arange(values.shape[1])
    others = np.ones(values.shape, dtype=bool)
    others[claimed, starts] = False
    lead = values[claimed, starts] - np.where(others, values, -np.inf).max(axis=0)
    doubt = errors[claimed, starts] + np.where(others, errors, 0.0).max(axis=0)
    return Trial(np.maximum(lead, 0.0), lead, {"integrator": doubt}, np.abs(lead))


def _check(said: Mapping[str, Any]) -> str:
    """The claim in words.

    Raises
    ------
    InputError: fewer than two quantities, neither a winner nor scores, or both, or too few scores.
    UnknownNameError: a winner that is not among them.
    """
    texts = [quantity.text for quantity in said["among"]]
    if len(set(texts)) < max(len(texts), 2):
        raise InputError("among must name two quantities or more, each once", received=", ".join(texts))
    if ("winner" in said) == ("scores" in said):
        raise InputError(
            "a winner is predicted in one way",
            expected='winner = "x", or scores, a formula in the start for each of among',
            received="both" if "winner" in said else "neither",
        )
    for key in ("winner", "control"):
        if key in said and said[key] not in texts:
            raise UnknownNameError(f"{key}, none of among:", said[key], texts)
    if "winner" in said:
        if said.get("control") == said["winner"]:
            raise InputError("the control names the winner that is claimed", expected="another one")
        return f"{said['winner']} is the largest of {', '.join(texts)} at the end"
    if len(said["scores"]) != len(texts):
        raise InputError(
            "scores and among don't fit",
            expected=f"{len(texts)} scores",
            received=f"{len(said['scores'])} scores",
        )
    scores = ", ".join(score.text for score in said["scores"])
    return f"of {', '.join(texts)} that is the largest at the end whose score is, of {scores}"


WINNER = Kind(
    name="winner",
    keys={"among": "quantities"},
    options={"winner": "word", "scores": "predictions"},
    control="word",
    statement=_check,
    test=_test,
    has_tolerance=False,
)

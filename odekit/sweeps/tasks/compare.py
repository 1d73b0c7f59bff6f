"""Cells that put a training beside its reduced ODE."""

from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from odekit.comparison import Prediction, compare
from odekit.errors import ReductionError
from odekit.sweeps.tasks.predict import predicted
from odekit.sweeps.tasks.task import Row, Task, Value
from odekit.sweeps.tasks.training import Positive, TrainingSettings

__all__ = ["COMPARE"]


class CompareSettings(TrainingSettings):
    """A training, and what `odekit.compare` takes beside it.

    A flow without ``t_end`` ends at the first blow-up that is predicted: the horizon lies about there, and
    training on, through the fall of the loss, takes ten times as long and adds nothing to the verdict.
    """

    tolerance: Positive = 1e-2
    horizon_level: Positive = 1e-2
    order: Annotated[int, Field(ge=1, le=3)] = 1


def _run(settings: CompareSettings, seed: int, folder: Path) -> list[Row]:
    prediction = _forecast(settings, seed)
    if prediction is not None:
        settings = settings.model_copy(update={"t_end": _first(prediction)})
    run = settings.run(seed)
    found = compare(
        run,
        tolerance=settings.tolerance,
        horizon_level=settings.horizon_level,
        order=settings.order,
        prediction=prediction,
    )
    row: dict[str, Value] = {
        "outcome": found.outcome,
        "reason": found.reason,
        "horizon": found.horizon,
        "t_end": float(run.t[-1]),
        "control": None if found.control is None else found.control.outcome,
        "winner_agreement": None if found.winners is None else found.winners.agreement,
    }
    if found.gap is not None and found.budget is not None and found.horizon is not None:
        last = max(int(np.searchsorted(run.t, found.horizon)) - 1, 0)
        row |= {
            "gap_median": float(np.median(found.gap[last])),
            "gap_max": float(found.gap[last].max()),
            "budget_median": float(np.median(found.budget.total[last])),
        }
    return [row]


def _forecast(settings: CompareSettings, seed: int) -> Prediction | None:
    """What the neurons will do, where the training's end depends on it and anything predicts it."""
    is_free_flow = settings.method == "flow" and settings.constraint == "none" and settings.until is None
    if settings.t_end is not None or not is_free_flow:
        return None
    try:
        return predicted(settings, seed)
    except ReductionError:
        return None


def _first(prediction: Prediction) -> float | None:
    """When the training ends; None leaves it to `odekit.simulate`."""
    first = float(prediction.blow_up_time.min())
    return first if np.isfinite(first) else None


COMPARE = Task("compare", CompareSettings, _run)

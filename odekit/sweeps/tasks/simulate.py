"""Cells that train a network: where its loss and accuracy go."""

from pathlib import Path

from odekit.sweeps.tasks.task import Row, Task
from odekit.sweeps.tasks.training import TrainingSettings

__all__ = ["SIMULATE"]

KEPT = ("loss", "acc", "train_loss", "train_acc", "test_loss", "test_acc")


def _run(settings: TrainingSettings, seed: int, folder: Path) -> list[Row]:
    run = settings.run(seed)
    error = run.integrator_error
    row: dict[str, float | str | None] = {
        "t_end": float(run.t[-1]),
        "snapshots_kept": len(run),
        "loss_at_start": float(run.records["loss"][0]),
    }
    row |= {name: float(run.records[name][-1]) for name in KEPT if name in run.records}
    row |= {"integrator_error": None if error is None else float(error.max()), "ended": run.meta.get("ended")}
    return [row]


SIMULATE = Task("simulate", TrainingSettings, _run)

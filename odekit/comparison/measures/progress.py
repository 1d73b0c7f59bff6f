"""Progress measures of a training: what of it is learnt, aligned, sparse and large, at every snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from odekit.arrays import BoolArray, FloatArray
from odekit.comparison.measures.modes import Modes, project
from odekit.comparison.measures.stages import Stages, find_stages
from odekit.errors import InputError, ReductionError
from odekit.simulation import LossGradient, Run, accuracies, blas_threads, kinds_of_tuples
from odekit.views import Labelled, labelled

if TYPE_CHECKING:
    import xarray

__all__ = ["Progress", "measure_progress"]


@dataclass(frozen=True, eq=False)
class Progress(Labelled):
    """Progress measures over time; every array is (T,) float64.

    Parameters
    ----------
    t, steps: of the snapshots; without recorded steps these are their numbers.
    train_loss, test_loss: loss of what is trained on, and of the rest, as mean or sum like the network's; NaN
        where nothing is left out.
    train_acc, test_acc: accuracies of both.
    accuracy: by kind of tuple, ``"seen"``, ``"mirror seen"`` and ``"unseen"``; NaN where there is none.
    sin_D: mean over the neurons of ``|sin D|``, D = 2 phi - psi at the embedding's dominant mode; of several
        embeddings the sum of their phases less psi.
    ipr: mean over the neurons of the inverse participation ratio of the (first) embedding's spectrum,
        ``sum P^2/(sum P)^2`` over the modes' powers P without the mean: 1 for a single mode.
    norm: Euclidean norm of all weights.
    """

    t: FloatArray
    steps: FloatArray
    train_loss: FloatArray
    test_loss: FloatArray
    train_acc: FloatArray
    test_acc: FloatArray
    accuracy: Mapping[str, FloatArray]
    sin_D: FloatArray
    ipr: FloatArray
    norm: FloatArray

    @property
    def stages(self) -> Stages:
        """Where memorisation and generalisation end, see `find_stages`.

        Raises
        ------
        InputError: a run on all of its data, which has no test set.
        """
        if np.isnan(self.test_acc).all():
            raise InputError("stages need a test set", expected="a run on a part of its data, frac_train < 1")
        return find_stages(self.steps, self.train_acc, self.test_acc)

    def curves(self) -> dict[str, FloatArray]:
        """Every measure by name."""
        kinds = {f"acc_{kind.replace(' ', '_')}": curve for kind, curve in self.accuracy.items()}
        names = ("train_loss", "test_loss", "train_acc", "test_acc", "sin_D", "ipr", "norm")
        return {**{name: getattr(self, name) for name in names}, **kinds}

    def to_xarray(self) -> xarray.Dataset:
        """Labelled arrays with the dimension time, and the steps beside it.

        Raises
        ------
        MissingExtraError: xarray is not installed.
        """
        arrays: dict[str, Any] = {name: ("time", curve) for name, curve in self.curves().items()}
        return labelled(arrays, {"time": self.t, "step": ("time", self.steps)}, {})


def measure_progress(run: Run) -> Progress:
    """Measure a run's progress on its weights.

    Parameters
    ----------
    run: on an Abelian group, for a task without coefficients; its record ``train_mask`` says what was trained
        on, where ``meta["frac_train"]`` is below 1.

    Raises
    ------
    InputError: a part of the data was trained on and no mask says which, or one that doesn't fit.
    ReductionError: a group that isn't Abelian, or a task in which an input has a coefficient.

    Source: the measures of arXiv 2602.16849, part III (grokking).
    """
    task = run.network.task
    if any(coefficient != 1 for coefficient in task.coefficients):
        raise ReductionError("sin D needs a task without coefficients", expected="x+y", received=task.text)
    modes = project(run)
    train = _training_set(run)
    with blas_threads(run.network):
        kinds = {kind: _accuracies(run, mask) for kind, mask in kinds_of_tuples(train).items()}
        test_acc = _accuracies(run, ~train)
        train_loss, test_loss = _losses(run, train), _losses(run, ~train)
    steps = np.arange(len(run)) if run.steps is None else run.steps
    return Progress(
        t=run.t,
        steps=steps.astype(np.float64),
        train_loss=train_loss,
        test_loss=test_loss,
        train_acc=kinds["seen"],
        test_acc=test_acc,
        accuracy=kinds,
        sin_D=_misalignment(modes),
        ipr=_participation(modes),
        norm=np.sqrt(sum((array**2).sum(axis=(1, 2)) for array in run.weights.values())),
    )


def _training_set(run: Run) -> BoolArray:
    shape = run.network.labels().shape
    given = run.records.get("train_mask")
    if given is None:
        if run.meta.get("frac_train", 1.0) != 1:
            raise InputError(
                "the run doesn't say which part of its data was trained on",
                expected=f"a record train_mask, booleans of shape {shape}",
            )
        return np.ones(shape, dtype=np.bool_)
    if given.shape != shape or given.dtype.kind not in "bui" or not given.any():
        raise InputError(
            "the run's train_mask doesn't fit its task",
            expected=f"booleans of shape {shape}, not all false",
            received=f"{given.dtype} of shape {given.shape}",
        )
    return given.astype(np.bool_)


def _losses(run: Run, chosen: BoolArray) -> FloatArray:
    """Loss of some tuples at every snapshot, NaN without any."""
    if not chosen.any():
        return np.full(len(run), np.nan)
    gradient = LossGradient(run.network, chosen=chosen)
    return np.array([gradient(*run.snapshot(index))[0] for index in range(len(run))])


def _accuracies(run: Run, chosen: BoolArray) -> FloatArray:
    """Accuracy of some tuples at every snapshot, NaN without any."""
    if not chosen.any():
        return np.full(len(run), np.nan)
    return accuracies(run, LossGradient(run.network, chosen=chosen))


def _misalignment(modes: Modes) -> FloatArray:
    """Mean over the neurons of |sin D| at the dominant mode, (T,)."""
    place = modes.dominant[..., None]
    u = [np.take_along_axis(modes.amplitudes[name], place, axis=-1)[..., 0] for name in modes.embeddings]
    v = np.take_along_axis(modes.amplitudes["xi"], place, axis=-1)[..., 0]
    inputs = u[0] ** 2 if len(u) == 1 else np.prod(u, axis=0)
    return np.asarray(np.abs(np.sin(np.angle(inputs * np.conj(v)))).mean(axis=-1))


def _participation(modes: Modes) -> FloatArray:
    """Mean over the neurons of the inverse participation ratio, (T,)."""
    power = modes.power
    total = power.sum(axis=-1) ** 2
    shares = np.divide((power**2).sum(axis=-1), total, out=np.full(total.shape, np.nan), where=total > 0)
    return np.asarray(shares.mean(axis=-1))

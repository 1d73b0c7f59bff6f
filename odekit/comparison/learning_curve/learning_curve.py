"""LearningCurve: a predicted training, its loss, accuracy and every neuron's modes over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq

from odekit.arguments import floats
from odekit.arrays import FloatArray
from odekit.comparison.measures import Modes, project
from odekit.json_text import plain
from odekit.networks import Network
from odekit.numbers import positive
from odekit.views import Labelled, html_paragraph, html_table, labelled

if TYPE_CHECKING:
    import xarray

__all__ = ["LearningCurve", "PredictionCost", "Regime", "guessing"]

# Times at which JSON tells every neuron's mode.
FEW = 25


@dataclass(frozen=True)
class Regime:
    """A stretch of the prediction by one field.

    Parameters
    ----------
    name: ``"order 3"``, of the last cumulant of the logits that is kept; ``"whole softmax"``; or
        ``"steps of descent"``, where these are long or cost less than to integrate.
    start, end: times.
    distance: largest relative distance of the field to that with the whole softmax and all weights on the
        stretch.
    modes: of a neuron's embeddings, how many were followed in the mean, the others held still; None where all
        weights were followed.
    """

    name: str
    start: float
    end: float
    distance: float
    modes: float | None = None


@dataclass(frozen=True)
class PredictionCost:
    """What a prediction took, and what training takes.

    Parameters
    ----------
    gradients: evaluations of the gradient for the orbit, its loss and its regimes.
    band_gradients: those for the band.
    operations, band_operations: what these cost, in floating-point operations of matrix products: a gradient
        by living modes, or over orbit classes, costs less than the full one.
    steps: of the training up to the same time; None for a gradient flow.
    operations_of_a_step: what the full gradient of one costs.
    seconds, band_seconds: of the whole, and of the band in it.
    """

    gradients: int
    band_gradients: int
    operations: float
    band_operations: float
    steps: int | None
    operations_of_a_step: float
    seconds: float
    band_seconds: float

    @property
    def share(self) -> float:
        """Operations of the prediction with its band over those of the training; NaN without a step."""
        if not self.steps:
            return float("nan")
        return (self.operations + self.band_operations) / (self.steps * self.operations_of_a_step)


@dataclass(frozen=True, eq=False, repr=False)
class LearningCurve(Labelled):
    """A training, predicted from its start.

    Parameters
    ----------
    t: (T,) increasing, in the run's time.
    loss: (T,) of the network, mean or sum over all tuples of inputs.
    accuracy: (T,) in [0, 1].
    loss_band: (T,) an estimate, no bound, of how far the loss may be off: twice the largest so far of what
        the weights' error makes of it, the neurons' parts added up without signs. The error is what the flow
        makes of all that is neglected: the next power of the step in the modified equation, the softmax
        beyond its cumulants, the modes that are held still, which are measured at checkpoints, and the
        integrator's estimate of its own, which grows where the rest does, and never shrinks. Infinite where
        that blows up.
    neuron_band: (T, M) the same of each neuron's weights, over their length.
    weights: by name, each (T, M, n).
    network: whose training it is.
    step: of plain descent, 0 for a gradient flow.
    regimes: in order.
    symmetries: maps of the task that leave the population as it is: with more than one, one tuple of inputs
        stood for its class.
    cost: of the prediction.
    ended: why it ends where it does.
    notes: what is assumed of the training.
    """

    t: FloatArray
    loss: FloatArray
    accuracy: FloatArray
    loss_band: FloatArray
    neuron_band: FloatArray
    weights: Mapping[str, FloatArray]
    network: Network
    step: float
    regimes: tuple[Regime, ...]
    symmetries: int
    cost: PredictionCost
    ended: str
    notes: tuple[str, ...] = ()

    @property
    def fall(self) -> FloatArray:
        """By how much the loss lies below that of guessing, which is ln n for the mean loss, (T,)."""
        return guessing(self.network) - self.loss

    def loss_at(self, times: ArrayLike) -> FloatArray:
        """The loss at any times, monotone and smooth between the predicted points; NaN outside of them.

        Raises
        ------
        InputError: no numbers.
        """
        return np.asarray(self._smooth(floats("times", times)), dtype=np.float64)

    def time_of(self, fall: float) -> float:
        """When the loss first lies below that of guessing by so much; NaN if it never does.

        Raises
        ------
        InputError: no positive number.
        """
        fall = positive(fall, "the fall of the loss")
        after = int(np.argmax(self.fall >= fall))
        if self.fall[after] < fall or after == 0:
            return float(self.t[0]) if self.fall[after] >= fall else float("nan")
        level = guessing(self.network) - fall
        bracket = self.t[after - 1], self.t[after]
        return float(brentq(lambda t: float(self._smooth(t)) - level, *bracket, rtol=1e-12))

    @cached_property
    def _smooth(self) -> PchipInterpolator:
        return PchipInterpolator(self.t, self.loss, extrapolate=False)

    @cached_property
    def modes(self) -> Modes:
        """Amplitudes and phases of every neuron over time.

        Raises
        ------
        ReductionError: the group is not Abelian.
        """
        return project(self.weights, self.network.finite_group)

    def to_json(self) -> dict[str, Any]:
        """All curves; of every neuron, where the group is Abelian, its last dominant mode at a few times."""
        network = self.network
        return {
            "group": network.finite_group.name,
            "neurons": network.neurons,
            "step": self.step,
            "ended": self.ended,
            "notes": list(self.notes),
            "t": plain(self.t),
            "loss": plain(self.loss),
            "loss_band": plain(self.loss_band),
            "accuracy": plain(self.accuracy),
            "regimes": [
                {"field": regime.name, "start": regime.start, "end": regime.end}
                | {"distance": plain(regime.distance), "modes": regime.modes}
                for regime in self.regimes
            ],
            "symmetries": self.symmetries,
            "cost": plain(vars(self.cost) | {"share": self.cost.share}),
            **(self._dominant() if network.finite_group.is_abelian else {}),
        }

    def _dominant(self) -> dict[str, Any]:
        """Of every neuron the label of its last dominant mode, that mode's values, and the band."""
        chosen = np.unique(np.linspace(0, len(self.t) - 1, FEW).round().astype(int))
        modes = self.modes.at(chosen.tolist())
        last = modes.dominant[-1]
        place = np.broadcast_to(last[:, None], (*modes.alpha.shape[:-1], 1))
        named = {"alpha": modes.alpha, "phi": modes.phi, "beta": modes.beta, "psi": modes.psi}
        curves = {name: np.take_along_axis(values, place, axis=-1)[..., 0] for name, values in named.items()}
        curves["band"] = self.neuron_band[chosen]
        told = [
            {"mode": modes.basis.labels[last[m]], **{name: plain(c[:, m]) for name, c in curves.items()}}
            for m in range(len(last))
        ]
        return {"modes_t": plain(self.t[chosen]), "modes": told}

    def to_xarray(self) -> xarray.Dataset:
        """Labelled arrays with dimensions time, neuron, and mode or, on other groups, element.

        Raises
        ------
        MissingExtraError: xarray is not installed.
        """
        group = self.network.finite_group
        arrays: dict[str, Any] = {
            "loss": ("time", self.loss),
            "loss_band": ("time", self.loss_band),
            "accuracy": ("time", self.accuracy),
            "neuron_band": (("time", "neuron"), self.neuron_band),
        }
        coords: dict[str, Any] = {"time": self.t}
        if group.is_abelian:
            modes, dims = self.modes, ("time", "neuron", "mode")
            coords["mode"] = list(modes.basis.labels)
            for name, values in modes.amplitudes.items():
                arrays |= {f"{name}_magnitude": (dims, np.abs(values))}
                arrays |= {f"{name}_phase": (dims, np.angle(values))}
        else:
            coords["element"] = list(group.labels)
            arrays |= {name: (("time", "neuron", "element"), w) for name, w in self.weights.items()}
        attributes = {"step": self.step, "ended": self.ended, "regimes": self._regimes_told()}
        return labelled(arrays, coords, attributes)

    def __repr__(self) -> str:
        return (
            f"LearningCurve({self.network.finite_group.name}, {self.network.neurons} neurons, "
            f"t = {self.t[0]:g} .. {self.t[-1]:g}, loss {self.loss[0]:.4g} -> {self.loss[-1]:.4g})"
        )

    def _repr_html_(self) -> str:
        """Where the prediction ends and at what cost, and the loss where each regime begins and ends."""
        ends = [self.t[0], *(regime.end for regime in self.regimes)]
        fields = ["start", *(f"end of {regime.name}" for regime in self.regimes)]
        rows: list[list[str | float]] = [
            [field, float(t), *(float(np.interp(t, self.t, c)) for c in self._curves())]
            for field, t in zip(fields, ends, strict=True)
        ]
        columns = ("", "time", "loss", "band", "accuracy")
        return html_paragraph("Predicted training", self.told()) + html_table(columns, rows)

    def told(self) -> str:
        """Why it ends, its regimes and its cost, in one sentence."""
        cost = self.cost
        steps = ""
        if cost.steps is not None:
            steps = f"; training takes {cost.steps:,} steps"
        if cost.steps:
            steps += f", {1 / cost.share:.2g} times the operations"
        classes = f"; over classes of {self.symmetries} symmetries" if self.symmetries > 1 else ""
        return (
            f"{self.ended}; {self._regimes_told()}{classes}; {cost.gradients:,} gradients and "
            f"{cost.band_gradients:,} for the band{steps}; {cost.seconds:.2g} s"
        )

    def _regimes_told(self) -> str:
        """When each field begins, and how many modes of a neuron it follows where this isn't all."""
        told = []
        for name, stretch in groupby(self.regimes, key=lambda regime: regime.name):
            regimes = list(stretch)
            modes = [f"{each.modes:.3g}" for each in regimes if each.modes is not None]
            of = f" with {' to '.join(dict.fromkeys([modes[0], modes[-1]]))} modes a neuron" if modes else ""
            told.append(f"{name}{of} from t = {regimes[0].start:.6g}")
        return ", ".join(told)

    def _curves(self) -> tuple[FloatArray, ...]:
        return self.loss, self.loss_band, self.accuracy


def guessing(network: Network) -> float:
    """The loss of a network whose logits are equal: ln n, times the number of tuples where it is a sum."""
    tuples = network.labels().size if network.loss == "sum" else 1
    return float(tuples * np.log(network.finite_group.order))

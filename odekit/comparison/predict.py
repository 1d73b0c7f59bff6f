"""predict: the winner, its blow-up time and its final phases, or the whole training, before it begins."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, overload

import numpy as np

from odekit.arrays import FloatArray, IndexArray
from odekit.comparison.flows import final_shares, free_blow_up_times, is_in_blocks
from odekit.comparison.learning_curve import LearningCurve, predict_curve
from odekit.comparison.measures import Modes, project
from odekit.derivation import derive, lift
from odekit.errors import ReductionError
from odekit.groups import FiniteGroup, mode_basis
from odekit.json_text import plain
from odekit.networks import Network
from odekit.simulation import Run, check_group, check_run, load_weights
from odekit.solvers import blow_up_time, final_phases
from odekit.systems import EllipticForm
from odekit.views import html_table

__all__ = ["Prediction", "predict"]

Weights = Mapping[str, FloatArray]
# A smaller mode, relative to the largest, may be rounding of the transform.
ROUNDING = 8 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class Prediction:
    """What every neuron will do.

    Parameters
    ----------
    labels: the modes' names, frequency from 1 for a cyclic group; else those of the nontrivial real irreps.
    times: (M, n_modes) blow-up time of every mode in the run's own time; inf where it never blows up. On
        spheres tau* of its free flow, counted from the start in units of the run's time at S = 1 (dtau = dt/S
        with S = exp(int c E dt), see `free_blow_up_times`); NaN where the spheres' rates leave no such time.
    winner, runner_up: (M,) places of the modes with the smallest and second smallest time, of equal ones the
        first; without meaning where that time is infinite. Where times are NaN, of those with the largest
        share of the embedding at the end of the integrated lifted flow.
    phases: phi and psi of the winner at its blow-up, each (M,) in radians in (-pi, pi]; NaN where there is
        none.
    is_numbered: whether labels that are numbers are frequencies.
    run: what it is of, known by its network and first snapshot; None where that isn't told.
    """

    labels: tuple[str, ...]
    times: FloatArray
    winner: IndexArray
    runner_up: IndexArray
    phases: dict[str, FloatArray]
    is_numbered: bool = True
    run: Run | None = None

    def is_of(self, run: Run) -> bool:
        """Whether it was made of the network and the first snapshot of a run, or of another with the same."""
        known = self.run
        return known is not None and (
            known.network == run.network
            and all(np.array_equal(values[0], known.weights[name][0]) for name, values in run.weights.items())
        )

    @property
    def blow_up_time(self) -> FloatArray:
        """Blow-up time of each neuron's winner, (M,)."""
        return np.take_along_axis(self.times, self.winner[:, None], axis=1)[:, 0]

    @property
    def runner_up_time(self) -> FloatArray:
        """Blow-up time of each neuron's second, (M,); inf if there is one mode only."""
        if len(self.labels) < 2:
            return np.full(len(self.times), np.inf)
        return np.take_along_axis(self.times, self.runner_up[:, None], axis=1)[:, 0]

    def ranking(self) -> list[tuple[str, int, float | None]]:
        """The modes that win a neuron, the most frequent first: name, neurons won, first blow-up time.

        A neuron in which nothing blows up is won by ``"none"``; a time that is not known is None.
        """
        times: dict[str, list[float | None]] = {}
        for entry in self.to_json()["neurons"]:
            name = "none" if entry["winner"] is None else str(entry["winner"])
            times.setdefault(name, []).append(entry["blow_up_time"])
        ranked = sorted(times.items(), key=lambda item: -len(item[1]))
        return [(name, len(won), _first(won)) for name, won in ranked]

    def _repr_html_(self) -> str:
        """How many neurons each mode wins."""
        total = len(self.winner)
        rows = [(name, won, f"{100 * won / total:.1f} %", first) for name, won, first in self.ranking()]
        caption = f"Predicted winners of {total} neurons"
        return html_table(("winner", "neurons", "share", "first blow-up"), rows, caption)

    def to_json(self) -> dict[str, Any]:
        """One entry per neuron; a mode that never blows up wins nothing and is null, like its time."""
        return {"neurons": [self._neuron(m) for m in range(len(self.times))]}

    def _neuron(self, m: int) -> dict[str, Any]:
        first, second = float(self.blow_up_time[m]), float(self.runner_up_time[m])
        return {
            "winner": None if np.isinf(first) else self._name(self.winner[m]),
            "blow_up_time": plain(first),
            "runner_up": None if np.isinf(second) else self._name(self.runner_up[m]),
            "runner_up_time": plain(second),
            "phases": {name: plain(values[m]) for name, values in self.phases.items()},
        }

    def _name(self, place: int) -> int | str:
        label = self.labels[place]
        return int(label) if self.is_numbered and label.isdigit() else label


@overload
def predict(
    source: Run | str | os.PathLike[str], group: FiniteGroup | str | None = None, until: None = None
) -> Prediction: ...


@overload
def predict(
    source: Run | str | os.PathLike[str], group: FiniteGroup | str | None = None, *, until: float | str
) -> LearningCurve: ...


def predict(
    source: Run | str | os.PathLike[str],
    group: FiniteGroup | str | None = None,
    until: float | str | None = None,
) -> Prediction | LearningCurve:
    """Name the winning frequency, or real irrep, of every neuron from weights at one moment.

    With ``until`` predict the training instead: loss, accuracy and every neuron's weights over time. All
    neurons are followed together, by the modified equation of the run's plain descent, or by its gradient
    flow: with the logits' cumulants up to the third while the next ones are small, then with the whole
    softmax, and by steps of descent where these are too long for the equation, or to integrate costs as much.
    Where that takes fewer operations, modes that hold next to nothing of a quadratic neuron on an Abelian
    group rest, and of a population that a symmetry of the task leaves as it is, one tuple of inputs stands
    for all of its orbit.

    Parameters
    ----------
    source: a run, or a file of weights with or without ``meta``; the first snapshot is used. Weights without
        meta are those of a quadratic network with a summed loss and logit scale 1.
    group: what the weights live on, where the file doesn't say; where it does, the same.
    until: a time after the first snapshot's; or ``"end"``, until the loss has fallen by nine tenths of that
        of guessing, or falls no more, or 20,000 gradients have been evaluated, whichever comes first. Either
        ends where descent is stable no more, its step above 2/sharpness.

    Raises
    ------
    ReductionError: the network has neither a closed form for its blow-up times nor a lifted flow; with
        ``until``, the run is neither a gradient flow nor plain descent of its whole loss without constraint,
        or its activation has kinks.
    FileError: weights that can't be read.
    InputError: nothing says the group, or a run's own is another; an end that is no later time.

    Source: arXiv 2602.16849 for equal magnitudes, where the smallest phase difference wins; in general it is
    the smallest blow-up time of the same four-variable ODE. arXiv 2606.02993 for any group and for spheres.
    """
    run = _read(source, group)
    if until is not None:
        return predict_curve(run, until)
    start = float(run.t[0])
    first = {name: values[0] for name, values in run.weights.items()}
    if is_in_blocks(run.network):
        check_run(run)
        return _irreps_race(run, first, start)
    modes = project(first, run.network.finite_group)
    times, phases = _blow_ups(modes, run.network)
    order = np.argsort(times, axis=1, kind="stable")
    winner, runner_up = order[:, 0], order[:, min(1, order.shape[1] - 1)]
    chosen = {name: np.take_along_axis(p, winner[:, None], axis=1)[:, 0] for name, p in phases.items()}
    return Prediction(modes.basis.labels, times + start, winner, runner_up, chosen, run=run)


def _first(times: list[float | None]) -> float | None:
    """The smallest time, if there is one."""
    return min((time for time in times if time is not None), default=None)


def _read(source: Run | str | os.PathLike[str], group: FiniteGroup | str | None) -> Run:
    if not isinstance(source, Run):
        return load_weights(source, group)
    if group is not None:
        check_group(source, group)
    return source


def _irreps_race(run: Run, weights: Weights, start: float) -> Prediction:
    """By the free flows where irreps decouple, else by the whole lifted flow."""
    network, group = run.network, run.network.finite_group
    labels = tuple(sigma.name for sigma in group.real_irreps[1:])
    if lift(network).decouples:
        times = free_blow_up_times(network, weights) + (start if network.constraint == "none" else 0.0)
        order = np.argsort(times, axis=1, kind="stable")
    else:
        order = np.argsort(-final_shares(network, weights), axis=1, kind="stable")
        times = np.full(order.shape, np.nan)
    none = np.full(len(times), np.nan)
    second = order[:, min(1, order.shape[1] - 1)]
    phases = {"phi": none, "psi": none}
    return Prediction(labels, times, order[:, 0], second, phases, group.is_abelian, run)


def _blow_ups(modes: Modes, network: Network) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Blow-up time and final phases of every mode, each (M, n_modes)."""
    rates, scales = _constants(network)
    turn = np.where(scales < 0, np.pi, 0.0)
    alpha, beta, psi = _above_rounding(modes), modes.beta / np.abs(scales), modes.psi - turn
    times = blow_up_time(alpha, beta, 2 * modes.phi - psi, rates)
    phi, final_psi = final_phases(alpha, modes.phi, beta, psi, rates)
    return times, {"phi": phi, "psi": _wrapped(final_psi + turn)}


def _above_rounding(modes: Modes) -> FloatArray:
    """Magnitudes of the embedding; 0 where the transform to modes can have made them of nothing."""
    size = modes.alpha.max(axis=-1, keepdims=True) + np.abs(modes.means["theta"])[..., None]
    return np.where(modes.alpha > ROUNDING * size, modes.alpha, 0.0)


def _wrapped(angle: FloatArray) -> FloatArray:
    """The same angle in (-pi, pi]."""
    return np.where(angle > np.pi, angle - 2 * np.pi, angle)


@lru_cache(maxsize=64)
def _constants(network: Network) -> tuple[FloatArray, FloatArray]:
    """Rate of the elliptic form of every mode in the network's own time, and the readout's scale."""
    basis = mode_basis(network.finite_group)
    rates, scales = np.empty(len(basis)), np.empty(len(basis))
    if network.activation_polynomial is None:
        _form(None, network)
    for template in derive(network).templates:
        form = _form(template.system.closed_form, network)
        for label in template.characters:
            place = basis.labels.index(label)
            rates[place] = float(form.rate) * network.flow_rate()
            scales[place] = float(form.readout_scale)
    return rates, scales


def _form(form: EllipticForm | None, network: Network) -> EllipticForm:
    if form is None:
        raise ReductionError(
            "no closed form for the blow-up times of this network",
            expected="shared embedding, quadratic activation, task x+y (on Abelian groups also x*y)",
            received=f"{network.embedding} embedding, {network.activation_name}, task {network.task.text}",
            hint="odekit.solve on the system that odekit.derive gives",
        )
    return form

"""predict: the winner, its blow-up time and its final phases, before training.

The frequency whose reduced flow blows up first wins its neuron. Everything here is a closed form of the
first snapshot.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.comparison.modes import Modes, project
from odekit.derivation import EllipticForm, derive
from odekit.errors import ReductionError
from odekit.groups import FiniteGroup, mode_basis
from odekit.networks import Network
from odekit.simulation import Run, load_weights
from odekit.solvers import blow_up_time, final_phases

__all__ = ["Prediction", "predict"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Prediction:
    """What every neuron will do.

    Parameters
    ----------
    labels: the modes' names, frequency from 1 for a cyclic group.
    times: (M, n_modes) blow-up time of every mode in the run's own time; inf where it never blows up.
    winner, runner_up: (M,) the modes with the smallest and second smallest time.
    phases: phi and psi of the winner at its blow-up, each (M,) in radians.
    """

    labels: tuple[str, ...]
    times: FloatArray
    winner: IntArray
    runner_up: IntArray
    phases: dict[str, FloatArray]

    @property
    def blow_up_time(self) -> FloatArray:
        """Blow-up time of each neuron's winner, (M,)."""
        return np.take_along_axis(self.times, self.winner[:, None], axis=1)[:, 0]

    @property
    def runner_up_time(self) -> FloatArray:
        """Blow-up time of each neuron's second, (M,)."""
        return np.take_along_axis(self.times, self.runner_up[:, None], axis=1)[:, 0]

    def to_json(self) -> dict[str, Any]:
        """One entry per neuron; a time that is infinite is null."""
        return {
            "neurons": [
                {
                    "winner": _name(self.labels[winner]),
                    "blow_up_time": _finite(first),
                    "runner_up": _name(self.labels[second]) if self.times.shape[1] > 1 else None,
                    "runner_up_time": _finite(later) if self.times.shape[1] > 1 else None,
                    "phases": {name: _finite(values[m]) for name, values in self.phases.items()},
                }
                for m, (winner, second, first, later) in enumerate(
                    zip(self.winner, self.runner_up, self.blow_up_time, self.runner_up_time, strict=True)
                )
            ]
        }


def predict(
    source: Run | str | os.PathLike[str], group: FiniteGroup | str | None = None
) -> Prediction:
    """Name the winning frequency of every neuron from weights at one moment.

    Parameters
    ----------
    source: a run, of which the first snapshot is used, or a file of weights with or without ``meta``.
    group: what the weights live on, where the file doesn't say.

    Raises
    ------
    ReductionError: the network has no closed form for its blow-up times.
    InputError: weights that can't be read.

    Source: arXiv 2602.16849 for equal magnitudes (smallest phase difference); blow-up times decide in general.
    """
    run = source if isinstance(source, Run) else load_weights(Path(source), group)
    modes = project(run).at(0)
    times, phases = _blow_ups(modes, run.network)
    order = np.argsort(times, axis=1, kind="stable")
    winner, runner_up = order[:, 0], order[:, min(1, order.shape[1] - 1)]
    chosen = {name: np.take_along_axis(p, winner[:, None], axis=1)[:, 0] for name, p in phases.items()}
    return Prediction(modes.basis.labels, times + run.t[0], winner, runner_up, chosen)


def _blow_ups(modes: Modes, network: Network) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Blow-up time and final phases of every mode, each (M, n_modes)."""
    rates, scales = _constants(network)
    turn = np.where(scales < 0, np.pi, 0.0)
    beta, psi = modes.beta / np.abs(scales), modes.psi - turn
    times = blow_up_time(modes.alpha, beta, 2 * modes.phi - psi, rates)
    phi, final_psi = final_phases(modes.alpha, modes.phi, beta, psi, rates)
    return times, {"phi": phi, "psi": final_psi + turn}


def _constants(network: Network) -> tuple[FloatArray, FloatArray]:
    """Rate of the elliptic form of every mode in the network's own time, and the readout's scale."""
    basis = mode_basis(network.finite_group)
    rates, scales = np.empty(len(basis)), np.empty(len(basis))
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
            expected="shared embedding, quadratic activation, task x+y",
            received=f"{network.embedding} embedding, {network.activation_name}, task {network.task.text}",
            hint="odekit.solve on the system that odekit.derive gives",
        )
    return form


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _name(label: str) -> int | str:
    return int(label) if label.isdigit() else label

"""From weights to modes and back: the coordinates in which network and ODE are compared.

What enters are weights over time, simulated or trained elsewhere; what leaves are complex amplitudes by
weight group, (..., neuron, mode), and the means. Nothing here knows what the amplitudes should do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from odekit.errors import InputError
from odekit.groups import FiniteGroup, RealModes, from_modes, mean_mode, mode_basis, to_modes
from odekit.groups import group as named_group
from odekit.simulation import Run

__all__ = ["Modes", "project"]

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class Modes:
    """Weights of an Abelian group written in characters, by weight group.

    Parameters
    ----------
    group: what the weights live on.
    amplitudes: by weight group (``theta`` or ``theta1``, ..., and ``xi``), (..., M, n_modes) complex: u with
        weight = mean + sum_k Re(u_k chi_k), signed and real at characters of order 2.
    means: by weight group, (..., M) real.
    """

    group: FiniteGroup
    amplitudes: Mapping[str, ComplexArray]
    means: Mapping[str, FloatArray]

    @cached_property
    def basis(self) -> RealModes:
        """The modes' characters and labels, in the order of the last axis."""
        return mode_basis(self.group)

    @property
    def embeddings(self) -> tuple[str, ...]:
        """Names of the embeddings."""
        return tuple(name for name in self.amplitudes if name != "xi")

    @property
    def alpha(self) -> FloatArray:
        """Magnitude of the (first) embedding's modes, (..., M, n_modes)."""
        return np.abs(self.amplitudes[self.embeddings[0]])

    @property
    def phi(self) -> FloatArray:
        """Phase of the (first) embedding's modes, in (-pi, pi]; 0 or pi for a signed mode."""
        return np.angle(self.amplitudes[self.embeddings[0]])

    @property
    def beta(self) -> FloatArray:
        """Magnitude of the readout's modes."""
        return np.abs(self.amplitudes["xi"])

    @property
    def psi(self) -> FloatArray:
        """Phase of the readout's modes, in (-pi, pi]; 0 or pi for a signed mode."""
        return np.angle(self.amplitudes["xi"])

    @property
    def power(self) -> FloatArray:
        """Squared length of the embeddings in each mode, (..., M, n_modes), by Plancherel."""
        scale = np.where(self.basis.is_real, 1.0, 0.5) * self.group.order
        total = sum(np.abs(self.amplitudes[name]) ** 2 for name in self.embeddings)
        return np.asarray(scale * total)

    @property
    def dominant(self) -> NDArray[np.intp]:
        """Mode with the largest amplitude of each neuron's embeddings, (..., M)."""
        return np.asarray(sum(np.abs(self.amplitudes[name]) for name in self.embeddings)).argmax(axis=-1)

    @property
    def dominant_share(self) -> FloatArray:
        """Share of the dominant mode in the embeddings' squared length, (..., M), in [0, 1]."""
        power = self.power
        with np.errstate(invalid="ignore"):
            return np.asarray(power.max(axis=-1) / power.sum(axis=-1))

    def at(self, index: int) -> Modes:
        """The snapshot ``index`` of modes over time."""
        return Modes(
            self.group,
            {name: values[index] for name, values in self.amplitudes.items()},
            {name: values[index] for name, values in self.means.items()},
        )

    def lift(self) -> dict[str, FloatArray]:
        """The weights again, by weight group, (..., M, n)."""
        return {
            name: from_modes(values, self.group, self.means[name]) for name, values in self.amplitudes.items()
        }


def project(
    run_or_weights: Run | Mapping[str, ArrayLike] | Sequence[ArrayLike],
    group: FiniteGroup | str | None = None,
) -> Modes:
    """Write weights in the group's characters.

    Parameters
    ----------
    run_or_weights: a run, or weights by name, or ``(theta, xi)``, each (..., M, n).
    group: an Abelian group or its name; a run brings its own.

    Raises
    ------
    InputError: no group, shapes that don't fit it, or weights that are not finite.
    ReductionError: the group is not Abelian.
    """
    if isinstance(run_or_weights, Run):
        return _project(run_or_weights.weights, run_or_weights.network.finite_group)
    if group is None:
        raise InputError("the group of the weights is not known", hint='project(weights, "Z23")')
    chosen = named_group(group) if isinstance(group, str) else group
    if not isinstance(chosen, FiniteGroup):
        raise InputError("the group's order is a symbol", expected="a group such as Z23", received=str(group))
    if isinstance(run_or_weights, Mapping):
        return _project(run_or_weights, chosen)
    names = ["theta"] if len(run_or_weights) == 2 else [f"theta{i}" for i in range(1, len(run_or_weights))]
    return _project(dict(zip([*names, "xi"], run_or_weights, strict=True)), chosen)


def _project(weights: Mapping[str, ArrayLike], group: FiniteGroup) -> Modes:
    arrays = {name: np.asarray(values, dtype=np.float64) for name, values in weights.items()}
    for name, values in arrays.items():
        if not np.isfinite(values).all():
            raise InputError(f"{name} holds values that are not finite", expected="finite weights")
    return Modes(
        group,
        {name: to_modes(values, group) for name, values in arrays.items()},
        {name: mean_mode(values) for name, values in arrays.items()},
    )

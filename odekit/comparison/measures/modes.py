"""From weights to modes and back: the coordinates in which network and ODE are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from odekit.arrays import ComplexArray, FloatArray, IndexArray
from odekit.errors import InputError
from odekit.groups import FiniteGroup, RealModes, from_modes, mean_mode, mode_basis, to_modes
from odekit.groups import group as named_group
from odekit.simulation import Run

__all__ = ["Modes", "lengths_by_mode", "project"]


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
        """Squared length of the (first) embedding in each mode, (..., M, n_modes), by Plancherel."""
        return np.asarray(_squared_length(self.basis, self.group.order) * self.alpha**2)

    @property
    def dominant(self) -> IndexArray:
        """Mode with the largest Fourier coefficient of the (first) embedding, (..., M)."""
        return np.asarray((_squared_length(self.basis, self.group.order) * self.alpha).argmax(axis=-1))

    @property
    def dominant_share(self) -> FloatArray:
        """The dominant mode's share of the (first) embedding's squared length, mean and all, (..., M).

        NaN where that is 0.
        """
        power = self.power
        share = np.take_along_axis(power, self.dominant[..., None], axis=-1)[..., 0]
        total = power.sum(axis=-1) + self.group.order * self.means[self.embeddings[0]] ** 2
        shares: FloatArray = np.divide(share, total, out=np.full(total.shape, np.nan), where=total > 0)
        return shares

    def at(self, index: int | list[int]) -> Modes:
        """The snapshot ``index`` of modes over time, or some neurons of one snapshot."""
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


def lengths_by_mode(
    group: FiniteGroup, amplitudes: Mapping[str, ComplexArray], means: Mapping[str, FloatArray]
) -> FloatArray:
    """Euclidean length of all weight groups together in each mode, the mean last: (..., n_modes + 1)."""
    basis = mode_basis(group)
    modes = _squared_length(basis, group.order) * sum(np.abs(u) ** 2 for u in amplitudes.values())
    mean = group.order * sum(m**2 for m in means.values())
    return np.asarray(np.sqrt(np.concatenate([modes, np.asarray(mean)[..., None]], axis=-1)))


def project(
    run_or_weights: Run | Mapping[str, ArrayLike] | Sequence[ArrayLike],
    group: FiniteGroup | str | None = None,
) -> Modes:
    """Write weights in the group's characters.

    Parameters
    ----------
    run_or_weights: a run, or weights by name, or ``(theta, xi)`` or ``(theta1, theta2, ..., xi)``, each
        real of shape (..., M, n).
    group: an Abelian group of order n or its name; by default a run's own.

    Raises
    ------
    InputError: no group, no readout or no embedding, shapes that don't fit the group or each other, or
        weights that are not finite real numbers.
    ReductionError: the group is not Abelian.

    >>> import numpy as np
    >>> j = np.arange(5)
    >>> modes = project((0.3 * np.cos(2 * np.pi * j / 5 + 0.1), np.ones(5)), "Z5")
    >>> modes.alpha.round(12).tolist(), modes.phi[0].round(12).item(), modes.means["xi"].item()
    ([0.3, 0.0], 0.1, 1.0)
    """
    if isinstance(run_or_weights, Run):
        own = run_or_weights.network.finite_group
        return _project(run_or_weights.weights, own if group is None else _finite(group))
    if group is None:
        raise InputError("the group of the weights is not known", hint='project(weights, "Z23")')
    return _project(_by_name(run_or_weights), _finite(group))


def _finite(group: FiniteGroup | str) -> FiniteGroup:
    chosen = group if isinstance(group, FiniteGroup) else named_group(group)
    if not isinstance(chosen, FiniteGroup):
        raise InputError("the group's order is a symbol", expected="a group such as Z23", received=str(group))
    return chosen


def _by_name(weights: Mapping[str, ArrayLike] | Sequence[ArrayLike]) -> Mapping[str, ArrayLike]:
    if isinstance(weights, list | tuple) and len(weights) > 1:
        count = len(weights) - 1
        names = ["theta"] if count == 1 else [f"theta{i}" for i in range(1, count + 1)]
        return dict(zip([*names, "xi"], weights, strict=True))
    if isinstance(weights, Mapping) and "xi" in weights and len(weights) > 1:
        return weights
    raise InputError(
        "weights must hold the embeddings and the readout xi",
        expected="(theta, xi), (theta1, theta2, xi), or a mapping with 'theta' and 'xi'",
        received=", ".join(map(str, weights)) if isinstance(weights, Mapping) else type(weights).__name__,
    )


def _project(weights: Mapping[str, ArrayLike], group: FiniteGroup) -> Modes:
    arrays = {name: _real(name, values) for name, values in weights.items()}
    shapes = {array.shape for array in arrays.values()}
    if len(shapes) > 1:
        raise InputError(
            "the weight groups differ in shape",
            expected=f"one shape (..., M, {group.order})",
            received=", ".join(f"{name} {array.shape}" for name, array in arrays.items()),
        )
    return Modes(
        group,
        {name: to_modes(values, group) for name, values in arrays.items()},
        {name: mean_mode(values) for name, values in arrays.items()},
    )


def _real(name: str, values: ArrayLike) -> FloatArray:
    try:
        array = np.asarray(values)
    except ValueError:
        array = np.empty(0, dtype=object)
    if array.dtype.kind not in "fiu" or not np.isfinite(array).all():
        raise InputError(
            f"{name} is not made of finite real numbers", received=f"{array.dtype} of shape {array.shape}"
        )
    return array.astype(np.float64)


def _squared_length(basis: RealModes, order: int) -> FloatArray:
    """Squared length of a unit amplitude: n/2 for a pair's cosine, n for a character of order 2."""
    return order * np.where(basis.is_real, 1.0, 0.5)

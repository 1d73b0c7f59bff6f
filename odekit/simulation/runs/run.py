"""A training run: weights of the full network at increasing times, with where they came from."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from odekit._version import __version__
from odekit.arguments import expect, mapping
from odekit.arrays import FloatArray, IntArray
from odekit.errors import FileError, InputError
from odekit.groups import FiniteGroup
from odekit.groups import group as named_group
from odekit.networks import Network
from odekit.numbers import integer
from odekit.simulation.runs.archive import write_archive
from odekit.simulation.weights import Embedding, names
from odekit.views import Labelled, labelled

if TYPE_CHECKING:
    import xarray

__all__ = ["Run", "check_shapes"]


@dataclass(frozen=True, eq=False, repr=False)
class Run(Labelled):
    """Weights of a full network over time. All arrays are read-only.

    Parameters
    ----------
    t: (T,) float64, strictly increasing: the time of the gradient flow of the network's loss, the sum of
        the learning rates used.
    weights: by name, ``theta`` (or ``theta1``, ``theta2``, ...) and ``xi``, each (T, M, n) float64.
    network: what was trained; ``neurons`` is M.
    steps: (T,) int, strictly increasing number of optimiser steps, or None.
    meta: where it came from: optimiser, learning_rate, init, init_scale, seed and what else was recorded.
    records: further arrays of the run's file, such as ``loss`` or ``integrator_error``, each (T,) if ours.
    file: the file that the run was loaded from, or None.

    Raises
    ------
    InputError: arrays that don't fit each other or the network, times that don't increase, or numbers that
        are not finite.
    """

    t: FloatArray
    weights: Mapping[str, FloatArray]
    network: Network
    steps: IntArray | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    records: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    file: str | None = None

    def __post_init__(self) -> None:
        expect(isinstance(self.network, Network), "a run is of a network", "an odekit.Network", self.network)
        for name in ("weights", "meta", "records"):
            mapping(getattr(self, name), f"{name} of a run", '{"seed": 0}' if name == "meta" else "of arrays")
        _check_names(self.weights, names(self.network))
        weights = {name: _frozen(name, self.weights[name], np.float64) for name in names(self.network)}
        t = _frozen("t", self.t, np.float64)
        _check_times(t)
        check_shapes({name: array.shape for name, array in weights.items()}, len(t), self.network)
        steps = None if self.steps is None else _frozen("steps", self.steps, np.int64)
        if steps is not None:
            _check_steps(steps, t)
        records = {name: _read_only(value) for name, value in self.records.items()}
        for name, value in (("t", t), ("weights", MappingProxyType(weights)), ("steps", steps)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "meta", MappingProxyType(dict(self.meta)))
        object.__setattr__(self, "records", MappingProxyType(records))

    def __len__(self) -> int:
        return len(self.t)

    def __repr__(self) -> str:
        network = self.network
        return (
            f"Run({network.finite_group.name}, {network.neurons} neurons, {network.activation_name}, "
            f"{len(self)} snapshots, t = {self.t[0]:g} .. {self.t[-1]:g})"
        )

    @property
    def integrator_error(self) -> FloatArray | None:
        """Largest relative error over neurons at each time, (T,), where the run has an estimate."""
        return self.records.get("integrator_error")

    def snapshot(self, index: int) -> tuple[Embedding, FloatArray]:
        """Theta (a tuple where unshared) and xi at ``t[index]``, (M, n) as `loss_and_gradient` takes.

        Raises
        ------
        InputError: an index that none of the times has.
        """
        index = integer(index, "the place of a snapshot", -len(self), len(self) - 1)
        *embeddings, xi = (self.weights[name][index] for name in names(self.network))
        return (embeddings[0] if self.network.embedding == "shared" else tuple(embeddings)), xi

    def to_xarray(self) -> xarray.Dataset:
        """Labelled arrays with dimensions time, neuron and element; the file's meta as attributes.

        The number of steps is a coordinate of the time, where the run counts them.

        Raises
        ------
        MissingExtraError: xarray is not installed.
        """
        dims = ("time", "neuron", "element")
        coords: dict[str, Any] = {"time": self.t, "element": list(self.network.finite_group.labels)}
        if self.steps is not None:
            coords["step"] = ("time", self.steps)
        arrays = {name: (dims, array) for name, array in self.weights.items()}
        return labelled(arrays, coords, self.file_meta())

    def file_meta(self) -> dict[str, Any]:
        """The meta of the run's file: ``meta``, completed by the network's own description."""
        network = self.network
        return {
            "version": __version__,
            **self.meta,
            "group": network.finite_group.name,
            "order": network.finite_group.order,
            **network.description(),
        }

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the run to an ``.npz`` file without pickles, under a temporary name first.

        Returns
        -------
        path: where it lies now.

        Raises
        ------
        FileError: the place can't be written, or ``meta`` holds what JSON can't.
        """
        try:
            meta = json.dumps(self.file_meta(), allow_nan=False)
        except (TypeError, ValueError) as error:
            raise FileError("the run's meta can't be written as JSON", received=str(error)) from None
        arrays = {**self.records, **self.weights, "t": self.t, "meta": np.array(meta)}
        if self.steps is not None:
            arrays["steps"] = self.steps
        if not _is_named(self.network.finite_group):
            arrays["table"] = self.network.finite_group.table
        return write_archive(path, arrays)


def _is_named(group: FiniteGroup) -> bool:
    try:
        known = named_group(group.name)
    except InputError:
        return False
    return isinstance(known, FiniteGroup) and np.array_equal(known.table, group.table)


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    copy = np.array(array)
    copy.setflags(write=False)
    return copy


def _frozen(name: str, array: Any, dtype: type[np.generic]) -> NDArray[Any]:
    kinds = "iu" if dtype is np.int64 else "fiu"
    if np.asarray(array).dtype.kind not in kinds:
        raise InputError(f"{name} is not made of real numbers", received=str(np.asarray(array).dtype))
    copy = np.array(array, dtype=dtype, order="C")
    if not np.isfinite(copy).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(copy))[0])
        received = f"{copy[place]} at {place}"
        raise InputError(f"{name} is not finite", expected="finite numbers", received=received)
    copy.setflags(write=False)
    return copy


def _check_names(weights: Mapping[str, Any], wanted: tuple[str, ...]) -> None:
    if missing := [name for name in wanted if name not in weights]:
        raise InputError(
            f"{missing[0]} is missing from the weights",
            expected=", ".join(wanted),
            received=", ".join(map(str, weights)) or "none",
        )


def _check_times(t: FloatArray) -> None:
    if t.ndim != 1 or not len(t):
        raise InputError("t is not a list of times", expected="shape (T,)", received=f"shape {t.shape}")
    if not (np.diff(t) > 0).all():
        place = int(np.argmax(np.diff(t) <= 0)) + 1
        raise InputError(
            "the times don't increase",
            expected="t strictly increasing",
            received=f"t[{place - 1}] = {t[place - 1]:g}, t[{place}] = {t[place]:g}",
        )


def _check_steps(steps: IntArray, t: FloatArray) -> None:
    if steps.shape != t.shape:
        raise InputError("steps doesn't fit t", expected=f"shape {t.shape}", received=f"{steps.shape}")
    if not (np.diff(steps) > 0).all():
        late = int(np.argmax(np.diff(steps) <= 0)) + 1
        raise InputError(
            "the steps of a run don't increase",
            expected="a larger number of steps at each later time",
            received=f"{steps[late - 1]}, then {steps[late]} at t = {t[late]:.4g}",
        )


def check_shapes(shapes: Mapping[str, tuple[int, ...]], times: int, network: Network) -> None:
    """Refuse shapes of weights other than (T, M, n).

    Raises
    ------
    InputError: the first one that isn't, with what each length stands for.
    """
    wanted = (times, network.neurons, network.finite_group.order)
    for name, shape in shapes.items():
        if shape != wanted:
            raise InputError(
                f"{name} doesn't fit the run",
                expected=f"shape (T, M, n) = {wanted}, T times, M neurons and n elements of "
                f"{network.finite_group.name}",
                received=f"shape {shape}",
            )

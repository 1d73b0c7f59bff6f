"""A trajectory: what a user recorded of a model of their own, quantities by name at increasing times."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.trajectories.statements import check_meta
from odekit.errors import FileError, InputError, UnknownNameError, shown
from odekit.expressions import check_apart
from odekit.json_text import plain
from odekit.simulation.runs import write_archive
from odekit.systems import variable
from odekit.views import Labelled, attributes_of, labelled

if TYPE_CHECKING:
    import xarray

__all__ = ["Trajectory"]

# Two records have one velocity between them, and the second point of an orbit fits any speed.
FEWEST = 3


@dataclass(frozen=True, eq=False, repr=False)
class Trajectory(Labelled):
    """Quantities over time, of one run or of a batch of runs at the same times. All arrays are read-only.

    Parameters
    ----------
    t: (T,) float64, strictly increasing, T at least 3: the time of the ODE that it will be compared with.
    values: by name, (T,) or (T, batch), finite real numbers; kept as (T, batch) float64. Names are those of
        states, or of observables.
    meta: what is known of the record, all of it optional. ``time``: in words, what t is; ``learning_rate``:
        by how much t advances in each step of full-batch descent, from 0; ``noise``: standard deviation of
        the recorded values, a number or by name; ``parameters``: values by name, numbers or (batch,);
        ``dtype``: what was computed in, such as ``"float32"``. Anything else is kept.
    file: the file that it was loaded from, or None.

    Raises
    ------
    InputError: times or values of other lengths, with gaps, out of order, or that are no real numbers; fewer
        than 3 times; a name that can't be a state's; or a meta that says what can't be.

    >>> Trajectory([0.0, 1.0, 2.0], {"x": [1.0, 0.5, 0.25]}, {"learning_rate": 0.01})
    Trajectory(x; 3 times, t = 0 .. 2, batch 1)
    """

    t: FloatArray
    values: Mapping[str, FloatArray]
    meta: Mapping[str, Any] = field(default_factory=dict)
    file: str | None = None

    def __post_init__(self) -> None:
        t = _real("t", self.t)
        _check_times(t)
        if not isinstance(self.values, Mapping) or not self.values:
            raise InputError(
                "a trajectory needs values by name",
                expected='{"x": array of shape (T,) or (T, batch)}',
                received=shown(self.values),
            )
        _check_names(self.values)
        columns = {str(name): _column(str(name), value, len(t)) for name, value in self.values.items()}
        values = _alike(columns)
        check_meta(self.meta, values)
        t.setflags(write=False)
        object.__setattr__(self, "t", t)
        object.__setattr__(self, "values", MappingProxyType(values))
        object.__setattr__(self, "meta", MappingProxyType(dict(self.meta)))

    def __len__(self) -> int:
        return len(self.t)

    def __getitem__(self, name: str) -> FloatArray:
        """One quantity, (T, batch)."""
        if name not in self.values:
            raise UnknownNameError("quantity", name, self.values)
        return self.values[name]

    def __repr__(self) -> str:
        return (
            f"Trajectory({', '.join(self.values)}; {len(self)} times, t = {self.t[0]:g} .. {self.t[-1]:g}, "
            f"batch {self.batch})"
        )

    @property
    def batch(self) -> int:
        """Number of runs."""
        return int(next(iter(self.values.values())).shape[1])

    @classmethod
    def from_xarray(cls, dataset: xarray.Dataset) -> Trajectory:
        """From an `xarray.Dataset` with a dimension ``time`` or ``t``, and at most one more.

        Parameters
        ----------
        dataset: each variable on (time,) or (time, batch); the time is the coordinate of that dimension, or
            the coordinate ``t``; attributes become the meta, of a file of `to_netcdf` as it was.

        Raises
        ------
        InputError: no such dimension or coordinate, or as `Trajectory`.
        """
        dimension = next((name for name in ("time", "t") if name in dataset.sizes), None)
        clock = next((name for name in (dimension, "t") if name in dataset.coords), None)
        if dimension is None or clock is None:
            raise InputError(
                "the dataset has no times",
                expected="a dimension time with its coordinate",
                received=f"dimensions {', '.join(map(str, dataset.sizes)) or 'none'}",
            )
        times = dataset.coords[clock].transpose(dimension, ...).to_numpy()
        if times.ndim == 2 and (times == times[:, :1]).all():
            times = times[:, 0]
        arrays = {
            str(name): array.transpose(dimension, ...).to_numpy() for name, array in dataset.data_vars.items()
        }
        return cls(times, arrays, attributes_of(dataset))

    def to_xarray(self) -> xarray.Dataset:
        """Labelled arrays with dimensions time and run; the meta as attributes.

        Raises
        ------
        MissingExtraError: xarray is not installed.
        """
        arrays = {name: (("time", "run"), values) for name, values in self.values.items()}
        return labelled(arrays, {"time": self.t}, self.meta)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to an ``.npz`` file without pickles, which `load_trajectory` reads.

        Raises
        ------
        FileError: the place can't be written, ``meta`` holds what JSON can't, or a quantity is called meta.
        """
        if "meta" in self.values:
            raise FileError(
                "a quantity called meta can't be written",
                expected="names other than meta, under which the file keeps what is known of the record",
                hint="another name, such as meta_1",
            )
        try:
            meta = json.dumps(plain(self.meta), allow_nan=False)
        except (TypeError, ValueError) as error:
            raise FileError("the trajectory's meta can't be written as JSON", received=str(error)) from None
        return write_archive(path, {**self.values, "t": self.t, "meta": np.array(meta)})


def _real(name: str, values: Any) -> FloatArray:
    """A copy in float64.

    Raises
    ------
    InputError: no array of finite real numbers.
    """
    try:
        array = np.asarray(values)
    except (TypeError, ValueError):
        array = np.asarray(None)
    if array.dtype.kind not in "fiu":
        ragged = isinstance(values, list | tuple) and array.dtype.kind == "O"
        raise InputError(
            f"{name} is not made of real numbers",
            expected="an array of floating-point numbers or integers",
            received="rows of different lengths, or objects" if ragged else f"dtype {array.dtype}",
            hint="" if array.dtype.kind != "c" else f"its real and imaginary part, {name}_re and {name}_im",
        )
    copy = np.array(array, dtype=np.float64, order="C")
    if not np.isfinite(copy).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(copy))[0])
        raise InputError(
            f"{name} has a gap",
            expected="finite numbers",
            received=f"{copy[place]} at index {place[0] if len(place) == 1 else place}",
            hint="leave out that time, or the run",
        )
    return copy


def _check_times(t: FloatArray) -> None:
    if t.ndim != 1:
        raise InputError("t is not a list of times", expected="shape (T,)", received=f"shape {t.shape}")
    if len(t) < FEWEST:
        raise InputError("a trajectory needs more times", expected=f"at least {FEWEST}", received=f"{len(t)}")
    if not (np.diff(t) > 0).all():
        place = int(np.argmax(np.diff(t) <= 0)) + 1
        raise InputError(
            "the times don't increase",
            expected="t strictly increasing",
            received=f"t[{place - 1}] = {t[place - 1]:g}, t[{place}] = {t[place]:g}",
            hint="sort the records by time and keep one of each" if t[place] != t[place - 1] else "",
        )


def _check_names(names: Mapping[Any, Any]) -> None:
    for name in names:
        variable(name)
    check_apart(names)


def _column(name: str, value: Any, times: int) -> FloatArray:
    array = _real(name, value)
    if array.ndim not in (1, 2) or len(array) != times or not array.size:
        raise InputError(
            f"{name} doesn't fit the times",
            expected=f"shape ({times},) or ({times}, batch)",
            received=f"shape {array.shape}",
            hint="the transpose" if array.ndim == 2 and array.shape[1] == times else "",
        )
    return array[:, None] if array.ndim == 1 else array


def _alike(columns: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """All of one batch size, read-only.

    Raises
    ------
    InputError: two sizes other than 1.
    """
    sizes = {name: array.shape[1] for name, array in columns.items()}
    batch = max(sizes.values())
    if {*sizes.values()} - {1, batch}:
        raise InputError(
            "the batch sizes disagree",
            expected="one batch size, or 1",
            received=", ".join(f"{name}: {size}" for name, size in sizes.items()),
        )
    wide = {name: np.array(np.broadcast_to(array, (len(array), batch))) for name, array in columns.items()}
    for array in wide.values():
        array.setflags(write=False)
    return wide

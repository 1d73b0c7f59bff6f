"""From a file to a `Run`: ours or a user's training run, or weights alone; errors name the file."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.arguments import path_of
from odekit.errors import FileError, InputError, shown
from odekit.groups import MAX_ORDER, FiniteGroup, from_table
from odekit.groups import group as named_group
from odekit.networks import Network
from odekit.simulation.runs.contents import OWN_KEYS, WEIGHTS, listed
from odekit.simulation.runs.formats import opened
from odekit.simulation.runs.meta import recorded_rate
from odekit.simulation.runs.run import Run, check_shapes
from odekit.simulation.weights import names as names_of

__all__ = ["check_group", "load_run", "load_weights", "naming_file", "read_meta"]

Arrays = Mapping[str, NDArray[Any]]
Shapes = Mapping[str, tuple[int, ...]]
Path = str | os.PathLike[str]

REQUIRED = ("activation", "embedding", "constraint", "loss", "logit_scale")
# Letters of a meta: a text of millions of brackets takes a hundred times as many bytes once it is read.
LONGEST_META = 1_000_000


def load_run(path: Path, names: Mapping[str, str] | None = None) -> Run:
    """Load a training run.

    Parameters
    ----------
    path: an ``.npz`` without pickles that holds ``t`` (T,), ``theta`` (T, M, n) or ``theta1``, ``theta2``,
        ``xi`` (T, M, n), optional ``steps`` (T,), optional ``table`` (n, n), which wins over the group's
        name, and ``meta``, a JSON string with group (unless there is a table), activation, embedding,
        constraint, loss and logit_scale; optional rates, task, optimiser, learning_rate (of a descent,
        positive) and more, all of which is kept. Or the same as tensors in a ``.safetensors`` file, meta
        among the strings of its header, or in a dict that `torch.save` wrote, meta a string in it. Numbers
        of lower precision become float64; how many digits they had is seen from them.
    names: what goes by another name in the file, such as ``{"theta": "embed.weight.T"}``, where ``.T`` swaps
        the last two axes: a state dict's embed.weight is (n, M).

    Raises
    ------
    FileError: the file can't be read, lacks something, holds what contradicts itself, or needs a package that
        is not installed; it says what.
    """
    with naming_file(path), opened(path, names) as arrays:
        if "meta" not in arrays:
            raise InputError("meta is missing", expected="a JSON string under the key 'meta'")
        if "t" not in arrays:
            raise InputError("t is missing", expected="times of shape (T,) under the key 't'")
        meta = _meta_of_run(arrays["meta"])
        recorded_rate(meta)
        _check_there(("xi",), arrays.shapes)
        network = _network(_group(arrays, arrays.shapes, meta), arrays.shapes, meta)
        _check_there(names_of(network), arrays.shapes)
        times = (*arrays.shapes["t"], *arrays.shapes["xi"])[0]
        check_shapes(_of_weights(arrays.shapes, network), times, network)
        return _run(path, arrays, network, meta)


def load_weights(
    path: Path, group: FiniteGroup | str | None = None, names: Mapping[str, str] | None = None
) -> Run:
    """Load weights at one moment, as a run with one snapshot: at the file's first time, or 0.

    Parameters
    ----------
    path: a file in any format of `load_run`, with ``theta`` (or ``theta1``, ``theta2``, ...) and ``xi``, each
        (M, n) or (T, M, n), of which the first snapshot is taken. Its ``table`` and ``meta`` are used where
        it has them; without meta the network is quadratic, its loss a sum, its logit scale 1.
    group: what the weights live on, where the file doesn't say; where it does, the same.
    names: what goes by another name in the file, as for `load_run`.

    Raises
    ------
    FileError: the file can't be read, what it holds isn't weights, neither it nor the caller says the group,
        the two say different ones, or it needs a package that is not installed.
    """
    with naming_file(path), opened(path, names) as arrays:
        meta = _meta_of_run(arrays["meta"]) if "meta" in arrays else _default_meta(arrays)
        if "table" in arrays or "group" in meta:
            own = _group(arrays, arrays.shapes, meta)
        elif group is not None:
            own = _finite(group)
        else:
            raise InputError(
                "the group of the weights is not known",
                expected="a table or meta in the file, or the group's name",
                hint='group="Z23"',
            )
        _check_there(("xi",), arrays.shapes)
        shapes = {name: (1, *shape[-2:]) for name, shape in arrays.shapes.items()}
        network = _network(own, shapes, meta)
        _check_there(names_of(network), arrays.shapes)
        check_shapes(_of_weights(shapes, network), 1, network)
        run = _run(path, {**_first(arrays), "t": _first_time(arrays)}, network, meta)
        if group is not None:
            check_group(run, group)
        return run


def check_group(run: Run, group: FiniteGroup | str) -> None:
    """Refuse a group that is not the run's own: the same elements in the same order.

    Raises
    ------
    InputError: another one.
    """
    own, given = run.network.finite_group, _finite(group)
    if not np.array_equal(own.table, given.table):
        raise InputError(
            "the weights live on another group than the one that is named",
            expected=f"{own.name} of order {own.order}, which the file or run says",
            received=f"{given.name} of order {given.order}",
            hint="no group, or the run's own",
        )


def _default_meta(arrays: Arrays) -> dict[str, Any]:
    embedding = "unshared" if "theta1" in arrays else "shared"
    meta: dict[str, Any] = {"activation": "quadratic", "embedding": embedding, "constraint": "none"}
    if "theta3" in arrays:
        meta["task"] = "x+y+z"
    return {**meta, "loss": "sum", "logit_scale": 1.0}


def _first(arrays: Arrays) -> Arrays:
    """The weights at the first time, (1, M, n); everything else is left out."""
    weights = {name: arrays[name] for name in WEIGHTS if name in arrays}
    return {name: array[None] if array.ndim == 2 else array[:1] for name, array in weights.items()}


def _first_time(arrays: Arrays) -> NDArray[Any]:
    """Time of the first snapshot, (1,), 0 where the file doesn't say."""
    times = arrays.get("t", np.zeros(1))
    is_time = times.ndim == 1 and times.dtype.kind in "fiu" and np.isfinite(times[:1]).all() and len(times)
    return times[:1] if is_time else np.zeros(1)


@contextmanager
def naming_file(path: Path) -> Iterator[None]:
    """Turn a complaint about what a file holds into one that names the file.

    Raises
    ------
    FileError: the block met an `InputError`.
    """
    path_of(path, "a run's file")
    try:
        yield
    except FileError:
        raise
    except InputError as error:
        raise FileError(f"{path}: {error}") from None


def read_meta(array: NDArray[Any]) -> dict[str, Any]:
    """The object in an array that holds one JSON string.

    Raises
    ------
    InputError: no text, text of more than a million letters, or text that is no JSON object.
    """
    if array.ndim or array.dtype.kind != "U":
        raise InputError(
            "meta is not text", expected="one JSON string", received=f"{array.dtype} of shape {array.shape}"
        )
    if array.dtype.itemsize > array.dtype.alignment * LONGEST_META:
        raise InputError("meta is too long", expected=f"at most {LONGEST_META} letters")
    try:
        meta = json.loads(str(array))
    except (ValueError, RecursionError) as error:
        raise InputError("meta is not JSON", received=str(error)) from None
    if not isinstance(meta, dict):
        raise InputError("meta is not a JSON object", received=type(meta).__name__)
    return meta


def _meta_of_run(array: NDArray[Any]) -> dict[str, Any]:
    meta = read_meta(array)
    if missing := [name for name in REQUIRED if name not in meta]:
        raise InputError(f"meta lacks {missing[0]!r}", expected=", ".join(("group or table", *REQUIRED)))
    return meta


def _run(path: Path, arrays: Arrays, network: Network, meta: Mapping[str, Any]) -> Run:
    wanted = names_of(network)
    others = {name: arrays[name] for name in arrays if name not in (*wanted, *OWN_KEYS)}
    return Run(
        t=arrays["t"],
        weights={name: arrays[name] for name in wanted},
        network=network,
        steps=arrays.get("steps"),
        meta=meta,
        records=others,
        file=str(path),
    )


def _check_there(wanted: Sequence[str], shapes: Shapes) -> None:
    for name in wanted:
        if name not in shapes:
            raise InputError(
                f"{name} is missing from the weights",
                expected=", ".join(wanted),
                received=listed(shapes),
                hint=f'names={{"{name}": "layer.weight.T"}}, where it goes by another name',
            )


def _of_weights(shapes: Shapes, network: Network) -> Shapes:
    return {name: shapes[name] for name in names_of(network)}


def _network(group: FiniteGroup, shapes: Shapes, meta: Mapping[str, Any]) -> Network:
    xi = shapes["xi"]
    if len(xi) != 3:
        expected = f"shape (T, M, {group.order})"
        raise InputError("xi has the wrong shape", expected=expected, received=f"shape {xi}")
    if meta.get("neurons", xi[1]) != xi[1]:
        raise InputError("meta's neurons don't fit xi", expected=f"{xi[1]}", received=shown(meta["neurons"]))
    return Network(
        group,
        neurons=xi[1],
        activation=meta["activation"],
        embedding=meta["embedding"],
        constraint=meta["constraint"],
        task=_text(meta, "task", "x*y"),
        loss=meta["loss"],
        logit_scale=meta["logit_scale"],
        rates=_rates(meta),
    )


def _group(arrays: Arrays, shapes: Shapes, meta: Mapping[str, Any]) -> FiniteGroup:
    """The group of the table, with the names of the named group where that has the same table."""
    if "table" in arrays:
        if max(shapes["table"], default=0) > MAX_ORDER:
            expected = f"shape (n, n) with n at most {MAX_ORDER}"
            raise InputError("the table is too large", expected=expected, received=f"shape {shapes['table']}")
        group = from_table(arrays["table"], name=_text(meta, "group", "custom"))
        return _named_alike(group) or group
    if "group" not in meta:
        raise InputError("meta lacks 'group'", expected="a group's name, or a table in the file")
    return _finite(_text(meta, "group", ""))


def _named_alike(group: FiniteGroup) -> FiniteGroup | None:
    try:
        known = named_group(group.name)
    except InputError:
        return None
    is_same = isinstance(known, FiniteGroup) and np.array_equal(known.table, group.table)
    return known if isinstance(known, FiniteGroup) and is_same else None


def _finite(group: FiniteGroup | str) -> FiniteGroup:
    if isinstance(group, FiniteGroup):
        return group
    found = named_group(group)
    if not isinstance(found, FiniteGroup):
        raise InputError(f"the order of {found.name} is a symbol", expected="a group such as Z23")
    return found


def _rates(meta: Mapping[str, Any]) -> Mapping[str, float]:
    rates = meta.get("rates") or {}
    if not isinstance(rates, dict):
        raise InputError("meta's rates are not an object", received=type(rates).__name__)
    return rates


def _text(meta: Mapping[str, Any], key: str, default: str) -> str:
    value = meta.get(key, default)
    if not isinstance(value, str):
        raise InputError(f"meta's {key} is not text", received=shown(value))
    return value

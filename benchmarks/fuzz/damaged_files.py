"""Run files that are damaged: bytes flipped, files cut, arrays missing, of other types, shapes and sizes.

Numbers that are not finite, meta of wrong types, headers that declare other shapes than what follows, many
zeros packed. Whole files are made by `damaged`, and `damaged_again` does one thing more to any archive.
"""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import odekit

__all__ = ["STRANGE", "archive", "damaged", "damaged_again", "headed"]

# What a value of meta is replaced by.
STRANGE: tuple[Any, ...] = (
    None, True, -1, 0, 1e308, -1e-308, 10**400, "", "x", "Zp", "Z0", "Z99999999", "x+y+z", "relu", "z^2",
    "\u0000", "\u03b8" * 50, [], {}, [1, [2]], {"theta": -1}, {"theta": "a"}, {"xi": 1e300}, "sum", "sphere",
)  # fmt: skip
# Shapes that a header declares whatever follows it, and types likewise.
DECLARED: tuple[tuple[int, ...], ...] = (
    (31, 16, 1_100_000_000), (10**6, 10**6, 10**6), (0, 10**21, 11), (0, 0, 0), (), (-1, 5), (-4, -3, 5),
    (4, 3), (2**63,), (2**62, 2), (10**9, 0), (1,) * 70, (4, 3, 6), (10**5000,),
)  # fmt: skip
DECLARED_TYPES = ("<f8", "<f8", "<f8", "|S0", "|V0", "<U536870911", "|V2000000000", "|O", "nonsense", "<f3")
# Of what follows a header that is true; packed, it is a thousand times smaller.
ZEROS = 2**18
# What is changed once more is no larger than this, in bytes.
LARGEST = 2**20
TYPES = ("f4", "f2", "i8", "u1", "c16", "?", "U3", "S4", "M8[s]", "f8", ">f8", "O")


def damaged(count: int, seed: int) -> Iterator[bytes]:
    """Contents of files, each a run that was damaged in one way or two."""
    generator = np.random.default_rng(seed)
    originals = [_arrays(*how) for how in (("Z5", "shared"), ("S3", "unshared"), ("Z2xZ2", "shared"))]
    for _ in range(count):
        arrays = dict(originals[generator.integers(len(originals))])
        for _ in range(generator.integers(1, 3)):
            WAYS[generator.integers(len(WAYS))](arrays, generator)
        yield _broken(archive(arrays), generator)


def damaged_again(content: bytes, generator: np.random.Generator) -> bytes:
    """An archive with one array or one header changed, or its bytes cut or flipped.

    Raises
    ------
    Exception: what reading an archive of this kind may raise.
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as held:
        arrays = {name: held[name] for name in held.files}
    if sum(array.nbytes for array in arrays.values()) > LARGEST:
        raise ValueError("too much to change")
    WAYS[generator.integers(len(WAYS))](arrays, generator)
    return _broken(archive(arrays), generator)


def _broken(content: bytes, generator: np.random.Generator) -> bytes:
    """The file as it is, or cut, with bits flipped, a header changed, or zeros packed."""
    kind = generator.integers(8)
    if kind == 0:
        return content[: generator.integers(len(content))]
    if kind == 1:
        flipped = bytearray(content)
        for place in generator.integers(len(flipped), size=generator.integers(1, 5)):
            flipped[place] ^= int(1 << generator.integers(8))
        return bytes(flipped)
    if kind == 2:
        return _redeclared(content, generator)
    return _inflated(content, generator) if kind == 3 else content


def _arrays(group: str, embedding: str) -> dict[str, Any]:
    network = odekit.Network(group, neurons=3, embedding=embedding)
    run = odekit.simulate(network, seed=1, t_end=10.0, snapshots=4)
    meta = np.array(json.dumps(run.file_meta()))
    return {**run.records, **run.weights, "t": run.t, "table": network.finite_group.table, "meta": meta}


def archive(arrays: dict[str, Any]) -> bytes:
    """An ``.npz`` file of these arrays, pickled objects among them."""
    file = io.BytesIO()
    np.savez(file, allow_pickle=True, **arrays)
    return file.getvalue()


def _redeclared(content: bytes, generator: np.random.Generator) -> bytes:
    """The file with one array's header changed, and what follows it left."""
    shape = DECLARED[generator.integers(len(DECLARED))]
    descr = DECLARED_TYPES[generator.integers(len(DECLARED_TYPES))]
    return _changed(content, generator, lambda after: headed(descr, shape) + after)


def _inflated(content: bytes, generator: np.random.Generator) -> bytes:
    """The file with zeros in the place of one array, as its header says, packed."""
    shape = ((ZEROS // 8,), (1, 1, ZEROS // 8), (4, 3, ZEROS // 96))[generator.integers(3)]
    return _changed(content, generator, lambda _: headed("<f8", shape) + bytes(8 * int(np.prod(shape))))


def headed(descr: str, shape: tuple[int, ...]) -> bytes:
    """The beginning of an ``.npy`` file that declares a type and a shape."""
    lengths = "".join(f"{hex(length)}, " for length in shape)
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({lengths})}}\n".encode()
    return b"\x93NUMPY\x02\x00" + len(text).to_bytes(4, "little") + text


def _changed(content: bytes, generator: np.random.Generator, change: Callable[[bytes], bytes]) -> bytes:
    """The file with one entry replaced by what a function makes of the bytes after its header."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        entries = {name: packed.read(name) for name in packed.namelist()}
    chosen = str(generator.choice(sorted(entries))) if entries else ""
    with zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, entry in entries.items():
            packed.writestr(name, change(entry[entry.index(b"\n") + 1 :]) if name == chosen else entry)
    return changed.getvalue()


def _chosen(arrays: dict[str, Any], generator: np.random.Generator) -> str:
    return str(generator.choice(sorted(arrays))) if arrays else ""


def _drop(arrays: dict[str, Any], generator: np.random.Generator) -> None:
    arrays.pop(_chosen(arrays, generator), None)


def _retype(arrays: dict[str, Any], generator: np.random.Generator) -> None:
    name = _chosen(arrays, generator)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            arrays[name] = np.asarray(arrays[name]).astype(str(generator.choice(TYPES)))
        except (ValueError, TypeError, KeyError, RuntimeError):
            arrays[name or "t"] = np.array([{}, None], dtype=object)


def _reshape(arrays: dict[str, Any], generator: np.random.Generator) -> None:
    name = _chosen(arrays, generator)
    value = np.asarray(arrays.get(name, 0.0))
    ways = (
        lambda: value[..., None],
        lambda: value.reshape(-1)[:1],
        lambda: value.T,
        lambda: value[:0] if value.ndim else value,
        lambda: value[::-1] if value.ndim else value,
        lambda: np.asfortranarray(value),
        lambda: value.reshape(-1),
        lambda: np.repeat(value[..., None], 0, axis=-1),
        lambda: np.broadcast_to(value.reshape(-1)[:1], (40, 3, 5)) if value.size else value,
    )
    arrays[name or "t"] = ways[generator.integers(len(ways))]()


def _put(arrays: dict[str, Any], generator: np.random.Generator) -> None:
    name = _chosen(arrays, generator)
    value = np.array(arrays.get(name, 0.0))
    if value.dtype.kind == "f" and value.size:
        strange = (np.nan, np.inf, -np.inf, 1e308, 1e-320, 0.0, -1.0, 1e160)
        value.flat[generator.integers(value.size)] = generator.choice(strange)
    elif value.dtype.kind in "iu" and value.size:
        value.flat[generator.integers(value.size)] = generator.choice([0, 1, 99])
    arrays[name or "t"] = value


def _scale(arrays: dict[str, Any], generator: np.random.Generator) -> None:
    name = _chosen(arrays, generator)
    if np.asarray(arrays.get(name)).dtype.kind == "f":
        with np.errstate(all="ignore"):
            arrays[name] = arrays[name] * generator.choice([0.0, 1e200, 1e-200, -1.0, 1e8])


def _remark(arrays: dict[str, Any], generator: np.random.Generator) -> None:
    try:
        meta = json.loads(str(arrays["meta"]))
        key = str(generator.choice(sorted(meta)))
        if generator.integers(4) == 0:
            del meta[key]
        else:
            meta[key] = STRANGE[generator.integers(len(STRANGE))]
        arrays["meta"] = np.array(json.dumps(meta))
    except (KeyError, ValueError, TypeError, AttributeError):
        arrays["meta"] = np.array(["[]", "{", "null", "NaN", '{"group": {}}'][generator.integers(5)])


WAYS = (_drop, _retype, _reshape, _put, _scale, _remark, _remark, _remark)

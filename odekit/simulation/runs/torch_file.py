"""Tensors in a checkpoint of PyTorch, by its own reader without pickles, ``torch.load(weights_only=True)``.

`torch.save` writes an archive whose ``data.pkl`` names the tensors and whose other entries are their numbers.
Even without running code, such a pickle can ask for more memory or time than there is: PyTorch's reader makes
a ``bytearray`` of any length, and hashes a name that is a pair of pairs of pairs, each twice the same, in
time that doubles with every level. So the pickle is first read as a list of instructions that nobody follows,
and is loaded only if they ask for nothing but tensors.
"""

import pickletools
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.errors import FileError, shown
from odekit.extras import require_torch
from odekit.simulation.runs.archive import PICKLE, check_unpacked_size, refusing_damage
from odekit.simulation.runs.contents import Contents
from odekit.simulation.runs.safetensors_file import MOST_NAMES

__all__ = ["TorchFile", "opened_torch"]

# What a dict of tensors and parameters is made of, and nothing else.
ASKED_FOR = re.compile(
    r"torch\._utils _rebuild_(tensor_v2|parameter)|collections OrderedDict"
    r"|torch (Double|Float|Half|BFloat16|Long|Int|Short|Char|Byte|Bool)Storage"
)
# The instructions that fetch something by its module and name.
IMPORTS = ("GLOBAL", "INST", "STACK_GLOBAL")
# Those that make what may be used twice: names, text, tensors. A pair may not, whichever way it got there.
REUSED = ("GLOBAL", "BINUNICODE", "REDUCE")
WHOLE = "an archive written by torch.save"
HINT = "torch.save(model.state_dict(), FILE), or a .safetensors file"


class TorchFile(Contents):
    """Tensors of a checkpoint by name, and ``meta``, where it is text; all else is left out.

    Parameters
    ----------
    path: of the file, for messages.
    torch: the module.
    state: what it loaded.

    Raises
    ------
    FileError: no tensors by name, or tensors of far more elements than the file has bytes.
    """

    def __init__(self, path: Path, torch: Any, state: Any) -> None:
        self._path, self._torch = path, torch
        found = dict(state) if isinstance(state, dict) else {}
        self._tensors = {
            name: value
            for name, value in found.items()
            if isinstance(name, str) and isinstance(value, torch.Tensor)
        }
        if not self._tensors:
            raise FileError(
                f"{path} holds no tensors by name",
                expected="a dict of tensors, such as theta and xi",
                received=shown(list(found)) if found else type(state).__name__,
                hint=HINT,
            )
        # An axis of stride 0 repeats one number as often as it says.
        check_unpacked_size(path, 8 * sum(tensor.numel() for tensor in self._tensors.values()))
        self._meta = {"meta": np.array(text)} if isinstance(text := found.get("meta"), str) else {}

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name in self._meta:
            return self._meta[name]
        tensor = self._tensors[name].detach()
        with refusing_damage(self._path, name, WHOLE):
            # NumPy has no bfloat16, and float32 holds all of its numbers.
            is_bfloat16 = tensor.dtype == self._torch.bfloat16
            array: NDArray[Any] = (tensor.to(self._torch.float32) if is_bfloat16 else tensor).numpy()
        return array

    @property
    def shapes(self) -> Mapping[str, tuple[int, ...]]:
        """As the tensors themselves say."""
        shapes = {name: tuple(tensor.shape) for name, tensor in self._tensors.items()}
        return {**shapes, **{name: array.shape for name, array in self._meta.items()}}


@contextmanager
def opened_torch(path: Path) -> Iterator[TorchFile]:
    """The tensors of a checkpoint of PyTorch, of version 1.6 or later.

    Raises
    ------
    FileError: there is no such file, it is no archive, it is damaged, it holds anything but tensors by name,
        or would take over a hundred times the file's size and 256 MiB.
    MissingExtraError: torch is not installed, or older than 2.6.
    """
    with refusing_damage(path, whole=WHOLE):
        _check_asked_for(path, _pickle(path))
    torch = require_torch()
    with refusing_damage(path, whole=WHOLE), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        state = torch.load(path, map_location="cpu", weights_only=True)
    yield TorchFile(path, torch, state)


def _pickle(path: Path) -> bytes:
    """The instructions of the archive.

    Raises
    ------
    FileError: there are none, or too many, or the archive would unpack to far more than it is.
    """
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        check_unpacked_size(path, sum(info.file_size for info in infos))
        # PyTorch's reader of archives doesn't tell capitals from small letters.
        chosen = [info for info in infos if Path(info.filename).name.lower() == PICKLE]
        if len(chosen) != 1 or chosen[0].file_size > MOST_NAMES:
            raise FileError(
                f"{path} is not a checkpoint of PyTorch that odekit reads",
                expected=f"an archive with one {PICKLE} of at most {MOST_NAMES} bytes",
                received=", ".join(f"{info.file_size} bytes" for info in chosen),
                hint=HINT,
            )
        return archive.read(chosen[0])


def _check_asked_for(path: Path, pickle: bytes) -> None:
    """Refuse instructions for more than tensors, and for a pair that is used twice."""
    reusable: set[Any] = set()
    before = ""
    for instruction, argument, _ in pickletools.genops(pickle):
        name = instruction.name
        if name in IMPORTS and not ASKED_FOR.fullmatch(str(argument)):
            raise _asks_for_more(path, f"{argument or name!r:.60}")
        if name.endswith("GET") and argument not in reusable:
            raise _asks_for_more(path, "something used twice that is no name and no tensor")
        if name.endswith("PUT"):
            (reusable.add if before in REUSED else reusable.discard)(argument)
        before = name


def _asks_for_more(path: Path, received: str) -> FileError:
    return FileError(
        f"{path} holds more than tensors by name, which odekit doesn't unpickle",
        expected="a dict of tensors, such as theta and xi",
        received=received,
        hint=HINT,
    )

"""Which format is a file of arrays in? What it begins with decides, not what it is called."""

import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from odekit.arguments import path_of
from odekit.errors import FileError
from odekit.files import check_plain
from odekit.simulation.runs.archive import PICKLE, TORCH, opened_archive, refusing_damage
from odekit.simulation.runs.contents import Contents, Renamed
from odekit.simulation.runs.safetensors_file import opened_safetensors
from odekit.simulation.runs.torch_file import opened_torch

__all__ = ["opened"]

# By the end of its name, what a file should be that is none of them.
SUFFIXES = {".safetensors": opened_safetensors, ".pt": opened_torch, ".pth": opened_torch}


@contextmanager
def opened(path: str | os.PathLike[str], names: Mapping[str, str] | None = None) -> Iterator[Contents]:
    """The arrays of a file: ``.npz``, ``.safetensors``, or a checkpoint of PyTorch.

    Parameters
    ----------
    path: of the file.
    names: what goes by another name in the file, as `Renamed` takes it.

    Raises
    ------
    FileError: the file can't be read, is a pipe or a device, is damaged, or holds what odekit never loads.
    InputError: names that don't fit the file.
    MissingExtraError: the format's package is not installed.
    """
    path = path_of(path, "a run's file")
    check_plain(path)
    with refusing_damage(path):
        opener = _opener(path)
    with opener(path) as contents:
        yield contents if names is None else Renamed(contents, names)


def _opener(path: Path) -> Callable[[Path], AbstractContextManager[Contents]]:
    with open(path, "rb") as file:
        start = file.read(len(TORCH))
        if start == TORCH:
            raise FileError(
                f"{path} is a checkpoint in the format of PyTorch before 1.6, a pickle as a whole",
                expected="an archive, as torch.save writes today",
                hint="torch.save(torch.load(FILE, weights_only=True), NEW), or a .safetensors file",
            )
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                has_pickle = any(Path(name).name == PICKLE for name in archive.namelist())
            return opened_torch if has_pickle else opened_archive
    # After eight bytes for its length, the header of a .safetensors file is an object in JSON.
    return opened_safetensors if start[8:9] == b"{" else SUFFIXES.get(path.suffix.lower(), opened_archive)

"""Labelled arrays: a result as an `xarray.Dataset`, and as a netCDF file.

The file is of netCDF 3 with 64-bit offsets, which SciPy writes without a further package and which every
reader of netCDF reads: ncdump, Julia, R and MATLAB, too. It holds no compression, and no variable above 4 GB.
"""

from __future__ import annotations

import json
import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from odekit.arguments import path_of
from odekit.errors import FileError, InputError
from odekit.extras import require_xarray
from odekit.files import refusing, written
from odekit.json_text import plain

if TYPE_CHECKING:
    import xarray

__all__ = ["Labelled", "attributes_of", "labelled"]

# The attribute of a file that holds all others as JSON, also those for which netCDF has no kind.
META = "meta"


class Labelled(ABC):
    """What can be had as labelled arrays."""

    @abstractmethod
    def to_xarray(self) -> xarray.Dataset:
        """Labelled arrays.

        Raises
        ------
        MissingExtraError: xarray is not installed.
        """

    def to_netcdf(self, path: str | os.PathLike[str]) -> Path:
        """Write the labelled arrays of `to_xarray` to a netCDF file, whole or not at all.

        Attributes that are numbers or text are the file's; ``meta`` holds all of them as JSON.

        Returns
        -------
        path: where it lies now; `xarray.open_dataset` reads it.

        Raises
        ------
        FileError: the place can't be written, JSON can't hold an attribute, or netCDF an array.
        MissingExtraError: xarray is not installed.
        """
        target = path_of(path, "a netCDF file")
        dataset = self.to_xarray()
        dataset.attrs = _kept(dataset.attrs)
        content = _content(dataset, target)
        with refusing(target), written(target) as file:
            file.write(content)
        return target


def labelled(
    arrays: Mapping[str, Any], coordinates: Mapping[str, Any], attributes: Mapping[str, Any]
) -> xarray.Dataset:
    """A dataset of arrays by name, each with its dimensions.

    Raises
    ------
    InputError: an array bears the name of a coordinate.
    MissingExtraError: xarray is not installed.
    """
    xr = require_xarray()
    try:
        dataset: xarray.Dataset = xr.Dataset(arrays, coords=coordinates, attrs=dict(attributes))
    except ValueError as error:
        raise InputError("the arrays can't be labelled", received=str(error), hint="other names") from None
    return dataset


def attributes_of(dataset: xarray.Dataset) -> dict[str, Any]:
    """The attributes of a dataset by name, those of a file of `Labelled.to_netcdf` as they were."""
    attributes = {str(name): value for name, value in dataset.attrs.items()}
    with suppress(TypeError, ValueError):
        kept = json.loads(attributes.get(META, ""))
        if isinstance(kept, dict):
            return kept
    return attributes


def _kept(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes for a file: all as JSON, and beside it those that netCDF can name and hold.

    Raises
    ------
    FileError: JSON can't hold one.
    """
    try:
        text = json.dumps(plain(attributes), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise FileError("an attribute can't be written as JSON", received=str(error)) from None
    simple = {
        name: value
        for name, value in attributes.items()
        if name.isidentifier() and name.isascii() and _is_simple(value)
    }
    return {**simple, META: text}


def _is_simple(value: Any) -> bool:
    return isinstance(value, str | float) or (isinstance(value, int) and not isinstance(value, bool))


def _content(dataset: xarray.Dataset, target: Path) -> bytes:
    try:
        return bytes(dataset.to_netcdf(engine="scipy"))
    except (TypeError, ValueError, OverflowError) as error:
        raise FileError(f"netCDF can't hold what {target} is to hold", received=str(error)) from None

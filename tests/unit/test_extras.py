"""Optional packages are named with their extra where they are missing, and loaded where they are there."""

from __future__ import annotations

import sys

import pytest

from odekit.errors import MissingExtraError
from odekit.extras import (
    on_first_use,
    require_numba,
    require_parquet,
    require_safetensors,
    require_torch,
    require_xarray,
)


@pytest.mark.parametrize(
    ("name", "extra", "require"),
    [
        ("numba", "fast", require_numba),
        ("pyarrow.parquet", "tables", require_parquet),
        ("ml_dtypes", "checkpoints", require_safetensors),
        ("safetensors", "checkpoints", require_safetensors),
        ("torch", "torch", require_torch),
        ("xarray", "labels", require_xarray),
    ],
)
def test_a_missing_package_is_told_with_what_installs_it(name, extra, require, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    package = name.partition(".")[0]
    with pytest.raises(MissingExtraError, match=rf"needs? {package}.*pip install 'odekit\[{extra}\]'"):
        require()


def test_a_package_that_every_installation_has_is_handed_over() -> None:
    assert on_first_use("scipy.special").erf(0.0) == 0.0

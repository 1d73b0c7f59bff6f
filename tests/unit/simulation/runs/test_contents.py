"""Files of other names and layouts are read as if they had a run's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from odekit.errors import FileError, OdekitError
from odekit.simulation import load_run, load_weights
from odekit.simulation.runs.contents import listed

RNG = np.random.default_rng(0)
EMBED, READOUT = RNG.normal(size=(5, 3)), RNG.normal(size=(5, 3))
NAMES = {"theta": "embed.weight.T", "xi": "readout.weight.T"}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state dict of a network of someone else's, (n, M) as layers of PyTorch have it."""
    path = tmp_path / "state.npz"
    np.savez(path, **{"embed.weight": EMBED, "readout.weight": READOUT, "bias": np.ones(5)})
    return path


def test_other_names_and_transposed_layouts_are_read_as_a_runs_own(state: Path) -> None:
    run = load_weights(state, "Z5", NAMES)
    np.testing.assert_array_equal(run.weights["theta"][0], EMBED.T)
    np.testing.assert_array_equal(run.weights["xi"][0], READOUT.T)


def test_every_snapshot_is_transposed_alone(tmp_path: Path, small_meta: str) -> None:
    theta = RNG.normal(size=(4, 5, 3))
    np.savez(tmp_path / "a.npz", w=theta, xi=theta.swapaxes(1, 2), when=np.arange(4.0), meta=small_meta)
    run = load_run(tmp_path / "a.npz", {"theta": "w.T", "t": "when"})
    np.testing.assert_array_equal(run.weights["theta"], theta.swapaxes(1, 2))
    assert run.t.tolist() == [0, 1, 2, 3]
    assert not run.records, "what has been renamed is kept once"


def test_a_name_that_ends_like_the_sign_for_transposed_is_that_name(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **{"w.T": EMBED.T, "w": READOUT.T + 9})
    run = load_weights(tmp_path / "a.npz", "Z5", {"theta": "w.T", "xi": "w"})
    np.testing.assert_array_equal(run.weights["theta"][0], EMBED.T)


def test_one_array_may_stand_for_two(tmp_path: Path) -> None:
    np.savez(tmp_path / "tied.npz", w=EMBED)
    run = load_weights(tmp_path / "tied.npz", "Z5", {"theta": "w.T", "xi": "w.T"})
    np.testing.assert_array_equal(run.weights["theta"], run.weights["xi"])


@pytest.mark.parametrize(
    ("names", "complaint"),
    [
        ({}, r"xi is missing from the weights.*Received: embed.weight \(5, 3\).*Try: names={.xi.: "),
        ({"xi": "readout.weight.T"}, "theta is missing from the weights.*Expected: theta, xi"),
        ({**NAMES, "theta": "embed.wieght.T"}, r"'embed.wieght.T' is not in the file.*embed.weight \(5, 3\)"),
        ({**NAMES, "Theta": "bias"}, "unknown array of a run: 'Theta'.*Try: 'theta'"),
        ({**NAMES, "theta": "bias.T"}, r"'bias' can't be transposed.*shape \(5,\)"),
        ({**NAMES, "theta": "embed.weight"}, r"theta doesn't fit the run.*shape \(1, 5, 3\)"),
        ({**NAMES, "theta": 3}, "a name in a file is no text.*int 3"),
        ([("theta", "embed.weight.T")], "names in a file must be given by name"),
    ],
)
def test_names_that_do_not_fit_are_told_with_what_is_there(state: Path, names: Any, complaint: str) -> None:
    with pytest.raises(FileError, match=rf"state\.npz: {complaint}"):
        load_weights(state, "Z5", names)


def test_what_a_file_holds_is_listed_short(tmp_path: Path) -> None:
    np.savez(tmp_path / "many.npz", **{f"w{i}": np.ones(2) for i in range(50)}, **{"y" * 500: np.ones(2)})
    with pytest.raises(OdekitError, match=r"w0 \(2,\), .*and 31 more") as caught:
        load_weights(tmp_path / "many.npz", "Z5")
    assert len(str(caught.value)) < 1000
    assert listed({}) == "no arrays"
    assert len(listed({"y" * 500: (1,) * 500})) < 130

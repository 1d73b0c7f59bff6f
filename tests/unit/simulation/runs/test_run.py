from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from odekit.errors import FileError, InputError
from odekit.groups import from_table
from odekit.networks import Network
from odekit.simulation import Run, load_run


def make(network: Network | None = None, **changes: Any) -> Run:
    network = network or Network("Z5", neurons=3)
    shape = (4, network.neurons, network.finite_group.order)
    draw = np.random.default_rng(0)
    weights = {name: draw.normal(size=shape) for name in (*network.embeddings, "xi")}
    given = {"t": np.arange(4) / 3, "weights": weights, "network": network, **changes}
    return Run(**given)


def symmetric_group_network(**options: Any) -> Network:
    elements = list(itertools.permutations(range(3)))
    table = [[elements.index(tuple(g[i] for i in h)) for h in elements] for g in elements]
    return Network(from_table(table, name="S3"), neurons=2, **options)


NETWORKS = [
    Network("Z5", neurons=3),
    Network("Z3xZ2", neurons=1, activation="z**4 - z/3", loss="sum", logit_scale=0.1, rates={"xi": 0.3}),
    Network("Z4", neurons=2, task="x+2*y-z", embedding="unshared", activation="relu"),
    symmetric_group_network(embedding="unshared", constraint="joint_sphere"),
    symmetric_group_network(constraint="sphere", rates={"theta": 0.5}),
]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: f"{network.group.name}-{network.embedding}")
def test_a_saved_run_is_loaded_unchanged(network: Network, tmp_path: Path) -> None:
    run = make(
        network,
        steps=np.array([0, 1, 5, 7]),
        meta={"seed": 3, "note": {"any": ["thing", None]}, "init_scale": None},
        records={"loss": np.arange(4.0), "integrator_error": np.full(4, 1e-9)},
    )
    back = load_run(run.save(tmp_path / "run.npz"))
    np.testing.assert_array_equal(back.t, run.t)
    np.testing.assert_array_equal(back.steps, run.steps)
    assert list(back.weights) == list(run.weights)
    for name, array in run.weights.items():
        np.testing.assert_array_equal(back.weights[name], array)
    for name, array in run.records.items():
        np.testing.assert_array_equal(back.records[name], array)
    assert back.network.group == network.group
    for name in ("neurons", "activation", "embedding", "constraint", "task", "loss", "logit_scale", "rates"):
        assert getattr(back.network, name) == getattr(network, name)
    assert back.meta["note"] == {"any": ["thing", None]}
    assert back.file_meta() == run.file_meta() | {"version": back.meta["version"]}


def test_the_table_is_stored_only_where_the_name_doesn_t_tell_it(tmp_path: Path) -> None:
    with np.load(make().save(tmp_path / "a.npz"), allow_pickle=False) as archive:
        assert "table" not in archive.files
    # Elements 1 and 2 exchanged: still S3, in an order that the name does not give.
    order = np.array([0, 2, 1, 3, 4, 5])
    table = order[symmetric_group_network().finite_group.table[np.ix_(order, order)]]
    reordered = Network(from_table(table, name="S3"), neurons=3)
    with np.load(make(reordered).save(tmp_path / "b.npz"), allow_pickle=False) as archive:
        np.testing.assert_array_equal(archive["table"], table)


def test_saving_replaces_a_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    path.write_text("something else")
    make().save(path)
    make().save(path)
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]
    assert len(load_run(path)) == 4


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make().save(tmp_path / "run.npz")
    before = path.read_bytes()

    def fail(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", fail)
    with pytest.raises(FileError, match=r"can't write .*No space left on device"):
        make().save(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]


@pytest.mark.parametrize("place", ["missing/run.npz", "file/run.npz", "."])
def test_a_place_that_can_t_be_written_is_named(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="can't write"):
        make().save(tmp_path / place)


def test_meta_that_is_not_json_can_t_be_saved(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"meta can't be written as JSON.*complex"):
        make(meta={"a": 1j}).save(tmp_path / "run.npz")
    with pytest.raises(FileError, match="meta can't be written as JSON"):
        make(meta={"a": float("nan")}).save(tmp_path / "run.npz")
    assert not list(tmp_path.iterdir())


def test_a_run_is_read_only_and_owns_its_arrays() -> None:
    t = np.arange(4.0)
    run = make(t=t)
    t[:] = 0
    assert run.t[-1] == 3
    with pytest.raises(ValueError, match="read-only"):
        run.weights["xi"][0, 0, 0] = 1
    with pytest.raises(TypeError, match="does not support item assignment"):
        run.weights["xi"] = t  # type: ignore[index]
    with pytest.raises(AttributeError, match="cannot assign"):
        run.t = t  # type: ignore[misc]


def good(shape: tuple[int, ...] = (4, 3, 5)) -> dict[str, Any]:
    return {"theta": np.ones(shape), "xi": np.ones(shape)}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"weights": {"xi": np.ones((4, 3, 5))}}, "theta is missing from the weights"),
        ({"weights": good((4, 3, 6))}, r"theta doesn't fit the run.*\(4, 3, 5\).*\(4, 3, 6\)"),
        ({"weights": good((4, 2, 5))}, "theta doesn't fit the run"),
        ({"weights": good((3, 5))}, "theta doesn't fit the run"),
        ({"weights": {**good(), "xi": np.ones((3, 3, 5))}}, "xi doesn't fit the run"),
        ({"weights": {**good(), "xi": np.full((4, 3, 5), np.inf)}}, r"xi is not finite.*inf at \(0, 0, 0\)"),
        ({"weights": {**good(), "xi": np.ones((4, 3, 5), complex)}}, "xi is not made of real numbers"),
        ({"t": np.array([0.0, 1.0, 1.0, 2.0])}, r"times don't increase.*t\[1\] = 1, t\[2\] = 1"),
        ({"t": np.array([0.0, 1.0, np.nan, 2.0])}, "t is not finite"),
        ({"t": np.zeros((0,))}, "t is not a list of times"),
        ({"t": np.float64(0)}, "t is not a list of times"),
        ({"t": np.array(["a"] * 4)}, "t is not made of real numbers"),
        ({"steps": np.arange(3)}, "steps doesn't fit t"),
        ({"steps": np.arange(4) / 2}, "steps is not made of real numbers|steps is not made of integers"),
    ],
)
def test_arrays_that_make_no_run_say_why(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        make(**changes)


def test_a_snapshot_is_what_the_gradient_takes() -> None:
    run = make(Network("Z5", neurons=3, embedding="unshared"))
    (theta1, theta2), xi = run.snapshot(-1)
    np.testing.assert_array_equal(theta1, run.weights["theta1"][3])
    np.testing.assert_array_equal(theta2, run.weights["theta2"][3])
    np.testing.assert_array_equal(xi, run.weights["xi"][3])


def test_a_run_shows_as_one_line() -> None:
    assert repr(make()) == "Run(Z5, 3 neurons, quadratic, 4 snapshots, t = 0 .. 1)"


def test_labelled_arrays_carry_the_elements_names() -> None:
    xarray = pytest.importorskip("xarray")
    run = make(Network("Z2xZ3", neurons=3))
    labelled = run.to_xarray()
    assert isinstance(labelled, xarray.Dataset)
    assert dict(labelled["theta"].sizes) == {"time": 4, "neuron": 3, "element": 6}
    np.testing.assert_array_equal(labelled["xi"].sel(element="(1,0)"), run.weights["xi"][:, :, 3])
    assert labelled.attrs["group"] == "Z2xZ3"


def test_labelled_arrays_without_xarray_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "xarray", None)
    with pytest.raises(InputError, match=r"need xarray.*odekit\[labels\]"):
        make().to_xarray()

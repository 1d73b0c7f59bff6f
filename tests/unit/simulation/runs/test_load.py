from __future__ import annotations

import itertools
import json
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from odekit.errors import FileError
from odekit.groups import cyclic, load_table
from odekit.simulation import load_run, load_weights

META: dict[str, Any] = {
    "group": "Z5",
    "activation": "quadratic",
    "embedding": "shared",
    "constraint": "none",
    "loss": "mean",
    "logit_scale": 1.0,
}
RUNS = {
    "A4_sphere_unshared": ("A4", "joint_sphere"),
    "F21_sphere_unshared": ("F21", "joint_sphere"),
    "S3_sphere_unshared": ("S3", "joint_sphere"),
    "Z12_sphere_shared": ("Z12", "sphere"),
    "Z15_quadratic_equal_magnitude_sgd": ("Z15", "none"),
    "Z15_quadratic_random_sgd_small": ("Z15", "none"),
    "Z23_quadratic_random_sgd": ("Z23", "none"),
    "Z23_quadratic_random_sgd_small": ("Z23", "none"),
    "Z23_quadratic_singlefreq_sgd": ("Z23", "none"),
    "Z23_relu_random_adamw": ("Z23", "none"),
    "Z23_relu_singlefreq_sgd": ("Z23", "none"),
    "Z23_relu_singlefreq_sgd_dense": ("Z23", "none"),
    "Z3xZ5_sphere_shared": ("Z3xZ5", "sphere"),
}


def arrays(**changes: Any) -> dict[str, Any]:
    """A good file's arrays, with changes; None takes one away."""
    good: dict[str, Any] = {
        "t": np.arange(3.0),
        "theta": np.ones((3, 2, 5)),
        "xi": np.ones((3, 2, 5)),
        "meta": json.dumps(META),
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def meta(**changes: Any) -> str:
    return json.dumps({name: value for name, value in {**META, **changes}.items() if value != "absent"})


def write(folder: Path, content: dict[str, Any]) -> Path:
    path = folder / "run.npz"
    np.savez(path, **content)
    return path


@pytest.mark.reference
@pytest.mark.parametrize(("name", "expected"), RUNS.items())
def test_runs_of_other_programs_load(reference: Path, name: str, expected: tuple[str, str]) -> None:
    run = load_run(reference / f"{name}.npz")
    assert (run.network.finite_group.name, run.network.constraint) == expected
    assert run.meta["source"]
    with np.load(reference / f"{name}.npz", allow_pickle=False) as archive:
        assert set(archive.files) == {"t", "meta", *run.weights, *run.records} | (
            set(archive.files) & {"steps", "table"}
        )
        np.testing.assert_array_equal(run.weights["xi"], archive["xi"].astype(np.float64))


@pytest.mark.reference
def test_every_run_among_the_reference_data_is_in_the_list(reference: Path) -> None:
    files = {path.stem for path in reference.glob("*.npz")}
    others = {"A4_irreps", "F21_irreps", "S3_irreps", "Z23_decoupled_euler"}
    assert files == set(RUNS) | others
    for name in others:
        with pytest.raises(FileError, match="t is missing"):
            load_run(reference / f"{name}.npz")


def test_unknown_keys_and_arrays_are_kept(tmp_path: Path) -> None:
    run = load_run(write(tmp_path, arrays(meta=meta(colour="blue", rates=None), spare=np.arange(7))))
    assert run.meta["colour"] == "blue"
    np.testing.assert_array_equal(run.records["spare"], np.arange(7))


@pytest.mark.parametrize(
    "known",
    [
        {"learning_rate": None},
        {"optimiser": "gradient flow", "learning_rate": 0},
        {"optimiser": "SGD", "learning_rate": 0.1},
    ],
)
def test_a_learning_rate_of_a_flow_or_none_is_kept(tmp_path: Path, known: dict[str, Any]) -> None:
    assert load_run(write(tmp_path, arrays(meta=meta(**known)))).meta.items() >= known.items()


def test_the_table_wins_over_the_groups_name(tmp_path: Path) -> None:
    klein = np.bitwise_xor.outer(np.arange(4), np.arange(4))
    weights = np.ones((3, 2, 4))
    run = load_run(write(tmp_path, arrays(theta=weights, xi=weights, table=klein, meta=meta(group="Z4"))))
    assert run.network.finite_group.name == "Z4"
    np.testing.assert_array_equal(run.network.finite_group.table, klein)
    nameless = arrays(theta=weights, xi=weights, table=klein, meta=meta(group="absent"))
    assert load_run(write(tmp_path, nameless)).network.finite_group.order == 4


def broken_table() -> np.ndarray[Any, Any]:
    table = cyclic(5).table.copy()
    table[1, 1] = 3
    return table


W = np.ones((3, 2, 5))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (arrays(t=None), "t is missing"),
        (arrays(theta=None), "theta is missing from the weights"),
        (arrays(xi=None), "xi is missing"),
        (arrays(meta=None), "meta is missing"),
        (arrays(meta="{not json"), "meta is not JSON"),
        (arrays(meta="[" * 100_000), "meta is not JSON"),
        (arrays(meta="[1]"), "meta is not a JSON object.*list"),
        (arrays(meta="[" + "{}," * 400_000 + "{}]"), "meta is too long"),
        (arrays(meta='{"a": ' + "9" * 5000 + "}"), "meta is not JSON"),
        (arrays(meta=np.array([1.0])), "meta is not text"),
        (arrays(meta=np.array(["{}", "{}"])), "meta is not text"),
        (arrays(meta=meta(group="absent")), "meta lacks 'group'"),
        (arrays(meta=meta(group="Q")), "unknown group 'Q'"),
        (arrays(meta=meta(group=7)), "meta's group is not text"),
        (arrays(meta=meta(group="Zp")), "the order of Zp is a symbol"),
        (arrays(meta=meta(group="Z6")), r"theta doesn't fit the run.*6\), .*Z6.*\(3, 2, 5\)"),
        (arrays(meta=meta(neurons=3)), "meta's neurons don't fit xi"),
        (arrays(meta=meta(activation="os.system")), "holds a Attribute"),
        (arrays(meta=meta(activation=["z"])), "activation must be text"),
        (arrays(meta=meta(embedding="unshared")), "theta1 is missing"),
        (arrays(meta=meta(embedding=["shared"])), "unknown embedding"),
        (arrays(meta=meta(constraint="ball")), "unknown constraint"),
        (arrays(meta=meta(loss="max")), "unknown loss"),
        (arrays(meta=meta(logit_scale=-1)), "logit_scale must be positive"),
        (arrays(meta=meta(logit_scale=float("nan"))), "logit_scale must be positive"),
        (arrays(meta=meta(logit_scale="1")), "logit_scale must be positive"),
        (arrays(meta=meta(task=5)), "meta's task is not text"),
        (arrays(meta=meta(task="x*y*z")), "task is not one"),
        (arrays(meta=meta(learning_rate=0)), "learning_rate must be positive and finite.*Received: int 0"),
        (arrays(meta=meta(optimiser="SGD", learning_rate=-0.1)), "learning_rate must be positive"),
        (arrays(meta=meta(optimiser="AdamW", learning_rate=float("inf"))), "learning_rate must be positive"),
        (arrays(meta=meta(optimiser="sgd", learning_rate=float("nan"))), "learning_rate must be positive"),
        (arrays(meta=meta(optimiser="sgd", learning_rate="0.1")), "learning_rate must be positive"),
        (arrays(meta=meta(rates=[1, 2])), "meta's rates are not an object"),
        (arrays(meta=meta(rates={"xi": "fast"})), "the rate of xi must be positive"),
        (arrays(meta=meta(rates={"phi": 1})), "unknown weight group in rates"),
        (arrays(table=broken_table()), "run.npz: "),
        (arrays(table=cyclic(4).table), "theta doesn't fit the run"),
        (arrays(table=np.ones(5)), "run.npz: "),
        (arrays(t=np.array([0.0, 2.0, 1.0])), "times don't increase"),
        (arrays(t=np.arange(2.0)), "theta doesn't fit the run"),
        (arrays(theta=np.ones((3, 2, 4))), "theta doesn't fit the run"),
        (arrays(xi=np.ones((2, 5))), r"xi has the wrong shape.*\(3|xi has the wrong shape"),
        (arrays(xi=np.float64(1)), "xi has the wrong shape"),
        (arrays(theta=np.where(W > 0, np.nan, W)), "theta is not finite.*nan"),
        (arrays(theta=W.astype(complex)), "theta is not made of real numbers"),
        (arrays(theta=W.astype(str)), "theta is not made of real numbers"),
        (arrays(steps=np.arange(4)), "steps doesn't fit t"),
        (arrays(xi=np.ones((3, 0, 5)), theta=np.ones((3, 0, 5))), "neurons must be a whole number from 1"),
    ],
)
def test_a_file_that_is_no_run_is_named_with_its_reason(
    tmp_path: Path, content: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(FileError, match=complaint) as caught:
        load_run(write(tmp_path, content))
    assert "run.npz" in str(caught.value)


@pytest.mark.parametrize("key", ["activation", "embedding", "constraint", "loss", "logit_scale"])
def test_a_missing_required_key_of_meta_is_named(tmp_path: Path, key: str) -> None:
    with pytest.raises(FileError, match=f"meta lacks '{key}'"):
        load_run(write(tmp_path, arrays(meta=meta(**{key: "absent"}))))


class Trap:
    """Unpickling this would create a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[Path]]:
        return Path.touch, (self.path,)


def test_pickles_are_never_loaded(tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    trap = np.array([Trap(sprung)], dtype=object)
    with pytest.raises(FileError, match="holds pickled objects in 'extra'"):
        load_run(write(tmp_path, arrays(extra=trap)))
    with pytest.raises(FileError, match="holds pickled objects in 'theta'"):
        load_run(write(tmp_path, arrays(theta=trap)))
    (tmp_path / "run.npz").write_bytes(pickle.dumps(Trap(sprung)))
    with pytest.raises(FileError, match=r"is not an \.npz file"):
        load_run(tmp_path / "run.npz")
    assert not sprung.exists()
    np.load(write(tmp_path, arrays(extra=trap)), allow_pickle=True)["extra"]
    assert sprung.exists()


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 but no more", b"\x93NUMPY\x01\x00"])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "run.npz"
    path.write_bytes(content)
    with pytest.raises(FileError, match=r"run\.npz is not an \.npz file"):
        load_run(path)


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("t.npy", "no array")
        archive.writestr("readme.txt", "hello")
    with pytest.raises(FileError, match=r"run.npz is damaged|holds pickled objects"):
        load_run(path)


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_refused(tmp_path: Path, keep: float) -> None:
    path = write(tmp_path, arrays())
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content))])
    with pytest.raises(FileError, match=r"run\.npz"):
        load_run(path)


def test_a_file_with_a_flipped_byte_is_refused_or_loads_but_never_fails_otherwise(tmp_path: Path) -> None:
    content = write(tmp_path, arrays()).read_bytes()
    path, refused = tmp_path / "flipped.npz", 0
    for place in range(0, len(content), 37):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        try:
            load_run(path)
        except FileError:
            refused += 1
    assert refused > 10


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"can't read .*nothing\.npz.*No such file"):
        load_run(tmp_path / "nothing.npz")
    with pytest.raises(FileError, match=r"can't read .*directory"):
        load_run(tmp_path)


@pytest.mark.parametrize("shape", [(2, 5), (1, 2, 5), (4, 2, 5)])
def test_weights_without_meta_load_with_the_given_group(tmp_path: Path, shape: tuple[int, ...]) -> None:
    weights = np.random.default_rng(0).normal(size=shape)
    path = write(tmp_path, {"theta": weights, "xi": 2 * weights})
    for group in ("Z5", cyclic(5)):
        run = load_weights(path, group)
        assert run.t.tolist() == [0.0]
        np.testing.assert_array_equal(run.weights["xi"], 2 * weights.reshape(-1, 2, 5)[:1])
        assert (run.network.loss, run.network.logit_scale, run.network.neurons) == ("sum", 1.0, 2)


@pytest.mark.parametrize(("count", "task"), [(2, "x*y"), (3, "x+y+z")])
def test_unshared_weights_without_meta_tell_the_number_of_inputs(
    tmp_path: Path, count: int, task: str
) -> None:
    names = [f"theta{i + 1}" for i in range(count)]
    path = write(tmp_path, {name: np.ones((2, 5)) for name in (*names, "xi")})
    run = load_weights(path, "Z5")
    assert run.network.embeddings == tuple(names)
    assert run.network.task.text == task


def test_weights_with_a_table_need_no_group(tmp_path: Path) -> None:
    elements = list(itertools.permutations(range(3)))
    table = np.array([[elements.index(tuple(g[i] for i in h)) for h in elements] for g in elements])
    run = load_weights(write(tmp_path, {"theta": np.ones((2, 6)), "xi": np.ones((2, 6)), "table": table}))
    assert not run.network.finite_group.is_abelian


def test_a_run_gives_its_first_weights_and_its_own_network(tmp_path: Path) -> None:
    theta = np.arange(30.0).reshape(3, 2, 5)
    run = load_weights(write(tmp_path, arrays(theta=theta, steps=np.arange(3), meta=meta(logit_scale=0.5))))
    np.testing.assert_array_equal(run.weights["theta"], theta[:1])
    assert run.network.logit_scale == 0.5
    assert run.network.loss == "mean"


@pytest.mark.parametrize(
    ("content", "group", "complaint"),
    [
        ({"theta": np.ones((2, 5)), "xi": np.ones((2, 5))}, None, "group of the weights is not known"),
        ({"theta": np.ones((2, 5)), "xi": np.ones((2, 5))}, "Z6", "theta doesn't fit the run.*Z6"),
        ({"theta": np.ones((2, 5)), "xi": np.ones((2, 5))}, "Zp", "order of Zp is a symbol"),
        ({"theta": np.ones((2, 5))}, "Z5", "xi is missing"),
        ({"xi": np.ones((2, 5))}, "Z5", "theta is missing"),
        ({"theta": np.ones((2, 5)), "xi": np.ones(5)}, "Z5", "xi has the wrong shape"),
        ({"theta": np.ones((2, 5)), "xi": np.float64(1)}, "Z5", "xi has the wrong shape"),
        ({"theta": np.full((2, 5), np.nan), "xi": np.ones((2, 5))}, "Z5", "theta is not finite"),
    ],
)
def test_weights_that_can_t_be_used_say_why(
    tmp_path: Path, content: dict[str, Any], group: str | None, complaint: str
) -> None:
    with pytest.raises(FileError, match=complaint):
        load_weights(write(tmp_path, content), group)


def test_other_archives_and_pickles_are_not_called_checkpoints(tmp_path: Path) -> None:
    path = tmp_path / "other.npz"
    path.write_bytes(b"\x80\x04\x95.")
    with pytest.raises(FileError, match=r"is not an \.npz file"):
        load_run(path)
    np.savez(path, data=np.zeros(3))
    with pytest.raises(FileError, match="meta is missing"):
        load_run(path)


@pytest.mark.parametrize("name", ["run.npz", "run.safetensors", "run.pt"])
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    for load in (load_run, lambda path: load_weights(path, "Z5"), load_table):
        with pytest.raises(FileError, match="no plain file"):
            load(tmp_path / name)

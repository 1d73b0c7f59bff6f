"""Checkpoints of PyTorch are loaded only where they ask for nothing but tensors.

What a file asks for is read without PyTorch, and tested without it, on the instructions that PyTorch 2.14
wrote. The tests of loading need PyTorch, and are skipped with their reason where it is absent.
"""

from __future__ import annotations

import io
import json
import pickle
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from odekit.comparison import compare
from odekit.comparison.accuracy import stored_roundoff
from odekit.errors import FileError
from odekit.networks import Network
from odekit.simulation import load_run, load_weights, simulate
from odekit.simulation.runs.torch_file import TorchFile, opened_torch

# Of {"theta": torch.ones(2, 5), "xi": Parameter(torch.ones(2, 5, dtype=bfloat16)), "meta": "{}"}.
WRITTEN = (
    b"\x80\x02}q\x00(X\x05\x00\x00\x00thetaq\x01ctorch._utils\n_rebuild_tensor_v2\nq\x02((X\x07\x00\x00\x00"
    b"storageq\x03ctorch\nFloatStorage\nq\x04X\x01\x00\x00\x000q\x05X\x03\x00\x00\x00cpuq\x06K\ntq\x07QK\x00"
    b"K\x02K\x05\x86q\x08K\x05K\x01\x86q\t\x89ccollections\nOrderedDict\nq\n)Rq\x0btq\x0cRq\rX\x02\x00\x00"
    b"\x00xiq\x0ectorch._utils\n_rebuild_parameter\nq\x0fh\x02((h\x03ctorch\nBFloat16Storage\nq\x10X\x01\x00"
    b"\x00\x001q\x11h\x06K\ntq\x12QK\x00K\x02K\x05\x86q\x13K\x05K\x01\x86q\x14\x89h\n)Rq\x15tq\x16Rq\x17\x88"
    b"h\n)Rq\x18\x87q\x19Rq\x1aX\x04\x00\x00\x00metaq\x1bX\x02\x00\x00\x00{}q\x1cu."
)
# The key of a dict: pairs of the pair before, 40 deep, which takes 2**40 steps to hash.
PAIRS = b"".join(b"h" + bytes([i]) + b"h" + bytes([i]) + b"\x86q" + bytes([i + 1]) for i in range(1, 41))
BOMB = b"\x80\x02(](K\x01\x85q\x01" + PAIRS + b"e}q\x00h\x29K\x01st."
# The same where other instructions stand between a pair and its number: another number, or no items at all.
BOMBS = [BOMB, *(BOMB.replace(b"\x86q", b"\x86" + between + b"q") for between in (b"q\xff", b"(u"))]


def archive(path: Path, instructions: bytes, numbers: bytes = bytes(40)) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("model/data.pkl", instructions)
        file.writestr("model/data/0", numbers)
    return path


@pytest.fixture
def no_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)


@pytest.mark.usefixtures("no_torch")
@pytest.mark.parametrize("name", ["model.pt", "model.pth", "model.npz", "model"])
def test_without_torch_a_checkpoint_is_told_with_what_installs_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileError, match=r"need torch.*pip install 'odekit\[torch\]', or a file in another"):
        load_run(archive(tmp_path / name, WRITTEN))


def test_an_old_torch_is_refused_which_runs_code_in_spite_of_weights_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(__version__="2.5.1+cpu"))
    with pytest.raises(FileError, match=r"need torch 2\.6.*Received: torch 2\.5\.1"):
        load_run(archive(tmp_path / "model.pt", WRITTEN))


class Trap:
    """Unpickling this would create a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return (open, (str(self.path), "x"))  # type: ignore[return-value]


@pytest.mark.parametrize("protocol", range(2, 6))
def test_what_would_run_code_is_never_unpickled(tmp_path: Path, protocol: int) -> None:
    sprung = tmp_path / "sprung"
    content = pickle.dumps({"theta": Trap(sprung)}, protocol)
    path = archive(tmp_path / "model.pt", content)
    with pytest.raises(FileError, match=r"model\.pt holds more than tensors by name"):
        load_run(path)
    (tmp_path / "bare.pt").write_bytes(content)
    with pytest.raises(FileError, match=r"bare\.pt is damaged.*Expected: an archive written by torch\.save"):
        load_run(tmp_path / "bare.pt")
    assert not sprung.exists()
    pickle.loads(content)["theta"].close()
    assert sprung.exists()


@pytest.mark.usefixtures("no_torch")
@pytest.mark.parametrize(
    ("instructions", "received"),
    [
        (b"\x80\x02cposix\nsystem\nX\x02\x00\x00\x00ls\x85R.", "'posix system'"),
        (
            b"\x80\x02}X\x01\x00\x00\x00acbuiltins\nbytearray\nJ\x00\x00\x00\x7f\x85Rs.",
            "'builtins bytearray'",
        ),
        (b"\x80\x02}X\x01\x00\x00\x00actorch.nn.modules.linear\nLinear\n)\x81s.", "'torch.nn.modules.linear"),
        (WRITTEN.replace(b"ctorch\nFloatStorage", b"ctorch\nFloatStoragf"), "'torch FloatStoragf'"),
        (WRITTEN.replace(b"_rebuild_tensor_v2", b"_rebuild_sparse_tensor"), "_rebuild_sparse_tensor'"),
        (b"\x80\x02c" + b"a" * 5000 + b"\nb\n.", "'" + "a" * 59 + r"\."),
        *((bomb, "something used twice") for bomb in BOMBS),
    ],
)
def test_what_asks_for_more_than_tensors_is_refused_without_asking_torch(
    tmp_path: Path, instructions: bytes, received: str
) -> None:
    with pytest.raises(
        FileError, match=rf"more than tensors by name.*Received: .*{received}.*Try: torch\.save"
    ):
        load_weights(archive(tmp_path / "model.pt", instructions), "Z5")


@pytest.mark.usefixtures("no_torch")
@pytest.mark.parametrize(
    ("instructions", "complaint"),
    [
        (b"", "is damaged.*Expected: an archive written by torch.save"),
        (b"\x80\x02}", "is damaged"),
        (b"no pickle", "is damaged"),
        (WRITTEN[:-20], "is damaged"),
        (WRITTEN + bytes(2**20), r"is not a checkpoint of PyTorch that odekit reads.*at most 1048576 bytes"),
    ],
)
def test_instructions_that_are_none_are_refused(tmp_path: Path, instructions: bytes, complaint: str) -> None:
    with pytest.raises(FileError, match=rf"model\.pt {complaint}"):
        load_run(archive(tmp_path / "model.pt", instructions))


@pytest.mark.usefixtures("no_torch")
def test_packed_numbers_and_two_lists_of_instructions_are_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "bomb.pt", WRITTEN, bytes(54_321))
    declared = (54_321).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(declared, (2**32 - 2).to_bytes(4, "little")))
    with pytest.raises(FileError, match=r"bomb\.pt would take .* GB unpacked"):
        load_run(path)
    with zipfile.ZipFile(tmp_path / "two.pt", "w") as file:
        for name in ("model/data.pkl", "model/DATA.PKL"):
            file.writestr(name, WRITTEN)
    with pytest.raises(FileError, match=r"two\.pt is not a checkpoint.*with one data\.pkl"):
        load_run(tmp_path / "two.pt")


def test_the_format_before_archives_is_told_with_what_converts_it(tmp_path: Path) -> None:
    (tmp_path / "old.pt").write_bytes(bytes.fromhex("80028a0a6cfc9c46f9206aa850192e80024de9032e"))
    with pytest.raises(FileError, match=r"PyTorch before 1\.6.*Try: torch\.save\(torch\.load\("):
        load_run(tmp_path / "old.pt")


class StandIn:
    """A stand-in for a tensor, with the little of one that is asked for; it is none of PyTorch's."""

    dtype = "float64"

    def __init__(self, array: Any, count: int | None = None) -> None:
        self.array, self.shape = np.asarray(array), np.shape(array)
        self.numel = lambda: self.array.size if count is None else count
        self.detach = lambda: self
        self.numpy = lambda: self.array


STAND_IN = SimpleNamespace(Tensor=StandIn, bfloat16="bfloat16", float32="float32")


def test_of_a_dict_the_tensors_and_meta_are_taken(tmp_path: Path) -> None:
    path = archive(tmp_path / "model.pt", WRITTEN)
    state = {"theta": StandIn(np.ones((2, 5))), 3: StandIn(0.0), "epoch": 7, "meta": "{}"}
    found = TorchFile(path, STAND_IN, state)
    assert (sorted(found), len(found), str(found["meta"])) == (["meta", "theta"], 2, "{}")
    assert found.shapes == {"theta": (2, 5), "meta": ()}
    assert "epoch" not in found


@pytest.mark.parametrize(
    ("state", "complaint"),
    [
        ([1], "holds no tensors by name.*Received: list"),
        ({}, "holds no tensors by name.*Received: dict"),
        ({"model": {}, "epoch": 3}, r"no tensors by name.*Received: list \['model', 'epoch'\].*Try: "),
        ({"theta": StandIn(1.0, count=10**9)}, "would take 8 GB unpacked"),
    ],
)
def test_what_holds_no_tensors_or_repeats_one_number_is_refused(
    tmp_path: Path, state: Any, complaint: str
) -> None:
    with pytest.raises(FileError, match=complaint):
        TorchFile(archive(tmp_path / "model.pt", WRITTEN), STAND_IN, state)


@pytest.fixture(scope="module")
def torch() -> Any:
    return pytest.importorskip("torch")


@pytest.fixture
def saved(torch: Any, tmp_path: Path) -> Iterator[Any]:
    """A function that writes what it is given with torch.save."""

    def save(content: Any, name: str = "model.pt", **how: Any) -> Path:
        torch.save(content, tmp_path / name, **how)
        return tmp_path / name

    return save


def test_a_run_in_a_checkpoint_is_the_run(torch: Any, saved: Any) -> None:
    run = simulate(Network("Z5", neurons=3), seed=1, t_end=20.0, snapshots=5)
    arrays = {**run.records, **run.weights, "t": run.t}
    meta = json.dumps(run.file_meta())
    found = load_run(saved({**{name: torch.tensor(array) for name, array in arrays.items()}, "meta": meta}))
    for name, weights in run.weights.items():
        np.testing.assert_array_equal(found.weights[name], weights)
    assert found.records.keys() == run.records.keys()
    assert compare(found).outcome == "confirmed"


@pytest.mark.parametrize(
    ("dtype", "roundoff"), [("float64", 53), ("float32", 24), ("float16", 11), ("bfloat16", 8)]
)
def test_a_state_dict_of_any_precision_is_taken_by_name(
    torch: Any, saved: Any, dtype: str, roundoff: int
) -> None:
    how = {"dtype": getattr(torch, dtype)}
    layers = {"embed": torch.nn.Embedding(5, 40, **how), "readout": torch.nn.Linear(40, 5, **how)}
    net = torch.nn.ModuleDict(layers)
    names = {"theta": "embed.weight.T", "xi": "readout.weight.T"}
    run = load_weights(saved(net.state_dict()), "Z5", names)
    np.testing.assert_array_equal(run.weights["theta"][0], net["embed"].weight.detach().double().numpy().T)
    assert stored_roundoff(run) == 2.0**-roundoff
    again = load_weights(saved(dict(net.named_parameters())), "Z5", names)
    np.testing.assert_array_equal(again.weights["xi"], run.weights["xi"])


def test_a_whole_training_is_refused_with_what_to_save(torch: Any, saved: Any) -> None:
    net = torch.nn.Linear(3, 5)
    optimiser = torch.optim.Adam(net.parameters())
    whole = {"model": net.state_dict(), "optimizer": optimiser.state_dict(), "epoch": 3}
    for content in (net, net.state_dict()["weight"], whole, {"a": net.weight.detach().to_sparse()}):
        with pytest.raises(FileError, match=r"tensors by name.*Try: torch\.save\(model\.state_dict\(\)"):
            load_weights(saved(content), "Z5")
    with pytest.raises(FileError, match=r"PyTorch before 1\.6"):
        load_weights(saved(net.state_dict(), _use_new_zipfile_serialization=False), "Z5")


def test_one_number_repeated_a_billion_times_takes_no_memory(torch: Any, saved: Any) -> None:
    wide = torch.ones(1).expand(10**9, 5)
    with pytest.raises(FileError, match="would take 80 GB unpacked"):
        load_weights(saved({"theta": wide, "xi": wide}), "Z5")


@pytest.mark.parametrize("change", [(b"K\nt", b"J\x00\xca\x9a\x3bt"), (b"K\x05K\x01\x86", b"K\xffK\xff\x86")])
def test_sizes_that_the_numbers_do_not_bear_out_are_refused(
    torch: Any, tmp_path: Path, change: tuple[bytes, bytes]
) -> None:
    with pytest.raises(FileError, match=r"model\.pt is damaged.*Expected: an archive written by torch"):
        load_weights(archive(tmp_path / "model.pt", WRITTEN.replace(*change)), "Z5")


def test_a_damaged_checkpoint_is_refused_or_loads_but_never_fails_otherwise(
    torch: Any, saved: Any, tmp_path: Path
) -> None:
    content = saved({"theta": torch.ones(3, 5), "xi": torch.ones(3, 5)}).read_bytes()
    generator, path, refused = np.random.default_rng(0), tmp_path / "damaged.pt", 0
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        instructions = file.read("model/data.pkl")
    for _ in range(300):
        damaged = bytearray(instructions)
        damaged[generator.integers(len(damaged))] = generator.integers(256)
        archive(path, bytes(damaged), bytes(60))
        try:
            load_weights(path, "Z5")
        except FileError:
            refused += 1
    for cut in range(0, len(content), 20):
        path.write_bytes(content[:cut])
        with pytest.raises(FileError):
            load_weights(path, "Z5")
    assert refused > 100


def test_tensors_of_no_real_numbers_are_refused(torch: Any, saved: Any) -> None:
    weights = torch.ones(3, 5)
    with pytest.raises(FileError, match=r"theta is not made of real numbers.*bool"):
        load_weights(saved({"theta": weights > 0, "xi": weights}), "Z5")
    with pytest.raises(FileError, match=r"theta is not finite.*nan"):
        load_weights(saved({"theta": weights * float("nan"), "xi": weights}), "Z5")
    with pytest.raises(FileError, match=r"more than tensors.*'torch ComplexFloatStorage'"):
        load_weights(saved({"theta": weights * 1j, "xi": weights}), "Z5")


def test_the_archive_is_closed_whatever_comes(torch: Any, saved: Any) -> None:
    with opened_torch(saved({"theta": torch.ones(3, 5)})) as found:
        assert found.shapes == {"theta": (3, 5)}

"""``odekit predict``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result

from odekit.comparison import predict, project
from odekit.networks import Network
from odekit.simulation import Run, load_run, simulate

Invoke = Callable[..., Result]


def test_first_neurons_and_all_winners_are_shown(invoke: Invoke, run_file: Path) -> None:
    result = invoke("predict", run_file)
    assert result.exit_code == 0
    assert "blow-up time" in result.stdout
    assert "first blow-up" in result.stdout
    assert "the first 10" not in result.stdout, "eight neurons are all shown"


def test_json_names_every_neuron(invoke: Invoke, run: Run, run_file: Path) -> None:
    result = invoke("predict", run_file, "--json", "-")
    neurons = json.loads(result.stdout)["neurons"]
    expected = predict(run)
    assert [entry["winner"] for entry in neurons] == [int(expected.labels[w]) for w in expected.winner]
    assert [entry["blow_up_time"] for entry in neurons] == expected.blow_up_time.tolist()
    assert set(neurons[0]["phases"]) == {"phi", "psi"}


def test_plain_weights_and_a_group_are_enough(invoke: Invoke, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "w.npz", theta=rng.normal(size=(12, 5)), xi=rng.normal(size=(12, 5)))
    result = invoke("predict", tmp_path / "w.npz", "--group", "Z5")
    assert result.exit_code == 0
    assert "the first 10 of 12 neurons" in result.stdout


def test_layers_of_ones_own_are_taken_by_name_from_a_checkpoint(invoke: Invoke, tmp_path: Path) -> None:
    numpy_files = pytest.importorskip("safetensors.numpy")
    theta, xi = np.random.default_rng(0).normal(size=(2, 12, 5))
    np.savez(tmp_path / "w.npz", theta=theta, xi=xi)
    layers = {"embed.weight": np.ascontiguousarray(theta.T), "readout.weight": np.ascontiguousarray(xi.T)}
    numpy_files.save_file(layers, tmp_path / "net.safetensors")
    stored = ("--stored-as", "theta=embed.weight.T", "--stored-as", "xi=readout.weight.T")
    ours = invoke("predict", tmp_path / "w.npz", "--group", "Z5", "--json", "-")
    theirs = invoke("predict", tmp_path / "net.safetensors", "--group", "Z5", *stored, "--json", "-")
    assert (theirs.exit_code, theirs.stdout) == (0, ours.stdout)
    bare = invoke("predict", tmp_path / "net.safetensors", "--group", "Z5")
    assert bare.exit_code == 2
    assert "Received: embed.weight (5, 12), readout.weight (5, 12)" in bare.stderr
    assert "--stored-as xi=layer.weight.T" in bare.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("theta",), "'theta' is not of the form NAME=ARRAY"),
        (("theta=a", "theta=b"), "theta is given twice"),
        (("theta=a\x1b[31m",), "is not in the file"),
        (("phi=theta",), "unknown array of a run: 'phi'"),
    ],
)
def test_names_that_do_not_fit_are_wrong_usage(
    invoke: Invoke, run_file: Path, words: tuple[str, ...], told: str
) -> None:
    options = [part for word in words for part in ("--stored-as", word)]
    result = invoke("predict", run_file, *options)
    assert result.exit_code == 2
    assert told in result.stderr
    assert "\x1b" not in result.stderr


@pytest.mark.parametrize("option", ["--group", "--table"])
def test_an_option_that_contradicts_the_file_is_an_error(
    invoke: Invoke, run_file: Path, tmp_path: Path, option: str
) -> None:
    np.save(tmp_path / "table.npy", np.add.outer(np.arange(6), np.arange(6)) % 6)
    result = invoke("predict", run_file, option, "Z6" if option == "--group" else tmp_path / "table.npy")
    assert result.exit_code == 2
    assert "another group than the one that is named" in result.stderr


@pytest.mark.reference
@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("Z23_quadratic_random_sgd", 0.93),
        ("Z23_quadratic_random_sgd_small", 0.90),
        ("Z15_quadratic_random_sgd_small", 0.88),
    ],
)
def test_the_winners_of_runs_that_odekit_did_not_make_come_true(
    invoke: Invoke, reference: Path, name: str, share: float
) -> None:
    result = invoke("predict", reference / f"{name}.npz", "--json", "-")
    winners = np.array([entry["winner"] for entry in json.loads(result.stdout)["neurons"]])
    last = project(load_run(reference / f"{name}.npz")).at(-1)
    agrees = winners == 1 + last.dominant
    assert agrees.mean() >= share
    assert agrees[last.dominant_share > 0.5].mean() >= 0.985


def test_a_run_that_is_no_gradient_flow_gets_a_note(invoke: Invoke, run_file: Path, tmp_path: Path) -> None:
    assert "Notes:" not in invoke("predict", run_file).stdout
    options = "--method adamw --learning-rate 0.01 --steps 2 --neurons 4 --frac-train 0.6 --out"
    assert invoke("simulate", *options.split(), tmp_path / "adam.npz").exit_code == 0
    noted = invoke("predict", tmp_path / "adam.npz")
    assert noted.exit_code == 0
    assert "what gradient flow on all tuples would do" in noted.stdout
    assert "AdamW" in noted.stdout


@pytest.mark.slow
def test_on_spheres_a_note_says_what_the_times_are(invoke: Invoke, tmp_path: Path) -> None:
    options = (
        "--group S3 --constraint sphere --embedding unshared --softmax uniform --neurons 2 --t-end 1 --out"
    )
    assert (
        invoke("simulate", *options.split(), tmp_path / "s.npz").stdout.count("linearised in the logits") == 1
    )
    assert "Nothing blows up on spheres" in invoke("predict", tmp_path / "s.npz").stdout
    coupled = "--group S3 --constraint sphere --softmax uniform --neurons 2 --t-end 1 --out"
    assert invoke("simulate", *coupled.split(), tmp_path / "c.npz").exit_code == 0
    assert "The irreps do not decouple" in invoke("predict", tmp_path / "c.npz").stdout


@pytest.fixture(scope="module")
def descent_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A descent of 32 neurons on Z5 until its loss has fallen by more than 1."""
    how = {"method": "sgd", "learning_rate": 0.25, "steps": 160, "snapshots": 5}
    descent = simulate(Network("Z5", neurons=32), seed=1, scale=0.1, **how)
    return descent.save(tmp_path_factory.mktemp("descents") / "descent.npz")


@pytest.mark.slow
def test_a_training_is_predicted_up_to_a_time(invoke: Invoke, descent_file: Path, tmp_path: Path) -> None:
    result = invoke("predict", descent_file, "--until", "40", "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert "loss fallen by 0.5" in result.stdout
    assert "order 3 from t = 0, whole softmax from t = " in result.stdout
    assert "training takes 160 steps" in result.stdout
    told = json.loads((tmp_path / "out" / "report.json").read_text())
    assert told["t"][-1] == 40
    assert told["loss"][-1] == pytest.approx(load_run(descent_file).records["loss"][-1], abs=0.01)
    names = {path.name for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert names == {"report.json", "prediction.md", "prediction.tex"} | {
        f"learning-curve.{kind}" for kind in ("pdf", "png")
    }
    again = invoke("predict", descent_file, "--until", "40", "--force", "--out", tmp_path / "out")
    assert again.exit_code == 0


def test_a_training_is_predicted_to_its_end(invoke: Invoke, descent_file: Path) -> None:
    result = invoke("predict", descent_file, "--to-the-end", "--json", "-")
    told = json.loads(result.stdout)
    assert told["ended"] == "the loss has fallen by 0.9 of that of guessing"
    assert told["loss"][-1] <= 0.1 * np.log(5)
    assert len(told["modes"]) == 32
    assert "whole softmax" in result.stderr


def test_weights_alone_have_an_end_too_and_the_note_says_how(invoke: Invoke, tmp_path: Path) -> None:
    theta, xi = 0.2 * np.random.default_rng(0).normal(size=(2, 12, 5))
    np.savez(tmp_path / "w.npz", theta=theta, xi=xi)
    result = invoke("predict", tmp_path / "w.npz", "--group", "Z5", "--until", "0.1")
    assert result.exit_code == 0
    assert "this is what the gradient flow does" in result.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--to-the-end", "--until", "3"), "name two ends"),
        (("--out", "somewhere"), "--out is for a predicted training"),
        (("--until", "-1"), "ends before it begins"),
        (("--until", "nan"), "until must be"),
    ],
)
def test_ends_that_are_none_are_wrong_usage(
    invoke: Invoke, run_file: Path, words: tuple[str, ...], told: str
) -> None:
    result = invoke("predict", run_file, *words)
    assert result.exit_code == 2
    assert told in result.stderr

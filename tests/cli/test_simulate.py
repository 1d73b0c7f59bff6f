"""``odekit simulate``."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result

from odekit.errors import StoppedEarly
from odekit.groups import group
from odekit.simulation import Run, load_run

Invoke = Callable[..., Result]
SMALL = ("--neurons", 4, "--t-end", 5, "--snapshots", 3)


def test_a_run_is_written_and_summed_up(invoke: Invoke, tmp_path: Path) -> None:
    out = tmp_path / "run.npz"
    result = invoke("simulate", "--group", "Z7", *SMALL, "--seed", 2, "--out", out)
    assert result.exit_code == 0, result.stderr
    run = load_run(out)
    assert (run.network.finite_group.name, len(run), run.meta["seed"]) == ("Z7", 3, 2)
    assert f"{out}: Z7, 4 neurons" in result.stdout
    assert "loss (mean) 1.9459" in result.stdout
    assert "accuracy" in result.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]


def test_the_same_seed_gives_the_same_run(invoke: Invoke, tmp_path: Path) -> None:
    runs = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        invoke("simulate", "--group", "Z5", *SMALL, "--seed", seed, "--out", tmp_path / name)
        runs.append(load_run(tmp_path / name).weights["theta"])
    np.testing.assert_array_equal(runs[0], runs[1])
    assert (runs[0] != runs[2]).any()


def test_descent_keeps_its_steps(invoke: Invoke, tmp_path: Path) -> None:
    out = tmp_path / "run.npz"
    network = "--group Z5 --neurons 4 --loss sum --logit-scale 0.5"
    training = "--method sgd --learning-rate 0.5 --steps 10 --snapshots 3"
    result = invoke("simulate", *network.split(), *training.split(), "--out", out)
    assert result.exit_code == 0, result.stderr
    run = load_run(out)
    assert run.steps is not None
    assert run.steps.tolist() == [0, 5, 10]
    assert (run.network.loss, run.network.logit_scale) == ("sum", 0.5)


def test_weights_bring_their_network(invoke: Invoke, run: Run, run_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "again.npz"
    result = invoke("simulate", "--weights", run_file, "--t-end", 5, "--snapshots", 2, "--out", out)
    assert result.exit_code == 0, result.stderr
    again = load_run(out)
    assert (again.network.finite_group.name, again.network.neurons) == ("Z5", 8)
    np.testing.assert_array_equal(again.weights["xi"][0], run.weights["xi"][0])


def test_an_option_wins_over_what_the_weights_say(invoke: Invoke, run_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "again.npz"
    options = ("--t-end", 5, "--snapshots", 2, "--activation", "z**4", "--logit-scale", 2)
    invoke("simulate", "--weights", run_file, *options, "--out", out)
    network = load_run(out).network
    assert (network.activation_name, network.logit_scale) == ("z**4", 2.0)


def test_plain_weights_need_a_group(invoke: Invoke, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "w.npz", theta=rng.normal(size=(3, 5)), xi=rng.normal(size=(3, 5)))
    arguments = ("simulate", "--weights", tmp_path / "w.npz", "--t-end", 1, "--out", tmp_path / "run.npz")
    assert "--group Z23" in invoke(*arguments).stderr
    assert invoke(*arguments, "--group", "Z5").exit_code == 0
    np.save(tmp_path / "t.npy", group("Z5").table)
    assert invoke(*arguments, "--table", tmp_path / "t.npy", "--force").exit_code == 0


def test_weights_of_other_names_are_a_start_and_names_without_weights_are_refused(
    invoke: Invoke, run: Run, run_file: Path, tmp_path: Path
) -> None:
    swapped = ("--stored-as", "theta=xi", "--stored-as", "xi=theta", "--t-end", 5, "--snapshots", 2)
    out = tmp_path / "again.npz"
    assert invoke("simulate", "--weights", run_file, *swapped, "--out", out).exit_code == 0
    np.testing.assert_array_equal(load_run(out).weights["xi"][0], run.weights["theta"][0])
    refused = invoke("simulate", *swapped, "--out", tmp_path / "none.npz")
    assert refused.exit_code == 2
    assert "--stored-as is about a file of weights" in refused.stderr


@pytest.mark.parametrize(
    ("options", "bound"),
    [
        (("--group", "Z5", "--task", "x-y"), "3/5 = 0.6"),
        (("--group", "Z6", "--task", "x-y"), "2/3"),
        (("--group", "Z5", "--task", "2*x+3*y"), "3/5 = 0.6"),
    ],
)
def test_a_task_that_can_not_be_learned_is_told(
    invoke: Invoke, tmp_path: Path, options: tuple[str, ...], bound: str
) -> None:
    result = invoke("simulate", *options, *SMALL, "--out", tmp_path / "run.npz")
    assert result.exit_code == 0
    assert "Warning: a shared embedding sees the inputs without their order, so that it can't learn" in (
        result.stderr
    )
    assert f"{options[3]} on {options[1]}" in result.stderr
    assert f"its accuracy is at most {bound}" in result.stderr
    assert "Try: --embedding unshared" in result.stderr


@pytest.mark.parametrize(("activation", "is_kinked"), [("relu", True), ("sqrt(z**2)", True), ("gelu", False)])
def test_a_flow_is_warned_of_a_kink(invoke: Invoke, tmp_path: Path, activation: str, is_kinked: bool) -> None:
    options = (
        "--group",
        "Z5",
        "--neurons",
        "2",
        "--t-end",
        "0.01",
        "--rtol",
        "1e-8",
        "--out",
        tmp_path / "run.npz",
    )
    result = invoke("simulate", "--activation", activation, *options)
    assert result.exit_code == 0, result.stderr
    assert ("jumps, where a flow at a tight tolerance can get stuck" in result.stderr) is is_kinked


def test_a_non_abelian_product_can_not_be_learned_by_a_shared_embedding(
    invoke: Invoke, tmp_path: Path
) -> None:
    permutations = [np.array(p) for p in ([0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [2, 1, 0], [1, 0, 2])]
    find = {tuple(p.tolist()): index for index, p in enumerate(permutations)}
    np.save(tmp_path / "s3.npy", [[find[tuple(a[b].tolist())] for b in permutations] for a in permutations])
    result = invoke("simulate", "--table", tmp_path / "s3.npy", *SMALL, "--out", tmp_path / "run.npz")
    assert result.exit_code == 0, result.stderr
    assert "at most 3/4 = 0.75" in result.stderr, "(classes / n + 1) / 2 with three classes of six elements"


@pytest.mark.parametrize("options", [("--task", "x+y"), ("--task", "x-y", "--embedding", "unshared")])
def test_a_task_that_can_be_learned_gets_no_warning(
    invoke: Invoke, tmp_path: Path, options: tuple[str, ...]
) -> None:
    result = invoke("simulate", "--group", "Z5", *options, *SMALL, "--out", tmp_path / "run.npz")
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_part_of_the_data_and_weight_decay_are_kept_and_told(invoke: Invoke, tmp_path: Path) -> None:
    out = tmp_path / "run.npz"
    training = (
        "--method adamw --learning-rate 0.01 --steps 20 --snapshots 3 --weight-decay 0.5 --frac-train 0.6"
    )
    result = invoke("simulate", "--group", "Z7", "--neurons", 8, *training.split(), "--out", out)
    assert result.exit_code == 0, result.stderr
    assert "trained on 59.2 % of the tuples" in result.stdout
    run = load_run(out)
    wanted = {"optimiser": "AdamW", "weight_decay": 0.5, "frac_train": 0.6}
    assert wanted.items() <= run.meta.items()
    assert run.records["train_mask"].sum() == 29
    compared = invoke("compare", out)
    assert compared.exit_code == 3
    assert "AdamW" in compared.stdout


@pytest.mark.parametrize("option", [("--frac-train", 0.5), ("--weight-decay", 1)])
def test_the_flow_has_all_data_and_no_decay(
    invoke: Invoke, tmp_path: Path, option: tuple[str, float]
) -> None:
    result = invoke("simulate", "--group", "Z5", *SMALL, *option, "--out", tmp_path / "run.npz")
    assert result.exit_code == 2
    assert "is not an option of method 'flow'" in result.stderr


@pytest.mark.parametrize("option", [("--frac-train", 0.5), ("--weight-decay", 1)])
def test_descent_on_a_part_or_with_decay_is_no_flow_to_compare_with(
    invoke: Invoke, tmp_path: Path, option: tuple[str, float]
) -> None:
    out = tmp_path / "run.npz"
    training = "--method sgd --learning-rate 0.01 --steps 4 --snapshots 3"
    invoke("simulate", "--group", "Z7", "--neurons", 4, *training.split(), *option, "--out", out)
    compared = invoke("compare", out)
    assert compared.exit_code == 3
    assert option[0][2:].replace("-", "_") in compared.stdout


def test_a_file_that_is_there_is_overwritten_by_force_only(invoke: Invoke, tmp_path: Path) -> None:
    out = tmp_path / "run.npz"
    out.write_text("mine")
    again = invoke("simulate", "--group", "Z5", *SMALL, "--out", out)
    assert again.exit_code == 2
    assert "--force" in again.stderr
    assert out.read_text() == "mine"
    assert invoke("simulate", "--group", "Z5", *SMALL, "--out", out, "--force").exit_code == 0
    assert len(load_run(out)) == 3
    assert invoke("simulate", "--group", "Z5", *SMALL, "--out", out, "--resume").exit_code == 2


@pytest.mark.slow
@pytest.mark.parametrize(("by", "code"), [("Ctrl-C", 130), ("SIGTERM", 143), ("", 3)])
@pytest.mark.parametrize("training", ["--t-end 300", "--method sgd --learning-rate 0.1 --steps 40"])
def test_what_stops_early_is_kept_and_goes_on_to_the_last_bit(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str, code: int, training: str
) -> None:
    command = ("simulate", "--group", "Z5", "--neurons", 3, *training.split(), "--snapshots", 5, "--out")
    whole, out = tmp_path / "whole.npz", tmp_path / "run.npz"
    assert invoke(*command, whole).exit_code == 0
    journals = sys.modules["odekit.simulation.training.integration.journal"]
    turn, turns = journals.Journal.turn, 0

    def stopped(self: Any) -> None:
        nonlocal turns
        turns += 1
        if turns == 6:
            if not by:
                raise StoppedEarly("a limit was reached")
            signal.raise_signal(signal.SIGINT if by == "Ctrl-C" else signal.SIGTERM)
        turn(self)

    monkeypatch.setattr(journals.Journal, "turn", stopped)
    result = invoke(*command, out)
    assert result.exit_code == code
    assert "--resume" in result.stderr
    assert "incomplete" in load_run(out).meta
    assert invoke(*command, out).exit_code == 2
    other = invoke(*command[:-3], "--snapshots", 7, "--out", out, "--resume")
    assert other.exit_code == 2
    assert "snapshots = 5" in other.stderr
    result = invoke(*command, out, "--resume")
    assert result.exit_code == 0, result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.npz", "whole.npz"]
    first, second = load_run(whole), load_run(out)
    assert first.meta == second.meta
    for name in ("theta", "xi"):
        np.testing.assert_array_equal(first.weights[name], second.weights[name])
    for name, record in first.records.items():
        np.testing.assert_array_equal(record, second.records[name])


def test_there_must_be_something_to_resume(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("simulate", "--group", "Z5", *SMALL, "--out", tmp_path / "run.npz", "--resume")
    assert result.exit_code == 2
    assert "nothing to go on from" in result.stderr


def test_snapshots_that_do_not_fit_the_memory_are_refused(invoke: Invoke, tmp_path: Path) -> None:
    options = ("--memory", 0.001, "--snapshots", 2000)
    result = invoke("simulate", "--group", "Z23", *options, "--out", tmp_path / "run.npz")
    assert result.exit_code == 2
    assert "at most 0.001 GB" in result.stderr


@pytest.mark.parametrize("memory", ["nan", "0", "-1", "-inf"])
def test_a_memory_that_is_not_positive_is_refused(invoke: Invoke, tmp_path: Path, memory: str) -> None:
    result = invoke("simulate", "--group", "Z5", *SMALL, "--memory", memory, "--out", tmp_path / "run.npz")
    assert result.exit_code == 2
    assert "--memory must be positive" in result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("method", ["sgd", "adamw"])
def test_descent_has_no_tolerance(invoke: Invoke, tmp_path: Path, method: str) -> None:
    training = ("--method", method, "--learning-rate", 0.1, "--steps", 3, "--rtol", "1e-3")
    result = invoke("simulate", "--group", "Z5", "--neurons", 2, *training, "--out", tmp_path / "run.npz")
    assert result.exit_code == 2
    assert f"rtol is not an option of method '{method}'" in result.stderr


@pytest.mark.long
@pytest.mark.parametrize(
    ("options", "is_bad"),
    [
        (("--scale", "1e-10"), True),
        (("--activation", "1/z"), True),
        (("--scale", "1e-10", "--rtol", "1e-12"), False),
        (("--activation", "1/z", "--rtol", "1e-10"), False),
        (("--scale", "0.02"), False),
    ],
)
def test_a_large_error_of_the_integration_is_warned_of_with_what_helps(
    invoke: Invoke, tmp_path: Path, options: tuple[str, ...], is_bad: bool
) -> None:
    out = tmp_path / "run.npz"
    command = ("simulate", "--group", "Z5", "--neurons", 4, "--out", out)
    result = invoke(*command, *options)
    assert result.exit_code == 0
    error = load_run(out).integrator_error
    assert error is not None
    assert (error.max() > 1e-2) is np.bool_(is_bad)
    told = " ".join(result.stderr.split())
    assert ("Warning: the estimated error of the integration" in told) is is_bad
    if is_bad:
        rtol = told.split("Try: --rtol ")[1].split(",")[0].rstrip(".")
        assert invoke(*command, *options, "--force", "--rtol", rtol).exit_code == 0
        better = load_run(out).integrator_error
        assert better is not None
        assert better.max() < error.max() / 10

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from odekit.comparison import measure_progress
from odekit.errors import InputError, ReductionError
from odekit.networks import Network
from odekit.simulation import Run, kinds_of_tuples, logits, simulate


@pytest.fixture(scope="module")
def run() -> Run:
    return simulate(
        Network("Z7", neurons=24, activation="relu"),
        seed=1,
        scale=0.3,
        method="adamw",
        learning_rate=0.01,
        weight_decay=0.5,
        frac_train=0.7,
        steps=300,
        snapshots=5,
    )


def test_losses_and_accuracies_are_those_recorded(run: Run) -> None:
    found = measure_progress(run)
    for name in ("train_loss", "test_loss", "train_acc", "test_acc"):
        np.testing.assert_allclose(getattr(found, name), run.records[name], rtol=1e-13)
    np.testing.assert_array_equal(found.steps, run.steps)


def test_accuracy_by_kind_is_that_of_the_logits(run: Run) -> None:
    found, labels = measure_progress(run), run.network.labels()
    for kind, mask in kinds_of_tuples(run.records["train_mask"]).items():
        for index in range(len(run)):
            right = logits(run.network, *run.snapshot(index)).argmax(axis=-1) == labels
            assert found.accuracy[kind][index] == pytest.approx(right[mask].mean())


def test_sin_d_ipr_and_norm_are_those_of_a_loop_over_neurons(run: Run) -> None:
    found = measure_progress(run)
    for index in range(len(run)):
        theta, xi = (run.weights[name][index] for name in ("theta", "xi"))
        sines, ratios = [], []
        for a, b in zip(np.fft.rfft(theta)[:, 1:], np.fft.rfft(xi)[:, 1:], strict=True):
            k = np.abs(a).argmax()
            sines.append(abs(np.sin(2 * np.angle(a[k]) - np.angle(b[k]))))
            ratios.append((np.abs(a) ** 4).sum() / (np.abs(a) ** 2).sum() ** 2)
        assert found.sin_D[index] == pytest.approx(np.mean(sines), rel=1e-10)
        assert found.ipr[index] == pytest.approx(np.mean(ratios), rel=1e-12)
        assert found.norm[index] == pytest.approx(np.sqrt((theta**2).sum() + (xi**2).sum()), rel=1e-13)


def test_random_spectra_have_the_ratio_of_equal_shares() -> None:
    run = simulate(Network("Z23", neurons=4000), scale=0.1, method="sgd", learning_rate=1e-9, steps=1)
    # Eleven modes of exponential powers: the mean of sum P^2/(sum P)^2 is 2/12; 4000 neurons, deviation 0.05.
    assert measure_progress(run).ipr[0] == pytest.approx(1 / 6, abs=4e-3)


def test_a_run_on_all_of_its_data_has_no_test_set_and_no_stages() -> None:
    run = simulate(Network("Z5", neurons=4), method="sgd", learning_rate=0.1, steps=2, snapshots=2)
    found = measure_progress(run)
    assert np.isnan(found.test_loss).all()
    assert np.isnan(found.accuracy["unseen"]).all()
    with pytest.raises(InputError, match="need a test set"):
        _ = found.stages


def test_an_unshared_embedding_has_a_phase_for_each_input() -> None:
    network = Network("Z5", neurons=6, embedding="unshared")
    run = simulate(network, method="sgd", learning_rate=0.1, steps=2, snapshots=2, scale=0.5)
    a, b, c = (np.fft.rfft(run.weights[name][1])[:, 1:] for name in ("theta1", "theta2", "xi"))
    k = np.abs(a).argmax(axis=1)[:, None]
    phases = [np.angle(np.take_along_axis(u, k, 1)) for u in (a, b, c)]
    wanted = np.abs(np.sin(phases[0] + phases[1] - phases[2])).mean()
    assert measure_progress(run).sin_D[1] == pytest.approx(wanted, rel=1e-10)


def test_labelled_arrays_hold_every_curve(run: Run) -> None:
    pytest.importorskip("xarray")
    found = measure_progress(run)
    labelled = found.to_xarray()
    assert set(labelled.data_vars) == set(found.curves())
    np.testing.assert_array_equal(labelled["acc_mirror_seen"], found.accuracy["mirror seen"])
    np.testing.assert_array_equal(labelled["step"], run.steps)


def test_a_run_that_does_not_say_what_it_was_trained_on_is_refused(run: Run) -> None:
    records = {name: array for name, array in run.records.items() if name != "train_mask"}
    with pytest.raises(InputError, match="which part of its data"):
        measure_progress(replace(run, records=records))
    with pytest.raises(InputError, match="train_mask doesn't fit"):
        measure_progress(replace(run, records={"train_mask": np.ones((7, 6), dtype=bool)}))


def test_a_task_with_coefficients_is_refused() -> None:
    network = Network("Z7", neurons=4, task="2*x+3*y", embedding="unshared")
    with pytest.raises(ReductionError, match="task without coefficients"):
        measure_progress(simulate(network, method="sgd", learning_rate=0.1, steps=1))

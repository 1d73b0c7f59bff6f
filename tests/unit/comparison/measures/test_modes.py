"""Weights become modes and weights again, and what can't be weights is refused."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.comparison import project
from odekit.comparison.measures.modes import lengths_by_mode
from odekit.errors import InputError, ReductionError
from odekit.groups import cyclic, from_table
from odekit.simulation import Run

ROUNDING = 1e-13


def weights(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(shape)


@pytest.mark.parametrize("group", ["Z2", "Z3", "Z8", "Z15", "Z3xZ5", "Z2xZ4"])
def test_lifting_the_modes_gives_the_weights_back(group: str) -> None:
    order = {"Z2": 2, "Z3": 3, "Z8": 8, "Z15": 15, "Z3xZ5": 15, "Z2xZ4": 8}[group]
    theta, xi = weights(2, 4, 3, order)
    lifted = project((theta, xi), group).lift()
    assert np.abs(lifted["theta"] - theta).max() < ROUNDING
    assert np.abs(lifted["xi"] - xi).max() < ROUNDING


def test_the_modes_of_cosines_are_their_amplitudes_and_phases() -> None:
    j = 2 * np.pi * np.arange(8) / 8
    theta = 0.5 * np.cos(2 * j - 0.3) - 0.7 * np.cos(4 * j)
    modes = project((theta, 2.0 + np.cos(j + 3.0)), "Z8")
    assert modes.alpha == pytest.approx([0.0, 0.5, 0.0, 0.7], abs=ROUNDING)
    assert modes.phi[1] == pytest.approx(-0.3)
    assert modes.phi[3] == pytest.approx(np.pi)
    assert modes.beta[0] == pytest.approx(1.0)
    assert modes.psi[0] == pytest.approx(3.0)
    assert modes.means["xi"] == pytest.approx(2.0)


def test_the_power_of_all_modes_and_the_mean_is_the_squared_length() -> None:
    theta, xi = weights(2, 5, 8)
    modes = project((theta, xi), "Z8")
    total = modes.power.sum(axis=-1) + 8 * modes.means["theta"] ** 2
    assert total == pytest.approx((theta**2).sum(axis=-1))
    lengths = lengths_by_mode(modes.group, modes.amplitudes, modes.means)
    assert (lengths**2).sum(axis=-1) == pytest.approx((theta**2 + xi**2).sum(axis=-1))


def test_a_tuple_a_mapping_and_single_precision_are_read_alike() -> None:
    theta, xi = weights(2, 3, 7)
    plain = project((theta, xi), "Z7")
    named = project({"theta": theta, "xi": xi}, cyclic(7))
    single = project([theta.astype(np.float32), xi.astype(np.float32)], "Z7")
    assert np.array_equal(plain.amplitudes["xi"], named.amplitudes["xi"])
    assert single.amplitudes["theta"].dtype == np.complex128
    assert single.alpha == pytest.approx(plain.alpha, rel=1e-5)


def test_an_unshared_tuple_names_its_embeddings() -> None:
    modes = project(tuple(weights(3, 2, 5)), "Z5")
    assert modes.embeddings == ("theta1", "theta2")
    assert np.array_equal(modes.alpha, np.abs(modes.amplitudes["theta1"]))


def test_a_run_brings_its_own_group(small_run: Run) -> None:
    modes = project(small_run)
    assert modes.group is small_run.network.finite_group
    assert modes.at(0).alpha.shape == (16, 3)


def test_the_dominant_mode_is_the_largest_fourier_coefficient() -> None:
    j = 2 * np.pi * np.arange(8) / 8
    theta = np.cos(2 * j) + 0.6 * np.cos(4 * j)
    modes = project((theta, theta), "Z8")
    coefficients = np.abs(np.fft.rfft(theta))[1:]
    assert modes.dominant == coefficients.argmax() == 3
    assert modes.dominant_share == pytest.approx(0.36 * 8 / (0.36 * 8 + 4))


def test_the_mean_counts_in_the_total() -> None:
    j = 2 * np.pi * np.arange(5) / 5
    theta = np.stack([5 + 0 * j, 2 + np.cos(j), 1e-9 * np.cos(2 * j) - 1, np.cos(j)])
    modes = project((theta, theta), "Z5")
    assert modes.dominant_share == pytest.approx([0, 0.5 / 4.5, 0, 1], abs=1e-12)


def test_the_mean_of_the_first_embedding_alone_counts() -> None:
    wave = np.cos(2 * np.pi * np.arange(4) / 4)
    modes = project((wave, wave + 7, wave + 9), "Z4")
    assert modes.dominant_share == pytest.approx(1.0)
    assert project((wave + 1, wave, wave), "Z4").dominant_share == pytest.approx(0.5 / 1.5)


def test_a_neuron_without_weights_has_no_share() -> None:
    modes = project((np.zeros((1, 5)), np.zeros((1, 5))), "Z5")
    assert np.isnan(modes.dominant_share).all()


@pytest.mark.parametrize(
    ("given", "group", "match"),
    [
        ((np.ones(5), np.ones(5)), None, "group of the weights is not known"),
        ((np.ones(5), np.ones(5)), "Zp", "order is a symbol"),
        ((np.ones(5), np.ones((2, 5))), "Z5", "differ in shape"),
        ((np.ones(5), np.ones(5)), "Z7", "7"),
        ((np.ones(5), np.full(5, np.nan)), "Z5", "xi is not made of finite real"),
        ((np.ones(5) * 1j, np.ones(5)), "Z5", "theta is not made of finite real"),
        (([[1.0], [1.0, 2.0]], np.ones(5)), "Z5", "theta is not made of finite real"),
        ({"theta": np.ones(5)}, "Z5", "the readout xi"),
        ({"xi": np.ones(5)}, "Z5", "the embeddings"),
        (np.ones((4, 5)), "Z5", "ndarray"),
        ("weights.npz", "Z5", "Received: str"),
    ],
)
def test_what_is_not_a_set_of_weights_is_refused(given: object, group: str | None, match: str) -> None:
    with pytest.raises(InputError, match=match):
        project(given, group)  # type: ignore[arg-type]


def test_a_group_that_is_not_abelian_has_no_modes_of_this_kind() -> None:
    perms = [(0, 1, 2), (1, 2, 0), (2, 0, 1), (0, 2, 1), (2, 1, 0), (1, 0, 2)]
    table = [[perms.index(tuple(a[b[i]] for i in range(3))) for b in perms] for a in perms]
    with pytest.raises(ReductionError, match="Abelian"):
        project((np.ones(6), np.ones(6)), from_table(table))

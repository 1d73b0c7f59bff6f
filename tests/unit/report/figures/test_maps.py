"""Maps show the exact blow-up time, and the mode that it names first."""

from __future__ import annotations

import numpy as np
import pytest

import odekit
from odekit.errors import InputError, ReductionError
from odekit.report import plot_blow_up_map, plot_winner_map

D, ALPHA = np.linspace(-3, 3, 13), np.linspace(0.01, 0.05, 9)
SYSTEM = odekit.derive(odekit.Network("Zp"))
RIVAL = {"alpha2": 0.02, "beta2": 0.02, "D2": 0.5}


def test_a_blow_up_map_is_the_exact_time() -> None:
    axes = plot_blow_up_map(SYSTEM, {"D": D, "alpha": ALPHA, "beta": 0.02}, parameters={"p": 23})
    expected = odekit.blow_up_time(ALPHA[:, None], 0.02, D[None, :], 23)
    np.testing.assert_allclose(axes.collections[0].get_array(), expected)
    assert axes.get_xlabel() == r"phase difference $D(0)$ (rad)"


def test_starts_that_never_blow_up_are_left_white() -> None:
    axes = plot_blow_up_map(
        SYSTEM, {"D": [0.0, np.pi], "beta": [0.02, 0.03], "alpha": 0.01}, parameters={"p": 5}
    )
    assert axes.collections[0].get_array().mask.tolist() == [[False, True], [False, True]]
    assert axes.get_title(loc="right") == "white: never"


def test_a_winner_map_names_the_mode_with_the_smaller_time() -> None:
    start = {"D1": D, "alpha1": ALPHA, "beta1": 0.02, **RIVAL}
    axes = plot_winner_map(SYSTEM, start, parameters={"p": 23})
    first = odekit.blow_up_time(ALPHA[:, None], 0.02, D[None, :], 23)
    second = odekit.blow_up_time(0.02, 0.02, 0.5, 23)
    drawn = axes.collections[0].get_array().reshape(first.shape)
    np.testing.assert_array_equal(drawn, np.where(first <= second, 0, 1))
    assert {text.get_text() for text in axes.texts} == {"mode 1", "mode 2"}


@pytest.mark.parametrize(
    "start",
    [
        {"D": D, "alpha": ALPHA},
        {"D": D, "alpha": 0.1, "beta": 0.02},
        {"D": D, "alpha": ALPHA, "beta": ALPHA},
        {"D": D[::-1], "alpha": ALPHA, "beta": 0.02},
        {"D": D, "alpha": ALPHA[:, None], "beta": 0.02},
        {"D": D, "alpha": ALPHA, "gamma": 0.02},
    ],
)
def test_a_start_that_spans_no_map_is_refused(start: dict[str, object]) -> None:
    with pytest.raises(InputError):
        plot_blow_up_map(SYSTEM, start, parameters={"p": 23})


def test_modes_that_are_not_named_are_asked_for() -> None:
    with pytest.raises(InputError, match="no modes are named"):
        plot_winner_map(SYSTEM, {"D": D, "alpha": ALPHA, "beta": 0.02}, parameters={"p": 23})
    with pytest.raises(InputError, match="beta1"):
        plot_winner_map(SYSTEM, {"D1": D, "alpha1": ALPHA, **RIVAL}, parameters={"p": 23})


def test_a_rate_without_number_and_a_system_without_closed_form_are_refused() -> None:
    with pytest.raises(InputError, match="no value for the parameter p"):
        plot_blow_up_map(SYSTEM, {"D": D, "alpha": ALPHA, "beta": 0.02})
    with pytest.raises(ReductionError, match="no closed form"):
        plot_blow_up_map(odekit.system("x' = -x"), {"D": D, "alpha": ALPHA, "beta": 0.02})

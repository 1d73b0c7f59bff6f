"""The plane of a system whose orbits are known: its points of rest, basins and separatrices."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.axes import Axes

import odekit
from odekit.errors import InputError, UnknownNameError
from odekit.report import plot_phase_portrait
from odekit.report.figures import figure_of
from odekit.report.figures.phase_plane.plane import plane_of

WELLS = odekit.system("x' = x - x**3; y' = -y")
THREE = odekit.system("x' = a*y*z; y' = -a*x*z; z' = 0*z", parameters="a")


def test_points_of_rest_carry_their_stability() -> None:
    plane = plane_of(WELLS, None, None, None, None)
    assert {(rest.at, rest.stability) for rest in plane.rests} == {
        ((-1.0, 0.0), "attracts"),
        ((0.0, 0.0), "saddle"),
        ((1.0, 0.0), "attracts"),
    }


def test_a_basin_is_where_orbits_come_from() -> None:
    plane = plane_of(WELLS, None, ((-2, 2), (-1, 1)), None, None)
    across, _, reached = plane.basins()
    expected = np.array([[plane.attractors[place].at[0] for place in row] for row in reached])
    np.testing.assert_array_equal(expected, np.broadcast_to(np.sign(across), expected.shape))


def test_separatrices_are_the_saddles_own_orbits() -> None:
    plane = plane_of(WELLS, None, ((-2, 2), (-1, 1)), None, None)
    for is_stable, (x, y) in plane.separatrices():
        assert np.nanmax(np.abs(x if is_stable else y)) < 1e-6
        assert np.nanmax(np.abs(y if is_stable else x)) > 0.99
    assert sorted(is_stable for is_stable, _ in plane.separatrices()) == [False, False, True, True]


@pytest.mark.slow
def test_separatrices_that_come_back_part_the_basins_wherever_they_meet() -> None:
    duffing = odekit.system("x' = y; y' = x - x**3 - y/4")
    plane = plane_of(duffing, None, ((-2.0, 2.0), (-0.6, 0.6)), None, None)
    across, up, reached = plane.basins()
    rows, columns = np.nonzero(np.diff(reached, axis=1))
    borders = np.stack([(across[columns] + across[columns + 1]) / 2, up[rows]])
    x, y = np.concatenate([orbit for is_stable, orbit in plane.separatrices() if is_stable], axis=1)
    away = np.hypot(x[:, None] - borders[0], y[:, None] - borders[1])
    assert set(np.bincount(rows)) == {5}, "the saddle's own border, and two further out on either side"
    assert np.nanmax(np.nanmin(away, axis=0)) < across[1] - across[0]


def test_an_orbit_that_leaves_belongs_to_no_basin() -> None:
    plane = plane_of(odekit.system("x' = -x + x**2; y' = -y"), None, ((-1, 2), (-1, 1)), None, None)
    across, _, reached = plane.basins()
    np.testing.assert_array_equal(reached, np.broadcast_to(np.where(across < 1, 0, -1), reached.shape))


def test_other_states_are_held_and_named() -> None:
    axes = plot_phase_portrait(THREE, ("x", "y"), ((-1, 1), (-1, 1)), parameters={"a": 2}, held={"z": 0.5})
    assert axes.get_title() == "at $z$ = 0.5"
    plane = plane_of(THREE, ("x", "y"), None, {"a": 2}, {"z": 0.5})
    np.testing.assert_allclose(plane.field(np.array([[0.3], [0.4]]))[:, 0], [0.4, -0.3])


def test_the_points_of_an_angle_come_once_a_turn() -> None:
    pendulum = odekit.system("D' = w; w' = -sin(D) - w/2")
    plane = plane_of(pendulum, None, ((-7.0, 7.0), (-2.0, 2.0)), None, None)
    assert plane.is_angle == (True, False)
    found = {(round(rest.at[0] / np.pi, 6), rest.stability) for rest in plane.rests}
    assert found == {
        (-2.0, "attracts"),
        (-1.0, "saddle"),
        (0.0, "attracts"),
        (1.0, "saddle"),
        (2.0, "attracts"),
    }
    assert plane_of(pendulum, None, None, None, None).region[0] == (-np.pi, np.pi)


def test_magnitudes_that_are_held_leave_a_phase_portrait_of_the_network() -> None:
    system = odekit.derive(odekit.Network("Zp")).restrict(["alpha", "beta", "D"])
    plane = plane_of(system, ("D", "alpha"), ((-3, 3), (0.0, 0.05)), {"p": 5}, {"beta": 0.02})
    expected = [-5 * (0.03**2 / 0.02 + 0.08) * np.sin(1.0), 10 * 0.03 * 0.02 * np.cos(1.0)]
    np.testing.assert_allclose(plane.field(np.array([[1.0], [0.03]]))[:, 0], expected)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"parameters": {"a": 1}}, InputError, "no value for the state z.*held"),
        ({"held": {"z": 1}}, InputError, "no value for the parameter a"),
        ({"states": ("x", "x"), "held": {"z": 1}}, InputError, "shows two states"),
        ({"states": ("x", "q"), "held": {"z": 1}}, UnknownNameError, "q"),
        ({"parameters": {"b": 1}, "held": {"z": 1}}, UnknownNameError, "b"),
        (
            {"parameters": {"a": 1}, "held": {"z": 1}, "region": ((1, 0), (0, 1))},
            InputError,
            "region is empty",
        ),
        ({"parameters": {"a": 1}, "held": {"z": 1}, "region": 3}, InputError, "no region"),
        ({"parameters": {"a": "one"}, "held": {"z": 1}}, InputError, "parameter a"),
    ],
)
def test_a_plane_that_is_not_determined_is_refused(
    given: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        plot_phase_portrait(THREE, **given)


def test_a_field_that_depends_on_time_is_refused() -> None:
    with pytest.raises(InputError, match="depends on the time"):
        plot_phase_portrait(odekit.system("x' = t*x; y' = -y", time="t"))


@pytest.mark.slow
def test_names_longer_than_a_letter_and_many_held_states_stay_readable(
    faults: Callable[[Axes], list[str]],
) -> None:
    lifted = odekit.derive(odekit.Network("S3", embedding="unshared", constraint="sphere"))
    first, *others, last = (state.name for state in lifted.states)
    axes = plot_phase_portrait(lifted, (first, last), ((-1, 1), (-1, 1)), held=dict.fromkeys(others, 0.3))
    assert axes.get_title() == "16 other states are held"
    assert faults(axes) == []
    named = plot_phase_portrait(odekit.system("x' = -x; my_state' = x - my_state"))
    assert r"$\mathrm{my\_state}$' = 0" in [text.get_text() for text in named.get_legend().get_texts()]
    assert faults(named) == []


@pytest.mark.parametrize(
    ("equations", "region", "message"),
    [
        ("x' = log(-1 - x**2); y' = -x", None, "not defined in the region"),
        ("x' = y; y' = -x", ((-1e300, 1e300), (-1, 1)), "can't be shown"),
        ("x' = y; y' = -x", ((1, 1 + 1e-14), (-1, 1)), "can't be shown"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_a_region_without_anything_to_see_is_refused(equations: str, region: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        plot_phase_portrait(odekit.system(equations), region=region)


@pytest.mark.parametrize("equations", ["x' = 0; y' = 0", "x' = exp(exp(x)); y' = exp(exp(9*y))"])
@pytest.mark.filterwarnings("error")
def test_fields_at_rest_or_beyond_all_numbers_have_a_portrait(equations: str) -> None:
    axes = plot_phase_portrait(odekit.system(equations))
    figure_of(axes).draw_without_rendering()

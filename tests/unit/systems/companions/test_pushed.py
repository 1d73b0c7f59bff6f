"""A pushed system is the system with constants added and its clock begun elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.derivation import derive
from odekit.networks import Network
from odekit.solvers import solve
from odekit.systems import pushed, system


def test_a_push_adds_to_a_velocity_and_the_clock_begins_where_it_is_told() -> None:
    """x' = t + push from t = 2 gives x = 2 s + s^2/2 + push s."""
    made = pushed(system({"x": "t"}))
    values = {made.origin: 2.0, made.pushes[0]: 0.5}
    assert solve(made.system, [1.0], 3.0, parameters=values)["x"][0, 0] == pytest.approx(13.0)


def test_names_that_are_taken_are_avoided() -> None:
    made = pushed(system({"x": "-t0*x", "push_x": "x"}, "t0"))
    assert len({made.origin, *made.pushes, "x", "push_x", "t0"}) == 6


def test_definitions_of_a_derived_system_are_spelled_out() -> None:
    derived = derive(Network("Z5"))
    made = pushed(derived)
    still = dict.fromkeys((made.origin, *made.pushes), 0.0)
    start = {"alpha": 0.3, "beta": 0.2, "phi": 0.4, "psi": 0.1}
    left, right = solve(derived, start, 0.3), solve(made.system, start, 0.3, parameters=still)
    np.testing.assert_allclose(left["beta"], right["beta"], rtol=1e-6)

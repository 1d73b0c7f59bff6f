"""Observables are read in a system's names and evaluated on arrays that broadcast."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.derivation import derive
from odekit.errors import InputError, UnknownNameError
from odekit.networks import Network
from odekit.systems import observables, system

SYSTEM = system({"x": "v", "v": "-k*x*t"}, "k")


def test_formulas_hold_states_parameters_and_time() -> None:
    function = observables(SYSTEM, {"E": "(v**2 + k*x**2)/2", "s": "t*x", "one": 1})
    t, x, v, k = np.arange(3.0)[:, None], np.ones((3, 2)), np.full((3, 2), 2.0), np.array([[1.0, 4.0]])
    energy, time, one = function(t, [x, v], [k])
    assert energy.tolist() == [[2.5, 4.0]] * 3
    assert time.tolist() == [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]
    assert one.shape == (3, 2)


def test_a_definition_is_what_it_stands_for() -> None:
    derived = derive(Network("Z5"))
    states = [symbol.name for symbol in derived.states]
    values = dict(zip(("alpha", "beta", "phi", "psi"), (1.0, 2.0, 0.7, 0.3), strict=True))
    (found,) = observables(derived, {"D": "D"})(np.zeros(1), [np.array([values[s]]) for s in states], [])
    assert found == pytest.approx(2 * 0.7 - 0.3)


@pytest.mark.parametrize(
    ("formula", "error"), [("y**2", UnknownNameError), ("x +", InputError), ("I*x", InputError)]
)
def test_what_is_no_formula_in_the_states_is_refused(formula: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        observables(SYSTEM, {"u": formula})

"""Equations are found by symbol and by name."""

from __future__ import annotations

import pytest
import sympy as sp

from odekit.derivation import derive
from odekit.errors import UnknownNameError
from odekit.networks import Network
from odekit.systems import system
from odekit.systems.equations import Equations

x, y = sp.symbols("x y", real=True)


def test_a_name_and_its_symbol_find_the_same() -> None:
    equations = Equations("velocity", {x: y, y: -x})
    assert equations["x"] == equations[x] == equations[sp.Symbol("x")] == y
    assert ("x" in equations, x in equations, "z" in equations) == (True, True, False)
    assert list(equations) == [x, y]
    assert dict(equations) == {x: y, y: -x}


def test_an_unknown_name_suggests_the_nearest() -> None:
    flow = system({"alpha": "-alpha", "beta": "alpha"})
    with pytest.raises(UnknownNameError, match=r"'alfa'.*Try: 'alpha'"):
        _ = flow.equations["alfa"]
    with pytest.raises(UnknownNameError, match=r"'betta'.*Try: 'beta'"):
        _ = flow["betta"]


def test_blocks_are_found_by_name_too() -> None:
    flow = derive(Network("S3", embedding="unshared"))
    assert set(map(str, flow.equations)) == {"theta1", "theta2", "xi"}
    assert flow.equations["xi"] == flow.equations[next(s for s in flow.equations if str(s) == "xi")]

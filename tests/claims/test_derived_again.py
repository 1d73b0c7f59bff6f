"""The reduced equations of each paper, derived again from the loss with the paper's folder out of sight."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable

import pytest
import sympy as sp

import odekit
from odekit.claims.feature_emergence import critical_data_share, energy_maxima
from odekit.claims.linear_networks import lambda_balanced, saddle_to_saddle
from odekit.claims.opposing_signals import opposing_signals
from odekit.systems import System

Hide = Callable[[str], None]


@pytest.fixture
def hide(monkeypatch: pytest.MonkeyPatch) -> Hide:
    """Takes a folder of claims out of sight: importing anything of it fails."""

    def out_of_sight(folder: str) -> None:
        name = f"odekit.claims.{folder}"
        for module in [*sys.modules]:
            if module == name or module.startswith(f"{name}."):
                monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(ImportError):
            importlib.import_module(name)

    return out_of_sight


def is_same(one: System, other: System) -> bool:
    """Whether two systems have the same states and velocities, as formulas in names."""

    def plain(system: System) -> dict[str, sp.Expr]:
        pairs = zip(system.states, system.vector_field, strict=True)
        return {
            state.name: velocity.xreplace({s: sp.Symbol(s.name) for s in velocity.free_symbols})
            for state, velocity in pairs
        }

    first, second = plain(one), plain(other)
    if set(first) != set(second):
        return False
    differences = [sp.expand(first[name] - second[name]) for name in first]
    return all(difference == 0 or sp.simplify(difference) == 0 for difference in differences)


def test_a_derivation_that_differs_is_seen() -> None:
    one, other = (odekit.system({"x": f"-{rate}*x"}) for rate in (1, 2))
    assert is_same(one, one)
    assert not is_same(one, other)


def test_modes_and_statistics_of_two_linear_layers(hide: Hide) -> None:
    mode, sheet, statistics = (
        getattr(lambda_balanced, name)() for name in ("_mode", "_sheet", "_statistics")
    )
    hide("linear_networks")
    flow = odekit.gradient_flow("(s - a*b)**2/2", "a b", parameters="s l")
    observed = odekit.reduce(flow, observables={"u": "a*b", "q": "a**2 + b**2"})
    assert is_same(observed, mode)
    assert observed.closed
    assert is_same(odekit.reduce(flow, {"a": "(z - l/z)/2", "b": "(z + l/z)/2"}), sheet)
    W, V, S = (sp.Matrix(2, 2, lambda i, j, n=name: sp.Symbol(f"{n}{i + 1}{j + 1}")) for name in "WVS")
    loss = sum(entry**2 for entry in S - V * W) / 2
    names = " ".join(str(entry) for entry in [*W, *V])
    whole = odekit.gradient_flow(str(loss), names, parameters=" ".join(map(str, S)))
    grams = {"A": W.T * W, "B": V * V.T, "C": V * W}
    wanted = {state.name: grams[state.name[0]] for state in statistics.states}
    entries = {n: str(gram[int(n[1]) - 1, int(n[2]) - 1]) for n, gram in wanted.items()}
    again = odekit.reduce(whole, observables=entries)
    assert again.closed
    assert is_same(again, statistics)


def test_modes_of_deep_linear_networks(hide: Hide) -> None:
    sheet = saddle_to_saddle._sheet(3)
    hide("linear_networks")
    flow = odekit.gradient_flow("(s - a*b*c)**2/2", "a b c", parameters="s c1 c2")
    again = odekit.reduce(flow, {"a": "sqrt(x)", "b": "sqrt(x + c1)", "c": "sqrt(x + c2)"})
    assert again.closed
    assert is_same(again, sheet)


def test_the_signal_between_opposing_outliers(hide: Hide) -> None:
    toy, valley = opposing_signals._toy(), opposing_signals._valley()
    modified = opposing_signals._modified(2)
    hide("opposing_signals")
    samples = [(x, o) for x in (1, -1) for o in (0, 0, "sqrt(3*k)")]
    loss = "+".join(f"(beta*{x} - c*(b*{x} + d*{o}))**2/12" for x, o in samples)
    flow = odekit.gradient_flow(loss, "b c d", parameters="beta k")
    assert is_same(flow, toy)
    again = odekit.reduce(flow, {"d": "0"})
    assert again.closed
    assert is_same(again, valley)
    assert is_same(again.modified("eta"), modified)


def test_squares_of_irreps_of_the_cyclic_group_of_order_four(hide: Hide) -> None:
    squares = energy_maxima._squares()
    hide("feature_emergence")
    a, b = (sp.Matrix(sp.symbols(f"{name}:4", real=True)) for name in "ab")
    sums = [sum((a[x] + b[(h - x) % 4]) ** 2 for x in range(4)) for h in range(4)]
    energy = sum((q - sum(sums) / 4) ** 2 for q in sums) / 2
    flow = odekit.gradient_flow(energy, [*a, *b], direction="ascent")
    observed = {}
    for (pair, sign), w in zip(("Pp", "Qq"), (a, b), strict=True):
        observed[pair] = str(((w[0] - w[2]) ** 2 + (w[1] - w[3]) ** 2) / 2)
        observed[sign] = str((w[0] - w[1] + w[2] - w[3]) ** 2 / 4)
    again = odekit.reduce(flow, observables=observed)
    assert again.closed
    assert is_same(again, squares)


def test_squares_that_leak_where_a_pair_is_missing(hide: Hide) -> None:
    squares = {missing: critical_data_share._squares(missing) for missing in (False, True)}
    hide("feature_emergence")
    a, b = (sp.Matrix(sp.symbols(f"{name}:3", real=True)) for name in "ab")
    spread = {"P": a, "Q": b}
    observed = {n: str(w.dot(w) - sum(w) ** 2 / 3) for n, w in spread.items()}
    for missing, expected in squares.items():
        pairs = [(x, y) for x in range(3) for y in range(3) if not (missing and x == y == 0)]
        sums = [sum((a[x] + b[y]) ** 2 for x, y in pairs if (x + y) % 3 == h) for h in range(3)]
        energy = sum((q - sum(sums) / 3) ** 2 for q in sums) / 2
        again = odekit.reduce(
            odekit.gradient_flow(energy, [*a, *b], direction="ascent"), observables=observed
        )
        assert again.closed is not missing
        assert is_same(again, expected)

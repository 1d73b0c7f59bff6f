"""Random formulas end in an answer or one OdekitError, in silence: some here, ten thousand on demand."""

from __future__ import annotations

import random

import pytest

from odekit import limit


@pytest.mark.slow
def test_a_few_formulas_at_every_door_raise_and_warn_of_nothing_else() -> None:
    from formulas import faults

    with limit(seconds=1.0):
        assert list(faults(120, seed=3)) == []


@pytest.mark.long
def test_ten_thousand_formulas_raise_and_warn_of_nothing_else() -> None:
    from formulas import faults

    assert list(faults(10_000)) == []


def test_every_formula_is_made_again_from_its_number() -> None:
    from formulas import formula

    texts = [formula(random.Random("0 5"), ["x", "y"], 4, ["sin", "exp"]) for _ in range(2)]
    assert texts[0] == texts[1]


def test_a_fault_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import formulas

    def broken(dice: random.Random) -> object:
        return "a formula", iter((lambda: 1 // 0,))

    monkeypatch.setattr(formulas, "DOORS", (broken,))
    (fault,) = formulas.faults(1)
    assert (fault.number, fault.formula) == (0, "a formula")
    assert "ZeroDivisionError" in fault.what

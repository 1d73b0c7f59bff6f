"""Settings that claims take: checked by the claim, recorded, and refused where nothing can carry them."""

from __future__ import annotations

import pickle
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import odekit
from odekit.claims import CLAIMS, Claim, Settings, verify
from odekit.claims.settings import neurons_from, scale_between
from odekit.errors import InputError, UnknownNameError
from odekit.numbers import integer, positive

SEEN: list[Settings] = []


def measured(settings: Settings) -> odekit.Measurement:
    SEEN.append(settings)
    return odekit.Measurement(2.0, 1e-9)


def claim_of(id: str, **takes: Any) -> Claim:
    make = odekit.claim(id, "It is 2.", prediction=2.0, control=("it is 3", 3.0), takes=takes)
    return make(measured)


@pytest.fixture(autouse=True)
def forgotten() -> None:
    SEEN.clear()


WIDE = claim_of("wide", neurons=partial(integer, low=2))
NARROW = claim_of("narrow", neurons=partial(integer, low=2, high=10), scale=partial(positive, high=1.0))


def test_a_value_reaches_the_experiment_and_the_default_is_the_claims_own() -> None:
    report = verify(WIDE, values={"neurons": 64})
    assert SEEN[0].value("neurons", 3) == 64
    assert SEEN[0].value("scale", 0.5) == 0.5
    assert report.settings["values"] == {"neurons": 64}
    assert report.described == {"seed": 0, "full": False, "group": None, "paper": None, "neurons": 64}
    assert "values" not in verify(WIDE).settings
    assert SEEN[1].value("neurons", 3) == 3


def test_values_are_read_only_and_the_callers_mapping_stays_its_own() -> None:
    given = {"neurons": 4}
    settings = Settings(values=given)
    given["neurons"] = 5
    assert settings.value("neurons", 1) == 4
    with pytest.raises(TypeError):
        settings.values["neurons"] = 6  # type: ignore[index]


def test_what_does_not_take_a_setting_or_cannot_carry_its_value_is_not_applicable() -> None:
    first, second = verify([WIDE, NARROW], values={"neurons": 11}).verdicts
    assert (first.outcome, second.outcome) == ("confirmed", "not_applicable")
    assert "neurons of narrow must be a whole number from 2 to 10" in second.text
    first, second = verify([WIDE, NARROW], values={"scale": 0.1}).verdicts
    assert (first.outcome, second.outcome) == ("not_applicable", "confirmed")
    assert first.text == "its experiment has no setting 'scale'; it takes group, neurons"
    assert len(SEEN) == 2


@pytest.mark.parametrize("value", [1, 2.5, "many", True, None, [3], float("nan"), 10**400])
def test_a_value_that_every_claim_refuses_is_refused_before_anything_runs(value: Any) -> None:
    with pytest.raises(InputError, match=r"neurons of .* must be a whole number"):
        verify([NARROW], values={"neurons": value})
    assert SEEN == []


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"neuron": 3}, "unknown setting 'neuron'.*Try: 'neurons'"),
        ({"group": "Z7"}, "unknown setting 'group'.*Try: the argument group, --group"),
        ({3: 1}, "unknown setting int 3"),
    ],
)
def test_a_setting_that_no_claim_takes_is_unknown(values: Any, message: str) -> None:
    with pytest.raises(UnknownNameError, match=message):
        verify([WIDE, NARROW], values=values)
    with pytest.raises(InputError, match="must be given by name"):
        verify(WIDE, values=[("neurons", 3)])  # type: ignore[arg-type]


def test_own_claims_take_types_and_functions() -> None:
    def even(value: Any, name: str) -> int:
        if value % 2:
            raise ValueError(f"an even {name}")
        return int(value)

    mine = claim_of("mine", rate=float, count=int, word=str, even=even, odd=lambda value, name: object())
    verify(mine, values={"rate": 3, "count": 4, "word": "abc", "even": 2})
    assert dict(SEEN[0].values) == {"rate": 3.0, "count": 4, "word": "abc", "even": 2}
    for name, bad in {"rate": "fast", "count": 2.5, "word": 3, "even": 3, "odd": 1}.items():
        with pytest.raises(InputError, match=f"{name} of mine"):
            verify(mine, values={name: bad})


@pytest.mark.parametrize("takes", [{"group": int}, {"a b": int}, {3: int}, {"x": 3}, ["x"], None])
def test_settings_of_an_own_claim_have_names_and_validators(takes: Any) -> None:
    with pytest.raises(InputError):
        odekit.claim("mine", "It is 2.", prediction=2.0, takes=takes)


def test_a_claim_from_a_table_takes_its_start_and_parameters(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        '[equations]\nx = "-k*x"\n[parameters]\nk = ""\n[claims.decay]\nkind = "rate"\nof = "x"\n'
        'formula = "k"\nstart = {x = [1, 2]}\nparameters = {k = 1}\nend = 9\n'
    )
    (verdict,) = verify(path, values={"k": 2, "x": 3.0}).verdicts
    assert verdict.outcome == "confirmed"
    assert verdict.predicted == 2.0
    assert verdict.evidence["rates"].shape == (1,)  # x is a number now, no range
    with pytest.raises(UnknownNameError, match="unknown setting 'q'"):
        verify(path, values={"q": 2})
    with pytest.raises(InputError, match="k of decay must be a finite number"):
        verify(path, values={"k": "fast"})


def test_the_validators_of_odekits_own_claims_can_be_pickled_and_refuse_what_is_out_of_range() -> None:
    for claim in CLAIMS:
        assert pickle.loads(pickle.dumps(dict(claim.takes))).keys() == claim.takes.keys()
        for name, validator in claim.takes.items():
            for bad in (0, -1, "x", 10**9, None):
                with pytest.raises(InputError, match=name):
                    validator(bad, name)
    assert neurons_from(4)(8, "neurons") == 8
    assert scale_between(1e-3, 0.1)(0.1, "the scale") == 0.1


def test_a_claim_says_what_it_takes() -> None:
    assert NARROW.to_json()["takes"] == ["neurons", "scale"]
    assert replace(NARROW, takes={}).to_json()["takes"] == []

"""What is wrong in a file of claims is told with file, key, what was expected, and the nearest name."""

from __future__ import annotations

from pathlib import Path

import pytest

import odekit
from odekit.errors import FileError, InputError

SYSTEM = '[equations]\nx = "-k*x"\n[parameters]\nk = ""\n'
RIGHT = {
    "kind": '"rate"', "of": '"x"', "formula": '"k"', "start": "{x = 1}", "parameters": "{k = 1}", "end": "9",
}  # fmt: skip


def written(folder: Path, system: str = SYSTEM, **changes: str | None) -> Path:
    lines = {**RIGHT, **changes}
    path = folder / "mine.toml"
    body = "\n".join(f"{key} = {value}" for key, value in lines.items() if value is not None)
    path.write_text(f"{system}[claims.mine]\n{body}\n")
    return path


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": '"rte"'}, r"unknown kind of \[claims.mine\] in mine.toml: 'rte'.*Try: 'rate'"),
        ({"kind": None}, r"\[claims.mine\] in mine.toml lacks kind.*Expected: one of rate, conserved"),
        ({"kind": "3"}, r"unknown kind of \[claims.mine\].*int 3"),
        ({"kind": '"conserved"'}, r"unknown key of \[claims.mine\] in mine.toml: 'of'"),
        ({"formula": None}, r"\[claims.mine\] in mine.toml lacks formula.*Expected: kind = 'rate' with of"),
        ({"end": None}, "lacks end"),
        ({"start": None}, "lacks start"),
        ({"fromula": '"k"'}, r"unknown key of \[claims.mine\] in mine.toml: 'fromula'.*Try: 'formula'"),
        ({"of": '"z"'}, r"of of \[claims.mine\] in mine.toml: unknown name.*'z'"),
        ({"formula": '"x"'}, r"formula of \[claims.mine\] in mine.toml: unknown name.*Try: 'x0'"),
        ({"formula": '"k*t"'}, r"formula of \[claims.mine\] in mine.toml: unknown name.*'t'"),
        ({"formula": '"k +"'}, r"formula of \[claims.mine\] in mine.toml: "),
        ({"formula": "true"}, r"formula of \[claims.mine\] in mine.toml is no text"),
        ({"control": '"q"'}, r"control of \[claims.mine\] in mine.toml: unknown name"),
        ({"measure": '"decays"'}, r"measure of \[claims.mine\] in mine.toml: unknown word.*Try: 'decay'"),
        ({"start": "{}"}, r"start of \[claims.mine\] in mine.toml: x has no start"),
        ({"start": "3"}, r"start of \[claims.mine\] in mine.toml: it is no table"),
        ({"start": "{x = 1, y = 2}"}, r"start of \[claims.mine\].*unknown state 'y'"),
        ({"start": "{x = [2, 1]}"}, r"x has no such value.*\[low, high\].*list \[2, 1\]"),
        ({"start": "{x = inf}"}, "x has no such value"),
        ({"start": '{x = "x"}'}, r"start of \[claims.mine\] in mine.toml: unknown name"),
        ({"start": "{x = true}"}, "x has no such value.*bool True"),
        ({"parameters": "{}"}, r"parameters of \[claims.mine\] in mine.toml: k has no value"),
        ({"parameters": None}, "k has no value"),
        ({"parameters": "{q = 1, k = 1}"}, "unknown parameter without a value 'q'"),
        ({"end": "0"}, r"end of \[claims.mine\] in mine.toml must be positive"),
        ({"end": '"late"'}, "must be positive"),
        ({"starts": "0"}, r"starts of \[claims.mine\] in mine.toml must be a whole number from 1"),
        ({"tolerance": "-1"}, "tolerance .* must be positive"),
        ({"rtol": "0.1"}, "rtol .* at most 0.0001"),
        ({"statement": "3"}, r"statement of \[claims.mine\] in mine.toml is no text"),
    ],
)
def test_a_wrong_key_or_value_is_told_with_its_place(
    changes: dict[str, str | None], message: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=message):
        odekit.verify(written(tmp_path, **changes))


WINNER = {"kind": '"winner"', "of": None, "formula": None, "among": '["x", "2*x"]', "winner": '"x"'}
ORDER = {"kind": '"order"', "formula": None, "small": '"k"', "order": "1", "parameters": None}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {**WINNER, "winner": None},
            r"\[claims.mine\] in mine.toml: a winner is predicted in one way.*neither",
        ),
        ({**WINNER, "scores": '["1", "2"]'}, "in one way.*both"),
        ({**WINNER, "winner": '"y"'}, "unknown winner, none of among: 'y'"),
        ({**WINNER, "control": '"y"'}, "unknown control, none of among: 'y'"),
        ({**WINNER, "control": '"x"'}, "the control names the winner that is claimed"),
        ({**WINNER, "winner": None, "scores": '["1"]'}, "Expected: 2 scores"),
        ({**WINNER, "among": '["x"]'}, "among must name two quantities"),
        ({**WINNER, "among": '"x"'}, r"among of \[claims.mine\] in mine.toml: it is no list"),
        ({**WINNER, "tolerance": "1"}, "unknown key.*'tolerance'"),
        ({**ORDER, "small": '"q"'}, "small of .*unknown parameter without a value 'q'"),
        ({**ORDER, "parameters": "{k = 1}"}, "unknown parameter without a value 'k'"),
        ({**ORDER, "order": "0"}, "order of .* must be positive"),
        ({**ORDER, "halvings": "1.5"}, "halvings of .* must be a whole number"),
    ],
)
def test_what_does_not_fit_a_kind_is_told(
    changes: dict[str, str | None], message: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=message):
        odekit.verify(written(tmp_path, **changes))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SYSTEM, "mine.toml holds no claim.*Expected: tables"),
        (SYSTEM + "[claims]\n", "holds no claim"),
        (SYSTEM + "[claims]\nmine = 3\n", r"\[claims.mine\] in mine.toml is no table"),
        (SYSTEM + '[claims."../up"]\nkind = "rate"\n', "a claim has no name.*'../up'"),
        (SYSTEM + "[claim.mine]\nkind = 3\n", "holds no claim.*Received: equations, parameters, claim"),
        ("claims = 3\n", "holds no claim"),
        ('[claims.mine]\nkind = "rate"\n', "mine.toml holds no equations"),
        ('[equation]\nx = "x"\n[claims.mine]\nkind = "rate"\n', "unknown key in mine.toml: 'equation'"),
        ('[equations]\nx = "y"\n[claims.mine]\nkind = "rate"\n', "unknown name"),
        (f'system = "other.toml"\n{SYSTEM}[claims.mine]\nkind = "rate"\n', "describes two systems"),
        ('system = "other.toml"\n[claims.mine]\nkind = "rate"\n', "other.toml can't be read"),
        (
            '[equations]\nx = "-x0*x"\n[parameters]\nx0 = 1.0\n[claims.mine]\nkind = "rate"\nof = "x"\n'
            'formula = "1"\nstart = {x = 1}\nend = 1',
            "x0 stands for a parameter, and for x at the start",
        ),
        ("claims.mine = {", "is not a TOML file"),
    ],
)
def test_a_file_without_a_system_or_a_claim_is_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        odekit.verify(path)


def test_a_mark_at_the_beginning_does_no_harm_and_another_encoding_is_named(tmp_path: Path) -> None:
    path = written(tmp_path)
    text = path.read_text()
    path.write_text(text, encoding="utf-8-sig")
    assert odekit.verify(path).exit_code == 0
    path.write_text(text, encoding="utf-16")
    with pytest.raises(FileError, match="is written in UTF-16"):
        odekit.verify(path)


def test_a_system_may_be_an_energy_or_lie_in_a_file_of_its_own(tmp_path: Path) -> None:
    claim = '[claims.mine]\nkind = "conserved"\nformula = "a**2 - b**2"\nstart = {a = 1, b = 0.5}\nend = 3\n'
    energy = 'energy = "(s - a*b)**2/2"\nvariables = ["a", "b"]\n[parameters]\ns = 2.0\n'
    path = tmp_path / "mine.toml"
    path.write_text(energy + claim)
    assert odekit.verify(path).exit_code == 0
    (tmp_path / "flow.toml").write_text(energy)
    path.write_text('system = "flow.toml"\n' + claim)
    assert odekit.verify(path).exit_code == 0


def test_the_claim_is_put_into_words_unless_it_says_them_itself(tmp_path: Path) -> None:
    (verdict,) = odekit.verify(written(tmp_path)).verdicts
    assert (verdict.id, verdict.statement, verdict.source) == (
        "mine",
        "$x$ decays at the rate $k$",
        "mine.toml",
    )
    path = written(tmp_path, statement='"It falls."', source='"my draft, eq. 3"')
    (verdict,) = odekit.verify(path).verdicts
    assert (verdict.statement, verdict.source) == ("It falls.", "my draft, eq. 3")

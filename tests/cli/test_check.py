"""``odekit check``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Invoke = Callable[..., Result]

BLOG = Path(__file__).parent / "blog.toml"


def test_the_lines_of_a_draft_are_told_apart_and_corrected(invoke: Invoke) -> None:
    result = invoke("check", BLOG)
    assert result.exit_code == 1
    assert "D' = -p*(alpha**2 + 4*beta**2)*sin(D)/beta" in result.stdout
    assert "logit_scale = alpha**2*beta" in result.stdout
    assert "5 of 7 lines agree." in result.stdout


def test_a_corrected_rate_is_called_one(invoke: Invoke, tmp_path: Path) -> None:
    draft = tmp_path / "rate.toml"
    draft.write_text('[network]\ngroup = "Zp"\n[rates]\n"D = 0" = "p*beta"\n')
    assert "rate (D = 0) = p*(alpha**2 + 4*beta**2)/beta" in invoke("check", draft).stdout


def test_an_unknown_state_is_answered_with_states_alone(invoke: Invoke, tmp_path: Path) -> None:
    draft = tmp_path / "state.toml"
    draft.write_text('[network]\ngroup = "Zp"\n[equations]\nalfa = "p"\n')
    assert "one of alpha, phi, beta, psi, D. Received: 'alfa'" in invoke("check", draft).stderr


def test_the_json_has_a_finding_for_each_line(invoke: Invoke) -> None:
    result = invoke("check", BLOG, "--json", "-")
    findings = json.loads(result.stdout)["findings"]
    assert {"item", "kind", "agrees", "constant", "point", "given", "derived"} <= set(findings[0])
    assert [f["item"] for f in findings if not f["agrees"]] == ["D", "logit_scale"]
    assert "5 of 7 lines agree." in result.stderr


def test_latex_holds_table_and_corrected_formula(invoke: Invoke) -> None:
    result = invoke("check", BLOG, "--format", "latex")
    assert r"\begin{tabular}" in result.stdout
    assert (
        r"\[ - \frac{p \left(\alpha^{2} + 4 \beta^{2}\right) \sin{\left(D \right)}}{\beta} \]"
        in result.stdout
    )


def test_right_lines_exit_with_zero_and_units_are_printed(invoke: Invoke, tmp_path: Path) -> None:
    path = tmp_path / "right.toml"
    settings = '[network]\ngroup = "Zp"\n[conventions]\nfree_units = ["time"]\n'
    path.write_text(settings + '[equations]\nbeta = "alpha**2*cos(D)"\n')
    result = invoke("check", path)
    assert result.exit_code == 0
    assert "time: yours is p times the derivation's" in result.stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("D = \"__import__('os')\"", "unknown function at column 1"),
        ('gamma = "1"', "unknown state 'gamma'"),
        ('D = "alpha/0"', "divides by zero (column 7)"),
        ("D = 1/0", "is not a TOML file"),
    ],
)
def test_bad_input_is_told_in_one_paragraph(invoke: Invoke, tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(f'[network]\ngroup = "Zp"\n[equations]\n{text}\n')
    result = invoke("check", path)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_that_does_not_exist_is_named(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("check", tmp_path / "missing.toml")
    assert result.exit_code == 2
    assert "missing.toml can't be read" in result.stderr


def test_time_is_said_and_a_common_factor_of_it_explained(invoke: Invoke, tmp_path: Path) -> None:
    path = tmp_path / "mean.toml"
    lines = 'alpha = "2*alpha*beta*cos(D)/p"\nbeta = "alpha**2*cos(D)/p"\n'
    path.write_text(f'[network]\ngroup = "Zp"\n[equations]\n{lines}')
    result = invoke("check", path)
    assert result.exit_code == 1
    told = " ".join(result.stdout.split())
    assert "Time: t is the flow time of the summed loss at logit scale 1: t = 1/p**2 * time of the" in told
    assert 'which time = "network" in [conventions] (loss mean, logit scale 1) explains' in told
    path.write_text(f'[network]\ngroup = "Zp"\nloss = "mean"\n[equations]\n{lines}')
    result = invoke("check", path)
    assert result.exit_code == 0
    assert "t is the time of the network's own flow (loss mean, logit scale 1)" in result.stdout


@pytest.mark.parametrize("option", ["--limit", "--memory"])
def test_a_bound_that_is_no_number_is_named_by_its_option(invoke: Invoke, option: str) -> None:
    result = invoke("check", BLOG, option, "nan")
    assert result.exit_code == 2
    assert f"'{option}'" in result.stderr


SYSTEM = """
[system]
conditions = ["x > 0", "r > 0"]
[system.equations]
x = "r*x*(1 - x)"
[system.parameters]
r = ""
"""


@pytest.mark.parametrize(
    ("lines", "code", "told"),
    [
        ('[equations]\nx = "r*x - r*x**2"\n', 0, "1 of 1 lines agree."),
        ('[equations]\nx = "r*x + r*x**2"\n', 1, "x' = r*x*(1 - x)"),
        ('[limits]\nx = {formula = "0", to = "blow-up"}\n', 3, "0 of 1 lines agree, 1 not judged."),
        (
            '[equations]\nx = "r*x"\n[limits]\nx = {formula = "0", to = "blow-up"}\n',
            1,
            "0 of 2 lines agree, 1 not judged.",
        ),
        ('[equations]\nx = "k*x"\n', 2, "unknown name at column 1"),
    ],
)
def test_lines_about_a_system_of_ones_own_end_in_an_exit_code(
    invoke: Invoke, tmp_path: Path, lines: str, code: int, told: str
) -> None:
    path = tmp_path / "own.toml"
    path.write_text(SYSTEM + lines, encoding="utf-8-sig")
    result = invoke("check", path)
    assert result.exit_code == code
    assert told in result.stdout + result.stderr
    assert "Time:" not in result.stdout


def test_a_line_that_can_not_be_judged_is_null_in_json_and_told_with_what_to_try(
    invoke: Invoke, tmp_path: Path
) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        SYSTEM + '[equations]\nx = "r*x*(1 - x)"\n[limits]\nx = {formula = "0", to = "blow-up"}\n'
    )
    result = invoke("check", path, "--json", "-")
    assert result.exit_code == 3
    agrees, open_ = json.loads(result.stdout)["findings"]
    assert (agrees["agrees"], open_["agrees"]) == (True, None)
    assert "no blow-up time is known" in open_["evidence"]
    told = " ".join(result.stderr.split())
    assert "Not judged: x: no blow-up time is known for this system. Expected: " in told

"""A message of a Python function names its arguments, and on the command line the options."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import click
import pytest

import odekit
from odekit.cli.commands.derive import command
from odekit.cli.words import in_options
from odekit.derivation import derive
from odekit.errors import OdekitError
from odekit.limits import limits_in_force
from odekit.networks import Network


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ('Try: modes="k,2k"', "Try: --modes k,2k"),
        ('Try: task="x*y"', "Try: --task 'x*y'"),
        ("find_irreps(G, force=True), or less", "--force, or less"),
        ("odekit.limit(seconds=40)", "--limit 40"),
        ('activation="quadratic" or activation="z**4"', "--activation quadratic or --activation 'z**4'"),
        ('backend="numpy"', 'backend="numpy"'),
        ('constraint="sphere" with rates={"xi": 1}', 'constraint="sphere" with rates={"xi": 1}'),
        ('task={"theta": "w 1.T"}, or so', "--task 'theta=w 1.T', or so"),
        ('names={"theta": "w.T"}', 'names={"theta": "w.T"}'),
        ("Network('Z23') and D = 0", "Network('Z23') and D = 0"),
    ],
)
def test_arguments_become_options_where_the_command_has_them(message: str, told: str) -> None:
    assert in_options(message, command) == told


def test_a_command_without_options_changes_nothing() -> None:
    assert in_options('modes="k"', click.Command("nothing")) == 'modes="k"'


@pytest.mark.parametrize(
    ("options", "made"),
    [
        (("--group", "S3", "--task", "x+y"), lambda: Network("S3", task="x+y")),
        (("--modes", "7/2"), lambda: derive(Network("Zp"), "7/2")),
        (
            ("--activation", "relu", "--embedding", "unshared"),
            lambda: derive(Network("Zp", activation="relu", embedding="unshared")),
        ),
        (("--group", "S3", "--activation", "z**3"), lambda: derive(Network("S3", activation="z**3"))),
    ],
)
def test_python_and_the_shell_are_each_told_in_their_own_words(invoke: Any, options: Any, made: Any) -> None:
    with pytest.raises(OdekitError) as refused:
        made()
    assert "--" not in str(refused.value)
    assert "=" in str(refused.value)
    assert "Try: --" in invoke("derive", *options).stderr


def test_no_error_outside_of_the_command_line_names_an_option() -> None:
    root = Path(odekit.__file__).parent
    found = [
        f"{path.name}:{node.lineno}"
        for path in root.rglob("*.py")
        if "cli" not in path.relative_to(root).parts
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Raise)
        for node in ast.walk(call)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "--" in node.value
    ]
    assert found == []


def test_the_limits_of_symbolic_work_are_options(invoke: Any) -> None:
    options = ("derive", "--group", "Z12", "--modes", "all", "--activation", "z**4")
    refused = invoke(*options, "--limit", "0.01")
    assert refused.exit_code == 2
    assert "takes too long" in refused.stderr
    assert "--limit 0.1" in refused.stderr
    assert invoke("derive", "--group", "Z5", "--limit", "100", "--memory", "3").exit_code == 0
    assert invoke("derive", "--limit", "0").exit_code == 2


def test_a_refused_call_leaves_no_limit_behind(invoke: Any) -> None:
    before = limits_in_force()
    refused = invoke("derive", "--limit", "2", "--memory", "0")
    assert refused.exit_code == 2
    assert limits_in_force() == before

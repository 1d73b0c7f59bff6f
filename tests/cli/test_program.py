"""The program: its help, its version, and what it makes of failures."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import Result

from odekit import __version__
from odekit.cli.command import Command
from odekit.cli.program import COMMANDS, program
from odekit.errors import InputError

Invoke = Callable[..., Result]


def test_the_help_names_every_command_and_the_exit_codes(invoke: Invoke) -> None:
    result = invoke("--help")
    assert result.exit_code == 0
    places = [result.stdout.index(f"\n  {name} ") for name in COMMANDS]
    assert places == sorted(places)
    assert "Exit codes: 0 all confirmed" in result.stdout


def test_the_version_is_the_packages(invoke: Invoke) -> None:
    assert invoke("--version").stdout == f"odekit {__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_teaches_by_example(invoke: Invoke, name: str) -> None:
    for flag in ("--help", "-h"):
        result = invoke(name, flag)
        assert result.exit_code == 0
        examples = result.stdout.partition("\nExamples:\n")[2]
        assert examples.count(f"  odekit {name}") >= 3
        assert "--debug" in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_has_options_that_exist(name: str) -> None:
    context = click.Context(program)
    command = program.get_command(context, name)
    assert command is not None
    known = {option for parameter in command.params for option in parameter.opts}
    assert isinstance(command, Command)
    calls = [call for call, _ in command.examples]
    used = {word for call in calls for word in call.split() if word.startswith("--")}
    assert used <= known


def test_the_help_loads_no_heavy_package() -> None:
    script = (
        "import sys\nfrom click.testing import CliRunner\nfrom odekit.cli.program import program\n"
        "for name in ('', *program.list_commands(None)):\n"
        "    assert CliRunner().invoke(program, [*name.split(), '--help']).exit_code == 0\n"
        "print(sorted({'matplotlib', 'numpy', 'rich', 'scipy', 'sympy'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("word", "meant"), [("verfy", "Did you mean 'verify'"), ("xyz", "Commands: verify, claims")]
)
def test_an_unknown_command_names_the_nearest(invoke: Invoke, word: str, meant: str) -> None:
    result = invoke(word)
    assert result.exit_code == 2
    assert f"No such command '{word}'. {meant}" in result.stderr


def test_no_command_bears_an_unknown_name() -> None:
    assert program.get_command(click.Context(program), "verfy") is None


def test_an_unknown_option_names_the_nearest(invoke: Invoke) -> None:
    result = invoke("derive", "--grop", "Z5")
    assert result.exit_code == 2
    assert "--group" in result.stderr.partition("--grop")[2]


def fail(error: BaseException) -> Callable[..., None]:
    def raise_it(*arguments: object, **options: object) -> None:
        raise error

    return raise_it


def test_an_error_is_one_paragraph_without_a_traceback(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("odekit.derivation.derive", fail(InputError("it broke", expected="luck")))
    result = invoke("derive")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Error: it broke. Expected: luck.\n"


@pytest.mark.parametrize("arguments", [("--debug", "derive"), ("derive", "--debug")])
def test_debug_shows_the_traceback(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setattr("odekit.derivation.derive", fail(InputError("it broke")))
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert "Traceback" in result.stderr
    assert result.stderr.endswith("Error: it broke.\n")


def test_a_fault_of_odekits_own_is_no_traceback_and_no_refutation(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("odekit.derivation.derive", fail(ZeroDivisionError("by zero")))
    result = invoke("derive")
    assert result.exit_code == 2
    assert "odekit broke, which it should not: ZeroDivisionError: by zero. Try: --debug." in result.stderr
    assert "Traceback" not in result.stderr


def test_an_interruption_exits_with_130(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("odekit.derivation.derive", fail(KeyboardInterrupt()))
    result = invoke("derive")
    assert (result.exit_code, result.stdout) == (130, "")
    assert "Interrupted" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_end_of_the_program_leaves_nothing_half_written(tmp_path: Path) -> None:
    script = (
        "import os, signal; from odekit.cli import program; from odekit.report import folder; import click\n"
        "@click.command()\n"
        "def command():\n"
        "    with folder.filled_folder('out'):\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "program.Program.get_command = lambda *_: command\n"
        "program.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", script, "verify"], cwd=tmp_path, check=False)
    assert done.returncode == 143
    assert not [*tmp_path.iterdir()]


def test_a_message_shows_what_nobody_sees(invoke: Invoke) -> None:
    result = invoke("derive", "--table", "a\u202eb\x1b[2J.npy")
    assert result.exit_code == 2
    assert "a\\u202eb\\x1b[2J" in result.stderr

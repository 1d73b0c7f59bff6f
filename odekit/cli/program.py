"""The program: finds the command that is called for, and turns what goes wrong into an exit code."""

import os
import signal
import sys
import traceback
from importlib import import_module
from io import TextIOWrapper
from types import FrameType
from typing import NoReturn

import click

from odekit._version import __version__
from odekit.cli.command import DEBUG, debug_option
from odekit.cli.stops import SIGNALS
from odekit.cli.words import in_options
from odekit.errors import OdekitError, nearest
from odekit.outcomes import ExitCode
from odekit.text import visible

__all__ = ["COMMANDS", "Program", "main", "program"]

COMMANDS = (
    *("verify", "claims", "derive", "analyse", "check", "simulate", "compare", "predict"),
    *("reproduce", "explore", "sweep", "calibrate"),
)
# Modules that lie deeper than in a file of the command's name.
DEEPER = {"sweep": "sweeps.sweep", "calibrate": "sweeps.calibrate"}


class Failure(click.ClickException):
    """What went wrong, in one paragraph."""

    exit_code = ExitCode.WRONG_INPUT


class Program(click.Group):
    """The commands, each in a module of its own name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order in which a newcomer wants them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        if cmd_name not in COMMANDS:
            return None
        place = DEEPER.get(cmd_name, cmd_name)
        command: click.Command = import_module(f"odekit.cli.commands.{place}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called for, or name the nearest."""
        if args[0] not in COMMANDS:
            near = nearest(args[0], COMMANDS)
            meant = f"Did you mean {near!r}?" if near else f"Commands: {', '.join(COMMANDS)}."
            raise click.UsageError(f"No such command {args[0]!r}. {meant}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; every failure becomes a message and an exit code."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            click.echo("\nInterrupted; nothing was left half written.", err=True)
            ctx.exit(ExitCode.INTERRUPTED)
        except BrokenPipeError:
            _silence()
            ctx.exit(ExitCode.BROKEN_PIPE)
        except OdekitError as error:
            _fail(ctx, in_options(str(error), self._called(ctx)))
        except Exception as error:
            _fail(ctx, f"odekit broke, which it should not: {type(error).__name__}: {error}. Try: --debug.")
        return result

    def _called(self, ctx: click.Context) -> click.Command:
        """The command that was called, whose options its messages name."""
        return self.get_command(ctx, ctx.invoked_subcommand or "") or self


def _fail(ctx: click.Context, message: str) -> NoReturn:
    """Exit 2 with one paragraph, and with the traceback where it was asked for."""
    if ctx.meta.get(DEBUG):
        traceback.print_exc()
    raise Failure(visible(message)) from None


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """Leave every block in good order when the system ends the program, so that nothing is half written."""
    sys.exit(SIGNALS["SIGTERM"])


def _silence() -> None:
    """Let nothing more reach a reader who has gone, so that the interpreter's last flush is quiet."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _fill_closed_streams() -> None:
    """Lead closed standard streams nowhere, so that no file that is opened later takes their place."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.dup2(nowhere, number)
    if nowhere > 2:
        os.close(nowhere)
    sys.stdin, sys.stdout, sys.stderr = (
        stream or open(number, mode, closefd=False)  # noqa: SIM115 - it stays open to the end
        for number, (stream, mode) in enumerate(((sys.stdin, "r"), (sys.stdout, "w"), (sys.stderr, "w")))
    )


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 all confirmed, 1 something refuted, 2 wrong usage or input, "
    "3 inconclusive or nothing applicable.",
)
@click.version_option(__version__, prog_name="odekit", message="%(prog)s %(version)s")
@debug_option
def program() -> None:
    """From a loss to a verdict: derive the reduced ODE of a network that learns a group, and check it.

    Start with `odekit verify`, which puts the theorems to the test on this machine, or with
    `odekit derive`, which prints the ODE. `odekit COMMAND --help` shows examples.
    """


def main() -> None:
    """Run the program that the shell calls ``odekit``; what a stream can't encode becomes a question mark."""
    _fill_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, _end)
    program(prog_name="odekit")

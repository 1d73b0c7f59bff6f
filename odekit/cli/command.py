"""A command whose help teaches by example, and that can show where it failed."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

__all__ = ["DEBUG", "Command", "command_words", "debug_option"]

DEBUG = "odekit.cli.debug"
WORDS = "odekit.cli.words"

Function = TypeVar("Function", bound=Callable[..., Any])


class Command(click.Command):
    """A command with examples: pairs of a call and what it gives.

    Parameters
    ----------
    examples: shown at the end of the command's help.
    settings: those of `click.Command`.
    """

    def __init__(self, *settings: Any, examples: Sequence[tuple[str, str]] = (), **named: Any) -> None:
        super().__init__(*settings, **named)
        self.examples = examples

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words behind the command's name, and keep them as they are for `command_words`.

        Where they are refused, what the options before have set up, such as limits, ends at once.
        """
        ctx.meta[WORDS] = tuple(args)
        try:
            return super().parse_args(ctx, args)
        except BaseException:
            ctx.close()
            raise

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, each call on a line that can be copied."""
        with formatter.section("Examples"):
            for call, result in self.examples:
                formatter.write(f"{'':{formatter.current_indent}}{call}\n")
                with formatter.indentation():
                    formatter.write_text(result)
        super().format_epilog(ctx, formatter)


def command_words(ctx: click.Context) -> tuple[str, ...]:
    """The words that call the command again."""
    return ("odekit", str(ctx.info_name), *ctx.meta[WORDS])


def debug_option(function: Function) -> Function:
    """Add ``--debug``, before or after the command's name."""
    return click.option(
        "--debug",
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_remember,
        help="Show the traceback of an error.",
    )(function)


def _remember(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        ctx.meta[DEBUG] = True

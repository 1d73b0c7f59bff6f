"""The words of Python's functions in the words of the command line: an argument becomes its option."""

from __future__ import annotations

import ast
import re
import shlex

import click

__all__ = ["in_options"]

_VALUE = r""""[^"]*"|'[^']*'|[\w.+-]+"""
_ARGUMENT = re.compile(rf"(?<![\w.])([a-z_]+)=({_VALUE})")
_PAIR = re.compile(r'(?<![\w.])([a-z_]+)=\{"([^"]*)": "([^"]*)"\}')
_CALL = re.compile(r"\b[A-Za-z_][\w.]*\(([^()]*)\)")


def in_options(message: str, command: click.Command) -> str:
    """The message with every argument that is an option of the command written as that option.

    A call whose arguments are options becomes these, since a shell has no use for the call, and a mapping of
    one text to another becomes a pair. A message with any other mapping, which no option takes, speaks of
    Python and stays as it is.

    Parameters
    ----------
    message: such as ``'Try: modes="k,2k"'``.
    command: whose options are known.

    >>> options = [click.Option(["--modes"]), click.Option(["--limit", "seconds"])]
    >>> command = click.Command("derive", params=options)
    >>> in_options('Try: modes="k,2k", or odekit.limit(seconds=60)', command)
    'Try: --modes k,2k, or --limit 60'
    """
    options = {option.name: option for option in command.params if isinstance(option, click.Option)}

    def paired(found: re.Match[str]) -> str:
        option = options.get(found[1])
        pair = f"{found[2]}={found[3]}"
        return found[0] if option is None else f"{_flag(option)} {shlex.quote(pair)}"

    message = _PAIR.sub(paired, message)
    if "={" in message:
        return message

    def spelt(found: re.Match[str]) -> str:
        option = options.get(found[1])
        return found[0] if option is None else _option(option, found[2])

    def unwrapped(found: re.Match[str]) -> str:
        arguments = [
            _option(options[name], value) for name, value in _ARGUMENT.findall(found[1]) if name in options
        ]
        return " ".join(arguments) or found[0]

    return _ARGUMENT.sub(spelt, _CALL.sub(unwrapped, message))


def _option(option: click.Option, value: str) -> str:
    flag = _flag(option)
    if option.is_flag:
        return flag
    is_text = value[0] in "\"'"
    return f"{flag} {shlex.quote(str(ast.literal_eval(value)) if is_text else value)}"


def _flag(option: click.Option) -> str:
    return max(option.opts, key=len)

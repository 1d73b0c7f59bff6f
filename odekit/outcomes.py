"""The outcomes of putting a statement to the test, and the exit code that a program leaves with."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Literal, get_args

__all__ = ["OUTCOMES", "ExitCode", "Outcome", "exit_code", "outcome_text"]

Outcome = Literal["confirmed", "refuted", "inconclusive", "not_applicable"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


class ExitCode(IntEnum):
    """What the shell learns of a command."""

    CONFIRMED = 0
    REFUTED = 1
    WRONG_INPUT = 2
    OPEN = 3
    INTERRUPTED = 130
    BROKEN_PIPE = 141


def exit_code(outcomes: Iterable[str]) -> ExitCode:
    """One refuted statement refutes, one that stays open leaves all open; what is not applicable is neutral.

    >>> exit_code(["confirmed", "not_applicable"]).name, exit_code(["confirmed", "inconclusive"]).name
    ('CONFIRMED', 'OPEN')
    >>> exit_code(["not_applicable"]).name, exit_code(["inconclusive", "refuted"]).name
    ('OPEN', 'REFUTED')
    """
    found = set(outcomes) - {"not_applicable"}
    if "refuted" in found:
        return ExitCode.REFUTED
    return ExitCode.CONFIRMED if found == {"confirmed"} else ExitCode.OPEN


def outcome_text(outcome: str) -> str:
    """An outcome as a person reads it: ``"not applicable"``."""
    return outcome.replace("_", " ")

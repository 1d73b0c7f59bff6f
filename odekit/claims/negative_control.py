"""The negative control: a false statement in the same experiment, without which nothing is confirmed."""

from dataclasses import dataclass
from typing import Any

from odekit.outcomes import Outcome
from odekit.text import unmarked

__all__ = ["Control", "controlled"]


@dataclass(frozen=True)
class Control:
    """A nearby false statement, put through the same experiment.

    Parameters
    ----------
    statement: what is false.
    outcome: what the experiment said of it; a sound experiment refutes it.
    correction: the right form, where the statement is a printed one.
    """

    statement: str
    outcome: Outcome
    correction: str = ""

    def to_json(self) -> dict[str, Any]:
        """The control as JSON values, formulas unmarked."""
        return {
            "statement": unmarked(self.statement),
            "outcome": self.outcome,
            "correction": unmarked(self.correction),
        }


def controlled(outcome: Outcome, control: Control | None) -> Outcome:
    """The outcome of a claim, which stays open if its experiment confirms what is false, too.

    >>> controlled("confirmed", Control("twice the rate", "refuted")), controlled("confirmed", None)
    ('confirmed', 'inconclusive')
    """
    has_said_no = control is not None and control.outcome == "refuted"
    return outcome if has_said_no or outcome != "confirmed" else "inconclusive"

"""Cells that follow an ODE of a file to a time: where its states are then."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field

from odekit.errors import InputError, UnknownNameError
from odekit.numbers import real
from odekit.solvers import Status, solve
from odekit.sweeps.tasks.task import Further, Row, Settings, Task, Value
from odekit.sweeps.tasks.training import Positive
from odekit.systems import system

__all__ = ["SOLVE"]

START, PARAMETERS = "start.", "parameters."
TAKEN = ("status", "t_reached", "error_estimate", "outcome", "reason")  # columns that no state may have


def _toml(path: str) -> str:
    if not path.endswith(".toml"):
        raise InputError("a system comes from a TOML file", expected="FILE.toml", received=path)
    return path


class SolveSettings(Settings):
    """A system's file, the end, and as ``start.NAME`` and ``parameters.NAME`` a number for each."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, allow_inf_nan=False)

    system: Annotated[str, AfterValidator(_toml)]
    t: Positive
    rtol: Annotated[float, Field(ge=1e-13, le=1e-2)] = 1e-8

    def family(self, beginning: str) -> dict[str, float]:
        """Numbers by the name behind a beginning."""
        given = self.model_extra or {}
        return {
            name.removeprefix(beginning): value for name, value in given.items() if name.startswith(beginning)
        }


def _run(settings: SolveSettings, seed: int, folder: Path) -> list[Row]:
    ode = system(folder / settings.system, settings.family(PARAMETERS))
    found = solve(ode, settings.family(START), [0.0, settings.t], rtol=settings.rtol)
    states = {_column(state): float(found[state][-1, 0]) for state in found.states}
    return [
        {
            "status": Status(int(found.status[0])).name,
            **states,
            "t_reached": float(found.t_reached[0]),
            "error_estimate": float(found.error_estimate[0]),
        }
    ]


def _column(state: str) -> str:
    return f"{state}_found" if state in TAKEN else state


def _further(rows: Sequence[Mapping[str, Value]], folder: Path) -> Further:
    return _number


def _number(name: str, value: Any, where: str) -> float:
    """A number of the start or of the parameters."""
    if not name.startswith((START, PARAMETERS)):
        known = [*SolveSettings.model_fields, f"{START}NAME", f"{PARAMETERS}NAME"]
        raise UnknownNameError(f"key of {where}:", name, known)
    return real(value, f"{name} of {where}")


SOLVE = Task("solve", SolveSettings, _run, files=("system",), further=_further)

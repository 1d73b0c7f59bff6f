"""A plan as its file says it: tables, keys, and what each of them may hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NoReturn

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from odekit.errors import InputError, UnknownNameError, shown
from odekit.sweeps.tasks import TASKS

__all__ = ["PlanFile", "SweepTable", "checked"]

MOST_SEED = 2**53 - 1  # that a JSON number holds exactly
MOST_SEEDS = 10**6
MISSING, UNKNOWN = "missing", "extra_forbidden"
KINDS = {  # of what TOML knows, by pydantic's name for the lack of it
    "model_type": "a table",
    "dict_type": "a table",
    "list_type": "a list of tables",
    "too_short": "one table or more",
}


class Table(BaseModel):
    """A table of the file: keys that it doesn't know are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def _claim_names(value: Any) -> Any:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise InputError(
            "it names no claims", expected="'all', or a list of identifiers and files", received=shown(value)
        )
    return value


class SweepTable(Table):
    """``[sweep]``: what every cell does, and how often."""

    task: Literal["claims", "compare", "predict", "population", "simulate", "solve"] = "claims"
    claims: Annotated[str | list[str] | None, BeforeValidator(_claim_names)] = None
    seed: Annotated[int, Field(ge=0, le=MOST_SEED)] = 0
    seeds: Annotated[int, Field(ge=1, le=MOST_SEEDS)] = 1
    full: bool = False
    table: Literal["csv", "parquet"] = "csv"

    @model_validator(mode="after")
    def _fits(self) -> SweepTable:
        if self.claims is None and self.task == "claims":
            others = ", ".join(name for name in TASKS if name != "claims")
            what = "no claims" if "task" in self.model_fields_set else "neither claims nor task"
            raise InputError(f"it says {what}", expected=f"claims, or task: {others}")
        if self.claims is not None and self.task != "claims":
            raise InputError("it says both claims and task", expected=f"one of them, or task = {'claims'!r}")
        if self.full and self.task != "claims":
            raise InputError("full is of claims alone", expected="claims", received=f"task = {self.task!r}")
        return self


class PlanFile(Table):
    """A plan: what is done, for every combination of a grid's values, every cell of a list, or both."""

    sweep: SweepTable
    grid: dict[str, Any] = Field(default_factory=dict)
    cells: Annotated[list[dict[str, Any]], Field(min_length=1)] | None = None


def checked(model: type[BaseModel], values: Mapping[str, Any], where: str) -> Any:
    """A model of values.

    Parameters
    ----------
    model: of pydantic's.
    values: by name.
    where: the file and table, for messages.

    Raises
    ------
    UnknownNameError: a key that it doesn't know, with the nearest.
    InputError: a key that is missing, or a value of the wrong kind, with key and allowed values.
    """
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        _refuse(error, model, where)


def _refuse(error: ValidationError, model: type[BaseModel], where: str) -> NoReturn:
    # The most telling one: what is unknown may be what is missing, misspelt.
    problems = sorted(error.errors(include_url=False), key=lambda each: each["type"] != UNKNOWN)
    first = problems[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == UNKNOWN:
        *outer, name = map(str, first["loc"])
        table = " of ".join([*reversed(outer), where])
        raise UnknownNameError(f"key of {table}:", name, _known(model, outer)) from None
    if first["type"] == MISSING:
        raise InputError(f"{where} lacks {place}", expected=f"{place}, among its keys") from None
    cause = first.get("ctx", {}).get("error")
    at = f"{place} of {where}" if place else where
    if isinstance(cause, InputError):
        raise InputError(f"{at}: {cause}") from None
    expected = KINDS.get(first["type"], str(first["msg"]).removeprefix("Input should be "))
    raise InputError(
        f"{at} is not what it may be", expected=expected, received=_told(first["input"])
    ) from None


def _known(model: type[BaseModel], tables: Sequence[str]) -> list[str]:
    """The keys of a table in tables."""
    for part in tables:
        field = model.model_fields.get(part)
        inner = field.annotation if field is not None else None
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            model = inner
    return list(model.model_fields)


def _told(value: Any) -> str:
    return repr(value) if isinstance(value, str) and len(value) < 60 else shown(value)

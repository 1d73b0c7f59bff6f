"""What a user wrote: a network or a system, conventions, definitions and lines to check."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from odekit.arguments import expect
from odekit.errors import InputError, UnknownNameError, shown
from odekit.files import read_toml
from odekit.networks import Network
from odekit.numbers import is_real
from odekit.systems import NamedSystem, System, named_system

__all__ = ["Document", "Line", "read_document"]

KINDS = {
    "equations": "equation",
    "first_integrals": "first integral",
    "closed_forms": "closed form",
    "rates": "rate",
    "limits": "limit",
    "values": "value",
}
TABLES = ("network", "system", "conventions", "definitions")
LINE_KEYS = ("formula", "of", "at", "measure", "to")
NETWORK_KEYS = (
    *("group", "activation", "embedding", "constraint", "task", "loss", "logit_scale", "rates"),
    *("modes", "form", "character"),
)


@dataclass(frozen=True)
class Line:
    """One line: its name, what kind of statement it is, its formula, and where it is meant to hold."""

    item: str
    kind: str
    formula: str
    of: str
    conditions: Mapping[str, str]
    measure: str = "decay"
    to: str = "blow-up"


@dataclass(frozen=True)
class Document:
    """Everything that a file says.

    Parameters
    ----------
    network: what is derived; None where a system is given.
    system: the user's own system with its names, where one is given.
    modes, form, character: which system of the derivation is meant; None for the default one.
    own_time: whether t is the time of the network's own loss, instead of the summed loss at logit scale 1.
    names: the user's names for states of the derivation.
    free_units: names of units that the file leaves open.
    definitions: auxiliary names, in the order in which they are defined.
    lines: what to check.
    """

    network: Network | None
    system: NamedSystem | None
    modes: str | Sequence[int] | None
    form: str
    character: str | None
    own_time: bool
    names: Mapping[str, str]
    free_units: tuple[str, ...]
    definitions: Mapping[str, str]
    lines: tuple[Line, ...]


def read_document(
    equations: Mapping[str, Any] | str | Path, about: Network | System | NamedSystem | None
) -> Document:
    """Read a file, or the same tables as a mapping.

    A mapping whose values are text and no tables stands for its table ``equations``.

    Raises
    ------
    FileError: a file that can't be read or is no TOML.
    InputError: a table or value of the wrong kind, no line to check, or neither a network nor a system.
    UnknownNameError: a table or setting that doesn't exist.
    """
    expect(
        isinstance(equations, Mapping | str | os.PathLike),
        "what to check is neither a file nor a mapping",
        "a TOML file's name, or formulas by state",
        equations,
        "{'D': '-p*sin(D)'}",
    )
    content = dict(equations) if isinstance(equations, Mapping) else read_toml(equations)
    if content and all(isinstance(value, str) for value in content.values()):
        content = {"equations": content}
    for name in content:
        if name not in (*TABLES, *KINDS):
            raise UnknownNameError("table", str(name), (*TABLES, *KINDS))
    tables = {name: _table(name, content.get(name, {})) for name in (*KINDS, "network", "conventions")}
    settings, conventions = dict(tables["network"]), dict(tables["conventions"])
    chosen = {key: settings.pop(key, None) for key in ("modes", "form", "character")}
    has_own_time = bool({"loss", "logit_scale"} & set(settings))
    is_own = "system" in content or isinstance(about, System | NamedSystem)
    if is_own and (tables["network"] or "time" in conventions):
        raise InputError(
            "the lines are about a system, and a network has no say in it",
            expected="a network or a system, and with a system no time in [conventions]",
            received="[network]" if tables["network"] else "time",
        )
    place = "infinity" if is_own else "blow-up"
    lines = tuple(line for name, kind in KINDS.items() for line in _lines(kind, tables[name], place))
    if not lines:
        raise InputError("there is nothing to check", expected=f"a line in one of {', '.join(KINDS)}")
    return Document(
        **_about(settings, content.get("system"), about, _folder(equations)),
        modes=_modes(chosen["modes"]),
        form=_text("network.form", chosen["form"] or "polar"),
        character=None if chosen["character"] is None else str(chosen["character"]),
        own_time=_own_time(conventions.pop("time", None), has_own_time),
        free_units=_free_units(conventions.pop("free_units", [])),
        names={name: _text(name, value) for name, value in conventions.items()},
        definitions={
            n: _formula(n, v) for n, v in _table("definitions", content.get("definitions", {})).items()
        },
        lines=lines,
    )


def _table(name: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InputError(f"{name} must be a table", expected=f"[{name}]", received=type(value).__name__)
    return value


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InputError(f"{name} must be text", expected="a string", received=shown(value))
    return value


def _formula(name: str, value: Any) -> str:
    """A formula; a number stands for itself."""
    return repr(value) if is_real(value) else _text(name, value)


def _folder(equations: Any) -> Path:
    """Where a relative path in the document leads from."""
    return Path() if isinstance(equations, Mapping) else Path(equations).parent


def _about(
    settings: Mapping[str, Any], described: Any, about: Network | System | NamedSystem | None, folder: Path
) -> dict[str, Any]:
    """The network or the system that the lines are about.

    Raises
    ------
    InputError: none, two, or something else.
    """
    if described is None and not isinstance(about, System | NamedSystem):
        return {"network": _network(settings, about), "system": None}
    if described is not None and about is not None:
        raise InputError("the lines are about two things", expected="an argument, or a table")
    if isinstance(about, System):
        return {"network": None, "system": NamedSystem(about, {})}
    found = about if described is None else named_system(described, folder, "[system]")
    return {"network": None, "system": found}


def _network(settings: Mapping[str, Any], network: Network | None) -> Network:
    for name in settings:
        if name not in NETWORK_KEYS:
            raise UnknownNameError("setting of the network", name, NETWORK_KEYS)
    if network is not None and settings:
        raise InputError("the network is given twice", expected="an argument, or a table [network]")
    if network is None and "group" not in settings:
        raise InputError(
            "no network and no system is given",
            expected='[network] with group = "Zp", or [system.equations]',
            hint='group = "Zp"',
        )
    return network if network is not None else Network(**settings)


def _modes(value: Any) -> str | Sequence[int] | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(type(entry) is int for entry in value):
        return list(value)
    raise InputError(
        "modes can't be read", expected='text such as "k,2k", or integers', received=shown(value)
    )


def _own_time(value: Any, default: bool) -> bool:
    if value is None:
        return default
    if value not in ("derive", "network"):
        raise UnknownNameError("time", str(value), ("derive", "network"))
    return bool(value == "network")


def _free_units(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(entry, str) for entry in value):
        raise InputError("free_units must be a list of names", expected='["time", "alpha"]')
    return tuple(dict.fromkeys(value))


def _lines(kind: str, table: Mapping[str, Any], place: str) -> Iterator[Line]:
    """The lines of a table; limits are taken at ``place`` unless they say otherwise."""
    for item, value in table.items():
        expect(isinstance(item, str), "a line's name must be text", "a state such as 'D'", item)
        settings = dict(value) if isinstance(value, Mapping) else {"formula": value}
        for key in settings:
            if key not in LINE_KEYS:
                raise UnknownNameError(f"setting of the line {item!r}", key, LINE_KEYS)
        if "formula" not in settings:
            raise InputError(f"the line {item!r} has no formula", expected='formula = "..."')
        conditions = {n: _formula(n, v) for n, v in _table("at", settings.get("at", {})).items()}
        of, shorthand = _named_point(item)
        yield Line(
            item=item,
            kind=kind,
            formula=_formula(item, settings["formula"]),
            of=_text("of", settings.get("of", of)),
            conditions={**shorthand, **conditions},
            measure=_text("measure", settings.get("measure", "decay")),
            to=_text("to", settings.get("to", place)),
        )


def _named_point(item: str) -> tuple[str, dict[str, str]]:
    """What a line's name says: ``D'`` is about D, and ``D = 0`` about D where D is 0."""
    name, _, value = (part.strip() for part in item.partition("="))
    name = name.removesuffix("'")
    return name, {name: value} if value else {}

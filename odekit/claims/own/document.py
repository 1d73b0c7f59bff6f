"""Claims in a TOML file: a system, and tables [claims.NAME] of the common kinds."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from odekit.arguments import expect
from odekit.claims.own.asked import Asked, Words
from odekit.claims.own.decorator import OWN, check_id
from odekit.claims.own.kinds import KINDS, Kind
from odekit.claims.own.setting import drawn_setting
from odekit.claims.own.starts import Given, read_parameters, read_start
from odekit.claims.own.trial import verdict_on
from odekit.claims.settings import RESERVED, Settings
from odekit.claims.verdict import Claim, Verdict, about_no_group
from odekit.errors import InputError, UnknownNameError
from odekit.files import read_toml
from odekit.numbers import integer, is_real, positive, real
from odekit.systems import named_system

__all__ = ["claims_of_tables"]

# Of every kind, beside `kind`.
COMMON = ("statement", "source", "start", "parameters", "end", "starts", "rtol", "control", "tolerance")
NEEDED = ("start", "end")
STARTS, MOST_STARTS = 8, 1000
RTOL, LOOSEST = 1e-11, 1e-4


def claims_of_tables(path: Path) -> tuple[Claim, ...]:
    """The claims of a TOML file.

    Raises
    ------
    FileError: a file that can't be read or is no TOML.
    InputError: no claim, no system, a key that is missing, or a value of the wrong kind, with file and key.
    UnknownNameError: a key, kind, state or parameter that doesn't exist, with the nearest.
    """
    content = read_toml(path)
    tables = content.pop("claims", None)
    if not isinstance(tables, Mapping) or not tables:
        raise InputError(
            f"{path.name} holds no claim",
            expected="tables [claims.NAME], each with a kind",
            received=", ".join([*content, *(["an empty [claims]"] if tables is not None else [])])
            or "nothing",
            hint='[claims.decay], and below it kind = "rate"',
        )
    if "system" in content and len(content) > 1:
        others = ", ".join(key for key in content if key != "system")
        raise InputError(
            f"{path.name} describes two systems", expected="system, or equations", received=others
        )
    named = named_system(content.get("system", content), path.parent, path.name)
    words = Words(named)
    return tuple(_claim(name, table, words, path.name) for name, table in tables.items())


def _claim(id: str, table: Any, words: Words, file: str) -> Claim:
    place = f"[claims.{id}] in {file}"
    with _placed(place):
        check_id(id)
    expect(isinstance(table, Mapping), f"{place} is no table", "a table with a kind", table)
    if "kind" not in table:
        raise InputError(
            f"{place} lacks kind",
            expected=f"one of {', '.join(KINDS)}",
            received=", ".join(table) or "nothing",
        )
    name = table["kind"]
    if not isinstance(name, str) or name not in KINDS:
        raise UnknownNameError(f"kind of {place}:", name, KINDS)
    asked = _asked(id, KINDS[name], table, words, place)
    return Claim(
        id=id,
        statement=asked.statement,
        source=asked.source,
        paper=OWN,
        hypotheses="no group: a system of one's own",
        experiment=partial(_judged, asked=asked, kind=KINDS[name]),
        applies=about_no_group,
        takes={name: real for name in (*asked.start, *asked.parameters) if name not in RESERVED},
    )


def _judged(claim: Claim, settings: Settings, asked: Asked, kind: Kind) -> Verdict:
    """On the claim's system, with values of settings in place of the file's numbers, formulas and ranges."""
    given = {name: float(value) for name, value in settings.values.items()}
    chosen = replace(
        asked,
        start={name: given.get(name, value) for name, value in asked.start.items()},
        parameters={name: given.get(name, value) for name, value in asked.parameters.items()},
    )
    return verdict_on(claim, kind.test(chosen, drawn_setting(chosen, settings.generator(claim.id))))


def _asked(id: str, kind: Kind, table: Mapping[str, Any], words: Words, place: str) -> Asked:
    common = tuple(key for key in COMMON if key != "tolerance" or kind.has_tolerance)
    known = ("kind", *kind.keys, *kind.options, *common)
    for key in table:
        if key not in known:
            raise UnknownNameError(f"key of {place}:", key, known)
    for key in (*kind.keys, *NEEDED):
        if key not in table:
            raise InputError(
                f"{place} lacks {key}",
                expected=f"kind = {kind.name!r} with {', '.join([*kind.keys, *NEEDED])}",
                received=", ".join(table),
            )
    reader = _Reader(words, kind, place)
    means = {**kind.keys, **kind.options, "control": kind.control}
    said = {key: reader.read(key, table[key], meant) for key, meant in means.items() if key in table}
    with _placed(place):
        statement = kind.statement(said)
    chosen = {said["small"]} if "small" in said else set()
    return Asked(
        id=id,
        statement=reader.text("statement", table.get("statement", statement)),
        source=reader.text("source", table.get("source", place.rpartition(" in ")[2])),
        words=words,
        start=reader.start(table["start"]),
        parameters=reader.parameters(table.get("parameters", {}), chosen),
        end=reader.number("end", table["end"]),
        starts=reader.count("starts", table.get("starts", STARTS), MOST_STARTS),
        rtol=reader.number("rtol", table.get("rtol", RTOL), LOOSEST),
        tolerance=reader.number("tolerance", table["tolerance"]) if "tolerance" in table else None,
        said=said,
    )


class _Reader:
    """Reads the values of one table, and says of what is wrong in which key of which file."""

    def __init__(self, words: Words, kind: Kind, place: str) -> None:
        self._words, self._kind, self._place = words, kind, place

    def read(self, key: str, value: Any, meant: str) -> Any:
        """What a key of the kind says."""
        if meant in ("quantities", "predictions"):
            with _placed(f"{key} of {self._place}"):
                expect(isinstance(value, list), "it is no list", 'a list such as ["x", "y"]', value)
            return tuple(self.read(key, each, _SINGLE[meant]) for each in value)
        if meant in ("number", "count"):
            return self.number(key, value) if meant == "number" else self.count(key, value, MOST_STARTS)
        text = self.text(key, repr(value) if is_real(value) else value)
        with _placed(f"{key} of {self._place}"):
            return self._formula(key, text, meant)

    def _formula(self, key: str, text: str, meant: str) -> Any:
        if meant == "quantity":
            return self._words.quantity(text)
        if meant in ("prediction", "in time"):
            return self._words.prediction(text, meant == "in time")
        known = self._words.free if meant == "parameter" else self._kind.words.get(key)
        if known is not None and text not in known:
            what = "parameter without a value" if meant == "parameter" else "word"
            raise UnknownNameError(what, text, known)
        return text

    def text(self, key: str, value: Any) -> str:
        expect(isinstance(value, str), f"{key} of {self._place} is no text", "text", value)
        return str(value)

    def number(self, key: str, value: Any, high: float | None = None) -> float:
        return positive(value, f"{key} of {self._place}", high)

    def count(self, key: str, value: Any, high: int) -> int:
        return integer(value, f"{key} of {self._place}", 1, high)

    def start(self, value: Any) -> dict[str, Given]:
        with _placed(f"start of {self._place}"):
            return read_start(value, self._words)

    def parameters(self, value: Any, chosen: set[str]) -> dict[str, float | tuple[float, float]]:
        with _placed(f"parameters of {self._place}"):
            return read_parameters(value, self._words, chosen)


_SINGLE = {"quantities": "quantity", "predictions": "prediction"}


@contextmanager
def _placed(where: str) -> Iterator[None]:
    """Say where it stands of what is wrong in a value.

    Raises
    ------
    InputError: what the block raises, with the place before it.
    """
    try:
        yield
    except InputError as error:
        raise InputError(f"{where}: {error}") from error

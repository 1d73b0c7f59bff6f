"""The equations of a system and what is conserved, as markup in which every name is escaped."""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from odekit.report.explorer.labels import BELOW
from odekit.systems import System
from odekit.systems.printers import mathml, mathml_equation, mathml_name

__all__ = ["equations_markup", "integrals_markup"]


def equations_markup(system: System) -> str:
    """Equations of motion, definitions, energy and constraints, and where all that holds."""
    return "\n".join(_lines(system))


def integrals_markup(integrals: Iterable[Any]) -> str:
    """A row of a table for each: the formula, and two empty cells for its value and its drift."""
    return "\n".join(_row(place, integral) for place, integral in enumerate(integrals))


def _row(place: int, integral: Any) -> str:
    name = f"I{str(place + 1).translate(BELOW)}"
    swatch = f'<span class="swatch" data-series="{place}" aria-hidden="true"></span>'
    return f'<tr><th scope="row">{swatch} {name} = {mathml(integral)}</th><td></td><td></td></tr>'


def _lines(system: System) -> Iterator[str]:
    moving = [(_primed(symbol.name), velocity) for symbol, velocity in system.equations.items()]
    defined = [(mathml_name(symbol.name), meaning) for symbol, meaning in system.definitions.items()]
    energy = [] if system.energy is None else [("<mi>E</mi>", system.energy)]
    constraints = [("<mn>0</mn>", function) for function in system.constraints.values()]
    for left, right in (*moving, *defined, *energy, *constraints):
        yield f'<p class="formula">{mathml_equation(left, right)}</p>'
    notes = [f"Holds where {condition}." for condition in system.conditions]
    if system.energy is not None:
        notes.append(f"Gradient {system.direction} of E.")
    for note in (*notes, system.answers.clock(system)):
        if note:
            yield f'<p class="note">{escape(note)}</p>'


def _primed(name: str) -> str:
    """The time derivative of a state, in the notation of the page's own texts."""
    return f'{mathml_name(name)}<mo lspace="0" rspace="0">\N{PRIME}</mo>'

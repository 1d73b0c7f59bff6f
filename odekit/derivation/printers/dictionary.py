"""A system that was derived from a network as plain data: what a program reads, and what becomes JSON."""

from typing import Any

from odekit.derivation.answers import NetworkAnswers
from odekit.derivation.printers.entries import (
    certificate_entry,
    landscape_entries,
    law_entries,
    network_entry,
)
from odekit.systems import Certificate, FixedPoint, System, Template
from odekit.systems.printers import search_entries

__all__ = ["network_data"]


def network_data(system: System, answers: NetworkAnswers, certificate: Certificate | None) -> dict[str, Any]:
    """Everything that is known of a derived system, as strings, numbers, lists and dictionaries.

    Expressions are text that Python can evaluate, with ``sin``, ``cos``, ``sqrt`` and ``pi`` in scope.
    ``states`` are the system's own followed by the defined combinations, such as D, and ``equations`` has an
    entry for each.
    """
    report = answers.sphere_report()
    return {
        **network_entry(answers.network),
        **_equations(system),
        "templates": [_template(template) for template in system.templates],
        "conditions": list(system.conditions),
        "first_integrals": [
            *(str(integral) for integral in system.first_integrals()),
            *(law_entries(report.laws) if report is not None else ()),
        ],
        "fixed_points": [_fixed_point(point) for point in system.fixed_points()],
        "rates": {name: str(rate) for name, rate in system.rates().items()},
        "searches": search_entries(system),
        "certificate": None if certificate is None else certificate_entry(certificate),
        "landscape": landscape_entries(report.maxima) if report is not None else [],
    }


def _equations(system: System) -> dict[str, Any]:
    return {
        "closed": system.closed,
        "leaks": {name: list(labels) for name, labels in system.leaks.items()},
        "states": [symbol.name for symbol in (*system.states, *system.definitions)],
        "equations": {symbol.name: str(velocity) for symbol, velocity in system.equations.items()},
        "definitions": {symbol.name: str(meaning) for symbol, meaning in system.definitions.items()},
    }


def _template(template: Template[System]) -> dict[str, Any]:
    return {"characters": list(template.characters), **_equations(template.system)}


def _fixed_point(point: FixedPoint) -> dict[str, Any]:
    return {
        "values": {symbol.name: str(value) for symbol, value in point.values.items()},
        "stability": point.stability,
        "rates": {symbol.name: str(rate) for symbol, rate in point.rates.items()},
    }

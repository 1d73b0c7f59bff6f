"""Any system as a report that a person reads, and as plain data."""

from collections.abc import Iterator
from typing import Any

from odekit.systems.known import Search
from odekit.systems.printers.sections import join_sections
from odekit.systems.system import System

__all__ = ["plain_data", "report", "search_entries"]


def report(system: System) -> str:
    """Energy and constraint where there are such, the equations, and what follows from them.

    >>> import odekit
    >>> print(report(odekit.gradient_flow("x**2*k/2", "x", parameters="k")).splitlines()[0])
    Gradient descent
    """
    sections = {
        f"Gradient {system.direction}": _energy(system),
        "Constraint": [f"{function} = 0" for function in system.constraints.values()],
        "Parameters": [symbol.name for symbol in system.parameters],
        "Definitions": [f"{symbol} = {meaning}" for symbol, meaning in system.definitions.items()],
        "Equations of motion": [f"{symbol}' = {velocity}" for symbol, velocity in system.equations.items()],
        "Conditions": system.conditions,
        "First integrals": _found(system.first_integrals()),
        "Scaling symmetries": _found(system.scaling_symmetries()),
        "Points of rest": _points(system),
        "Solution": [f"{symbol}(t) = {formula}" for symbol, formula in system.solution.items()],
    }
    return join_sections(sections)


def plain_data(system: System) -> dict[str, Any]:
    """Everything that is known of the flow, as strings, numbers, lists and dictionaries."""
    symmetries = system.scaling_symmetries()
    return {
        "energy": None if system.energy is None else str(system.energy),
        "direction": system.direction,
        "states": [symbol.name for symbol in system.states],
        "parameters": [symbol.name for symbol in system.parameters],
        "metric": [str(entry) for entry in system.metric],
        "constraints": {name: str(function) for name, function in system.constraints.items()},
        "equations": {symbol.name: str(velocity) for symbol, velocity in system.equations.items()},
        "first_integrals": [str(integral) for integral in system.first_integrals()],
        "scaling_symmetries": [
            {
                "states": {symbol.name: power for symbol, power in symmetry.states.items()},
                "parameters": {symbol.name: power for symbol, power in symmetry.parameters.items()},
                "time": symmetry.time,
            }
            for symmetry in symmetries
        ],
        "fixed_points": [
            {
                "values": {symbol.name: str(value) for symbol, value in point.values.items()},
                "stability": point.stability,
                "eigenvalues": [str(value) for value in point.eigenvalues],
                "family": point.family,
                "equations": [str(function) for function in point.equations],
                "where": [str(condition) for condition in point.where],
                "radius": point.radius,
            }
            for point in system.fixed_points()
        ],
        "rates": {name: str(rate) for name, rate in system.rates().items()},
        "searches": search_entries(system),
        "solution": {symbol.name: str(formula) for symbol, formula in system.solution.items()},
    }


def search_entries(system: System) -> dict[str, dict[str, str]]:
    """Of each search, whether what it found is all, and why."""
    searches: dict[str, Search[Any]] = {
        "first_integrals": system.first_integrals(),
        "scaling_symmetries": system.scaling_symmetries(),
        "fixed_points": system.fixed_points(),
    }
    return {name: {"status": one.status, "reason": one.reason} for name, one in searches.items()}


def _energy(system: System) -> Iterator[str]:
    if system.energy is None:
        return
    sign = "-" if system.direction == "descent" else ""
    yield f"w' = {sign}M^-1 grad E{', projected on the constraint' if system.constraints else ''}"
    yield f"E = {system.energy}"
    if system.metric:
        lengths = (f"({g}) d{symbol}^2" for g, symbol in zip(system.metric, system.states, strict=True))
        yield f"metric {' + '.join(lengths)}"
    else:
        yield "metric that is not diagonal"


def _points(system: System) -> Iterator[str]:
    for point in system.fixed_points():
        parts = [str(point)]
        if point.eigenvalues:
            parts.append(f"eigenvalues {', '.join(map(str, point.eigenvalues))}")
        if point.family:
            parts.append(f"{'a' if point.equations else 'one of a'} family of dimension {point.family}")
        if point.radius:
            parts.append(f"proved within {point.radius:g}")
        yield "; ".join(parts)
    yield system.fixed_points().sentence


def _found(search: Search[Any]) -> list[str]:
    return [*map(str, search), search.sentence]

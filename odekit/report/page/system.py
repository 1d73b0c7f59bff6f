"""The page of `odekit analyse`: everything that was found of an ODE."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from odekit._version import __version__
from odekit.report.page.environment import render
from odekit.report.page.figures import system_drawing
from odekit.systems.printers import mathml, mathml_equation, mathml_name, mathml_system

if TYPE_CHECKING:
    from odekit.systems import FixedPoint, System

__all__ = ["system_page"]

MOST_POINTS = 50  # points of rest that a page shows; all are in the JSON


def system_page(system: System, command: Sequence[str] = ()) -> str:
    """Equations, first integrals, symmetries and points of rest as one page that asks no host for anything.

    Parameters
    ----------
    system: any ODE or gradient flow.
    command: the words that repeat it in a shell.
    """
    integrals, points, symmetries = (
        system.first_integrals(),
        system.fixed_points(),
        system.scaling_symmetries(),
    )
    values = {
        "title": "Report of odekit analyse",
        "version": __version__,
        "command": shlex.join(command),
        "settings": {
            "states": ", ".join(symbol.name for symbol in system.states),
            "parameters": ", ".join(symbol.name for symbol in system.parameters) or "none",
        },
        "equations": mathml_system(system),
        "constraints": [_vanishing(function) for function in system.constraints.values()],
        "conditions": system.conditions,
        "integrals": [mathml(integral) for integral in integrals],
        "symmetries": [str(symmetry) for symmetry in symmetries],
        "points": [_point(point) for point in points[:MOST_POINTS]],
        "more_points": max(0, len(points) - MOST_POINTS),
        "solution": [
            mathml_equation(f"{mathml_name(symbol.name)}<mo>(</mo><mi>t</mi><mo>)</mo>", formula)
            for symbol, formula in system.solution.items()
        ],
        "searches": {"integrals": integrals, "symmetries": symmetries, "points": points},
        "drawing": system_drawing(system),
    }
    return render("system.html.jinja", values)


def _vanishing(function: Any) -> str:
    """A function that is zero, as an equation."""
    return f'{mathml(function)} <math><mo form="infix">=</mo><mn>0</mn></math>'


def _point(point: FixedPoint) -> dict[str, Any]:
    equations = [mathml_equation(mathml_name(symbol.name), value) for symbol, value in point.values.items()]
    return {
        "places": [*equations, *map(_vanishing, point.equations)],
        "where": [mathml(condition) for condition in point.where],
        "stability": point.stability,
        "eigenvalues": [mathml(value) for value in point.eigenvalues],
        "family": point.family,
        "radius": point.radius,
    }

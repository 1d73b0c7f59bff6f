"""The flow on a manifold w = w(s): the field projected in the metric, and what is left of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sympy as sp

from odekit.errors import InputError
from odekit.systems.system import System

__all__ = ["Pullback", "pulled_back"]


@dataclass(frozen=True)
class Pullback:
    """A field on a manifold.

    Parameters
    ----------
    velocities: time derivative of each coordinate s.
    metric: what the metric of the states is in the coordinates, (dw/ds)^T M dw/ds.
    normal: by state, what the field has beside the manifold's own directions; zero on an invariant manifold.
    """

    velocities: Mapping[sp.Symbol, sp.Expr]
    metric: sp.ImmutableMatrix
    normal: Mapping[sp.Symbol, sp.Expr]


def pulled_back(
    system: System, points: Mapping[sp.Symbol, sp.Expr], coordinates: Sequence[sp.Symbol]
) -> Pullback:
    """The field at the points w(s), in the directions dw/ds nearest to it in the metric.

    Parameters
    ----------
    system: the flow; its metric where that is diagonal, else the identity, says what is nearest.
    points: each state in the coordinates.
    coordinates: s.

    Raises
    ------
    InputError: coordinates whose directions depend on each other, so that one of them is too many.
    """
    states = system.states
    tangents = sp.Matrix([points[state] for state in states]).jacobian(list(coordinates))
    weights = [g.xreplace(points) for g in system.metric] or [sp.S.One] * len(states)
    dual = tangents.T * sp.diag(*weights)
    metric = (dual * tangents).applyfunc(sp.factor)
    if sp.simplify(metric.det()) == 0:
        raise InputError(
            "the coordinates of the ansatz depend on each other",
            expected="coordinates that each move the states in a direction of its own",
            received=", ".join(map(str, coordinates)),
            hint="fewer coordinates",
        )
    field = sp.Matrix([entry.xreplace(dict(points)) for entry in list(system.rhs.values())[: len(states)]])
    velocity = metric.LUsolve(dual * field).applyfunc(_shortest)
    normal = (field - tangents * velocity).applyfunc(_shortest)
    return Pullback(
        dict(zip(coordinates, velocity, strict=True)),
        sp.ImmutableMatrix(metric),
        dict(zip(states, normal, strict=True)),
    )


def _shortest(expression: sp.Expr) -> sp.Expr:
    return sp.factor(sp.simplify(expression))

"""Exact solutions on unit spheres, each verified symbolically against the derived equations."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import sympy as sp

from odekit.systems import System

__all__ = ["PhaseModel", "alignment_rate", "sphere_solutions", "time_change"]

ENERGY_NAME = "E"


class PhaseModel(Protocol):
    """What is asked of the source."""

    @property
    def polar(self) -> System: ...
    @property
    def final_magnitudes(self) -> Mapping[sp.Symbol, sp.Expr]: ...
    @property
    def radial(self) -> Mapping[str, Fraction]: ...
    @property
    def decouples(self) -> bool: ...


@dataclass(frozen=True)
class _Equations:
    """A polar system with one phase combination, the symbol E, and its magnitudes."""

    system: System
    angle: sp.Symbol
    energy: sp.Symbol
    magnitudes: tuple[sp.Symbol, ...]


def time_change(coefficients: Set[Fraction], degree: int) -> tuple[str, ...]:
    """How modes or irreps become independent where all radial coefficients agree; empty where they don't.

    With S = exp(c int E dt) and a field v of degree m, X = S x and dtau = dt/S^(m-1) give
    dX/dtau = S^m v(x) = v(X).

    Parameters
    ----------
    coefficients: those of ``-E w`` in all velocities.
    degree: m, of the flow without spheres.
    """
    if len(coefficients) != 1:
        return ()
    (coefficient,) = coefficients
    factor = "" if coefficient == 1 else f"{coefficient} "
    power = "S" if degree == 2 else f"S**{degree - 1}"
    return (
        f"with S = exp({factor}int E dt) and dtau = dt/{power}, "
        "everything times S obeys the flow without spheres",
        "in tau, independently at each irrep: the one that blows up first in tau wins",
    )


def sphere_solutions(source: PhaseModel) -> tuple[str, ...]:
    """What is solved exactly, one line each."""
    equations = _equations(source)
    if equations is None:
        return ()
    if not source.decouples:
        return tuple(_pair_alone(source, equations))
    independent = _blow_up(equations) if len(set(source.radial.values())) == 1 else ()
    return (*_pair_alone(source, equations), *_competition(equations), *independent)


def alignment_rate(source: PhaseModel) -> sp.Expr | None:
    """Lambda of ``tan(D/2) = tan(D0/2) exp(-lambda t)`` for one mode alone; None where it is no solution."""
    equations = _equations(source)
    values = source.final_magnitudes
    if equations is None or not values or not equations.system.closed:
        return None
    field = equations.system.equations
    alone = {**values, equations.energy: sp.sympify(equations.system.energy).subs(values)}
    if any(sp.simplify(field[magnitude].subs(alone)) != 0 for magnitude in equations.magnitudes):
        return None
    D = equations.angle
    rate = sp.simplify(-field[D].subs(alone) / sp.sin(D))
    t, start = sp.symbols("t D0", real=True)
    solution = 2 * sp.atan(sp.tan(start / 2) * sp.exp(-rate * t))
    residual = solution.diff(t) + rate * sp.sin(solution)
    is_solved = not rate.has(D) and sp.simplify(sp.expand_trig(residual)) == 0
    return rate if is_solved else None


def _equations(source: PhaseModel) -> _Equations | None:
    system = source.polar
    energy = next((s for s in system.parameters if s.name == ENERGY_NAME), None)
    if energy is None or len(system.definitions) != 1 or not source.final_magnitudes:
        return None
    return _Equations(system, next(iter(system.definitions)), energy, tuple(source.final_magnitudes))


def _pair_alone(source: PhaseModel, equations: _Equations) -> Iterator[str]:
    rate = alignment_rate(source)
    if rate is not None:
        values = ", ".join(f"{symbol} = {value}" for symbol, value in source.final_magnitudes.items())
        D = equations.angle
        yield f"one pair alone: {values} rest, and tan({D}/2) = tan({D}0/2) exp(-lambda t), lambda = {rate}"


def _common_rate(equations: _Equations) -> sp.Expr | None:
    a = sp.Symbol("a", positive=True)
    equal = {equations.angle: 0, **dict.fromkeys(equations.magnitudes, a)}
    field = [
        sp.expand(equations.system.equations[magnitude].subs(equal)) for magnitude in equations.magnitudes
    ]
    rate = sp.expand((field[0] + equations.energy * a) / a**2)
    is_common = all(sp.expand(entry - rate * a**2 + equations.energy * a) == 0 for entry in field)
    return rate if is_common and not rate.has(a) else None


def _competition(equations: _Equations) -> Iterator[str]:
    """Verified: with b' = kappa b^2 and dt = N dtau, a = b/N obeys a' = kappa a^2 - (N'/N^2) a."""
    rate = _common_rate(equations)
    if rate is None:
        return
    tau, first = sp.symbols("tau a0", positive=True)
    norm = sp.Function("N")(tau)
    b = 1 / (1 / first - rate * tau)
    a, common = b / norm, norm.diff(tau) / norm**2
    if sp.simplify(a.diff(tau) / norm - rate * a**2 + common * a) == 0:
        names = ", ".join(map(str, equations.magnitudes))
        yield f"aligned start (D = 0, {names} = a in every mode):"
        yield f"b = 1/(1/a(0) - {rate} tau) per mode, a = b/N, the trivial mode x(0)/N, dt = N dtau,"
        yield "N(tau) the norm that keeps the spheres; the largest a wins"


def _blow_up(equations: _Equations) -> Iterator[str]:
    """Verified: u' = 2 kappa P cos D and K = P sin D, P the product of magnitudes that the energy has."""
    curve = _free_curve(equations)
    if curve is None:
        return
    u, roots, scale = curve
    F, other = sp.Symbol("F") / scale, (2 * sp.Symbol("P") - sp.Symbol("F")) / scale
    yield f"scaled by S, in tau: ({u}')**2 = {scale**2} ({roots} - K**2), u = {equations.magnitudes[0]}**2,"
    yield "e1, e2, e3 the roots of its bracket, e1 the largest real one: it blows up at"
    yield f"tau* = {F} if cos({equations.angle}) >= 0 at the start, else {other},"
    yield "F = 2 R_F(u0-e1, u0-e2, u0-e3), P = 2 R_F(0, e1-e2, e1-e3), R_F being Carlson's integral"


def _free_curve(equations: _Equations) -> tuple[sp.Symbol, sp.Expr, sp.Expr] | None:
    """u, the product of three linear factors, and the factor of its root in u'; None where it is no cubic."""
    free = {s: v.subs(equations.energy, 0) for s, v in equations.system.equations.items()}
    D, (first, *others) = equations.angle, equations.magnitudes
    velocity = sp.expand(2 * first * free[first])
    speed = sp.factor(velocity / sp.cos(D))
    powers = sp.Poly(speed, *equations.magnitudes).monoms()
    if speed.has(D) or len(powers) != 1:
        return None
    product = sp.Mul(*(m**power for m, power in zip(equations.magnitudes, powers[0], strict=True)))
    momentum = product * sp.sin(D)
    differences = [first**2 - other**2 for other in others]
    conserved = [sum(e.diff(s) * v for s, v in free.items()) for e in (momentum, *differences)]
    if any(sp.simplify(rate) != 0 for rate in conserved) or sum(powers[0]) != 3:
        return None
    u, *constants = sp.symbols(f"u q1:{len(others) + 1}", real=True)
    values = [u, *(u - constant for constant in constants)]
    return u, sp.Mul(*(v**p for v, p in zip(values, powers[0], strict=True))), sp.simplify(speed / product)

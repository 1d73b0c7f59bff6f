"""A plane of two states of any system: the field with all other states held, and what organises it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from odekit.arguments import chosen, expect, is_series, mapping
from odekit.arrays import FloatArray, IntArray
from odekit.errors import InputError, shown
from odekit.numbers import is_real, real
from odekit.solvers import CompiledSystem, compile, solve
from odekit.systems import ANY, FixedPoint, System

__all__ = ["Plane", "Rest", "plane_of"]

Region = tuple[tuple[float, float], tuple[float, float]]

GRID = 161  # points an axis of the field
STARTS = 64  # points an axis from which basins are found
NEAR = 0.02  # of the region: an orbit that ends so near to a point has come to it
LEAST = 1e-3  # of the region: a separatrix begins so far from its saddle
E_FOLDS = 25.0  # of the slowest approach, after which an orbit has arrived
WAY = 18.0  # e-folds of a saddle, which take an orbit through the region
POINTS, MOST_POINTS = 2000, 20_000  # on such an orbit
ROUND = 10**9  # largest denominator of a number that is held
TRIED = 16  # points at which a field is held against the same a turn on
FARTHEST = 1e30  # end of a region
NARROWEST = 1e-9  # width of a region over its ends' size
MARGIN = 0.6  # of their spread, shown around the points of rest


@dataclass(frozen=True)
class Rest:
    """A point of rest in the plane: where, its stability, and the dimension of its family."""

    at: tuple[float, float]
    stability: str
    family: int


@dataclass(frozen=True, eq=False)
class Plane:
    """Two states of a system.

    Parameters
    ----------
    system: of these two states alone, without parameters.
    region: lower and upper end of both.
    rests: points of rest in the region.
    is_angle: of both states, whether whole turns of it don't count.
    """

    system: System
    region: Region
    rests: tuple[Rest, ...]
    is_angle: tuple[bool, bool]

    @property
    def names(self) -> tuple[str, str]:
        """Of the states."""
        first, second = self.system.states
        return first.name, second.name

    @cached_property
    def grid(self) -> tuple[FloatArray, FloatArray]:
        """Values along both axes."""
        (left, right), (bottom, top) = self.region
        return np.linspace(left, right, GRID), np.linspace(bottom, top, GRID)

    @cached_property
    def velocity(self) -> tuple[FloatArray, FloatArray]:
        """Both velocities on the grid, (y, x); NaN where they are not finite."""
        first, second = self.field(np.stack(np.meshgrid(*self.grid)))
        return first, second

    def field(self, points: FloatArray) -> FloatArray:
        """Velocities (2, ...) at points (2, ...)."""
        flat = points.reshape(2, -1)
        found = np.broadcast_to(np.reshape(self._function(0.0, flat), (2, -1)), flat.shape)
        return np.where(np.isfinite(found), found, np.nan).reshape(points.shape)

    @cached_property
    def _function(self) -> Any:
        return self.system.function()

    @property
    def attractors(self) -> tuple[Rest, ...]:
        """The points that attract."""
        return tuple(rest for rest in self.rests if rest.stability == "attracts" and not rest.family)

    def basins(self) -> tuple[FloatArray, FloatArray, IntArray]:
        """Values along both axes, and (y, x) the attractor that an orbit from there comes to, -1 for none."""
        (left, right), (bottom, top) = self.region
        across, up = np.linspace(left, right, STARTS), np.linspace(bottom, top, STARTS)
        starts = np.stack(np.meshgrid(across, up)).reshape(2, -1)
        slowest = min(-self._eigenvalues(rest)[0].real.max() for rest in self.attractors)
        solution = solve(self._paced, starts, E_FOLDS / slowest, rtol=1e-5)
        ends = solution.y[-1]
        size = np.array([right - left, top - bottom])[:, None]
        reached = np.full(starts.shape[1], -1)
        for place, rest in enumerate(self.attractors):
            away = np.abs(ends - np.array(rest.at)[:, None]) / size
            reached[(away < NEAR).all(axis=0)] = place
        return across, up, reached.reshape(STARTS, STARTS)

    def separatrices(self) -> tuple[tuple[bool, FloatArray], ...]:
        """Orbits (2, K) into the saddles (true) and out of them (false), NaN outside the region."""
        found = []
        size = np.array([high - low for low, high in self.region])
        for rest in self.rests:
            if rest.stability != "saddle" or rest.family:
                continue
            values, vectors = self._eigenvalues(rest)
            for value, vector in zip(values.real, vectors.T.real, strict=True):
                step = LEAST * vector / np.max(np.abs(vector) / size)
                for sign in (1.0, -1.0):
                    found.append((bool(value < 0), self._orbit(np.array(rest.at), sign * step, float(value))))
        return tuple(found)

    def _orbit(self, point: FloatArray, step: FloatArray, rate: float) -> FloatArray:
        """From beside a saddle out of it, or back in time, with gaps (NaN) where it is outside the region."""
        count = int(min(POINTS * self._fastest / abs(rate), MOST_POINTS))
        times = np.linspace(0.0, WAY / rate, count)
        y = solve(self._paced, point + step, times, rtol=1e-7).y[..., 0].T
        low, high = np.array(self.region).T[..., None]
        margin = 0.05 * (high - low)
        outside = ~((y >= low - margin) & (y <= high + margin)).all(axis=0)
        return np.concatenate([point[:, None], np.where(outside, np.nan, y)], axis=1)

    @cached_property
    def _paced(self) -> CompiledSystem:
        """The same orbits at speeds below the region's size times the fastest rate, so that none blows up."""
        sizes = [self._fastest * (high - low) for low, high in self.region]
        fast = (entry / size for entry, size in zip(self.system.vector_field, sizes, strict=True))
        pace = (1 + sum(each**2 for each in fast)) ** Fraction(1, 2)
        return compile(System({state: entry / pace for state, entry in self.system.velocities.items()}, ANY))

    @cached_property
    def _fastest(self) -> float:
        """The largest rate at any point of rest that is alone."""
        alone = (rest for rest in self.rests if not rest.family)
        return max(float(np.abs(self._eigenvalues(rest)[0]).max()) for rest in alone)

    def _eigenvalues(self, rest: Rest) -> Any:
        """Of the field's derivative at a point, by central differences, with their vectors."""
        point = np.array(rest.at)[:, None]
        steps = 1e-6 * np.diag([high - low for low, high in self.region])
        ahead, behind = self.field(point + steps), self.field(point - steps)
        return np.linalg.eig((ahead - behind) / (2 * steps.diagonal()))


def plane_of(
    system: System,
    states: Sequence[str] | None,
    region: Region | None,
    parameters: Mapping[str, float] | None,
    held: Mapping[str, float] | None,
) -> Plane:
    """The plane; parameters and errors are those of `plot_phase_portrait`."""
    expect(isinstance(system, System), "this is no system", "an odekit.System", system)
    if system.time is not None:
        raise InputError(
            "a field that depends on the time has no phase portrait", received=str(system).splitlines()[0]
        )
    names = _names(system, states)
    known = [state.name for state in system.states if state.name not in names]
    values = {
        **_values("parameter", parameters, [symbol.name for symbol in system.parameters]),
        **_values("state", held, known),
    }
    numbers = {system[name]: Fraction(value).limit_denominator(ROUND) for name, value in values.items()}
    entries = {system[name]: system.rhs[name].subs(numbers) for name in names}
    frozen = System(entries, ANY, angles=system.angles & entries.keys())
    found = [_rest(point, names) for point in frozen.fixed_points() if not point.equations]
    points = [rest for rest in found if rest is not None]
    is_angle = _angles(frozen)
    shown_region = _default_region(points, is_angle) if region is None else _region(region)
    inside = [copy for rest in points for copy in _copies(rest, is_angle, shown_region)]
    plane = Plane(frozen, shown_region, tuple(inside), is_angle)
    if not np.isfinite(plane.velocity).all(axis=0).any():
        raise InputError(
            "the field is not defined in the region",
            expected="a finite velocity somewhere",
            received=shown(shown_region),
            hint="region=((left, right), (bottom, top))",
        )
    return plane


def _angles(system: System) -> tuple[bool, bool]:
    """Which of two states the field depends on, but for whole turns: tried at some points."""
    field = system.function()
    points = np.random.default_rng(0).uniform(0.1, 1.0, (2, TRIED))
    first, second = (
        not _is_same(field, points, axis, 1.0) and _is_same(field, points, axis, 2 * np.pi)
        for axis in np.eye(2)
    )
    return first, second


def _is_same(field: Callable[..., Any], points: FloatArray, axis: FloatArray, way: float) -> bool:
    here, there = (np.asarray(field(0.0, points + shift * axis[:, None])) for shift in (0.0, way))
    size = np.abs(here[np.isfinite(here)]).max(initial=0.0)
    return bool(np.allclose(here, there, rtol=1e-9, atol=1e-12 * size))


def _names(system: System, states: Sequence[str] | None) -> tuple[str, str]:
    known = [state.name for state in system.states]
    given = known[:2] if states is None else states
    is_pair = is_series(given) and len(given) == 2
    if not is_pair or len(set(map(str, given))) < 2:
        raise InputError(
            "a phase portrait shows two states",
            expected=f"two of {', '.join(known)}",
            received=shown(list(given) if is_series(given) else given),
        )
    first, second = (chosen("state", name, known) for name in given)
    return first, second


def _values(kind: str, given: Mapping[str, float] | None, names: Sequence[str]) -> dict[str, float]:
    """A number for each name."""
    values = {} if given is None else mapping(given, f"values of each {kind}", f'{{"{"x"}": 1.0}}')
    for name in values:
        chosen(kind, name, names)
    missing = [name for name in names if name not in values]
    if missing:
        word = "parameters" if kind == "parameter" else "held"
        raise InputError(
            f"no value for the {kind} {', '.join(missing)}",
            expected=f"{word}={{{', '.join(f'{name!r}: ...' for name in missing)}}}",
        )
    return {name: real(values[name], f"the {kind} {name}") for name in names}


def _rest(point: FixedPoint, names: tuple[str, str]) -> Rest | None:
    """Where a point lies; None where it is a family without numbers."""
    by_name = {symbol.name: value for symbol, value in point.values.items()}
    if set(by_name) != set(names) or any(value.free_symbols for value in by_name.values()):
        return None
    return Rest((float(by_name[names[0]]), float(by_name[names[1]])), point.stability, point.family)


def _region(region: Any) -> Region:
    fits = (
        is_series(region) and len(region) == 2 and all(is_series(ends) and len(ends) == 2 for ends in region)
    )
    if not fits or not all(is_real(end) for ends in region for end in ends):
        raise InputError(
            "this is no region", expected="((left, right), (bottom, top))", received=shown(region)
        )
    (left, right), (bottom, top) = region
    if not (left < right and bottom < top):
        raise InputError("the region is empty", expected="left < right, bottom < top", received=shown(region))
    ends = np.array([[left, right], [bottom, top]], dtype=np.float64)
    largest = np.abs(ends).max(axis=1)
    if not (largest <= FARTHEST).all() or not (np.ptp(ends, axis=1) >= NARROWEST * largest).all():
        raise InputError(
            "the region can't be shown",
            expected=f"ends of at most {FARTHEST:g}, apart by {NARROWEST:g} of their size or more",
            received=shown(region),
        )
    return (float(left), float(right)), (float(bottom), float(top))


def _default_region(points: Sequence[Rest], is_angle: Sequence[bool]) -> Region:
    """Around the points of rest; whole turns of angles."""
    ends = []
    for place, turns in enumerate(is_angle):
        values = [rest.at[place] for rest in points]
        low, high = (min(values), max(values)) if values else (-1.0, 1.0)
        margin = MARGIN * ((high - low) or max(1.0, abs(high)))
        ends.append((-np.pi, np.pi) if turns else (low - margin, high + margin))
    return ends[0], ends[1]


def _copies(rest: Rest, is_angle: Sequence[bool], region: Region) -> list[Rest]:
    """The point as often as its angles' whole turns lie in the region."""
    places = []
    for value, turns, (low, high) in zip(rest.at, is_angle, region, strict=True):
        slack = 1e-9 * (high - low)
        if turns:
            first, last = np.ceil((low - slack - value) / (2 * np.pi)), (high + slack - value) // (2 * np.pi)
            places.append([value + 2 * np.pi * turn for turn in np.arange(first, last + 1)])
        else:
            places.append([value] if low - slack <= value <= high + slack else [])
    return [Rest((float(x), float(y)), rest.stability, rest.family) for x in places[0] for y in places[1]]

"""Points of rest by damped Newton steps from many seeded starts, each exact or with a proof."""

from collections.abc import Iterator, Sequence

import numpy as np
import sympy as sp

from odekit.arrays import FloatArray
from odekit.systems.integrals import is_defined_everywhere
from odekit.systems.known import FixedPoint, Search, gathered
from odekit.systems.rest_points.described import described
from odekit.systems.rest_points.interval_proof import Proof, proof_of
from odekit.systems.rest_points.loci import Locus, distinct_by_shift, magnitude, zero_factors
from odekit.systems.rest_points.measured import Tangents, measured
from odekit.systems.rest_points.newton import Equations
from odekit.systems.rest_points.spectrum import KINKED
from odekit.systems.system import System

__all__ = ["numeric_rest_points"]

STARTS = 64  # Fewer miss points that few starts lead to.
SIZES = (1.5, 6.0)  # Starts lie in boxes of these half widths, alternately; angles all around.
APART = 1e-6  # Closer points are one point that was met twice.
# How far off an exact value is looked for; Newton's steps end early at double roots.
EXACT, NEAR = 1e-9, 1e-3
STRIDE = 0.01  # So far beside a point that may belong to a family another member is looked for.
SINGULAR = 1e-4  # A Jacobian with a smaller singular value, in units of the largest, is one of these.
LARGEST, LINE = 6, 400  # Powers of ten of a line's points, and their number on each side of 0.
BISECTIONS = 60  # So many halvings leave the float nearest to a crossing.
MAX_STATES = 12  # In more dimensions random starts leave too much out.
MAX_SYMBOLIC = 4  # Eigenvalues of larger matrices have no formula in general.
DIGITS = 15  # What a float holds.
SHARE = 0.25  # Of the time that there is, for the points, and as much for their stability.

Shifts = Sequence[tuple[int, ...]]


def numeric_rest_points(
    system: System, integrals: Sequence[sp.Expr], angles: Sequence[sp.Symbol], shifts: Shifts
) -> Search[FixedPoint]:
    """Points of rest, the most stable first: isolated ones, and of a family one, at level 0 of what is kept.

    On a line from left to right.

    Only points with an exact value or a proof: slow motion looks like rest. Members of a family that nothing
    that is kept accounts for are not told.

    Parameters
    ----------
    system: without parameters, of at most 12 states.
    integrals: what it conserves beside the constraint's functions.
    angles: states that are taken up to whole turns.
    shifts: directions in which all of the field's zeros can be moved.
    """
    if len(system.states) > MAX_STATES:
        return Search((), "not tried", f"more than {MAX_STATES} states are too many for starts at random")
    search = _Search(system, tuple(integrals), tuple(angles), tuple(shifts))
    with np.errstate(all="ignore"):
        found, slow = gathered(search.loci(), "the search from random starts", SHARE)
        apart = distinct_by_shift([locus for locus, _ in found], system.states, angles, shifts, APART)
        proofs = {id(locus): proof for locus, proof in found}
        work = (search.point(locus, proofs[id(locus)]) for locus in apart)
        points, long = gathered(work, "the stability of the points of rest", SHARE)
    line = system.states[0] if len(system.states) == 1 else None
    items = tuple(sorted(points, key=_instability if line is None else lambda one: float(one.values[line])))
    if search.is_void:
        return Search(items, "complete", "a velocity vanishes nowhere")
    reason = slow or long or f"{search.extent}; points elsewhere, and families, may be missing"
    return Search(items, "partial", reason)


class _Search:
    """What is looked for, and by which equations."""

    def __init__(
        self, system: System, integrals: tuple[sp.Expr, ...], angles: tuple[sp.Symbol, ...], shifts: Shifts
    ) -> None:
        self.system, self.shifts = system, shifts
        self.local, self.integrals = integrals, tuple(filter(is_defined_everywhere, integrals))
        self.tangents = Tangents(system, self.integrals, shifts)
        self.turns = np.array([state in angles for state in system.states])
        self.constraints = list(system.constraints.values())
        factors = [zero_factors(entry, system.states) for entry in system.vector_field]
        self.is_void = () in factors
        self.has_kinks = any(entry.has(*KINKED) for entry in system.vector_field)
        # The same zeros, but simple ones where a factor occurs twice.
        self.simple = [sp.Mul(*entry) for entry in factors]
        self.free = Equations([*self.simple, *self.constraints], system.states)
        self.level = Equations([*self.simple, *self.constraints, *self.integrals], system.states)

    def loci(self) -> Iterator[tuple[Locus, Proof]]:
        """Points that are exact or proved."""
        if self.is_void:
            return
        known: list[FloatArray] = []
        for start in self._starts():
            for equations in (self.free, self.level) if self.integrals else (self.free,):
                point = equations.zero_from(start)
                if point is None or not self._is_allowed(point):
                    continue
                place = self._represented(self._in_gauge(point))
                if place is None or any(np.abs(self._gap(place, other)).max() < APART for other in known):
                    continue
                known.append(place)
                yield from self._certified(place)

    def _starts(self) -> Iterator[FloatArray]:
        generator, count = np.random.default_rng(0), len(self.turns)
        yield np.zeros(count)
        if count == 1:
            yield from self._crossings()
        for index in range(STARTS):
            size = np.where(self.turns, np.pi, SIZES[index % len(SIZES)])
            yield generator.uniform(-1, 1, count) * size

    @property
    def extent(self) -> str:
        """Where it looks, in words."""
        boxes = f"from {STARTS + 1} starts in boxes of half width {SIZES[0]:g} and {SIZES[1]:g}"
        if len(self.turns) > 1:
            return boxes
        return f"{boxes}, and between signs at {2 * LINE} points up to {10.0**LARGEST:g}"

    def _crossings(self) -> Iterator[FloatArray]:
        """Where the one velocity changes its sign between neighbours of a grid that is even in logarithms."""
        positive = np.logspace(-LARGEST, LARGEST, LINE)
        grid = np.concatenate([-positive[::-1], positive])
        signs = [np.sign(self.free.values(np.array([x]))[0]) for x in grid]
        for place in range(len(grid) - 1):
            if signs[place] * signs[place + 1] < 0:
                left, right = grid[place], grid[place + 1]
                for _ in range(BISECTIONS):
                    middle = (left + right) / 2
                    beside = np.sign(self.free.values(np.array([middle]))[0]) == signs[place]
                    left, right = (middle, right) if beside else (left, middle)
                yield np.array([(left + right) / 2])

    def _is_allowed(self, point: FloatArray) -> bool:
        """Whether states that were declared positive are."""
        return all(v > 0 for v, state in zip(point, self.system.states, strict=True) if state.is_positive)

    def _in_gauge(self, point: FloatArray) -> FloatArray:
        """Shifted along the field's symmetries until the first state that each moves is 0, within a turn."""
        for shift in self.shifts:
            pivot = next(index for index, step in enumerate(shift) if step)
            point = point - np.array(shift) * (point[pivot] / shift[pivot])
        return np.where(self.turns, np.pi - (np.pi - point) % (2 * np.pi), point)

    def _gap(self, point: FloatArray, other: FloatArray) -> FloatArray:
        gap = point - other
        return np.where(self.turns, (gap + np.pi) % (2 * np.pi) - np.pi, gap)

    def _represented(self, point: FloatArray) -> FloatArray | None:
        """The member at level 0 of a family that goes through the levels of what is kept; else the point."""
        if not self.tangents.at(point).levels:
            return point
        member = self.level.zero_from(point)
        return point if member is None else self._in_gauge(member)

    def _certified(self, point: FloatArray) -> Iterator[tuple[Locus, Proof]]:
        tangent = self.tangents.at(point)
        dimension = len(self.shifts) + tangent.levels
        exact = _exact(point, self.system, NEAR if len(self._flat(point)) else EXACT)
        if exact is not None:
            place = np.array([float(value) for value in exact.values()])
            is_alone = tangent.is_explained and not self.has_kinks
            if is_alone or not self._goes_on(place):
                yield Locus(exact, dimension, shifts=tuple(self.shifts)), Proof(0.0, 0.0)
            return
        kept = [*self.constraints, *self.integrals]
        proof = proof_of(self.system.vector_field, kept, self.system.states, point)
        # The simpler equations may vanish where the field has a pole, or a value of its own.
        if proof is None and not kept and np.abs(self.tangents.field.values(point)).max() < EXACT:
            proof = proof_of(self.simple, [], self.system.states, point)
        if proof is not None:
            values = {s: sp.Float(float(x), DIGITS) for s, x in zip(self.system.states, point, strict=True)}
            yield Locus(values, dimension, shifts=tuple(self.shifts)), proof

    def _goes_on(self, point: FloatArray) -> bool:
        """Whether rest goes on beside a point with unexplained zeros, so that it belongs to a family."""
        flat = self._flat(point)
        axes = np.eye(len(point)) if self.has_kinks else flat[:0]
        for direction in [*flat, *-flat, *axes, *-axes]:
            beside = self.free.zero_from(point + STRIDE * direction)
            if (
                beside is not None
                and np.abs(self._in_gauge(beside) - self._in_gauge(point)).max() > STRIDE / 2
            ):
                return True
        return False

    def _flat(self, point: FloatArray) -> FloatArray:
        """Directions (direction, state) along which the equations hardly change, or all of them."""
        slopes = self.free.jacobian(point)
        if not np.isfinite(slopes).all():
            return np.eye(len(point))
        _, sizes, rows = np.linalg.svd(slopes)
        flat: FloatArray = rows[int((sizes > SINGULAR * max(1.0, sizes[0])).sum()) :]
        return flat

    def point(self, locus: Locus, proof: Proof) -> FixedPoint:
        """The point with its stability, in symbols where it is exact and small."""
        if proof.radius == 0.0 and len(self.system.states) <= MAX_SYMBOLIC:
            return described(locus, self.system, self.local)
        return measured(locus, proof, self.tangents, self.system, self.local)


def _instability(point: FixedPoint) -> float:
    return max((float(sp.re(value)) for value in point.eigenvalues), default=0.0)


def _exact(point: FloatArray, system: System, within: float) -> dict[sp.Symbol, sp.Expr] | None:
    """Small fractions or fractions of pi so near, if the field vanishes there exactly."""
    guess: dict[sp.Symbol, sp.Expr] = {}
    for state, value in zip(system.states, point, strict=True):
        near = [unit * sp.Rational(round(float(value / float(unit)) * 12), 12) for unit in (sp.S.One, sp.pi)]
        close = [candidate for candidate in near if abs(float(candidate) - value) < within]
        if not close:
            return None
        guess[state] = close[0]
    entries = [entry.subs(guess) for entry in (*system.vector_field, *system.constraints.values())]
    # A number that is not 0 is soon told by its digits.
    if any(not magnitude(entry) < 10.0**-DIGITS for entry in entries):
        return None
    return guess if all(sp.simplify(entry) == 0 for entry in entries) else None

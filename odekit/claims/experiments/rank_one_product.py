"""A product of three vectors that learns a target product: derived overlaps, starts, and what is measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline

from odekit.arrays import FloatArray
from odekit.simulation import train_product
from odekit.solvers import solve
from odekit.systems import System, gradient_flow, reduce

__all__ = [
    "ProductProblem",
    "ProductRun",
    "draw_product",
    "equal_vectors",
    "half_time",
    "product_distance",
    "product_flow",
    "product_observables",
    "product_system",
    "rise_window",
    "trained_product",
]

FACTORS = "abc"
LENGTHS = ("A", "B", "C")
SIZES = (7, 6, 5)  # all different, so that no vector fits another's place
DERIVED = 2  # entries of each vector where the reduced flow is derived
WINDOW, PLACES = 12.0, 601  # of the rise, in units of its own time; so a spline errs by 1e-7 of the unit


def product_flow(free: str = FACTORS, sizes: Sequence[int] = (DERIVED,) * 3) -> System:
    """The flow of the free vectors down ``(k/2) sum over i, j, l of (a*_i b*_j c*_l - a_i b_j c_l)^2``.

    The loss is kept by rotations of each vector together with its target, which therefore lies along the
    first axis: ``a* = (A, 0, ...)``. Vectors that are not free are held there.

    Parameters
    ----------
    free: which of the letters a, b and c move.
    sizes: entries of a, b and c.
    """
    names = {letter: _entries(letter, size) for letter, size in zip(FACTORS, sizes, strict=True)}
    variables = [name for letter in free for name in names[letter]]
    held = {
        letter: [length, *["0"] * (len(names[letter]) - 1)]
        for letter, length in zip(FACTORS, LENGTHS, strict=True)
        if letter not in free
    }
    cells = [
        f"({'*'.join(LENGTHS) if not any(place) else 0} - {'*'.join(factors)})**2"
        for place in product(*map(range, sizes))
        for factors in [[({**names, **held})[letter][i] for letter, i in zip(FACTORS, place, strict=True)]]
        if "0" not in factors
    ]
    return gradient_flow(f"k*({' + '.join(cells)})/2", variables, parameters=[*LENGTHS, "k"])


def product_observables(free: str = FACTORS, sizes: Sequence[int] = (DERIVED,) * 3) -> dict[str, str]:
    """Each free vector's part along its target, ``ma``, and squared norm, ``na``, and so on."""
    found: dict[str, str] = {}
    for letter, size in zip(FACTORS, sizes, strict=True):
        if letter in free:
            names = _entries(letter, size)
            found |= {f"m{letter}": names[0], f"n{letter}": " + ".join(f"{name}**2" for name in names)}
    return found


@cache
def product_system(free: str = FACTORS) -> System:
    """The reduced flow in each free vector's part along its target and squared norm."""
    return reduce(product_flow(free), observables=product_observables(free))


def equal_vectors(flow: System, overlap: Any) -> dict[str, Any]:
    """Rates by name where each vector equals this overlap times its target, of length 1, and k = 1."""
    at = {state: overlap if state.name.startswith("m") else overlap**2 for state in flow.states}
    units = dict.fromkeys(flow.parameters, 1)
    return {state.name: flow.rhs[state].subs(at).subs(units) for state in flow.states}


@dataclass(frozen=True, eq=False)
class ProductProblem:
    """Three targets, and vectors to start from.

    Parameters
    ----------
    targets, start: a, b and c, each (entries,).
    """

    targets: Sequence[FloatArray]
    start: Sequence[FloatArray]

    @property
    def lengths(self) -> FloatArray:
        """Norms of the targets, (3,)."""
        return np.array([np.linalg.norm(target) for target in self.targets])

    @property
    def constants(self) -> dict[str, float]:
        """The parameters of the reduced flow: A, B, C, and k, one over the number of entries."""
        entries = np.prod([len(target) for target in self.targets])
        return {**dict(zip(LENGTHS, map(float, self.lengths), strict=True)), "k": 1.0 / float(entries)}

    @property
    def unit(self) -> float:
        """The time of the rise itself, ``1/(k (A B C)^(4/3))``."""
        return float(1 / (self.constants["k"] * np.prod(self.lengths) ** (4 / 3)))

    def scaled(self, scale: float) -> "ProductProblem":
        """The same with all vectors that it starts from times a number."""
        return ProductProblem(self.targets, [scale * vector for vector in self.start])

    def overlaps(self, vectors: Sequence[FloatArray]) -> FloatArray:
        """Each vector's part along its target, (3, ...)."""
        return np.array(
            [
                vector @ target / length
                for vector, target, length in zip(vectors, self.targets, self.lengths, strict=True)
            ]
        )

    def learnt(self, vectors: Sequence[FloatArray]) -> FloatArray:
        """The product's part along the target product, 1 where it is learnt."""
        return np.asarray(self.overlaps(vectors).prod(axis=0) / np.prod(self.lengths))


@dataclass(frozen=True, eq=False)
class ProductRun:
    """Training of the vectors at a tolerance, and at a looser one.

    Parameters
    ----------
    problem: what was learnt.
    t: (T,).
    vectors, looser: a, b and c, each (T, entries).
    """

    problem: ProductProblem
    t: FloatArray
    vectors: Sequence[FloatArray]
    looser: Sequence[FloatArray]

    @property
    def observed(self) -> dict[str, FloatArray]:
        """Parts along the target and squared norms by the reduced flow's names, each (T,)."""
        return _observed(self.problem, self.vectors)

    def distance(self, found: Mapping[str, FloatArray]) -> float:
        """Of the observables from those given, as `product_distance`."""
        return product_distance(self.problem, self.observed, found)

    def solved(self, system: System, rtol: float) -> dict[str, FloatArray]:
        """The reduced flow from where the run starts, each state (T,)."""
        start = {state.name: self.observed[state.name][:1] for state in system.states}
        found = solve(system, start, self.t, parameters=self.problem.constants, rtol=rtol)
        return {state.name: found[state.name][:, 0] for state in system.states}

    @property
    def integrator_error(self) -> float:
        """The same between both tolerances."""
        return self.distance(_observed(self.problem, self.looser))

    @property
    def imbalance(self) -> float:
        """Largest change of a difference of two squared norms, in units of the targets'."""
        norms = np.array([self.observed[f"n{letter}"] for letter in FACTORS])
        between = norms - np.roll(norms, 1, axis=0)
        return float(np.abs(between - between[:, :1]).max() / (self.problem.lengths**2).max())


def draw_product(generator: np.random.Generator, sizes: Sequence[int] = SIZES) -> ProductProblem:
    """Targets and starts of independent standard normal entries."""
    targets, start = ([generator.standard_normal(size) for size in sizes] for _ in range(2))
    return ProductProblem(targets, start)


def trained_product(
    problem: ProductProblem, t: FloatArray, rtol: float, looser: float, clamped: Sequence[int] = ()
) -> ProductRun:
    """Gradient flow of all vectors that are not clamped, at two tolerances."""
    runs = [
        train_product(problem.start, problem.targets, t, tolerance, clamped) for tolerance in (rtol, looser)
    ]
    return ProductRun(problem, t, *runs)


def half_time(run: ProductRun) -> tuple[float, float]:
    """The time at which half of the product is learnt, by a run over `rise_window`, and a bound of its error.

    A rise that lies outside the window is timed at the window's end. The error is that of the integrator, at
    the looser tolerance, and of the spline, from every other time.
    """
    found = _half_time(run.t, run.problem.learnt(run.vectors))
    others = (
        _half_time(run.t, run.problem.learnt(run.looser)),
        _half_time(run.t[::2], run.problem.learnt([vector[::2] for vector in run.vectors])),
    )
    return found, float(sum(abs(found - other) for other in others))


def rise_window(problem: ProductProblem, around: float) -> FloatArray:
    """Times from 0 to the rise, and closely spaced over it."""
    window = around + problem.unit * np.linspace(-WINDOW, WINDOW, PLACES)
    return np.concatenate([[0.0], window[window > 0]])


def _half_time(t: FloatArray, learnt: FloatArray) -> float:
    """Within the window, or its end on that side."""
    if learnt[1] >= 0.5 or learnt[-1] <= 0.5:
        return float(t[1] if learnt[1] >= 0.5 else t[-1])
    return float(CubicSpline(t[1:], learnt[1:] - 0.5).roots(extrapolate=False)[0])


def _entries(letter: str, size: int) -> list[str]:
    return [f"{letter}{i}" for i in range(1, size + 1)]


def _observed(problem: ProductProblem, vectors: Sequence[FloatArray]) -> dict[str, FloatArray]:
    found: dict[str, FloatArray] = {}
    for letter, overlap, vector in zip(FACTORS, problem.overlaps(vectors), vectors, strict=True):
        found |= {f"m{letter}": overlap, f"n{letter}": (vector**2).sum(axis=-1)}
    return found


def product_distance(
    problem: ProductProblem, ours: Mapping[str, FloatArray], others: Mapping[str, FloatArray]
) -> float:
    """Largest difference of observables, over those of the second, in units of what they are once learnt."""
    scale = dict(zip(FACTORS, problem.lengths, strict=True))
    return float(
        max(np.abs(ours[name] - value).max() / scale[name[1]] ** (1 + (name[0] == "n"))
            for name, value in others.items())
    )  # fmt: skip

"""Systems in which rest points and first integrals were planted: no search may deny what is there.

    python benchmarks/planted_systems.py [--count 500] [--seed 0] [--first 0]

Each answer is judged from outside: a search that calls itself complete has to hold all that was planted, what
is called a point of rest has to be one, what is called conserved has to be, and the eigenvalues, in mpmath,
have to allow the stability that is told. Prints each wrong answer and how many searches were complete; the
exit code is 1 where one was wrong.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence

import mpmath
import numpy as np
import sympy as sp
from planted_fields import Planted, planted

from odekit import system
from odekit.systems import FixedPoint, Search, System

__all__ = ["main", "wrong_answers"]

DIGITS, SMALL = 40, 1e-25
# What eigenvalues at points with 15 digits may be off, as a share of the largest.
ROUNDED = 1e-10


def main(arguments: Sequence[str] | None = None) -> int:
    """Judges them; 1 where an answer was wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first one")
    options = parser.parse_args(arguments)
    counts: Counter[str] = Counter()
    wrong, longest = 0, 0.0
    for index in range(options.first, options.first + options.count):
        case, start = planted(index, options.seed), time.process_time()
        flow = _system_of(case)
        said = list(wrong_answers(case, flow))
        longest = max(longest, time.process_time() - start)
        for search in (flow.fixed_points(), flow.first_integrals()):
            counts[search.status] += 1
        wrong += bool(said)
        for line in said:
            print(f"{index:4}  {case.kind}  {dict(case.velocities)}\n      {line}", flush=True)
    print(", ".join(f"{count} searches {status}" for status, count in sorted(counts.items())))
    print(f"{wrong} of {options.count} wrong, the longest in {longest:.1f} s")
    return int(wrong > 0)


def wrong_answers(case: Planted, flow: System | None = None) -> Iterator[str]:
    """What was told of a planted system, but isn't so."""
    flow = flow or _system_of(case)
    yield from _wrong_points(case, flow)
    yield from _wrong_integrals(case, flow)


def _system_of(case: Planted) -> System:
    return system(case.velocities, case.parameters)


def _wrong_points(case: Planted, flow: System) -> Iterator[str]:
    search = flow.fixed_points()
    if search.status == "complete":
        for place in case.points:
            if not any(_covers(point, place, case) for point in search):
                yield f"points are complete without {dict(place)}: {[p.name for p in search]}"
    names = Counter(point.name for point in search)
    yield from (f"{name} is told {count} times" for name, count in names.items() if count > 1)
    for point in search:
        member = _member(point, case)
        if member is None:
            continue
        gap = max(abs(complex(sp.N(f.subs(member), DIGITS))) for f in case.velocities.values())
        if not gap <= max(SMALL, 1e3 * point.radius) * _size(case, member):
            yield f"{point.name} is no point of rest: velocity {gap:.1e}"
        else:
            yield from _wrong_stability(point, member, case, flow.first_integrals())


def _covers(point: FixedPoint, place: dict[sp.Symbol, sp.Expr], case: Planted) -> bool:
    """Whether a point, or a family, holds a place."""
    gaps = [(value.subs(place) - place[state], state in case.angles) for state, value in point.values.items()]
    gaps += [(function.subs(place), False) for function in point.equations]
    for gap, is_angle in gaps:
        if gap.free_symbols:
            if sp.simplify(gap) != 0:
                return False
            continue
        number = float(sp.re(sp.N(gap, DIGITS)))
        off = np.abs(np.angle(np.exp(1j * number))) if is_angle else abs(number)
        if not off <= 1e-12 + point.radius:
            return False
    return all(bool(condition.subs(place)) for condition in point.where)


def _member(point: FixedPoint, case: Planted) -> dict[sp.Symbol, sp.Expr] | None:
    """The point, or one of its family, at some values of the parameters; None where only equations tell."""
    if point.equations or point.where:
        return None
    free = [s for s in case.velocities if s not in point.values or point.values[s].has(s)]
    place = {symbol: sp.Rational(7 + 3 * i, 5) for i, symbol in enumerate([*free, *case.parameters])}
    values = {state: value.subs(place) for state, value in point.values.items()}
    if any(sp.im(sp.N(value)) != 0 for value in values.values()):
        return None
    return {**place, **values}


def _size(case: Planted, member: dict[sp.Symbol, sp.Expr]) -> float:
    """What the terms of the field are at most."""
    terms = (t for f in case.velocities.values() for t in sp.Add.make_args(sp.expand(f)))
    return 1 + max(abs(complex(sp.N(term.subs(member), DIGITS))) for term in terms)


def _wrong_stability(
    point: FixedPoint, member: dict[sp.Symbol, sp.Expr], case: Planted, integrals: Search[sp.Expr]
) -> Iterator[str]:
    """What its word and the eigenvalues in 40 digits don't agree on."""
    if any(f.has(sp.Abs, sp.Max) for f in case.velocities.values()):
        return
    jacobian = sp.Matrix(list(case.velocities.values())).jacobian(list(case.velocities))
    with mpmath.workdps(DIGITS):
        matrix = mpmath.matrix(jacobian.subs(member).evalf(DIGITS).tolist())
        # A matrix of one entry gets vectors, too.
        found = mpmath.eig(matrix, left=False, right=False) if matrix.rows > 1 else matrix
        values = np.array([complex(value) for value in found])
    size = max(1e-300, float(np.abs(values).max()), float(max(map(abs, matrix))))
    signs = np.where(np.abs(values.real) < ROUNDED * size, 0, np.sign(values.real))
    zeros = int((np.abs(values) < ROUNDED * size).sum())
    allowed = {
        "attracts": not (signs > 0).any(),
        "repels": not (signs < 0).any(),
        "saddle": bool((signs > 0).any() and (signs < 0).any()),
        "centre": not signs.any(),
    }
    if not allowed.get(point.stability, True):
        yield f"{point.name} {point.stability}, but its eigenvalues are {values}"
    elif point.stability in ("attracts", "repels") and zeros > point.family + len(integrals):
        yield f"{point.name} {point.stability}, but {zeros} eigenvalues are 0"


def _wrong_integrals(case: Planted, flow: System) -> Iterator[str]:
    search = flow.first_integrals()
    generator = np.random.default_rng(0)
    symbols = [*case.velocities, *case.parameters]
    place = {s: sp.Rational(int(generator.integers(20, 190)), 97) for s in symbols}
    for integral in search:
        terms = [integral.diff(s).subs(place) * f.subs(place) for s, f in case.velocities.items()]
        rate = abs(complex(sp.N(sum(terms), DIGITS)))
        if not rate <= SMALL * (1 + max(abs(complex(sp.N(term, DIGITS))) for term in terms)):
            yield f"{integral} is not conserved"
    for planted_one in case.integrals:
        if _rank([*search, planted_one], case, place) == _rank(list(search), case, place):
            continue
        if search.status == "complete":
            yield f"integrals are complete without {planted_one}: {list(map(str, search))}"
        elif 0 < case.degree <= 4 and "polynomials up to degree 4" in search.reason:
            yield f"polynomials up to degree 4 are said to be covered without {planted_one}"


def _rank(functions: Sequence[sp.Expr], case: Planted, place: dict[sp.Symbol, sp.Expr]) -> int:
    rows = [[complex(sp.N(f.diff(s).subs(place))) for s in case.velocities] for f in functions]
    return int(np.linalg.matrix_rank(np.array(rows), tol=1e-9)) if rows else 0


if __name__ == "__main__":
    sys.exit(main())

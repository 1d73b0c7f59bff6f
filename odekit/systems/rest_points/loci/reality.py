"""Has a piece of solutions a real point at which it is smooth? By Newton's method, or by proof it has none.

A plane curve is cut at the real roots of its discriminant, between which the number of its real points above
an abscissa is constant; a quadric has none where its form is semidefinite.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import sympy as sp

from odekit.arrays import FloatArray
from odekit.systems.algebra import array_function

__all__ = ["has_none", "smooth_point"]

# Seeded starts that look for a real point, at how many values of the parameters, and when one is found, in
# units of each of these sizes.
STARTS, PARAMETER_SAMPLES, ITERATIONS = 24, 4, 60
SIZES = (1, 1000, sp.Rational(1, 1000))
# Newton's last step and residual at a smooth point, and how far from singular its Jacobian is.
CONVERGED, SMOOTH = 1e-10, 1e-4
FAR = 1e6


def smooth_point(
    basis: Sequence[sp.Expr], letters: Sequence[sp.Symbol], dimension: int
) -> dict[sp.Symbol, float] | None:
    """A real point at which the piece has its dimension, with values of the parameters; None if none is met.

    Parameters
    ----------
    basis: polynomials that vanish on the piece.
    letters, dimension: the unknowns, and how many of them are free on it.
    """
    for size in SIZES:
        scaled = [_of_size_one(e.xreplace({x: size * x for x in letters}), letters) for e in basis]
        found = _met(scaled, letters, dimension)
        if found is not None:
            return {s: value * (float(size) if s in letters else 1.0) for s, value in found.items()}
    return None


def _of_size_one(element: sp.Expr, letters: Sequence[sp.Symbol]) -> sp.Expr:
    """A multiple whose largest coefficient is 1, where they are numbers."""
    polynomial = sp.Poly(element, *letters)
    coefficients = polynomial.coeffs()
    if any(c.free_symbols for c in coefficients):
        return element
    return (polynomial / max(map(abs, coefficients))).as_expr() if coefficients else element


def _met(
    basis: Sequence[sp.Expr], letters: Sequence[sp.Symbol], dimension: int
) -> dict[sp.Symbol, float] | None:
    parameters = sorted(set().union(*(e.free_symbols for e in basis)) - set(letters), key=str)
    symbols = [*letters, *parameters]
    functions = sp.Matrix(len(basis), 1, list(basis))
    values = array_function(symbols, functions)
    slopes = array_function(symbols, functions.jacobian(list(letters)))
    generator = np.random.default_rng(0)
    for _ in range(PARAMETER_SAMPLES if parameters else 1):
        fixed = [_parameter(symbol, generator) for symbol in parameters]
        for _ in range(STARTS):
            point = generator.uniform(-1.5, 1.5, len(letters))
            for _ in range(ITERATIONS):
                matrix = slopes(*point, *fixed)
                residual = values(*point, *fixed).ravel()
                step = np.linalg.lstsq(matrix, residual, rcond=1e-10)[0]
                point = point - step
                if np.abs(step).max() < CONVERGED or not np.abs(point).max() < FAR:
                    break
            is_zero = max(np.abs(step).max(), np.abs(residual).max(initial=0.0)) < CONVERGED
            if is_zero and _is_smooth(matrix, len(letters) - dimension):
                return dict(zip(symbols, [*map(float, point), *fixed], strict=True))
    return None


def _parameter(symbol: sp.Symbol, generator: np.random.Generator) -> float:
    size = float(generator.uniform(0.3, 2.0))
    if symbol.is_positive or symbol.is_negative:
        return size if symbol.is_positive else -size
    return size * float(generator.choice((-1.0, 1.0)))


def _is_smooth(matrix: FloatArray, codimension: int) -> bool:
    sizes = [*np.linalg.svd(matrix, compute_uv=False), *[0.0] * codimension]
    return codimension == 0 or bool(sizes[codimension - 1] > SMOOTH * max(1.0, sizes[0]))


def has_none(basis: Sequence[sp.Expr], letters: Sequence[sp.Symbol]) -> bool:
    """Whether it is proved that real points of a piece, if there are any, are singular ones.

    Parameters
    ----------
    basis: polynomials, irreducible over the rationals, whose common zeros are a curve or larger.
    letters: the unknowns.

    >>> x, y, z = sp.symbols("x y z", real=True)
    >>> has_none([x**2 + y**2], (x, y)), has_none([x**4 + y**4 - 1], (x, y)), has_none([z**2 + 2], (x, z))
    (True, False, True)
    """
    return any(_is_definite(element, letters, is_alone=len(basis) == 1) for element in basis)


def _is_definite(element: sp.Expr, letters: Sequence[sp.Symbol], is_alone: bool) -> bool:
    """Whether a polynomial vanishes nowhere or, if it is the only one, at singular points at most."""
    own = [letter for letter in letters if element.has(letter)]
    if element.free_symbols - set(own):
        return False
    polynomial = sp.Poly(element, *own)
    if len(own) == 1:
        return bool(polynomial.count_roots() == 0)
    if polynomial.total_degree() == 2 and _has_form_of_one_sign(polynomial, is_alone):
        return True
    return len(own) == 2 and is_alone and not any(_above(polynomial))


def _has_form_of_one_sign(quadric: sp.Poly, may_vanish: bool) -> bool:
    """Whether the values of a polynomial of degree 2 are of one sign, by its form in one letter more."""
    more = sp.Dummy()
    form = sp.hessian(quadric.homogenize(more).as_expr(), [*quadric.gens, more])
    if may_vanish:
        return bool(form.is_positive_semidefinite or form.is_negative_semidefinite)
    return bool(form.is_positive_definite or form.is_negative_definite)


def _above(curve: sp.Poly) -> Iterator[int]:
    """How many real points a curve has above one abscissa of each interval in which that is constant."""
    x, y = curve.gens
    upright = sp.Poly(curve.as_expr(), y)
    special = sp.Poly(upright.LC() * sp.resultant(curve.as_expr(), curve.as_expr().diff(y), y), x)
    for place in _between_roots(special):
        yield sp.Poly(curve.as_expr().subs(x, place), y).count_roots()


def _between_roots(polynomial: sp.Poly) -> list[sp.Rational]:
    """A number below all real roots, one between each two of them, and one above."""
    if polynomial.degree() < 1:
        return [sp.S.Zero]
    width = sp.S.One
    while True:
        ends = [end for interval, _ in polynomial.intervals(eps=width) for end in interval]
        between = [(a + b) / 2 for a, b in zip(ends[1::2], ends[2::2], strict=False)]
        # Intervals that hold one root each may touch in a root.
        if all(polynomial.eval(place) for place in between):
            return [min(ends, default=0) - 1, *between, max(ends, default=0) + 1]
        width /= 16

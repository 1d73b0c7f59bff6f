"""The loss near uniform softmax as a series in the logits' cumulants over the outputs.

With logits ``f[h]`` that have mean 0, ``log mean_h e^f = mu_2/2 + mu_3/6 + ...`` with the central moments
``mu_r = mean_h f^r``: what `moment_coefficients` finds, by the series of the exponential and the logarithm.
"""

from collections.abc import Mapping
from fractions import Fraction
from math import factorial

from odekit.errors import ReductionError
from odekit.systems.algebra import Poly, add, letter, multiply

__all__ = ["moment_coefficients"]


def moment_coefficients(order: int) -> Mapping[int, Fraction]:
    """Coefficient of each central moment in ``log mean e^f``, up to degree ``order`` in f.

    Parameters
    ----------
    order: at most 3; from degree 4 on there are products of moments.

    Raises
    ------
    ReductionError: there are products of moments.

    >>> moment_coefficients(3)
    {2: Fraction(1, 2), 3: Fraction(1, 6)}
    """
    moments = range(2, order + 1)
    excess = add((Fraction(1, factorial(r)), letter(i, len(moments))) for i, r in enumerate(moments))
    power, series = excess, add([(1, excess)])
    for j in range(2, order // 2 + 1):
        power = _up_to(multiply(power, excess), order)
        series = add([(1, series), (Fraction((-1) ** (j + 1), j), power)])
    if any(sum(exponents) > 1 for exponents in series):
        raise ReductionError(
            "products of moments in the cumulants", expected="order at most 3", received=f"order {order}"
        )
    return {moments[exponents.index(1)]: value for exponents, value in series.items()}


def _up_to(polynomial: Poly, order: int) -> Poly:
    """The terms of at most a degree in f, where the i-th letter is of degree i + 2."""
    return {
        exponents: value
        for exponents, value in polynomial.items()
        if sum((i + 2) * power for i, power in enumerate(exponents)) <= order
    }

"""May an expression be expanded and factored? Not where that would write out a power of very high degree."""

import sympy as sp

__all__ = ["is_tame"]

# Algorithms on polynomials write out every power up to the highest one.
MAX_POWER = 256
# Of such a multiple of an angle or exponent these functions become powers.
_WAVES = (sp.exp, sp.sin, sp.cos, sp.tan, sp.sinh, sp.cosh, sp.tanh)


def is_tame(expression: sp.Expr) -> bool:
    """Whether no power, and no multiple inside of a sine or an exponential, is above 256.

    >>> x = sp.Symbol("x", real=True)
    >>> is_tame(sp.exp(2 * x) + x**12), is_tame(sp.exp(1000000 * x)), is_tame(x**4096 - 1)
    (True, False, False)
    """
    powers = (power.exp for power in expression.atoms(sp.Pow))
    multiples = (number for wave in expression.atoms(*_WAVES) for number in wave.args[0].atoms(sp.Rational))
    return all(
        max(abs(number.p), number.q) <= MAX_POWER for number in (*powers, *multiples) if number.is_Rational
    )

"""How are expressions written as code? Printers for NumPy, JAX and plain numbers, and what they share.

Conditions of several parts are joined two by two, so that they broadcast; integers that no machine integer
holds are written as floats.
"""

from typing import Any

import sympy as sp
from sympy.printing.numpy import JaxPrinter, NumPyPrinter, SciPyPrinter
from sympy.printing.pycode import PythonCodePrinter

__all__ = ["JaxCode", "NumPyCode", "NumberCode", "SciPyCode", "codable"]

# The largest integer of a machine; beyond it NumPy makes objects, which its functions don't take.
_LARGEST = 2**63 - 1
_COMPOUND = (sp.Xor, sp.Equivalent, sp.Implies, sp.ITE)


def codable(expression: sp.Expr) -> sp.Expr:
    """The expression with conditions in And, Or and Not alone, which every printer knows.

    >>> x, y = sp.symbols("x y", real=True)
    >>> codable(sp.Piecewise((x, sp.Xor(x > 0, y > 0)), (y, True))).has(sp.Xor)
    False
    """
    if not expression.has(*_COMPOUND):
        return expression
    return expression.replace(
        lambda part: isinstance(part, _COMPOUND), lambda part: part.to_nnf(simplify=False)
    )


class NumberCode(PythonCodePrinter):  # type: ignore[misc]
    """Python on plain floats."""

    def _print_Integer(self, expression: sp.Integer) -> str:
        text: str = super()._print_Integer(expression)
        return text if abs(expression) <= _LARGEST else self._float(expression)

    def _print_Rational(self, expression: sp.Rational) -> str:
        text: str = super()._print_Rational(expression)
        return text if max(abs(expression.p), expression.q) <= _LARGEST else self._float(expression)

    def _float(self, expression: sp.Rational) -> str:
        try:
            return repr(int(expression.p) / int(expression.q))
        except OverflowError:
            return str(self._print(sp.oo if expression > 0 else -sp.oo))


class _Arrays(NumberCode):
    """What arrays need: conditions joined elementwise."""

    def _print_And(self, expression: sp.And) -> str:
        return self._joined("logical_and", expression.args)

    def _print_Or(self, expression: sp.Or) -> str:
        return self._joined("logical_or", expression.args)

    def _joined(self, function: str, parts: Any) -> str:
        name = self._module_format(f"{self._module}.{function}")
        text, *rest = (self._print(part) for part in sorted(parts, key=sp.default_sort_key))
        for part in rest:
            text = f"{name}({text}, {part})"
        return str(text)


class NumPyCode(_Arrays, NumPyPrinter):  # type: ignore[misc]
    """NumPy on arrays."""


class SciPyCode(_Arrays, SciPyPrinter):  # type: ignore[misc]
    """NumPy on arrays, with SciPy's special functions."""


class JaxCode(_Arrays, JaxPrinter):  # type: ignore[misc]
    """`jax.numpy` on arrays."""

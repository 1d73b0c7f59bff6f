"""How are expressions written as code? Printers for NumPy, JAX and plain numbers, and what they share.

Conditions of several parts are joined two by two, so that they broadcast; integers that no machine integer
holds are written as floats.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import sympy as sp
from sympy.printing.numpy import JaxPrinter, NumPyPrinter, SciPyPrinter
from sympy.printing.pycode import PythonCodePrinter

from odekit.errors import InputError

__all__ = [
    "KINKED",
    "JaxCode",
    "NumPyCode",
    "NumberCode",
    "SciPyCode",
    "array_function",
    "codable",
    "code_function",
    "may_be_complex",
    "real_values",
]

# The largest integer of a machine; beyond it NumPy makes objects, which its functions don't take.
_LARGEST = 2**63 - 1
KINKED = (sp.Abs, sp.Heaviside, sp.Max, sp.Min, sp.Piecewise, sp.sign)
# An imaginary part of at most so much of the value is rounding.
_ROUNDING = 1e-13
# How a printer names itself before the function that it doesn't know.
_UNSUPPORTED = re.compile(r"^Unsupported by <class '[^']*'>: ")
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

    def _print_Heaviside(self, expression: sp.Heaviside) -> str:
        # SymPy would write kinks inside as pieces too, and make conditions of pieces that no array takes.
        if not expression.args[0].has(*KINKED):
            return str(self._print_Function(expression))
        name = self._module_format(f"{self._module}.heaviside")
        return f"{name}({self._print(expression.args[0])}, {self._print(expression.args[1])})"

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
    """`jax.numpy` on arrays, with the error function."""

    def _print_erf(self, expression: sp.erf) -> str:
        return self._special("erf", expression)

    def _print_erfc(self, expression: sp.erfc) -> str:
        return self._special("erfc", expression)

    def _special(self, name: str, expression: sp.Expr) -> str:
        function = self._module_format(f"jax.scipy.special.{name}")
        return f"{function}({self._print(expression.args[0])})"


_MODULES: Mapping[str, Any] = {"numpy": ["numpy", "scipy"], "mpmath": "mpmath", "jax": "jax"}
_PRINTERS: Mapping[str, Any] = {"numpy": SciPyCode, "jax": JaxCode}
_SETTINGS = {"fully_qualified_modules": False, "inline": True, "allow_unknown_functions": False}


def code_function(arguments: Sequence[Any], expression: Any, backend: str = "numpy") -> Callable[..., Any]:
    """An expression, a list or a matrix as a function of symbols, in names of its own.

    Parameters
    ----------
    arguments: symbols, or lists of them.
    expression: what to evaluate.
    backend: ``"numpy"``, ``"mpmath"`` or ``"jax"``.

    Raises
    ------
    InputError: a function that the backend doesn't have.
    """
    printer = _PRINTERS[backend](_SETTINGS) if backend in _PRINTERS else None
    safe: dict[sp.Symbol, sp.Symbol] = {}
    named = [_renamed(argument, safe) for argument in arguments]
    entries = expression if isinstance(expression, list) else [expression]
    written = [codable(entry).xreplace(safe) for entry in entries]
    try:
        function: Callable[..., Any] = sp.lambdify(
            named,
            written if isinstance(expression, list) else written[0],
            _MODULES[backend],
            printer=printer,
            cse=True,
        )
    except (NotImplementedError, ValueError) as error:
        raise InputError(
            f"the formulas hold a function that {backend} doesn't have",
            expected="functions that have code",
            received=_UNSUPPORTED.sub("", str(error).strip().partition("\n")[0]),
            hint="functions such as those of text",
        ) from error
    return function


def _renamed(argument: Any, safe: dict[sp.Symbol, sp.Symbol]) -> Any:
    """A symbol, or a list of them, in names that no module has; noted in ``safe``."""
    if isinstance(argument, list):
        return [_renamed(each, safe) for each in argument]
    return safe.setdefault(argument, sp.Symbol(f"v_{len(safe)}", **argument.assumptions0))


def array_function(arguments: Sequence[sp.Symbol], expression: Any) -> Callable[..., Any]:
    """Expressions as a function of float arrays, silent where not finite, NaN where not real.

    >>> x = sp.Symbol("x")
    >>> float(array_function([x], 1 / x)(0.0))
    inf
    """
    function = code_function(arguments, expression)

    def evaluate(*values: Any) -> Any:
        with np.errstate(all="ignore"):
            found = function(*(np.asarray(value, dtype=np.float64) for value in values))
            return list(map(real_values, found)) if isinstance(found, list) else real_values(found)

    return evaluate


def real_values(values: Any) -> Any:
    """Values whose imaginary part is 0 to rounding without it, and NaN for all others.

    >>> real_values(np.array([1 + 0j, 1j])).tolist(), real_values(2.0)
    ([1.0, nan], 2.0)
    """
    if isinstance(values, list):  # of formulas whose values differ in shape
        return [real_values(each) for each in values]
    if not np.iscomplexobj(values):
        return values
    return np.where(np.abs(np.imag(values)) <= _ROUNDING * np.abs(values), np.real(values), np.nan)


def may_be_complex(expression: sp.Expr) -> bool:
    """Whether code of an expression may give complex numbers at real ones: LambertW's does, and constants do.

    >>> x = sp.Symbol("x", real=True)
    >>> [may_be_complex(e) for e in (sp.LambertW(x), sp.root(-2, 3) * x, sp.sqrt(x))]
    [True, True, False]
    """
    return any(
        isinstance(part, sp.LambertW) or (part.is_number and part.is_extended_real is False)
        for part in sp.preorder_traversal(expression)
        if isinstance(part, sp.Expr)
    )

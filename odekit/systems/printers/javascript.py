"""A system as JavaScript: functions ``f(t, y, p, out)`` of plain numbers, common parts computed once.

States, parameters and time are ``y0, y1, ...``, ``p0, p1, ...`` and ``t``, so that no name of a user's gets
into the code: a state may be called ``class``, or hold anything else.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sympy as sp
from sympy.printing.jscode import JavascriptCodePrinter

from odekit.errors import ReductionError
from odekit.limits import DERIVATION_SECONDS, bounded
from odekit.systems.algebra import codable
from odekit.systems.system import System

__all__ = ["JAVASCRIPT_FUNCTIONS", "javascript_function", "javascript_program"]

# Above it a double no longer holds every whole number.
_LARGEST = 2**53
# Longer products cost more than a power.
_LONGEST_PRODUCT = 4

# What JavaScript lacks. The error function is a sum of positive terms, and far out a continued fraction.
JAVASCRIPT_FUNCTIONS = """\
function heaviside(x, atZero) {
  return x > 0 ? 1 : x < 0 ? 0 : x === 0 ? atZero : NaN;
}

function modulo(x, period) {
  return x - period * Math.floor(x / period);
}

function erfc(x) {
  if (!(x > 2)) return 1 - erf(x);
  let fraction = x;
  for (let k = 60; k > 0; k--) fraction = x + k / 2 / fraction;
  return Math.exp(-x * x) / fraction / Math.sqrt(Math.PI);
}

function erf(x) {
  if (x < 0) return -erf(-x);
  if (x > 2) return 1 - erfc(x);
  let term = x;
  let sum = x;
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= (2 * x * x) / (2 * k + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
"""


def javascript_program(system: System) -> str:
    """Source of a module with ``states``, ``parameters`` and ``vectorField(t, y, p, out)``.

    The function writes the velocities at time t, states y and parameters p (arrays in the order of the two
    lists) into ``out``, and returns it.

    Raises
    ------
    ReductionError: an integral, or a function that JavaScript doesn't have.

    >>> import odekit
    >>> print(javascript_program(odekit.system({"x": "-k*x"}, parameters="k")).partition("\\nfunction")[0])
    export const states = ["x"];
    export const parameters = ["k"];
    <BLANKLINE>
    export function vectorField(t, y, p, out = []) {
      const y0 = y[0];
      const p0 = p[0];
      out[0] = -p0*y0;
      return out;
    }
    <BLANKLINE>
    """
    names = ([symbol.name for symbol in symbols] for symbols in (system.states, system.parameters))
    states, parameters = (json.dumps(each).replace("<", "\\u003c") for each in names)
    function = javascript_function("vectorField", tuple(system.rhs.values()), system)
    return "\n".join(
        [
            f"export const states = {states};",
            f"export const parameters = {parameters};",
            "",
            f"export {function}",
            JAVASCRIPT_FUNCTIONS,
        ]
    )


@bounded("the JavaScript of the formulas", DERIVATION_SECONDS)
def javascript_function(name: str, expressions: Sequence[sp.Expr], system: System) -> str:
    """Source of ``name(t, y, p, out)``, which writes the value of each expression into ``out``.

    It may call what `JAVASCRIPT_FUNCTIONS` defines. Division by zero gives what JavaScript says: Infinity or
    NaN.

    Parameters
    ----------
    name: of the function.
    expressions: in the system's states, parameters and time, by their names.
    system: whose order of states and parameters that of y and p is.

    Raises
    ------
    ReductionError: an integral, or a function that JavaScript doesn't have.
    """
    known = _identifiers(system)
    written = [
        codable(entry).xreplace({symbol: known[symbol.name] for symbol in entry.free_symbols})
        for entry in expressions
    ]
    shared, results = sp.cse(written, symbols=sp.numbered_symbols("c"))
    printer = _Printer()
    lines = [f"function {name}(t, y, p, out = []) {{"]
    lines += _loads([*(meaning for _, meaning in shared), *results], known)
    lines += [f"  const {symbol.name} = {_code(printer, meaning)};" for symbol, meaning in shared]
    lines += [f"  out[{place}] = {_code(printer, result)};" for place, result in enumerate(results)]
    return "\n".join([*lines, "  return out;", "}", ""])


def _identifiers(system: System) -> Mapping[str, sp.Symbol]:
    """What each name is in the code."""
    clock = ["t"] if system.time is None else ["t", system.time.name]
    return {
        **{name: sp.Symbol("t", real=True) for name in clock},
        **{symbol.name: sp.Symbol(f"y{i}", real=True) for i, symbol in enumerate(system.states)},
        **{symbol.name: sp.Symbol(f"p{i}", real=True) for i, symbol in enumerate(system.parameters)},
    }


def _loads(expressions: Sequence[sp.Expr], known: Mapping[str, sp.Symbol]) -> Iterator[str]:
    occurring = set().union(*(entry.free_symbols for entry in expressions))
    for symbol in dict.fromkeys(known.values()):
        if symbol in occurring and symbol.name != "t":
            yield f"  const {symbol.name} = {symbol.name[0]}[{symbol.name[1:]}];"


def _code(printer: JavascriptCodePrinter, expression: sp.Expr) -> str:
    try:
        return str(printer.doprint(expression))
    except (NotImplementedError, ValueError, TypeError) as error:
        raise ReductionError(
            "the equations hold what JavaScript has no function for",
            expected="functions such as those of text: exp, log, sin, tanh, erf, abs, step",
            received=str(error),
            hint="format python, or the text of the equations",
        ) from error


class _Printer(JavascriptCodePrinter):  # type: ignore[misc]
    """JavaScript on plain numbers, in which nothing unknown is passed over."""

    def __init__(self) -> None:
        names = {"erf": "erf", "erfc": "erfc", "Heaviside": "heaviside"}
        super().__init__({"user_functions": names, "allow_unknown_functions": False})

    def _print_not_supported(self, expression: Any) -> str:
        raise NotImplementedError(type(expression).__name__)

    emptyPrinter = _print_not_supported
    _print_Integral = _print_not_supported
    _print_Derivative = _print_not_supported
    _print_ImaginaryUnit = _print_not_supported
    _print_ComplexInfinity = _print_not_supported

    def _print_Symbol(self, expression: sp.Symbol) -> str:
        return str(expression.name)

    def _print_Integer(self, expression: sp.Integer) -> str:
        return str(expression.p) if abs(expression.p) <= _LARGEST else _quotient(expression)

    def _print_Rational(self, expression: sp.Rational) -> str:
        is_exact = max(abs(expression.p), expression.q) <= _LARGEST
        return f"{expression.p}/{expression.q}" if is_exact else _quotient(expression)

    def _print_Float(self, expression: sp.Float) -> str:
        return _literal(float(expression))

    def _print_NumberSymbol(self, expression: sp.NumberSymbol) -> str:
        return _literal(float(expression))

    def _print_NaN(self, expression: Any) -> str:
        return "NaN"

    def _print_BooleanTrue(self, expression: Any) -> str:
        return "true"

    def _print_BooleanFalse(self, expression: Any) -> str:
        return "false"

    def _print_Pow(self, expression: sp.Pow) -> str:
        base, exponent = expression.args
        if exponent.is_Integer and exponent < 0:
            return f"(1/({self._print(base**-exponent)}))"
        if exponent.is_Integer and base.is_Symbol and exponent <= _LONGEST_PRODUCT:
            return f"({'*'.join([base.name] * int(exponent))})"
        if abs(exponent) == sp.S.Half:
            root = f"Math.sqrt({self._print(base)})"
            return root if exponent > 0 else f"(1/{root})"
        return f"Math.pow({self._print(base)}, {self._print(exponent)})"

    def _print_Heaviside(self, expression: sp.Heaviside) -> str:
        return f"heaviside({self._print(expression.args[0])}, {self._print(expression.args[1])})"

    def _print_Mod(self, expression: sp.Mod) -> str:
        return f"modulo({', '.join(map(self._print, expression.args))})"

    def _print_frac(self, expression: sp.frac) -> str:
        return f"modulo({self._print(expression.args[0])}, 1)"

    def _print_Piecewise(self, expression: sp.Piecewise) -> str:
        text = "NaN"
        for value, condition in reversed(expression.args):
            text = f"({self._print(condition)} ? {self._print(value)} : {text})"
        return text


def _quotient(number: sp.Rational) -> str:
    """The double next to a rational; Infinity beyond all of them."""
    try:
        return _literal(int(number.p) / int(number.q))
    except OverflowError:
        return _literal(float("inf") if number > 0 else float("-inf"))


def _literal(value: float) -> str:
    return repr(value).replace("inf", "Infinity").replace("nan", "NaN")

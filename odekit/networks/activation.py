"""Which activation: a name, a formula in ``z``, or a SymPy expression in one symbol."""

from collections.abc import Mapping
from typing import Any

from odekit.errors import InputError, UnknownNameError
from odekit.expressions import Expression, parse, respelt

__all__ = ["ACTIVATIONS", "activation_text", "parse_activation"]

ACTIVATIONS: Mapping[str, str] = {
    "quadratic": "z**2",
    "cubic": "z**3",
    "quartic": "z**4",
    "relu": "relu(z)",
    "abs": "abs(z)",
    "gelu": "z*(1 + erf(z/sqrt(2)))/2",
    "softplus": "log(1 + exp(z))",
}

MAX_DEGREE = 12


def activation_text(activation: Any) -> Any:
    """A SymPy expression in one symbol as a formula in ``z``; anything else as it is.

    >>> from sympy import Abs, Max, Symbol
    >>> activation_text(Abs(Symbol("x")) + Max(0, Symbol("x")))
    'abs(z) + relu(z)'
    >>> activation_text(Max(Symbol("x"), Symbol("x") / 10))
    '11*z/20 + 9*abs(z)/20'
    """
    symbols = list(getattr(activation, "free_symbols", ()))
    if len(symbols) != 1:
        return activation
    named = activation.xreplace({symbols[0]: type(symbols[0])("z", real=True)})
    text = str(named).replace("Max(0, ", "relu(")
    if "Max(" in text or "Min(" in text:
        text = str(named.rewrite("Abs").expand())
    return text.replace("Abs(", "abs(").replace("Heaviside(", "step(")


def parse_activation(text: str) -> Expression:
    """Read an activation by name or as a formula in ``z``.

    Raises
    ------
    InputError: not a formula, or a polynomial of degree above 12.
    UnknownNameError: a word that names no activation.
    """
    if not isinstance(text, str):
        raise InputError(
            "the activation must be text",
            expected="str such as 'z**2', or a SymPy expression in one symbol",
            received=type(text).__name__,
        )
    if text.isidentifier() and text != "z" and text not in ACTIVATIONS:
        raise UnknownNameError("activation", text, [*ACTIVATIONS, "z**4"], meant=respelt(text))
    expression = parse(ACTIVATIONS.get(text, text), ("z",))
    polynomial = expression.polynomial(("z",))
    degree = max((d for (d,) in polynomial), default=0) if polynomial is not None else 0
    if degree > MAX_DEGREE:
        raise InputError(
            "the activation's degree is too high",
            expected=f"a polynomial of degree at most {MAX_DEGREE}",
            received=f"degree {degree}",
        )
    return expression

"""Kinks as products with steps, relu(u) = u H(u) with H^2 = H: between kinks these stand still."""

import sympy as sp

__all__ = ["in_steps", "without_powers_of_steps"]


def in_steps(expression: sp.Expr) -> sp.Expr:
    """With kinks as products with signs and steps, each step of an argument or of its negative as one."""
    found = expression.replace(
        lambda part: isinstance(part, sp.Max | sp.Min) and len(part.args) == 2, _chosen_by_step
    )
    found = found.replace(
        lambda part: isinstance(part, sp.Abs) and part.args[0].is_real,
        lambda part: part.args[0] * sp.sign(part.args[0]),
    )
    return found.replace(sp.Heaviside, lambda argument, *_: _step(argument))


def _chosen_by_step(extreme: sp.Expr) -> sp.Expr:
    first, second = extreme.args if isinstance(extreme, sp.Max) else extreme.args[::-1]
    return second + (first - second) * sp.Heaviside(first - second)


def _step(argument: sp.Expr) -> sp.Expr:
    direction = argument.primitive()[1]
    if direction.could_extract_minus_sign():
        return 1 - sp.Heaviside(-direction)
    return sp.Heaviside(direction)


def without_powers_of_steps(expression: sp.Expr) -> sp.Expr:
    """A step's powers are the step itself, a sign's are 1 and the sign in turn, but on the kink."""
    powers = [p for p in expression.atoms(sp.Pow) if p.exp.is_Integer and p.exp > 1]
    steps = {p: p.base for p in powers if isinstance(p.base, sp.Heaviside)}
    signs = {p: p.base ** (p.exp % 2) for p in powers if isinstance(p.base, sp.sign)}
    return sp.expand(expression.xreplace({**steps, **signs})) if steps or signs else expression

"""Numbers as they are written: decimals with all their digits, and fractions of them as exponents."""

import ast
import re
import sys
from fractions import Fraction

__all__ = ["MAX_EXPONENT", "MAX_NUMBER", "exact_decimal", "fraction_of", "integer_of"]

# Without these a short text could exhaust exact arithmetic.
MAX_NUMBER = 10**30
MAX_EXPONENT = 64


def exact_decimal(literal: str, value: float) -> Fraction | float:
    """A decimal with all its digits; one beyond the numbers that are read stays out of their range.

    >>> exact_decimal("0.99999999999999999999", 1.0)
    Fraction(99999999999999999999, 100000000000000000000)
    """
    if value == 0.0 and re.search("[1-9]", literal.lower().split("e")[0]):
        return sys.float_info.min
    is_in_range = value == 0.0 or 1 / (10 * MAX_NUMBER) <= value <= 10 * MAX_NUMBER
    return Fraction(literal.replace("_", "")) if is_in_range and value else value


def integer_of(node: ast.expr) -> Fraction | None:
    """An integer as it is written, with a sign or without."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = integer_of(node.operand)
        return None if inner is None else -inner
    return Fraction(node.value) if isinstance(node, ast.Constant) and type(node.value) is int else None


def fraction_of(node: ast.expr) -> Fraction | None:
    """An integer, a decimal, or a product or quotient of such."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = fraction_of(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        left, right = fraction_of(node.left), fraction_of(node.right)
        if left is None or not right:
            return None
        return left * right if isinstance(node.op, ast.Mult) else left / right
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, float | Fraction)
        and abs(node.value) <= MAX_EXPONENT
    ):
        return Fraction(node.value)
    return integer_of(node)

"""Integrals over whole turns: digits by the rule for periodic functions, and none where they are unknown."""

import mpmath
import pytest
import sympy as sp
from mpmath.calculus.quadrature import QuadratureRule

from odekit.systems.algebra import AngleIntegral

T, S, X = sp.symbols("t s x", real=True)


@pytest.mark.parametrize(
    ("integrand", "exact"),
    [
        (sp.exp(sp.cos(T)), 2 * sp.pi * sp.besseli(0, 1)),
        (1 / (2 + sp.cos(T)), 2 * sp.pi / sp.sqrt(3)),
        (sp.Integer(3), 6 * sp.pi),
    ],
)
def test_the_digits_are_those_of_the_closed_form(integrand, exact):
    value = AngleIntegral(integrand, (T, 0, 2 * sp.pi)).evalf()
    assert abs(value - exact.evalf()) <= 1e-12 * abs(exact.evalf())  # what the mean settles to


def test_two_angles():
    value = AngleIntegral(sp.exp(sp.cos(T) + sp.cos(S)), (T, 0, 2 * sp.pi), (S, 0, 2 * sp.pi)).evalf()
    assert float(value) == pytest.approx((2 * mpmath.pi * mpmath.besseli(0, 1)) ** 2, rel=1e-12)


def test_none_where_the_mean_has_not_settled_or_more_digits_are_wanted_or_a_symbol_is_left():
    root = AngleIntegral(sp.sqrt(sp.Abs(sp.cos(T))) * sp.cos(2 * T), (T, 0, 2 * sp.pi))
    smooth = AngleIntegral(sp.exp(sp.cos(T)), (T, 0, 2 * sp.pi))
    assert root.evalf() == root
    assert smooth.evalf(50) == smooth
    assert AngleIntegral(X * sp.cos(T) ** 2, (T, 0, 2 * sp.pi)).evalf().has(X)


def test_a_sum_is_printed_without_sympys_quadrature(monkeypatch):
    def never(*_, **__):
        raise AssertionError("asked for digits by SymPy's own rule")

    monkeypatch.setattr(QuadratureRule, "summation", never)
    root = AngleIntegral(sp.sqrt(sp.Abs(sp.cos(T))) * sp.cos(2 * T), (T, 0, 2 * sp.pi))
    expression = X**2 * (root + sp.sqrt(2)) * (root - 1) + X * root / 3
    assert "sqrt(Abs(cos(t)))" in str(expression)
    assert r"\int" in sp.latex(expression)
    plain = sp.Integral(*root.args)
    with pytest.raises(AssertionError, match="own rule"):
        str(X**2 * (plain + sp.sqrt(2)) + X * plain / 3)

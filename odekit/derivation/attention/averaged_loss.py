"""The loss of softmax attention on in-context regression, averaged over prompts, from their Gaussian law."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import sympy as sp

from odekit.systems import Variable, expectation, variable

__all__ = ["AveragedLoss", "averaged_loss", "finite_loss", "linear_loss"]

D, C, S, R, Q, A, B = sp.symbols("d c s r q a b", positive=True)
# Of a token beside a query of length sqrt(q): z is its input along the query, y its label. A task w of
# N(0, I/d) has |w|^2 = 1 on average, and r is the query's own label without its noise.
TOKEN = {"z": (0, 1), "y": (0, 1 + S**2), ("z", "y"): R / sp.sqrt(Q)}
LABEL = {"r": (0, Q / D)}


@dataclass(frozen=True)
class AveragedLoss:
    """Half the mean squared error of heads ``K = omega I``, to first order in 1/(tokens).

    Parameters
    ----------
    loss: in the entries of mu and omega, d inputs, the labels' noise s and ``c = (1 + s^2)/tokens``.
    mu, omega: weights of value and of key and query, a number for each head.
    """

    loss: sp.Expr
    mu: Variable
    omega: Variable

    parameters = (C, D, S)


@dataclass(frozen=True)
class _Pooled:
    """What two heads with scores a z and b z pool from n tokens.

    Parameters
    ----------
    mean: of the output of the first.
    shift: of that mean by a finite n, times n.
    covariance: of both outputs, times n.
    """

    mean: sp.Expr
    shift: sp.Expr
    covariance: sp.Expr


@cache
def averaged_loss(heads: int) -> AveragedLoss:
    """Its limit for many inputs at fixed ``sqrt(d) omega`` and c, where |q|^2 = d.

    Parameters
    ----------
    heads: how many, at least 1.

    Returns
    -------
    averaged: ``(1 + s^2 - 2 mu.omega + sum_ij mu_i mu_j (omega_i omega_j + c e^(d omega_i omega_j)))/2``.

    Raises
    ------
    InputError: heads that are no positive integer.

    Source: in no paper that we read; the setting is that of arXiv 2503.12734, abstract.
    """
    pooled, mu, omega = _pooled(), variable("mu", heads), variable("omega", heads)
    spread = sp.limit(expectation(pooled.covariance.subs(Q, D), {"r": (0, 1)}), D, sp.oo)
    pairs = [*zip(mu.symbols, omega.symbols, strict=True)]
    output = sp.Add(*(m * _at(pooled.mean.subs(Q, D), w, D) for m, w in pairs))
    bias = sp.factor(expectation((R - output) ** 2, {"r": (0, 1)}))
    noise = sp.factor(_quadratic(mu, omega, lambda w, v: _at(spread, w, D, v)) * C / (1 + S**2))
    return AveragedLoss((bias + noise + S**2) / 2, mu, omega)


@cache
def linear_loss(heads: int) -> AveragedLoss:
    """That of linear attention, whose heads pool labels with weights ``omega x . q/tokens``, in its limit.

    Parameters
    ----------
    heads: how many, at least 1.

    Returns
    -------
    averaged: of the slope ``mu.omega`` alone.

    Raises
    ------
    InputError: heads that are no positive integer.

    Source: the same limit of the same setting, by the moments of Gaussian tokens.
    """
    mu, omega = variable("mu", heads), variable("omega", heads)
    weighted = sp.sqrt(Q) * sp.Symbol("z") * sp.Symbol("y")  # x . q = sqrt(q) z
    mean, square = _over_tokens(weighted), _over_tokens(weighted**2)
    covariance = expectation((square - mean**2).subs(Q, D), {"r": (0, 1)})
    spread = D * sp.limit(covariance / D, D, sp.oo)
    slope = sp.Add(*(m * w for m, w in zip(mu.symbols, omega.symbols, strict=True)))
    bias = sp.factor(expectation((R - slope * mean.subs(Q, D)) ** 2, {"r": (0, 1)}))
    noise = sp.factor(slope**2 * spread * C / (1 + S**2))
    return AveragedLoss((bias + noise + S**2) / 2, mu, omega)


@cache
def finite_loss(heads: int) -> AveragedLoss:
    """All of the first order in 1/(tokens): also heads' means that shift, and queries of N(0, I_d).

    Parameters
    ----------
    heads: how many, at least 1.

    Returns
    -------
    averaged: where every ``omega_i omega_j`` is below 1/2; beyond, the mean over queries diverges.

    Raises
    ------
    InputError: heads that are no positive integer.

    Source: the first order of a quotient of means over tokens, of the setting of `averaged_loss`.
    """
    pooled, mu, omega = _pooled(), variable("mu", heads), variable("omega", heads)
    one_over_n = C / (1 + S**2)
    pairs = [*zip(mu.symbols, omega.symbols, strict=True)]
    mean = sp.Add(*(m * _at(pooled.mean, w, Q) for m, w in pairs))
    shift = sp.Add(*(m * _at(pooled.shift, w, Q) for m, w in pairs))
    bias = (R - mean) ** 2 - 2 * one_over_n * (R - mean) * shift
    noise = _quadratic(mu, omega, lambda w, v: _at(pooled.covariance, w, Q, v)) * one_over_n
    over_labels = expectation(sp.expand(bias + noise), LABEL, parameters=(D, Q))
    return AveragedLoss((_over_queries(over_labels) + S**2) / 2, mu, omega)


@cache
def _pooled() -> _Pooled:
    """By ``E[y e^(az)]/E[e^(az)]`` and the first order of a quotient of means over n tokens."""
    z, y = sp.symbols("z y")
    norm = [_over_tokens(sp.exp(each * z)) for each in (A, B)]
    mean = [_over_tokens(sp.exp(each * z) * y) / n for each, n in zip((A, B), norm, strict=True)]
    shift = -_over_tokens(sp.exp(2 * A * z) * (y - mean[0])) / norm[0] ** 2
    product = _over_tokens(sp.exp((A + B) * z) * (y - mean[0]) * (y - mean[1])) / (norm[0] * norm[1])
    return _Pooled(mean[0], sp.simplify(shift), sp.simplify(product))


def _over_tokens(formula: sp.Expr) -> sp.Expr:
    return expectation(formula, TOKEN, parameters=(Q, S, R))


def _over_queries(formula: sp.Expr) -> sp.Expr:
    """The mean over ``q = |x|^2``, x of N(0, I_d), of terms ``q^n e^(kq)``: of x_1 alone, to the power d."""
    p, k, x = sp.symbols("p", positive=True), sp.Symbol("k"), sp.Symbol("x", real=True)
    of_one = sp.integrate(sp.exp(-p * x**2), (x, -sp.oo, sp.oo)) / sp.sqrt(2 * sp.pi)
    generating = sp.expand(of_one**2).subs(p, sp.Rational(1, 2) - k) ** (D / 2)
    total = sp.S.Zero
    for term in sp.Add.make_args(sp.expand(formula)):
        factor, moving = term.as_independent(Q)
        order = sp.Poly(sp.simplify(Q * moving.diff(Q) / moving), Q)
        power, slope = order.coeff_monomial(1), order.coeff_monomial(Q)
        total += factor * generating.diff(k, power).subs(k, slope)
    return total


def _at(formula: sp.Expr, omega: sp.Expr, length: sp.Expr, other: sp.Expr = sp.S.Zero) -> sp.Expr:
    """With scores ``omega x . q``, where |q|^2 has this value."""
    return formula.xreplace({A: omega * sp.sqrt(length), B: other * sp.sqrt(length)})


def _quadratic(mu: Variable, omega: Variable, entry: Callable[[sp.Expr, sp.Expr], sp.Expr]) -> sp.Expr:
    pairs = [*zip(mu.symbols, omega.symbols, strict=True)]
    return sp.Add(*(m * k * entry(w, v) for m, w in pairs for k, v in pairs))

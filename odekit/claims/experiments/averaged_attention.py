"""The loss of softmax attention on in-context regression, averaged over prompts, from their Gaussian law."""

from dataclasses import dataclass
from functools import cache

import sympy as sp

from odekit.systems import Variable, expectation, variable

__all__ = ["AveragedLoss", "averaged_loss"]

# Of a token beside a query q with |q|^2 = d: z = x . q/sqrt(d), and the label y = w . x + noise. A task w of
# N(0, I/d) has |w|^2 = 1, and r = w . q is the query's label without its noise.
TOKEN = {"z": (0, 1), "y": (0, "1 + s**2"), ("z", "y"): "r/sqrt(d)"}
LABEL = {"r": (0, 1)}
D, C, S, R, A, B = sp.symbols("d c s r a b", positive=True)


@dataclass(frozen=True)
class AveragedLoss:
    """Half the mean squared error of H heads ``K = omega I``, to first order in 1/(tokens).

    Parameters
    ----------
    loss: in the entries of mu and omega, d inputs, the labels' noise s and ``c = (1 + s^2)/tokens``.
    mu, omega: weights of value and of key and query, a number for each head.
    """

    loss: sp.Expr
    mu: Variable
    omega: Variable

    parameters = (C, D, S)


@cache
def averaged_loss(heads: int) -> AveragedLoss:
    """Its derivation: a head's score is ``omega sqrt(d) z``, so that it pools labels weighted by exp(a z).

    The mean output is ``E[y e^(az)]/E[e^(az)]``; the covariance of two heads' outputs over n tokens is
    ``E[e^(az + bz) (y - m_a) (y - m_b)]/(n E[e^(az)] E[e^(bz)])``, in the limit of many inputs at fixed a, b.

    Source: in no paper that we read; the setting is that of arXiv 2503.12734, abstract.
    """
    mu, omega = variable("mu", heads), variable("omega", heads)
    mean, spread = _pooled()
    tokens = (1 + S**2) / C
    of_head = [mean.xreplace({A: sp.sqrt(D) * each}) for each in omega.symbols]
    output = sp.Add(*(m * f for m, f in zip(mu.symbols, of_head, strict=True)))
    bias = expectation((R - output) ** 2, LABEL)
    noise = sp.Add(
        *(
            m * k * spread.xreplace({A: sp.sqrt(D) * of_m, B: sp.sqrt(D) * of_k}) / tokens
            for m, of_m in zip(mu.symbols, omega.symbols, strict=True)
            for k, of_k in zip(mu.symbols, omega.symbols, strict=True)
        )
    )
    return AveragedLoss((sp.factor(bias) + sp.factor(noise) + S**2) / 2, mu, omega)


@cache
def _pooled() -> tuple[sp.Expr, sp.Expr]:
    """Mean output of a head whose score is a z, and n times the covariance with one whose score is b z."""
    weight_a, weight_b = sp.exp(A * sp.Symbol("z")), sp.exp(B * sp.Symbol("z"))
    y = sp.Symbol("y")
    norm = {A: _over_tokens(weight_a), B: _over_tokens(weight_b)}
    mean = {A: _over_tokens(weight_a * y) / norm[A], B: _over_tokens(weight_b * y) / norm[B]}
    product = _over_tokens(weight_a * weight_b * (y - mean[A]) * (y - mean[B])) / (norm[A] * norm[B])
    covariance = expectation(sp.simplify(product), LABEL)
    return mean[A], sp.limit(covariance, D, sp.oo)


def _over_tokens(formula: sp.Expr) -> sp.Expr:
    return expectation(formula, TOKEN, parameters=(D, S, R))

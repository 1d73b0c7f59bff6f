"""The loss of softmax attention on in-context regression, averaged over prompts, from their Gaussian law."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import sympy as sp

from odekit.systems import Variable, expectation, variable

__all__ = ["AveragedLoss", "averaged_loss", "finite_loss", "linear_loss"]

D, C, S, R, Q = sp.symbols("d c s r q", positive=True)
LABEL = {"r": (0, Q / D)}


@dataclass(frozen=True)
class AveragedLoss:
    """Half the mean squared error of heads ``K = omega I``, to first order in 1/(tokens).

    Parameters
    ----------
    loss: in the entries of mu and omega, d inputs, the labels' noise s and ``c = (1 + s^2)/tokens``; of
        several tasks the sum of theirs, with d inputs each.
    mu, omega: weights of value and of key and query, a number for each head, or for each head and task.
    """

    loss: sp.Expr
    mu: Variable
    omega: Variable

    parameters = (C, D, S)


@dataclass(frozen=True)
class _Pooled:
    """What two heads with scores ``a . z`` and ``b . z`` pool from n tokens.

    Parameters
    ----------
    mean: of the output of the first.
    shift: of that mean by a finite n, times n.
    covariance: of both outputs, times n.
    a, b: a number for each task.
    """

    mean: sp.Expr
    shift: sp.Expr
    covariance: sp.Expr
    a: Sequence[sp.Symbol]
    b: Sequence[sp.Symbol]

    def at(
        self, formula: sp.Expr, omega: Sequence[sp.Expr], length: sp.Expr, other: Sequence[sp.Expr] = ()
    ) -> sp.Expr:
        """With scores ``omega . (x . q)``, where |q|^2 has this value in each task."""
        first = dict(zip(self.a, omega, strict=True))
        second = dict(zip(self.b, other, strict=True)) if other else {}
        return formula.xreplace({a: w * sp.sqrt(length) for a, w in {**first, **second}.items()})


@cache
def averaged_loss(heads: int, tasks: int = 1) -> AveragedLoss:
    """Its limit for many inputs at fixed ``sqrt(d) omega`` and c, where |q|^2 = d.

    Parameters
    ----------
    heads, tasks: at least 1; a task has inputs and a label of its own, and a token holds those of all.

    Returns
    -------
    averaged: of one task ``(1 + s^2 - 2 mu.omega + sum_ij mu_i mu_j (omega_i omega_j + c e_ij))/2``, with
        ``e_ij = e^(d omega_i omega_j)``.

    Raises
    ------
    InputError: heads that are no positive integer.

    Source: in no paper that we read; the setting is that of arXiv 2503.12734, abstract.
    """
    pooled, shape = _pooled(tasks), (heads,) if tasks == 1 else (heads, tasks)
    mu, omega = variable("mu", *shape), variable("omega", *shape)
    spread = sp.limit(expectation(pooled.covariance.subs(Q, D), {"r": (0, 1)}), D, sp.oo)
    of_pair = sp.powsimp(sp.cancel(spread / (1 + S**2)))
    values, weights = (sp.Matrix(heads, tasks, each.symbols) for each in (mu, omega))
    total = sp.S.Zero
    for task in range(tasks):
        # The pooled label is that of the first task.
        order = [task, *(other for other in range(tasks) if other != task)]
        pairs = [(values[head, task], [weights[head, other] for other in order]) for head in range(heads)]
        output = sp.Add(*(m * pooled.at(pooled.mean.subs(Q, D), w, D) for m, w in pairs))
        bias = sp.factor(expectation((R - output) ** 2, {"r": (0, 1)}))
        noise = C * _quadratic(pairs, lambda w, v: pooled.at(of_pair, w, D, v))
        total += (bias + noise + S**2) / 2
    return AveragedLoss(total, mu, omega)


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
    weighted = sp.sqrt(Q) * sp.Symbol("z1") * sp.Symbol("y")  # x . q = sqrt(q) z
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
    pooled, mu, omega = _pooled(1), variable("mu", heads), variable("omega", heads)
    one_over_n = C / (1 + S**2)
    pairs = [(m, [w]) for m, w in zip(mu.symbols, omega.symbols, strict=True)]
    mean = sp.Add(*(m * pooled.at(pooled.mean, w, Q) for m, w in pairs))
    shift = sp.Add(*(m * pooled.at(pooled.shift, w, Q) for m, w in pairs))
    bias = (R - mean) ** 2 - 2 * one_over_n * (R - mean) * shift
    noise = _quadratic(pairs, lambda w, v: pooled.at(pooled.covariance, w, Q, v)) * one_over_n
    over_labels = expectation(sp.expand(bias + noise), LABEL, parameters=(D, Q))
    return AveragedLoss((_over_queries(over_labels) + S**2) / 2, mu, omega)


@cache
def _pooled(tasks: int) -> _Pooled:
    """By ``E[y e^(a.z)]/E[e^(a.z)]`` and the first order of a quotient of means over n tokens."""
    y = sp.Symbol("y")
    a, b, z = (sp.symbols(f"{name}1:{tasks + 1}", positive=name != "z") for name in "abz")
    scores = [sp.Add(*(k * each for k, each in zip(by, z, strict=True))) for by in (a, b)]
    norm = [_over_tokens(sp.exp(score), tasks) for score in scores]
    mean = [_over_tokens(sp.exp(score) * y, tasks) / n for score, n in zip(scores, norm, strict=True)]
    shift = -_over_tokens(sp.exp(2 * scores[0]) * (y - mean[0]), tasks) / norm[0] ** 2
    product = _over_tokens(sp.exp(sp.Add(*scores)) * (y - mean[0]) * (y - mean[1]), tasks)
    return _Pooled(mean[0], sp.simplify(shift), sp.simplify(product / (norm[0] * norm[1])), a, b)


def _over_tokens(formula: sp.Expr, tasks: int = 1) -> sp.Expr:
    """Of a token beside a query of length sqrt(q) in each task: z its inputs along the query, y a label.

    The label is that of the first task w, of N(0, I/d), where |w|^2 = 1 on average; r is the query's own
    label without its noise.
    """
    law = {"y": (0, 1 + S**2), ("z1", "y"): R / sp.sqrt(Q)}
    along = {f"z{task}": (0, 1) for task in range(1, tasks + 1)}
    return expectation(formula, {**along, **law}, parameters=(Q, S, R))


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


def _quadratic(
    pairs: Sequence[tuple[sp.Expr, Sequence[sp.Expr]]],
    entry: Callable[[Sequence[sp.Expr], Sequence[sp.Expr]], sp.Expr],
) -> sp.Expr:
    return sp.Add(*(m * k * entry(w, v) for m, w in pairs for k, v in pairs))

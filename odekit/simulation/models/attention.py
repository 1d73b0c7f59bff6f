"""Softmax attention that regresses in context: a head's score of token z is ``z . K q``, its output pools z.

Heads add up: ``f = sum_h sum_i p_i^h z_i . o_h``, ``p^h = softmax_i(z_i . K_h q)``, of tokens ``z = (x, y)``.
"""

from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp

from odekit.arrays import FloatArray
from odekit.errors import InputError

__all__ = [
    "AttentionDescent",
    "Prompts",
    "attention_gradient",
    "descend_attention",
    "draw_prompts",
    "follow_heads",
    "heads_loss",
]


@dataclass(frozen=True, eq=False)
class Prompts:
    """Contexts of a linear task each, with a query.

    Parameters
    ----------
    tokens: (prompt, context, d + 1), inputs x and after them the label y.
    queries: (prompt, d).
    targets: (prompt,), labels of the queries.
    """

    tokens: FloatArray
    queries: FloatArray
    targets: FloatArray


@dataclass(frozen=True, eq=False)
class AttentionDescent:
    """Weights before and after every step, and the gradients that each group of prompts gave.

    Parameters
    ----------
    key_query: (steps + 1, head, d + 1, d). output: (steps + 1, head, d + 1).
    of_keys: (steps, group, head, d + 1, d). of_output: (steps, group, head, d + 1).
    """

    key_query: FloatArray
    output: FloatArray
    of_keys: FloatArray
    of_output: FloatArray


def draw_prompts(
    generator: np.random.Generator, count: int, context: int, dimension: int, noise: float
) -> Prompts:
    """Labels ``y = w . x + noise``: x of N(0, I), a task w of N(0, I/d) for each prompt.

    Parameters
    ----------
    count, context, dimension: of prompts, tokens of each, and inputs of a token.
    noise: standard deviation of what is added to each label, at least 0.
    """
    x = generator.standard_normal((count, context + 1, dimension))
    w = generator.standard_normal((count, dimension, 1)) / np.sqrt(dimension)
    y = x @ w + noise * generator.standard_normal((count, context + 1, 1))
    tokens = np.concatenate([x, y], axis=2)
    return Prompts(tokens[:, :-1], x[:, -1], y[:, -1, 0])


def attention_gradient(
    key_query: FloatArray, output: FloatArray, prompts: Prompts
) -> tuple[float, FloatArray, FloatArray]:
    """Half the mean squared error over prompts, and its gradient.

    Parameters
    ----------
    key_query: K, (head, d + 1, d). output: o, (head, d + 1).

    Returns
    -------
    loss, and its gradients in both, of their shapes.
    """
    tokens, queries = prompts.tokens, prompts.queries
    heads, inner, dimension = key_query.shape
    keys = (queries @ key_query.reshape(-1, dimension).T).reshape(-1, heads, inner)
    scores = keys @ tokens.swapaxes(1, 2)  # (prompt, head, context)
    weights = np.exp(scores - scores.max(axis=2, keepdims=True))
    weights /= weights.sum(axis=2, keepdims=True)
    pooled = weights @ tokens
    values = output @ tokens.swapaxes(1, 2)
    own = (pooled * output).sum(axis=2, keepdims=True)
    error = own.sum(axis=(1, 2)) - prompts.targets
    share = error / len(error)
    moved = (weights * (values - own)) @ tokens
    back = (share[:, None, None] * moved).reshape(-1, heads * inner).T @ queries
    return (
        float(error @ error) / (2 * len(error)),
        back.reshape(key_query.shape),
        np.tensordot(share, pooled, axes=1),
    )


def descend_attention(
    key_query: FloatArray,
    output: FloatArray,
    generator: np.random.Generator,
    *,
    prompts: int,
    groups: int,
    context: int,
    noise: float,
    learning_rate: float,
    steps: int,
) -> AttentionDescent:
    """Stochastic descent of all weights, on new prompts at each step; groups tell the gradient's error.

    Parameters
    ----------
    key_query, output: the weights at the start, as `attention_gradient`.
    prompts, groups: prompts of a group, and groups of a step.
    context, noise: as `draw_prompts`.
    """
    path = [(key_query, output)]
    gradients = []
    for _ in range(steps):
        drawn = [draw_prompts(generator, prompts, context, key_query.shape[2], noise) for _ in range(groups)]
        gradients.append([attention_gradient(*path[-1], each)[1:] for each in drawn])
        mean = [np.mean(parts, axis=0) for parts in zip(*gradients[-1], strict=True)]
        path.append((path[-1][0] - learning_rate * mean[0], path[-1][1] - learning_rate * mean[1]))
    return AttentionDescent(
        np.array([keys for keys, _ in path]),
        np.array([out for _, out in path]),
        np.array([[keys for keys, _ in step] for step in gradients]),
        np.array([[out for _, out in step] for step in gradients]),
    )


def follow_heads(
    mu: FloatArray, omega: FloatArray, times: FloatArray, noise: float, dimension: float, rtol: float
) -> tuple[FloatArray, FloatArray]:
    """Gradient flow of heads ``K = (omega I, 0)``, ``o = (0, mu)``, averaged over prompts of many inputs.

    Down `heads_loss`, with omega_h as a single weight; by an implicit method where it is stiff.

    Parameters
    ----------
    mu, omega: (head,), or (head, task) of several tasks, at ``times[0]``.
    times: (T,), increasing.
    noise, dimension: as `heads_loss`.
    rtol: relative tolerance of a step; absolute a thousandth of it.

    Returns
    -------
    mu and omega, (T, head) or (T, head, task).

    Raises
    ------
    InputError: a flow that can't be followed to the end.
    """
    heads = len(mu)

    def velocity(_: float, state: FloatArray) -> FloatArray:
        mu, omega = state.reshape(2, heads, -1)
        spread = noise * np.exp(dimension * (omega @ omega.T))
        missing = 1 - (mu * omega).sum(axis=0)
        of_omega = mu * missing - dimension * (spread * (mu @ mu.T)) @ omega
        return np.concatenate([(omega * missing - spread @ mu).ravel(), of_omega.ravel()])

    try:
        with np.errstate(over="raise", invalid="raise"):
            found = solve_ivp(
                velocity,
                (times[0], times[-1]),
                np.concatenate([mu.ravel(), omega.ravel()]),
                "LSODA",
                times,
                rtol=rtol,
                atol=1e-3 * rtol,
            )
    except FloatingPointError as error:
        raise _lost(str(error)) from error
    if not found.success:
        raise _lost(found.message)
    of_mu, of_omega = found.y.T.reshape(-1, 2, *mu.shape).swapaxes(0, 1)
    return of_mu, of_omega


def heads_loss(mu: FloatArray, omega: FloatArray, noise: float, dimension: float) -> FloatArray:
    """Half the squared error of heads, averaged over prompts of many inputs, without that of a label's noise.

    ``(1/2) sum_n [(1 - mu_n . omega_n)^2 + mu_n . C mu_n]`` over tasks n that have inputs and a label of
    their own in each token, ``C_hk = c exp(d sum_m omega_hm omega_km)``.

    Parameters
    ----------
    mu, omega: (T, head, task).
    noise: c, the variance of a label over the number of tokens.
    dimension: d, inputs of a task.

    Returns
    -------
    (T,).
    """
    spread = noise * np.exp(dimension * (omega @ omega.swapaxes(1, 2)))
    missing = 1 - (mu * omega).sum(axis=1)
    return np.asarray(((missing**2).sum(axis=1) + (mu * (spread @ mu)).sum(axis=(1, 2))) / 2)


def _lost(reason: str) -> InputError:
    return InputError("the heads can't be followed", expected="a flow without overflow", received=reason)

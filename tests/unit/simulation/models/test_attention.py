"""Softmax attention in weight space, on sampled prompts and averaged."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.simulation import (
    Prompts,
    attention_gradient,
    descend_attention,
    draw_prompts,
    follow_heads,
    heads_loss,
)


def _network(seed: int = 0) -> tuple[np.ndarray, np.ndarray, Prompts]:
    generator = np.random.default_rng(seed)
    prompts = draw_prompts(generator, 20, 7, 3, 0.4)
    return 0.5 * generator.standard_normal((2, 4, 3)), generator.standard_normal((2, 4)), prompts


def _predictions(key_query: np.ndarray, output: np.ndarray, prompts: Prompts) -> np.ndarray:
    """By loops over prompts and heads."""
    found = np.zeros(len(prompts.targets))
    for place, (tokens, query) in enumerate(zip(prompts.tokens, prompts.queries, strict=True)):
        for keys, out in zip(key_query, output, strict=True):
            weights = np.exp([token @ keys @ query for token in tokens])
            found[place] += weights / weights.sum() @ tokens @ out
    return found


def test_the_loss_is_that_of_attention_written_as_loops() -> None:
    key_query, output, prompts = _network()
    expected = ((_predictions(key_query, output, prompts) - prompts.targets) ** 2).mean() / 2
    assert attention_gradient(key_query, output, prompts)[0] == pytest.approx(expected, rel=1e-12)


def test_the_gradient_is_that_of_the_loss() -> None:
    weights, step = list(_network()[:2]), 1e-6
    prompts = _network()[2]
    _, *gradient = attention_gradient(*weights, prompts)
    for part, own in enumerate(gradient):
        for place in np.ndindex(own.shape):
            losses = []
            for sign in (1, -1):
                moved = [array.copy() for array in weights]
                moved[part][place] += sign * step
                losses.append(attention_gradient(*moved, prompts)[0])
            # Central differences: rounding of a loss of order 1 over the step.
            assert abs((losses[0] - losses[1]) / (2 * step) - own[place]) < 1e-8


def test_labels_are_linear_in_the_inputs_with_the_noise_asked_for() -> None:
    prompts = draw_prompts(np.random.default_rng(1), 4000, 20, 3, 0.5)
    x, y = prompts.tokens[..., :-1], prompts.tokens[..., -1]
    slopes = np.linalg.solve(x.swapaxes(1, 2) @ x, x.swapaxes(1, 2) @ y[..., None])
    rest = y - (x @ slopes)[..., 0]
    # 80,000 labels: five standard errors of a variance are 2.5 % of it.
    assert (rest**2).sum() / (4000 * 17) == pytest.approx(0.25, rel=0.03)
    assert (y**2).mean() == pytest.approx(1.25, rel=0.1)


def test_descent_takes_the_mean_gradient_of_its_groups() -> None:
    key_query, output, _ = _network()
    found = descend_attention(
        key_query,
        output,
        np.random.default_rng(2),
        prompts=5,
        groups=3,
        context=7,
        noise=0.4,
        learning_rate=0.1,
        steps=2,
    )
    moved = found.key_query[0] - 0.1 * found.of_keys[0].mean(axis=0)
    np.testing.assert_allclose(found.key_query[1], moved, atol=1e-15)
    assert found.output.shape == (3, 2, 4)
    generator = np.random.default_rng(2)
    first = attention_gradient(key_query, output, draw_prompts(generator, 5, 7, 3, 0.4))
    np.testing.assert_array_equal(found.of_output[0, 0], first[2])


def test_averaged_heads_go_down_their_loss() -> None:
    def loss(mu: np.ndarray, omega: np.ndarray) -> float:
        noise = 0.03 * np.exp(4 * np.outer(omega, omega))
        return float((1 - mu @ omega) ** 2 + mu @ noise @ mu) / 2

    start = np.array([[0.5, -0.2, 0.3], [0.1, -0.4, 0.2]])
    t = np.array([0.0, 1e-4])
    mu, omega = follow_heads(*start, t, 0.03, 4, 1e-12)
    velocity = (np.array([mu[1], omega[1]]) - start) / t[1]
    for place in np.ndindex(2, 3):
        shift = np.zeros((2, 3))
        shift[place] = 1e-6
        slope = (loss(*(start + shift)) - loss(*(start - shift))) / 2e-6
        # The velocity changes by order t[1] on the way.
        assert velocity[place] == pytest.approx(-slope, abs=1e-3)


def test_heads_of_several_tasks_go_down_their_loss() -> None:
    start, d, c = 0.4 * np.random.default_rng(4).standard_normal((2, 3, 2)), 4, 0.03
    by_loops = 0.0
    for task in range(2):
        mu = start[0, :, task]
        scores = sum(np.outer(start[1, :, other], start[1, :, other]) for other in range(2))
        by_loops += ((1 - mu @ start[1, :, task]) ** 2 + mu @ (c * np.exp(d * scores)) @ mu) / 2
    assert heads_loss(*start[:, None], c, d) == pytest.approx(by_loops, rel=1e-12)
    t = np.array([0.0, 1e-4])
    mu, omega = follow_heads(*start, t, c, d, 1e-12)
    velocity = (np.array([mu[1], omega[1]]) - start) / t[1]
    for place in np.ndindex(2, 3, 2):
        shift = np.zeros((2, 3, 2))
        shift[place] = 1e-6
        up, down = (heads_loss(*(start + sign * shift)[:, None], c, d)[0] for sign in (1, -1))
        # The velocity changes by order t[1] on the way.
        assert velocity[place] == pytest.approx(-(up - down) / 2e-6, abs=1e-3)


def test_a_flow_that_cannot_be_followed_is_refused() -> None:
    with pytest.raises(InputError, match="can't be followed"):
        follow_heads(np.array([1e8]), np.array([50.0]), np.array([0.0, 1.0]), 1.0, 9, 1e-9)

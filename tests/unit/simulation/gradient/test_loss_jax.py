from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from odekit.errors import InputError
from odekit.expressions import ACTIVATION
from odekit.groups import FiniteGroup
from odekit.networks import ACTIVATIONS, Network
from odekit.simulation import LossGradient, loss_and_gradient

FloatArray = NDArray[np.float64]

CASES = [
    ("Z7", "x+y", "shared", "quadratic", "mean"),
    ("Z6", "x-y", "shared", "relu", "sum"),
    ("Z5", "x-2*y", "unshared", "tanh(z)", "mean"),
    ("Z4", "x+y-z", "shared", "z**3 - z/2", "sum"),
    ("Z3", "x+2*y+z", "unshared", "cubic", "mean"),
    ("S3", "x*y", "shared", "quadratic", "sum"),
    ("S3", "x*y", "unshared", "abs", "mean"),
    ("Z5", "x+y", "shared", "exp(-z**2) / (1 + z**2)**-1", "mean"),
    ("Z5", "x+y", "shared", "2", "mean"),
]


def build(s3: FiniteGroup, case: tuple[str, ...], dtype: Any) -> tuple[Network, FloatArray]:
    group, task, embedding, activation, loss = case
    network = Network(
        s3 if group == "S3" else group,
        neurons=6,
        activation=activation,
        embedding=embedding,
        task=task,
        loss=loss,
        logit_scale=0.7,
    )
    shape = (len(network.embeddings) + 1, network.finite_group.order, 6)
    return network, np.random.default_rng(1).normal(size=shape).astype(dtype)


def worst_gap(found: FloatArray, exact: FloatArray) -> float:
    return float(np.abs(found - exact).max() / max(1.0, np.abs(exact).max()))


@pytest.mark.long
@pytest.mark.parametrize(("dtype", "rows"), [(np.float64, 4), (np.float32, None)])
@pytest.mark.parametrize(
    "case", [*CASES[:3], *(pytest.param(case, marks=pytest.mark.slow) for case in CASES[3:])], ids="-".join
)
def test_two_backends_agree_to_the_rounding_of_the_type(
    s3: FiniteGroup, case: tuple[str, ...], rows: int | None, dtype: Any
) -> None:
    pytest.importorskip("jax")
    network, weights = build(s3, case, dtype)
    loss, gradient = LossGradient(network, rows, dtype=dtype, backend="jax").evaluate(weights)
    exact_loss, exact = LossGradient(network).evaluate(weights.astype(np.float64))
    assert (loss.dtype, gradient.dtype) == (dtype, dtype)
    # Sums of up to 64 terms and logits of up to 1e2, all rounded.
    assert float(loss) == pytest.approx(float(exact_loss), rel=1e3 * float(np.finfo(dtype).eps))
    assert worst_gap(gradient, exact) < 1e3 * float(np.finfo(dtype).eps)


# Every function of an activation, with an argument in its domain.
EVERY_FUNCTION = ["log(1 + exp(z))", "sqrt(1 + z**2)", "sinh(z/4)", "cosh(z/4)", "sin(z)", "cos(z)", "erf(z)"]
EVERY_FUNCTION += ["sign(z)", "step(z) * z**2", "gelu", "softplus"]


@pytest.mark.slow
@pytest.mark.parametrize("activation", EVERY_FUNCTION)
def test_every_function_of_an_activation_has_a_meaning_in_jax(s3: FiniteGroup, activation: str) -> None:
    pytest.importorskip("jax")
    network, weights = build(s3, ("Z5", "x+y", "shared", activation, "mean"), np.float64)
    loss, gradient = LossGradient(network, backend="jax").evaluate(weights)
    exact_loss, exact = LossGradient(network).evaluate(weights)
    assert float(loss) == pytest.approx(float(exact_loss), rel=1e3 * float(np.finfo(np.float64).eps))
    assert worst_gap(gradient, exact) < 1e3 * float(np.finfo(np.float64).eps)


def test_no_function_of_an_activation_is_left_out_above() -> None:
    texts = " ".join(text for case in CASES for text in case) + " ".join(
        [*EVERY_FUNCTION, *ACTIVATIONS.values()]
    )
    assert not [name for name in ACTIVATION.functions if f"{name}(" not in texts]


def test_another_group_s_labels_would_be_noticed(s3: FiniteGroup) -> None:
    pytest.importorskip("jax")
    network, weights = build(s3, CASES[1], np.float64)
    other = Network("Z6", neurons=6, activation="relu", task="x+y", loss="sum", logit_scale=0.7)
    found, exact = (
        LossGradient(other, backend="jax").evaluate(weights),
        LossGradient(network).evaluate(weights),
    )
    assert worst_gap(found[1], exact[1]) > 1e-2


def test_no_setting_of_jax_outlives_a_call() -> None:
    jax = pytest.importorskip("jax")
    before = jax.numpy.zeros(1).dtype
    theta, xi = np.random.default_rng(2).normal(size=(2, 3, 5))
    loss, grad_theta, grad_xi = loss_and_gradient(Network("Z5"), theta, xi, backend="jax")
    exact = loss_and_gradient(Network("Z5"), theta, xi)
    assert loss == pytest.approx(exact[0], rel=1e-14)
    np.testing.assert_allclose(grad_theta, exact[1], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(grad_xi, exact[2], rtol=1e-12, atol=1e-14)
    assert jax.numpy.zeros(1).dtype == before


@pytest.mark.parametrize("module", [None, ModuleType("jax")])
def test_without_a_jax_that_serves_the_error_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType | None
) -> None:
    if module:
        monkeypatch.setattr(module, "__version__", "0.4.30", raising=False)
    monkeypatch.setitem(sys.modules, "jax", module)
    with pytest.raises(InputError, match=r"needs jax.*optional extra 'jax'.*pip install 'odekit\[jax\]'"):
        LossGradient(Network("Z5"), backend="jax")

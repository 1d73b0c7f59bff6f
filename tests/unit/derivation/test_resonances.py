"""Coupled frequencies: resonances, closed sets, and ten random networks against brute force."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from odekit.derivation import close, derive, resonances
from odekit.errors import ReductionError
from odekit.groups import from_modes, mode_basis, to_modes
from odekit.networks import Network
from odekit.simulation import uniform_gradient
from odekit.systems.algebra.polynomials import evaluate

TASKS = ("x+y", "x-y", "2*x+y", "x+3*y", "-x-y", "x+y+z")


def random_network(rng: np.random.Generator) -> tuple[Network, list[int]]:
    """A polynomial activation of degree 2 to 5, a task, an order and some of its frequencies."""
    task = TASKS[rng.integers(len(TASKS))]
    order = int(rng.choice([7, 8, 9, 11, 12]))
    count = int(rng.integers(2, 4))
    degrees = range(1, 4 if task == "x+y+z" else 7 - count)
    terms = [f"({Fraction(int(rng.integers(-9, 10)), int(rng.integers(1, 7)))})*z**{d}" for d in degrees]
    embedding = "shared" if rng.random() < 0.6 else "unshared"
    activation = "+".join([*terms, f"z**{degrees[-1]}"])
    network = Network(
        f"Z{order}", neurons=3, activation=activation, task=task, embedding=embedding, loss="sum"
    )
    frequencies = rng.permutation(np.arange(1, order // 2 + 1))[:count]
    return network, [0, *sorted(frequencies.tolist())]


def projected_gradient(network: Network, modes: list[int], rng: np.random.Generator) -> float:
    """Largest difference of the derived field from the network's gradient, relative to the gradient.

    Where that vanishes it is relative to n^(s-1), the size of one term's sum over the inputs.
    """
    system = derive(network, modes)
    reduction = system.answers.reduction
    group, basis = network.finite_group, mode_basis(network.finite_group)
    worst, unit = 0.0, float(group.order ** (network.task.summands - 1))
    for _ in range(network.neurons):
        values = rng.normal(size=len(reduction.modes)) + 1j * rng.normal(size=len(reduction.modes))
        letters = [0j] * reduction.rules.modes.letters
        amplitudes = {name: np.zeros((1, len(basis)), dtype=complex) for name in (*network.embeddings, "xi")}
        means = dict.fromkeys(amplitudes, 0.0)
        for place, mode in enumerate(reduction.modes):
            value = complex(values[place].real if mode.is_real else values[place])
            letters[mode.conjugate], letters[mode.letter] = value.conjugate(), value
            if mode.is_mean:
                means[mode.weights] = value.real
            else:
                amplitudes[mode.weights][0, mode.frequency - 1] = value
        weights = [from_modes(amplitudes[name], group, means[name]) for name in amplitudes]
        theta = weights[0] if network.embedding == "shared" else weights[:-1]
        slopes, xi = uniform_gradient(network, theta, weights[-1])
        gradients = dict(
            zip(amplitudes, [*(slopes if isinstance(slopes, tuple) else [slopes]), xi], strict=True)
        )
        size = max(unit, *(float(np.abs(part).max()) for part in gradients.values()))
        factor = float(reduction.factor)
        for mode, field in zip(reduction.modes, reduction.field, strict=True):
            part = gradients[mode.weights][0]
            measured = -part.mean() if mode.is_mean else -to_modes(part, group)[mode.frequency - 1]
            worst = max(worst, abs(measured - factor * evaluate(field, letters)) / size)
    return worst


@pytest.mark.parametrize("seed", range(10))
def test_the_field_of_several_frequencies_is_the_projected_gradient(seed: int) -> None:
    rng = np.random.default_rng([2602, seed])
    network, modes = random_network(rng)
    assert projected_gradient(network, modes, rng) < 1e-11


def test_the_comparison_sees_a_wrong_activation(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    network = Network("Z7", neurons=1, activation="z**2+z**3", loss="sum")
    other = Network("Z7", neurons=1, activation="z**2+1.001*z**3", loss="sum")
    wrong = derive(other, [0, 1, 2, 3])
    monkeypatch.setitem(globals(), "derive", lambda *_: wrong)
    assert projected_gradient(network, [0, 1, 2, 3], rng) > 1e-6


def test_the_quartic_couples_three_frequencies() -> None:
    system = derive(Network("Z7", activation="z**4"), [1, 2, 3])
    names = {str(found) for found in resonances(system)}
    assert "theta(1)^4 xi(2)*: 1 + 1 = 2, 1 + 1 = 2" in names


@pytest.mark.parametrize(
    ("order", "activation", "task"), [(7, "z**4", "x+y"), (9, "z**2 + z**3", "2*x+y"), (7, "z**3", "x+y+z")]
)
def test_every_resonance_balances_at_each_input(order: int, activation: str, task: str) -> None:
    network = Network(f"Z{order}", activation=activation, task=task)
    found = resonances(derive(network, "all"))
    assert found
    for resonance in found:
        assert len(resonance.balance) == network.task.summands
        for line in resonance.balance:
            left, right = line.split(" = ")
            numbers = [int(term) for term in left.replace("- ", "-").replace("+ ", "").split()]
            assert (sum(numbers) - int(right)) % order == 0


def test_closing_adds_what_leaks_until_nothing_does() -> None:
    system = close(Network("Z9", activation="z**3 + z**2"), [1])
    assert system.closed
    assert len({s.name for s in system.states if s.name.startswith("alpha")}) == 4


def test_multiples_of_three_stay_among_themselves() -> None:
    system = close(Network("Z9", activation="z**4"), [3])
    assert {mode.label for mode in system.answers.reduction.modes} <= {"0", "3"}


def test_systems_without_modes_are_refused() -> None:
    with pytest.raises(ReductionError, match="not made of Fourier modes"):
        resonances(derive(Network("Zp", activation="relu")))


def test_blocks_of_a_group_have_no_resonances() -> None:
    with pytest.raises(ReductionError, match="not made of Fourier modes"):
        resonances(derive(Network("S3", embedding="unshared")))  # type: ignore[arg-type]

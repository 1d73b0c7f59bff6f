"""Neurons on irreps in arrays, against sums over tuples in floating point and the full flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from odekit.derivation import BlockPopulation, reduced_population
from odekit.derivation.orders import CoupledBlocks
from odekit.derivation.orders.blocks import evaluation
from odekit.errors import InputError, ReductionError, UnknownNameError
from odekit.networks import Network

FloatArray = NDArray[np.float64]
Arrays = Mapping[str, FloatArray]
NEURONS = 3


def started(population: BlockPopulation, scale: float = 1.0, seed: int = 0) -> Arrays:
    """Weights of one size in the blocks that a neuron starts with, zero in all others."""
    rng = np.random.default_rng(seed)
    found = {}
    for kind, modes in population.modes.items():
        rows = [rng.normal(size=(population.flow.rows(m), NEURONS)) * (m.grade == 0) for m in modes]
        own = np.concatenate(rows)
        size = max((values**2).mean() for values in population.weights(own, kind).values())
        found[kind] = own * scale / np.sqrt(size)
    return found


def gathered(population: BlockPopulation, amplitudes: Arrays) -> dict[str, FloatArray]:
    """The weights of all neurons, by group."""
    parts = [population.weights(own, kind) for kind, own in amplitudes.items()]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize(
    ("group", "kinds", "options"),
    [
        ("S3", ["2"], {"logit_scale": 0.7}),
        ("D4", ["2", "1a"], {"embedding": "unshared", "rates": {"theta2": 0.5}}),
        ("Q8", "2", {"loss": "sum", "activation": "z**2 - z/2 + 1"}),
        ("A4", ["3", "1a"], {}),
        ("A4", "all", {}),
        ("Z6", "all", {"task": "x-y", "activation": "z**3 - z"}),
        ("Z7", ["1", "3"], {"task": "x-y"}),
        ("Z5", "all", {"task": "2*x+3*y", "embedding": "unshared"}),
    ],
)
def test_velocities_are_the_gradient_of_the_truncated_loss(
    oracle: Any, group: str, kinds: Any, options: dict[str, Any], order: int
) -> None:
    """Of neurons in the blocks that they start with, as the terms of what leaks are of a higher order."""
    network = Network(group, **options)
    population = reduced_population(network, kinds, order)
    amplitudes = started(population, scale=0.5)
    gradient = oracle(network, gathered(population, amplitudes), order)
    velocities = population.velocities(amplitudes)
    for place, kind in enumerate(population.kinds):
        rows = slice(NEURONS * place, NEURONS * (place + 1))
        own = {
            name: network.flow_rate() * network.rates[name] * values[rows]
            for name, values in gradient.items()
        }
        size = max(abs(values).max() for values in own.values())
        expected = population.amplitudes(own, kind)
        assert velocities[kind] == pytest.approx(expected, rel=1e-11, abs=1e-12 * size)
        stays = population.weights(expected, kind)
        for name, values in own.items():
            rest = values - (values.mean(axis=1, keepdims=True) if name == "xi" else 0.0)
            assert stays[name] == pytest.approx(rest, rel=1e-11, abs=1e-12 * size)


def test_the_first_order_is_no_gradient_of_the_second(oracle: Any) -> None:
    network = Network("S3")
    population = reduced_population(network, "2", 2)
    amplitudes = started(population)
    gradient = oracle(network, gathered(population, amplitudes), 1)
    own = {name: network.flow_rate() * values for name, values in gradient.items()}
    found = population.velocities(amplitudes)["2"]
    assert abs(population.amplitudes(own, "2") - found).max() > 1e-3 * abs(found).max()


@pytest.mark.parametrize(
    ("group", "kinds", "leaks"),
    [
        ("S3", "2", {("theta", "1", 1), ("theta", "1a", 1), ("xi", "1a", 2)}),
        ("D4", "2", {("xi", "1a", 2), ("xi", "1b", 2), ("xi", "1c", 2)}),
        ("Q8", "2", {("xi", "1a", 2), ("xi", "1b", 2), ("xi", "1c", 2)}),
        ("A4", "3", {("theta", "1", 1), ("theta", "1a", 1), ("xi", "1a", 2)}),
        ("A4", "1a", {("theta", "1", 1)}),
        ("Z7", "all", set()),
    ],
)
def test_neurons_leak_where_triple_products_of_their_irrep_lead(
    group: str, kinds: str, leaks: set[tuple[str, str, int]]
) -> None:
    """2 x 2 x 2 = 1 + 1a + 3 times 2 on S3, four times 2 on D4 and Q8; 3 x 3 x 3 holds all irreps of A4."""
    population = reduced_population(Network(group), kinds, 3)
    found = {(mode.weights, mode.irrep, mode.grade) for mode in population.modes[kinds] if mode.grade}
    assert found == leaks


class Forgetful(CoupledBlocks):
    """The activation without the squares of one input."""

    @property
    def monomials(self) -> Any:
        return [monomial for monomial in super().monomials if monomial.powers == (1, 1)]


@pytest.mark.parametrize("group", ["S3", "Q8", "A4", pytest.param("A5", marks=pytest.mark.slow)])
def test_a_population_is_certified_and_a_wrong_one_is_not(group: str) -> None:
    irrep = Network(group).finite_group.real_irreps[-1].name
    population = reduced_population(Network(group), irrep, 3)
    certificate = population.certify()
    assert certificate.passed
    assert certificate.exact == (group != "A5")
    assert certificate.residual < 1e-13
    flow = population.flow
    fields = (flow.network, flow.bases, flow.kinds, flow.order, flow.numbers)
    assert not replace(population, flow=Forgetful(*fields)).certify().passed
    short = replace(flow, kinds=(tuple(mode for mode in flow.kinds[0] if mode.grade < 2),))
    assert not replace(population, flow=short).certify().passed


def test_weights_and_amplitudes_are_inverse() -> None:
    population = reduced_population(Network("F21"), ["3", "1a"], 2)
    for kind, own in started(population).items():
        assert population.amplitudes(population.weights(own, kind), kind) == pytest.approx(own)
        assert len(population.row_names(kind)) == len(own)


def test_order_parameters_are_sums_over_neurons() -> None:
    population = reduced_population(Network("S3", logit_scale=0.6), "2", 2)
    amplitudes = started(population)
    sums = population.order_parameters(amplitudes)["2"]
    theta, xi = amplitudes["2"][:4], amplitudes["2"][4:8]
    assert sums[1, 1] == pytest.approx(0.6 * np.einsum("im,jm,cm->ijc", theta, theta, xi))
    squares = population.weights(amplitudes["2"], "2")["theta"] ** 2
    assert sums[2, 0][:, 0] == pytest.approx(0.6 * np.einsum("mx,cm->xc", squares, xi))


def flown(population: BlockPopulation, amplitudes: Arrays, t_end: float) -> Arrays:
    shapes = {kind: own.shape for kind, own in amplitudes.items()}
    ends = np.cumsum([own.size for own in amplitudes.values()])

    def split(y: FloatArray) -> dict[str, FloatArray]:
        parts = np.split(y, ends[:-1])
        return {kind: part.reshape(shapes[kind]) for kind, part in zip(shapes, parts, strict=True)}

    def joined(values: Arrays) -> FloatArray:
        return np.concatenate([values[kind].ravel() for kind in shapes])

    solution = solve_ivp(
        lambda t, y: joined(population.velocities(split(y))),
        (0, t_end),
        joined(amplitudes),
        method="DOP853",
        rtol=1e-13,
        atol=1e-18,
    )
    return split(solution.y[:, -1])


def full_flow(network: Network, weights: Arrays, t_end: float) -> dict[str, FloatArray]:
    """The flow of the full softmax of a quadratic network, by arrays over all pairs."""
    n, shape = network.finite_group.order, weights["xi"].shape
    label, names = np.eye(n)[network.labels()], [network.embedding_of(place) for place in (0, 1)]

    def velocity(t: float, y: FloatArray) -> FloatArray:
        now = dict(zip(weights, y.reshape(len(weights), *shape), strict=True))
        z = now[names[0]][:, :, None] + now[names[1]][:, None, :]
        f = np.einsum("mab,mh->abh", z**2, now["xi"], optimize=True)
        softmax = np.exp(f - f.max(-1, keepdims=True))
        miss = label - softmax / softmax.sum(-1, keepdims=True)
        pull = 2 * z * np.einsum("abh,mh->mab", miss, now["xi"], optimize=True)
        found = {name: np.zeros(shape) for name in weights}
        found["xi"] += np.einsum("abh,mab->mh", miss, z**2, optimize=True)
        found[names[0]] += pull.sum(2)
        found[names[1]] += pull.sum(1)
        return np.concatenate([found[name].ravel() for name in weights])

    y0 = np.concatenate([values.ravel() for values in weights.values()])
    solution = solve_ivp(velocity, (0, t_end), y0, method="DOP853", rtol=1e-13, atol=1e-18)
    return dict(zip(weights, solution.y[:, -1].reshape(len(weights), *shape), strict=True))


SCALES = (0.1, 0.05)


def slopes(group: str, kinds: Any, embedding: str, seed: int) -> list[float]:
    """By order, the slope of the relative error at a fixed rescaled time, in all that the loss sees."""
    network = Network(group, embedding=embedding, loss="sum")
    found = []
    for order in (1, 2, 3):
        population = reduced_population(network, kinds, order)
        errors = []
        for scale in SCALES:
            start = started(population, scale, seed)
            t_end = 0.1 / (2 * network.finite_group.order * scale)
            reached = gathered(population, flown(population, start, t_end))
            full = full_flow(network, gathered(population, start), t_end)
            full["xi"] -= full["xi"].mean(axis=1, keepdims=True)
            gap = max(abs(reached[name] - full[name]).max() for name in full)
            errors.append(gap / max(abs(values).max() for values in full.values()))
        found += [np.log(a / b) / np.log(2) for a, b in pairwise(errors)]
    return found


@pytest.mark.parametrize(
    ("group", "kinds", "embedding", "seed"),
    [
        ("S3", "2", "shared", 0),
        ("Q8", "2", "unshared", 0),
        *(
            pytest.param(group, kinds, embedding, seed, marks=pytest.mark.long)
            for group, kinds, embedding in [
                ("S3", ["2", "1a"], "shared"),
                ("D4", "2", "unshared"),
                ("Q8", "2", "unshared"),
                ("A4", "3", "shared"),
                ("A4", ["3", "1a"], "unshared"),
                ("Z7", "all", "shared"),
            ]
            for seed in (0, 1)
        ),
    ],
)
def test_the_error_falls_at_three_times_the_order_in_the_scale(
    group: str, kinds: Any, embedding: str, seed: int
) -> None:
    """theory.md, section 8; at these scales the next order is up to .03 of a slope."""
    assert slopes(group, kinds, embedding, seed) == pytest.approx([3, 6, 9], abs=0.05)


@pytest.mark.parametrize("kinds", [[], ["2", "2"], "", ["all", "2"], [None], [1], 3, None, ["2", 1]])
def test_irreps_that_are_none_are_refused(kinds: Any) -> None:
    with pytest.raises(InputError):
        reduced_population(Network("S3"), kinds)


def test_networks_without_blocks_and_unknown_irreps_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="unknown irrep '4'"):
        reduced_population(Network("S3"), "4")
    with pytest.raises(ReductionError, match="degree at most 2"):
        reduced_population(Network("S3", activation="z**3"), "2")
    with pytest.raises(ReductionError, match=r"task such as.*2\*x\+3\*y"):
        reduced_population(Network("Z7", task="2*x+3*y"), "1")
    with pytest.raises(ReductionError, match="two inputs"):
        reduced_population(Network("Z5", task="x+y+z"), "all")
    with pytest.raises(ReductionError, match="spheres"):
        reduced_population(Network("S3", constraint="sphere"), "2")


@pytest.mark.parametrize("amplitudes", [None, {}, {"2": 3.0}, {"2": np.zeros((2, 3))}, {"2": None}])
def test_amplitudes_that_do_not_fit_are_refused(amplitudes: Any) -> None:
    population = reduced_population(Network("S3"), "2", 2)
    with pytest.raises(InputError, match="amplitudes"):
        population.velocities(amplitudes)


@pytest.mark.parametrize(("group", "kinds"), [("S3", "all"), ("A4", ["3", "1a"])])
def test_neurons_taken_one_by_one_move_as_all_at_once(
    monkeypatch: pytest.MonkeyPatch, group: str, kinds: Any
) -> None:
    population = reduced_population(Network(group), kinds, 3)
    amplitudes = started(population)
    expected = population.velocities(amplitudes)
    monkeypatch.setattr(evaluation, "MOST_HELD", 1)
    for kind, found in population.velocities(amplitudes).items():
        assert found == pytest.approx(expected[kind], rel=1e-12, abs=1e-12)

"""Array code of lifted flows, against sums over all pairs of group elements in weight space."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from odekit.derivation import Lifted, derive, lifted_of, lifted_system, system_in_blocks
from odekit.derivation.blocks.stack import quaternionic_basis
from odekit.errors import InputError, UnknownNameError
from odekit.groups import group_fourier
from odekit.networks import Network
from odekit.solvers import BlockLayout, compile, free_blow_up_time, solve
from odekit.systems import System

FloatArray = NDArray[np.float64]
Weights = dict[str, FloatArray]

GROUPS = ("S3", "A4", "F21", "Q8", "Z12", "Z15", "Q8xS3")
UNEQUAL = {"theta": 0.5, "xi": 2.0}


def summed_gradient(network: Network, weights: Weights) -> Weights:
    """Gradient of E = sum (xi[xy] - mean xi) (theta1[x] + theta2[y])^2, pair by pair."""
    labels, names = network.labels(), (network.embedding_of(0), network.embedding_of(1))
    gradient = {name: np.zeros_like(value) for name, value in weights.items()}
    centred = weights["xi"] - weights["xi"].mean(axis=1, keepdims=True)
    for x, y in np.ndindex(*labels.shape):
        z = weights[names[0]][:, x] + weights[names[1]][:, y]
        gradient[names[0]][:, x] += 2 * z * centred[:, labels[x, y]]
        gradient[names[1]][:, y] += 2 * z * centred[:, labels[x, y]]
        gradient["xi"][:, labels[x, y]] += z**2
    gradient["xi"] -= gradient["xi"].mean(axis=1, keepdims=True)
    return gradient


def spheres(network: Network) -> list[tuple[str, ...]]:
    if network.constraint == "sphere":
        return [(name,) for name in (*network.embeddings, "xi")]
    return [network.embeddings, ("xi",)] if network.constraint == "joint_sphere" else []


def projected(network: Network, weights: Weights, vectors: Weights) -> Weights:
    """Tangential part of vectors at unit weights, times the rates."""
    result = dict(vectors)
    for sphere in spheres(network):
        radial = sum((weights[name] * vectors[name]).sum(axis=1, keepdims=True) for name in sphere)
        result.update({name: vectors[name] - radial * weights[name] for name in sphere})
    return {name: network.rates[name] * value for name, value in result.items()}


def drawn(network: Network, neurons: int = 3, seed: int = 0) -> Weights:
    """Standard normal weights, brought to their spheres."""
    rng = np.random.default_rng(seed)
    shape = (neurons, network.finite_group.order)
    weights = {name: rng.standard_normal(shape) for name in (*network.embeddings, "xi")}
    for sphere in spheres(network):
        norm = np.sqrt(sum((weights[name] ** 2).sum(axis=1, keepdims=True) for name in sphere))
        weights.update({name: weights[name] / norm for name in sphere})
    return weights


def velocity(system: System, y: FloatArray) -> FloatArray:
    out = np.full_like(y, np.nan)
    compile(system).rhs(np.zeros(y.shape[1]), y, np.empty((0, y.shape[1])), out)
    return out


@pytest.mark.parametrize("name", GROUPS)
@pytest.mark.parametrize(
    ("embedding", "constraint", "rates"),
    [
        ("unshared", "none", None),
        ("unshared", "sphere", None),
        ("unshared", "sphere", {"theta1": 0.5, "theta2": 0.7, "xi": 1.2}),
        ("unshared", "joint_sphere", UNEQUAL),
        ("shared", "none", UNEQUAL),
        ("shared", "sphere", {"theta": 0.5}),
    ],
)
def test_the_blocks_move_as_the_transformed_gradient_in_weight_space(
    name: str, embedding: str, constraint: str, rates: Mapping[str, float] | None
) -> None:
    network = Network(name, embedding=embedding, constraint=constraint, rates=rates)
    system, weights = lifted_system(network), drawn(network)
    expected = system.blocks.to_states(projected(network, weights, summed_gradient(network, weights)))
    measured = velocity(system, system.blocks.to_states(weights))
    # Sums of n^2 products in double precision.
    assert np.abs(measured - expected).max() <= 1e-12 * np.abs(expected).max()


@pytest.mark.parametrize("name", GROUPS)
def test_states_come_back_as_weights_and_are_as_many(name: str) -> None:
    network = Network(name, embedding="unshared")
    system, weights = lifted_system(network), drawn(network)
    y = system.blocks.to_states(weights)
    assert len(y) == len(system.states) == len(set(system.states)) == 3 * network.finite_group.order
    for letter, back in system.blocks.to_weights(y).items():
        assert back == pytest.approx(weights[letter], abs=1e-13)
    stacked = system.blocks.to_weights(np.stack([y, 2 * y]))
    assert stacked["xi"].shape == (2, *weights["xi"].shape)


@pytest.mark.parametrize("name", GROUPS)
def test_the_metric_is_plancherels(name: str) -> None:
    network = Network(name)
    system, weights = lifted_system(network), drawn(network)
    squares = (system.blocks.metric[:, None] * system.blocks.to_states(weights).reshape(2, -1, 3) ** 2).sum(
        axis=1
    )
    assert squares[0] == pytest.approx((weights["theta"] ** 2).sum(axis=1), rel=1e-13)


@pytest.mark.parametrize("name", ["S3", "A4", "F21", "Q8", "Z12"])
def test_unpacked_blocks_are_the_groups_fourier_transform(name: str) -> None:
    network = Network(name)
    system, weights = lifted_system(network), drawn(network)
    group, layout = network.finite_group, BlockLayout(system.blocks)
    blocks = layout.unpack(system.blocks.to_states(weights))["theta"]
    transformed = group_fourier(weights["theta"], group)
    for stack, values in zip(system.blocks.stacks, blocks, strict=True):
        for place, members in enumerate(stack.members):
            block = np.moveaxis(transformed[members[0]], 0, -1)
            if stack.kind == "H":
                basis = quaternionic_basis(group.irreps[members[0]].matrices)
                block = np.einsum("ji,jkb,kl->ilb", basis.conj(), block, basis)
            assert values[place] == pytest.approx(block, abs=1e-12)


def test_a_block_of_a_real_stack_is_a_view() -> None:
    layout = BlockLayout(lifted_system(Network("S4")).blocks)
    y = np.zeros((2 * layout.rows, 4))
    assert all(np.shares_memory(block, y) for block in layout.unpack(y)["xi"])


@pytest.mark.parametrize("name", ["Z15", "F21", "Q8xS3"])
def test_a_single_irrep_moves_as_it_does_among_all(name: str) -> None:
    free = Network(name, embedding="unshared")
    system, weights = lifted_system(free), drawn(free)
    group = free.finite_group
    whole = system.blocks.to_weights(velocity(system, system.blocks.to_states(weights)))
    parts = [system_in_blocks(lifted_of(system).single(sigma.members[-1])) for sigma in group.real_irreps[1:]]
    moved = [part.blocks.to_weights(velocity(part, part.blocks.to_states(weights)))["xi"] for part in parts]
    assert sum(moved) == pytest.approx(whole["xi"], abs=1e-11)


def test_a_single_irrep_has_no_sphere_and_goes_by_name() -> None:
    lifted = lifted_of(derive(Network("F21", constraint="sphere")))
    assert not lifted.single("3").blocks.has_spheres
    assert lifted.single("3").stacks[0].members == lifted.single(4).stacks[0].members == ((3, 4),)
    with pytest.raises(UnknownNameError, match="unknown irrep '7'"):
        lifted.single("7")
    with pytest.raises(InputError, match="no such irrep"):
        lifted.single(5)


def test_solving_keeps_every_neuron_on_its_spheres_and_ends_in_one_irrep() -> None:
    network = Network("S3", embedding="unshared", constraint="sphere")
    system, weights = lifted_system(network), drawn(network, neurons=20, seed=3)
    y = solve(system, system.blocks.to_states(weights), [0.0, 12.0], rtol=1e-10).y
    final = system.blocks.to_weights(y[-1])
    assert np.linalg.norm(final["xi"], axis=1) == pytest.approx(np.ones(20), abs=1e-8)
    shares = system.blocks.metric[:, None] * y[-1][: len(system.blocks.metric)] ** 2
    by_stack = np.array([shares[0], shares[1], shares[2:].sum(axis=0)])
    assert (by_stack.max(axis=0) > 1 - 1e-6).all()
    assert (by_stack[0] < 1e-6).all()


def test_a_quaternionic_neuron_stays_quaternionic_for_long() -> None:
    """Redundant complex states would leave the structure: rank one over H is a saddle over C."""
    network = Network("Q8", embedding="unshared", constraint="sphere")
    system, weights = lifted_system(network), drawn(network, neurons=30, seed=1)
    y = solve(system, system.blocks.to_states(weights), [0.0, 30.0], rtol=1e-9).y[-1]
    block = BlockLayout(system.blocks).unpack(y)["xi"][-1][0]
    singular = np.linalg.svd(np.moveaxis(block, -1, 0), compute_uv=False)
    assert singular[:, 0] == pytest.approx(singular[:, 1], abs=1e-12)
    assert (singular[:, 0] > 1).any()


def test_the_free_flow_of_a_character_blows_up_when_carlsons_integral_says() -> None:
    network = Network("Z15", embedding="unshared")
    system, weights = lifted_system(network), drawn(network, neurons=8, seed=2)
    for irrep in (1, 4):
        single = system_in_blocks(lifted_of(system).single(irrep))
        start = single.blocks.to_states(weights)
        hats = (start[0::2] + 1j * start[1::2]) / np.sqrt(15)
        expected = free_blow_up_time(*hats, 15)
        solution = solve(single, start, 0.999 * expected[None], rtol=1e-11)
        size = np.hypot(*solution.y[-1][:2]) / np.sqrt(15)
        # |x| ~ 1/(2 sqrt(n) (tau* - tau)) to second order in the distance.
        assert size * 2 * np.sqrt(15) * 0.001 * expected == pytest.approx(np.ones(8), rel=2e-4)


def test_the_trivial_blocks_rest_without_spheres_and_decay_on_them() -> None:
    for constraint, sign in (("none", 0), ("sphere", -1)):
        network = Network("S3", embedding="unshared", constraint=constraint)
        system, weights = lifted_system(network), drawn(network)
        y = system.blocks.to_states(weights)
        gradient = summed_gradient(network, weights)
        energy = (gradient["xi"] * weights["xi"]).sum(axis=1)
        assert velocity(system, y)[0] == pytest.approx(sign * energy * y[0], abs=1e-13)


@pytest.mark.parametrize("name", ["S3", "F21", "Q8"])
@pytest.mark.parametrize("constraint", ["none", "sphere"])
def test_blocks_written_out_in_their_entries_move_as_matrices_do(name: str, constraint: str) -> None:
    network = Network(name, embedding="unshared", constraint=constraint)
    system = lifted_system(network)
    y = system.blocks.to_states(drawn(network))
    written = system.function()(0.0, y)
    # Sums of d products in double precision.
    np.testing.assert_allclose(written, velocity(system, y), rtol=0, atol=1e-12 * np.abs(written).max())


def test_mpmath_takes_a_system_in_blocks() -> None:
    network = Network("S3", embedding="unshared", constraint="sphere")
    system = lifted_system(network)
    y = system.blocks.to_states(drawn(network, neurons=1))
    out: list[Any] = [None] * len(y)
    compile(system, "mpmath").rhs(0, list(y[:, 0]), (), out)
    assert [float(value) for value in out] == pytest.approx(velocity(system, y)[:, 0], abs=1e-13)


@pytest.mark.parametrize("weights", [{}, {"theta": np.ones((2, 5)), "xi": np.ones((2, 6))}])
def test_weights_of_another_shape_are_refused(weights: Any) -> None:
    with pytest.raises(InputError, match="the weights theta don't fit the group"):
        Lifted.of(Network("S3")).blocks.to_states(weights)


def test_a_wrong_order_of_factors_would_be_seen() -> None:
    """Negative control: Abelian groups and Q8 are blind to it, S3 is not."""
    network = Network("S3", embedding="unshared")
    system, weights = lifted_system(network), drawn(network)
    exchanged = {"theta1": weights["theta2"], "theta2": weights["theta1"], "xi": weights["xi"]}
    expected = system.blocks.to_states(summed_gradient(network, exchanged))
    measured = velocity(system, system.blocks.to_states(weights))
    rows = len(system.blocks.metric)
    assert np.abs(measured[2 * rows :] - expected[2 * rows :]).max() > 0.1

"""Conservation laws: found in words, and checked along orbits in blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from odekit.derivation import ConservationLaw, Lifted, system_in_blocks
from odekit.networks import Network
from odekit.solvers import BlockLayout, solve

UNSHARED = [
    "theta1^* theta1 - theta2 theta2^*",
    "theta1 theta1^* - xi xi^*",
    "theta2^* theta2 - xi^* xi",
    "Im tr(theta1 theta2 xi^*)",
]


def laws(**options: Any) -> list[tuple[str, float]]:
    system = Lifted.of(Network("S3", **options))
    return [(str(law), float(law.cofactor)) for law in system.conservation_laws]


def test_without_spheres_balancedness_and_the_imaginary_trace_are_conserved() -> None:
    assert laws(embedding="unshared") == [(law, 0.0) for law in UNSHARED]


def test_on_three_spheres_they_decay_alike() -> None:
    found = laws(embedding="unshared", constraint="sphere")
    assert found == list(zip(UNSHARED, (2.0, 2.0, 2.0, 3.0), strict=True))


def test_on_a_joint_sphere_and_at_unequal_rates_fewer_are_left() -> None:
    assert laws(embedding="unshared", constraint="joint_sphere") == [(UNSHARED[0], 4.0), (UNSHARED[3], 5.0)]
    unequal = laws(embedding="unshared", constraint="sphere", rates={"theta1": 0.5})
    assert unequal == [(UNSHARED[2], 2.0), (UNSHARED[3], 2.5)]


@pytest.mark.parametrize("name", ["S3", "A4", "F21", "Q8"])
@pytest.mark.parametrize(
    "options",
    [
        {"embedding": "unshared"},
        {"embedding": "unshared", "rates": {"theta1": 0.5, "xi": 2.0}},
        {"embedding": "unshared", "constraint": "sphere"},
        {"constraint": "sphere", "rates": {"theta": 0.5}},
    ],
)
def test_laws_hold_along_orbits_at_every_irrep(name: str, options: Any) -> None:
    """On spheres all laws scale with one factor to the power of their cofactor, at every irrep."""
    network = Network(name, **options)
    system, layout = Lifted.of(network), BlockLayout(Lifted.of(network).blocks)
    weights = np.random.default_rng(5).standard_normal(
        (len(system.flow.letters), 2, network.finite_group.order)
    )
    weights /= np.linalg.norm(weights, axis=2, keepdims=True)
    start = system.blocks.to_states(dict(zip(system.flow.letters, weights, strict=True)))
    y = solve(system_in_blocks(system), start, [0.0, 0.15], rtol=1e-12).y
    before, after = layout.unpack(y[0]), layout.unpack(y[-1])
    pairs = [
        (value(law, before, i), value(law, after, i), float(law.cofactor))
        for law in system.conservation_laws
        for i, stack in enumerate(system.stacks)
        if not stack.is_trivial
    ]
    # Traces vanish identically at types R and H, commutators of numbers and of theta theta^* at quaternions.
    decay = [(later / first, cofactor) for first, later, cofactor in pairs if (first > 1e-9).all()]
    assert decay or (name, network.embedding) == ("Q8", "shared")
    factor = decay[0][0] ** (1 / max(decay[0][1], 1)) if decay else 1
    for ratio, cofactor in decay:
        assert ratio == pytest.approx(factor**cofactor if cofactor else np.ones_like(ratio), rel=1e-7)


def value(law: ConservationLaw, blocks: Any, stack: int) -> Any:
    """Norm of the matrix, or the imaginary trace, at the stack's first irrep: (batch,)."""
    total: Any = 0
    for word, coefficient in law.words.items():
        factors = [np.moveaxis(blocks[letter.name][stack][0], -1, 0) for letter in word]
        matrices = [
            f.conj().swapaxes(1, 2) if x.is_adjoint else f for f, x in zip(factors, word, strict=True)
        ]
        product = matrices[0] @ matrices[1] if len(matrices) == 2 else matrices[0] @ matrices[1] @ matrices[2]
        total = total + float(coefficient) * product
    trace = np.trace(total, axis1=1, axis2=2).imag
    return np.abs(trace) if law.is_trace else np.linalg.norm(total, axis=(1, 2))

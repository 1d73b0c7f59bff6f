"""The landscape, against Hessians taken by finite differences in weight space, and the published examples."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
import sympy as sp
from numpy.typing import NDArray

from odekit.derivation import Lifted, maximiser
from odekit.derivation.blocks.flow import lift
from odekit.derivation.blocks.landscape import CriticalPoint, abelian_maxima, critical_point
from odekit.derivation.blocks.spectrum import spectrum_by_symbols
from odekit.errors import ReductionError
from odekit.groups import CyclicFamily, FiniteGroup, RealIrrep
from odekit.networks import Network
from odekit.simulation.gradient.uniform import energy_gradient

FloatArray = NDArray[np.float64]
Weights = dict[str, FloatArray]

# Q8xS3 and Q8xD4 have a quaternionic irrep with m = 2.
GROUPS = ("Z5", "Z12", "S3", "D4", "Q8", "A4", "F21", "S4", "Q8xS3", "Q8xD4")
MOST_OF_ALL_KINDS = 50
STEP = 1e-3


def network_of(name: str, constraint: str = "sphere", rates: Any = None) -> Network:
    return Network(name, embedding="unshared", constraint=constraint, rates=rates)


def at_a_maximum(group: FiniteGroup, sigma: RealIrrep, constraint: str = "sphere") -> FloatArray:
    """Stack (3, n) of theta1, theta2 and xi at a maximum in random directions."""
    directions = np.random.default_rng(sigma.r).standard_normal((3, sigma.r))
    weights = maximiser(group, sigma, *directions, constraint=constraint)
    return np.stack([weights["theta1"], weights["theta2"], weights["xi"]])


def partial_isometry(group: FiniteGroup, sigma: RealIrrep, rank: int) -> FloatArray:
    """Stack (3, n) at the critical point of a given rank of an irrep of type R."""
    matrices = np.linalg.qr(np.random.default_rng(rank).standard_normal((3, sigma.r, sigma.r)))[0][..., :rank]
    U, V, W = matrices
    scale = np.sqrt(sigma.r / (rank * group.order))
    pairs = ((U, V), (V, W), (U, W))
    return scale * np.stack([np.einsum("ik,gij,jk->g", a, sigma.matrices, b) for a, b in pairs])


def velocity(network: Network, stacks: FloatArray) -> FloatArray:
    """Projected gradient flow, (3, n, batch), from the energy's gradient in weight space."""
    gradient = energy_gradient(network)(stacks)
    joint = network.constraint == "joint_sphere"
    for sphere in [slice(0, 2), slice(2, 3)] if joint else [slice(i, i + 1) for i in range(3)]:
        point = stacks[sphere]
        radius = (point**2).sum(axis=(0, 1))
        gradient[sphere] -= point * ((point * gradient[sphere]).sum(axis=(0, 1)) / radius)
    rates = np.array([network.rates[name] for name in ("theta1", "theta2", "xi")])
    return np.asarray(gradient * rates[:, None, None])


def measured_spectrum(network: Network, point: FloatArray) -> FloatArray:
    """Eigenvalues of the velocity's Jacobian on the tangent space, ascending; central differences.

    The velocity is a quadratic over a squared radius, so that the error is of order STEP^2 times its third
    derivative; Richardson's extrapolation takes it to order STEP^4.
    """
    size = point.size
    shifts = np.eye(size).reshape(*point.shape, size)
    slopes = [
        (velocity(network, point[..., None] + h * shifts) - velocity(network, point[..., None] - h * shifts))
        / (2 * h)
        for h in (STEP, STEP / 2)
    ]
    jacobian = ((4 * slopes[1] - slopes[0]) / 3).reshape(size, size)
    joint = network.constraint == "joint_sphere"
    spheres = [slice(0, 2), slice(2, 3)] if joint else [slice(i, i + 1) for i in range(3)]
    normals = np.zeros((len(spheres), *point.shape))
    for normal, sphere in zip(normals, spheres, strict=True):
        normal[sphere] = point[sphere]
    tangent = np.linalg.svd(normals.reshape(len(spheres), size))[2][len(spheres) :]
    values = np.linalg.eigvals(tangent @ jacobian @ tangent.T)
    assert np.abs(values.imag).max() < 1e-6
    return np.sort(values.real)


def predicted_spectrum(point: CriticalPoint) -> FloatArray:
    values = [np.full(e.multiplicity, e.value * point.energy) for e in point.spectrum]
    return np.sort(np.concatenate(values))


def point_of(system: Lifted, name: str, rank: int = 1) -> CriticalPoint:
    return next(point for point in system.landscape(rank) if point.irrep == name)


@pytest.mark.parametrize("name", GROUPS)
def test_spectra_at_the_maxima_are_those_of_the_hessian_in_weight_space(name: str) -> None:
    network = network_of(name)
    system = Lifted.of(network)
    kinds = {(sigma.type, sigma.m): sigma for sigma in network.finite_group.real_irreps[1:]}
    is_small = network.finite_group.order < MOST_OF_ALL_KINDS
    for sigma in (sigma for sigma in kinds.values() if is_small or (sigma.type == "H" and sigma.m > 1)):
        predicted = predicted_spectrum(point_of(system, sigma.name))
        measured = measured_spectrum(network, at_a_maximum(network.finite_group, sigma))
        assert measured == pytest.approx(predicted, abs=1e-7)


@pytest.mark.parametrize("name", ["S3", "A4", "F21", "Q8xS3"])
@pytest.mark.parametrize(
    ("constraint", "rates"),
    [
        ("joint_sphere", None),
        ("joint_sphere", {"theta": 0.5, "xi": 2.0}),
        ("sphere", {"theta1": 0.5, "theta2": 0.7, "xi": 1.2}),
    ],
)
def test_other_rates_and_the_joint_sphere_agree_with_the_jacobian(
    name: str, constraint: str, rates: Any
) -> None:
    network = network_of(name, constraint, rates)
    system = Lifted.of(network)
    sigma = network.finite_group.real_irreps[-1]
    predicted = predicted_spectrum(point_of(system, sigma.name))
    measured = measured_spectrum(network, at_a_maximum(network.finite_group, sigma, constraint))
    assert measured == pytest.approx(predicted, abs=1e-7)


@pytest.mark.parametrize(("name", "irrep", "rank"), [("S3", "2", 2), ("A4", "3", 2), ("S4", "3a", 3)])
def test_spectra_at_saddles_are_those_of_the_hessian_in_weight_space(
    name: str, irrep: str, rank: int
) -> None:
    network = network_of(name)
    point = point_of(Lifted.of(network), irrep, rank)
    sigma = next(s for s in network.finite_group.real_irreps if s.name == irrep)
    stack = partial_isometry(network.finite_group, sigma, rank)
    assert measured_spectrum(network, stack) == pytest.approx(predicted_spectrum(point), abs=1e-7)
    assert not point.is_maximum


def test_a_spectrum_that_is_off_by_one_direction_would_be_seen() -> None:
    """Negative control: the spectrum at another irrep's maximum."""
    network = network_of("A4")
    system = Lifted.of(network)
    sigma = next(s for s in network.finite_group.real_irreps if s.name == "3")
    measured = measured_spectrum(network, at_a_maximum(network.finite_group, sigma))
    assert np.abs(measured - predicted_spectrum(point_of(system, "1a"))).max() > 1


@pytest.mark.parametrize("name", ["S3", "Q8", "A4", "F21", "Q8xS3", "Z12"])
def test_maximisers_are_unit_and_have_the_predicted_energy(name: str) -> None:
    network = network_of(name)
    group, system = network.finite_group, Lifted.of(network)
    for sigma in group.real_irreps[1:]:
        stack = at_a_maximum(group, sigma)
        assert np.linalg.norm(stack, axis=1) == pytest.approx(np.ones(3), abs=1e-12)
        labels = network.labels()
        energy = 2 * np.einsum("x,y,xy->", stack[0], stack[1], stack[2][labels])
        assert energy == pytest.approx(point_of(system, sigma.name).energy, rel=1e-12)
        assert energy == pytest.approx(2 * np.sqrt(group.order / sigma.r), rel=1e-12)


@pytest.mark.parametrize(
    ("name", "kind", "d", "energy", "counts"),
    [
        ("S3", "R", 2, 3.464102, (3, 9, 3, 0)),
        ("D4", "R", 2, 4.0, (3, 15, 3, 0)),
        ("Q8", "H", 1, 2.828427, (6, 12, 0, 3)),
        ("A4", "R", 3, 4.0, (6, 21, 6, 0)),
        ("A4", "C", 1, 4.898979, (2, 30, 0, 1)),
        ("F21", "C", 3, 3.741657, (14, 33, 12, 1)),
        ("Z15", "C", 1, 5.477226, (2, 39, 0, 1)),
        ("Z12", "R", 1, 6.928203, (0, 33, 0, 0)),
    ],
)
def test_the_published_examples(name: str, kind: str, d: int, energy: float, counts: tuple[int, ...]) -> None:
    points = Lifted.of(network_of(name)).landscape()
    point = next(p for p in points if (p.type, p.m) == (kind, d))
    assert point.energy == pytest.approx(energy, abs=1e-6)
    found = Counter({e.value: e.multiplicity for e in point.spectrum})
    assert tuple(found[-float(value)] for value in range(4)) == counts
    assert point.is_maximum


@pytest.mark.parametrize(("kind", "kappa"), [("R", 1), ("C", 2), ("H", 4)])
def test_multiplicities_are_polynomials_in_n_and_m(kind: str, kappa: int) -> None:
    n, m = sp.symbols("n m", integer=True, positive=True)
    expected = {
        0.0: 3 * (m - 1) * kappa + 2 * (kappa - 1),
        -1.0: 3 * (n - kappa * m**2) + 3 * kappa * (m - 1) ** 2,
        -2.0: 3 * (m - 1) * kappa,
        -3.0: sp.Integer(kappa - 1),
    }
    found = spectrum_by_symbols(lift(network_of("Z5")), kind)
    assert all(sp.expand(found.get(value, 0) - count) == 0 for value, count in expected.items())
    assert sp.expand(sum(found.values()) - (3 * n - 3)) == 0


def test_near_equal_rates_are_counted_once() -> None:
    rates = {"theta1": 0.1, "theta2": 0.2, "xi": 0.30000000000000004}
    found = spectrum_by_symbols(lift(network_of("S3", rates=rates)), "R")
    values = sorted(found)
    assert min(np.diff(values)) > 1e-6


def test_every_real_irrep_but_the_trivial_one_has_a_maximum_with_its_name() -> None:
    network = network_of("Q8xS3")
    points = Lifted.of(network).landscape()
    assert [p.irrep for p in points] == [s.name for s in network.finite_group.real_irreps[1:]]
    assert all(p.is_maximum for p in points)
    assert points[-1].rates == pytest.approx([1, 2, 3] * np.array(points[-1].energy))


def test_a_symbolic_order_has_one_maximum_for_each_kind_of_character() -> None:
    flow = lift(Network("Zn", embedding="unshared", constraint="sphere"))
    pair, half = abelian_maxima(flow, CyclicFamily("Zn", "n"))
    n = sp.Symbol("n", integer=True, positive=True)
    assert (pair.exact_energy, half.exact_energy) == (sp.sqrt(2 * n), 2 * sp.sqrt(n))
    assert [str(e.count) for e in pair.spectrum] == ["2", "3*n - 6", "1"]
    assert len(abelian_maxima(flow, CyclicFamily("Zp", "p"))) == 1


def test_an_energy_that_vanishes_has_no_landscape() -> None:
    assert Lifted.of(Network("S3", activation="z", constraint="sphere")).landscape() == ()


def test_ranks_and_constraints_are_checked() -> None:
    with pytest.raises(ReductionError, match=r"no such rank\. Expected: 1 to 2\. Received: 3"):
        critical_point(lift(network_of("S3")), 6, "2", "R", 2, rank=3)
    with pytest.raises(ReductionError, match="without a sphere the energy has no maxima"):
        Lifted.of(Network("S3")).landscape()

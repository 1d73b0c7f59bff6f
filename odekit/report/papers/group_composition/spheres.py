"""Networks on spheres: their training at a small logit scale, starts at one irrep, blocks and alignment."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from odekit.arrays import ComplexArray, FloatArray, IndexArray
from odekit.comparison import irrep_shares
from odekit.derivation import landscape, lift
from odekit.groups import FiniteGroup, group, group_fourier, inverse_group_fourier
from odekit.networks import Network
from odekit.report.papers.paper_figure import KEPT, generator
from odekit.report.papers.reduced_run import reduced_run
from odekit.simulation import Run, initial_weights, simulate

__all__ = [
    "END",
    "PAPER",
    "alignment",
    "at_irreps",
    "end_shares",
    "energies",
    "follow",
    "in_units",
    "named",
    "reduced",
    "settings",
    "sphere_network",
    "trained",
    "units",
]

PAPER = "2606.02993"
SCALE = 0.01  # a, so small that the softmax stays uniform on spheres
NEURONS, END, SNAPSHOTS, POINTS = 256, 6.0, 61, 241
Weights = Mapping[str, FloatArray]


def named(name: str) -> FiniteGroup:
    """A group of a definite order."""
    found = group(name)
    if not isinstance(found, FiniteGroup):
        raise TypeError(f"{name} has no definite order")
    return found


def sphere_network(name: str, neurons: int) -> Network:
    """A quadratic network, unshared, each weight vector on a unit sphere, logits (a/M) sum of neurons."""
    return Network(
        named(name),
        neurons=neurons,
        embedding="unshared",
        constraint="sphere",
        loss="sum",
        logit_scale=SCALE / neurons,
    )


def follow(name: str, weights: Weights, end: float = END) -> Run:
    """The gradient flow of the full loss from given weights, up to a time in units of the reduced ODE."""
    network = sphere_network(name, len(weights["xi"]))
    times = end * np.linspace(0.0, 1.0, SNAPSHOTS) ** 2 / network.logit_scale
    return simulate(network, weights=weights, times=times, rtol=1e-9, estimate_error=False)


@lru_cache(maxsize=KEPT)
def trained(name: str, seed: int) -> Run:
    """The same from uniform weights."""
    network = sphere_network(name, NEURONS)
    stack = initial_weights(network, "iid", 1.0, generator(seed, f"spheres, {name}"))
    return follow(name, {key: w.T for key, w in zip((*network.embeddings, "xi"), stack, strict=True)})


@lru_cache(maxsize=KEPT)
def reduced(name: str, seed: int) -> Run:
    """What the lifted flow makes of the same start, at more times."""
    run = trained(name, seed)
    return reduced_run(run, run.t[-1] * np.linspace(0.0, 1.0, POINTS) ** 2)


def units(run: Run) -> FloatArray:
    """The run's times in units of the reduced ODE."""
    return run.t * run.network.logit_scale


def in_units(run: Run) -> Run:
    """The same run with its times in units of the reduced ODE."""
    return Run(units(run), run.weights, run.network)


def settings(name: str, neurons: int = NEURONS, end: float = END) -> str:
    """What was trained."""
    return (
        f"{name}, {neurons} neurons, quadratic activation, unshared embedding, theta1, theta2 and xi each "
        f"on a unit sphere, summed loss, logits (a/M) sum of neurons with a = {SCALE:g}, projected gradient "
        f"flow up to time {end:g} M/a; time is counted in M/a, dimensionless. (The public code keeps theta1 "
        "and theta2 of a neuron on one sphere together, and takes steps of descent.)"
    )


def energies(group: FiniteGroup, least: int = 1) -> str:
    """The derived energy E at the maximum of each real irrep of K-dimension ``least`` or more, in words."""
    points = landscape(lift(sphere_network(group.name, 1)), group)
    found: dict[str, list[str]] = {}
    for irrep, point in zip(group.real_irreps[1:], points, strict=True):
        if irrep.m >= least:
            found.setdefault(f"{float(point.energy):.2f}", []).append(irrep.name)
    if len(found) == 1:
        return f"E = {next(iter(found))}"
    return ", ".join(f"E = {energy} at {' and '.join(irreps)}" for energy, irreps in found.items())


def end_shares(run: Run) -> tuple[FloatArray, IndexArray]:
    """Share of each real irrep in theta1 at the end, (M, count), and the largest's index, (M,)."""
    shares = irrep_shares(run.weights["theta1"][-1], run.network.finite_group)
    return shares, np.asarray(shares.argmax(axis=-1))


def alignment(run: Run, irreps: IndexArray) -> ComplexArray:
    """How well each neuron's three blocks at its irrep fit, (T, M): 1 for aligned ones of rank one.

    tr(xihat^* theta1hat theta2hat) over the product of the blocks' Frobenius norms, a phase where blocks are
    numbers.
    """
    G = run.network.finite_group
    hats = {name: group_fourier(values, G) for name, values in run.weights.items()}
    result = np.empty(run.weights["xi"].shape[:2], dtype=np.complex128)
    for place in np.unique(irreps):
        member, own = G.real_irreps[place].members[0], irreps == place
        first, second, last = (hats[name][member][:, own] for name in ("theta1", "theta2", "xi"))
        trace = np.einsum("tmij,tmij->tm", last.conj(), first @ second)
        size = np.prod([np.linalg.norm(block, axis=(-2, -1)) for block in (first, second, last)], axis=0)
        result[:, own] = trace / size
    return result


def at_irreps(name: str, irreps: IndexArray, seed: int) -> Weights:
    """Random weights (M, n) of which each neuron keeps one real irrep alone, on the unit spheres."""
    G = named(name)
    source = generator(seed, f"single irreps, {name}")
    weights = {}
    for key in ("theta1", "theta2", "xi"):
        blocks = group_fourier(source.standard_normal((len(irreps), G.order)), G)
        for sigma, place in ((sigma, place) for place, sigma in enumerate(G.real_irreps)):
            for member in sigma.members:
                blocks[member][irreps != place] = 0.0
        values = np.real(inverse_group_fourier(blocks, G))
        weights[key] = values / np.linalg.norm(values, axis=1, keepdims=True)
    return weights

"""A lifted system as a report that a person reads."""

from collections.abc import Iterable, Iterator

from odekit.derivation.blocks.lifted import Lifted
from odekit.derivation.printers import landscape_lines, network_lines, sphere_sections, time_lines
from odekit.systems import Certificate, System
from odekit.systems.printers import join_sections

__all__ = ["block_report"]

# Saddles of higher rank are left out of the report: there are as many kinds of them as the rank has values.
HIGHEST_RANK = 4


def block_report(system: System, lifted: Lifted, certificate: Certificate | None) -> str:
    """The network, its equations of motion in blocks, laws, landscape, and where they hold."""
    report = lifted.sphere_report
    sections = {
        "Network": network_lines(lifted.network),
        "Blocks": _blocks(lifted),
        "Equations of motion, at each nontrivial irrep": [f"{n}' = {v}" for n, v in lifted.equations.items()],
        "Energy": _energy(lifted),
        "Time": time_lines(lifted.network),
        **(_first_integrals(system, lifted) if report is None else sphere_sections(report, is_matrix=True)),
        "Saddles": [*_shared(lifted), *_saddles(lifted)],
        "Certificate": [] if certificate is None else [str(certificate)],
    }
    return join_sections(sections)


def _blocks(lifted: Lifted) -> Iterator[str]:
    yield "theta, xi stand for sum_g f(g) rho(g), one d by d block for each irrep rho; ^* is the adjoint"
    for stack in lifted.stacks:
        names = ", ".join(stack.names)
        yield f"type {stack.kind}, d = {stack.dimension}: {names}{' (trivial)' if stack.is_trivial else ''}"


def _energy(lifted: Lifted) -> Iterator[str]:
    yield f"E = {lifted.energy_text}"
    if not lifted.flow.energy:
        yield "the energy vanishes: nothing moves at this order"


def _first_integrals(system: System, lifted: Lifted) -> dict[str, Iterable[str]]:
    known = [*map(str, lifted.conservation_laws), "the blocks at the trivial irrep rest"]
    return {"First integrals, at each irrep": [*known, system.first_integrals().sentence]}


def _shared(lifted: Lifted) -> list[str]:
    if lifted.network.embedding == "unshared" or not lifted.flow.spheres:
        return []
    return [
        "these have theta and xi on one line of matrices; a shared embedding has other critical points, too"
    ]


def _saddles(lifted: Lifted) -> list[str]:
    if not lifted.flow.spheres:
        return []
    largest = max((irrep.m for irrep in lifted.group.real_irreps), default=1)
    lines = []
    for rank in range(2, min(largest, HIGHEST_RANK) + 1):
        table = landscape_lines(lifted.landscape(rank))
        lines += [f"rank {rank} over K", *(f"  {line}" for line in table)]
    return lines

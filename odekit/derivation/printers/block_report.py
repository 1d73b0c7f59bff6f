"""A lifted system as a report that a person reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from odekit.derivation.blocks.landscape import CriticalPoint
from odekit.derivation.blocks.lifted_system import LiftedSystem
from odekit.derivation.certificates.certificate import Certificate
from odekit.derivation.printers.network import network_lines, time_lines
from odekit.derivation.spheres.report import SphereReport
from odekit.systems.printers.sections import join_sections

__all__ = ["landscape_lines", "lifted_text", "sphere_sections"]

HEADINGS = ("irrep", "type", "m", "r", "energy", "spectrum in units of E")
HIGHEST_RANK = 4


def lifted_text(system: LiftedSystem, certificate: Certificate | None = None) -> str:
    """The network, its equations of motion in blocks, laws, landscape, and where they hold."""
    report = system.sphere_report()
    sections = {
        "Network": network_lines(system.network),
        "Blocks": _blocks(system),
        "Equations of motion, at each nontrivial irrep": [f"{n}' = {v}" for n, v in system.equations.items()],
        "Energy": _energy(system),
        "Time": time_lines(system.network),
        **(_first_integrals(system) if report is None else sphere_sections(report, is_matrix=True)),
        "Saddles": [*_shared(system), *_saddles(system)],
        "Certificate": [] if certificate is None else [str(certificate)],
    }
    return join_sections(sections)


def sphere_sections(report: SphereReport, is_matrix: bool) -> dict[str, Iterable[str]]:
    """What spheres add, as sections."""
    return {
        "Spheres": [*report.energy, *(f"trivial irrep: {line}" for line in report.trivial)],
        "Laws": _laws(report, is_matrix),
        "Time change": report.time_change or ["the irreps do not decouple: their radial coefficients differ"],
        "Exact solutions": report.solutions,
        "Landscape: maxima of the energy": landscape_lines(report.maxima),
    }


def landscape_lines(points: Iterable[CriticalPoint]) -> list[str]:
    """A table of critical points, its first line the headings; empty for none."""
    rows = [HEADINGS, *(_row(point) for point in points)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADINGS))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return lines if len(rows) > 1 else []


def _row(point: CriticalPoint) -> tuple[str, ...]:
    is_symbolic = bool(point.exact_energy.free_symbols)
    energy = str(point.exact_energy) if is_symbolic else f"{point.exact_energy} = {point.energy:.6f}"
    spectrum = ", ".join(f"{e.value:g} ({e.count})" for e in point.spectrum)
    return (point.irrep, point.type, str(point.m), str(point.r), energy, spectrum)


def _blocks(system: LiftedSystem) -> Iterator[str]:
    yield "theta, xi stand for sum_g f(g) rho(g), one d by d block for each irrep rho; ^* is the adjoint"
    for stack in system.stacks:
        names = ", ".join(stack.names)
        yield f"type {stack.kind}, d = {stack.dimension}: {names}{' (trivial)' if stack.is_trivial else ''}"


def _energy(system: LiftedSystem) -> Iterator[str]:
    yield f"E = {system.energy_text}"
    if not system.flow.energy:
        yield "the energy vanishes: nothing moves at this order"


def _first_integrals(system: LiftedSystem) -> dict[str, Iterable[str]]:
    trivial = ["the blocks at the trivial irrep rest"]
    return {"First integrals, at each irrep": [*map(str, system.conservation_laws), *trivial]}


def _laws(report: SphereReport, is_matrix: bool) -> Iterator[str]:
    for law, cofactor in report.laws:
        factor = "" if cofactor == 1 else f"{cofactor} "
        yield f"P = {law}: P' = -{factor}E P"
    if is_matrix and report.laws:
        yield "so ratios of entries of laws with equal factors, also at two irreps, are first integrals,"
        yield "as are ratios of powers that make the factors equal"
    yield from (f"first integral {ratio}" for ratio in (() if is_matrix else report.ratios))


def _shared(system: LiftedSystem) -> list[str]:
    if system.network.embedding == "unshared" or not system.flow.spheres:
        return []
    return [
        "these have theta and xi on one line of matrices; a shared embedding has other critical points, too"
    ]


def _saddles(system: LiftedSystem) -> list[str]:
    if not system.flow.spheres:
        return []
    largest = max((irrep.m for irrep in system.group.real_irreps), default=1)
    lines = []
    for rank in range(2, min(largest, HIGHEST_RANK) + 1):
        table = landscape_lines(system.landscape(rank))
        lines += [f"rank {rank} over K", *(f"  {line}" for line in table)]
    return lines

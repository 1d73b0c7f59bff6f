"""What unit spheres add, as sections of a report."""

from collections.abc import Iterable, Iterator

from odekit.derivation.spheres import CriticalPoint, SphereReport

__all__ = ["landscape_lines", "sphere_sections"]

HEADINGS = ("irrep", "type", "m", "r", "energy", "spectrum in units of E")


def sphere_sections(report: SphereReport, is_matrix: bool) -> dict[str, Iterable[str]]:
    """What spheres add, as sections."""
    return {
        "Spheres": [*report.energy, *(f"trivial irrep: {line}" for line in report.trivial)],
        "Laws": _laws(report, is_matrix),
        "Time change": report.time_change or [f"the irreps do not decouple: {report.coupling}"],
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


def _laws(report: SphereReport, is_matrix: bool) -> Iterator[str]:
    for law, cofactor in report.laws:
        factor = "" if cofactor == 1 else f"{cofactor} "
        yield f"P = {law}: P' = -{factor}E P"
    if is_matrix and report.laws:
        yield "so ratios of entries of laws with equal factors, also at two irreps, are first integrals,"
        yield "as are ratios of powers that make the factors equal"
    yield from (f"first integral {ratio}" for ratio in (() if is_matrix else report.ratios))

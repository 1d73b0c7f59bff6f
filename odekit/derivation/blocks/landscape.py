"""The energy's critical points on spheres: maxima at K-rank 1, saddles above, with their exact spectra."""

import sympy as sp

from odekit.derivation.blocks.flow import LiftedFlow
from odekit.derivation.blocks.spectrum import M, N, energy_at, spectrum_by_symbols
from odekit.derivation.spheres import CriticalPoint, Eigenvalue
from odekit.errors import ReductionError
from odekit.groups import KAPPA, CyclicFamily, FiniteGroup

__all__ = ["abelian_maxima", "critical_point", "landscape"]


def critical_point(
    flow: LiftedFlow, order: sp.Expr | int, irrep: str, kind: str, m: int, rank: int = 1
) -> CriticalPoint:
    """The critical point of K-rank ``rank`` of a real irrep, with the spectrum at it.

    Parameters
    ----------
    flow: on spheres.
    order: of the group, a number or a symbol.
    irrep, kind, m: the real irrep's name, type and dimension over K.
    rank: 1 for the maximum, up to m for saddles.

    Raises
    ------
    ReductionError: no spheres, or a rank above m.

    Source: arXiv 2606.02993, landscape; "rank one" is over K = R, C or H.
    """
    if not flow.spheres:
        raise ReductionError(
            "without a sphere the energy has no maxima", expected="constraint sphere or joint_sphere"
        )
    if not 1 <= rank <= m:
        raise ReductionError("no such rank", expected=f"1 to {m}", received=str(rank))
    values = {N: order, M: m}
    spectrum = [
        Eigenvalue(value, sp.expand(count.subs(values)))
        for value, count in spectrum_by_symbols(flow, kind, rank).items()
    ]
    present = tuple(eigenvalue for eigenvalue in spectrum if eigenvalue.count != 0)
    r = KAPPA[kind] * m
    return CriticalPoint(irrep, kind, m, r, rank, energy_at(flow, order, r * rank), present)


def landscape(flow: LiftedFlow, group: FiniteGroup, rank: int = 1) -> tuple[CriticalPoint, ...]:
    """The critical points of one K-rank of every nontrivial real irrep that has it; none where E vanishes."""
    return tuple(
        critical_point(flow, group.order, irrep.name, irrep.type, irrep.m, rank)
        for irrep in group.real_irreps[1:]
        if rank <= irrep.m and flow.energy
    )


def abelian_maxima(flow: LiftedFlow, group: FiniteGroup | CyclicFamily) -> tuple[CriticalPoint, ...]:
    """The maxima of an Abelian group: of every real irrep, or of every kind at a symbolic order."""
    if isinstance(group, FiniteGroup):
        return landscape(flow, group)
    order = sp.Symbol(group.symbol, integer=True, positive=True)
    pair = critical_point(flow, order, "k", "C", 1)
    if group.name == "Zp":
        return (pair,)
    return (pair, critical_point(flow, order, f"{group.symbol}/2 (even {group.symbol})", "R", 1))

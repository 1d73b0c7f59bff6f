"""What a reduction is known by: its certificate, and answers of a reduced system that tell of it."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import sympy as sp

from odekit.errors import AlgebraError, LimitError, ReductionError
from odekit.limits import DERIVATION_SECONDS, bounded
from odekit.systems.answers import AnyAnswers
from odekit.systems.known import Certificate, FixedPoint, ScalingSymmetry, Search
from odekit.systems.printers import join_sections
from odekit.systems.system import System

__all__ = ["ReducedAnswers", "ReductionCertificate", "last_within_limits"]

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class ReductionCertificate(Certificate):
    """How it is known that a reduced system, with what leaks of it, is the flow.

    Parameters
    ----------
    order, frequencies, exact, residual, passed: of a certificate; there is no group, so the order is 0.
    origin: where the coordinates or observables come from.
    proof: what is proved, or checked at how many points to how many digits.
    search: the lines that say what each coordinate or observable is; complete where every rate was split into
        what closes and what leaks, partial with what was not looked at.
    """

    order: int = 0
    frequencies: tuple[Mapping[str, int], ...] = ()
    exact: bool = True
    residual: float = 0.0
    passed: bool = True
    origin: str
    proof: str
    search: Search[str]

    def __str__(self) -> str:
        return f"{self.origin}; {self.proof}; {self.search.status}: {self.search.reason}"


class ReducedAnswers(AnyAnswers):
    """Answers of a reduced system.

    Parameters
    ----------
    certificate: how it is known.
    flow: what was reduced, or None where that is one flow for each size.
    reduced: reduces another flow of the same states in the same way.
    """

    def __init__(
        self,
        certificate: ReductionCertificate,
        flow: System | None = None,
        reduced: Callable[[System], System] | None = None,
    ) -> None:
        self._certificate, self._flow, self._reduced = certificate, flow, reduced

    def first_integrals(self, system: System) -> Search[sp.Expr]:
        """Of the equations; where something leaks, the flow itself need not keep them."""
        return _without_leaks(super().first_integrals(system), system)

    def scaling_symmetries(self, system: System) -> Search[ScalingSymmetry]:
        """Of the equations, which the flow itself need not have where something leaks."""
        return _without_leaks(super().scaling_symmetries(system), system)

    def fixed_points(self, system: System) -> Search[FixedPoint]:
        """Of the equations; where something leaks, the flow itself need not rest there."""
        return _without_leaks(super().fixed_points(system), system)

    def modified(self, system: System, eta: Any, order: Any, momentum: Any) -> System:
        """The reduced modified equation of descent in straight steps of the flow's own states.

        Raises
        ------
        ReductionError: of a symbolic size; or as of the flow itself.
        """
        if self._flow is None or self._reduced is None:
            raise ReductionError(
                "steps are straight in the weights, which are not told at a symbolic size",
                expected="a reduction of one flow",
                received="one of a flow for each size",
                hint="reduce a function that gives the flow's own modified equation at each size",
            )
        return self._reduced(self._flow.modified(eta, order, momentum))

    def certify(self, system: System, order: int | None) -> ReductionCertificate:
        """How the reduction is known; there is no group, so the order doesn't count."""
        return self._certificate

    def ansatz(self, system: System) -> tuple[str, ...]:
        """What each coordinate or observable is, one line each."""
        return self._certificate.search.items

    def report(self, system: System, certificate: Certificate | None) -> str:
        """Equations and what follows from them, what leaks, and how it is known."""
        leaks = [f"{name}: {' + '.join(parts)}" for name, parts in system.leaks.items()]
        own = join_sections({"Reduction": [str(self._certificate)], "Leaks": leaks})
        return f"{super().report(system, certificate)}\n\n{own}"

    def to_dict(self, system: System, certificate: Certificate | None) -> dict[str, object]:
        """The same as plain data."""
        known = self._certificate
        return {
            **super().to_dict(system, certificate),
            "leaks": {name: list(parts) for name, parts in system.leaks.items()},
            "reduction": {
                "origin": known.origin,
                "proof": known.proof,
                "status": known.search.status,
                "reason": known.search.reason,
            },
        }


def _without_leaks(search: Search[T], system: System) -> Search[T]:
    if system.closed:
        return search
    told = f"of the equations alone, without what leaks of {', '.join(system.leaks)}"
    status = "partial" if search.status == "complete" else search.status
    return replace(search, status=status, reason=f"{search.reason}; {told}")


def last_within_limits(answers: Iterable[T], what: str) -> tuple[T | None, str]:
    """The last of ever better answers within the limits, and what ended them; "" where nothing did.

    Parameters
    ----------
    answers: made one by one.
    what: the work is, as the subject of a sentence.
    """
    last: deque[T] = deque(maxlen=1)
    try:
        bounded(what, DERIVATION_SECONDS)(lambda: last.extend(answers))()
    except (AlgebraError, LimitError) as error:
        return (last[0] if last else None), str(error)
    return (last[0] if last else None), ""

"""A certificate: what a derived field was compared with, and what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["Certificate", "combined"]


@dataclass(frozen=True)
class Certificate:
    """What was compared, and what came of it.

    Parameters
    ----------
    order: the group's order.
    frequencies: the concrete frequencies that were tried, one mapping from symbol to integer each.
    exact: whether it is a proof over the cyclotomic field instead of a floating-point comparison.
    residual: largest relative difference (0 where exact and passed).
    passed: whether field and leaks agree at all of them.
    printed: largest relative difference of the equations in their states, on the spheres where there are any;
        None where that isn't told.
    tolerance: the difference that passes, where it is more than rounding.
    modulus: the prime modulo which the sums were exact, at random residues; None over the cyclotomic field.
    """

    order: int
    frequencies: tuple[Mapping[str, int], ...]
    exact: bool
    residual: float
    passed: bool
    printed: float | None = field(default=None, kw_only=True)
    tolerance: float | None = field(default=None, kw_only=True)
    modulus: int | None = field(default=None, kw_only=True)

    def __str__(self) -> str:
        numbers = "over the cyclotomic field" if self.modulus is None else f"modulo {self.modulus}"
        kind = f"exactly, {numbers}" if self.exact else "at random points"
        verdict = "agrees" if self.passed else "DISAGREES"
        tried = "; ".join(", ".join(f"{k} = {v}" for k, v in f.items()) for f in self.frequencies)
        where = f" ({tried})" if tried else ""
        size = "" if self.exact else f", largest relative difference {self.residual:.1e}"
        limit = "" if self.tolerance is None else f" (tolerance {self.tolerance:.1e})"
        states = "" if self.printed is None else f"; its equations at random points, {self.printed:.1e}"
        return (
            f"{verdict} with the weight-space gradient {kind}, order {self.order}{where}{size}{limit}{states}"
        )


def combined(certificates: Sequence[Certificate]) -> Certificate:
    """One certificate for several systems at the same order: it passes if all of them do."""
    return Certificate(
        order=certificates[0].order,
        frequencies=tuple(choice for part in certificates for choice in part.frequencies),
        exact=all(part.exact for part in certificates),
        residual=max(part.residual for part in certificates),
        passed=all(part.passed for part in certificates),
        printed=_largest(part.printed for part in certificates),
        tolerance=_largest(part.tolerance for part in certificates),
        modulus=max((part.modulus for part in certificates if part.modulus is not None), default=None),
    )


def _largest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)

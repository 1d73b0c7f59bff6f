"""What was promised, and what was measured: each target met, or the honest number.

Rows of one run enter, `Verdict`s leave. A target whose rows are missing is not measured, which is not met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import closed_form
import gradient
import memory
import polynomial
import scaling
import startup
import stiff
import stiff_batch
import trigonometric
from contenders import LOOP
from harness import Row

__all__ = ["Verdict", "ratios", "verdicts"]

HEYOKA, DIFFRAX, STACKED = "heyoka, batch", "diffrax", "scipy solve_ivp, stacked"
NUMPY_SIZE = 100_000

Measure = Callable[[Sequence[Row]], float | None]


REASONS = (
    (
        "stacked",
        "in units of each one's own end time all are alike, a stack's best case: one step size serves all",
    ),
    (
        "broadcast by hand",
        "without lookups and in its best layout PyTorch leaves the symmetry of the pairs as the only gain",
    ),
    (
        "PyTorch",
        "products this small run far below the dgemm rate, and passes over the hidden layer cost as much",
    ),
    (
        "dgemm",
        "products of this shape alone run at some 85 % of it; the rest are passes over the hidden layer",
    ),
    ("1.0 within", "a fixed cost still weighs at the smaller sizes"),
)


@dataclass(frozen=True)
class Verdict:
    """One target and its measurement.

    Parameters
    ----------
    work: what is done.
    target: what was promised, in words.
    measured: the number; None where it wasn't measured.
    is_met: whether it keeps the promise.
    """

    work: str
    target: str
    measured: float | None
    is_met: bool

    @property
    def status(self) -> str:
        """One word or two."""
        return "not measured" if self.measured is None else "met" if self.is_met else "missed"

    @property
    def reason(self) -> str:
        """Why the target is missed, where that is known; else nothing."""
        known = (why for what, why in REASONS if what in self.target)
        return next(known, "") if self.status == "missed" else ""


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """All targets, in order."""
    return [
        *_of_closed_form(rows),
        *_of_batches(rows),
        *_of_gradient(rows),
        *_of_stiff(rows),
        *_of_cost(rows),
        *_of_startup(rows),
    ]


def ratios(rows: Sequence[Row]) -> dict[str, float]:
    """Times that odekit's fastest way is faster than each peer, for each benchmark, case and size."""
    found = {}
    for row in rows:
        if row.bench in (polynomial.NAME, trigonometric.NAME) and not row.name.startswith("odekit"):
            best = _best(rows, row.bench, "odekit", row.case, row.items)
            if best:
                found[f"{row.bench}, {row.case}, N {row.items:,}: {row.name} / {best.name}"] = (
                    row.seconds / best.seconds
                )
    return found | _stiff_ratios(rows)


def _stiff_ratios(rows: Sequence[Row]) -> dict[str, float]:
    timed = {(row.case, row.name): row.seconds for row in rows if row.bench == stiff.NAME}
    return {
        f"{stiff.NAME}, {case}: {name} / {ours}": seconds / timed[case, ours]
        for (case, name), seconds in timed.items()
        for ours in stiff.OURS
        if name in stiff.PEERS and (case, ours) in timed
    }


def _at_least(work: str, against: str, limit: float, measured: float | None) -> Verdict:
    met = measured is not None and measured >= limit
    return Verdict(work, f"at least {limit:,g} times {against}", measured, met)


def _at_most(work: str, limit: float, unit: str, measured: float | None) -> Verdict:
    met = measured is not None and measured <= limit
    return Verdict(work, f"at most {limit:g} {unit}", measured, met)


def _of_closed_form(rows: Sequence[Row]) -> Iterator[Verdict]:
    ours = _best(rows, closed_form.NAME, "odekit")
    for nominal in reversed(polynomial.TOLERANCES):
        peer = _best(rows, polynomial.NAME, HEYOKA, _case(nominal))
        work = "closed form, T* and one time point"
        yield _at_least(work, f"{HEYOKA}, to the same time, {_case(nominal)}", 5.0, _ratio(peer, ours))


def _of_batches(rows: Sequence[Row]) -> Iterator[Verdict]:
    tight, loose = polynomial.TOLERANCES[1], polynomial.TOLERANCES[0]
    fast = _best(rows, polynomial.NAME, "odekit, numba", _case(tight))
    for peer, limit in ((HEYOKA, 4.0), (DIFFRAX, 50.0), (LOOP, 5_000.0)):
        slow = _best(rows, polynomial.NAME, peer, _case(tight))
        yield _at_least(f"polynomial form, {_case(tight)}, numba", peer, limit, _ratio(slow, fast))
    case = _case(trigonometric.TOLERANCE)
    fast = _best(rows, trigonometric.NAME, "odekit, numba", case)
    for peer, limit in ((HEYOKA, 1.0), (DIFFRAX, 25.0)):
        slow = _best(rows, trigonometric.NAME, peer, case)
        yield _at_least(f"trigonometric form, {case}, numba", peer, limit, _ratio(slow, fast))
    fast = _best(rows, polynomial.NAME, "odekit, numpy", _case(loose), NUMPY_SIZE)
    for peer, limit in ((LOOP, 200.0), (STACKED, 8.0)):
        slow = _best(rows, polynomial.NAME, peer, _case(loose))
        yield _at_least(
            f"polynomial form, {_case(loose)}, numpy, N {NUMPY_SIZE:,}", peer, limit, _ratio(slow, fast)
        )


def _of_gradient(rows: Sequence[Row]) -> Iterator[Verdict]:
    for order, limit in ((23, 4.0), (47, 4.5), (97, 6.0)):
        case = f"p {order}, M {gradient.NEURONS}, float64"
        ours = _best(rows, gradient.NAME, gradient.OURS, case)
        for peer in (gradient.TORCH, gradient.BROADCAST):
            slow = _best(rows, gradient.NAME, peer, case)
            yield _at_least(f"full gradient, {case}", peer, limit, _ratio(slow, ours))
    ours = _best(rows, gradient.NAME, gradient.OURS, f"p 97, M {gradient.NEURONS}, float64")
    share = ours.facts["share_of_matmul_rate"] if ours else None
    yield _at_least("full gradient, p 97, float64", "this machine's dgemm rate", 0.65, share)


def _of_stiff(rows: Sequence[Row]) -> Iterator[Verdict]:
    ours, peer = (_best(rows, stiff.NAME, name, stiff.ATTENTION) for name in (stiff.OURS[0], stiff.PEERS[0]))
    yield _at_most("stiff attention flow to t = 2e4", 2.0, "times SciPy BDF's time", _ratio(ours, peer))
    fast, slow = (_best(rows, stiff_batch.NAME, name) for name in (stiff_batch.NUMBA, stiff_batch.KVAERNO))
    yield _at_least("stiff attention flow, lanes on numba", stiff_batch.KVAERNO, 10.0, _ratio(slow, fast))


def _of_cost(rows: Sequence[Row]) -> Iterator[Verdict]:
    slopes = scaling.in_trajectories(rows, scaling.SMALLEST)
    for name, slope in slopes.items():
        yield Verdict(f"exponent in N, {name}", "1.0 within .05", slope, abs(slope - 1.0) <= 0.05)
    for row in rows:
        if row.bench == memory.NAME:
            peak = row.facts["peak_megabytes"]
            yield _at_most(f"memory, {row.name}, N {row.items:,}", 1_000.0, "MB in all", peak)


def _of_startup(rows: Sequence[Row]) -> Iterator[Verdict]:
    for name, limit in ((startup.IMPORT, 0.2), (startup.DERIVE, 1.5), (startup.VERIFY, 30.0)):
        row = _best(rows, startup.NAME, name)
        yield _at_most(f"{name}, without numba", limit, "s", row.seconds if row else None)


def _case(nominal: float) -> str:
    return f"rtol {nominal:.0e}"


def _ratio(slow: Row | None, fast: Row | None) -> float | None:
    """Of the times for one item, so that a peer measured at another size counts too."""
    return slow.microseconds / fast.microseconds if slow and fast else None


def _best(rows: Sequence[Row], bench: str, name: str, case: str = "", items: int = 0) -> Row | None:
    """The fastest of odekit's ways, or a peer's row, at the size that is asked for, else at the largest."""
    named = [row for row in rows if row.bench == bench and _is_named(row.name, name) and case in row.case]
    sized = [row for row in named if row.items == (items or max(each.items for each in named))]
    return min(sized, key=lambda row: row.microseconds, default=None)


def _is_named(shown: str, name: str) -> bool:
    """By the beginning for odekit, whose ways differ in what follows."""
    return shown.startswith(name) if name.startswith("odekit") and name[6:7] != " " else shown == name

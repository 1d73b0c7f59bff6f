"""Coefficients of a Taylor series as straight-line code, order after order.

Series are in ``(t - t_old) / s``, s near the length of a step, so that no coefficient over- or underflows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

__all__ = ["FIRST_SCALE", "ORDER", "SAFETY", "Product", "SeriesCode", "Sum", "coefficient_lines"]

# The order at which a step at tolerances from 1e-8 to 1e-14 costs the least on the reduced flows.
ORDER = 16
# Factor on the step that the last two terms allow: their ratio to the error is known, so that none is needed.
SAFETY = 1.0
# Share of the time in which y would change by its size, near which a series of this order converges fast.
FIRST_SCALE = 0.2


@dataclass(frozen=True)
class Product:
    """The Cauchy product of two series."""

    left: str
    right: str


@dataclass(frozen=True)
class Sum:
    """A constant and multiples of series; ``terms`` are (series, coefficient), coefficients are text."""

    constant: str | None
    terms: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class SeriesCode:
    """A polynomial vector field as products and sums of series.

    Parameters
    ----------
    statements: assignments, one a line, to names that the coefficients use; in ``p0, p1, ...``.
    series: products and sums in the order of computation, in each other's names, ``y0, y1, ...`` and ``t``.
    field: the entries of y'.
    parameters: number of parameters.
    """

    statements: tuple[str, ...]
    series: Mapping[str, Product | Sum]
    field: tuple[Sum, ...]
    parameters: int

    @property
    def states(self) -> int:
        """Number of states."""
        return len(self.field)

    @property
    def products(self) -> int:
        """Number of Cauchy products, which is what a series costs."""
        return sum(isinstance(entry, Product) for entry in self.series.values())

    @cached_property
    def degrees(self) -> Mapping[str, float]:
        """Order beyond which a series has only zeros: infinite unless it depends on time alone."""
        found: dict[str, float] = {"t": 1} | {f"y{j}": float("inf") for j in range(self.states)}
        for name, entry in self.series.items():
            if isinstance(entry, Product):
                found[name] = found[entry.left] + found[entry.right]
            else:
                found[name] = max((found[term] for term, _ in entry.terms), default=0)
        return found


def coefficient_lines(code: SeriesCode, order: int = ORDER) -> Iterator[str]:
    """Assignments to ``y0_1 ... y0_order, y1_1 ...`` from ``t``, ``s``, ``y0_0, y1_0, ...`` and ``p0, ...``.

    Parameters
    ----------
    code: the recurrence.
    order: of the last coefficient.
    """
    yield from code.statements
    yield from ("t_0 = t", "t_1 = s")
    for j, entry in enumerate(code.field):
        yield from (f"f{j}_{i} = s * ({value})" for i, (_, value) in enumerate(entry.terms))
    for k in range(order):
        for name, series in code.series.items():
            if k <= code.degrees[name]:
                yield f"{name}_{k} = {_entry(code, series, k)}"
        for j, entry in enumerate(code.field):
            yield f"y{j}_{k + 1} = {_derivative(code, j, entry, k)}"


def _entry(code: SeriesCode, entry: Product | Sum, k: int) -> str:
    if isinstance(entry, Product):
        return _convolution(code, entry, k)
    terms = [f"({value}) * {name}_{k}" for name, value in entry.terms if k <= code.degrees[name]]
    return _joined(([f"({entry.constant})"] if entry.constant and k == 0 else []) + terms)


def _derivative(code: SeriesCode, j: int, entry: Sum, k: int) -> str:
    terms = [f"f{j}_{i} * {name}_{k}" for i, (name, _) in enumerate(entry.terms) if k <= code.degrees[name]]
    total = _joined(([f"s * ({entry.constant})"] if entry.constant and k == 0 else []) + terms)
    return f"({total}) * {1.0 / (k + 1)}" if k else total


def _convolution(code: SeriesCode, product: Product, k: int) -> str:
    """The sum of ``left_i right_(k-i)``, those terms last that are known last."""
    pairs = [(i, k - i) for i in sorted(range(k + 1), key=lambda i: abs(2 * i - k))]
    left, right = product.left, product.right
    if left == right:
        twice = [f"{left}_{i} * {left}_{m}" for i, m in pairs if i < m <= code.degrees[left]]
        middle = [f"{left}_{k // 2} * {left}_{k // 2}"] if k % 2 == 0 and k // 2 <= code.degrees[left] else []
        return _joined(middle + ([f"2.0 * ({' + '.join(twice)})"] if twice else []))
    return _joined(
        [
            f"{left}_{i} * {right}_{m}"
            for i, m in pairs
            if i <= code.degrees[left] and m <= code.degrees[right]
        ]
    )


def _joined(terms: list[str]) -> str:
    return " + ".join(terms) or "0.0"

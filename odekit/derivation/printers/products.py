"""Sums of products of numbers with indices, as text and as LaTeX.

An upper index is divided by the squared length ``l`` of its row, and summed over: as text both are written
out, in LaTeX both are understood.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["Entry", "Product", "latex_sum", "text_sum"]


@dataclass(frozen=True)
class Entry:
    """A number of an array.

    Parameters
    ----------
    name: of the array: ``theta``, ``xi``, a letter, either with a number behind it, or ``delta``, which is 1
        where its index is 0.
    lower, upper: a letter for each index, or 0; lower ones come first.
    """

    name: str
    lower: str = ""
    upper: str = ""

    @property
    def text(self) -> str:
        """Such as ``theta1[i]``."""
        return (
            f"[{self.lower}=0]"
            if self.name == "delta"
            else f"{self.name}[{','.join(self.lower + self.upper)}]"
        )

    @property
    def latex(self) -> str:
        r"""Such as ``\hat\theta_{1,i}``."""
        letters = self.name.rstrip("0123456789")
        number = self.name.removeprefix(letters)
        symbol = {"theta": r"\hat\theta", "xi": r"\hat\xi", "delta": r"\delta"}.get(letters, letters)
        lower = self.lower + "0" * (letters == "delta")
        below = ",".join(filter(None, (number, lower)))
        shown = symbol + (f"_{{{below}}}" if below else "")
        return shown + ("{}" if lower and self.upper else "") + (f"^{{{self.upper}}}" if self.upper else "")


@dataclass(frozen=True)
class Product:
    """A number times entries, summed over their upper indices.

    Parameters
    ----------
    factor: the number. entries: at least one.
    """

    factor: Fraction
    entries: tuple[Entry, ...]

    @property
    def text(self) -> str:
        """Such as ``-(1/2) sum_j R[i,j] theta[j]/l[j]``."""
        summed = "".join(entry.upper for entry in self.entries)
        lengths = " ".join(f"l[{index}]" for index in summed)
        size = abs(self.factor)
        shown = [str(size) if size.denominator == 1 else f"({size})"] if size != 1 else []
        shown += [f"sum_{summed}"] if summed else []
        shown += [entry.text for entry in self.entries]
        return (
            self._sign
            + " ".join(shown)
            + (f"/({lengths})" if len(summed) > 1 else f"/{lengths}" * len(summed))
        )

    @property
    def latex(self) -> str:
        r"""Such as ``-\frac{1}{2} R_{ij} \hat\theta^{j}``."""
        size = abs(self.factor)
        number = str(size) if size.denominator == 1 else rf"\frac{{{size.numerator}}}{{{size.denominator}}}"
        return self._sign + " ".join([number] * (size != 1) + [entry.latex for entry in self.entries])

    @property
    def _sign(self) -> str:
        return "-" if self.factor < 0 else ""


def text_sum(products: Iterable[Product], first: str = "") -> str:
    """Those that aren't 0, behind a first term if there is one."""
    return _joined(first, (product.text for product in products if product.factor))


def latex_sum(products: Iterable[Product], first: str = "") -> str:
    """The same as LaTeX."""
    return _joined(first, (product.latex for product in products if product.factor))


def _joined(first: str, terms: Iterable[str]) -> str:
    return " + ".join(filter(None, [first, *terms])).replace("+ -", "- ") or "0"

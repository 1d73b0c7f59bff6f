"""The coupled flow of blocks as sums over rows of bases, for any irrep, as text and as LaTeX.

In a basis e with ``l_i = sum_g e_i(g)^2`` and ``C_ijk = sum_g e_i e_j e_k``, row 0 being the trivial one,

    f_ijc = a sum_m F_ij xi_c,   F_ij = sum_(x,y) act(theta(x) + theta(y)) e_i(x) e_j(y),

are the order parameters, and the field R is a sum of products of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from odekit.derivation.blocks import Lifted
from odekit.derivation.orders.series import moment_coefficients
from odekit.derivation.printers import Entry, Product, latex_sum, text_sum
from odekit.networks import Network

__all__ = ["BlockText"]

_CONSTANTS = (Entry("C", "ikm"), Entry("C", "jop"), Entry("C", "cde"))
# By number of factors: components of powers of the logits.
_POWERS = {1: (Entry("f", "ijc"),), 2: (*_CONSTANTS, Entry("f", upper="kod"), Entry("f", upper="mpe"))}
# By number of factors: sums of products of components whose waves multiply to a constant.
_MOMENTS = {
    2: (Entry("f", "ijc"), Entry("f", upper="ijc")),
    3: (*_CONSTANTS, Entry("f", upper="ijc"), Entry("f", upper="kod"), Entry("f", upper="mpe")),
}


@dataclass(frozen=True)
class BlockText:
    """What is said of the flow up to a cumulant.

    Parameters
    ----------
    network: two inputs, the group's product, an activation of degree at most 2.
    order: the highest cumulant, at least 2.
    """

    network: Network
    order: int

    @property
    def _n(self) -> int:
        return int(self.network.finite_group.order)

    @property
    def _lifted(self) -> Lifted:
        return Lifted.of(self.network)

    def _coefficient(self, degree: int) -> Fraction:
        return (self.network.activation_polynomial or {}).get(degree, Fraction(0))

    def conventions(self) -> Iterator[str]:
        """What indices mean."""
        yield "i, j, k, c, ... count the rows of all bases; row 0 is the trivial one; xi has none there"
        yield "theta[i] = sum_g e_i(g) theta(g), l[i] = sum_g e_i(g)^2, C[i,j,k] = sum_g e_i(g) e_j(g) e_k(g)"

    def order_parameters(self) -> Mapping[str, str]:
        """The order parameters f, and what is summed in them; what the field is in them."""
        return {
            "f[i,j,c]": "logit scale * sum over neurons of F[i,j] xi[c]",
            **{entry.text: text_sum(products) for entry, products in self._definitions().items()},
        }

    def interaction(self) -> str:
        """What the summed loss gains beyond uniform softmax."""
        moments = moment_coefficients(self.order).items()
        return text_sum(Product(value / self._n, _MOMENTS[degree]) for degree, value in moments)

    def energy(self) -> str:
        """The energy of a neuron at uniform softmax."""
        return self._lifted.energy_text

    def equations(self) -> Mapping[str, str]:
        """Velocity of each block, by weight group: what is left at uniform softmax, and the field's part."""
        free = self._lifted.equations
        return {
            entry.text: text_sum(pull, f"({free[entry.name]})[{entry.lower}]")
            for entry, pull in self._pulls().items()
        }

    def latex(self) -> Sequence[str]:
        """The same as lines of an aligned block; a raised index is divided by l and summed over."""
        free = self._lifted.free_latex
        return [
            r"f_{ijc} &= a \sum_m F_{ij} \hat\xi_{c}",
            *(f"{entry.latex} &= {latex_sum(products)}" for entry, products in self._definitions().items()),
            *(
                _dotted(entry)
                + " &= "
                + latex_sum(pull, rf"\bigl({free[entry.name]}\bigr)_{{{entry.lower}}}")
                for entry, pull in self._pulls().items()
            ),
        ]

    def _definitions(self) -> Mapping[Entry, Sequence[Product]]:
        """Of F, of the squares of embeddings in it, and of R."""
        first, second = (self.network.embedding_of(place) for place in (0, 1))
        double, linear, constant = 2 * self._coefficient(2), self._coefficient(1), self._coefficient(0)
        at_i, at_j = Entry("delta", "i"), Entry("delta", "j")
        feature = [
            Product(double, (Entry(first, "i"), Entry(second, "j"))),
            *(Product(double / 2 * self._n, each) for each in _both(_square(first), _square(second))),
            *(Product(linear * self._n, each) for each in _both(first, second)),
            Product(constant * self._n**2, (at_i, at_j)),
        ]
        squares = {
            Entry(_square(name), "i"): [
                Product(Fraction(1), (Entry("C", "ijk"), Entry(name, upper="j"), Entry(name, upper="k")))
            ]
            for name in self.network.embeddings
            if double
        }
        coefficients = moment_coefficients(self.order)
        field = [
            Product(-(degree + 1) * coefficients[degree + 1], _POWERS[degree])
            for degree in range(1, self.order)
        ]
        return {Entry("F", "ij"): feature, **squares, Entry("R", "ijc"): field}

    def _pulls(self) -> Mapping[Entry, Sequence[Product]]:
        """The field's part of each velocity."""
        rates = {name: Fraction(repr(rate)) / self._n for name, rate in self.network.rates.items()}
        return {
            **{Entry(name, "i"): self._pull(name, rates[name]) for name in self.network.embeddings},
            Entry("xi", "c"): [Product(rates["xi"], (Entry("R", "ijc"), Entry("F", upper="ij")))],
        }

    def _pull(self, name: str, rate: Fraction) -> Sequence[Product]:
        places = [place for place in (0, 1) if self.network.embedding_of(place) == name]
        other, output = self.network.embedding_of(1 - places[0]), Entry("xi", upper="c")
        pair, single, alone = ("ijc", "k0c", "i0c") if places[0] == 0 else ("jic", "0kc", "0ic")
        double, linear = (
            factor * len(places) * rate for factor in (2 * self._coefficient(2), self._coefficient(1))
        )
        own = (Entry("C", "ij", "k"), Entry("R", single), Entry(name, upper="j"), output)
        return [
            Product(double, (Entry("R", pair), Entry(other, upper="j"), output)),
            Product(double, own),
            Product(linear, (Entry("R", alone), output)),
        ]


def _both(first: str, second: str) -> Iterator[tuple[Entry, Entry]]:
    """Either's entry where the other input's row is the trivial one."""
    yield Entry(first, "i"), Entry("delta", "j")
    yield Entry(second, "j"), Entry("delta", "i")


def _square(name: str) -> str:
    return f"q{name.removeprefix('theta')}"


def _dotted(entry: Entry) -> str:
    symbol, index, rest = entry.latex.partition("_")
    return rf"\dot{{{symbol}}}{index}{rest}"

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
from odekit.networks import Network

__all__ = ["BlockText"]

# By number of factors: sums of products of components whose waves multiply to a constant.
_MOMENTS = {
    2: "f[i,j,c]^2/(l[i] l[j] l[c])",
    3: "C[i,k,m] C[j,o,p] C[c,d,e] f[i,j,c] f[k,o,d] f[m,p,e]/(l[i] l[j] l[c] l[k] l[o] l[d] l[m] l[p] l[e])",
}
# By number of factors: components of powers of the logits, as text and as LaTeX.
_POWERS = {
    1: ("f[i,j,c]", "f_{ijc}"),
    2: (
        "sum C[i,k,m] C[j,o,p] C[c,d,e] f[k,o,d] f[m,p,e]/(l[k] l[o] l[d] l[m] l[p] l[e])",
        r"C_{ikm} C_{jop} C_{cde} f^{kod} f^{mpe}",
    ),
}


_HAT = r"\hat\theta"


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

    def _names(self) -> tuple[str, str]:
        return self.network.embedding_of(0), self.network.embedding_of(1)

    def conventions(self) -> Iterator[str]:
        """What indices mean."""
        yield "i, j, k, c, ... count the rows of all bases; row 0 is the trivial one; xi has none there"
        yield "theta[i] = sum_g e_i(g) theta(g), l[i] = sum_g e_i(g)^2, C[i,j,k] = sum_g e_i(g) e_j(g) e_k(g)"

    def order_parameters(self) -> Mapping[str, str]:
        """The order parameters f, and what is summed in them; what the field is in them."""
        first, second = self._names()
        squares = {name: f"q{name.removeprefix('theta')}" for name in self.network.embeddings}
        meanings = {
            square: f"sum_jk C[i,j,k] {name}[j] {name}[k]/(l[j] l[k])" for name, square in squares.items()
        }
        double, linear, constant = 2 * self._coefficient(2), self._coefficient(1), self._coefficient(0)
        terms = [
            _times(double, f"{first}[i] {second}[j]"),
            _times(double / 2 * self._n, f"({squares[first]}[i] [j=0] + {squares[second]}[j] [i=0])"),
            _times(linear * self._n, f"({first}[i] [j=0] + {second}[j] [i=0])"),
            _times(constant * self._n**2, "[i=0] [j=0]"),
        ]
        return {
            "f[i,j,c]": "logit scale * sum over neurons of F[i,j] xi[c]",
            "F[i,j]": _sum(terms),
            **({f"{square}[i]": meaning for square, meaning in meanings.items()} if double else {}),
            "R[i,j,c]": _sum(_times(value, _POWERS[degree][0]) for degree, value in self._powers()),
        }

    def _powers(self) -> Iterator[tuple[int, Fraction]]:
        coefficients = moment_coefficients(self.order)
        return ((degree, -(degree + 1) * coefficients[degree + 1]) for degree in range(1, self.order))

    def interaction(self) -> str:
        """What the summed loss gains beyond uniform softmax."""
        moments = moment_coefficients(self.order).items()
        return _sum(_times(value / self._n, f"sum {_MOMENTS[degree]}") for degree, value in moments)

    def energy(self) -> str:
        """The energy of a neuron at uniform softmax."""
        return self._lifted.energy_text

    def equations(self) -> Mapping[str, str]:
        """Velocity of each block, by weight group: what is left at uniform softmax, and the field's part."""
        found = {}
        for name, free in self._lifted.equations.items():
            factor = Fraction(repr(self.network.rates[name])) / self._n
            if name == "xi":
                found["xi[c]"] = f"({free})[c] + {_times(factor, 'sum_ij R[i,j,c] F[i,j]/(l[i] l[j])')}"
                continue
            places = [place for place in (0, 1) if self.network.embedding_of(place) == name]
            pull = self._pull(places[0])
            found[f"{name}[i]"] = (
                f"({free})[i] + {_times(len(places) * factor, f'sum_c xi[c]/l[c] ({pull})')}"
            )
        return found

    def _pull(self, place: int) -> str:
        own, other = self._names()[place], self._names()[1 - place]
        pair, single, alone = (
            ("R[i,j,c]", "R[k,0,c]", "R[i,0,c]") if place == 0 else ("R[j,i,c]", "R[0,k,c]", "R[0,i,c]")
        )
        double = 2 * self._coefficient(2)
        return _sum(
            [
                _times(double, f"sum_j {pair} {other}[j]/l[j]"),
                _times(double, f"sum_jk C[i,j,k] {single} {own}[j]/(l[j] l[k])"),
                _times(self._coefficient(1), alone),
            ]
        )

    def latex(self) -> Sequence[str]:
        """The same as lines of an aligned block; a raised index is divided by l and summed over."""
        first, second = self._names()
        double, linear, constant = 2 * self._coefficient(2), self._coefficient(1), self._coefficient(0)
        inner = [
            _latex_times(double, f"{_theta(first, 'i')} {_theta(second, 'j')}"),
            _both(double / 2 * self._n, _square(first, "i"), _square(second, "j")),
            _both(linear * self._n, _theta(first, "i"), _theta(second, "j")),
            _latex_times(constant * self._n**2, r"\delta_{i0} \delta_{j0}"),
        ]
        squares = [
            f"{_square(name, 'i')} &= C_{{ijk}} {_theta(name, 'j', '^')} {_theta(name, 'k', '^')}"
            for name in self.network.embeddings
            if double
        ]
        powers = _sum(_latex_times(value, _POWERS[degree][1]) for degree, value in self._powers())
        factor = Fraction(repr(self.network.rates["xi"])) / self._n
        own, free = _latex_times(factor, r"R_{ijc} F^{ij}"), self._lifted.free_latex
        return [
            r"f_{ijc} &= a \sum_m F_{ij} \hat\xi_{c}",
            rf"F_{{ij}} &= {_sum(inner)}",
            *squares,
            rf"R_{{ijc}} &= {powers}",
            *(
                rf"\dot{{\hat\theta}}{_theta(name, 'i').removeprefix(_HAT)} &= {self._latex_of(name)}"
                for name in self.network.embeddings
            ),
            rf"\dot{{\hat\xi}}_{{c}} &= \bigl({free['xi']}\bigr)_{{c}} + {own}",
        ]

    def _latex_of(self, name: str) -> str:
        places = [place for place in (0, 1) if self.network.embedding_of(place) == name]
        factor = len(places) * Fraction(repr(self.network.rates[name])) / self._n
        place = places[0]
        own, other = (self._names()[p] for p in (place, 1 - place))
        pair, single, alone = ("ijc", "k0c", "i0c") if place == 0 else ("jic", "0kc", "0ic")
        double = 2 * self._coefficient(2) * factor
        terms = [
            _latex_times(double, rf"R_{{{pair}}} {_theta(other, 'j', '^')} \hat\xi^{{c}}"),
            _latex_times(double, rf"C_{{ij}}{{}}^{{k}} R_{{{single}}} {_theta(own, 'j', '^')} \hat\xi^{{c}}"),
            _latex_times(self._coefficient(1) * factor, rf"R_{{{alone}}} \hat\xi^{{c}}"),
        ]
        return rf"\bigl({self._lifted.free_latex[name]}\bigr)_{{i}} + {_sum(terms)}"


def _times(factor: Fraction, text: str) -> str:
    if not factor:
        return ""
    size = "" if abs(factor) == 1 else f"{abs(factor)} " if factor.denominator == 1 else f"({abs(factor)}) "
    return ("-" if factor < 0 else "") + size + text


def _latex_times(factor: Fraction, text: str) -> str:
    if not factor:
        return ""
    size = abs(factor)
    number = str(size) if size.denominator == 1 else rf"\frac{{{size.numerator}}}{{{size.denominator}}}"
    return ("-" if factor < 0 else "") + ("" if size == 1 else f"{number} ") + text


def _sum(terms: Sequence[str] | Iterator[str]) -> str:
    return " + ".join(filter(None, terms)).replace("+ -", "- ") or "0"


def _both(factor: Fraction, first: str, second: str) -> str:
    return _latex_times(factor, rf"\bigl({first} \delta_{{j0}} + {second} \delta_{{i0}}\bigr)")


def _theta(name: str, index: str, where: str = "_") -> str:
    """An entry of theta as LaTeX; a raised index is divided by l."""
    return _HAT + _indexed(name.removeprefix("theta"), index, where)


def _square(name: str, index: str) -> str:
    return "q" + _indexed(name.removeprefix("theta"), index, "_")


def _indexed(number: str, index: str, where: str) -> str:
    if where == "^":
        return (f"_{{{number}}}" if number else "") + f"^{{{index}}}"
    return f"_{{{number},{index}}}" if number else f"_{{{index}}}"

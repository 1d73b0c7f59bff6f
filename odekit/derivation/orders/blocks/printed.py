"""A neuron on irreps among others as a person or a program reads it: sums, equations, leaks, and data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import comb, prod
from typing import Any

from odekit.arrays import FloatArray
from odekit.derivation.orders.blocks.flow import BlockMode, CoupledBlocks
from odekit.derivation.orders.blocks.mean_field import row_labels
from odekit.derivation.orders.blocks.system import BlockFormulas
from odekit.derivation.orders.blocks.text import BlockText
from odekit.derivation.printers import network_lines, time_lines
from odekit.groups import FiniteGroup, RealIrrep
from odekit.networks import Network
from odekit.systems import Certificate, System
from odekit.systems.printers import join_sections

__all__ = ["PrintedBlocks"]

# More terms are no equations that a person reads.
MOST_SHOWN = 100
# Values on more elements make no line.
MOST_ELEMENTS = 12
# So many numbers of waves are told to a program: the squares of orders up to 60.
MOST_WAVES = 3600


@dataclass(frozen=True, eq=False)
class PrintedBlocks:
    """What is said of the flow of neurons of one kind.

    Parameters
    ----------
    formulas: the flow.
    """

    formulas: BlockFormulas

    @property
    def flow(self) -> CoupledBlocks:
        """The flow."""
        return self.formulas.flow

    @property
    def _network(self) -> Network:
        return self.flow.network

    @property
    def _group(self) -> FiniteGroup:
        return self._network.finite_group

    @cached_property
    def text(self) -> BlockText:
        """The flow as sums over rows, in text and in LaTeX."""
        return BlockText(self._network, self.flow.order)

    @property
    def irreps(self) -> list[RealIrrep]:
        """The real irreps on which the neurons start."""
        names = {mode.irrep for mode in self.flow.kinds[0] if mode.grade == 0}
        return [irrep for irrep in self._group.real_irreps if irrep.name in names]

    @property
    def responses(self) -> list[BlockMode]:
        """The blocks into which the neurons leak."""
        return [mode for mode in self.flow.kinds[0] if mode.grade]

    @property
    def sums(self) -> int:
        """The number of sums over neurons of ``theta theta xi``, and ``theta xi`` and xi where these occur.

        Of the blocks that act, by entries; products of shared embeddings count once.
        """
        places = [mode for mode in self.flow.kinds[0] if self.flow.acts(mode)]
        rows = {name: sum(self.flow.rows(m) for m in places if m.weights == name) for name in self.flow.names}
        products: set[tuple[str, ...]] = set()
        for monomial in self.flow.monomials:
            names = (
                self._network.embedding_of(place) for place in (0, 1) for _ in range(monomial.powers[place])
            )
            products.add(tuple(sorted(names)))
        return rows["xi"] * sum(_count(product, rows) for product in products)

    def conditions(self) -> Iterator[str]:
        """Where the equations hold."""
        names = [irrep.name for irrep in self.irreps]
        yield f"all neurons live on the real irrep{'s' * (len(names) > 1)} {', '.join(names)}"
        yield "R is the field of all neurons, and moves with them"

    def leaks(self) -> Iterator[str]:
        """Into which irreps the gradient leads, and how strongly."""
        for mode in self.responses:
            back = f"acts back at {self._size(mode.grade + 1)} or higher"
            acts = f"{back}, and is a state" if self.flow.acts(mode) else back
            where = f"{mode.weights} leaks into irrep {mode.irrep}"
            yield f"{where} at relative order {self._size(mode.grade)}, {acts}"

    def _size(self, grade: int) -> str:
        """A power of the logits' size, also in the weights' scale kappa where all terms have one degree."""
        is_monomial = len(self._network.activation_polynomial or {}) == 1
        power = grade * (self._network.degree + 1)
        return f"|f|^{grade}{f' = kappa^{power}' if is_monomial else ''}"

    def _blocks(self) -> Iterator[str]:
        labels, field = row_labels(self.flow), self.formulas.field
        for irrep in self.irreps:
            rows = self.flow.rows_of(irrep.name)
            named = ", ".join(labels[row] for row in rows)
            yield f"irrep {irrep.name}, type {irrep.type}, d = {irrep.unitary.shape[1]}: rows {named}"
            yield f"  {irrep.name}re00 is the real part of entry 0, 0 of sum_g theta(g) rho(g) there"
            if self._group.order <= MOST_ELEMENTS:
                yield from (f"  e_{labels[row]} = {_vector(field.waves[row])}" for row in rows)
        if self._group.order <= MOST_ELEMENTS:
            yield f"  on the elements {', '.join(self._group.labels)}"
        yield from self.text.conventions()

    def _loss(self) -> Iterator[str]:
        order = self.flow.order
        yield f"cross-entropy up to cumulant {order} of the logits over the outputs, summed over inputs:"
        yield "a constant, less the logit scale times the sum of E over neurons, plus V"
        yield f"E = {self.text.energy()}"
        yield f"V = {self.text.interaction()}"
        yield f"relative error at a fixed rescaled time: of order {self._size(order)}, f being the logits"

    def _sums(self) -> Iterator[str]:
        yield from (f"{name} = {meaning}" for name, meaning in self.text.order_parameters().items())
        yield f"these are polynomials in {self.sums} sums over neurons of products of their blocks' entries"
        felt = len(self.formulas.parameters)
        yield f"selection rules leave {felt} components of R that these neurons feel"

    def _entries(self) -> Iterator[str]:
        if self.formulas.terms > MOST_SHOWN:
            states = ", ".join(symbol.name for symbol in self.formulas.velocities)
            yield f"{self.formulas.terms:,} terms, in plain data and the system's equations, for the states"
            yield states
            return
        for symbol, velocity in self.formulas.velocities.items():
            yield f"{symbol}' = {velocity}"
        if not self.formulas.is_rational:
            yield "coefficients are rounded to 16 digits"

    def report(self, system: System, certificate: Certificate | None) -> str:
        """The network, the equations in blocks and in entries, what couples neurons, and what leaks."""
        sections = {
            "Network": network_lines(self._network),
            "Blocks": self._blocks(),
            "Loss": self._loss(),
            "Order parameters": self._sums(),
            "Equations of motion, blocks": (f"{n}' = {v}" for n, v in self.text.equations().items()),
            "Equations of motion, entries": self._entries(),
            "Time": time_lines(self._network),
            "Leaks": list(self.leaks()) or ["none"],
            "Conditions": system.conditions,
            "Kinds of neurons": _templates(system),
            "Certificate": [] if certificate is None else [str(certificate)],
        }
        return join_sections(sections)

    def entries(self, system: System) -> dict[str, Any]:
        """What the plain data of a system adds to that of any derived one."""
        waves = {
            label: wave.tolist()
            for label, wave in zip(row_labels(self.flow), self.formulas.field.waves, strict=True)
        }
        return {
            "cumulants": self.flow.order,
            "irreps": [irrep.name for irrep in self.irreps],
            "sums": self.sums,
            "parameters": [symbol.name for symbol in system.parameters],
            "order_parameters": dict(self.text.order_parameters()),
            "neuron_energy": self.text.energy(),
            "interaction": self.text.interaction(),
            "block_equations": dict(self.text.equations()),
            "waves": waves if len(waves) ** 2 <= MOST_WAVES else {},
            "responses": [
                {"weights": mode.weights, "irrep": mode.irrep, "relative_order": mode.grade}
                for mode in self.responses
            ],
        }

    def latex(self, system: System, *, comments: bool) -> str:
        """The equations in blocks as an aligned block, below comments."""
        block = "\\begin{aligned}\n" + " \\\\\n".join(self.text.latex()) + "\n\\end{aligned}"
        if not comments:
            return block
        lines = [
            *system.conditions,
            *self.text.conventions(),
            "a raised index is divided by l, and summed over with the lower one; a is the logit scale",
            *self.leaks(),
            system.answers.clock(system),
        ]
        return "\n".join([*(f"% {line}" for line in lines), block])


def _templates(system: System) -> Iterator[str]:
    for template in system.templates:
        leaks = [f"{name} into {', '.join(into)}" for name, into in template.system.leaks.items() if into]
        states = len(template.system.states)
        yield (
            f"on irrep {', '.join(template.characters)}: {states} entries of blocks, "
            f"{len(template.system.parameters)} of the field; {'; '.join(leaks) or 'no'} leaks"
        )


def _count(names: Sequence[str], rows: Mapping[str, int]) -> int:
    """The number of products of one entry each; of equal names in any order."""
    if len(names) == 2 and names[0] == names[1]:
        return comb(rows[names[0]] + 1, 2)
    return prod(rows[name] for name in names)


def _vector(wave: FloatArray) -> str:
    return f"({', '.join(f'{value + 0.0:.4g}' for value in wave.round(9))})"

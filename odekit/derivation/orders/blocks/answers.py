"""A neuron on irreps beyond uniform softmax: its system, in which a field stands for all neurons."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

from odekit.arguments import expect, is_series
from odekit.derivation.answers import CoupledAnswers, disagreement
from odekit.derivation.blocks import lift
from odekit.derivation.certificates import TOLERANCE
from odekit.derivation.orders.blocks.certificate import BlockBruteForce, certify_blocks
from odekit.derivation.orders.blocks.flow import CoupledBlocks
from odekit.derivation.orders.blocks.kinds import coupled_blocks, exact_flow, random_evaluation
from odekit.derivation.orders.blocks.printed import PrintedBlocks
from odekit.derivation.orders.blocks.system import BlockFormulas
from odekit.derivation.orders.brute_force import MAX_QUICK_CELLS, cells
from odekit.derivation.printers import network_data
from odekit.errors import InputError, ReductionError, UnknownNameError
from odekit.networks import Network
from odekit.systems import Certificate, System, Template

__all__ = ["BlockOrderAnswers", "blocks_at_order"]


@dataclass(frozen=True, eq=False)
class BlockOrderAnswers(CoupledAnswers):
    """Answers for neurons of one kind, up to a cumulant.

    Parameters
    ----------
    flow: of that kind alone.
    """

    flow: CoupledBlocks

    moving: ClassVar[str] = "the field of all neurons, which is constant here, moves with them"

    @property
    def network(self) -> Network:
        """The network that the system was derived from."""
        return self.flow.network

    @cached_property
    def formulas(self) -> BlockFormulas:
        """The flow in formulas."""
        return BlockFormulas(self.flow)

    @cached_property
    def _printed(self) -> PrintedBlocks:
        return PrintedBlocks(self.formulas)

    @cached_property
    def system(self) -> System:
        """In the entries of the neuron's blocks, and the components of the field as parameters."""
        return System(
            self.formulas.velocities,
            self,
            parameters=self.formulas.parameters,
            conditions=tuple(self._printed.conditions()),
            leaks={
                name: tuple(mode.irrep for mode in self._printed.responses if mode.weights == name)
                for name in self.flow.names
            },
        )

    @property
    def verified(self) -> System:
        """The system, unless sums over all pairs of inputs say otherwise.

        Raises
        ------
        ReductionError: they do, for random neurons, or there are too many terms to write out.
        """
        system, residual = self.system, self.formulas.disagreement()
        if cells(self.network, self.network.finite_group) <= MAX_QUICK_CELLS:
            exact = random_evaluation(exact_flow(self.flow), seed=2603)
            residual = max(residual, BlockBruteForce(exact).residual())
        if residual > TOLERANCE:
            raise disagreement(self.network, residual)
        return system

    def certify(self, system: System, order: int | None) -> Certificate:
        """Of the velocities of blocks at all irreps, and of the equations in their entries.

        Raises
        ------
        ReductionError: another order than the group's, or there is too much to sum over.
        """
        group = self.network.finite_group
        if order not in (None, group.order):
            raise ReductionError(
                "a system in blocks has no other order",
                expected=f"order {group.order}, that of {group.name}",
                received=f"order {order}",
            )
        certificate, printed = certify_blocks(self.flow), self.formulas.disagreement()
        if printed <= TOLERANCE:
            return certificate
        return replace(certificate, passed=False, printed=printed)

    def report(self, system: System, certificate: Certificate | None) -> str:
        """The network, the equations in blocks and in entries, what couples neurons, and what leaks."""
        return self._printed.report(system, certificate)

    def to_dict(self, system: System, certificate: Certificate | None) -> dict[str, object]:
        """Everything that is known, as plain data."""
        return {**network_data(system, self, certificate), **self._printed.entries(system)}

    def latex(self, system: System, *, comments: bool) -> str:
        """The equations in blocks, over all rows, below comments that say what the letters are."""
        return self._printed.latex(system, comments=comments)


def blocks_at_order(network: Network, irreps: Any, order: int) -> System:
    """The blocks of neurons on irreps up to a cumulant, 2 or 3.

    Parameters
    ----------
    network: the group's product of two inputs, an activation of degree at most 2, no spheres.
    irreps: names of the real irreps on which each neuron lives, as a sequence or as text with commas, or
        ``"all"``; None for neurons on one irrep each, one template for every nontrivial one, the first of
        which is that of the most weights.
    order: the highest cumulant.

    Raises
    ------
    InputError, UnknownNameError: no irreps, or one that the group doesn't have.
    ReductionError: an activation that needs Clebsch-Gordan coefficients, too many terms to write out, or
        equations that disagree with brute force, which is a fault of odekit.
    """
    lift(network)
    known = {irrep.name: irrep for irrep in network.finite_group.real_irreps}
    nontrivial = list(known)[1:]
    if irreps is not None:
        chosen = list(known) if isinstance(irreps, str) and irreps == "all" else _chosen(irreps, nontrivial)
        return _answers(network, chosen, order).verified
    ranked = sorted(nontrivial, key=lambda name: -known[name].kappa * known[name].m ** 2)
    answers = {name: _answers(network, [name], order) for name in ranked}
    long = [name for name, own in answers.items() if not own.formulas.is_short]
    kept = [name for name in ranked if name not in long] or ranked[-1:]
    templates = tuple(Template((name,), answers[name].verified) for name in kept)
    first = templates[0].system
    left = (f"irreps {', '.join(long)} have too many terms to write out, and are left out",) if long else ()
    return replace(first, templates=templates, conditions=(*first.conditions, *left))


def _answers(network: Network, irreps: list[str], order: int) -> BlockOrderAnswers:
    return BlockOrderAnswers(coupled_blocks(network, [irreps], order))


def _chosen(irreps: Any, known: list[str]) -> list[str]:
    names = [name.strip() for name in irreps.split(",")] if isinstance(irreps, str) else irreps
    expect(is_series(names) and bool(names), "the irreps are no names", "such as 2 or 1a,2", irreps)
    for name in names:
        if name not in known:
            raise UnknownNameError("irrep", str(name), known)
    if len(set(names)) < len(names):
        raise InputError("an irrep is named twice", expected="each once", received=", ".join(names))
    return list(names)

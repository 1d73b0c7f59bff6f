"""What is known of the lifted flow on one group: its words, its blocks, its laws and its landscape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from odekit.derivation.blocks.conservation_laws import ConservationLaw, find_conservation_laws
from odekit.derivation.blocks.flow import LiftedFlow, lift
from odekit.derivation.blocks.landscape import landscape
from odekit.derivation.blocks.stack import block_stacks
from odekit.derivation.blocks.words import Letter, combine, terms_of, words_latex, words_text
from odekit.derivation.spheres import CriticalPoint, SphereReport, time_change
from odekit.errors import InputError, UnknownNameError, shown
from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.systems import BlockFlow, BlockStack

__all__ = ["Lifted"]


@dataclass(frozen=True, eq=False)
class Lifted:
    """The flow of the blocks thetahat(rho), xihat(rho) at irreps of a group.

    Parameters
    ----------
    network: what was derived.
    flow: the equations at one irrep, in words.
    stacks: the irreps whose blocks are states.
    """

    network: Network
    flow: LiftedFlow
    stacks: tuple[BlockStack, ...]

    @classmethod
    def of(cls, network: Network) -> Lifted:
        """The lifted flow of a network, at all irreps of its group.

        Raises
        ------
        ReductionError: see `lift`.
        InputError: the group's order is a symbol.
        """
        flow = lift(network)
        return cls(network, flow, block_stacks(network.finite_group))

    def single(self, irrep: int | str) -> Lifted:
        """The free flow, without spheres, of one irrep's blocks alone.

        Parameters
        ----------
        irrep: index into the group's irreps, of a conjugate pair either one; or the name of a real irrep.

        Raises
        ------
        InputError, UnknownNameError: the group has no such irrep.
        """
        stack, place = self._place(irrep)
        return Lifted(self.network, replace(self.flow, spheres=()), (stack.one(place),))

    @property
    def group(self) -> FiniteGroup:
        """The concrete group."""
        return self.network.finite_group

    @cached_property
    def blocks(self) -> BlockFlow:
        """The blocks as states, and how they move."""
        flow = self.flow
        terms = {name: terms_of(words) for name, words in flow.free_field.items()}
        return BlockFlow(flow.letters, self.stacks, terms, flow.radial, ("xi", flow.rates["xi"]))

    @property
    def energy_text(self) -> str:
        """The energy in words."""
        return f"(1/{self.group.order}) sum_(rho != 1) d_rho Re tr({words_text(self.flow.energy)})"

    @property
    def equations(self) -> Mapping[str, str]:
        """Velocity of the blocks at each nontrivial irrep, by weight group, in words."""
        return {
            name: words_text(
                combine([(1, words), (-self.flow.radial[name], {(Letter("E"), Letter(name)): Fraction(1)})])
            )
            for name, words in self.flow.free_field.items()
        }

    @property
    def free_latex(self) -> Mapping[str, str]:
        """The equations without what spheres take away, and the energy's trace as ``"E"``, as LaTeX."""
        flow = self.flow
        return {
            "E": words_latex(flow.energy),
            **{name: words_latex(words) for name, words in flow.free_field.items()},
        }

    @cached_property
    def conservation_laws(self) -> tuple[ConservationLaw, ...]:
        """Matrices and traces that move by a multiple of themselves, found by linear algebra."""
        return find_conservation_laws(self.flow)

    def landscape(self, rank: int = 1) -> tuple[CriticalPoint, ...]:
        """Critical points of one K-rank, of every nontrivial real irrep that has it: 1 for the maxima.

        Raises
        ------
        ReductionError: no spheres.
        """
        return landscape(self.flow, self.group, rank)

    def rates(self) -> Mapping[str, tuple[float, ...]]:
        """Rates of approach to the maximum of each real irrep, slowest first; empty without spheres."""
        return {point.irrep: point.rates for point in self.landscape()} if self.flow.spheres else {}

    @cached_property
    def sphere_report(self) -> SphereReport | None:
        """What unit spheres add: the meaning of E, laws up to scale, maxima; None without constraint."""
        if not self.flow.spheres:
            return None
        return SphereReport(
            energy=("E is the energy, the sum over all nontrivial irreps",),
            trivial=tuple(
                f"{name}' = {words_text({(Letter('E'), Letter(name)): -value})}"
                for name, value in self.flow.radial.items()
            ),
            laws=tuple((str(law), law.cofactor) for law in self.conservation_laws),
            maxima=self.landscape(),
            time_change=time_change(set(self.flow.radial.values()), self.network.task.summands),
        )

    def _place(self, irrep: int | str) -> tuple[BlockStack, int]:
        for stack in self.stacks:
            for place, (name, members) in enumerate(zip(stack.names, stack.members, strict=True)):
                if irrep == name or irrep in members:
                    return stack, place
        if isinstance(irrep, str):
            raise UnknownNameError("irrep", irrep, [name for stack in self.stacks for name in stack.names])
        raise InputError(
            "no such irrep", expected=f"0 to {len(self.group.irreps) - 1}, or a name", received=shown(irrep)
        )

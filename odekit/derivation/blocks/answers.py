"""The answers of a system in blocks, on any finite group."""

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

from odekit.derivation.answers import NetworkAnswers
from odekit.derivation.blocks.certificate import certify_lifted
from odekit.derivation.blocks.lifted import Lifted
from odekit.derivation.blocks.printers import block_data, block_latex, block_python, block_report
from odekit.derivation.spheres import SphereReport
from odekit.errors import ReductionError
from odekit.networks import Network
from odekit.systems import Certificate, FixedPoint, Rate, ScalingSymmetry, Search, System
from odekit.systems.blocks import ENERGY

__all__ = ["BlockAnswers", "lifted_of", "lifted_system", "system_in_blocks"]


@dataclass(frozen=True, eq=False)
class BlockAnswers(NetworkAnswers):
    """Answers for blocks at irreps."""

    lifted: Lifted

    @property
    def network(self) -> Network:
        """The network that the system was derived from."""
        return self.lifted.network

    def first_integrals(self, system: System) -> Search[sp.Expr]:
        """The conservation laws that hold without a factor, as matrices and traces of blocks."""
        items = tuple(law.expression for law in self.lifted.conservation_laws if not law.cofactor)
        return Search(items, "partial", "traces and products of blocks; others may exist")

    def scaling_symmetries(self, system: System) -> Search[ScalingSymmetry]:
        """None are looked for in blocks."""
        return Search((), "not tried", "none are looked for in blocks")

    def fixed_points(self, system: System) -> Search[FixedPoint]:
        """None: blocks have no phases; see `Lifted.landscape`."""
        return Search((), "not tried", "blocks have no phases; on spheres see the landscape")

    def rates(self, system: System) -> Mapping[str, Rate]:
        """Rates of approach to the maximum of each real irrep, slowest first; empty without spheres."""
        return self.lifted.rates()

    def sphere_report(self) -> SphereReport | None:
        """What unit spheres add; None without constraint."""
        return self.lifted.sphere_report

    def certify(self, system: System, order: int | None) -> Certificate:
        """Compare with the group's multiplication table; exact for every group as far as characters go."""
        return certify_lifted(self.lifted.flow, self.network, order)

    def report(self, system: System, certificate: Certificate | None) -> str:
        """The network, its equations of motion in blocks, laws, landscape, and where they hold."""
        return block_report(system, self.lifted, certificate)

    def to_dict(self, system: System, certificate: Certificate | None) -> dict[str, object]:
        """Everything that is known, with the keys of every other system."""
        return block_data(system, self.lifted, certificate)

    def latex(self, system: System, *, comments: bool) -> str:
        """Hats on blocks, daggers on adjoints."""
        return block_latex(self.lifted, comments=comments)

    def python(self, system: System) -> str:
        """A function of blocks."""
        return block_python(self.lifted)


def lifted_system(network: Network) -> System:
    """The flow of the blocks at all irreps of a network's group, Abelian or not.

    Raises
    ------
    ReductionError: an activation that is no polynomial, or needs Clebsch-Gordan coefficients; unequal rates
        on one joint sphere; a task other than the group's product.
    InputError: the group's order is a symbol.

    Source: arXiv 2606.02993, projected gradient flow in the Fourier domain.
    """
    return system_in_blocks(Lifted.of(network))


def lifted_of(system: System) -> Lifted:
    """What is known of a system in blocks: flow in words, stacks, conservation laws, landscape.

    Raises
    ------
    ReductionError: the system is not in blocks.
    """
    if not isinstance(system.answers, BlockAnswers):
        raise ReductionError(
            "the system is not in blocks",
            expected="one of odekit.derive on a non-Abelian group, or of odekit.derivation.lifted_system",
        )
    return system.answers.lifted


def system_in_blocks(lifted: Lifted) -> System:
    """The blocks as states of an ODE, such as those of one irrep, ``Lifted.single``."""
    blocks = lifted.blocks
    return System(
        blocks.velocities,
        BlockAnswers(lifted),
        definitions={ENERGY: blocks.energy} if blocks.has_spheres else {},
        conditions=("at each nontrivial irrep",),
        leaks=dict.fromkeys(lifted.flow.letters, ()),
        blocks=blocks,
    )

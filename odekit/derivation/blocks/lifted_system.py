"""LiftedSystem: the flow of all blocks of a neuron on a concrete finite group.

Weights map to states by ``to_states``: for each weight group in turn, the transform of the weights at each
real irrep, ``fhat = sum_g f(g) rho(g)``, of which the independent numbers are kept (see `BlockStack`). A
batch of neurons is the last axis, so that states are (state, batch), while weights are (batch, n). What
leaves is a system that `odekit.compile` and `odekit.solve` take as they take any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike, NDArray

from odekit.derivation.blocks.certificate import certify_lifted
from odekit.derivation.blocks.conservation_laws import ConservationLaw, find_conservation_laws
from odekit.derivation.blocks.flow import LiftedFlow, lift
from odekit.derivation.blocks.landscape import CriticalPoint, landscape
from odekit.derivation.blocks.stack import BlockStack, block_stacks
from odekit.derivation.blocks.words import Letter, combine, words_text
from odekit.derivation.certificates.certificate import Certificate
from odekit.derivation.polar.closed_form import EllipticForm
from odekit.derivation.polar.fixed_points import FixedPoint
from odekit.derivation.spheres.report import SphereReport
from odekit.derivation.spheres.solutions import time_change
from odekit.errors import InputError, ReductionError, UnknownNameError
from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.systems.system import ReducedSystem, Template

__all__ = ["LiftedSystem"]

FloatArray = NDArray[np.float64]
ONE = Fraction(1)


@dataclass(frozen=True, eq=False)
class LiftedSystem:
    """Equations of motion of the blocks thetahat(rho), xihat(rho) at irreps of a group.

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
    def of(cls, network: Network) -> LiftedSystem:
        """Derive the lifted flow of a network, at all irreps of its group.

        Raises
        ------
        ReductionError: see `lift`.
        InputError: the group's order is a symbol.
        """
        flow = lift(network)
        return cls(network, flow, block_stacks(network.finite_group))

    def single(self, irrep: int | str) -> LiftedSystem:
        """The free flow, without spheres, of one irrep's blocks alone.

        Parameters
        ----------
        irrep: index into the group's irreps, of a conjugate pair either one; or the name of a real irrep.

        Raises
        ------
        InputError, UnknownNameError: the group has no such irrep.
        """
        stack, place = self._place(irrep)
        return LiftedSystem(self.network, replace(self.flow, spheres=()), (stack.one(place),))

    @property
    def group(self) -> FiniteGroup:
        """The concrete group."""
        return self.network.finite_group

    @cached_property
    def states(self) -> tuple[sp.Symbol, ...]:
        """One symbol per real number: weight group, irrep, part, row and column."""
        names = [
            name
            for letter in self.flow.letters
            for stack in self.stacks
            for name in stack.state_names(letter)
        ]
        return tuple(sp.Symbol(name, real=True) for name in names)

    @property
    def parameters(self) -> tuple[sp.Symbol, ...]:
        """None: everything is fixed by the group and the rates."""
        return ()

    @property
    def definitions(self) -> Mapping[sp.Symbol, sp.Expr]:
        """None."""
        return {}

    @cached_property
    def transform(self) -> FloatArray:
        """Real matrix (rows, n) that takes the weights of one weight group to its states."""
        return np.concatenate([stack.transform for stack in self.stacks])

    @cached_property
    def metric(self) -> FloatArray:
        """(rows,): what each squared state of a weight group counts in the squared length of its weights."""
        return np.concatenate([np.full(stack.rows, stack.metric) for stack in self.stacks])

    def to_states(self, weights: Mapping[str, ArrayLike]) -> FloatArray:
        """States (state, batch) of weights (batch, n) by weight group.

        Raises
        ------
        InputError: a weight group is missing, or has another shape.
        """
        return np.concatenate([self.transform @ self._weights(weights, name).T for name in self.flow.letters])

    def to_weights(self, y: FloatArray) -> dict[str, FloatArray]:
        """Weights (..., batch, n) by weight group, from states (..., state, batch).

        Of a single irrep, the weights' part in that irrep.
        """
        inverse = (self.metric[:, None] * self.transform).T
        rows = len(inverse.T)
        return {
            name: np.swapaxes(inverse @ y[..., i * rows : (i + 1) * rows, :], -1, -2)
            for i, name in enumerate(self.flow.letters)
        }

    @property
    def energy_text(self) -> str:
        """The energy in words."""
        return f"(1/{self.group.order}) sum_(rho != 1) d_rho Re tr({words_text(self.flow.energy)})"

    @property
    def equations(self) -> Mapping[str, str]:
        """Velocity of the blocks at each nontrivial irrep, by weight group, in words."""
        return {
            name: words_text(
                combine([(1, words), (-self.flow.radial[name], {(Letter("E"), Letter(name)): ONE})])
            )
            for name, words in self.flow.free_field.items()
        }

    @property
    def conditions(self) -> tuple[str, ...]:
        """Where the equations hold."""
        return ("at each nontrivial irrep",)

    @property
    def closed(self) -> bool:
        """True: all irreps are there, or they are independent."""
        return True

    @property
    def leaks(self) -> Mapping[str, tuple[str, ...]]:
        """None, by weight group."""
        return dict.fromkeys(self.flow.letters, ())

    @property
    def templates(self) -> tuple[Template, ...]:
        """None: the equations are the same at every irrep."""
        return ()

    @property
    def closed_form(self) -> EllipticForm | None:
        """None is known."""
        return None

    def fixed_points(self) -> tuple[FixedPoint, ...]:
        """None: blocks have no phases; see `landscape`."""
        return ()

    def symbol(self, name: str) -> sp.Symbol:
        """The state called ``name``.

        Raises
        ------
        UnknownNameError: none is.
        """
        known = {symbol.name: symbol for symbol in self.states}
        if name not in known:
            raise UnknownNameError("state", name, known)
        return known[name]

    def restrict(self, names: Iterable[str]) -> ReducedSystem:
        """Refused: states of blocks form no system of their own.

        Raises
        ------
        ReductionError: always.
        """
        raise ReductionError(
            "some states of blocks form no system of their own",
            received=", ".join(names),
            hint="single(irrep), the flow of one irrep's blocks without spheres",
        )

    def first_integrals(self) -> tuple[ConservationLaw, ...]:
        """The conservation laws that hold without a factor."""
        return tuple(law for law in self.conservation_laws if not law.cofactor)

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
            time_change=time_change(set(self.flow.radial.values())),
        )

    def certify(self, order: int | None = None) -> Certificate:
        """Compare with the group's multiplication table; exact for every group as far as characters go.

        Raises
        ------
        ReductionError: another order than the group's.
        """
        return certify_lifted(self, order)

    def latex(self) -> str:
        """The system as LaTeX, an aligned block to stand in a displayed equation."""
        from odekit.derivation.printers import latex

        return latex(self)

    def __str__(self) -> str:
        return "\n".join(f"{name}' = {velocity}" for name, velocity in self.equations.items())

    def _repr_latex_(self) -> str:
        from odekit.derivation.printers.block_latex import aligned

        return f"$$\n{aligned(self)}\n$$"

    def _weights(self, weights: Mapping[str, ArrayLike], name: str) -> FloatArray:
        matrix = np.asarray(weights.get(name, np.empty(0)), dtype=np.float64)
        if matrix.ndim != 2 or matrix.shape[1] != self.group.order:
            raise InputError(
                f"the weights {name} don't fit the group",
                expected=f"{', '.join(self.flow.letters)}, each of shape (batch, {self.group.order})",
                received=f"{name} of shape {matrix.shape}" if name in weights else f"no {name}",
            )
        return matrix

    def _place(self, irrep: int | str) -> tuple[BlockStack, int]:
        for stack in self.stacks:
            for place, (name, members) in enumerate(zip(stack.names, stack.members, strict=True)):
                if irrep == name or irrep in members:
                    return stack, place
        if isinstance(irrep, str):
            raise UnknownNameError("irrep", irrep, [name for stack in self.stacks for name in stack.names])
        raise InputError(
            "no such irrep", expected=f"0 to {len(self.group.irreps) - 1}, or a name", received=repr(irrep)
        )

"""LiftedSystem: the flow of all blocks of a neuron on a concrete finite group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sympy as sp

from odekit.derivation.lifted_flow import LiftedFlow, lift
from odekit.derivation.lifted_integrals import ConservationLaw, find_conservation_laws
from odekit.groups import FiniteGroup
from odekit.networks import Network

__all__ = ["BlockStack", "LiftedSystem"]


@dataclass(frozen=True)
class BlockStack:
    """Irreps of one dimension whose blocks move together, one of each conjugate pair.

    Parameters
    ----------
    dimension: d, the blocks are d by d.
    is_real: whether the matrices, and so the blocks of real weights, are real.
    irreps: indices into the group's irreps.
    multiplicities: 2 where the conjugate irrep is another one, else 1.
    """

    dimension: int
    is_real: bool
    irreps: tuple[int, ...]
    multiplicities: tuple[int, ...]

    @property
    def rows(self) -> int:
        """Number of real states of one weight group."""
        return len(self.irreps) * self.dimension**2 * (1 if self.is_real else 2)


@dataclass(frozen=True, eq=False)
class LiftedSystem:
    """Equations of motion of the blocks thetahat(rho), xihat(rho) at every irrep of a group.

    Parameters
    ----------
    network: what was derived.
    flow: the equations at one irrep, in words.
    """

    network: Network
    flow: LiftedFlow

    @classmethod
    def of(cls, network: Network) -> LiftedSystem:
        """Derive the lifted flow of a network.

        Raises
        ------
        ReductionError: see `lift`.
        InputError: the group's order is a symbol.
        """
        return cls(network, lift(network))

    @property
    def group(self) -> FiniteGroup:
        """The concrete group."""
        return self.network.finite_group

    @cached_property
    def stacks(self) -> tuple[BlockStack, ...]:
        """The irreps by dimension; the trivial one is a stack of its own, the first."""
        kinds: dict[tuple[int, bool, bool], list[tuple[int, int]]] = {}
        for index, irrep in enumerate(self.group.irreps):
            if irrep.conjugate < index:
                continue
            is_real = not np.iscomplexobj(irrep.matrices) or not irrep.matrices.imag.any()
            key = (irrep.dimension, is_real, index > 0)
            kinds.setdefault(key, []).append((index, 1 if irrep.conjugate == index else 2))
        return tuple(
            BlockStack(
                dimension, is_real, tuple(i for i, _ in members), tuple(count for _, count in members)
            )
            for (dimension, is_real, _), members in sorted(kinds.items(), key=lambda item: item[1])
        )

    @cached_property
    def states(self) -> tuple[sp.Symbol, ...]:
        """One symbol per real number: part, row and column of every block of every weight group."""
        names = []
        for letter in self.flow.letters:
            for stack in self.stacks:
                parts = ("re",) if stack.is_real else ("re", "im")
                names += [
                    f"{letter}[{self.group.irreps[index].name}]_{part}_{i}{j}"
                    for part in parts
                    for index in stack.irreps
                    for i in range(stack.dimension)
                    for j in range(stack.dimension)
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
    def conservation_laws(self) -> tuple[ConservationLaw, ...]:
        """Matrices and traces that move by a multiple of themselves, found by linear algebra."""
        return find_conservation_laws(self.flow)

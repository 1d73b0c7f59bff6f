"""Neurons on irreps in arrays: their order parameters, and the velocities of all of them.

Each step sums n^3 terms of the feedback once for all neurons; a neuron costs a contraction of its own blocks
with it. On large groups that is less than the n^2 terms a neuron and output of the whole gradient.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from odekit.arguments import mapping
from odekit.arrays import FloatArray
from odekit.derivation.orders.blocks.certificate import certify_blocks
from odekit.derivation.orders.blocks.evaluation import Evaluation, InField
from odekit.derivation.orders.blocks.flow import BlockMode, CoupledBlocks
from odekit.derivation.orders.blocks.kinds import coupled_blocks
from odekit.derivation.orders.blocks.mean_field import FIELD, field_components, row_labels
from odekit.errors import InputError, ReductionError, UnknownNameError
from odekit.networks import Network
from odekit.systems import Certificate

__all__ = ["BlockPopulation", "block_population"]

Amplitudes = Mapping[str, FloatArray]
ALL = "all"


@dataclass(frozen=True, eq=False)
class BlockPopulation:
    """The flow of the blocks of neurons on irreps, in the time of the network's own flow.

    Amplitudes are given by kind of neurons, the name of a real irrep or ``"all"``: real arrays (row, neuron),
    the entries of the blocks of `modes` in their order, as `row_names` lists them.

    Parameters
    ----------
    network: of a definite group.
    kinds: the name of each kind of neurons.
    flow: of these kinds.
    """

    network: Network
    kinds: tuple[str, ...]
    flow: CoupledBlocks

    @cached_property
    def modes(self) -> Mapping[str, tuple[BlockMode, ...]]:
        """The blocks of the neurons of each kind: those that they start with, then those that follow."""
        return dict(zip(self.kinds, self.flow.kinds, strict=True))

    def row_names(self, kind: str) -> tuple[str, ...]:
        """What each row of a kind's amplitudes is, such as ``theta_2re01``: the states of `derive`."""
        labels = row_labels(self.flow)
        return tuple(
            f"{mode.weights}_{labels[row]}"
            for mode in self.modes[kind]
            for row in self.flow.rows_of(mode.irrep)
        )

    def order_parameters(self, amplitudes: Amplitudes) -> Mapping[str, Mapping[tuple[int, int], FloatArray]]:
        """The logit scale times sums over neurons of ``theta^a theta^b xi``: (K, L, c) by kind and (a, b).

        K and L run over the rows of theta's blocks where the power is 1, over one constant where it is 0, and
        over the elements above; c runs over the rows of xi's blocks.

        Raises
        ------
        InputError: amplitudes that lack a kind, or have not one row for each entry of its blocks.
        """
        found = self._at(amplitudes).order_parameters
        return {
            kind: {powers: sums.sum(axis=0) for powers, sums in own.items()}
            for kind, own in zip(self.kinds, found, strict=True)
        }

    def mean_field(self, amplitudes: Amplitudes) -> Mapping[str, float]:
        """The field R of all neurons by name, such as ``R_2re00_2re01_2re11``: the parameters of `derive`.

        Raises
        ------
        InputError: amplitudes that lack a kind, or have not one row for each entry of its blocks.
        """
        field = field_components(self.flow, self._at(amplitudes).feedback[1:].sum(axis=0))
        labels = row_labels(self.flow)
        return {
            f"{FIELD}_{labels[i]}_{labels[j]}_{labels[c]}": float(value)
            for (i, j, c), value in np.ndenumerate(field)
        }

    def velocities(self, amplitudes: Amplitudes) -> Amplitudes:
        """Time derivative of every amplitude, in the shape of the amplitudes.

        Raises
        ------
        InputError: amplitudes that lack a kind, or have not one row for each entry of its blocks.
        """
        here = self._at(amplitudes)
        if all(mode.grade == 0 for kind in self.flow.kinds for mode in kind if self.flow.acts(mode)):
            total = here.feedback.sum(axis=0, keepdims=True)
            here = InField(replace(self.flow, order=1), here.amplitudes, here.scale, total)
        found = {}
        for place, (kind, modes) in enumerate(self.modes.items()):
            parts = [velocity.sum(axis=0) for velocity in here.velocities(place, modes)]
            found[kind] = self.network.flow_rate() * np.concatenate(parts)
        return found

    def certify(self) -> Certificate:
        """Compare the velocities with brute force for three random neurons of each kind.

        Raises
        ------
        ReductionError: there are too many pairs of inputs and outputs.
        """
        return certify_blocks(self.flow)

    def amplitudes(self, weights: Mapping[str, FloatArray], kind: str) -> FloatArray:
        """The amplitudes of neurons of one kind, from their weights by group: floats (neuron, n)."""
        parts = [self.flow.bases[mode.irrep].analysis @ weights[mode.weights].T for mode in self.modes[kind]]
        return np.concatenate(parts)

    def weights(self, amplitudes: FloatArray, kind: str) -> Mapping[str, FloatArray]:
        """The weights of neurons of one kind, by group: float arrays (neuron, n)."""
        shape = (amplitudes.shape[1], self.network.finite_group.order)
        found = {name: np.zeros(shape) for name in self.flow.names}
        for mode, place in self.flow.places(self.kinds.index(kind)):
            found[mode.weights] += amplitudes[place].T @ self.flow.bases[mode.irrep].synthesis
        return found

    def _at(self, amplitudes: Amplitudes) -> Evaluation:
        given = mapping(amplitudes, "amplitudes", "{'2': array (row, neuron)}")
        found = []
        for kind in self.kinds:
            rows = len(self.row_names(kind))
            shape: tuple[int, ...] = np.shape(given[kind]) if kind in given else ()
            if len(shape) != 2 or shape[0] != rows:
                raise InputError(
                    f"the amplitudes of the neurons on {kind} don't fit their blocks",
                    expected=f"an array (row, neuron) with {rows} rows",
                    received=f"shape {shape}" if kind in given else "none",
                )
            found.append(np.asarray(given[kind], dtype=np.float64))
        return Evaluation(self.flow, found, self.network.logit_scale)


def block_population(network: Network, kinds: Sequence[str], order: int) -> BlockPopulation:
    """The flow up to a cumulant of neurons that live on one real irrep each, or on all of them.

    Parameters
    ----------
    network: no spheres, two inputs, a group of a definite order.
    kinds: names of nontrivial real irreps, or ``"all"`` alone.
    order: the highest cumulant, 1, 2 or 3.

    Raises
    ------
    InputError, UnknownNameError: irreps that the group doesn't have, or that are named twice.
    ReductionError: a task of more than two inputs; an activation or a task that leads neurons on a few irreps
        away from these at uniform softmax.
    """
    irreps = [irrep.name for irrep in network.finite_group.real_irreps]
    names = tuple(kinds)
    for name in names:
        if name not in (*irreps[1:], ALL):
            raise UnknownNameError("irrep", name, [*irreps[1:], ALL])
    if not names or len(set(names)) < len(names) or (ALL in names and len(names) > 1):
        raise InputError(
            "neurons on one irrep are one kind",
            expected="each nontrivial real irrep at most once, at least one, or all alone",
            received=", ".join(names) or "none",
        )
    check_blocks(network, has_all=names == (ALL,))
    members = [irreps if name == ALL else [name] for name in names]
    return BlockPopulation(network, names, coupled_blocks(network, members, order))


def check_blocks(network: Network, *, has_all: bool) -> None:
    """Refuse networks of which there is no flow of blocks up to a cumulant.

    Raises
    ------
    ReductionError: a task of more than two inputs; an activation or a task that leads neurons on a few irreps
        away from these at uniform softmax.
    """
    stays = network.degree <= 2 and {*network.task.coefficients} <= {1, -1}
    if network.task.summands != 2 or not (stays or has_all):
        raise ReductionError(
            "no orders above 1 in blocks for this network",
            expected="two inputs; for neurons on a few irreps also an activation of degree at most 2 and a "
            "task such as x*y or x-y, which keep them there",
            received=f"task {network.task.text}, activation {network.activation_name}",
            hint="order=1, or neurons on all irreps",
        )

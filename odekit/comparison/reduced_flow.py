"""The reduced flow of a whole network: every neuron's modes, each moved by its own template.

What enters is a network whose modes decouple, which is checked on the derivation: every kind of mode is
closed, and the energy of two generic frequencies is the sum of the energies of each. What leaves is the
motion of all (neuron, mode) pairs, in one batch per template, in the time of the network's own loss.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from odekit.comparison.modes import Modes
from odekit.derivation import ReducedSystem, derive
from odekit.errors import ReductionError
from odekit.groups import CyclicFamily, mode_basis
from odekit.networks import Network
from odekit.solvers import CompiledSystem, compile, solve

__all__ = ["ReducedFlow"]

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]
Amplitudes = Mapping[str, ComplexArray]


@dataclass(frozen=True, eq=False)
class _Block:
    """The modes that share a template: their places on the last axis, and their system in real states."""

    places: NDArray[np.intp]
    system: ReducedSystem
    compiled: CompiledSystem
    is_real: bool


class ReducedFlow:
    """All modes of all neurons under the reduced ODE.

    Parameters
    ----------
    network: on a concrete Abelian group, without constraint.

    Raises
    ------
    ReductionError: the modes of this network do not decouple, or it has no reduction at all.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.rate = network.flow_rate()
        self.blocks = tuple(_blocks(network))
        self.names = (*network.embeddings, "xi")

    @cached_property
    def systems(self) -> tuple[ReducedSystem, ...]:
        """The template of each block, in polar form."""
        return tuple(template.system for template in derive(self.network).templates)

    def evolve(self, start: Amplitudes, times: FloatArray, rtol: float = 1e-10) -> dict[str, ComplexArray]:
        """Amplitudes at ``times`` (T,), measured from the start: by name, (T, M, n_modes); NaN past blow-up."""
        shape = (len(times), *start["xi"].shape)
        result = {name: np.full(shape, np.nan, dtype=np.complex128) for name in self.names}
        for block in self.blocks:
            states = self._states(block, start)
            y = solve(block.system, states, times * self.rate, rtol=rtol, atol=0.0).y
            for name, values in self._amplitudes(block, np.moveaxis(y, 1, 0)).items():
                result[name][..., block.places] = values.reshape(*shape[:-1], len(block.places))
        return result

    def velocity(self, amplitudes: Amplitudes) -> dict[str, ComplexArray]:
        """Time derivative of every amplitude, of the shape that came."""
        result = {name: np.zeros_like(values) for name, values in amplitudes.items()}
        for block in self.blocks:
            field = self._field(block, self._states(block, amplitudes))
            for name, values in self._amplitudes(block, field).items():
                shape = (*result[name].shape[:-1], len(block.places))
                result[name][..., block.places] = values.reshape(shape)
        return result

    def linearisation(self, amplitudes: Amplitudes) -> tuple[FloatArray, FloatArray]:
        """Largest rate of growth of a small deviation, and the size of the orbit's second derivative.

        The flow is a gradient flow, so its Jacobian J is symmetric in the metric (Plancherel divided by the
        groups' rates), and its largest eigenvalue bounds the growth of every deviation in that norm.

        Returns
        -------
        growth: (..., n_modes), in units of one over the run's time.
        acceleration: (..., n_modes), |J w'| in the metric's norm: the second time derivative of the weights.
        """
        shape = amplitudes["xi"].shape
        growth, acceleration = np.zeros(shape), np.zeros(shape)
        for block in self.blocks:
            states = self._states(block, amplitudes)
            lengths = np.sqrt(self.metric(block))
            jacobian = self._jacobian(block, states)
            symmetric = jacobian * lengths[:, None] / lengths[None, :]
            target = (*shape[:-1], len(block.places))
            eigenvalues = np.linalg.eigvalsh((symmetric + symmetric.transpose(0, 2, 1)) / 2)
            growth[..., block.places] = eigenvalues[:, -1].reshape(target)
            second = np.einsum("bij,jb->ib", jacobian, self._field(block, states)) * lengths[:, None]
            acceleration[..., block.places] = np.sqrt((second**2).sum(axis=0)).reshape(target)
        return growth, acceleration

    def metric(self, block: _Block) -> FloatArray:
        """Squared length of the weights, divided by the group's rate, per squared real state."""
        scale = (1.0 if block.is_real else 0.5) * self.network.finite_group.order
        parts = 1 if block.is_real else 2
        return np.repeat([scale / self.network.rates[name] for name in self.names], parts)

    def _field(self, block: _Block, states: FloatArray) -> FloatArray:
        out = np.empty_like(states)
        batch = states.shape[1]
        block.compiled.rhs(np.zeros(batch), states, np.empty((0, batch)), out)
        return out * self.rate

    def _jacobian(self, block: _Block, states: FloatArray) -> FloatArray:
        """(batch, state, state) by central differences, which are exact for the quadratic fields here."""
        size = np.sqrt((states**2).sum(axis=0)) + np.finfo(np.float64).tiny
        jacobian = np.empty((states.shape[1], len(states), len(states)))
        for index in range(len(states)):
            step = np.zeros_like(states)
            step[index] = size
            difference = self._field(block, states + step) - self._field(block, states - step)
            jacobian[:, :, index] = (difference / (2.0 * size)).T
        return jacobian

    def _states(self, block: _Block, amplitudes: Amplitudes) -> FloatArray:
        """Real states (state, batch) of a block, the batch running over all leading axes and places."""
        rows: list[FloatArray] = []
        for name in self.names:
            values = amplitudes[name][..., block.places].reshape(-1)
            rows += [values.real] if block.is_real else [values.real, values.imag]
        return np.ascontiguousarray(rows)

    def _amplitudes(self, block: _Block, states: FloatArray) -> dict[str, ComplexArray]:
        if block.is_real:
            return {name: states[i].astype(np.complex128) for i, name in enumerate(self.names)}
        return {name: states[2 * i] + 1j * states[2 * i + 1] for i, name in enumerate(self.names)}


def _blocks(network: Network) -> Iterator[_Block]:
    templates = derive(network).templates
    _check_decoupled(network, [template.system for template in templates])
    basis = mode_basis(network.finite_group)
    for template in templates:
        places = np.array([basis.labels.index(label) for label in template.characters])
        system = template.system.form("cartesian")
        yield _Block(places, system, compile(system), bool(basis.is_real[places[0]]))


def _check_decoupled(network: Network, systems: Sequence[ReducedSystem]) -> None:
    closed = all(system.closed for system in systems)
    states = {len(system.form("cartesian").states) for system in systems}
    wanted = len(network.embeddings) + 1
    if not closed or not states <= {wanted, 2 * wanted} or not _splits(network):
        raise ReductionError(
            "the modes of this network do not decouple, so its neurons have no reduced ODE per mode",
            expected="a task x+y or x-y and a quadratic activation, where each frequency moves on its own",
            received=f"activation {network.activation_name}, task {network.task.text}",
            hint="odekit derive, which says which modes couple",
        )


def _splits(network: Network) -> bool:
    """Whether two generic frequencies have no energy in common, and leak nowhere."""
    generic = Network(
        CyclicFamily("Zn", "n"),
        activation=network.activation_name,
        embedding=network.embedding,
        task=network.task,
    )
    system = derive(generic, "k,l")
    energy = system.energy
    if not system.closed or energy is None:
        return False
    terms = energy.expand().as_ordered_terms()
    return all(len({symbol.name[-1] for symbol in term.free_symbols & _magnitudes(system)}) <= 1 for term in terms)


def _magnitudes(system: ReducedSystem) -> set[object]:
    return {state for state in system.states if state.name.startswith(("alpha", "beta"))}

"""The reduced flow of a whole network whose modes decouple: each mode is moved by its own template."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.arrays import BoolArray, ComplexArray, FloatArray, IndexArray
from odekit.comparison.flows.stepwise import follow_stepwise
from odekit.derivation import derive
from odekit.errors import ReductionError
from odekit.groups import CyclicFamily, mode_basis
from odekit.networks import Network
from odekit.solvers import CompiledSystem, compile, solve
from odekit.systems import System

__all__ = ["Amplitudes", "Block", "ReducedFlow"]

Amplitudes = Mapping[str, ComplexArray]


@dataclass(frozen=True, eq=False)
class Block:
    """The modes that share a template.

    Parameters
    ----------
    places: their indices on the last axis of the amplitudes.
    system: their equations in real states: u, v signed, or real and imaginary parts.
    compiled: the system as array code.
    is_real: whether the states are signed numbers.
    lengths: (state,) length of the weights per unit of each state, in the metric of the flow.
    is_exact: whether closed forms move it, which know no tolerance.
    """

    places: IndexArray
    system: System
    compiled: CompiledSystem
    is_real: bool
    lengths: FloatArray
    is_exact: bool


class ReducedFlow:
    """All modes of all neurons under the reduced ODE.

    Amplitudes are mappings from weight group (``theta`` or ``theta1``, ..., and ``xi``) to complex arrays
    (..., M, n_modes), in the order of `odekit.groups.mode_basis`.

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
        self.names = (*network.embeddings, "xi")
        self.blocks = tuple(_blocks(network, self.names))

    def evolve(
        self, start: Amplitudes, times: FloatArray, rtol: float = 1e-10, step: float = 0.0
    ) -> dict[str, ComplexArray]:
        """Amplitudes at ``times`` (T,), measured from the start: (T, M, n_modes), NaN past a blow-up.

        With a step they are those of the modified equation of descent with such steps in the run's t, as far
        as it is a small one.
        """
        return self.evolve_with_error(start, times, rtol, step)[0]

    def evolve_with_error(
        self, start: Amplitudes, times: FloatArray, rtol: float = 1e-10, step: float = 0.0
    ) -> tuple[dict[str, ComplexArray], FloatArray]:
        """Amplitudes as `evolve` gives them, and the solver's estimate up to each time, (T, M, n_modes).

        An estimate may count some steps behind its time, see `follow_stepwise`.

        A mode that is as small as the rounding of its neuron's largest rests: the field is homogeneous of
        degree 2 or more, so that its own time is longer by the inverse of that ratio.
        """
        shape = (len(times), *start["xi"].shape)
        result = {name: np.full(shape, np.nan, dtype=np.complex128) for name in self.names}
        error = np.zeros(shape)
        moves = self._moves(start)
        for block in self.blocks:
            states, rows = self.states(block, start), np.flatnonzero(moves[:, block.places])
            y = np.repeat(states[None], len(times), axis=0)
            found = np.zeros((len(times), states.shape[1]))
            if rows.size:
                own = times * self.rate, rtol, step * self.rate
                y[..., rows], found[:, rows] = _follow(block, states[:, rows], *own)
            self._place(block, np.moveaxis(y, 1, 0), result)
            error[..., block.places] = found.reshape(*shape[:-1], len(block.places))
        return result, error

    @property
    def is_exact(self) -> bool:
        """Whether `evolve` takes closed forms, which know no tolerance."""
        return all(block.is_exact for block in self.blocks)

    def _moves(self, start: Amplitudes) -> BoolArray:
        """Where modes are more than the rounding of their neuron's largest, (M, n_modes); nan counts."""
        norms = self.norms(start)
        rests: BoolArray = norms <= np.finfo(np.float64).eps * norms.max(axis=1, keepdims=True)
        return ~rests

    def velocity(self, amplitudes: Amplitudes) -> dict[str, ComplexArray]:
        """Time derivative of every amplitude, of the shape that came."""
        result = {name: np.zeros_like(values) for name, values in amplitudes.items()}
        for block in self.blocks:
            self._place(block, self.field(block, self.states(block, amplitudes)), result)
        return result

    def field(self, block: Block, states: NDArray[Any]) -> NDArray[Any]:
        """Time derivative of a block's states, (state, batch), per unit of the run's time.

        Complex states give the analytic continuation, for derivatives by complex step.
        """
        out = np.empty_like(states)
        batch = states.shape[1]
        block.compiled.rhs(np.zeros(batch), states, np.empty((0, batch)), out)
        out *= self.rate
        return out

    def states(self, block: Block, amplitudes: Amplitudes) -> FloatArray:
        """Real states (state, batch) of a block, the batch running over all leading axes and places."""
        rows: list[FloatArray] = []
        for name in self.names:
            values = amplitudes[name][..., block.places].reshape(-1)
            rows += [values.real] if block.is_real else [values.real, values.imag]
        return np.ascontiguousarray(rows)

    def norms(self, amplitudes: Amplitudes) -> FloatArray:
        """Length of each mode's weights in the metric of the flow, (..., n_modes).

        The metric is the Euclidean one of the weights, each group's part divided by the group's rate: in it
        the flow is a gradient flow.
        """
        result = np.zeros(amplitudes["xi"].shape)
        for block in self.blocks:
            scaled = self.states(block, amplitudes) * block.lengths[:, None]
            lengths = np.sqrt((scaled**2).sum(axis=0))
            result[..., block.places] = lengths.reshape(*result.shape[:-1], len(block.places))
        return result

    def energy(self, amplitudes: Amplitudes) -> FloatArray:
        """The function of each mode whose gradient moves it, (..., n_modes), per unit of the run's time.

        A homogeneous polynomial of degree D + 1 for D inputs, by Euler's identity <z, z'> / (D + 1).
        """
        result = np.zeros(amplitudes["xi"].shape)
        for block in self.blocks:
            states = self.states(block, amplitudes)
            product = states * self.field(block, states) * block.lengths[:, None] ** 2
            total = product.sum(axis=0) / (self.network.task.summands + 1)
            result[..., block.places] = total.reshape(*result.shape[:-1], len(block.places))
        return result

    def _place(self, block: Block, states: FloatArray, result: Mapping[str, ComplexArray]) -> None:
        """Write a block's states (state, ..., batch) into the amplitudes (..., M, n_modes)."""
        for i, name in enumerate(self.names):
            values = states[i] if block.is_real else states[2 * i] + 1j * states[2 * i + 1]
            target = result[name]
            target[..., block.places] = values.reshape(*target.shape[:-1], len(block.places))


def _follow(
    block: Block, states: FloatArray, elapsed: FloatArray, rtol: float, step: float
) -> tuple[FloatArray, FloatArray]:
    """States (T, state, batch), and the solver's estimate (T, batch)."""
    if step or not block.is_exact:
        return follow_stepwise(block.compiled, states, elapsed, rtol, block.lengths, step)
    solution = solve(block.compiled, states, elapsed)
    return solution.y, np.broadcast_to(solution.error_estimate, (len(elapsed), states.shape[1]))


def _blocks(network: Network, names: Sequence[str]) -> Iterator[Block]:
    if network.constraint != "none":
        raise ReductionError(
            "modes on a sphere do not move independently",
            expected="constraint 'none'",
            received=f"constraint {network.constraint!r}",
        )
    if network.activation_polynomial is None:
        raise ReductionError(
            f"the activation {network.activation_name!r} spreads a frequency over all of its multiples",
            expected="a polynomial in z",
            received=network.activation_name,
        )
    templates = derive(network).templates
    _check_decoupled(network, [template.system for template in templates])
    basis = mode_basis(network.finite_group)
    for template in templates:
        places = np.array([basis.labels.index(label) for label in template.characters])
        system = template.system.form("cartesian")
        is_real = bool(basis.is_real[places[0]])
        compiled, unit = compile(system), np.ones((len(system.states), 1))
        is_exact = solve(compiled, unit, [0.0]).method == "exact"
        yield Block(places, system, compiled, is_real, _lengths(network, names, is_real), is_exact)


def _lengths(network: Network, names: Sequence[str], is_real: bool) -> FloatArray:
    """A pair's unit amplitude is a cosine of squared length n/2, a character of order 2 has length n."""
    squared = network.finite_group.order * (1.0 if is_real else 0.5)
    per_group = np.array([np.sqrt(squared / network.rates[name]) for name in names])
    return np.repeat(per_group, 1 if is_real else 2)


def _check_decoupled(network: Network, systems: Sequence[System]) -> None:
    closed = all(system.closed for system in systems)
    states = {len(system.form("cartesian").states) for system in systems}
    wanted = len(network.embeddings) + 1
    splits = _splits(network.activation_name, network.embedding, network.task.text)
    if not closed or not states <= {wanted, 2 * wanted} or not splits:
        raise ReductionError(
            "the modes of this network do not decouple, so its neurons have no reduced ODE per mode",
            expected="a task x+y or x-y and a quadratic activation, where each frequency moves on its own",
            received=f"activation {network.activation_name}, task {network.task.text}",
            hint="odekit derive, which says which modes couple",
        )


@cache
def _splits(activation: str, embedding: str, task: str) -> bool:
    """Whether two generic frequencies have no energy in common, and leak nowhere."""
    generic = Network(CyclicFamily("Zn", "n"), activation=activation, embedding=embedding, task=task)
    system = derive(generic, "k,l")
    if not system.closed or system.energy is None:
        return False
    magnitudes = {state for state in system.states if state.name.startswith(("alpha", "beta"))}
    factors = (term.free_symbols & magnitudes for term in system.energy.expand().as_ordered_terms())
    return all(len({symbol.name[-1] for symbol in symbols}) <= 1 for symbols in factors)

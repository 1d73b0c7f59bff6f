"""The coupled harmonics k, 2k, ..., Hk of one frequency, for any activation, as array code.

Sums run over all pairs of inputs: nothing is approximated but H, and nothing at all with H = (n-1)/2.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from odekit.arrays import ComplexArray, FloatArray, IntArray
from odekit.errors import ReductionError
from odekit.networks import Network
from odekit.numbers import integer

__all__ = ["HarmonicHierarchy"]

# Inputs that cancel exactly leave rounding of this size, relative to theta, whose sign means nothing.
KINK = 1e-12


@dataclass(frozen=True)
class HarmonicHierarchy:
    """The gradient flow of the energy at uniform softmax, projected on harmonics of one frequency.

    Parameters
    ----------
    network: on a cyclic group of order n, with a shared embedding, two inputs and no constraint; any
        activation.
    harmonics: H, from 1 to (n-1)/2: theta and xi hold the frequencies 1, ..., H times k.

    Raises
    ------
    ReductionError: another kind of network.
    InputError: a number of harmonics out of range.

    >>> import numpy as np
    >>> ladder = HarmonicHierarchy(Network("Z23", activation="z**2"), 3)
    >>> u, v = np.array([[1.0], [0], [0]]), np.array([[1.0], [0], [0]])
    >>> du, dv, _ = ladder.field(u, v)
    >>> round(complex(du[0, 0]).real, 9), round(complex(dv[0, 0]).real, 9)
    (46.0, 23.0)
    """

    network: Network
    harmonics: int

    def __post_init__(self) -> None:
        group, network = self.network.finite_group, self.network
        shared = network.embedding == "shared" and network.task.summands == 2
        if not (group.is_cyclic and group.order > 2 and shared and network.constraint == "none"):
            raise ReductionError(
                "harmonics of one frequency need another network",
                expected="a cyclic group of order above 2, two inputs, a shared embedding, no constraint",
                received=f"{group.name}, {network.task.text}, {network.embedding}, {network.constraint}",
            )
        count = integer(self.harmonics, "the number of harmonics", 1, (group.order - 1) // 2)
        object.__setattr__(self, "harmonics", count)

    @property
    def order(self) -> int:
        """The group's order n."""
        return self.network.finite_group.order

    def field(
        self, u: ComplexArray, v: ComplexArray, mean: FloatArray | None = None
    ) -> tuple[ComplexArray, ComplexArray, FloatArray]:
        """Time derivative of every harmonic, in the time of the summed loss at logit scale 1.

        Parameters
        ----------
        u, v: (H, batch) complex, theta = mean + sum_m Re(u_m chi_mk) and xi = sum_m Re(v_m chi_mk).
        mean: (batch,) of theta, by default 0.

        Returns
        -------
        du, dv, dmean: like u, v and mean, rates of the weight groups included.
        """
        gradient = self.gradient(self.weights(u, mean), self.weights(v))
        theta, xi = (
            self.network.rates[name] * part for name, part in zip(("theta", "xi"), gradient, strict=True)
        )
        return self.modes(theta), self.modes(xi), theta.mean(axis=0)

    def weights(self, amplitudes: ComplexArray, mean: FloatArray | None = None) -> FloatArray:
        """Weights (n, batch) with these harmonics, by power of a generator."""
        waves: FloatArray = (self._characters.T @ amplitudes).real
        return waves if mean is None else waves + mean

    def modes(self, weights: FloatArray) -> ComplexArray:
        """Harmonics (H, batch) of weights (n, batch)."""
        return np.asarray(2 / self.order * (self._characters.conj() @ weights))

    def gradient(self, theta: FloatArray, xi: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Gradient of ``E = sum (xi[label] - mean xi) act(z)`` in theta and in xi, each (n, batch)."""
        activation, slope = self.network.activation, self.network.activation.derivative("z")
        labels, places = self._labels
        inputs = theta[:, None] + theta[None, :]
        inputs = np.where(np.abs(inputs) <= KINK * np.abs(theta).max(axis=0), 0.0, inputs)
        wanted = (xi - xi.mean(axis=0))[labels]
        with np.errstate(all="ignore"):
            forces = np.broadcast_to(slope.evaluate({"z": inputs}), inputs.shape) * wanted
            hidden = np.broadcast_to(activation.evaluate({"z": inputs}), inputs.shape)
            votes = hidden.reshape(-1, hidden.shape[-1])[places].sum(axis=1)
            return forces.sum(axis=0) + forces.sum(axis=1), votes - votes.mean(axis=0)

    @cached_property
    def _characters(self) -> ComplexArray:
        turns = np.outer(np.arange(1, self.harmonics + 1), np.arange(self.order)) % self.order
        return np.asarray(np.exp(2j * np.pi * turns / self.order))

    @cached_property
    def _labels(self) -> tuple[IntArray, IntArray]:
        """Label of each pair (n, n), and the flat pairs of each label (n, n), by power of a generator."""
        first, second = self.network.task.coefficients
        powers = np.arange(self.order)
        labels = (first * powers[:, None] + second * powers) % self.order
        counts = np.bincount(labels.ravel(), minlength=self.order)
        if (counts != self.order).any():
            raise ReductionError(
                "not every element is the label of equally many pairs",
                expected="a task with a coefficient that is coprime to the order",
                received=self.network.task.text,
            )
        return labels, np.argsort(labels, axis=None, kind="stable").reshape(self.order, self.order)

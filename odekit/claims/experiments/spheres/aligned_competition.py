"""Aligned competition on an Abelian group: starts, their exact solution, and what is measured of them.

With D = 0 and equal magnitudes a of theta1, theta2 and xi at each nontrivial character, a moves by
``a_k' = kappa a_k^2 - E a_k``. In tau with dt = N dtau it is solved by ``b_k = 1/(1/a_k(0) - kappa tau)``,
a_k = b_k/N, where N keeps the spheres. Magnitudes are those of transforms over sqrt(n), whose squares add up
to 1 over the characters.
"""

import numpy as np
from scipy.integrate import solve_ivp

from odekit.arrays import BoolArray, ComplexArray, FloatArray, IndexArray
from odekit.derivation import lift
from odekit.groups import FiniteGroup, conjugate_characters, fourier_transform, from_modes, mode_basis
from odekit.networks import Network
from odekit.simulation import Run

__all__ = ["aligned_start", "coefficients", "common_growth", "exact_magnitudes", "random_magnitudes"]

SOLVER_RTOL = 1e-12  # as accurate as the trained runs that are compared with it
LOSERS = (0.25, 0.75)  # of the winner's magnitude: no loser nearly ties, and none is negligible


def common_growth(network: Network) -> float:
    """Kappa of ``a' = kappa a^2 - E a``: the derived coefficient of the product in each weight group.

    In transforms over sqrt(n) the words of degree 2 gain a factor sqrt(n).
    """
    coefficients = {float(c) for words in lift(network).free_field.values() for c in words.values()}
    (coefficient,) = coefficients
    return coefficient * float(np.sqrt(network.finite_group.order))


def random_magnitudes(group: FiniteGroup, winners: IndexArray, generator: np.random.Generator) -> FloatArray:
    """Magnitudes (M, n) at all characters, trivial included, of which the winner's modes are the largest.

    Parameters
    ----------
    winners: (M,) positions in `mode_basis`.
    """
    basis = mode_basis(group)
    modes = generator.uniform(*LOSERS, size=(len(winners), len(basis.characters)))
    modes[np.arange(len(winners)), winners] = 1.0
    trivial = generator.uniform(*LOSERS, size=(len(winners), 1))
    counts = np.where(basis.is_real, 1.0, 2.0)
    size = np.sqrt(trivial**2 + (counts * modes**2).sum(axis=1, keepdims=True))
    magnitudes = np.empty((len(winners), group.order))
    magnitudes[:, _trivial(group)] = (trivial / size)[:, 0]
    magnitudes[:, basis.characters] = modes / size
    magnitudes[:, conjugate_characters(group)[basis.characters]] = modes / size
    return magnitudes


def aligned_start(
    network: Network, magnitudes: FloatArray, generator: np.random.Generator
) -> dict[str, FloatArray]:
    """Weights (M, n) with these magnitudes in every weight group, random phases and signs, and D = 0."""
    group = network.finite_group
    basis = mode_basis(group)
    shape = (len(magnitudes), len(basis.characters))
    turns = {name: _turns(shape, basis.is_real, generator) for name in network.embeddings}
    names = network.embeddings
    turns["xi"] = turns[names[0]] * turns[names[-1]]
    heights = np.where(basis.is_real, 1.0, 2.0) * magnitudes[:, basis.characters] / np.sqrt(group.order)
    means = magnitudes[:, _trivial(group)] / np.sqrt(group.order)
    joint = np.sqrt(0.5) if network.constraint == "joint_sphere" else 1.0
    return {
        name: from_modes(heights * turn, group, means * generator.choice((-1.0, 1.0), shape[0]))
        * (1.0 if name == "xi" else joint)
        for name, turn in turns.items()
    }


def coefficients(run: Run) -> dict[str, ComplexArray]:
    """Transforms over sqrt(n) by weight group, (T, M, n)."""
    group = run.network.finite_group
    return {name: fourier_transform(w, group) / np.sqrt(group.order) for name, w in run.weights.items()}


def exact_magnitudes(group: FiniteGroup, start: FloatArray, growth: float, t: FloatArray) -> FloatArray:
    """The exact solution, (T, M, n), from magnitudes (M, n) at t = 0.

    With the winner w, ``v = 1/b_w`` and ``delta_k = 1/a_k(0) - 1/a_w(0)`` it is b_k = 1/(v + delta_k), and
    ``d log(v)/dt = -kappa/(v N)`` is integrated, which stays accurate as v tends to 0.
    """
    return np.stack([_one(group, magnitudes, growth, t) for magnitudes in start], axis=1)


def _one(group: FiniteGroup, start: FloatArray, growth: float, t: FloatArray) -> FloatArray:
    trivial = _trivial(group)
    inverse = 1 / start
    competitors = np.delete(inverse, trivial)
    delta = inverse - competitors.min()

    def shares(log_v: FloatArray) -> FloatArray:
        """v b_k by character, and v a_0(0) at the trivial one."""
        v = np.exp(log_v)[:, None]
        values = v / np.where(np.arange(group.order) == trivial, 1.0, v + delta)
        values[:, trivial] *= start[trivial]
        return np.asarray(values)

    def slope(_: float, log_v: FloatArray) -> FloatArray:
        return np.asarray(-growth / np.linalg.norm(shares(log_v), axis=1))

    solved = solve_ivp(
        slope,
        (0.0, float(t[-1])),
        [float(np.log(competitors.min()))],
        method="DOP853",
        t_eval=t,
        rtol=SOLVER_RTOL,
        atol=SOLVER_RTOL,
    )
    values = shares(solved.y[0])
    return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True))


def _turns(shape: tuple[int, int], is_real: BoolArray, generator: np.random.Generator) -> ComplexArray:
    phases = generator.uniform(-np.pi, np.pi, size=shape)
    return np.asarray(np.where(is_real, np.sign(phases), np.exp(1j * phases)))


def _trivial(group: FiniteGroup) -> int:
    """Position of the trivial character."""
    return group.real_irreps[0].members[0]

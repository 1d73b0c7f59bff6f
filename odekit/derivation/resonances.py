"""Resonances: which frequencies a polynomial activation couples, and which sets of them are closed.

In every monomial of the energy theta's frequencies, shared out over the inputs, add up at each input to xi's
times the task's coefficient, such as ``k1 + k2 = k3`` modulo the order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from odekit.derivation.derive import derive
from odekit.derivation.modes import FourierReduction, Frequencies, Mode
from odekit.derivation.polar import FourierAnswers
from odekit.errors import ReductionError
from odekit.networks import Network
from odekit.systems import System

__all__ = ["Resonance", "close", "resonances"]

Node = tuple[str, str]


@dataclass(frozen=True)
class Resonance:
    """One monomial of the energy.

    Parameters
    ----------
    modes: (weight group, frequency, exponent) of each factor, a negative exponent for complex conjugates.
    balance: the sum of frequencies at each input, such as ``"1 + 2 = 3"``.
    """

    modes: tuple[tuple[str, str, int], ...]
    balance: tuple[str, ...]

    def __str__(self) -> str:
        factors = []
        for name, label, power in self.modes:
            star = "*" if power < 0 else ""
            raised = f"^{abs(power)}" if abs(power) > 1 else ""
            factors.append(f"{name}({label}){star}{raised}")
        return f"{' '.join(factors)}: {', '.join(self.balance)}"


def resonances(system: System) -> tuple[Resonance, ...]:
    """The resonances of a derived system of a polynomial network, one of each conjugate pair.

    Raises
    ------
    ReductionError: a system without Fourier modes.

    >>> [str(found) for found in resonances(derive(Network("Zp", activation="z**4"), "k,2k"))][:2]
    ['theta(k)^4 xi(2k)*: k + k = 2k, k + k = 2k', 'theta(k)^3 theta(k)* xi(k)*: k + k - k = k, k = k']
    """
    reduction = _answers(system).reduction
    conjugate = reduction.rules.modes.conjugate_exponents
    kept = [exponents for exponents in reduction.energy if exponents >= conjugate(exponents)]
    return tuple(_resonance(reduction, exponents) for exponents in sorted(kept, reverse=True))


def _resonance(reduction: FourierReduction, exponents: tuple[int, ...]) -> Resonance:
    factors = [
        (mode, sign * exponents[letter])
        for mode in reduction.modes
        for letter, sign in dict.fromkeys([(mode.letter, 1), (mode.conjugate, -1)])
        if exponents[letter] and not (mode.is_real and sign < 0)
    ]
    named = tuple((mode.weights, mode.label, power) for mode, power in factors)
    return Resonance(named, _balance(reduction, factors))


def _balance(reduction: FourierReduction, factors: Sequence[tuple[Mode[Any], int]]) -> tuple[str, ...]:
    """Share the theta factors out over the inputs so that each share is what xi's frequency asks for."""
    rules, frequencies = reduction.rules, reduction.rules.modes.frequencies
    (readout,) = [(mode, power) for mode, power in factors if mode.weights == "xi"]
    single = [
        (mode, 1 if power > 0 else -1)
        for mode, power in factors
        if mode.weights != "xi"
        for _ in range(abs(power))
    ]
    targets = [frequencies.scale(-c * readout[1], readout[0].frequency) for c in rules.coefficients]
    places = [[i for i, name in enumerate(rules.embeddings) if name == mode.weights] for mode, _ in single]
    for choice in product(*places):
        shares = [
            [factor for factor, at in zip(single, choice, strict=True) if at == i]
            for i in range(len(targets))
        ]
        if all(_adds_up(frequencies, share, target) for share, target in zip(shares, targets, strict=True)):
            return tuple(
                f"{_sum_text(share)} = {_signed(frequencies, target)}"
                for share, target in zip(shares, targets, strict=True)
            )
    return ()


def _adds_up(frequencies: Frequencies[Any], share: Sequence[tuple[Mode[Any], int]], target: Any) -> bool:
    total = frequencies.zero
    for mode, sign in share:
        total = frequencies.add(total, frequencies.scale(sign, mode.frequency))
    return bool(total == target)


def _sum_text(share: Sequence[tuple[Mode[Any], int]]) -> str:
    text = " ".join(f"{'-' if sign < 0 else '+'} {mode.label}" for mode, sign in share)
    return (text.removeprefix("+ ") if text.startswith("+") else text.replace("- ", "-", 1)) or "0"


def _signed(frequencies: Frequencies[Any], frequency: Any) -> str:
    canonical = frequencies.canonical(frequency)
    return ("" if canonical == frequency else "-") + frequencies.label(canonical)


def close(network: Network, modes: Sequence[str | int]) -> System:
    """Derive at a concrete order with the modes and all into which they leak, until nothing leaks.

    Raises
    ------
    ReductionError: a group of symbolic order, on which a closed set may be infinite.

    >>> from odekit.networks import Network
    >>> [s.name for s in close(Network("Z9"), [3]).states]
    ['alpha', 'phi', 'beta', 'psi']
    """
    chosen = [str(mode) for mode in modes]
    for _ in range(network.finite_group.order):
        system = derive(network, chosen)
        missing = [label for found in system.leaks.values() for label in found if label not in chosen]
        if not missing:
            return system
        chosen += list(dict.fromkeys(missing))
    return system


def _answers(system: System) -> FourierAnswers:
    if not isinstance(system.answers, FourierAnswers):
        raise ReductionError(
            "the system is not made of Fourier modes of a polynomial network",
            expected="a system made by odekit.derive for a polynomial activation",
        )
    return system.answers

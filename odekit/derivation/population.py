"""What a diversified population computes: its logits as waves, by the same selection rules.

Averaged over the phase rotation that leaves the neurons' energy alone, those monomials of the logits survive
that it leaves alone too: waves in one linear form each, which over all frequencies peak where it is zero.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sympy as sp

from odekit.derivation.derive import derive
from odekit.derivation.modes import FourierReduction
from odekit.derivation.orders import NeuronComponents
from odekit.derivation.polar import FourierAnswers
from odekit.errors import ReductionError
from odekit.groups import CyclicFamily
from odekit.networks import Network
from odekit.systems.algebra import Poly

__all__ = ["Wave", "population_logits"]

Form = tuple[int, ...]


@dataclass(frozen=True)
class Wave:
    """One wave of a neuron's phase-averaged logit, ``height * cos(2 pi k (form . (inputs, output)) / n)``.

    Parameters
    ----------
    form: integer coefficients of the inputs and, last, of the output.
    height: per neuron, in the magnitudes alpha of theta and beta of xi.
    """

    form: Form
    height: sp.Expr

    def evaluate(self, **magnitudes: float) -> float:
        """The height at given magnitudes, such as ``alpha=1.0, beta=0.5``."""
        return float(self.height.subs({s: magnitudes[s.name] for s in self.height.free_symbols}))


def population_logits(network: Network) -> tuple[Wave, ...]:
    """The waves of the logits of neurons of one frequency with D = 0 and uniform phases, highest first.

    Summed over k = 1, ..., (n-1)/2 at odd n, a wave contributes ``height * (n [form = 0] - 1) / 2``.

    Parameters
    ----------
    network: its activation, task and embedding count; heights are at logit scale 1 and for any order n at
        which the waves' forms are distinct.

    Raises
    ------
    ReductionError: a network without a single phase combination of one mode of theta and one of xi.

    Source: arXiv 2602.16849, the majority vote of a diversified network.

    >>> from odekit.networks import Network
    >>> [(wave.form, str(wave.height)) for wave in population_logits(Network("Zp"))][0]
    ((1, 1, -1), 'alpha**2*beta/2')
    """
    reduction = _reduction(network)
    heights: dict[Form, sp.Expr] = {}
    for form, polynomial in _waves(reduction):
        key = tuple(-c for c in form) if form[-1] > 0 else form
        heights[key] = heights.get(key, sp.S.Zero) + _averaged(reduction, polynomial)
    waves = [Wave(form, sp.expand(height)) for form, height in heights.items() if height != 0]
    return tuple(sorted(waves, key=lambda wave: (-_leading(wave.height), wave.form)))


def _reduction(network: Network) -> FourierReduction:
    generic = Network(
        CyclicFamily("Zn", "n"),
        activation=network.activation_name,
        embedding=network.embedding,
        task=network.task,
    )
    answers = derive(generic).answers
    if isinstance(answers, FourierAnswers) and len(answers.combinations.definitions) == 1:
        reduction = answers.reduction
        if sum(not mode.is_real for mode in reduction.modes) == 2:
            return reduction
    raise ReductionError(
        "no population logits for this network",
        expected="one mode of theta and one of xi with a single phase combination",
        received=f"{network.embedding} embedding, {network.activation_name}, task {network.task.text}",
    )


def _waves(reduction: FourierReduction) -> Iterator[tuple[Form, Poly]]:
    """Each product of characters in the logit of one neuron: its form in units of k, and its polynomial."""
    neuron = NeuronComponents(reduction.rules, (0,) * reduction.rules.modes.letters, highest=0)
    for charge, polynomial in neuron.logits.items():
        yield tuple(int(frequency[0]) for frequency in charge), polynomial


def _averaged(reduction: FourierReduction, polynomial: Poly) -> sp.Expr:
    """The monomials whose phase is a multiple of D, at D = 0, as magnitudes."""
    energy = next(iter(reduction.energy))
    return sp.Add(
        *(
            sp.Rational(value.numerator, value.denominator) * _magnitude(reduction, exponents)
            for exponents, value in polynomial.items()
            if _is_parallel(_charge(reduction, exponents), _charge(reduction, energy))
        )
    )


def _charge(reduction: FourierReduction, exponents: tuple[int, ...]) -> list[int]:
    pairs = [mode for mode in reduction.modes if not mode.is_real]
    return [exponents[mode.letter] - exponents[mode.conjugate] for mode in pairs]


def _is_parallel(charge: Sequence[int], unit: Sequence[int]) -> bool:
    return charge[0] * unit[1] == charge[1] * unit[0]


def _magnitude(reduction: FourierReduction, exponents: tuple[int, ...]) -> sp.Expr:
    factors = []
    for mode, names in zip(reduction.modes, reduction.names, strict=True):
        power = exponents[mode.letter] + (0 if mode.is_real else exponents[mode.conjugate])
        factors.append(names.magnitude**power)
    return sp.Mul(*factors)


def _leading(height: sp.Expr) -> float:
    return max(float(value) for value in height.as_coefficients_dict().values())

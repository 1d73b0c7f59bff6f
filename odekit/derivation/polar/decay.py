"""Weight decay in a reduced system: what it adds to the equations, and what follows from that.

Every magnitude loses ``decay`` times itself. At an energy of degree d and equal rates the flow with decay is
that without in other units: ``w(t) = e^(-decay t) W(s)``, ``s = (1 - e^(-(d-2) decay t)) / ((d-2) decay)``.
As s never passes ``1/((d-2) decay)``, what blows up later than that without decay dies out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from odekit.arrays import FloatArray
from odekit.derivation.polar.answers import FourierAnswers
from odekit.derivation.printers import network_latex
from odekit.errors import ReductionError
from odekit.numbers import real
from odekit.systems import EllipticForm, EquivalentForm, Search, System, Template

__all__ = ["DECAY", "DecayLaw", "DecayingAnswers", "decay_law", "with_decay"]

DECAY = sp.Symbol("decay", nonnegative=True)


@dataclass(frozen=True)
class DecayingAnswers(FourierAnswers):
    """Answers for a reduction in Fourier modes with weight decay."""

    def closed_form(self, system: System) -> EllipticForm | None:
        """None: the elliptic solution is that without decay, see `decay_law`."""
        return None

    def cheapest_form(self, system: System) -> EquivalentForm[System] | None:
        """None: the polynomial forms are those without decay."""
        return None

    def first_integrals(self, system: System) -> Search[sp.Expr]:
        """Phases that rest; what else was conserved without decay decays."""
        if not self._is_polar(system):
            return super().first_integrals(system)
        return Search(self._integrals[0], "partial", "phases that rest; others may exist")

    def latex(self, system: System, *, comments: bool) -> str:
        r"""As without decay, which is written \lambda."""
        note = r"% \lambda: weight decay, in this time"
        return network_latex(system, comments=comments, names={DECAY: r"\lambda"}, notes=(note,))

    def _decay_lines(self, system: System) -> list[str]:
        law = decay_law(system)
        return law.lines() if law is not None else []

    def complex_equations(self) -> Mapping[sp.Expr, sp.Expr]:
        """Time derivative of every complex amplitude, in the amplitudes and their conjugates."""
        free = super().complex_equations()
        return {
            names.value: free[names.value] - DECAY * self._rate(index) * names.value
            for index, names in enumerate(self.reduction.names)
        }

    def decaying(self) -> dict[sp.Expr, sp.Expr]:
        """What is conserved without decay, and the rate at which it decays, at equal learning rates."""
        common = self.common_rate
        if common is None:
            return {}
        return {self._printed(p): sum(next(iter(p))) * common * DECAY for p in self._integrals[1]}

    @property
    def common_rate(self) -> sp.Expr | None:
        """The factor on every learning rate, or None where they differ."""
        rates = {self._rate(index) for index in range(len(self.reduction.modes))}
        return rates.pop() if len(rates) == 1 else None

    @property
    def _parameters(self) -> tuple[sp.Symbol, ...]:
        return (*super()._parameters, DECAY)

    def _constrained(self, field: Mapping[sp.Symbol, sp.Expr]) -> Mapping[sp.Symbol, sp.Expr]:
        """The field less decay times rate times state, but for the phases."""
        rates: dict[str, sp.Expr] = {}
        for index, names in enumerate(self.reduction.names):
            value = names.value.name
            states = (names.magnitude.name, value, f"{value}_re", f"{value}_im")
            rates |= dict.fromkeys(states, self._rate(index))
        return {
            state: velocity - DECAY * rates[state.name] * state if state.name in rates else velocity
            for state, velocity in field.items()
        }

    def _energy(self) -> sp.Expr:
        """The energy less decay times half the squared length of the weights."""
        metric = self._polar_metric()
        lengths = (
            self._rate(index) * metric[names.magnitude] * names.magnitude**2
            for index, names in enumerate(self.reduction.names)
        )
        return super()._energy() - DECAY / 2 * sp.Add(*lengths)

    def _rate(self, index: int) -> sp.Expr:
        rate = self.reduction.rate(self.reduction.modes[index])
        return sp.Rational(rate.numerator, rate.denominator)


@dataclass(frozen=True)
class DecayLaw:
    """What weight decay does to the orbits of a homogeneous energy.

    Parameters
    ----------
    degree: d, of the energy.
    rate: at which a mode decays that nothing drives, in the parameter ``decay``.
    available: the time of the flow without decay that all of the flow with decay amounts to; infinite at
        degree 2.
    threshold: magnitudes of rest with the phases at an attracting point, which repel along their ray: below
        them a neuron dies out, above it blows up. Empty where there are more than two magnitudes.
    decaying: what is conserved without decay, with its rate of decay.
    """

    degree: int
    rate: sp.Expr
    available: sp.Expr
    threshold: Mapping[sp.Symbol, sp.Expr]
    decaying: Mapping[sp.Expr, sp.Expr]

    def blow_up_time(self, free: ArrayLike, decay: float) -> FloatArray:
        """Blow-up times with decay, from those without; infinite where the neuron dies out.

        Parameters
        ----------
        free: times of the flow without decay, positive; infinite where there is no blow-up.
        decay: the value of the parameter, at least 0.

        Raises
        ------
        InputError: a negative decay, or one that is not finite.
        """
        decay = real(decay, "decay", 0)
        times = np.asarray(free, dtype=np.float64)
        speed = float(self.rate.subs(DECAY, decay)) * (self.degree - 2)
        if speed == 0:
            return times
        left = np.maximum(1 - speed * times, 0.0)
        with np.errstate(divide="ignore"):
            return np.asarray(np.where(left > 0, -np.log(left) / speed, np.inf))

    def lines(self) -> list[str]:
        """What is told of it, in words and formulas."""
        told = ["decay is the weight decay of the network's own training, divided by the factor of its time"]
        told += [f"a mode that nothing drives decays as e^(-({self.rate}) t)"]
        told += [f"{integral} decays as e^(-({rate}) t)" for integral, rate in self.decaying.items()]
        if self.degree == 2:
            return told
        speed = (self.degree - 2) * self.rate
        told.append(
            f"w(t) = e^(-({self.rate}) t) W(s), W without decay, s = (1 - e^(-({speed}) t))/({speed})"
        )
        told.append(f"a neuron that blows up at T* without decay does so at -log(1 - {speed}*T*)/({speed})")
        told.append(f"if T* < {self.available}, and dies out otherwise")
        if self.threshold:
            point = ", ".join(f"{symbol} = {value}" for symbol, value in self.threshold.items())
            told.append(f"on the ray of the attracting phases the threshold is {point}")
        return told


def with_decay(system: System) -> System:
    """The system with weight decay, as a further parameter ``decay``, in polar form.

    ``decay`` is in the system's own time, that of the summed loss at logit scale 1: a network's weight decay
    divided by ``network.flow_rate()``.

    Raises
    ------
    ReductionError: a system on spheres, in blocks, in harmonics, or of an energy that a user wrote.

    >>> from odekit.derivation.derive import derive
    >>> from odekit.networks import Network
    >>> with_decay(derive(Network("Zp"))).vector_field[0]
    2*alpha*beta*p*cos(D) - alpha*decay
    """
    answers = system.answers
    if type(answers) is not FourierAnswers:
        raise ReductionError(
            "weight decay can't be added to this system",
            expected="a system of order 1 in Fourier modes without constraint, as odekit.derive returns it",
            hint="for an energy of your own, with decay*(x**2)/2 as a part of it",
        )
    templates = tuple(Template(kind.characters, with_decay(kind.system)) for kind in system.templates)
    return replace(DecayingAnswers(answers.reduction).polar, templates=templates)


def decay_law(system: System) -> DecayLaw | None:
    """What decay does to the orbits; None for systems without decay, or where no such law is known.

    It is known for a homogeneous energy at equal learning rates.
    """
    answers = system.answers
    if not isinstance(answers, DecayingAnswers):
        return None
    degrees = {sum(exponents) for exponents in answers.reduction.energy}
    common = answers.common_rate
    if len(degrees) != 1 or common is None:
        return None
    degree, rate = degrees.pop(), common * DECAY
    available = 1 / ((degree - 2) * rate) if degree > 2 else sp.oo
    return DecayLaw(degree, rate, available, _threshold(system), answers.decaying())


def _threshold(system: System) -> dict[sp.Symbol, sp.Expr]:
    """Where the magnitudes rest while the phases do."""
    phases = set().union(*(meaning.free_symbols for meaning in system.definitions.values()))
    magnitudes = [state for state in system.states if state not in phases and state.is_positive]
    resting = [point for point in system.fixed_points() if point.stability == "attracts"]
    if len(magnitudes) != 2 or len(magnitudes) + len(phases) < len(system.states) or not resting:
        return {}
    velocities = [system.equations[state].subs(resting[0].values) / state for state in magnitudes]
    found = sp.solve([sp.together(v).as_numer_denom()[0] for v in velocities], magnitudes, dict=True)
    return dict(found[0]) if len(found) == 1 else {}

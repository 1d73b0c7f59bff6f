"""One frequency for an activation that is no polynomial, truncated to one harmonic: its system, its answers.

The flow is that of ``E = n^2 beta cos(D) h(alpha)``; the gradient also leaks into multiples of the frequency.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sympy as sp

from odekit.derivation.answers import PolarAnswers, disagreement
from odekit.derivation.harmonics.certificate import certify_harmonic
from odekit.derivation.harmonics.kinked_response import degree_one_leakage
from odekit.derivation.harmonics.lattice import NEGLIGIBLE, energy_profile, left_out
from odekit.derivation.harmonics.profile import ALPHA, SAMPLES, Profile, Z, parity_parts
from odekit.derivation.harmonics.response import Response, harmonic_response
from odekit.derivation.printers import network_data, network_latex, network_report
from odekit.errors import ReductionError, UnknownNameError
from odekit.groups import CyclicFamily
from odekit.limits import DERIVATION_SECONDS, bounded
from odekit.networks import Network
from odekit.systems import Certificate, FixedPoint, Search, System, search_all

__all__ = ["MAX_QUICK_ORDER", "HarmonicAnswers", "check_harmonic", "derive_harmonic", "initial_rates"]

BETA = sp.Symbol("beta", positive=True)
PHI, PSI, D = sp.symbols("phi psi D", real=True)
# Sums over pairs of elements of a larger group take longer than the derivation.
MAX_QUICK_ORDER = 128
# Both signs and 0 show a logarithm, a root or a pole.
PROBES = np.array([-1.0, -0.1, 0.0, 0.1, 1.0])


def derive_harmonic(network: Network) -> System:
    """One harmonic of one frequency, on a cyclic group with a shared embedding and task ``+-x +- y``.

    Raises
    ------
    ReductionError: another group, embedding, constraint or task, or an activation that is not real and finite
        on both sides of 0 and there.
    ReductionError: equations that disagree with brute force, which is a fault of odekit.
    """
    check_harmonic(network)
    return HarmonicAnswers(network).verified


def initial_rates(system: System) -> Mapping[str, sp.Expr]:
    """Growth alpha'/alpha and alignment -D'/D of a derived one-frequency system at alpha = beta and D = 0.

    >>> initial_rates(derive_harmonic(Network("Zp", activation="relu")))["alignment"]
    40*p/(3*pi**2)
    """
    alpha, beta, angle = (system[name] for name in ("alpha", "beta", "D"))
    start = {beta: alpha, angle: 0}
    growth = (system.equations[alpha] / alpha).subs(start)
    alignment = -system.equations[angle].diff(angle).subs(start)
    return {"growth": _simplified(growth), "alignment": _simplified(alignment)}


def _simplified(rate: sp.Expr) -> sp.Expr:
    """Simplified, unless it holds an integral that nothing evaluates, on which SymPy takes minutes."""
    return sp.expand(rate) if rate.has(sp.Integral) else sp.simplify(rate)


@dataclass(frozen=True)
class HarmonicAnswers(PolarAnswers):
    """Answers for one harmonic of one frequency."""

    trained: Network

    @property
    def network(self) -> Network:
        """The network that the system was derived from."""
        return self.trained

    def holds_at(self, order: int) -> bool:
        """Whether there is a character of an order above 2; how exact the profile is there is a condition."""
        return order > 2 and super().holds_at(order)

    @cached_property
    def profile(self) -> Profile:
        """h(alpha), at a concrete order averaged over the phases on the lattice."""
        return energy_profile(self.network.activation, self.lattice, is_difference=self.turns == 0)

    @property
    def lattice(self) -> int | None:
        """The order of the lattice, where it is a definite one."""
        group = self.network.group
        return None if isinstance(group, CyclicFamily) else group.order

    @property
    def order(self) -> sp.Expr:
        """The group's order, a symbol or an integer."""
        group = self.network.group
        if isinstance(group, CyclicFamily):
            return sp.Symbol(group.symbol, integer=True, positive=True)
        return sp.Integer(group.order)

    @property
    def turns(self) -> int:
        """How often phi enters the phase difference: 2 for x + y, 0 for x - y."""
        return sum(self.network.task.coefficients)

    @cached_property
    def response(self) -> Response:
        """The gradient's harmonics at one frequency."""
        return harmonic_response(self.network)

    @cached_property
    def polar(self) -> System:
        """The system in magnitudes and phases."""
        n, (theta, xi) = self.order, self._rates
        h, slope = self.profile.expression, self.profile.derivative().expression
        field = {
            ALPHA: 2 * n * theta * BETA * slope * sp.cos(D),
            PHI: -2 * n * theta * self.turns * BETA * h * sp.sin(D) / ALPHA**2,
            BETA: 2 * n * xi * h * sp.cos(D),
            PSI: 2 * n * xi * h * sp.sin(D) / BETA,
        }
        lengths = (n / (2 * theta), n * ALPHA**2 / (2 * theta), n / (2 * xi), n * BETA**2 / (2 * xi))
        return System(
            {state: sp.factor_terms(value) for state, value in field.items()},
            self,
            parameters=(n,) if n.is_Symbol else (),
            metric=lengths,
            energy=n**2 * BETA * h * sp.cos(D),
            definitions={D: self.turns * PHI - PSI},
            conditions=self._conditions(),
            leaks=self.response.leaks,
            angles=frozenset({PHI, PSI, D}),
        )

    @property
    def verified(self) -> System:
        """The system, unless the gradient on a lattice of moderate order says otherwise.

        Raises
        ------
        ReductionError: it does.
        """
        if (self.lattice or 0) > MAX_QUICK_ORDER or not self.profile.has_values:
            return self.polar
        certificate = certify_harmonic(self.network, self.polar, None)
        if not certificate.passed:
            raise disagreement(self.network, certificate.residual)
        return self.polar

    def ansatz(self, system: System) -> tuple[str, ...]:
        """Each weight group at its frequency."""
        return ("theta = alpha Re(e^(i phi) chi_k)", "xi = beta Re(e^(i psi) chi_k)")

    @bounded("the search for first integrals")
    def first_integrals(self, system: System) -> Search[sp.Expr]:
        """Two where h is a power alpha^q: one of the magnitudes, one with the phase difference.

        With unequal rates of theta and xi, r and s: ``s alpha^2 - r q beta^2`` and
        ``alpha^(turns^2/q) beta sin(D)``.
        """
        if system.states != self.polar.states:
            return super().first_integrals(system)
        degree = self.profile.degree
        if degree is None:
            return Search((), "partial", "integrals are known where h is a power of alpha")
        theta, xi = self._rates
        magnitudes = xi * ALPHA**2 - theta * degree * BETA**2
        phased = ALPHA ** (sp.Integer(self.turns) ** 2 / degree) * BETA * sp.sin(D)
        return Search((magnitudes, phased), "partial", "from the closed form; others may exist")

    @bounded("the search for fixed points")
    def fixed_points(self, system: System) -> Search[FixedPoint]:
        """D = 0 and D = pi, stable by the sign of h."""
        if system.states != self.polar.states:
            return super().fixed_points(system)
        if self.profile.expression == 0:
            return Search((), "not tried", "h is 0, so that every phase rests")
        velocity = self.polar.equations[D]
        signs = {float(value) > 0 for value in self.profile(SAMPLES)}
        points = []
        for turn in (0, 1):
            words = {frozenset({True}): "attracts", frozenset({False}): "repels"}
            if turn:
                words = {frozenset({True}): "repels", frozenset({False}): "attracts"}
            rate = sp.factor(-velocity.diff(D).subs(D, turn * sp.pi))
            stability = words.get(frozenset(signs), "depends on magnitudes")
            points.append(FixedPoint({D: turn * sp.pi}, stability, {D: rate}))
        return Search(tuple(points), "complete", "D = 0 and D = pi, which rest at all magnitudes")

    def form(self, system: System, name: str) -> System:
        """The polar form, which is the only one.

        Raises
        ------
        UnknownNameError: another form.
        """
        if name != "polar":
            raise UnknownNameError("form", name, ("polar",))
        return self.polar

    @bounded("the certificate", DERIVATION_SECONDS)
    def certify(self, system: System, order: int | None) -> Certificate:
        """Compare with the gradient summed over a lattice, averaged over phases."""
        return certify_harmonic(
            self.network, system if system.states == self.polar.states else self.polar, order
        )

    def report(self, system: System, certificate: Certificate | None) -> str:
        """The network, its equations of motion, where they hold, and what follows from them."""
        search_all(system)
        return bounded("the report of the system")(network_report)(system, self, certificate)

    def to_dict(self, system: System, certificate: Certificate | None) -> dict[str, object]:
        """Everything that is known, as plain data."""
        search_all(system)
        return bounded("the report of the system")(network_data)(system, self, certificate)

    @bounded("the LaTeX of the system")
    def latex(self, system: System, *, comments: bool) -> str:
        """The system as an aligned block, below comments that say where it holds and what leaks."""
        return network_latex(system, comments=comments)

    @property
    def _rates(self) -> tuple[sp.Rational, sp.Rational]:
        theta, xi = (sp.Rational(repr(self.network.rates[name])) for name in ("theta", "xi"))
        return theta, xi

    def _conditions(self) -> tuple[str, ...]:
        n = self.order
        return (
            "k is faithful, its character of order above 2",
            *self._largeness(),
            f"phases on the lattice are averaged over: with a single one D' deviates by about 1/{n}",
            "other harmonics have not filled in: truncated to one, the system is right at first order from a "
            "start at one frequency",
            f"the gradient's harmonics relative to k are neglected: {self.response.text}",
            *_formulas(self.network, self.profile),
        )

    def _largeness(self) -> tuple[str, ...]:
        """Whether the order counts as large, and what that leaves out."""
        if self.lattice is None:
            return (f"{self.order} is large",)
        missing = left_out(self.network.activation, self.lattice, is_difference=self.turns == 0)
        if missing is None:
            return ()
        size = f"at most {max(missing, NEGLIGIBLE):.0e}" if np.isfinite(missing) else "an unknown part"
        return (f"order {self.order} counts as large: up to alpha = 3 the lattice changes h by {size} of it",)


def _formulas(network: Network, profile: Profile) -> tuple[str, ...]:
    """The sizes of all harmonics, where the activation is ``a z + b |z|`` and a constant, b not 0."""
    _, odd = parity_parts(network.activation)
    if profile.degree != 1 or (odd / Z).has(Z):
        return ()
    found = degree_one_leakage()
    at = f"{found.aligned} at D = 0 and {found.quarter} at D = pi/2"
    if sum(network.task.coefficients) == 0:
        at = f"{found.aligned} at every D"
    return (f"those of all orders are: of xi, m k, {found.xi}; of theta, (2m+1) k, {at}",)


def check_harmonic(network: Network) -> None:
    group, task = network.group, network.task
    cyclic = isinstance(group, CyclicFamily) or group.is_cyclic
    wanted = {
        "a cyclic group": cyclic and (isinstance(group, CyclicFamily) or group.order > 2),
        "a shared embedding": network.embedding == "shared",
        "no constraint": network.constraint == "none",
        "the task x + y or x - y": task.summands == 2 and {abs(c) for c in task.coefficients} == {1},
    }
    missing = [name for name, holds in wanted.items() if not holds]
    if missing:
        raise ReductionError(
            f"the activation {network.activation_name!r} has no finite reduction",
            expected=f"a polynomial in z, or else {', '.join(missing)}",
            received=network.activation_name,
            hint='activation="quadratic" or activation="z**4"',
        )
    with np.errstate(all="ignore"):
        values = np.broadcast_to(network.activation.evaluate({"z": PROBES}), PROBES.shape)
    if not np.isfinite(values).all():
        raise ReductionError(
            f"the activation {network.activation_name!r} is not real and finite at z = "
            f"{PROBES[~np.isfinite(values)][0]:g}",
            expected="one that is real and finite at every z",
        )

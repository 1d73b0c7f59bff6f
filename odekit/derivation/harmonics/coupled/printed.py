"""A neuron of one frequency among others as a person or a program reads it: sums, equations, leaks, LaTeX."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from odekit.derivation.harmonics.coupled.coupling import UP_TO, Channel
from odekit.derivation.harmonics.coupled.field import CoupledHarmonic
from odekit.derivation.harmonics.coupled.leaks import cumulant_leaks, with_leaks
from odekit.derivation.harmonics.coupled.written import grouped_product, in_order, texts
from odekit.derivation.harmonics.profile import ALPHA
from odekit.derivation.harmonics.response import multiple_text
from odekit.derivation.printers import network_latex, network_lines, time_lines
from odekit.networks import Network
from odekit.systems import Certificate, System
from odekit.systems.printers import join_sections

__all__ = ["PrintedHarmonic"]

H = sp.Symbol("h", real=True), sp.Symbol("dh", real=True)


@dataclass(frozen=True, eq=False)
class PrintedHarmonic:
    """What is said of the flow of neurons of one frequency.

    Parameters
    ----------
    formulas: the flow.
    order: the highest cumulant.
    """

    formulas: CoupledHarmonic
    order: int

    @property
    def _network(self) -> Network:
        return self.formulas.first.network

    @cached_property
    def _cumulant_leaks(self) -> Mapping[str, Mapping[int, float]]:
        return cumulant_leaks(self._network, self.order)

    @property
    def all_leaks(self) -> Mapping[str, tuple[str, ...]]:
        """By weight group, the harmonics into which neurons leak, at any order."""
        return with_leaks(self.formulas.first.polar.leaks, self._cumulant_leaks)

    def conditions(self) -> Iterator[str]:
        """Where the equations hold, what is left out of them, and what the order parameters are."""
        yield from self.formulas.first.polar.conditions
        if self._cumulant_leaks:
            cumulants = "the second cumulant adds" if self.order == 2 else "cumulants 2 and 3 add"
            sizes = "; ".join(
                f"{name}: " + ", ".join(f"{multiple_text(m)} {size:.3f}" for m, size in leaks.items())
                for name, leaks in self._cumulant_leaks.items()
            )
            yield (
                f"so are those of what {cumulants}, relative to k for one neuron by itself: {sizes} (at "
                "alpha = beta = 1 and logit scale 1)"
            )
        yield from self._other_frequencies()
        if self.formulas.coupling.left_out:
            yield from self._left_out()
        if self.order > 2:
            first = self.formulas.first
            where = f"{first.order} is not 3: then " if first.lattice is None else ""
            yield (
                f"{where}no three of k and -k add up to 0, as they have to in the third cumulant, which adds "
                "nothing to the equations of the second"
            )
        yield from self.sums()

    def _other_frequencies(self) -> Iterator[str]:
        """What neurons of another frequency do."""
        leak = "xi leaks into l by them at relative order |f|^1"
        if self.order == 2:
            yield f"neurons of another frequency l do not enter, because their xi is orthogonal; {leak}"
            return
        yield (
            "there are no neurons of frequencies l, m such that three of k, l, m and their negatives, one of "
            "them k or -k, add up to 0: in particular none of 2k, or of l with 2l = k or -k"
        )
        yield f"neurons of other frequencies l do not enter, because their xi is orthogonal; {leak}"

    def _left_out(self) -> Iterator[str]:
        """What was cut, and how much that is."""
        coupling = self.formulas.coupling
        share = f"{coupling.left_out:.1e} of the variance of a neuron's logits"
        if coupling.channels[0].pair is None:
            beyond = max(abs(channel.charge) for channel in coupling.channels)
            yield f"sums over neurons of charges r beyond {beyond} are left out, at most {share}"
            return
        kept = dict.fromkeys(channel.pair for channel in coupling.channels if channel.pair)
        names = ", ".join("c{}_{}".format(*pair) for pair in kept)
        yield f"coefficients other than {names} are left out, at most {share} up to alpha = {UP_TO:g}"

    def sums(self) -> Iterator[str]:
        """What each order parameter is."""
        for symbol, formula in self.summed.items():
            yield f"{symbol} is the logit scale times the sum of {in_order(formula)} over neurons"

    @cached_property
    def summed(self) -> Mapping[sp.Symbol, sp.Expr]:
        """What is summed over neurons in each order parameter, F by its own name where it has one."""
        formulas = self.formulas
        return {
            name: sp.Mul(formulas.first.polar["beta"], formulas.function(channel)[0], self._turn(channel))
            for name, channel in zip(formulas.parameter_names, formulas.coupling.channels, strict=True)
        }

    def _turn(self, channel: Channel) -> sp.Expr:
        """``e^(i (psi - r phi))``, psi first."""
        polar = self.formulas.first.polar
        angle = sp.Add(polar["psi"], -channel.charge * polar["phi"], evaluate=False)
        return sp.exp(sp.I * (angle if channel.charge else polar["psi"]), evaluate=False)

    @cached_property
    def functions(self) -> Mapping[sp.Symbol, sp.Expr]:
        """What the functions of alpha are that have names."""
        found = {H[0]: self.formulas.first.profile.expression} if self._h is H else {}
        for channel in self.formulas.coupling.channels:
            if channel.pair is not None:
                found[self.formulas.function(channel)[0]] = channel.profile.expression
        return found

    @cached_property
    def _h(self) -> tuple[sp.Expr, sp.Expr]:
        """h and h' as they are written: polynomials, the names of a coefficient that it is, or names."""
        profile = self.formulas.first.profile
        if profile.expression.is_polynomial(ALPHA):
            return profile.expression, profile.derivative().expression
        same = (
            self.formulas.function(channel)
            for channel in self.formulas.coupling.channels
            if channel.profile.expression == profile.expression
        )
        return next(same, H)

    @cached_property
    def _waves(self) -> tuple[tuple[sp.Symbol, sp.Symbol], ...]:
        """Names of both parts of each W."""
        places = range(1, len(self.formulas.coupling.channels) + 1)
        real, imaginary = (
            [sp.Symbol(f"{part}(W{place})", real=True) for place in places] for part in ("re", "im")
        )
        return tuple(zip(real, imaginary, strict=True))

    @cached_property
    def equations(self) -> Mapping[sp.Symbol, sp.Expr]:
        """Time derivative of every state, in the functions of alpha and the W."""
        values, slopes = zip(*map(self.formulas.function, self.formulas.coupling.channels), strict=True)
        return {
            state: grouped_product(front, alone, [(value, self._waves[j][place % 2]) for value, j in added])
            for place, (state, (front, alone, added)) in enumerate(
                self.formulas.parts(self._h, values, slopes).items()
            )
        }

    @cached_property
    def ascended(self) -> sp.Expr:
        """What a neuron ascends at constant order parameters, in the functions of alpha and the W."""
        first, channels = self.formulas.first, self.formulas.coupling.channels
        terms = [
            (-w / 2 * self.formulas.function(channels[i])[0], self._waves[j][0])
            for (i, j), w in self.formulas.coupling.weights.items()
        ]
        alone = self._h[0] * sp.cos(first.polar["D"])
        return grouped_product(first.order**2 * first.polar["beta"], alone, terms)

    @cached_property
    def turned(self) -> Mapping[sp.Symbol, sp.Expr]:
        """What each W is."""
        pairs = zip(self.formulas.parameter_names, self.formulas.coupling.channels, strict=True)
        return {
            sp.Symbol(f"W{i}"): sp.Mul(sp.conjugate(name), self._turn(channel), evaluate=False)
            for i, (name, channel) in enumerate(pairs, start=1)
        }

    @property
    def energy(self) -> sp.Expr:
        """E, at uniform softmax."""
        first = self.formulas.first
        return first.order**2 * first.polar["beta"] * self._h[0] * sp.cos(first.polar["D"])

    @cached_property
    def interaction(self) -> sp.Expr:
        """V, what the summed loss gains beyond uniform softmax."""
        names = self.formulas.parameter_names
        terms = [
            (w, sp.Abs(names[i]) ** 2) if i == j else (2 * w, sp.re(sp.conjugate(names[i]) * names[j]))
            for (i, j), w in self.formulas.coupling.weights.items()
            if i <= j
        ]
        return grouped_product(self.formulas.first.order**2 / 4, sp.S.Zero, terms)

    def _loss(self) -> Iterator[str]:
        yield f"cross-entropy up to cumulant {self.order} of the logits over the outputs, summed over inputs:"
        yield "a constant, less the logit scale times the sum of E over neurons, plus V"
        yield f"E = {self.energy}"
        yield f"V = {in_order(self.interaction)}"
        yield "the gradient leaves this harmonic at uniform softmax already: this is its projection"

    def _functions(self) -> Iterator[str]:
        if not self.functions:
            return
        yield "act(alpha (cos X + cos Y)) = sum cj_m e^(i (j X + m Y)) over j and m of either sign"
        yield from (f"{name} = {meaning}" for name, meaning in self.functions.items())
        yield "d stands for their derivatives by alpha, such as dc1_0"

    def report(self, system: System, certificate: Certificate | None) -> str:
        """The network, the equations with their order parameters, where they hold, and what leaks."""
        others = len(system.conditions) - len(self.formulas.coupling.channels)
        definitions = (f"{symbol} = {meaning}" for symbol, meaning in system.definitions.items())
        leaks = (f"{name} leaks into {', '.join(into)}" for name, into in system.leaks.items() if into)
        sections = {
            "Network": network_lines(self._network),
            "Weights": system.ansatz(),
            "Loss": self._loss(),
            "Functions of alpha": self._functions(),
            "Order parameters": self.sums(),
            "Definitions": [*definitions, *_lines(self.turned, " = ")],
            "Equations of motion": _lines(self.equations, "' = "),
            "Gradient flow": self._gradient_flow(system),
            "Time": time_lines(self._network),
            "Leaks": list(leaks) or ["none"],
            "Conditions": system.conditions[:others],
            "Certificate": [] if certificate is None else [str(certificate)],
        }
        return join_sections(sections)

    def _gradient_flow(self, system: System) -> Iterator[str]:
        yield f"at constant order parameters it ascends {in_order(self.ascended)}"
        lengths = (f"({g}) d{symbol}^2" for g, symbol in zip(system.metric, system.states, strict=True))
        yield f"in the metric {' + '.join(lengths)}"

    def entries(self, system: System) -> dict[str, object]:
        """What the plain data of a system adds to that of any derived one."""
        return {
            "cumulants": self.order,
            "parameters": [symbol.name for symbol in system.parameters],
            "order_parameters": texts(self.summed),
            "functions": texts(self.functions),
            "neuron_energy": str(self.energy),
            "interaction": in_order(self.interaction),
            "left_out": self.formulas.coupling.left_out,
        }

    def latex(self, system: System, *, comments: bool) -> str:
        """Energies, functions, and equations as an aligned block, below comments if they are asked for."""
        names = self._latex_names(system)

        def show(expression: sp.Expr) -> str:
            return str(sp.latex(expression, symbol_names=names, order="none"))

        meanings = {**self.functions, **self.turned}
        lines = [
            f"E &= {show(self.energy)}",
            f"V &= {show(self.interaction)}",
            *(f"{show(name)} &= {sp.latex(meaning)}" for name, meaning in system.definitions.items()),
            *(f"{show(name)} &= {show(meaning)}" for name, meaning in meanings.items()),
            *(rf"\dot{{{show(state)}}} &= {show(velocity)}" for state, velocity in self.equations.items()),
        ]
        block = "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"
        return network_latex(system, comments=comments, block=block)

    def _latex_names(self, system: System) -> dict[sp.Symbol, str]:
        """LaTeX of the names of parts, and of functions of alpha with their derivatives."""
        names = {H[1]: "h'"}
        for i, parts in enumerate(self._waves, start=1):
            names.update(
                zip(
                    parts, (rf"\operatorname{{Re}} W_{{{i}}}", rf"\operatorname{{Im}} W_{{{i}}}"), strict=True
                )
            )
        for channel in self.formulas.coupling.channels:
            if channel.pair is not None:
                value, slope = self.formulas.function(channel)
                below = "{},{}".format(*channel.pair)
                names |= {value: f"c_{{{below}}}", slope: f"c'_{{{below}}}"}
        return names


def _lines(expressions: Mapping[sp.Symbol, sp.Expr], sign: str) -> Iterator[str]:
    return (f"{name}{sign}{text}" for name, text in texts(expressions).items())

"""A system that was derived from a network as a report that a person reads."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

import sympy as sp

from odekit.derivation.answers import NetworkAnswers
from odekit.derivation.printers.network import network_lines, time_lines
from odekit.derivation.printers.spheres import sphere_sections
from odekit.groups import CyclicFamily
from odekit.networks import Network
from odekit.systems import Certificate, EllipticCurve, System, Template
from odekit.systems.printers import join_sections

__all__ = ["network_report"]


def network_report(
    system: System,
    answers: NetworkAnswers,
    certificate: Certificate | None,
    extra: Mapping[str, Iterable[str]] = MappingProxyType({}),
) -> str:
    """The network, its equations of motion, where they hold, and what follows from them.

    Parameters
    ----------
    system, answers: as `derive` makes them.
    certificate: what ``system.certify()`` returned, if it was asked.
    extra: further sections, after the exact solution.
    """
    report, network = answers.sphere_report(), answers.network
    sections = {
        "Network": network_lines(network),
        "Weights": [*system.ansatz(), *_character(network)],
        "Definitions": _named(system.definitions.items()),
        "Equations of motion": _equations(system),
        "Gradient flow": _gradient_flow(system, is_part=report is not None),
        "Time": time_lines(network),
        "Modes": _modes(system),
        "Conditions": system.conditions,
        "First integrals": (
            _first_integrals(system) if report is None else [system.first_integrals().sentence]
        ),
        "Fixed phase differences": _fixed_points(system),
        "Exact solution": _exact_solution(answers.elliptic_curve()),
        **extra,
        **({} if report is None else sphere_sections(report, is_matrix=False)),
        "Kinds of mode": _templates(system.templates, is_part=report is not None),
        "Certificate": [] if certificate is None else [str(certificate)],
    }
    return join_sections(sections)


def _character(network: Network) -> Iterator[str]:
    """What chi is, where a frequency is an integer."""
    group = network.group
    if isinstance(group, CyclicFamily):
        yield f"chi_k(j) = e^(2 pi i k j/{group.symbol})"
    elif len(group.factors) == 1:
        yield f"chi_k(j) = e^(2 pi i k j/{group.order})"


def _named(items: Iterable[tuple[sp.Symbol, sp.Expr]]) -> list[str]:
    return [f"{symbol} = {expression}" for symbol, expression in items]


def _equations(system: System) -> list[str]:
    return [f"{symbol}' = {velocity}" for symbol, velocity in system.equations.items()]


def _gradient_flow(system: System, is_part: bool) -> Iterator[str]:
    if system.energy is None:
        return
    yield f"energy {'of these modes' if is_part else 'E'} = {system.energy}"
    if system.energy == 0:
        moves = "nothing moves" if system.closed else "none of them moves"
        yield f"the energy vanishes on these modes: {moves} at this order"
    lengths = (f"({g}) d{symbol}^2" for g, symbol in zip(system.metric, system.states, strict=True))
    yield f"metric {' + '.join(lengths)}"


def _modes(system: System) -> Iterator[str]:
    if system.closed:
        yield "closed: the full gradient stays in these modes"
        return
    yield "not closed: the full gradient leaves these modes, and the equations are its projection on them"
    for name, labels in system.leaks.items():
        if labels:
            yield f"{name} leaks into {', '.join(labels)}"


def _first_integrals(system: System) -> list[str]:
    """The polynomial ones named: c where quadratic, K with the sine of a phase combination, else I."""
    search = system.first_integrals()
    kinds = [(_letter(integral), integral) for integral in search]
    letters = [letter for letter, _ in kinds]
    lines = []
    for place, (letter, integral) in enumerate(kinds):
        number = f"_{letters[: place + 1].count(letter)}" if letters.count(letter) > 1 else ""
        lines.append(f"{letter}{number} = {integral}" if letter else str(integral))
    return [*lines, search.sentence]


def _letter(integral: sp.Expr) -> str:
    if integral.is_Symbol:
        return ""
    if integral.has(sp.sin):
        return "K"
    degree = sp.Poly(integral, *integral.free_symbols).total_degree() if not integral.has(sp.cos) else 0
    return "c" if degree == 2 else "I"


def _fixed_points(system: System) -> Iterator[str]:
    for point in system.fixed_points():
        rates = [f"rate of {symbol}: {rate}" for symbol, rate in point.rates.items()]
        yield "; ".join([str(point), *rates])
    yield system.fixed_points().sentence


def _exact_solution(curve: EllipticCurve | None) -> Iterator[str]:
    if curve is None:
        return
    s, scale = curve.variable, f"({curve.time_scale})"
    yield f"{curve} with {s} = {curve.meaning}, an elliptic curve"
    yield f"e1, e2, e3 are the roots of its right-hand side in {s}, e1 the largest real one"
    yield f"F = R_F({s}0-e1, {s}0-e2, {s}0-e3) and Z = R_F(0, e1-e2, e1-e3), R_F being Carlson's integral"
    yield f"blow-up at T* = {scale} F if {s}' >= 0 at the start, else at T* = {scale} (2 Z - F)"
    yield "no blow-up where these diverge"
    yield f"near it {sp.sqrt(curve.meaning)} ~ {scale}/(T*-t)"


def _templates(templates: tuple[Template[System], ...], is_part: bool) -> Iterator[str]:
    for template in templates:
        yield f"characters {', '.join(template.characters)}"
        yield from (f"  {line}" for line in _named(template.system.definitions.items()))
        yield from (f"  {line}" for line in _equations(template.system))
        if is_part:
            yield f"  energy of these modes = {template.system.energy}"
        yield from (f"  {line}" for line in _modes(template.system))

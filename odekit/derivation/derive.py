"""derive: from a network to its reduced system."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy as sp

from odekit.derivation.energy import SelectionRules
from odekit.derivation.frequencies import CharacterFrequencies, Frequencies, SymbolicFrequencies
from odekit.derivation.modes import ModeSet, build_modes
from odekit.derivation.reduction import FourierReduction
from odekit.derivation.source import FourierSource
from odekit.derivation.system import ReducedSystem, Template
from odekit.errors import InputError, ReductionError
from odekit.expressions import parse
from odekit.groups import CyclicFamily, FiniteGroup, dual_group
from odekit.networks import Network

__all__ = ["derive"]

MAX_ALL_MODES = 64
SYMBOLS = ("k", "l", "m")


def derive(network: Network, modes: str | Sequence[str | int] | None = None) -> ReducedSystem:
    """The network's gradient flow at uniform softmax, reduced to a few Fourier modes.

    Near uniform softmax each neuron ascends its own energy ``E = sum (xi[label] - mean xi) act(z)``. The
    result is the gradient flow of E, in the time of the summed loss at logit scale 1, projected on the chosen
    modes; ``network.flow_rate()`` converts it to the time of the network's own loss.

    Parameters
    ----------
    network: polynomial activation, Abelian group of concrete or symbolic order, no constraint.
    modes: frequencies to keep, such as ``"k,2k"``, ``"k,l"``, ``[1, 2]``, or ``"all"`` at a concrete order;
        ``"0"`` is the mean of theta. By default one frequency k, at which theta has the multiples that the
        task asks for, and the mean where the activation's degree is 3 or more and the energy depends on it.

    Returns
    -------
    system: in polar form where phases exist. At a concrete order without ``modes`` it is the most common
        kind of mode, and ``system.templates`` lists every kind.

    Raises
    ------
    ReductionError: an activation that is no polynomial, a constraint, or a group that is not Abelian.
    InputError: modes that can't be read, or that the group doesn't have.

    Source: arXiv 2602.16849 (Z_p, quadratic activation); the selection rules extend it.

    >>> from odekit.networks import Network
    >>> derive(Network("Zp")).vector_field[0]
    2*alpha*beta*p*cos(D)
    """
    _check(network)
    if isinstance(network.group, CyclicFamily):
        return _derive_symbolic(network, network.group, modes)
    if modes is not None:
        return _derive_chosen(network, network.group, modes)
    return _derive_templates(network, network.group)


def _check(network: Network) -> None:
    if network.activation_polynomial is None:
        raise ReductionError(
            f"the activation {network.activation_name!r} has no finite reduction",
            expected="a polynomial in z",
            received=network.activation_name,
            hint="--activation quadratic or --activation 'z**4'",
        )
    if network.constraint != "none":
        raise ReductionError(
            f"no reduction with the constraint {network.constraint!r}",
            expected="constraint 'none'",
            received=network.constraint,
        )
    if isinstance(network.group, FiniteGroup) and not network.group.is_abelian:
        raise ReductionError(
            f"{network.group.name} is not Abelian, so characters do not span its functions",
            expected="an Abelian group",
            received=network.group.name,
        )


def _derive_symbolic(
    network: Network, family: CyclicFamily, modes: str | Sequence[str | int] | None
) -> ReducedSystem:
    order = sp.Symbol(family.symbol, integer=True, positive=True)
    if modes is None:
        frequencies = SymbolicFrequencies(("k",))
        return _default(network, frequencies, (Fraction(1),), order).polar
    parsed = [_symbolic_mode(text) for text in _split(modes)]
    used = tuple(s for s in SYMBOLS if any(name == s for mode in parsed for name in mode))
    frequencies = SymbolicFrequencies(used or ("k",))
    chosen = [tuple(mode.get(s, Fraction(0)) for s in frequencies.symbols) for mode in parsed]
    return _source(network, frequencies, _same_for_all(network, chosen, frequencies.zero), order).polar


def _derive_chosen(network: Network, group: FiniteGroup, modes: str | Sequence[str | int]) -> ReducedSystem:
    frequencies = CharacterFrequencies(group)
    if modes == "all":
        if group.order > MAX_ALL_MODES:
            raise InputError(
                "too many modes to derive at once",
                expected=f"order at most {MAX_ALL_MODES}",
                received=f"order {group.order}",
                hint="--modes 1,2,3",
            )
        degree = max(_polynomial(network), default=0)
        chosen = list(range(0 if degree > 2 else 1, group.order))
    else:
        chosen = [_character(group, text) for text in _split(modes)]
    return _source(network, frequencies, _same_for_all(network, chosen, 0), sp.Integer(group.order)).polar


def _derive_templates(network: Network, group: FiniteGroup) -> ReducedSystem:
    """Derive once per kind of character, and group the kinds whose systems read the same."""
    if group.order == 1:
        raise ReductionError("the trivial group has no modes", expected="order at least 2", received="order 1")
    frequencies = CharacterFrequencies(group)
    dual = dual_group(group)
    kinds: dict[object, list[int]] = {}
    for index in range(1, group.order):
        if index == frequencies.canonical(index):
            kinds.setdefault(_kind(network, group, dual, index), []).append(index)
    systems: dict[str, tuple[ReducedSystem, list[int]]] = {}
    for members in kinds.values():
        system = _default(network, frequencies, members[0], sp.Integer(group.order)).polar
        text = f"{system.equations} {system.leaks} {system.definitions}"
        systems.setdefault(text, (system, []))[1].extend(members)
    ranked = sorted(systems.values(), key=lambda item: -len(item[1]))
    templates = tuple(
        Template(tuple(frequencies.label(index) for index in sorted(members)), system)
        for system, members in ranked
    )
    return replace(ranked[0][0], templates=templates)


def _kind(network: Network, group: FiniteGroup, dual: FiniteGroup, index: int) -> object:
    """What decides a mode's system: its character's order, where the task only takes multiples of it."""
    unit = all(abs(c) == 1 for c in network.task.coefficients)
    return int(dual.element_orders[index]) if unit or len(group.factors) == 1 else ("index", index)


def _default(network: Network, frequencies: Frequencies[Any], base: Any, order: sp.Expr) -> FourierSource:
    """One frequency, its multiples that the task asks for, and the mean where the energy depends on it."""
    relative = RelativeFrequencies(frequencies, base) if isinstance(order, sp.Integer) else frequencies
    wanted = [
        (network.embedding_of(i), frequencies.scale(c, base)) for i, c in enumerate(network.task.coefficients)
    ]
    plain = _source(network, relative, [*wanted, ("xi", base)], order)
    if max(_polynomial(network), default=0) < 3:
        return plain
    means = [(name, frequencies.zero) for name in network.embeddings]
    full = _source(network, relative, [*means, *wanted, ("xi", base)], order)
    return full if _depends_on_mean(full.reduction) else plain


class RelativeFrequencies:
    """Characters of a concrete group, named as multiples of one of them: k, 2k, 3k."""

    def __init__(self, frequencies: Frequencies[Any], base: Any) -> None:
        self._frequencies = frequencies
        self._labels: dict[Any, str] = {frequencies.zero: "0"}
        multiple = 1
        while (frequency := frequencies.canonical(frequencies.scale(multiple, base))) not in self._labels:
            self._labels[frequency] = "k" if multiple == 1 else f"{multiple}k"
            multiple += 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._frequencies, name)

    def label(self, frequency: Any) -> str:
        """Multiple of the base, or the character's own name outside of its multiples."""
        canonical = self._frequencies.canonical(frequency)
        return self._labels.get(canonical, self._frequencies.label(canonical))


def _depends_on_mean(reduction: FourierReduction) -> bool:
    means = [mode.letter for mode in reduction.modes if mode.label == "0"]
    return any(exponents[index] for exponents in reduction.energy for index in means)


def _source(
    network: Network, frequencies: Frequencies[Any], wanted: Iterable[tuple[str, Any]], order: sp.Expr
) -> FourierSource:
    modes: ModeSet[Any] = build_modes(frequencies, wanted)
    embeddings = tuple(network.embedding_of(i) for i in range(network.task.summands))
    rules = SelectionRules(modes, _polynomial(network), network.task.coefficients, embeddings)
    return FourierSource(FourierReduction(network, rules, order))


def _polynomial(network: Network) -> dict[int, Fraction]:
    return dict(network.activation_polynomial or {})


def _same_for_all(network: Network, chosen: Sequence[Any], zero: Any) -> Iterator[tuple[str, Any]]:
    """Every weight group at the chosen frequencies; xi without its mean, which the loss does not see."""
    for name in network.embeddings:
        yield from ((name, frequency) for frequency in chosen)
    yield from (("xi", frequency) for frequency in chosen if frequency != zero)


def _split(modes: str | Sequence[str | int]) -> list[str]:
    parts = modes.split(",") if isinstance(modes, str) else [str(mode) for mode in modes]
    texts = [part.strip() for part in parts]
    if not texts or not all(texts):
        raise InputError("no modes given", expected="a list such as k,2k or 1,2", received=repr(modes))
    return texts


def _symbolic_mode(text: str) -> dict[str, Fraction]:
    """Coefficients of k, l, m in an integer combination such as ``2k`` or ``k+l``."""
    spaced = "".join(f"*{c}" if c in SYMBOLS and i and text[i - 1].isdigit() else c for i, c in enumerate(text))
    polynomial = parse(spaced, SYMBOLS).polynomial(SYMBOLS)
    result: dict[str, Fraction] = {}
    for exponents, value in (polynomial or {}).items():
        if sum(exponents) != 1 or value.denominator != 1:
            raise _not_a_mode(text, "an integer combination of k, l, m, such as 2k or k+l")
        result[SYMBOLS[exponents.index(1)]] = value
    if polynomial is None:
        raise _not_a_mode(text, "an integer combination of k, l, m, such as 2k or k+l")
    return result


def _character(group: FiniteGroup, text: str) -> int:
    """Index of a character by its index or label."""
    labels = dual_group(group).labels
    if text in labels:
        return labels.index(text)
    if text.isdigit() and int(text) < group.order:
        return int(text)
    raise _not_a_mode(text, f"a character of {group.name}: an integer from 0 to {group.order - 1}")


def _not_a_mode(text: str, expected: str) -> InputError:
    return InputError("a mode can't be read", expected=expected, received=repr(text), hint="--modes k,2k")

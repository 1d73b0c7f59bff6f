"""derive: from a network to its reduced system, by the road that its group and activation allow."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

import sympy as sp

from odekit.derivation.blocks import lifted_system
from odekit.derivation.harmonics import coupled_harmonic, derive_harmonic
from odekit.derivation.modes import (
    CharacterFrequencies,
    FourierReduction,
    Modes,
    SymbolicFrequencies,
    chosen_characters,
    chosen_combinations,
    default_reduction,
    kinds_of_characters,
    mean_matters,
    reduction_to,
)
from odekit.derivation.orders import HIGHEST_ORDER, blocks_at_order, check_orders, system_at_order
from odekit.derivation.polar import FourierAnswers, SphereAnswers
from odekit.derivation.spheres import radial_conditions
from odekit.errors import InputError, LimitError, ReductionError, shown
from odekit.groups import CyclicFamily, FiniteGroup, dual_group
from odekit.limits import DERIVATION_SECONDS, bounded
from odekit.networks import ACTIVATIONS, Network
from odekit.numbers import integer
from odekit.systems import System, Template

__all__ = ["derive"]


def derive(network: Network, modes: Modes | None = None, order: int = 1) -> System:
    """The network's gradient flow near uniform softmax: in a few Fourier modes, or in blocks.

    On an Abelian group, with or without unit spheres, the result is a system in magnitudes and phases of the
    chosen modes; on any other group it is a system in blocks, at all irreps.

    Near uniform softmax each neuron ascends its own energy ``E = sum (xi[label] - mean xi) act(z)``. The
    result is the gradient flow of E, in the time of the summed loss at logit scale 1, projected on the chosen
    modes; ``network.flow_rate()`` converts it to the time of the network's own loss.

    Parameters
    ----------
    network: polynomial activation; an Abelian group of concrete or symbolic order, or any finite group with
        an activation of degree at most 2. Any other activation (relu, exp(z), ...) on a cyclic group with a
        shared embedding and task x + y or x - y: the result is truncated to one harmonic of one frequency, at
        every order.
    modes: frequencies to keep, such as ``"k,2k"``, ``"k,l"``, ``[1, 2]``, or ``"all"`` at a concrete order;
        ``"0"`` is the mean of theta. By default one frequency k, at which theta has the multiples that the
        task asks for, and the mean where the activation's degree is 3 or more and the energy depends on it.
    order: the highest cumulant of the logits over the outputs that the loss keeps. At 1 softmax is uniform
        and neurons are alone. At 2 or 3, without spheres, they see each other through order parameters, the
        real and imaginary parts of which are parameters of the system: sums over all neurons, which its
        conditions define. All neurons have the same modes there; of polynomial activations, modes into which
        these leak are states too where they act back at that order. Of any other activation, coefficients
        that hold less than 1e-3 of the variance of a neuron's logits are left out, and cumulant 3 adds
        nothing within one harmonic.

    Returns
    -------
    system: in polar form where phases exist. At a concrete order without ``modes`` it is the most common
        kind of mode, and ``system.templates`` lists every kind. On spheres E, the energy of all modes, is a
        parameter of the equations of a few of them.

    Raises
    ------
    ReductionError: an activation that is no polynomial where that is not available, or of a degree above 2
        on a non-Abelian group.
    ReductionError: spheres on which the energy is not homogeneous.
    ReductionError: an order above 1 on spheres, for an activation that jumps or varies too steeply, or in
        blocks with too many terms; order 3 for no polynomial on a group of order 3.
    ReductionError: equations that disagree with brute force at a random point, which is a fault of odekit.
    InputError: modes on a non-Abelian group at order 1, or for an activation that is no polynomial.
    InputError: something else than a network, or an order other than 1, 2 and 3.
    InputError: modes that can't be read, or that the group doesn't have.
    LimitError: it takes longer or more memory than `odekit.limit` allows.

    Source: arXiv 2602.16849 (Z_p, quadratic activation); the selection rules extend it. arXiv 2606.02993
    (any finite group, spheres).

    >>> from odekit.networks import Network
    >>> derive(Network("Zp")).vector_field[0]
    2*alpha*beta*p*cos(D)
    """
    try:
        return _derived(network, modes, order)
    except LimitError as error:
        if order == 1 or not (isinstance(modes, str) and modes == "all"):
            raise
        raise LimitError(
            f"the equations of all modes at order {order} take too long, or too much memory, to write out",
            expected="a few modes, or the flow of neurons in arrays",
            received=f"all modes of {network.finite_group.name}",
            hint=f'odekit.derivation.reduced_population(network, "all", {order}), or a higher odekit.limit',
        ) from error


@bounded("the derivation", DERIVATION_SECONDS)
def _derived(network: Network, modes: Modes | None, order: int) -> System:
    if not isinstance(network, Network):
        raise InputError(
            "what to derive is no network", expected="odekit.Network('Zp')", received=shown(network)
        )
    order = integer(order, "the order of the cumulants", 1, HIGHEST_ORDER)
    if network.activation_polynomial is None:
        return _derive_harmonic(network, modes, order)
    if order > 1:
        check_orders(network)
    finish = _polar if order == 1 else partial(system_at_order, order=order)
    if isinstance(network.group, CyclicFamily):
        return finish(_symbolic_reduction(network, network.group, modes))
    if not network.group.is_abelian:
        if order > 1:
            return blocks_at_order(network, modes, order)
        return _derive_blocks(network, network.group, modes)
    if modes is not None:
        return finish(_chosen_reduction(network, network.group, modes))
    return _derive_templates(network, network.group, finish)


def _derive_harmonic(network: Network, modes: Modes | None, order: int) -> System:
    if modes is not None:
        raise InputError(
            f"the activation {network.activation_name!r} is no polynomial, and is reduced to one frequency",
            expected="no choice of modes",
            received=f"modes {modes}",
            hint="odekit.derivation.HarmonicHierarchy for several harmonics of it",
        )
    is_named = network.activation_name in ACTIVATIONS
    return _one_harmonic(network, order) if is_named else _of_a_formula(network, order)


def _one_harmonic(network: Network, order: int) -> System:
    return derive_harmonic(network) if order == 1 else coupled_harmonic(network, order)


_of_a_formula = bounded("the derivation")(_one_harmonic)


def _derive_blocks(network: Network, group: FiniteGroup, modes: Modes | None) -> System:
    if modes is not None:
        raise InputError(
            f"{group.name} is not Abelian, and has irreps instead of modes",
            expected="no choice of modes: the lifted flow has all irreps",
            received=f"modes {modes}",
        )
    return lifted_system(network)


def _symbolic_reduction(network: Network, family: CyclicFamily, modes: Modes | None) -> FourierReduction:
    order = sp.Symbol(family.symbol, integer=True, positive=True)
    if modes is None:
        return default_reduction(network, SymbolicFrequencies(("k",)), (Fraction(1),), order)
    frequencies, chosen = chosen_combinations(modes)
    wanted = _same_for_all(network, chosen, frequencies.zero)
    return reduction_to(network, frequencies, wanted, order)


def _chosen_reduction(network: Network, group: FiniteGroup, modes: Modes) -> FourierReduction:
    frequencies = CharacterFrequencies(dual_group(group))
    has_mean = network.degree > 2 or any(mean_matters(network, name) for name in network.embeddings)
    chosen = chosen_characters(frequencies, modes, has_mean)
    wanted = _same_for_all(network, chosen, frequencies.zero)
    return reduction_to(network, frequencies, wanted, sp.Integer(group.order))


def _derive_templates(
    network: Network, group: FiniteGroup, finish: Callable[[FourierReduction], System]
) -> System:
    """Derive once per kind of character, and group the kinds whose systems are the same."""
    if group.order == 1:
        raise ReductionError("the trivial group has no modes", expected="order above 1", received="order 1")
    dual = dual_group(group)
    systems: dict[Hashable, tuple[System, list[int]]] = {}
    for members in kinds_of_characters(network, group, dual):
        frequencies = CharacterFrequencies(dual, base=members[0])
        system = finish(default_reduction(network, frequencies, members[0], sp.Integer(group.order)))
        leaks = tuple((name, frozenset(labels)) for name, labels in system.leaks.items())
        key = (tuple(system.equations.items()), leaks, tuple(system.definitions.items()))
        systems.setdefault(key, (system, []))[1].extend(members)
    ranked = sorted(systems.values(), key=lambda item: -len(item[1]))
    templates = tuple(
        Template(tuple(dual.labels[index] for index in sorted(members)), system) for system, members in ranked
    )
    return replace(ranked[0][0], templates=templates)


def _polar(reduction: FourierReduction) -> System:
    network, symbols = reduction.network, reduction.rules.modes.frequencies.symbols
    if network.constraint == "none":
        return FourierAnswers(reduction).verified
    further = radial_conditions(network, symbols) if symbols else ()
    return SphereAnswers(replace(reduction, further=further)).verified


def _same_for_all(network: Network, chosen: Sequence[Any], zero: Any) -> Iterator[tuple[str, Any]]:
    """Every weight group at the chosen frequencies; xi without its mean, which the loss does not see."""
    for name in network.embeddings:
        yield from ((name, frequency) for frequency in chosen)
    yield from (("xi", frequency) for frequency in chosen if frequency != zero)

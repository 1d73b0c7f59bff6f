"""reduce: a flow in fewer variables, on a manifold or by observables, with what does not close."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from odekit.arguments import flag
from odekit.errors import InputError
from odekit.systems.reduction.by_observables import by_invariants, by_observables
from odekit.systems.reduction.on_manifold import on_manifold
from odekit.systems.reduction.sizes import at_any_size
from odekit.systems.system import System

__all__ = ["reduce"]


def reduce(
    flow: System | Callable[[int], System],
    ansatz: Mapping[Any, Any] | None = None,
    *,
    observables: Mapping[Any, Any] | Literal["invariants"] | Callable[[int], Mapping[Any, Any]] | None = None,
    closure: bool = False,
    sizes: Mapping[str, int] | None = None,
) -> System:
    """A flow in fewer variables: on a manifold w = w(s), or by observables I(w).

    Parameters
    ----------
    flow: any system; for observables a polynomial one; with ``sizes``, a function from the size to one.
    ansatz: each state as a formula in coordinates, which are the names that occur and that the flow doesn't
        have; states that are left out stay themselves. The field is projected on the manifold in the flow's
        metric.
    observables: a polynomial of the states by name. Their time derivatives are found as polynomials of them,
        or as quotients with a product of one or two of them below.
        ``"invariants"``: I1, I2, ..., the Gram entries, moments and others that are kept by the rotations and
        permutations of the states that keep the energy, as far as energy and flow need them; where there
        are no such symmetries, what parameters multiply in the energy, and what that leaks.
    closure: whether what the observables leak becomes observables too, up to 60 of them, called I1, I2, ...
    sizes: the name of a size that is to stay a symbol, such as a dimension or a width, with its smallest
        value: ``{"n": 2}``. Flow and observables are then functions of it. The rates are found at four sizes,
        interpolated as polynomials of it, over its square at most, and certified at three further ones.

    Returns
    -------
    system: the velocity of each coordinate or observable; ``closed`` tells whether that is all, ``leaks``
        what is left out, by state or observable, in the coordinates, or in states and observables.
        ``ansatz()`` says what each variable is, and ``certify()`` what is proved: rates with their leaks are
        identities of polynomials; a normal part vanishes as a formula, or at 20 points to 40 digits. If
        `odekit.limit` ends the work, it says what was not looked at; that leaks as a whole.

    Raises
    ------
    ReductionError: with ``sizes``, observables that leak at one, or rates that are no such polynomials.
    InputError: neither or both of the two, coordinates or observables that depend on each other, or a flow
        or an observable that is no polynomial.

    >>> from odekit.systems.energies import gradient_flow
    >>> flow = gradient_flow("(s - a*b - c*d)**2/2", "a b c d", parameters="s")
    >>> print(reduce(flow, observables={"z": "a*b + c*d", "u": "a**2 + b**2 + c**2 + d**2"}))
    z' = -u*(-s + z)
    u' = -4*z*(-s + z)
    >>> reduce(flow, {"a": "r", "b": "r", "c": "q", "d": "2*q"}).leaks["d"]
    ('3*q*(2*q**2 + r**2 - s)/5',)
    """
    if sizes is not None:
        if ansatz is not None or closure:
            raise InputError("a symbolic size needs observables alone", expected="no ansatz, no closure")
        return at_any_size(flow, observables, sizes)
    if not isinstance(flow, System):
        raise InputError("reduce takes a flow", expected="a System", received=type(flow).__name__)
    if (ansatz is None) == (observables is None):
        raise InputError("reduce takes an ansatz or observables", expected="one of them")
    if ansatz is not None:
        return on_manifold(flow, ansatz)
    if isinstance(observables, str) and observables == "invariants":
        return by_invariants(flow)
    return by_observables(flow, observables, flag(closure, "closure"))

"""Groups by name, such as "Q8xS3", and the cyclic families "Zp" and "Zn" whose order is a symbol."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from odekit.arguments import expect
from odekit.errors import InputError, UnknownNameError
from odekit.groups.axioms import MAX_ORDER
from odekit.groups.families.cyclic import check_order, cyclic, product
from odekit.groups.families.extensions import (
    dicyclic,
    dihedral,
    frobenius,
    is_prime,
    semidirect,
    smallest_action,
)
from odekit.groups.families.permutations import alternating, order_of_symmetric, symmetric
from odekit.groups.group import CyclicFamily, FiniteGroup

__all__ = ["group"]

_FAMILIES = {"Zp": CyclicFamily("Zp", "p"), "Zn": CyclicFamily("Zn", "n")}
# More digits than any order has.
_ENORMOUS = re.compile(r"\d{10}")
_SYMBOLIC_ORDER = "'Zp' or 'Zn' where the order may stay a symbol"


@dataclass(frozen=True)
class _Family:
    """How the numbers in a name give the order, and how they give the group."""

    order: Callable[..., int]
    make: Callable[..., FiniteGroup]


def group(name: str) -> FiniteGroup | CyclicFamily:
    """Return the group or family of groups that a name stands for.

    ======================= =========================================================================
    ``Z23``                 cyclic, of order 23; ``Zp`` and ``Zn`` are the families of symbolic order
    ``D4``                  dihedral, of order 8
    ``Q8``, ``Dic3``        generalised quaternion of order 8, 16, 32 ...; dicyclic of order 12
    ``S4``, ``A5``          symmetric and alternating, on 4 and on 5 points
    ``F21``                 Frobenius: Z_7 : Z_3, of order 21 = p q with p prime and q a divisor of p - 1
    ``Z9:Z3(4)``, ``Z9:Z3`` semidirect, b a b^-1 = a^4; without the number, the smallest of order 3
    ``Q8xS3``               the direct product of any of these
    ======================= =========================================================================

    Raises
    ------
    UnknownNameError: no group bears the name; the nearest one is suggested.
    InputError: something else than text; the order is 0, or above `MAX_ORDER`, or there is no Frobenius or
        semidirect product of these orders.

    Examples
    --------
    >>> group("Z2xZ2xZ3").order, group("Q8xS3").order
    (12, 48)
    >>> group("Zp")
    CyclicFamily(name='Zp', symbol='p')
    """
    expect(isinstance(name, str), "the group is no name", "text such as 'Z7'", name, "'Z7'")
    if name in _FAMILIES:
        return _FAMILIES[name]
    expect(
        not _ENORMOUS.search(name),
        "the group's order is too large",
        f"order at most {MAX_ORDER}",
        name,
        _SYMBOLIC_ORDER,
    )
    factors = [_read(factor) for factor in name.split("x")]
    known = [factor for factor in factors if factor is not None]
    if len(known) < len(factors):
        reading = _readings(name)
        known_names = [*reading, *_EXAMPLES, "likewise for other orders"]
        raise UnknownNameError("group", name, dict.fromkeys(known_names), repr(reading[0]) if reading else "")
    check_order(math.prod(family.order(*numbers) for family, numbers in known), hint=_SYMBOLIC_ORDER)
    return product(*(family.make(*numbers) for family, numbers in known))


def _read(factor: str) -> tuple[_Family, list[int]] | None:
    """Return the family of a factor without ``x``, and the numbers in its name."""
    for pattern, family in _PATTERNS.items():
        if found := pattern.fullmatch(factor):
            return family, [int(number) for number in found.groups() if number is not None]
    return None


def _quaternion(order: int) -> FiniteGroup:
    if order < 8 or order & (order - 1):
        raise InputError(
            f"there is no generalised quaternion group of order {order}",
            expected="Q8, Q16, Q32 and so on",
            received=f"Q{order}",
            hint=f"'Dic{order // 4}'" if order and order % 4 == 0 else "",
        )
    return dicyclic(order // 4)


def _frobenius_of_order(order: int) -> FiniteGroup:
    """Find p as the prime factor above the square root: it divides p q, and q divides p - 1."""
    for q in range(2, math.isqrt(order) + 1):
        if order % q == 0 and is_prime(order // q) and (order // q - 1) % q == 0:
            return frobenius(order // q, q)
    raise InputError(
        f"there is no Frobenius group Z_p : Z_q of order {order}",
        expected="an order p q with p prime and q >= 2 a divisor of p - 1, such as F20, F21 and F42",
        received=f"F{order}",
        hint="'Zn:Zm(k)' for other semidirect products",
    )


def _semidirect_of_orders(n: int, m: int, k: int | None = None) -> FiniteGroup:
    if k is None and m > 1 and smallest_action(n, m) == 1:
        raise InputError(
            f"no automorphism of Z{n} has order {m}",
            expected="Zn:Zm with a unit of order m modulo n",
            received=f"Z{n}:Z{m}",
            hint=f"'Z{n}:Z{m}(k)' with k^{m} = 1 modulo {n}",
        )
    return semidirect(n, m, smallest_action(n, m) if k is None else k)


_PATTERNS = {
    re.compile(r"Z(\d{1,9})"): _Family(lambda n: n, cyclic),
    re.compile(r"D(\d{1,9})"): _Family(lambda n: 2 * n, dihedral),
    re.compile(r"Q(\d{1,9})"): _Family(lambda n: n, _quaternion),
    re.compile(r"Dic(\d{1,9})"): _Family(lambda n: 4 * n, dicyclic),
    re.compile(r"S(\d{1,9})"): _Family(order_of_symmetric, symmetric),
    re.compile(r"A(\d{1,9})"): _Family(lambda n: max(1, order_of_symmetric(n) // 2), alternating),
    re.compile(r"F(\d{1,9})"): _Family(lambda n: n, _frobenius_of_order),
    re.compile(r"Z(\d{1,9}):Z(\d{1,9})(?:\((\d{1,9})\))?"): _Family(
        lambda n, m, k=None: n * m, _semidirect_of_orders
    ),
}


_EXAMPLES = ("Zp", "Zn", "Z23", "Z3xZ5", "D4", "Q8", "Dic3", "S4", "A5", "F21", "Z9:Z3(4)", "Q8xS3")
# A cyclic group whose order is a letter.
_SYMBOLIC = re.compile(r"[ZzCc]_?[a-z]")


def _readings(name: str) -> list[str]:
    """What a misspelt product may mean: of cyclic groups, or of any, without spaces and underscores."""
    orders = [int(digits) for digits in re.findall(r"\d{1,9}", name)]
    letters = {character.lower() for character in name if character.isalpha()}
    is_misspelt = bool(orders) and all(orders) and letters <= set("czx")
    reading = ["x".join(f"Z{order}" for order in orders)] if is_misspelt else []
    spelt = re.sub(r"[\s_]", "", name).replace("*", "x").replace("X", "x")
    spelt = "x".join(factor.capitalize() for factor in spelt.split("x"))
    if _SYMBOLIC.fullmatch(name):
        return ["Zp"]
    return [*reading, spelt] if all(map(_read, spelt.split("x"))) else reading

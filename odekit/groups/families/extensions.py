"""Groups of words a^i b^j, at index i + n j: semidirect products, dihedral, dicyclic and Frobenius groups."""

import math

import numpy as np

from odekit.arrays import IndexArray
from odekit.errors import InputError
from odekit.groups.families.cyclic import check_order
from odekit.groups.group import FiniteGroup
from odekit.numbers import integer

__all__ = ["dicyclic", "dihedral", "frobenius", "is_prime", "semidirect", "smallest_action"]

_QUATERNION_UNITS = ("1", "i", "-1", "-i", "j", "k", "-j", "-k")


def semidirect(n: int, m: int, k: int) -> FiniteGroup:
    """Return the semidirect product Z_n : Z_m in which b a b^-1 = a^k.

        (a^i b^j) (a^p b^q) = a^(i + k^j p) b^(j + q)

    Parameters
    ----------
    n, m: orders of a and of b; n m is at most `MAX_ORDER` (4096).
    k: an integer with k^m = 1 modulo n; k = 1 gives the direct product.

    Raises
    ------
    InputError: n or m isn't a positive whole number, or the group is too large.
    InputError: k^m isn't 1 modulo n, so that there is no such group.

    Examples
    --------
    >>> G = semidirect(9, 3, 4)
    >>> G.name, G.order, G.is_abelian
    ('Z9:Z3(4)', 27, False)
    """
    n, m = integer(n, "the order of a", 1), integer(m, "the order of b", 1)
    check_order(n * m)
    if pow(k, m, n) != 1 % n:
        raise InputError(
            f"{k} gives no action of Z{m} on Z{n}",
            expected=f"k with k^{m} = 1 modulo {n}, for example {smallest_action(n, m)}",
            received=f"{k}^{m} = {pow(k, m, n)} modulo {n}",
        )
    powers = np.array([pow(k, j, n) for j in range(m)], dtype=np.intp)
    return FiniteGroup(f"Z{n}:Z{m}({k % n})", _twisted_table(n, powers, 0), _word_labels(n, m))


def dihedral(n: int) -> FiniteGroup:
    """Return the dihedral group of order 2n, the symmetries of a regular polygon with n corners.

    The rotations r^i come first, then the reflections r^i s, with s r s = r^-1.

    Parameters
    ----------
    n: the number of corners; n = 1 and n = 2 give Z2 and Z2xZ2.

    Raises
    ------
    InputError: n isn't a positive whole number, or the group is too large.

    Examples
    --------
    >>> G = dihedral(4)
    >>> G.name, G.order, G.labels[5]
    ('D4', 8, 'rs')
    """
    n = integer(n, "the number of corners", 1)
    check_order(2 * n)
    return FiniteGroup(f"D{n}", _twisted_table(n, np.array([1, -1]), 0), _word_labels(n, 2, "r", "s"))


def dicyclic(n: int) -> FiniteGroup:
    """Return the dicyclic group of order 4n: a^(2n) = 1, b^2 = a^n, b a b^-1 = a^-1.

    If n is a power of 2 (from 2 on), this is a generalised quaternion group and is named so: ``dicyclic(2)``
    is Q8, its elements being called 1, i, -1, -i, j, k, -j, -k.

    Parameters
    ----------
    n: half the order of a; n = 1 gives Z4.

    Raises
    ------
    InputError: n isn't a positive whole number, or the group is too large.

    Examples
    --------
    >>> dicyclic(2).name, dicyclic(3).name, dicyclic(4).name
    ('Q8', 'Dic3', 'Q16')
    >>> Q8 = dicyclic(2)
    >>> Q8.labels[Q8.table[Q8.labels.index("i"), Q8.labels.index("j")]]
    'k'
    """
    n = integer(n, "the number n of a dicyclic group", 1)
    check_order(4 * n)
    is_quaternion = n >= 2 and n & (n - 1) == 0
    name = f"Q{4 * n}" if is_quaternion else f"Dic{n}"
    labels = _QUATERNION_UNITS if n == 2 else _word_labels(2 * n, 2)
    return FiniteGroup(name, _twisted_table(2 * n, np.array([1, -1]), n), labels)


def frobenius(p: int, q: int) -> FiniteGroup:
    """Return the Frobenius group Z_p : Z_q of order p q, for a prime p and a divisor q of p - 1.

    It is the group of maps x -> c x + t of the integers modulo p with c^q = 1; a is the translation by 1
    and b the multiplication by k, the smallest number of multiplicative order q.

    Parameters
    ----------
    p: a prime, at least 3.
    q: a divisor of p - 1, at least 2.

    Raises
    ------
    InputError: p isn't a prime of at least 3, or q isn't such a divisor, or the group is too large.

    Examples
    --------
    >>> frobenius(7, 3).name, frobenius(5, 4).name
    ('F21', 'F20')
    """
    p, q = integer(p, "the prime p", 1), integer(q, "the divisor q of p - 1", 1)
    check_order(p * q)
    if p < 3 or not is_prime(p) or q == 1 or (p - 1) % q:
        raise InputError(
            f"there is no Frobenius group Z{p} : Z{q} over a prime",
            expected="a prime p >= 3 and a divisor q >= 2 of p - 1",
            received=f"p = {p}, q = {q}",
            hint="semidirect(n, m, k) for other products",
        )
    G = semidirect(p, q, smallest_action(p, q))
    return FiniteGroup(f"F{p * q}", G.table, G.labels)


def smallest_action(n: int, m: int) -> int:
    """Return the smallest k >= 1 whose multiplicative order modulo n is m, or 1 if there is none."""
    return next((k for k in range(1, n) if math.gcd(k, n) == 1 and _multiplicative_order(k, n) == m), 1)


def is_prime(p: int) -> bool:
    """Whether a small number is prime."""
    return p > 1 and all(p % divisor for divisor in range(2, math.isqrt(p) + 1))


def _multiplicative_order(k: int, n: int) -> int:
    power, order = k % n, 1
    while power != 1 % n:
        power, order = power * k % n, order + 1
    return order


def _twisted_table(n: int, powers: IndexArray, carry: int) -> IndexArray:
    """Multiply words a^i b^j: b^j a b^-j = a^powers[j] and b^m = a^carry, m being the number of powers."""
    m = powers.size
    j, i = np.divmod(np.arange(n * m, dtype=np.intp), n)
    overflow = (j[:, None] + j) // m * carry
    exponents = (i[:, None] + powers[j][:, None] * i + overflow) % n
    table: IndexArray = exponents + n * ((j[:, None] + j) % m)
    return table


def _word_labels(n: int, m: int, a: str = "a", b: str = "b") -> tuple[str, ...]:
    words = (_power(a, i) + _power(b, j) for j in range(m) for i in range(n))
    return tuple(word or "e" for word in words)


def _power(letter: str, exponent: int) -> str:
    return "" if exponent == 0 else letter if exponent == 1 else f"{letter}{exponent}"

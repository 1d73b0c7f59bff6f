"""How a name is read: a letter, and what stands below it."""

import re

__all__ = ["name_parts"]

_WORDS = {"_plus_": "+", "_minus_": "-", "_over_": "/"}


def name_parts(name: str) -> tuple[str, tuple[str, ...]]:
    """A name's letter, and what stands below it: number and frequency.

    >>> name_parts("alpha1_2k"), name_parts("D0"), name_parts("u_k_plus_l"), name_parts("rate")
    (('alpha', ('1', '2k')), ('D', ('0',)), ('u', ('k+l',)), ('rate', ()))
    """
    match = re.fullmatch(r"([A-Za-z]+)(\d*)(?:_(\w+))?", name)
    if match is None:
        return name, ()
    letter, number, tail = match[1], match[2], match[3] or ""
    for word, sign in _WORDS.items():
        tail = tail.replace(word, sign)
    return letter, tuple(part for part in (number, *tail.split("_")) if part)

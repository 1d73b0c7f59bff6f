"""Text of a user's as everybody sees it: what can't be seen, or turns the text around it, gets a name."""

import unicodedata

__all__ = ["visible"]

# Control characters, those that turn the direction of the text around them, private and unassigned ones.
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_KEPT = "\n\t"


def visible(text: str) -> str:
    r"""The text with code points in place of the characters that nobody sees.

    >>> print(visible("a\x1b[2J\u202eb"))
    a\x1b[2J\u202eb
    """
    return "".join(_named(character) for character in text)


def _named(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in _UNSEEN:
        return character
    return character.encode("unicode_escape").decode("ascii")

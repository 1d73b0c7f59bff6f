"""Text with formulas between dollar signs, such as ``"the phase difference $D = 2 phi - psi$ shrinks"``."""

import re

__all__ = ["marked_pieces", "unmarked"]

# As in Pandoc, so that prices are none: no blank inside of either sign, and no digit after the second.
_FORMULA = re.compile(r"\$(?! )([^$\n]+?)(?<! )\$(?!\d)")


def unmarked(text: str) -> str:
    """The text without the marks, as a terminal shows it.

    >>> unmarked("so $D = 0$ attracts; $5 or $6 are no formula")
    'so D = 0 attracts; $5 or $6 are no formula'
    """
    return _FORMULA.sub(r"\1", text)


def marked_pieces(text: str) -> list[tuple[str, bool]]:
    """The text's pieces in order, and whether each is a formula.

    >>> marked_pieces("so $D = 0$ attracts")
    [('so ', False), ('D = 0', True), (' attracts', False)]
    """
    pieces = [(piece, place % 2 == 1) for place, piece in enumerate(_FORMULA.split(text))]
    return [(piece, is_formula) for piece, is_formula in pieces if piece]

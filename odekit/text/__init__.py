"""What may text for people hold? Formulas between marks, and no character that nobody sees."""

from odekit.text.marked import marked_pieces, unmarked
from odekit.text.visible import visible

__all__ = ["marked_pieces", "unmarked", "visible"]

"""Is my formula right? A user's own equations, integrals, rates, closed forms against the derivation.

What enters is text that a user wrote, in a file or a mapping, and the network that it is about. What leaves
is a `Finding` for each line: it agrees, proved or to so many digits, or it differs, with a point that shows
it, both values, their ratio, and the corrected formula. Text is read by a whitelist and never run. This room
must not know how findings are shown.
"""

from odekit.checking.check import check
from odekit.checking.finding import Finding

__all__ = ["Finding", "check"]

"""Is my formula right? A user's own formulas, read by a whitelist and never run, against the derivation."""

from odekit.checking.check import check
from odekit.checking.finding import Finding, Findings

__all__ = ["Finding", "Findings", "check"]

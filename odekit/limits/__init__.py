"""How long may symbolic work take, and with how much memory? Bounds on each question."""

from odekit.limits.bounds import DERIVATION_SECONDS, bounded, limit, limits_in_force
from odekit.limits.machine import processors

__all__ = ["DERIVATION_SECONDS", "bounded", "limit", "limits_in_force", "processors"]

"""Claims of one's own: written in Python, or as tables of common kinds about a system in a TOML file."""

from odekit.claims.own.decorator import Measurement, claim
from odekit.claims.own.files import claims_in, is_file

__all__ = ["Measurement", "claim", "claims_in", "is_file"]

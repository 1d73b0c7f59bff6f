"""Is the derived field the gradient? Brute force over all tuples, exact or in numbers."""

from odekit.derivation.certificates.certificate import TOLERANCE, certify
from odekit.derivation.certificates.exact_transform import root_reducer

__all__ = ["TOLERANCE", "certify", "root_reducer"]

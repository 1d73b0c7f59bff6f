"""What does a flow conserve?"""

from odekit.systems.integrals.field_polynomials import MAX_TERMS, expanded_size, field_polynomials
from odekit.systems.integrals.polynomial_integrals import polynomial_integrals

__all__ = ["MAX_TERMS", "expanded_size", "field_polynomials", "polynomial_integrals"]

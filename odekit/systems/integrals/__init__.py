"""What does a flow conserve?"""

from odekit.systems.integrals.conserved import conserved_combinations, primitive
from odekit.systems.integrals.independence import Independence, random_point
from odekit.systems.integrals.polynomial_field import MAX_TERMS, expanded_size
from odekit.systems.integrals.polynomial_integrals import polynomial_integrals
from odekit.systems.integrals.search import along_field, by_grade, grade, independent_integrals

__all__ = [
    "MAX_TERMS",
    "Independence",
    "along_field",
    "by_grade",
    "conserved_combinations",
    "expanded_size",
    "grade",
    "independent_integrals",
    "polynomial_integrals",
    "primitive",
    "random_point",
]

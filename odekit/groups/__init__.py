"""What the weights live on: finite groups, their irreps, and one Fourier convention.

    fhat(rho) = sum_g f(g) rho(g),        f(g) = (1/n) sum_rho d_rho tr( rho(g)^* fhat(rho) )

On an Abelian group real weights are w = mean + sum_k Re(u_k chi_k), u = alpha exp(i phi) for a pair of
conjugate characters and a signed number for a character of order 2.

>>> from odekit.groups import group, to_modes
>>> G = group("Z3xZ5")
>>> G.order, to_modes([0.0] * 15, G).shape
(15, (7,))
>>> [(sigma.name, sigma.type, sigma.r) for sigma in group("S4").real_irreps]
[('1', 'R', 1), ('1a', 'R', 1), ('2', 'R', 2), ('3a', 'R', 3), ('3b', 'R', 3)]
"""

from odekit.groups.axioms import MAX_ORDER
from odekit.groups.characters import character_exponents, character_labels, characters, conjugate_characters
from odekit.groups.classes import class_of_elements, conjugacy_classes
from odekit.groups.dual import dual_group
from odekit.groups.families import *
from odekit.groups.fourier import *
from odekit.groups.group import CyclicFamily, FiniteGroup
from odekit.groups.irreps import *
from odekit.groups.table import GroupTable

__all__ = [
    "KAPPA",
    "LARGEST_ORDER_OF_IRREPS",
    "MAX_ORDER",
    "CyclicFamily",
    "FiniteGroup",
    "GroupTable",
    "Irrep",
    "RealIrrep",
    "RealModes",
    "RepresentationCheck",
    "alternating",
    "averaged_coefficients",
    "character_exponents",
    "character_labels",
    "character_table",
    "characters",
    "check_representation",
    "class_of_elements",
    "coefficients_to_modes",
    "conjugacy_classes",
    "conjugate_characters",
    "cyclic",
    "dicyclic",
    "dihedral",
    "dual_group",
    "eigenvalue_multiplicities",
    "find_irreps",
    "find_real_irreps",
    "fourier_transform",
    "frobenius",
    "frobenius_schur_indicators",
    "from_modes",
    "from_table",
    "group",
    "group_fourier",
    "inverse_fourier_transform",
    "inverse_group_fourier",
    "load_table",
    "mean_mode",
    "mode_basis",
    "modes_to_coefficients",
    "product",
    "rank_one",
    "semidirect",
    "symmetric",
    "to_modes",
    "wrap_phase",
]

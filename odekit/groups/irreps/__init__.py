"""Which irreps has a group? Complex and real ones, from its multiplication table alone."""

from odekit.groups.irreps.character_tables import character_table, eigenvalue_multiplicities
from odekit.groups.irreps.decomposition import LARGEST_ORDER_OF_IRREPS, Irrep, find_irreps
from odekit.groups.irreps.frobenius_schur import KAPPA, frobenius_schur_indicators
from odekit.groups.irreps.real_irreps import RealIrrep, find_real_irreps
from odekit.groups.irreps.representations import RepresentationCheck, check_representation

__all__ = [
    "KAPPA",
    "LARGEST_ORDER_OF_IRREPS",
    "Irrep",
    "RealIrrep",
    "RepresentationCheck",
    "character_table",
    "check_representation",
    "eigenvalue_multiplicities",
    "find_irreps",
    "find_real_irreps",
    "frobenius_schur_indicators",
]

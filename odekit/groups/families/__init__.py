"""Which groups have names? Cyclic, dihedral, symmetric and other families, products, and tables."""

from odekit.groups.families.cyclic import cyclic, product
from odekit.groups.families.extensions import dicyclic, dihedral, frobenius, semidirect
from odekit.groups.families.names import group
from odekit.groups.families.permutations import alternating, symmetric
from odekit.groups.families.tables import from_table, load_table

__all__ = [
    "alternating",
    "cyclic",
    "dicyclic",
    "dihedral",
    "frobenius",
    "from_table",
    "group",
    "load_table",
    "product",
    "semidirect",
    "symmetric",
]

"""Which groups have names? Cyclic, dihedral, symmetric and other families, products, and tables."""

from odekit.groups.families.cyclic import *
from odekit.groups.families.extensions import *
from odekit.groups.families.names import *
from odekit.groups.families.permutations import *
from odekit.groups.families.tables import *

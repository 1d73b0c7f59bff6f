"""Which irreps has a group? Complex and real ones, from its multiplication table alone."""

from odekit.groups.irreps.character_tables import *
from odekit.groups.irreps.decomposition import *
from odekit.groups.irreps.frobenius_schur import *
from odekit.groups.irreps.real_irreps import *
from odekit.groups.irreps.representations import *

"""What moves on any finite group? Blocks at irreps: energy, flow, conservation laws, landscape."""

from odekit.derivation.blocks.answers import *
from odekit.derivation.blocks.certificate import *
from odekit.derivation.blocks.conservation_laws import *
from odekit.derivation.blocks.flow import *
from odekit.derivation.blocks.landscape import *
from odekit.derivation.blocks.lifted import *
from odekit.derivation.blocks.maximiser import *
from odekit.derivation.blocks.monomial import *
from odekit.derivation.blocks.stack import *

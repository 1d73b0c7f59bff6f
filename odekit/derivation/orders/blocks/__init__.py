"""What follows uniform softmax on any finite group? Blocks at irreps, coupled by sums of their products."""

from odekit.derivation.orders.blocks.answers import *
from odekit.derivation.orders.blocks.bases import *
from odekit.derivation.orders.blocks.certificate import *
from odekit.derivation.orders.blocks.evaluation import *
from odekit.derivation.orders.blocks.flow import *
from odekit.derivation.orders.blocks.kinds import *
from odekit.derivation.orders.blocks.mean_field import *
from odekit.derivation.orders.blocks.population import *

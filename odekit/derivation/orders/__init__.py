"""What follows softmax at uniform outputs? The flow at higher cumulants, coupled by order parameters."""

from odekit.derivation.orders.answers import *
from odekit.derivation.orders.blocks import *
from odekit.derivation.orders.components import *
from odekit.derivation.orders.coupled_flow import *
from odekit.derivation.orders.derived import *
from odekit.derivation.orders.reduced_population import *

"""What do heads of softmax attention learn in context? Their averaged loss and the drift along its valley."""

from odekit.derivation.attention.averaged_loss import *
from odekit.derivation.attention.slow_manifold import *
from odekit.derivation.attention.valley import *

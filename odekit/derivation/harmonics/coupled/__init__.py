"""What follows uniform softmax within one harmonic? For any activation, neurons that sums over all couple."""

from odekit.derivation.harmonics.coupled.answers import *
from odekit.derivation.harmonics.coupled.coupling import *
from odekit.derivation.harmonics.coupled.population import *
from odekit.derivation.harmonics.coupled.torus import *

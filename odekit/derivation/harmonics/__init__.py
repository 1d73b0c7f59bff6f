"""What of activations that are no polynomial? One harmonic of one frequency, and what it neglects."""

from odekit.derivation.harmonics.answers import *
from odekit.derivation.harmonics.coupled import *
from odekit.derivation.harmonics.growth import *
from odekit.derivation.harmonics.hierarchy import *
from odekit.derivation.harmonics.kinked_response import *
from odekit.derivation.harmonics.lattice import *
from odekit.derivation.harmonics.profile import *

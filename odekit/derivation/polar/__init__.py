"""How do magnitudes and phases move? The reduced field in every form, with what is known of its orbits."""

from odekit.derivation.polar.answers import *
from odekit.derivation.polar.decay import *
from odekit.derivation.polar.sphere_answers import *

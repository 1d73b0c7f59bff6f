"""What is the gradient of the loss up to a cumulant? Sums over all tuples, in floats or modulo a prime."""

from odekit.derivation.orders.brute_force.gradient import *
from odekit.derivation.orders.brute_force.numbers import *

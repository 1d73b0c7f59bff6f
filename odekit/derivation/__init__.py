"""What is the reduced ODE? From a network's loss to its flow in Fourier modes, derived and certified.

What enters is a `Network`. What leaves is a `ReducedSystem`: states, vector field, metric, the conditions
under which it holds, whether its modes are closed and where they leak, first integrals that were found, fixed
phase differences with their stability, and a certificate that compares it with brute-force sums. This is
the room of SymPy. It must not know how systems are solved, nor how networks are simulated.
"""

from odekit.derivation.certificate import Certificate
from odekit.derivation.closed_form import EllipticForm
from odekit.derivation.derive import derive
from odekit.derivation.fixed_points import FixedPoint
from odekit.derivation.lifted_system import LiftedSystem
from odekit.derivation.system import ReducedSystem, Source, Template

__all__ = ["Certificate", "EllipticForm", "FixedPoint", "LiftedSystem", "ReducedSystem", "Source", "Template", "derive"]

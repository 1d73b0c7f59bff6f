"""What is the reduced ODE? From a network's loss to its flow in modes or blocks, derived and certified.

What enters is a `Network`. What leaves on an Abelian group is a `ReducedSystem`: states, vector field,
metric, the conditions under which it holds, whether its modes are closed and where they leak, first integrals
that were found, fixed phase differences with their stability, and a certificate that compares it with
brute-force sums. On any other finite group it is a `LiftedSystem`: equations of motion of the blocks at the
group's irreps, in words of matrices, their conservation laws, and a certificate. With unit spheres come the
maxima of the energy (`CriticalPoint`, `maximiser`), the rates at them, and exact solutions. This is the room
of SymPy. It must not know how systems are solved, nor how networks are simulated.
"""

from odekit.derivation.block_certificate import BlockCertificate
from odekit.derivation.block_stack import BlockStack
from odekit.derivation.certificate import Certificate
from odekit.derivation.closed_form import EllipticForm
from odekit.derivation.derive import derive
from odekit.derivation.equivalent_form import EquivalentForm
from odekit.derivation.fixed_points import FixedPoint
from odekit.derivation.landscape import CriticalPoint
from odekit.derivation.lifted_integrals import ConservationLaw
from odekit.derivation.lifted_system import LiftedSystem
from odekit.derivation.maximiser import maximiser
from odekit.derivation.sphere_form import SphereForm
from odekit.derivation.sphere_report import SphereReport
from odekit.derivation.system import ReducedSystem, Source, Template

__all__ = [
    "BlockCertificate",
    "BlockStack",
    "Certificate",
    "ConservationLaw",
    "CriticalPoint",
    "EllipticForm",
    "EquivalentForm",
    "FixedPoint",
    "LiftedSystem",
    "ReducedSystem",
    "Source",
    "SphereForm",
    "SphereReport",
    "Template",
    "derive",
    "maximiser",
]

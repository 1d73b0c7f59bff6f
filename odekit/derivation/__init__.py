"""What is the reduced ODE? From a network's loss to its flow in modes or blocks, derived and certified.

What enters is a `Network`. What leaves on an Abelian group is a `ReducedSystem`: states, vector field,
metric, the conditions under which it holds, whether its modes are closed and where they leak, first integrals
that were found, fixed phase differences with their stability, and a certificate that compares it with
brute-force sums. On any other finite group it is a `LiftedSystem`: equations of motion of the blocks at the
group's irreps, in words of matrices, their conservation laws, and a certificate. With unit spheres come the
maxima of the energy (`CriticalPoint`, `maximiser`), the rates at them, and exact solutions. `gradient_flow`
makes the same kind of system from any energy in `variable`s, with a metric and a constraint. This is the room
of SymPy. It must not know how systems are solved, nor how networks are simulated.
"""

from odekit.derivation.blocks.certificate import BlockCertificate
from odekit.derivation.blocks.conservation_laws import ConservationLaw
from odekit.derivation.blocks.landscape import CriticalPoint
from odekit.derivation.blocks.lifted_system import LiftedSystem
from odekit.derivation.blocks.maximiser import maximiser
from odekit.derivation.blocks.stack import BlockStack
from odekit.derivation.certificates.certificate import Certificate
from odekit.derivation.derive import derive
from odekit.derivation.harmonics.answers import initial_rates
from odekit.derivation.harmonics.growth import GrowthShape, growth_shape
from odekit.derivation.harmonics.hierarchy import HarmonicHierarchy
from odekit.derivation.harmonics.kinked_response import Leakage, degree_one_leakage
from odekit.derivation.harmonics.profile import Profile, energy_profile, harmonic, parity_parts
from odekit.derivation.polar.closed_form import EllipticForm
from odekit.derivation.polar.decay import DecayLaw, decay_law, with_decay
from odekit.derivation.polar.equivalent_form import EquivalentForm
from odekit.derivation.polar.fixed_points import FixedPoint
from odekit.derivation.resonances import Resonance, close, coupling_graph, resonances
from odekit.derivation.spheres.form import SphereForm
from odekit.derivation.spheres.report import SphereReport
from odekit.systems.answers import Source
from odekit.systems.energies.gradient_flow import gradient_flow
from odekit.systems.energies.variables import Variable, variable
from odekit.systems.symmetries import ScalingSymmetry
from odekit.systems.system import ReducedSystem, Template

__all__ = [
    "BlockCertificate",
    "BlockStack",
    "Certificate",
    "ConservationLaw",
    "CriticalPoint",
    "DecayLaw",
    "EllipticForm",
    "EquivalentForm",
    "FixedPoint",
    "GrowthShape",
    "HarmonicHierarchy",
    "Leakage",
    "LiftedSystem",
    "Profile",
    "ReducedSystem",
    "Resonance",
    "ScalingSymmetry",
    "Source",
    "SphereForm",
    "SphereReport",
    "Template",
    "Variable",
    "close",
    "coupling_graph",
    "decay_law",
    "degree_one_leakage",
    "derive",
    "energy_profile",
    "gradient_flow",
    "growth_shape",
    "harmonic",
    "initial_rates",
    "maximiser",
    "parity_parts",
    "resonances",
    "variable",
    "with_decay",
]

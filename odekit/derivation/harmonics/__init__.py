"""What of activations that are no polynomial? One harmonic of one frequency, and what it neglects."""

from odekit.derivation.harmonics.answers import derive_harmonic, initial_rates
from odekit.derivation.harmonics.growth import GrowthShape, growth_shape
from odekit.derivation.harmonics.hierarchy import HarmonicHierarchy
from odekit.derivation.harmonics.kinked_response import Leakage, degree_one_leakage
from odekit.derivation.harmonics.profile import Profile, energy_profile, harmonic, parity_parts

__all__ = [
    "GrowthShape",
    "HarmonicHierarchy",
    "Leakage",
    "Profile",
    "degree_one_leakage",
    "derive_harmonic",
    "energy_profile",
    "growth_shape",
    "harmonic",
    "initial_rates",
    "parity_parts",
]

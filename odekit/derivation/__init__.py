"""What is a network's reduced ODE? From its loss to its flow in modes or blocks, derived and certified."""

from odekit.derivation.answers import complex_equations, elliptic_curve, holds_at, network_of, sphere_report
from odekit.derivation.blocks import (
    BlockCertificate,
    ConservationLaw,
    Lifted,
    LiftedFlow,
    critical_point,
    landscape,
    lift,
    lifted_of,
    lifted_system,
    maximiser,
    system_in_blocks,
)
from odekit.derivation.derive import derive
from odekit.derivation.harmonics import (
    GrowthShape,
    HarmonicHierarchy,
    Leakage,
    Profile,
    degree_one_leakage,
    energy_profile,
    growth_shape,
    harmonic,
    initial_rates,
    parity_parts,
)
from odekit.derivation.orders import BlockPopulation, ReducedPopulation, reduced_population
from odekit.derivation.polar import DecayLaw, FourierAnswers, SphereAnswers, decay_law, with_decay
from odekit.derivation.population import Wave, population_logits
from odekit.derivation.resonances import Resonance, close, resonances
from odekit.derivation.spheres import CriticalPoint, SphereReport, alignment_rate

__all__ = [
    "BlockCertificate",
    "BlockPopulation",
    "ConservationLaw",
    "CriticalPoint",
    "DecayLaw",
    "FourierAnswers",
    "GrowthShape",
    "HarmonicHierarchy",
    "Leakage",
    "Lifted",
    "LiftedFlow",
    "Profile",
    "ReducedPopulation",
    "Resonance",
    "SphereAnswers",
    "SphereReport",
    "Wave",
    "alignment_rate",
    "close",
    "complex_equations",
    "critical_point",
    "decay_law",
    "degree_one_leakage",
    "derive",
    "elliptic_curve",
    "energy_profile",
    "growth_shape",
    "harmonic",
    "holds_at",
    "initial_rates",
    "landscape",
    "lift",
    "lifted_of",
    "lifted_system",
    "maximiser",
    "network_of",
    "parity_parts",
    "population_logits",
    "reduced_population",
    "resonances",
    "sphere_report",
    "system_in_blocks",
    "with_decay",
]

"""What moves on any finite group? Blocks at irreps: energy, flow, conservation laws, landscape."""

from odekit.derivation.blocks.answers import BlockAnswers, lifted_of, lifted_system, system_in_blocks
from odekit.derivation.blocks.certificate import BlockCertificate
from odekit.derivation.blocks.conservation_laws import ConservationLaw
from odekit.derivation.blocks.flow import LiftedFlow, lift
from odekit.derivation.blocks.landscape import abelian_maxima, critical_point, landscape
from odekit.derivation.blocks.lifted import Lifted
from odekit.derivation.blocks.maximiser import maximiser

__all__ = [
    "BlockAnswers",
    "BlockCertificate",
    "ConservationLaw",
    "Lifted",
    "LiftedFlow",
    "abelian_maxima",
    "critical_point",
    "landscape",
    "lift",
    "lifted_of",
    "lifted_system",
    "maximiser",
    "system_in_blocks",
]

"""Where does the reduced flow take the network's own start? Modes, blocks, and the race on spheres."""

from odekit.comparison.flows.final_shares import final_shares
from odekit.comparison.flows.free_flow import free_blow_up_times
from odekit.comparison.flows.lifted import LiftedNeurons
from odekit.comparison.flows.linearisation import Linearisation, Separation
from odekit.comparison.flows.reduced_flow import ReducedFlow

__all__ = [
    "LiftedNeurons",
    "Linearisation",
    "ReducedFlow",
    "Separation",
    "final_shares",
    "free_blow_up_times",
]

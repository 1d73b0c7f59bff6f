"""What accompanies a system: variants with disturbed velocities or another clock, functions of its states."""

from odekit.systems.companions.observables import Observables, observables
from odekit.systems.companions.pushed import PushedSystem, clock_of, clocked, pushed

__all__ = ["Observables", "PushedSystem", "clock_of", "clocked", "observables", "pushed"]

"""Which flows are solved without a step? Elliptic orbits, blow-up times, competitions on spheres."""

from odekit.solvers.exact.blow_up_time import (
    blow_up_time,
    exact_modes,
    exact_modes_before_blow_up,
    exact_orbit,
)
from odekit.solvers.exact.phases import final_phases, time_to_phase_alignment
from odekit.solvers.exact.sphere_rows import is_solved_on_spheres, solve_on_spheres
from odekit.solvers.exact.spheres import aligned_competition, aligned_pair, free_blow_up_time

__all__ = [
    "aligned_competition",
    "aligned_pair",
    "blow_up_time",
    "exact_modes",
    "exact_modes_before_blow_up",
    "exact_orbit",
    "final_phases",
    "free_blow_up_time",
    "is_solved_on_spheres",
    "solve_on_spheres",
    "time_to_phase_alignment",
]

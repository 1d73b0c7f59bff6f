"""What a reduced system does: compilation, integration of whole batches, and exact solutions.

`compile` turns a symbolic system into array code. `solve` follows a batch of trajectories, each with a step
size, a tolerance and a `Status` of its own, and hands back a `Solution`; `Event` and its factories say at
which moments to look. `blow_up_time`, `exact_modes` and `final_phases` answer for the two-mode flow
``u' = 2 r v conj(u), v' = r u^2`` in closed form, without any step. Module `precise` is the slow
reference in multiple precision.

This room knows neither groups nor networks: any system with states, parameters and a vector field will do.
SymPy is loaded when something is compiled, numba (the optional extra ``fast``) when a large batch is solved.
"""

from odekit.solvers.compile import CompiledSystem, compile
from odekit.solvers.compile_blocks import BlockLayout
from odekit.solvers.events import Event, dominance_reached, horizon, phase_aligned
from odekit.solvers.exact import blow_up_time, exact_modes, exact_modes_before_blow_up, exact_orbit
from odekit.solvers.exact_phases import final_phases, time_to_phase_alignment
from odekit.solvers.solution import Solution, Status
from odekit.solvers.solve import solve
from odekit.solvers.spheres import aligned_competition, aligned_pair, free_blow_up_time

__all__ = [
    "BlockLayout",
    "CompiledSystem",
    "Event",
    "Solution",
    "Status",
    "aligned_competition",
    "aligned_pair",
    "blow_up_time",
    "compile",
    "dominance_reached",
    "exact_modes",
    "exact_modes_before_blow_up",
    "exact_orbit",
    "final_phases",
    "free_blow_up_time",
    "horizon",
    "phase_aligned",
    "solve",
    "time_to_phase_alignment",
]

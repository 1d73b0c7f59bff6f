"""What a reduced system does: compilation, integration of whole batches, and exact solutions.

`compile` turns a symbolic system into array code. `solve` follows a batch of trajectories, each with a step
size, a tolerance and a `Status` of its own, and hands back a `Solution`; `Event` and its factories say at
which moments to look. `blow_up_time`, `exact_modes` and `final_phases` answer for the two-mode flow
``u' = 2 r v conj(u), v' = r u^2`` in closed form, without any step. Module `precise` is the slow
reference in multiple precision.

This room knows neither groups nor networks: any system with states, parameters and a vector field will do.
SymPy is loaded when something is compiled, numba (the optional extra ``fast``) when a large batch is solved.
"""

from odekit.solvers.codegen.blocks import BlockLayout
from odekit.solvers.compile import CompiledSystem, compile
from odekit.solvers.exact.blow_up_time import (
    blow_up_time,
    exact_modes,
    exact_modes_before_blow_up,
    exact_orbit,
)
from odekit.solvers.exact.phases import final_phases, time_to_phase_alignment
from odekit.solvers.exact.spheres import aligned_competition, aligned_pair, free_blow_up_time
from odekit.solvers.problem.events import Event, dominance_reached, horizon, phase_aligned
from odekit.solvers.problem.solution import Solution, Status
from odekit.solvers.solve import solve

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

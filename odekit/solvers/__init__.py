"""What does an ODE do? Compilation, integration of whole batches, and exact solutions.

`compile` turns a `System` into array code. `solve` follows a batch of trajectories, each with a step size, a
tolerance and a `Status` of its own, and hands back a `Solution`; `Event` and its factories say at which
moments to look. `blow_up_time`, `exact_modes` and `final_phases` answer for the two-mode flow
``u' = 2 r v conj(u), v' = r u^2`` in closed form, without any step.
"""

from odekit.solvers.codegen import BlockLayout
from odekit.solvers.compile import compile
from odekit.solvers.exact import (
    aligned_competition,
    aligned_pair,
    blow_up_time,
    exact_modes,
    exact_modes_before_blow_up,
    exact_orbit,
    final_phases,
    free_blow_up_time,
    time_to_phase_alignment,
)
from odekit.solvers.problem import (
    CompiledSystem,
    Event,
    Rows,
    Solution,
    Status,
    dominance_reached,
    horizon,
    phase_aligned,
)
from odekit.solvers.solve import solve

__all__ = [
    "BlockLayout",
    "CompiledSystem",
    "Event",
    "Rows",
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

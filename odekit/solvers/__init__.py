"""What does an ODE do? Compilation, integration of whole batches, and exact solutions.

`compile` and `solve` take any `System`; `blow_up_time`, `exact_modes` and `final_phases` answer for the
two-mode flow ``u' = 2 r v conj(u), v' = r u^2`` in closed form, without any step.
"""

from typing import TYPE_CHECKING

from odekit.facade import lazy

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

_HOMES = {
    "BlockLayout": "codegen",
    "CompiledSystem": "problem",
    "Event": "problem",
    "Rows": "problem",
    "Solution": "problem",
    "Status": "problem",
    "aligned_competition": "exact",
    "aligned_pair": "exact",
    "blow_up_time": "exact",
    "compile": "compiler",
    "dominance_reached": "problem",
    "exact_modes": "exact",
    "exact_modes_before_blow_up": "exact",
    "exact_orbit": "exact",
    "final_phases": "exact",
    "free_blow_up_time": "exact",
    "horizon": "problem",
    "phase_aligned": "problem",
    "solve": "solver",
    "time_to_phase_alignment": "exact",
}

if TYPE_CHECKING:
    from odekit.solvers.codegen import BlockLayout
    from odekit.solvers.compiler import compile
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
    from odekit.solvers.solver import solve
else:
    __getattr__, __dir__ = lazy(__name__, _HOMES)

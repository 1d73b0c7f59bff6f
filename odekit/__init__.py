"""From a loss to a verdict: the reduced ODE of a network that learns a group, and whether it is true.

A `Network` enters and leaves as a verdict: `derive` finds the reduced `System` of its gradient flow,
`compile` and `solve` integrate it, `simulate` trains the full network without knowing any of that, `compare`
measures the gap, `verify` says which theorems are confirmed. An ODE of your own enters by `system`, an energy
by `gradient_flow`, and `check` says whether your own formulas are right. Each name is loaded on first use.
"""

from pkgutil import iter_modules
from typing import TYPE_CHECKING

from odekit._version import __version__
from odekit.facade import lazy

__all__ = [
    "CompiledSystem",
    "Event",
    "FiniteGroup",
    "FixedPoint",
    "Measurement",
    "Network",
    "Run",
    "Solution",
    "Status",
    "System",
    "Trajectory",
    "__version__",
    "blow_up_time",
    "check",
    "claim",
    "compare",
    "compile",
    "derive",
    "estimate_rate",
    "exact_modes",
    "exact_modes_before_blow_up",
    "exact_orbit",
    "expectation",
    "explore",
    "gradient_flow",
    "group",
    "limit",
    "load_run",
    "load_trajectory",
    "loss_and_gradient",
    "predict",
    "project",
    "reduce",
    "reproduce",
    "simulate",
    "solve",
    "sweep",
    "system",
    "variable",
    "verify",
]

_ROOMS = [module.name for module in iter_modules(__path__) if not module.name.startswith("_")]
_HOMES = {
    "CompiledSystem": "solvers",
    "Event": "solvers",
    "FiniteGroup": "groups",
    "FixedPoint": "systems",
    "Measurement": "claims",
    "Network": "networks",
    "Run": "simulation",
    "Solution": "solvers",
    "Status": "solvers",
    "System": "systems",
    "Trajectory": "comparison",
    "blow_up_time": "solvers",
    "check": "checking",
    "claim": "claims",
    "compare": "comparison",
    "compile": "solvers",
    "derive": "derivation",
    "estimate_rate": "comparison",
    "exact_modes": "solvers",
    "exact_modes_before_blow_up": "solvers",
    "exact_orbit": "solvers",
    "expectation": "systems",
    "explore": "report",
    "gradient_flow": "systems",
    "group": "groups",
    "limit": "limits",
    "load_run": "simulation",
    "load_trajectory": "comparison",
    "loss_and_gradient": "simulation",
    "predict": "comparison",
    "project": "comparison",
    "reduce": "systems",
    "reproduce": "report",
    "simulate": "simulation",
    "solve": "solvers",
    "sweep": "sweeps",
    "system": "systems",
    "variable": "systems",
    "verify": "claims",
}

if TYPE_CHECKING:
    from odekit import arguments as arguments
    from odekit import arrays as arrays
    from odekit import checking as checking
    from odekit import claims as claims
    from odekit import cli as cli
    from odekit import comparison as comparison
    from odekit import derivation as derivation
    from odekit import errors as errors
    from odekit import expressions as expressions
    from odekit import extras as extras
    from odekit import facade as facade
    from odekit import files as files
    from odekit import groups as groups
    from odekit import json_text as json_text
    from odekit import limits as limits
    from odekit import networks as networks
    from odekit import numbers as numbers
    from odekit import outcomes as outcomes
    from odekit import report as report
    from odekit import simulation as simulation
    from odekit import solvers as solvers
    from odekit import sweeps as sweeps
    from odekit import systems as systems
    from odekit import text as text
    from odekit import views as views
    from odekit.checking.check import check
    from odekit.claims import Measurement, claim
    from odekit.claims.verify import verify
    from odekit.comparison import Trajectory, estimate_rate, load_trajectory, project
    from odekit.comparison.compare import compare
    from odekit.comparison.predict import predict
    from odekit.derivation.derive import derive
    from odekit.groups import FiniteGroup, group
    from odekit.limits import limit
    from odekit.networks import Network
    from odekit.report import explore
    from odekit.report.papers import reproduce
    from odekit.simulation import Run, load_run, loss_and_gradient, simulate
    from odekit.solvers import (
        CompiledSystem,
        Event,
        Solution,
        Status,
        blow_up_time,
        compile,
        exact_modes,
        exact_modes_before_blow_up,
        exact_orbit,
        solve,
    )
    from odekit.sweeps.sweep import sweep
    from odekit.systems import FixedPoint, System, expectation, gradient_flow, reduce, system, variable
else:
    __getattr__, __dir__ = lazy(__name__, {**dict.fromkeys(_ROOMS, ""), "__version__": "_version", **_HOMES})

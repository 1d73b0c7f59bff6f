"""Experiments on Abelian groups without constraint: one frequency or many, populations, clocks."""

from odekit.claims.experiments.modes.diversified import Population, departure, diversified, logits_by_residue
from odekit.claims.experiments.modes.dominance_by_order import LEAD, ByOrder, by_order, lead_times
from odekit.claims.experiments.modes.kinked_flow import (
    descend,
    faithful_place,
    is_wide_odd_cyclic,
    limit_rates,
    multiples,
    settle,
    spread_start,
)
from odekit.claims.experiments.modes.networks import (
    PAPER_A,
    at_start,
    blowing_up_together,
    choose_group,
    draw,
    elliptic_rate,
    is_cyclic,
    is_odd_cyclic,
    nearly_uniform,
    single_modes,
)
from odekit.claims.experiments.modes.phase_equation import (
    PRINTED,
    PhaseErrors,
    derived_equation,
    phase_errors,
)
from odekit.claims.experiments.modes.quartic_gradient import LeakTable, leak_table

__all__ = [
    "LEAD",
    "PAPER_A",
    "PRINTED",
    "ByOrder",
    "LeakTable",
    "PhaseErrors",
    "Population",
    "at_start",
    "blowing_up_together",
    "by_order",
    "choose_group",
    "departure",
    "derived_equation",
    "descend",
    "diversified",
    "draw",
    "elliptic_rate",
    "faithful_place",
    "is_cyclic",
    "is_odd_cyclic",
    "is_wide_odd_cyclic",
    "lead_times",
    "leak_table",
    "limit_rates",
    "logits_by_residue",
    "multiples",
    "nearly_uniform",
    "phase_errors",
    "settle",
    "single_modes",
    "spread_start",
]

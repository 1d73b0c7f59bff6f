"""What is measured? Networks, starts and measurements that several claims share."""

from odekit.claims.experiments.singular_modes import (
    LinearProblem,
    LinearRun,
    decoupled_start,
    draw_problem,
    random_start,
    rise_directions,
    trained,
)

__all__ = [
    "LinearProblem",
    "LinearRun",
    "decoupled_start",
    "draw_problem",
    "random_start",
    "rise_directions",
    "trained",
]

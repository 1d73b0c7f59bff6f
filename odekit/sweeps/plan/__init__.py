"""What is asked? A plan: its file, its cells, and the seed of each."""

from odekit.sweeps.plan.plan import NUMERICS, Cell, Plan, canonical, is_empty, key_of
from odekit.sweeps.plan.read import make_plan, read_plan

__all__ = ["NUMERICS", "Cell", "Plan", "canonical", "is_empty", "key_of", "make_plan", "read_plan"]

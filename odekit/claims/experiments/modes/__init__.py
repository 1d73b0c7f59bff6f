"""Experiments on Abelian groups without constraint: one frequency or many, populations, clocks."""

from odekit.claims.experiments.modes.blow_up_race import *
from odekit.claims.experiments.modes.diversified import *
from odekit.claims.experiments.modes.dominance_by_order import *
from odekit.claims.experiments.modes.kinked_flow import *
from odekit.claims.experiments.modes.networks import *
from odekit.claims.experiments.modes.phase_equation import *
from odekit.claims.experiments.modes.quartic_gradient import *

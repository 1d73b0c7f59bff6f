"""Experiments on unit spheres, any group: converged runs, aligned starts, rates and votes."""

from odekit.claims.experiments.spheres.aligned_competition import *
from odekit.claims.experiments.spheres.networks import *
from odekit.claims.experiments.spheres.rates import *
from odekit.claims.experiments.spheres.votes import *

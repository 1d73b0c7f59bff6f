"""How sure is a measured order, a proportion, a distribution? Intervals, tests and their power."""

from odekit.claims.statistics.estimates import *
from odekit.claims.statistics.frames import *
from odekit.claims.statistics.smallest import *
from odekit.claims.statistics.win_counts import *

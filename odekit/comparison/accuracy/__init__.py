"""How far may network and ODE be apart? Every part of the error budget, measured on the run itself."""

from odekit.comparison.accuracy.budget import *
from odekit.comparison.accuracy.clock import *
from odekit.comparison.accuracy.horizon import *
from odekit.comparison.accuracy.provenance import *
from odekit.comparison.accuracy.softmax import *
from odekit.comparison.accuracy.strays import *

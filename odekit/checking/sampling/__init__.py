"""At which points, and in how many digits? Where formulas are compared, and numbers that are recognised."""

from odekit.checking.sampling.agreement import *
from odekit.checking.sampling.breakpoints import *
from odekit.checking.sampling.conditions import *
from odekit.checking.sampling.continuity import *
from odekit.checking.sampling.evaluation import *
from odekit.checking.sampling.numeric import *
from odekit.checking.sampling.points import *
from odekit.checking.sampling.recognise import *

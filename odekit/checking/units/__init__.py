"""In which units are the lines? One value of each free one, or a factor of time that a declaration gives."""

from odekit.checking.units.explain import *
from odekit.checking.units.factor import *

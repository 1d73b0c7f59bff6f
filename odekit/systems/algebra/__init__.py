"""Which mathematics do systems use? Polynomials, linear algebra, SymPy and interval forms, means."""

from odekit.systems.algebra.code import *
from odekit.systems.algebra.families import *
from odekit.systems.algebra.formulas import *
from odekit.systems.algebra.intervals import *
from odekit.systems.algebra.linear_algebra import *
from odekit.systems.algebra.modular import *
from odekit.systems.algebra.polynomials import *
from odekit.systems.algebra.quadrature import *
from odekit.systems.algebra.symbolic import *
from odekit.systems.algebra.tameness import *

"""How is a system shown that was derived from a network? What its report, LaTeX and plain data add."""

from odekit.derivation.printers.dictionary import *
from odekit.derivation.printers.entries import *
from odekit.derivation.printers.latex import *
from odekit.derivation.printers.network import *
from odekit.derivation.printers.products import *
from odekit.derivation.printers.report import *
from odekit.derivation.printers.spheres import *

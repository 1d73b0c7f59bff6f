"""What does a flow conserve?"""

from odekit.systems.integrals.conserved import *
from odekit.systems.integrals.first_integrals import *
from odekit.systems.integrals.independence import *
from odekit.systems.integrals.polynomial_field import *
from odekit.systems.integrals.polynomial_integrals import *
from odekit.systems.integrals.search import *

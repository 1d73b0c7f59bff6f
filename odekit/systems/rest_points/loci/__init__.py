"""Where does a field vanish? Points and families of fields that are polynomials in states and in sines."""

from odekit.systems.rest_points.loci.circles import *
from odekit.systems.rest_points.loci.components import *
from odekit.systems.rest_points.loci.locus import *
from odekit.systems.rest_points.loci.polynomial import *
from odekit.systems.rest_points.loci.roots import *
from odekit.systems.rest_points.loci.zero_set import *

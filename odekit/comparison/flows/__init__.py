"""Where does the reduced flow take the network's own start? Modes, blocks, and the race on spheres."""

from odekit.comparison.flows.final_shares import *
from odekit.comparison.flows.free_flow import *
from odekit.comparison.flows.lifted import *
from odekit.comparison.flows.linearisation import *
from odekit.comparison.flows.population_flow import *
from odekit.comparison.flows.reduced_flow import *
from odekit.comparison.flows.stepwise import *

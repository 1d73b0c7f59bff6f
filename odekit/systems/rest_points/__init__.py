"""Where does a flow rest, and is it stable there?"""

from odekit.systems.rest_points.rest_points import *

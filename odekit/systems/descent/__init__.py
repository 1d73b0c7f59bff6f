"""Which ODE does descent in steps of a fixed size follow? The modified equation, to an order in the step."""

from odekit.systems.descent.modified import *

"""What is the flow on a manifold w = w(s) that a user's ansatz describes?"""

from odekit.systems.reduction.on_manifold.ansatz import *

"""Does a flow close in fewer variables? Invariant manifolds, and observables with equations of their own."""

from odekit.systems.reduction.reduce import *

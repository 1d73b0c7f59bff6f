"""Which modes couple? From the loss to the reduced field in Fourier coefficients, by selection rules."""

from odekit.derivation.modes.chosen_modes import *
from odekit.derivation.modes.conditions import *
from odekit.derivation.modes.default_modes import *
from odekit.derivation.modes.frequencies import *
from odekit.derivation.modes.mode_set import *
from odekit.derivation.modes.reduction import *
from odekit.derivation.modes.selection_rules import *
from odekit.derivation.modes.words import *

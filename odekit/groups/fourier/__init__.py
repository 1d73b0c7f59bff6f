"""How do weights become coefficients? The one Fourier convention, both ways, and those of the papers."""

from odekit.groups.fourier.block_transform import *
from odekit.groups.fourier.conventions import *
from odekit.groups.fourier.modes import *
from odekit.groups.fourier.rank_one import *
from odekit.groups.fourier.transform import *

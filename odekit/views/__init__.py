"""How else can a result be had? As HTML in a notebook, as labelled arrays, as a file that others read.

Enters: what a result holds, with names and text that may be a user's. Leaves: HTML in which all of that is
text, and netCDF files that are written whole or not at all.
"""

from odekit.views.html import *
from odekit.views.labelled import *
from odekit.views.text import *

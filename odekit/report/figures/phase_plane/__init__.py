"""Where does a plane of states flow? Nullclines, points of rest, basins and separatrices of any system."""

from odekit.report.figures.phase_plane.portrait import *

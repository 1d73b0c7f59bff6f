"""How do I play with it? One page for any system, that integrates and draws in the reader's browser."""

from odekit.report.explorer.explore import *

"""Lines in words of matrices: the flow of a non-Abelian group's blocks, and one's own formulas of them."""

from odekit.checking.words.judge import *

"""What will the loss do? The whole training predicted from the weights at its start."""

from odekit.comparison.learning_curve.learning_curve import *
from odekit.comparison.learning_curve.predicted import *

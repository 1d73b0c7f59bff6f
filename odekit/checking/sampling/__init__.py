"""At which points, and in how many digits? Where formulas are compared, and numbers that are recognised."""

from odekit.checking.sampling.evaluation import WORKING_DIGITS, measure, precise
from odekit.checking.sampling.numeric import NumericValue, blow_up_time, is_turn, limit
from odekit.checking.sampling.points import Condition, Points, draw
from odekit.checking.sampling.recognise import monomial, number, power

__all__ = [
    "WORKING_DIGITS",
    "Condition",
    "NumericValue",
    "Points",
    "blow_up_time",
    "draw",
    "is_turn",
    "limit",
    "measure",
    "monomial",
    "number",
    "power",
    "precise",
]

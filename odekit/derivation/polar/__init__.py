"""How do magnitudes and phases move? The reduced field in every form, with what is known of its orbits."""

from odekit.derivation.polar.answers import FourierAnswers
from odekit.derivation.polar.decay import DecayLaw, decay_law, with_decay
from odekit.derivation.polar.sphere_answers import SphereAnswers

__all__ = ["DecayLaw", "FourierAnswers", "SphereAnswers", "decay_law", "with_decay"]

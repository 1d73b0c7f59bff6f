"""Is the derived field the gradient? Brute force over all tuples, exact or in numbers."""

from odekit.derivation.certificates.certificate import *
from odekit.derivation.certificates.exact_transform import *
from odekit.derivation.certificates.system_transform import *

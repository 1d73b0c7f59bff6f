"""Which modes couple? From the loss to the reduced field in Fourier coefficients, by selection rules."""

from odekit.derivation.modes.chosen_modes import Modes, chosen_characters, chosen_combinations
from odekit.derivation.modes.conditions import Condition
from odekit.derivation.modes.default_modes import default_reduction, kinds_of_characters, reduction_to
from odekit.derivation.modes.frequencies import CharacterFrequencies, Frequencies, SymbolicFrequencies
from odekit.derivation.modes.mode_set import Mode, ModeSet, build_modes, powers
from odekit.derivation.modes.reduction import FourierReduction, Names
from odekit.derivation.modes.selection_rules import SelectionRules

__all__ = [
    "CharacterFrequencies",
    "Condition",
    "FourierReduction",
    "Frequencies",
    "Mode",
    "ModeSet",
    "Modes",
    "Names",
    "SelectionRules",
    "SymbolicFrequencies",
    "build_modes",
    "chosen_characters",
    "chosen_combinations",
    "default_reduction",
    "kinds_of_characters",
    "powers",
    "reduction_to",
]

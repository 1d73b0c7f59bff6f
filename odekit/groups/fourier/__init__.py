"""How do weights become coefficients? The one Fourier convention, both ways, and those of the papers."""

from odekit.groups.fourier.block_transform import group_fourier, inverse_group_fourier
from odekit.groups.fourier.conventions import (
    Polar,
    averaged_coefficients,
    from_averaged_coefficients,
    from_normalised_coefficients,
    from_polar,
    normalised_coefficients,
    to_polar,
    wrap_phase,
)
from odekit.groups.fourier.modes import (
    RealModes,
    coefficients_to_modes,
    from_modes,
    mean_mode,
    mode_basis,
    modes_to_coefficients,
    to_modes,
)
from odekit.groups.fourier.rank_one import rank_one
from odekit.groups.fourier.transform import fourier_transform, inverse_fourier_transform

__all__ = [
    "Polar",
    "RealModes",
    "averaged_coefficients",
    "coefficients_to_modes",
    "fourier_transform",
    "from_averaged_coefficients",
    "from_modes",
    "from_normalised_coefficients",
    "from_polar",
    "group_fourier",
    "inverse_fourier_transform",
    "inverse_group_fourier",
    "mean_mode",
    "mode_basis",
    "modes_to_coefficients",
    "normalised_coefficients",
    "rank_one",
    "to_modes",
    "to_polar",
    "wrap_phase",
]

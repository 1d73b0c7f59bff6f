"""What the weights live on: finite groups, their characters, and one Fourier convention.

A group is a multiplication table whose axioms were checked, made by name (`group`), as a product of
cyclic groups (`cyclic`, `product`), or from a table (`from_table`, `load_table`). An Abelian group has n
characters (`characters`, exactly in `character_exponents`), and with them

    fhat(rho) = sum_g f(g) rho(g),        f(g) = (1/n) sum_rho fhat(rho) conj(rho(g)).

Real weights are written as w = mean + sum_k Re(u_k chi_k), one complex number u = alpha exp(i phi) per pair
of conjugate characters and a signed one per character of order 2 (`to_modes`, `from_modes`). The papers'
conventions are reached from there (`to_polar`, `averaged_coefficients`, `normalised_coefficients`).

>>> from odekit.groups import group, to_modes
>>> G = group("Z3xZ5")
>>> G.order, to_modes([0.0] * 15, G).shape
(15, (7,))
"""

from __future__ import annotations

from odekit.groups.axioms import MAX_ORDER
from odekit.groups.characters import (
    character_exponents,
    character_labels,
    characters,
    conjugate_characters,
    dual_group,
)
from odekit.groups.conventions import (
    Polar,
    averaged_coefficients,
    from_averaged_coefficients,
    from_normalised_coefficients,
    from_polar,
    normalised_coefficients,
    to_polar,
    wrap_phase,
)
from odekit.groups.families import cyclic, from_table, group, load_table, product
from odekit.groups.fourier import fourier_transform, inner_product, inverse_fourier_transform
from odekit.groups.group import CyclicFamily, FiniteGroup
from odekit.groups.modes import (
    RealModes,
    coefficients_to_modes,
    from_modes,
    mean_mode,
    mode_basis,
    mode_inner_product,
    modes_to_coefficients,
    to_modes,
)

__all__ = [
    "MAX_ORDER",
    "CyclicFamily",
    "FiniteGroup",
    "Polar",
    "RealModes",
    "averaged_coefficients",
    "character_exponents",
    "character_labels",
    "characters",
    "coefficients_to_modes",
    "conjugate_characters",
    "cyclic",
    "dual_group",
    "fourier_transform",
    "from_averaged_coefficients",
    "from_modes",
    "from_normalised_coefficients",
    "from_polar",
    "from_table",
    "group",
    "inner_product",
    "inverse_fourier_transform",
    "load_table",
    "mean_mode",
    "mode_basis",
    "mode_inner_product",
    "modes_to_coefficients",
    "normalised_coefficients",
    "product",
    "to_modes",
    "to_polar",
    "wrap_phase",
]

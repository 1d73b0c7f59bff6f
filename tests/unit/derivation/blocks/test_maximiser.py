"""Maximisers: what is refused. Their energy and spectra are tested with the landscape."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.derivation import maximiser
from odekit.errors import InputError, UnknownNameError
from odekit.groups import group


def test_directions_are_normalised() -> None:
    S3 = group("S3")
    weights = maximiser(S3, "2", [1, 0], [0, 1], [1, 1])
    scaled = maximiser(S3, "2", [7, 0], [0, 2], [3, 3])
    assert all(scaled[name] == pytest.approx(weights[name]) for name in weights)
    assert weights["xi"] == pytest.approx(maximiser(S3, "2", [1, 0], [1, 5], [1, 1])["xi"])


def test_on_a_joint_sphere_the_embeddings_share_one() -> None:
    weights = maximiser(group("F21"), "3", *np.eye(6)[:3], constraint="joint_sphere")
    lengths = [float(weights[name] @ weights[name]) for name in ("theta1", "theta2", "xi")]
    assert lengths == pytest.approx([0.5, 0.5, 1.0])


def test_an_unknown_irrep_and_a_wrong_direction_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="unknown real irrep '7'"):
        maximiser(group("S3"), "7", [1], [1], [1])
    with pytest.raises(InputError, match=r"q is no direction\. Expected: 2 real numbers"):
        maximiser(group("S3"), "2", [1, 0], [1, 0, 0], [1, 0])
    with pytest.raises(InputError, match="w is no direction"):
        maximiser(group("S3"), "2", [1, 0], [1, 0], [0, 0])

"""JSON that a strict reader accepts."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from odekit.json_text import strict_json


def test_numbers_that_are_not_finite_become_null() -> None:
    arrays = {"c": np.array([1.0, -np.inf]), 1: np.int64(3)}
    value = {"a": math.nan, "b": [math.inf, 1.5], **arrays, "d": (None, True)}
    text = strict_json(value)
    assert "NaN" not in text
    assert "Infinity" not in text
    assert json.loads(text) == {"a": None, "b": [None, 1.5], "c": [1.0, None], "1": 3, "d": [None, True]}
    assert text.endswith("}\n")


def test_what_is_no_value_is_refused() -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        strict_json({"a": object()})

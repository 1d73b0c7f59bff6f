"""A façade lists its names and loads each from its home."""

from __future__ import annotations

import pytest

from odekit.facade import lazy


def test_a_name_comes_from_its_home_and_a_module_is_one() -> None:
    load, listed = lazy("odekit", {"InputError": "errors", "numbers": ""})
    assert load("InputError").__name__ == "InputError"
    assert load("numbers").__name__ == "odekit.numbers"
    assert listed() == ["InputError", "numbers"]


def test_another_name_is_an_attribute_error() -> None:
    load, _ = lazy("odekit", {})
    with pytest.raises(AttributeError, match="module 'odekit' has no attribute 'nothing'"):
        load("nothing")

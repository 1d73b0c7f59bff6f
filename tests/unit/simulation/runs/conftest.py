"""What the files of these tests say of themselves."""

from __future__ import annotations

import json

import pytest


@pytest.fixture(scope="session")
def small_meta() -> str:
    """Of a quadratic network on Z5."""
    network = {"activation": "quadratic", "embedding": "shared", "constraint": "none", "loss": "mean"}
    return json.dumps({"group": "Z5", "logit_scale": 1.0, **network})

"""JSON that every reader accepts: no NaN, no Infinity.

What enters are values that may hold NumPy's numbers and arrays, what leaves is text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["strict_json"]


def strict_json(value: Any) -> str:
    """A value as JSON text that ends with a newline; numbers that are not finite become null.

    >>> strict_json({"gap": float("nan"), "times": (0, 1)})
    '{\\n  "gap": null,\\n  "times": [\\n    0,\\n    1\\n  ]\\n}\\n'
    """
    return json.dumps(_plain(value), indent=2, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

"""JSON that every reader accepts: no NaN, no Infinity, and NumPy's numbers and arrays as plain ones."""

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["plain", "strict_json"]


def strict_json(value: Any) -> str:
    """A value as JSON text that ends with a newline; numbers that are not finite become null.

    >>> strict_json({"gap": float("nan"), "times": (0, 1)})
    '{\\n  "gap": null,\\n  "times": [\\n    0,\\n    1\\n  ]\\n}\\n'
    """
    return json.dumps(plain(value), indent=2, allow_nan=False) + "\n"


def plain(value: Any) -> Any:
    """A value as JSON's own kinds: dictionaries, lists, text, finite numbers, truth values and None.

    >>> plain({"gap": np.array([1.0, np.inf]), 3: np.bool_(True)})
    {'gap': [1.0, None], '3': True}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

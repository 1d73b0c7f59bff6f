"""The one place where generated text becomes functions."""

from typing import Any

__all__ = ["execute"]


def execute(text: str, scope: dict[str, Any], file: str) -> dict[str, Any]:
    """Define what a generated text defines.

    Parameters
    ----------
    text: written by the solvers, from numbers and from names of their own only.
    scope: the modules that the text may use; what it defines is added.
    file: what a traceback calls the text.
    """
    exec(compile(text, file, "exec"), scope)
    return scope

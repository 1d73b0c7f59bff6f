"""Every public name, under the name by which users call it."""

from __future__ import annotations

import inspect
from functools import cache
from importlib import import_module

import odekit

__all__ = ["ROOMS", "full_name", "item", "names_of", "public_names"]

# In the order in which a statement travels.
ROOMS = {
    "groups": "Groups",
    "networks": "Networks",
    "systems": "Systems",
    "derivation": "Derivation",
    "solvers": "Solvers",
    "simulation": "Simulation",
    "comparison": "Comparison",
    "checking": "Checking",
    "claims": "Claims",
    "report": "Report",
    "sweeps": "Sweeps",
    "expressions": "Expressions",
    "views": "Views",
    "limits": "Limits",
    "errors": "Errors",
}


@cache
def public_names() -> dict[str, str]:
    """The full name of every function and type that the API's pages hold, by its last part."""
    found: dict[str, str] = {}
    for room in ROOMS:
        for name in names_of(room):
            found.setdefault(name, full_name(room, name))
    return found


def full_name(room: str, name: str) -> str:
    """The name by which users call it."""
    return f"odekit.{name}" if name in odekit.__all__ else f"odekit.{room}.{name}"


def item(room: str, name: str) -> object:
    """What bears the name."""
    return getattr(import_module(f"odekit.{room}"), name)


def names_of(room: str) -> list[str]:
    """The functions and types that a room lists and the package holds, in alphabetical order."""
    module = import_module(f"odekit.{room}")
    listed = getattr(module, "__all__", None) or dir(module)
    return sorted(name for name in listed if _is_documented(getattr(module, name)))


def _is_documented(item: object) -> bool:
    is_ours = getattr(item, "__module__", "").startswith("odekit")
    return is_ours and (inspect.isclass(item) or inspect.isfunction(inspect.unwrap(item)))

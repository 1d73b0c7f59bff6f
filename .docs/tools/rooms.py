"""Pages of the API: one for each room, with every public name under the name by which users call it."""

from __future__ import annotations

import inspect
from importlib import import_module

import odekit
from odekit.views import Labelled
from tools.docstrings import as_rst
from tools.names import ROOMS, full_name, item, names_of, public_names

__all__ = ["room_pages"]


def room_pages() -> dict[str, str]:
    """reStructuredText by the name of the page."""
    return {room: _page(room, title) for room, title in ROOMS.items()}


def _page(room: str, title: str) -> str:
    names = [name for name in names_of(room) if public_names()[name] == full_name(room, name)]
    own = [name for name in names if name in odekit.__all__]
    further = [name for name in names if name not in odekit.__all__]
    head = [f"{title}\n{'=' * len(title)}", f".. py:module:: odekit.{room}", _introduction(room)]
    parts = [*head, _table(room, names)]
    if own and further:
        parts += [_section("Names of odekit itself", room, own), _section("Further names", room, further)]
    else:
        parts.append(_section("Names", room, names))
    return "\n\n".join(parts) + "\n"


def _introduction(room: str) -> str:
    return "\n".join(as_rst((inspect.getdoc(import_module(f"odekit.{room}")) or "").splitlines()))


def _table(room: str, names: list[str]) -> str:
    rows = []
    for name in names:
        first = (inspect.getdoc(item(room, name)) or "").partition("\n\n")[0]
        text = " ".join(as_rst(first.splitlines()))
        rows.append(f"   * - :py:obj:`{name} <{full_name(room, name)}>`\n     - {text}")
    return "\n".join([".. list-table::", "   :class: names", "   :widths: 30 70", "", *rows])


def _section(title: str, room: str, names: list[str]) -> str:
    return "\n\n".join([f"{title}\n{'-' * len(title)}", *(_entry(room, name) for name in names)])


def _entry(room: str, name: str) -> str:
    if inspect.isclass(item(room, name)):
        inherited = "\n   :inherited-members: ABC" if issubclass(item(room, name), Labelled) else ""
        return f".. autoclass:: {full_name(room, name)}\n   :members:{inherited}"
    return f".. autofunction:: {full_name(room, name)}"

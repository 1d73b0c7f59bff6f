"""What a first import loads, and that the public names are the rooms' own."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

import pytest

import odekit

HEAVY = {"click", "matplotlib", "mpmath", "numba", "numpy", "rich", "scipy", "sympy", "xarray"}


def loaded_by(statement: str) -> set[str]:
    """The top-level packages in a fresh interpreter after ``statement``."""
    script = f"{statement}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


def test_importing_odekit_loads_no_array_library() -> None:
    assert not loaded_by("import odekit") & HEAVY


def test_the_first_use_of_a_name_loads_its_room() -> None:
    assert "numpy" in loaded_by("import odekit; odekit.group")


@pytest.mark.parametrize("room", ["errors", "expressions", "groups", "networks", "simulation"])
def test_the_road_of_the_simulation_loads_no_algebra_and_no_figures(room: str) -> None:
    assert not loaded_by(f"import odekit.{room}") & {"matplotlib", "numba", "sympy", "xarray"}


def test_every_public_name_is_a_function_or_a_type_of_its_room() -> None:
    script = "import odekit; print(*(f'{n}={type(getattr(odekit, n)).__name__}' for n in odekit.__all__))"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    kinds = dict(pair.split("=") for pair in result.stdout.split())
    assert kinds.pop("__version__") == "str"
    assert set(kinds.values()) <= {"function", "type", "ABCMeta", "EnumType"}, kinds


def test_names_for_type_checkers_and_names_at_run_time_agree() -> None:
    tree = ast.parse(Path(odekit.__file__).read_text())
    branch = next(node for node in tree.body if isinstance(node, ast.If))
    typed = {
        alias.name: (node.module or "").removeprefix("odekit").removeprefix(".")
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    rooms = {name for name, home in typed.items() if not home}
    homes = {name: home for name, home in typed.items() if home}
    assert {*homes, "__version__"} == set(odekit.__all__)
    assert {*odekit.__all__, *rooms} == set(dir(odekit))
    for name, home in homes.items():
        room = getattr(odekit, home.partition(".")[0])
        assert getattr(odekit, name) is getattr(room, name)


@pytest.mark.long
@pytest.mark.parametrize("room", sorted(m.name for m in iter_modules(odekit.__path__) if m.ispkg))
def test_dir_and_help_of_a_room_list_its_public_names(room: str) -> None:
    show = "print(*dir(room), '---', pydoc.render_doc(room, renderer=pydoc.plaintext))"
    script = f"import odekit.{room} as room, pydoc; {show}"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    listed, _, told = result.stdout.partition("---")
    names = getattr(odekit, room).__all__
    assert set(names) <= set(listed.split())
    assert not [name for name in names if name not in told]


def test_every_room_is_an_attribute_without_its_own_import() -> None:
    rooms = {m.name for m in iter_modules(odekit.__path__) if not m.name.startswith("_")}
    assert rooms == set(dir(odekit)) - set(odekit.__all__)
    assert all(isinstance(getattr(odekit, room), ModuleType) for room in rooms)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'odekit' has no attribute 'derrive'"):
        _ = odekit.derrive


def test_no_module_imports_the_face_of_a_room_that_it_lies_in() -> None:
    root = Path(odekit.__file__).parent
    circles = [
        f"{path.relative_to(root)}: {node.module} {alias.name}"
        for path in root.rglob("*.py")
        if path.name != "__init__.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module in faces_above(path.relative_to(root))
        for alias in node.names
        if not root.parent.joinpath(*node.module.split("."), f"{alias.name}.py").exists()
    ]
    assert not circles


def faces_above(path: Path) -> set[str]:
    """The rooms that a module of this path lies in, by their dotted names."""
    return {".".join(("odekit", *folder.parts)) for folder in path.parents if folder.parts}

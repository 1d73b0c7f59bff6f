"""Every concept has one place, every room is entered by its face, and nothing is loaded in secret."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "odekit"
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in PACKAGE.rglob("*.py")
}
FACES = {name for name, path in MODULES.items() if path.name == "__init__.py"}
MOST_MODULES = 12
# The rooms that hold systems; what they may ask a system is in `odekit.systems.questions`.
ASKERS = ("checking", "claims", "cli", "comparison", "derivation", "report", "solvers", "systems")

# Where is ...? Each is answered by a path, or by the first line of what stands there.
VOCABULARY = {
    "Frobenius-Schur type": "odekit.groups.irreps.frobenius_schur",
    "error budget": "odekit.comparison.accuracy.budget",
    "horizon": "odekit.comparison.accuracy.horizon",
    "exit code": "odekit.outcomes",
    "negative control": "odekit.claims.negative_control",
    "step size control": "odekit.solvers.stepping.step_size_control",
    "selection rules": "odekit.derivation.modes.selection_rules",
    "blow-up time": "odekit.solvers.exact.blow_up_time",
    "certificate": "odekit.derivation.certificates.certificate",
    "default modes": "odekit.derivation.modes.default_modes",
    "leaks": "odekit.derivation.modes.leaks",
    "interpolant": "odekit.solvers.problem.interpolant",
}


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text())


@cache
def listed(name: str) -> frozenset[str]:
    """What a module's `__all__` or a façade's homes list, else what the modules behind the face list."""
    for node in tree(name).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("__all__", "_HOMES"):
            return frozenset(ast.literal_eval(node.value))
    froms = [node for node in tree(name).body if isinstance(node, ast.ImportFrom)]
    starred = [node for node in froms if node.names[0].name == "*"]
    return frozenset(shown for node in starred for shown in listed(str(node.module)))


@cache
def exported(face: str) -> frozenset[str]:
    """The names that a package's face imports."""
    froms = (node for node in ast.walk(tree(face)) if isinstance(node, ast.ImportFrom))
    return listed(face) | {alias.asname or alias.name for node in froms for alias in node.names}


def targets(name: str) -> Iterator[str]:
    """The modules of the package that a module imports from."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "odekit":
            for alias in node.names:
                whole, face = f"{node.module}.{alias.name}", str(node.module)
                is_module = whole in MODULES and face in FACES and alias.name not in exported(face)
                yield whole if is_module else face
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "odekit")


def is_below_a_face(importer: str, target: str) -> bool:
    """Whether a module of another room is entered without its face."""
    room = target.rpartition(".")[0]
    return target not in FACES and importer != room and not importer.startswith(f"{room}.")


def test_no_room_is_entered_below_its_face() -> None:
    assert not [
        (name, target)
        for name in set(MODULES) - {"odekit"}
        for target in targets(name)
        if is_below_a_face(name, target)
    ]


def test_a_module_behind_a_face_is_noticed() -> None:
    assert is_below_a_face("odekit.claims.verify", "odekit.solvers.stepping.tableau")
    assert not is_below_a_face("odekit.solvers.stepping.batch", "odekit.solvers.stepping.tableau")
    assert not is_below_a_face("odekit.solvers.stepping.batch", "odekit.errors")


def imports_inside_functions(module: ast.Module) -> list[int]:
    return [
        inner.lineno
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]


@pytest.mark.slow
def test_no_function_imports_anything() -> None:
    free = {name for name in MODULES if name.startswith("odekit.cli")} | FACES
    assert not [name for name in set(MODULES) - free if imports_inside_functions(tree(name))]


def test_an_import_in_a_function_is_noticed() -> None:
    assert imports_inside_functions(ast.parse("def f():\n    import math\n")) == [2]


def questions_by_name(module: ast.Module) -> list[int]:
    """Lines that ask an object for an attribute by a name that is written down."""
    return [
        node.lineno
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("hasattr", "getattr")
        and isinstance(node.args[1], ast.Constant)
    ]


def test_no_object_is_asked_what_it_is_by_the_names_of_its_attributes() -> None:
    askers = [name for name in MODULES if name.partition(".")[2].partition(".")[0] in ASKERS]
    assert askers
    assert not [name for name in askers if questions_by_name(tree(name))]


def test_a_question_by_name_is_noticed() -> None:
    assert questions_by_name(ast.parse("hasattr(system, 'stacks')\ngetattr(system, name)")) == [1]


def test_no_stand_in_takes_the_place_of_a_type() -> None:
    assert not [name for name, path in MODULES.items() if "SimpleNamespace" in path.read_text()]


def test_generated_text_becomes_code_in_one_place() -> None:
    calls = {
        name
        for name in MODULES
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("exec", "eval")
    }
    assert calls == {"odekit.solvers.codegen.load"}


def test_no_folder_holds_more_modules_than_a_reader_can_survey() -> None:
    folders = {path.parent for path in MODULES.values()}
    counts = {str(folder.relative_to(ROOT)): len(list(folder.glob("*.py"))) for folder in folders}
    assert not {
        folder: count for folder, count in counts.items() if count > MOST_MODULES and folder != "odekit"
    }
    assert counts["odekit"] <= MOST_MODULES


@pytest.mark.parametrize("words", VOCABULARY)
def test_a_concept_is_found_by_its_name(words: str) -> None:
    def tells(name: str) -> bool:
        spelled = words.lower().replace("-", " ")
        first_line = (ast.get_docstring(tree(name)) or "").partition("\n")[0].lower().replace("-", " ")
        return spelled.replace(" ", "_") in name.replace("-", "_") or spelled in first_line

    assert tells(VOCABULARY[words])


def test_a_face_says_what_its_room_answers_and_lists_its_names() -> None:
    assert not [name for name in FACES if not ast.get_docstring(tree(name))]
    assert {name for name in FACES if not listed(name)} <= {
        "odekit.claims.experiments",
        "odekit.cli.commands",
        "odekit.cli.commands.sweeps",
    }


def test_no_two_modules_behind_a_face_list_the_same_name() -> None:
    for face in FACES:
        froms = [node for node in tree(face).body if isinstance(node, ast.ImportFrom)]
        shown = [name for node in froms if node.names[0].name == "*" for name in listed(str(node.module))]
        assert len(shown) == len(set(shown)), face

"""The doors between the rooms are those of the contracts in pyproject.toml, and each contract has teeth."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

# One import through a closed door for each contract, or a room without a place.
VIOLATIONS = {
    "a statement travels one way, and every room has its place": ("attic.py", ""),
    "no circle of files anywhere": (
        "groups/irreps/frobenius_schur.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import odekit.groups.irreps.real_irreps\n",
    ),
    "layers inside systems": ("systems/known/attic.py", "import odekit.systems.system\n"),
    "layers inside derivation": ("derivation/modes/attic.py", "import odekit.derivation.polar\n"),
    "layers inside solvers": ("solvers/problem/attic.py", "import odekit.solvers.stepping\n"),
    "layers inside groups": ("groups/irreps/attic.py", "import odekit.groups.families\n"),
    "layers inside simulation": ("simulation/runs/attic.py", "import odekit.simulation.training\n"),
    "layers inside comparison": ("comparison/measures/attic.py", "import odekit.comparison.flows\n"),
    "layers inside checking": ("checking/sampling/attic.py", "import odekit.checking.judge\n"),
    "layers inside claims": ("claims/experiments/attic.py", "import odekit.claims.verify\n"),
    "layers inside sweeps": ("sweeps/tasks/attic.py", "import odekit.sweeps.plan\n"),
    "the core knows neither groups nor networks": ("systems/attic.py", "import odekit.groups\n"),
    "simulation knows nothing of algebra": ("simulation/attic.py", "import odekit.systems\n"),
    "sympy only in systems, derivation, solvers.codegen and checking.algebra": (
        "claims/attic.py",
        "import sympy\n",
    ),
    "matplotlib only in report": ("groups/attic.py", "import matplotlib\n"),
    "click only in cli": ("comparison/attic.py", "import click\n"),
    "optional packages each behind one module": ("networks/attic.py", "import xarray\n"),
}


def verdicts(folder: Path) -> dict[str, str]:
    """Each contract's name with KEPT or BROKEN, as import-linter says for the package in ``folder``."""
    result = subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = dict(re.findall(r"^(.+?) (KEPT|BROKEN)\b", result.stdout, flags=re.MULTILINE))
    assert found, result.stdout + result.stderr
    if "BROKEN" in found.values():
        found["report"] = result.stdout
    return found


def contracts() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return [contract["name"] for contract in settings["contracts"]]


def test_every_import_goes_through_an_open_door() -> None:
    found = verdicts(ROOT)
    assert found == dict.fromkeys(contracts(), "KEPT"), found.get("report")


def test_every_contract_has_a_planted_violation() -> None:
    assert list(VIOLATIONS) == contracts()


def test_every_contract_notices_a_planted_violation(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "odekit", tmp_path / "odekit", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for place, line in VIOLATIONS.values():
        with (tmp_path / "odekit" / place).open("a") as file:
            file.write(line)
    found = verdicts(tmp_path)
    report = found.pop("report")
    assert found == dict.fromkeys(contracts(), "BROKEN"), report

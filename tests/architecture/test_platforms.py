"""The package can be imported where a system lacks what others have."""

from __future__ import annotations

import subprocess
import sys
from pkgutil import walk_packages

import pytest

import odekit

# What the standard library has on POSIX systems only.
POSIX_MODULES = ("fcntl", "grp", "pwd", "resource", "termios", "tty", "pty", "posix", "_posixsubprocess")
POSIX_NAMES = (
    "fork",
    "register_at_fork",
    "getuid",
    "geteuid",
    "getgid",
    "sched_getaffinity",
    "mkfifo",
    "setsid",
)
SCRIPT = """
import importlib, os, sys
import click, distributed, filelock, matplotlib.pyplot, mpmath, numpy, pydantic, rich.table
import scipy.integrate, scipy.special, sympy, threadpoolctl
for name in {modules}:
    sys.modules[name] = None
for name in {names}:
    if hasattr(os, name):
        delattr(os, name)
sys.platform = "win32"
for name in {targets}:
    importlib.import_module(name)
print("imported")
"""


@pytest.mark.slow
def test_every_module_can_be_imported_on_windows() -> None:
    targets = sorted(module.name for module in walk_packages(odekit.__path__, "odekit."))
    script = SCRIPT.format(
        modules=POSIX_MODULES, names=POSIX_NAMES, targets=[t for t in targets if not t.endswith("__main__")]
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert result.stdout == "imported\n", result.stderr

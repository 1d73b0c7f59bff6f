"""Where the numbers were measured: processor, cores, libraries, and the rate of its matrix products."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from harness import measure
from threadpoolctl import threadpool_info

__all__ = ["cores", "describe", "matmul_rate"]

PACKAGES = [
    "odekit",
    "numpy",
    "scipy",
    "sympy",
    "mpmath",
    "numba",
    "threadpoolctl",
    "matplotlib",
    "heyoka",
    "diffrax",
    "jax",
    "jaxlib",
    "torch",
    "torchdiffeq",
    "jitcode",
]


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def describe() -> dict[str, Any]:
    """Machine and versions, as they go into JSON."""
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": cores(),
        "memory_gb": _memory(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "blas": sorted({_blas(each) for each in threadpool_info() if each["user_api"] == "blas"}),
        "c_compiler": _compiler(),
        "versions": {"python": platform.python_version(), **_versions()},
    }


def matmul_rate(dtype: type[np.floating[Any]], size: int = 2048) -> float:
    """Floating-point operations a second of NumPy's product of two square matrices on all cores."""
    a = np.random.default_rng(0).normal(size=(size, size)).astype(dtype)
    return 2.0 * size**3 / measure(lambda: a @ a, most=8, budget=6.0)[1].best


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def _blas(info: dict[str, Any]) -> str:
    return (
        f"{info['internal_api']} {info['version']}, {info.get('architecture')}, {info['num_threads']} threads"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    found = {
        name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines) if value
    }
    keys = ("model name", "cpu family", "model", "cpu MHz", "cache size")
    return ", ".join(
        found[key] if key == "model name" else f"{key} {found[key]}" for key in keys if key in found
    )


def _memory() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (AttributeError, OSError, ValueError):
        return None


def _compiler() -> str | None:
    path = shutil.which("cc")
    if path is None:
        return None
    result = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    return result.stdout.partition("\n")[0] or None

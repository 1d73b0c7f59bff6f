"""Files of claims: FILE.py, which is run as a script is, and FILE.toml."""

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from odekit.claims.own.document import claims_of_tables
from odekit.claims.verdict import Claim
from odekit.errors import FileError, InputError

__all__ = ["claims_in", "is_file"]

SUFFIXES = (".py", ".toml")


def is_file(name: Any) -> bool:
    """Whether a name is that of a file of claims.

    >>> is_file("mine.toml"), is_file("lottery-ticket")
    (True, False)
    """
    return isinstance(name, os.PathLike) or (isinstance(name, str) and name.endswith(SUFFIXES))


def claims_in(path: str | os.PathLike[str]) -> tuple[Claim, ...]:
    """The claims of a file, in its order.

    A Python file is the user's own program and is run, as a script is: with its folder first on the path, all
    rights of whoever runs it, and a name that is not ``__main__``. Its claims are those that its names stand
    for when it has ended.

    Raises
    ------
    FileError: a file that can't be read, that is no TOML, or that breaks when it is run.
    InputError: another suffix, no claim, or two of one id.
    """
    file = Path(path)
    if file.suffix not in SUFFIXES:
        raise InputError("claims are in no such file", expected="FILE.py or FILE.toml", received=str(file))
    claims = claims_of_tables(file) if file.suffix == ".toml" else _claims_of_module(_run(file), file)
    for place, claim in enumerate(claims):
        if claim.id in {other.id for other in claims[:place]}:
            raise InputError(f"{file.name} holds two claims {claim.id!r}", expected="an id for each")
    return claims


def _claims_of_module(module: ModuleType, file: Path) -> tuple[Claim, ...]:
    found = {id(value): value for value in vars(module).values() if isinstance(value, Claim)}
    if not found:
        raise InputError(
            f"{file.name} holds no claim",
            expected="a function below @odekit.claim(...)",
            received=f"{len([name for name in vars(module) if not name.startswith('_')])} names",
            hint="odekit claims, which lists odekit's own",
        )
    return tuple(found.values())


def _run(file: Path) -> ModuleType:
    """The module that a file is.

    Raises
    ------
    FileError: it can't be read, or breaks, with the line.
    """
    try:
        file.read_bytes()
    except OSError as error:
        raise FileError(f"{file} can't be read", received=error.strerror or str(error)) from None
    # A name that no other module has; what looks itself up there, as dataclasses do, finds it.
    name = f"odekit_claims_of_{file.stem}"
    spec = spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        with _first_on_path(file):
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise FileError(
            f"{file} breaks when it is run",
            expected="a Python file that can be imported",
            received=f"{type(error).__name__}: {error}{_place(error, file)}",
            hint="python " + str(file),
        ) from error
    return module


@contextmanager
def _first_on_path(file: Path) -> Iterator[None]:
    """Let a file import what lies beside it, as a script does."""
    folder = str(file.resolve().parent)
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        if folder in sys.path:
            sys.path.remove(folder)


def _place(error: BaseException, file: Path) -> str:
    """The last line of the file that was under way."""
    lines = [each.lineno for each in traceback.extract_tb(error.__traceback__) if each.filename == str(file)]
    return f" (line {lines[-1]})" if lines else ""

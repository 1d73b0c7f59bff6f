"""Files of claims: FILE.py, which is run as a script is, and FILE.toml."""

import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from odekit.arguments import path_of
from odekit.claims.own.document import claims_of_tables
from odekit.claims.settings import Settings
from odekit.claims.verdict import Claim, Verdict
from odekit.errors import FileError, InputError, told
from odekit.files import read_bytes

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
    for when it has ended. What it imports from its folder is its own: another file's imports don't see it.

    Raises
    ------
    FileError: a file that can't be read, that is no TOML, or that breaks when it is run.
    InputError: another suffix, no claim, or two of one id.
    """
    file = path_of(path, "a file of claims")
    if file.suffix not in SUFFIXES:
        raise InputError("claims are in no such file", expected="FILE.py or FILE.toml", received=str(file))
    claims = claims_of_tables(file) if file.suffix == ".toml" else _claims_of_program(file)
    for place, claim in enumerate(claims):
        if claim.id in {other.id for other in claims[:place]}:
            raise InputError(f"{file.name} holds two claims {claim.id!r}", expected="an id for each")
    return claims


def _claims_of_program(file: Path) -> tuple[Claim, ...]:
    beside = _Beside(file)
    names = _run(file, beside)
    found = {id(value): value for value in names.values() if isinstance(value, Claim)}
    if not found:
        raise InputError(
            f"{file.name} holds no claim",
            expected="a function below @odekit.claim(...)",
            received=f"{len([name for name in names if not name.startswith('_')])} names",
            hint="odekit claims, which lists odekit's own",
        )
    return tuple(
        replace(claim, experiment=partial(_within, beside, claim.experiment)) for claim in found.values()
    )


def _within(
    beside: "_Beside", experiment: Callable[[Claim, Settings], Verdict], claim: Claim, settings: Settings
) -> Verdict:
    with beside.importable():
        return experiment(claim, settings)


class _Beside:
    """The modules beside a file, which it and its experiments can import, and no other file."""

    def __init__(self, file: Path) -> None:
        self._folder = file.resolve().parent
        self._modules: dict[str, ModuleType] = {}

    @contextmanager
    def importable(self) -> Iterator[None]:
        """Have the folder first on the path, and what was imported from it before.

        Nothing is written beside the file: bytecode of a version that another follows within a second would
        be taken for that one's.
        """
        before, writes_none = {*sys.modules}, sys.dont_write_bytecode
        sys.modules.update(self._modules)
        sys.path.insert(0, str(self._folder))
        sys.dont_write_bytecode = True
        try:
            yield
        finally:
            sys.dont_write_bytecode = writes_none
            if str(self._folder) in sys.path:
                sys.path.remove(str(self._folder))
            added = {name: module for name, module in sys.modules.items() if name not in before}
            tops = {name for name, module in added.items() if self._holds(module)}
            self._modules |= {name: each for name, each in added.items() if name.partition(".")[0] in tops}
            for name in self._modules:
                sys.modules.pop(name, None)

    def _holds(self, module: ModuleType) -> bool:
        """Whether a module or package lies in the folder itself, and not in an environment below it."""
        place = vars(module).get("__file__")
        if not isinstance(place, str):
            return False
        file = Path(place).resolve()
        return self._folder in (file.parent, file.parent.parent if file.name == "__init__.py" else None)


def _run(file: Path, beside: _Beside) -> Mapping[str, Any]:
    """The names of the module that a file is.

    Raises
    ------
    FileError: it can't be read, or breaks, with the line.
    """
    read_bytes(file)
    # A name that no other module has; what looks itself up there, as dataclasses do, finds it.
    name = f"odekit_claims_of_{file.stem}"
    spec = spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    try:
        with beside.importable():
            sys.modules[name] = module
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise FileError(
            f"{file} breaks when it is run",
            expected="a Python file that can be imported",
            received=f"{told(error)}{_place(error, file)}",
            hint="python " + str(file),
        ) from error
    return vars(module)


def _place(error: BaseException, file: Path) -> str:
    """The last line of the file that was under way."""
    lines = [each.lineno for each in traceback.extract_tb(error.__traceback__) if each.filename == str(file)]
    return f" (line {lines[-1]})" if lines else ""

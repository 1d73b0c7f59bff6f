"""A bound on each question, and what is told where it is passed.

It holds in every thread and on every platform of CPython; memory is bounded where ``/proc`` tells of it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

from odekit.errors import AlgebraError, LimitError, OdekitError
from odekit.limits.machine import slowness
from odekit.limits.watch import Bounds, Watch
from odekit.numbers import positive

__all__ = ["DERIVATION_SECONDS", "bounded", "limit", "limits_in_force"]

R = TypeVar("R")
Function = TypeVar("Function", bound=Callable[..., Any])

# A formula that a person writes takes well below a second; a derivation at all modes may take half a minute.
FORMULA_SECONDS, DERIVATION_SECONDS = 4.0, 60.0
GIGABYTES = 2.0
# Where an exception that is raised here says nothing about odekit, but about what it was asked to compute.
_ALGEBRA = ("mpmath.", "numpy.linalg.", "sympy.")

_SECONDS: ContextVar[float | None] = ContextVar("odekit_limit_seconds", default=None)
_GIGABYTES: ContextVar[float] = ContextVar("odekit_limit_gigabytes", default=GIGABYTES)
_UNDER_WAY: ContextVar[Watch | None] = ContextVar("odekit_limit_under_way", default=None)


@contextmanager
def limit(seconds: float | None = None, gigabytes: float | None = None) -> Iterator[None]:
    """Give each symbolic question within the block so much time and memory; what is None stays as it is.

    Parameters
    ----------
    seconds: of the processor, for each call such as `odekit.gradient_flow` or `System.fixed_points`; by
        default 4 for formulas and 60 for derivations, and more on a slow processor, as many times as it takes
        longer. ``float("inf")`` takes the limit away.
    gigabytes: of memory, beyond what is in use when the question is asked; by default 2.

    Raises
    ------
    InputError: a number that is not positive.

    >>> with limit(seconds=60):
    ...     pass
    """
    time_allowed = _SECONDS.get() if seconds is None else _allowed(seconds, "seconds")
    memory_allowed = _GIGABYTES.get() if gigabytes is None else _allowed(gigabytes, "gigabytes")
    tokens = _SECONDS.set(time_allowed), _GIGABYTES.set(memory_allowed)
    try:
        yield
    finally:
        _SECONDS.reset(tokens[0])
        _GIGABYTES.reset(tokens[1])


def limits_in_force() -> tuple[float | None, float]:
    """Seconds, None where each question has its own, and gigabytes: what a caller asked for last."""
    return _SECONDS.get(), _GIGABYTES.get()


def bounded(
    what: str, seconds: float = FORMULA_SECONDS, share: float = 1.0
) -> Callable[[Function], Function]:
    """Let a function work within the limits.

    Parameters
    ----------
    what: the function does, as the subject of a sentence.
    seconds: of a processor that isn't slow, unless the caller asked for another `limit`.
    share: of these seconds, for a question that is one part of another.

    Raises
    ------
    LimitError: it took longer or more memory.
    AlgebraError: SymPy or mpmath broke on what it was given.
    """

    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def within(*args: Any, **named: Any) -> Any:
            allowed = _SECONDS.get() or seconds * slowness()
            bounds = Bounds(allowed * share, _GIGABYTES.get(), share)
            outer = _UNDER_WAY.get()
            if outer is not None and bounds.seconds >= outer.bounds.seconds:
                found = function(*args, **named)
                outer.check()
                return found
            return _watched(lambda: function(*args, **named), what, bounds)

        return cast(Function, within)

    return decorate


def _allowed(value: float, name: str) -> float:
    return value if isinstance(value, float) and value == float("inf") else positive(value, name)


def _watched(work: Callable[[], R], what: str, bounds: Bounds) -> R:
    watch = Watch(bounds)
    token = _UNDER_WAY.set(watch)
    try:
        try:
            watch.start()
            found = work()
        finally:
            watch.stop()
        watch.check()
        return found
    except watch.interruption:
        watch.stop()
        raise _exceeded(what, bounds, watch.cause) from None
    except MemoryError as error:
        raise _exceeded(what, bounds, "memory") from error
    except Exception as error:
        # What comes of an interruption that a handler of everything swallowed, such as mpmath's.
        if watch.has_fired and not isinstance(error, LimitError):
            raise _exceeded(what, bounds, watch.cause) from error
        if isinstance(error, RecursionError):
            raise AlgebraError(
                f"{what} is nested too deep",
                expected="a formula that nests less",
                received="a RecursionError",
            ) from error
        if isinstance(error, OdekitError) or not _is_foreign(error):
            raise
        raise AlgebraError(
            f"{what} has no answer: the computer algebra breaks on the formula",
            expected="a formula that SymPy can work on",
            received=f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0][:120]}".rstrip(": "),
            hint="another way to write it",
        ) from error
    finally:
        _UNDER_WAY.reset(token)


def _exceeded(what: str, bounds: Bounds, cause: str) -> LimitError:
    if cause == "memory":
        return LimitError(
            f"{what} takes too much memory",
            expected=f"at most {bounds.gigabytes:g} GB",
            hint=f"a shorter formula, or odekit.limit(gigabytes={4 * bounds.gigabytes:g})",
        )
    return LimitError(
        f"{what} takes too long",
        expected=f"at most {bounds.seconds:g} s of symbolic work",
        hint=f"a shorter formula, or odekit.limit(seconds={10 * bounds.seconds / bounds.share:g})",
    )


def _is_foreign(error: BaseException) -> bool:
    """Whether the innermost frame is one of the computer algebra's."""
    trace, name = error.__traceback__, ""
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__", ""))
        trace = trace.tb_next
    return f"{name}.".startswith(_ALGEBRA)

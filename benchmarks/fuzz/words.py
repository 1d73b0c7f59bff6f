"""The words of a call of the program: its own commands and options, odd values, and calls kept cheap."""

from __future__ import annotations

from functools import cache

import click
import numpy as np

import odekit
from odekit.cli.program import program

__all__ = ["BESIDE", "call", "cheap", "odd_word"]

# Files that lie in the folder where the program is called.
BESIDE = ("run.npz", "record.csv", "table.npy", "lotka.toml", "draft.toml", "mine.toml")
ODD = (
    *("", "-", "--", "-1", "0", "1", "2", "3", "0.5", "1e-300", "1e300", "-inf", "nan", "1e999"),
    *("0x10", "1_0", "٣", "9" * 40, "10000000000000000000", "\udcff", "\t", " ", "a=b", "x=1", "x=nan"),
    *("k=", "=", "x=1,x=2", "Zp", "Z0", "Z1", "Z3", "Z99999999999", "S3", "A5", "Z2xZ2", "Z2x", "F21"),
    *("D", "S99", "Q8xS3xZ5", "k", "k,2k", "all", "1,2", "0", "k,l,m,n", "-k", "x*y", "x+y", "x-y"),
    *("x+y+z", "2*x+3*y", "z**2", "relu", "z**64", "1/z", "exp(exp(z))"),
    *("__import__('os').mkdir('odekit_canary')", "<script>", "%s%n", "{0}", "$x", "out", "out/deep/er"),
    *("out.json", "page.html", "a.npz", "con", "a/../b", "/dev/null", "/dev/full", "/", ".", ".."),
    *("/proc/self/mem", "~", "a" * 300, "\x1b[31m", "text", "latex", "json", "python", "shared"),
    *("unshared", "none", "sphere", "joint_sphere", "sum", "mean", "flow", "sgd", "adamw", "uniform"),
    *("full", "iid", "single_frequency", "equal_magnitude", "2602.16849", "2602.16848", "nonesuch"),
    *BESIDE,
)
# Calls that the program answers, by command. One that is not here is never called: it may compute for hours.
GOOD = {
    "verify": (("mine.toml",), ("mine.toml", "--out", "out")),
    "claims": ((), ("--paper", "2602.16849")),
    "derive": (("--group", "Z5"), ("--group", "S3"), ("lotka.toml",), ("--table", "table.npy")),
    "analyse": (("lotka.toml",), ("lotka.toml", "--out", "out")),
    "check": (("draft.toml",), ("draft.toml", "--json", "-")),
    "simulate": (
        ("--out", "a.npz"),
        ("--weights", "run.npz", "--out", "a.npz"),
        ("--method", "sgd", "--out", "a.npz"),
    ),
    "compare": (("run.npz",), ("record.csv", "--system", "lotka.toml"), ("run.npz", "--out", "out")),
    "predict": (("run.npz",), ("run.npz", "--group", "Z5")),
    "reproduce": ((),),
    "explore": (("lotka.toml", "--out", "page.html"), ("--group", "Z5", "--out", "page.html")),
}
COMMANDS = list(GOOD)
# What a person asks for takes as long as it takes; what can be large is no larger than this, or absurd.
CAPS = {
    **{"--neurons": 4.0, "--steps": 5.0, "--snapshots": 4.0, "--t-end": 1.0, "--end": 1.0, "--certify": 5.0},
    **{"--limit": 2.0, "--memory": 0.5, "--learning-rate": 1.0, "--seed": 1e6, "--until": 1.0},
}
ABSURD = 1e15
LATER = {"simulate": ("--group", "Z3", "--neurons", "2", "--snapshots", "3", "--t-end", "0.1")}


def odd_word(generator: np.random.Generator) -> str:
    """A command, an option, or an odd value."""
    kind = generator.integers(10)
    known = COMMANDS if kind == 0 else options(str(generator.choice(COMMANDS))) if kind < 5 else list(ODD)
    return known[generator.integers(len(known))]


def call(generator: np.random.Generator) -> list[str]:
    """A good call, most often, with some of the command's options, their values good ones or odd."""
    command = str(generator.choice(COMMANDS))
    good = GOOD[command]
    words = [command, *good[generator.integers(len(good))]] if generator.integers(8) else [command]
    for _ in range(generator.integers(0, 4)):
        own = _options(command)
        words += _given(own[generator.integers(len(own))], generator)
    if generator.integers(3) == 0:
        words.insert(int(generator.integers(len(words) + 1)), odd_word(generator))
    return words


def cheap(words: list[str]) -> list[str] | None:
    """The call with what it computes kept small; None where that is long by design or leads elsewhere."""
    command = next((word for word in words if word in COMMANDS), None)
    long = _never() - ({"all"} if command in ("derive", "explore") else set())
    if long & set(words) or any(_is_elsewhere(word) for word in words):
        return None
    capped = [_capped(word, words[place - 1] if place else "") for place, word in enumerate(words)]
    known = options(command) if command else []
    later = [name for name in ("--limit", "--memory") if name in known and not _is_given(name, words)]
    capped += [word for name in later for word in (name, f"{CAPS[name]:g}")]
    pairs = LATER.get(command or "", ())
    if command == "verify":
        # Without a claim all would be verified; behind an option a file is no claim.
        is_named = words[words.index(command) + 1 :][:1] == ["mine.toml"]
        return capped if is_named else [*capped, "--format", "text", "mine.toml"]
    given = zip(pairs[::2], pairs[1::2], strict=True)
    return capped + [word for name, value in given if not _is_given(name, words) for word in (name, value)]


def options(command: str) -> list[str]:
    """The names of a command's options."""
    return [name for each in _options(command) for name in each.opts] + ["--help"]


@cache
def _never() -> frozenset[str]:
    """What takes minutes by design, and what shows a traceback because it was asked to."""
    claims = (claim.id for claim in odekit.claims.CLAIMS)
    figures = (figure.id for figure in odekit.report.select_figures(()))
    others = (name for name in program.list_commands(click.Context(program)) if name not in COMMANDS)
    return frozenset((*claims, *figures, *others, "all", "--full", "--debug", "--to-the-end"))


@cache
def _options(command: str) -> list[click.Option]:
    found = program.get_command(click.Context(program), command)
    assert found is not None
    return [each for each in found.params if isinstance(each, click.Option) and not _never() & {*each.opts}]


def _given(option: click.Option, generator: np.random.Generator) -> list[str]:
    """An option with one of the values that it names, or an odd one; alone where it has none."""
    name = option.opts[0]
    if option.is_flag:
        return [name]
    is_choice = isinstance(option.type, click.Choice)
    named = option.type.choices if is_choice else (option.metavar or "").split("|")
    known = [str(each) for each in named if each.islower()]
    known += [str(option.default)] if isinstance(option.default, str | float) else []
    words = known if known and generator.integers(2) else ODD
    return [name, words[generator.integers(len(words))]]


def _is_elsewhere(word: str) -> bool:
    """Whether a word of no list names a place outside of the folder, where a file may be asked for."""
    value = word.rpartition("=")[2]
    return word not in ODD and (value.startswith(("/", "~")) or ".." in value)


def _is_given(name: str, words: list[str]) -> bool:
    return any(word == name or word.startswith(f"{name}=") for word in words)


def _capped(word: str, before: str) -> str:
    """A number that is large but not absurd is replaced by the most that is cheap."""
    name, sign, value = word.partition("=") if word.startswith("--") else (before, "", word)
    try:
        number = float(value)
    except ValueError:
        return word
    cap = CAPS.get(name)
    if cap is None or not cap < number < ABSURD:
        return word
    return f"{name}{sign}{cap:g}" if sign else f"{cap:g}"

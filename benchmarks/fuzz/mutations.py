"""An input with one thing changed: bytes of any kind, words and lines of a text, arrays of an archive."""

from __future__ import annotations

import io
import re

import numpy as np
from damaged_files import DECLARED, DECLARED_TYPES, damaged_again, headed
from watch import CANARY

__all__ = ["PAYLOADS", "TOKENS", "of_archives", "of_bytes", "of_lines", "of_tables", "of_text"]

Generator = np.random.Generator

# What would leave its mark were it executed.
PAYLOADS = (
    f"__import__('os').mkdir('{CANARY}')",
    f"exec('{CANARY} = 1')",
    f"().__class__.__base__.__subclasses__()[0].{CANARY}",
    f"open('../{CANARY}', 'w')",
    f"(lambda: {CANARY})()",
    f"!!python/object/apply:os.mkdir ['{CANARY}']",
)
TOKENS = (
    *PAYLOADS,
    *("1e308", "-1e308", "1e400", "nan", "inf", "-inf", "1e-320", "0", "-1", "10**9", "9" * 50),
    *("9" * 5000, "0x1F"),
    *('""', '"\\u0000"', "[]", "{}", "[[]]", "true", "1979-05-27T07:32:00Z", "'''", '"""', "[" * 200),
    "{a=" * 200,
    *("(" * 40 + "x" + ")" * 40, "-" * 100 + "x", "x**" * 30 + "2", "x**64", "x**(1/64)"),
    "exp(" * 30 + "x" + ")" * 30,
    *("x[i] for i in 1..100000", "x[i] for i in 1..n", "sum(x[j] for j in 1..1000)"),
    "product(i for i in 1..40)",
    *("../" * 8 + "etc/passwd", "/dev/zero", "/dev/stdin", "C:\\x", "NUL", "a\x00b", "\ufeff"),
    *("\u202e", "٣", "ﬁ", "ϕ"),
    *("lambda", "t", "I", "E", "pi", "zoo", "oo", "nan", "x" * 300, "Zp", "Z0", "S99"),
    "Z2xZ2xZ2xZ2xZ2xZ2",
    *("1/0", "log(0)", "tan(pi/2)", "gamma(x)", "abs(x)", "step(x)", "relu(x)", "acos(2)", "sqrt(-1)"),
    "(x**2)**0.5",
    *("1e30", "1e-30", "123456789012345678901234567890", "0.1", "1/3", "x/y/z", "x**-64", "max(x, y)"),
    "x if x else y",
)  # fmt: skip
_WORD = re.compile(r"\w+|[^\w\s]")


def of_bytes(content: bytes, generator: Generator) -> bytes:
    """Up to four changes of bytes: flipped, set, put in, taken out, repeated."""
    changed = bytearray(content or b"\0")
    for _ in range(generator.integers(1, 5)):
        place, end = sorted(int(each) for each in generator.integers(len(changed) + 1, size=2))
        end = min(end, place + 16)
        kind = generator.integers(6)
        if kind == 0 and place < len(changed):
            changed[place] ^= 1 << int(generator.integers(8))
        elif kind == 1:
            changed[place:end] = generator.bytes(end - place)
        elif kind == 2:
            changed[place:place] = generator.bytes(int(generator.integers(1, 8)))
        elif kind == 3:
            changed[place:end] = b""
        elif kind == 4:
            changed[place:place] = changed[place:end] * int(generator.integers(1, 4))
        else:
            changed[place:place] = _token(generator).encode("utf-8", "surrogatepass")
    return bytes(changed)


def of_text(content: bytes, generator: Generator) -> bytes:
    """A word or a value replaced, put in, or taken out; or lines as `of_lines`."""
    if generator.integers(3) == 0:
        return of_lines(content, generator)
    text = content.decode()
    words = list(_WORD.finditer(text))
    if not words:
        return _token(generator).encode()
    one, other = (words[generator.integers(len(words))] for _ in range(2))
    value = re.compile(r"(?<==)[^\n]*").search(text, one.start())
    start, end = value.span() if value is not None and generator.integers(2) else one.span()
    put = (other.group(), _token(generator), "", text[start:end] * 2)[generator.integers(4)]
    return (text[:start] + put + text[end:]).encode()


def of_lines(content: bytes, generator: Generator) -> bytes:
    """A line taken out, repeated, exchanged, or with a token or a cell of another in it."""
    lines = content.split(b"\n")
    one, other = (int(each) for each in generator.integers(len(lines), size=2))
    kind = generator.integers(5)
    if kind == 0:
        del lines[one]
    elif kind == 1:
        lines[one:one] = [lines[other]] * int(generator.integers(1, 5))
    elif kind == 2:
        lines[one], lines[other] = lines[other], lines[one]
    else:
        cells = lines[one].split(b",")
        token = _token(generator).encode("utf-8", "surrogatepass")
        cells[generator.integers(len(cells))] = token if kind == 3 else lines[other]
        lines[one] = b",".join(cells)
    return b"\n".join(lines)


def of_archives(content: bytes, generator: Generator) -> bytes:
    """An array, a header, meta, or the archive's bytes."""
    return damaged_again(content, generator)


def of_tables(content: bytes, generator: Generator) -> bytes:
    """A table in a file of one array or an archive: entries, shape, type or header."""
    if content.startswith(b"PK"):
        return damaged_again(content, generator)
    array = np.load(io.BytesIO(content), allow_pickle=False)
    if generator.integers(4) == 0:
        chosen = (
            DECLARED_TYPES[generator.integers(len(DECLARED_TYPES))],
            DECLARED[generator.integers(len(DECLARED))],
        )
        return headed(*chosen) + content[content.index(b"\n") + 1 :]
    ways = (
        lambda: array.astype(str(generator.choice(["f8", "u1", "c16", "U3", "?", "i1"]))),
        lambda: array[: generator.integers(1, 9)],
        lambda: array[:, ::-1],
        lambda: generator.permutation(array),
        lambda: np.where(generator.random(array.shape) < 0.1, generator.choice([-1, 0, 99, 2**31]), array),
    )
    file = io.BytesIO()
    np.save(file, ways[generator.integers(len(ways))](), allow_pickle=False)
    return file.getvalue()


def _token(generator: Generator) -> str:
    return TOKENS[generator.integers(len(TOKENS))]

"""What the fuzzer begins with: good inputs of each kind, damaged ones, and the tricks that are known."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator

import numpy as np
from damaged_files import archive, damaged, headed
from mutations import PAYLOADS, TOKENS, of_lines
from safetensors.numpy import save
from words import BESIDE, call, odd_word

import odekit
from odekit.extras import require_parquet
from odekit.sweeps.store import Record

__all__ = [
    "activations", "archived_records", "beside", "calls", "cells", "checks", "claims", "documents",
    "formulas", "parquet", "parquet_records", "plans", "recalled", "runs", "systems", "tables", "tensors",
    "written_records",
]  # fmt: skip

Generator = np.random.Generator

COUNT = 200
KEY = "0" * 64  # of a cell
SYSTEMS = (
    '[equations]\nx = "x*(1 - y)"\ny = "r*y*(x - 1)"\n[parameters]\nr = ""\n',
    '[equations]\n"x[i] for i in 1..n" = "w[i] + K/n*sum(sin(x[j] - x[i]) for j in 1..n)"\n'
    "[parameters]\nn = 3\nK = 0.5\nw = [0.1, 0.2, -0.3]\n",
    'time = "s"\nconditions = ["x > 0"]\nparameters = ["k"]\n[equations]\nx = "-k*E*x + cos(s)"\n'
    '[definitions]\nE = "sqrt(x**2 + 1)"\n',
    'energy = "(s - a*b)**2/2"\nvariables = ["a", "b"]\nparameters = {s = 1.5}\n',
    'energy = "(1 - A[1,1]*b[1] - A[1,2]*b[2])**2"\nconstraint = "a"\n[variables]\nA = [2, 2]\nb = 2\n',
)
CHECKS = (
    '[network]\ngroup = "Zp"\ntask = "x+y"\n[definitions]\nDelta = "2*phi - psi"\n[equations]\n'
    'alpha = "2*p*alpha*beta*cos(Delta)"\nD = "-p*(4*beta**2 - alpha**2/beta)*sin(D)"\n',
    '[network]\ngroup = "Zp"\n[first_integrals]\nc = "alpha**2 - 2*beta**2"\n[rates]\n'
    '"D = 0" = "p*(4*beta + alpha**2/beta)"\n[values]\nlogit_scale = "alpha*beta**2"\n',
    '[system]\nconditions = ["x > 0", "r > 0"]\n[system.equations]\nx = "r*x*(1 - x)"\n[system.parameters]\n'
    'r = ""\n[equations]\nx = "r*x*(1 - x)"\n[limits]\nx = {formula = "1", to = "infinity"}\n',
    '[conventions]\nfree_units = ["time"]\na = "alpha"\n[network]\ngroup = "Z5"\n[equations]\na = "a*beta"\n',
    'system = "../../../../etc/passwd"\n[equations]\nx = "1"\n',
)
CLAIMS = (
    '[equations]\nx = "-k*x"\n[parameters]\nk = 2.0\n[claims.decay]\nkind = "rate"\nof = "x"\nformula = "k"\n'
    "start = {x = [0.5, 1.0]}\nend = 6\nstarts = 2\n",
    '[equations]\nx = "y"\ny = "-x"\n[claims.energy]\nkind = "conserved"\nformula = "x**2 + y**2"\n'
    'start = {x = 1, y = "x/2"}\nend = 3\nrtol = 1e-9\n',
    '[equations]\nx = "x*(1 - x)"\n[claims.end]\nkind = "limit"\nof = "x"\nformula = "1"\n'
    'start = {x = 0.5}\nend = 20\ntolerance = 1e-3\ncontrol = "0.9"\n',
    '[equations]\nx = "-k*x"\n[parameters]\nk = ""\n[claims.exact]\nkind = "closed form"\nof = "x"\n'
    'formula = "x0*exp(-k*t)"\nstart = {x = 1}\nparameters = {k = [1, 2]}\nend = 2\n',
    'system = "/dev/zero"\n[claims.a]\nkind = "winner"\namong = ["x", "y"]\nwinner = "x"\n',
    '[equations]\na = "a*b"\nb = "a**2"\n[claims.order]\nkind = "order"\nof = "a"\nsmall = "a0"\norder = 1\n'
    'approximation = "a0"\nfrom = 0.1\nhalvings = 3\nstart = {a = 0.1, b = 1}\nend = 1\n',
)
PLANS = (
    '[sweep]\ntask = "compare"\nseed = 3\nseeds = 4\n[grid]\ngroup = ["Z5", "S3"]\nscale = [0.01, 1]\n'
    "neurons = 64\n",
    '[sweep]\nclaims = ["lottery-ticket", "decoupling"]\nfull = true\n[grid]\ngroup = "Z7"\n'
    "neurons = [64, 128]\n",
    '[sweep]\ntask = "solve"\ntable = "parquet"\n[grid]\nsystem = "/dev/zero.toml"\nt = 1\n'
    "start.x = [0.5, 1]\n",
    '[sweep]\ntask = "predict"\n[[cells]]\ngroup = "Z5"\nactivation = "z**2"\n[[cells]]\ngroup = "D4"\n'
    "scale = 0.5\n",
)
FORMULAS = (
    "x' = x*(1 - y); y' = y*(x - 1)",
    "x[i]' = -sum(sin(x[j] - x[i]) for j in 1..3 if j != i) for i in 1..3",
    "dx/dt = exp(-x**2)*cos(t) + abs(x)**(1/2)",
    "u' = (u**2 + 1)/(u - 1)  # a remark\nv' = tanh(u)*log(v)",
)
ACTIVATIONS = (
    "quadratic",
    "relu",
    "z**2 + z**4/2",
    "z*tanh(z)",
    "gelu",
    "2*x + 3*y",
    "x*y",
    "x - y + z",
    "exp(z)",
)
DEEP = (
    "[" * 5000,
    "a" + ".a" * 3000 + " = 1",
    "x = " + "[" * 1000 + "]" * 1000,
    'x = "' + "(" * 900 + ")" * 900,
)
LONG = (
    '"' + "a" * 100_000 + '" = "1"',
    "x = " + "9" * 5000,
    "x = 1\nx = 2",
    '[equations]\nx = "1"\n[equations]\n',
)
RECORD = b"t,x,y\n0,1.0,2.0\n1,0.5,2.5\n2,0.25,2.75\n"
NAMES = (
    "../x",
    "/etc/x",
    "C:\\x",
    "NUL",
    "a\0b",
    "con.npy",
    "t.npy/../../x",
    "x" * 300,
    "",
    "meta",
    "run",
    "t\u202e",
)


def runs(generator: Generator) -> Iterator[bytes]:
    """Runs that are damaged in one way or two, and archives with tricks."""
    yield from damaged(COUNT, int(generator.integers(2**31)))
    yield from _tricks()


def tensors(generator: Generator) -> Iterator[bytes]:
    """Runs in files of safetensors, with and without what describes them."""
    for group, neurons in (("Z5", 3), ("S3", 2)):
        network = odekit.Network(group, neurons=neurons)
        run = odekit.simulate(network, seed=1, t_end=10.0, snapshots=4)
        arrays = {
            **{name: np.ascontiguousarray(each) for name, each in run.weights.items()},
            "t": run.t.copy(),
        }
        yield save(arrays, {"meta": json.dumps(run.file_meta())})
        yield save(arrays)


def cells(generator: Generator) -> Iterator[bytes]:
    """Finished cells, whose checksums hold."""
    for rows in ([{"outcome": "confirmed", "gap": 0.5}], [], [{"t": 1e308, "winner": None}] * 50):
        yield Record(KEY, {"task": "predict", "settings": {}}, rows).encoded()


def tables(generator: Generator) -> Iterator[bytes]:
    """Multiplication tables as one array, in an archive, and as text."""
    for name in ("Z4", "S3", "Q8", "Z2xZ3"):
        table = odekit.group(name).table
        file = io.BytesIO()
        np.save(file, table)
        yield file.getvalue()
        yield archive({"table": table})
        yield "\n".join(",".join(map(str, row)) for row in table.tolist()).encode()
    yield headed("<i8", (10**9, 10**9))
    yield headed("|O", (2, 2))
    yield from _tricks()


def archived_records(generator: Generator) -> Iterator[bytes]:
    """Trajectories in archives, good ones and others."""
    t = np.arange(5.0)
    for names in (("x", "y"), ("alpha", "lambda"), ("x", "t"), NAMES):
        yield archive({"t": t, **{name: np.exp(-t) for name in names}})
    yield archive(
        {"t": t, "x": np.ones((5, 3)), "meta": np.array('{"learning_rate": 0.1, "noise": {"x": 1}}')}
    )
    yield archive({"t": t.astype("f2"), "x": np.array([1, 2, np.nan, np.inf, -1])})
    yield from _tricks()


def written_records(generator: Generator) -> Iterator[bytes]:
    """Trajectories as CSV."""
    yield RECORD
    yield b"t,run,x\n0,a,1\n1,a,2\n2,a,3\n0,b,1\n1,b,2\n2,b,3\n"
    yield b'\xef\xbb\xbft,"x"\r\n0,1\r\n1,\r\n2,3\r\n'
    yield RECORD.decode().encode("utf-16")
    yield b't,x\n0,"' + b"1" * 200_000 + b'"\n'
    for _ in range(COUNT):
        yield of_lines(RECORD, generator)


def parquet_records(generator: Generator) -> Iterator[bytes]:
    """Trajectories as Parquet files, with columns of all types."""
    for _ in range(COUNT // 2):
        yield parquet(b"", generator)


def parquet(content: bytes, generator: Generator) -> bytes:
    """A Parquet file of odd columns."""
    reader = require_parquet()
    import pyarrow as pa

    rows = int(generator.integers(0, 5))
    columns = (
        lambda: pa.array(np.arange(rows) * 1.0),
        lambda: pa.array(np.arange(rows)),
        lambda: pa.array([None, 1.0, np.nan, np.inf, -0.0][:rows]),
        lambda: pa.array([str(i) for i in range(rows)]),
        lambda: pa.array([[i] for i in range(rows)]),
        lambda: pa.array([{"a": i} for i in range(rows)]),
        lambda: pa.array([b"\xff"] * rows),
        lambda: pa.array(list(range(rows)), pa.timestamp("us", tz="UTC")),
        lambda: pa.array([2**60] * rows, pa.decimal128(38, 2)),
        lambda: pa.array([None] * rows),
        lambda: pa.array(["a"] * rows).dictionary_encode(),
        lambda: pa.array([True] * rows),
        lambda: pa.array(list(range(rows)), pa.time64("ns")),
        lambda: pa.array(np.arange(rows).astype("f2")),
    )
    names = [*generator.choice(["t", "x", "run", "y", *NAMES], size=3)]
    names[0] = "t" if generator.integers(4) else names[0]
    chosen = [
        columns[0 if place < 2 and generator.integers(3) else generator.integers(len(columns))]()
        for place in range(3)
    ]
    file = io.BytesIO()
    reader.write_table(pa.Table.from_arrays(chosen, names=[str(name) for name in names]), file)
    return file.getvalue()


def systems(generator: Generator) -> Iterator[bytes]:
    """ODEs in TOML."""
    yield from documents(SYSTEMS)


def checks(generator: Generator) -> Iterator[bytes]:
    """Lines to check in TOML."""
    yield from documents(CHECKS)


def claims(generator: Generator) -> Iterator[bytes]:
    """Claims in TOML."""
    yield from documents(CLAIMS)


def plans(generator: Generator) -> Iterator[bytes]:
    """Plans of sweeps in TOML."""
    yield from documents(PLANS)


def documents(good: tuple[str, ...]) -> Iterator[bytes]:
    """TOML files: good ones, what would be executed in place of their formulas, and what nests or is long."""
    for text in good:
        yield text.encode()
        for payload in PAYLOADS:
            yield text.replace(text.split('"')[-2], payload).encode()
    for text in (*DEEP, *LONG):
        yield text.encode()
        yield (good[0] + text).encode()


def formulas(generator: Generator) -> Iterator[bytes]:
    """Equations as text."""
    yield from (text.encode() for text in FORMULAS)
    yield from (f"x' = {token}".encode("utf-8", "surrogatepass") for token in TOKENS)


def activations(generator: Generator) -> Iterator[bytes]:
    """Activations and tasks."""
    yield from (text.encode() for text in (*ACTIVATIONS, *PAYLOADS))


def calls(generator: Generator) -> Iterator[bytes]:
    """Calls of the program, a word a line."""
    for _ in range(2 * COUNT):
        yield _written(call(generator))


def beside() -> dict[str, bytes]:
    """The files that calls of the program can name."""
    network = odekit.Network("Z5", neurons=3)
    run = odekit.simulate(network, seed=1, t_end=10.0, snapshots=4)
    table = io.BytesIO()
    np.save(table, odekit.group("S3").table)
    contents = (
        archive({**run.weights, "t": run.t, "meta": np.array(json.dumps(run.file_meta()))}),
        *(RECORD, table.getvalue(), SYSTEMS[0].encode(), CHECKS[0].encode(), CLAIMS[0].encode()),
    )
    return dict(zip(BESIDE, contents, strict=True))


def recalled(content: bytes, generator: Generator) -> bytes:
    """A call with a word replaced, put in or taken out; or another one."""
    words = content.decode("utf-8", "surrogateescape").split("\n")
    place, kind = int(generator.integers(len(words))), generator.integers(5)
    if kind == 0:
        return _written(call(generator))
    words[place : place + (kind < 3)] = [] if kind == 1 else [odd_word(generator)]
    return _written(words)


def _written(words: list[str]) -> bytes:
    return "\n".join(words).encode("utf-8", "surrogateescape")


def _tricks() -> Iterator[bytes]:
    """Archives that unpack to much, nest, hold many members, or whose members' names lead elsewhere."""
    small = headed("<f8", (2,)) + bytes(16)
    yield _packed({f"{name}.npy": small for name in NAMES if "\0" not in name})
    yield _packed({f"a{place}.npy": small for place in range(40)})
    bomb = _packed({"t.npy": headed("<f8", (2**15,)) + bytes(2**18)})
    yield bomb
    yield _packed({"t.npy": bomb, "run.npz": bomb})
    yield _packed(
        {"t.npy": headed("<f8", (10**9,)) + bytes(16), "theta.npy": headed("<f8", (10**9, 10**9, 2))}
    )
    yield archive({"t": np.array([{}], dtype=object), "xi": np.ones((1, 2, 5))})


def _packed(entries: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, entry in entries.items():
            packed.writestr(name, entry)
    return file.getvalue()

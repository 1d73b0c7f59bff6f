"""Everything that odekit says about speed, measured here, next to the peers that are installed.

    pip install torch --index-url https://download.pytorch.org/whl/cpu      (PyTorch's CPU build, first)
    pip install -e '.[bench]'
    python benchmarks [--quick] [--only NAME ...] [--seed N] [--out DIR]
    python benchmarks --against REVISION            (verify and the tests, beside those of another commit)

Writes benchmarks.json, benchmarks.md and the figure work_precision.png and .pdf into DIR, and prints the
tables, first of all that of the targets: met, or the honest number. JiTCODE needs a C compiler. A peer that
isn't installed is named with the reason. The whole takes about a quarter of an hour on two cores, --quick
less than two minutes; time measured beside other work on the machine is worth little.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import closed_form
import gradient
import memory
import polynomial
import startup
import stiff
import stiff_batch
import trigonometric
import work_precision
from contenders import absent
from figure import draw
from harness import Row, Settings
from machine import describe
from output import page, write_json
from peers import PEERS
from problem import ERROR_KIND
from scaling import exponents
from targets import ratios, verdicts
from versions import compare_with

__all__ = ["main"]

BENCHES = {
    bench.NAME.replace(" ", "-"): bench
    for bench in (
        startup,
        memory,
        gradient,
        closed_form,
        polynomial,
        trigonometric,
        work_precision,
        stiff,
        stiff_batch,
    )
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what is asked for, writes and prints it; 1 where a benchmark failed."""
    options = _options(arguments)
    if options.against is not None:
        print(compare_with(options.against, quick=options.quick))
        return 0
    settings = Settings(quick=options.quick, seed=options.seed)
    machine, start = describe(), time.perf_counter()
    rows, failed = _measured(options.only or list(BENCHES), settings)
    found = verdicts(rows)
    content = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": settings.seed,
        "quick": settings.quick,
        "benches": options.only or list(BENCHES),
        "seconds": time.perf_counter() - start,
        "error_kind": ERROR_KIND,
        "machine": machine,
        "targets": [vars(verdict) | {"status": verdict.status} for verdict in found],
        "ratios": ratios(rows),
        "peers": {peer.name: peer.how for peer in PEERS},
        "exponents": exponents(rows),
        "absent": absent() | failed,
        "rows": [row.content() for row in rows],
    }
    options.out.mkdir(parents=True, exist_ok=True)
    text = page(content, rows, found)
    write_json(content, options.out / "benchmarks.json")
    (options.out / "benchmarks.md").write_text(text)
    figures = draw(rows, options.out)
    print(
        f"\n{text}\nwritten: {options.out / 'benchmarks.json'}, benchmarks.md{', figure' if figures else ''}"
    )
    return 1 if failed else 0


def _measured(names: Sequence[str], settings: Settings) -> tuple[list[Row], dict[str, str]]:
    """Rows of all benchmarks, and why some failed; compiled code begins with an empty cache."""
    rows: list[Row] = []
    failed: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ODEKIT_CACHE_DIR"] = folder
        for name in names:
            try:
                for row in BENCHES[name].rows(settings):
                    rows.append(row)
            except Exception as error:
                failed[f"benchmark {name}"] = f"{type(error).__name__}: {error}".partition("\n")[0]
                print(f"  {name} failed: {error}", file=sys.stderr)
    return rows, failed


def _options(arguments: Sequence[str] | None) -> Any:
    parser = argparse.ArgumentParser(
        prog="python benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="small sizes, a check that everything runs")
    parser.add_argument("--only", nargs="+", choices=list(BENCHES), metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--against", metavar="REVISION", help="compare with another commit, and nothing else")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path(".build/benchmarks"), metavar="DIR")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

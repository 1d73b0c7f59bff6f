"""One process that puts inputs to one target, until it has put enough or one of them ends it.

The input in progress lies in a file, and the counts in another, so that whoever started the process knows
what it was about when it ends.
"""

from __future__ import annotations

import contextlib
import json
import pkgutil
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["Share", "State", "main", "work"]

# Beyond what the process has when it begins; the judge complains much earlier.
MOST_MEMORY = 4 * 2**30
LARGEST = 2**16  # bytes of an input that is made from another one
TRIES, PATIENCE = 200, 5.0  # for a smaller input that shows the same fault
ENGINES = ("atheris", "random")

Put = Callable[[bytes], None]
Changed = Callable[[bytes, np.random.Generator, Callable[[], bytes]], bytes]


@dataclass(frozen=True)
class Share:
    """What one process has to do.

    Parameters
    ----------
    target: name of the target.
    engine: atheris, which follows the coverage, or random.
    inputs, seconds: at most.
    seed: of all randomness.
    """

    target: str
    engine: str
    inputs: int
    seconds: float
    seed: int


class State:
    """A folder that outlives the process: inputs, counts, findings.

    Parameters
    ----------
    folder: of one target.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("findings", "corpus"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self.current, self._told = folder / "current", folder / "findings.jsonl"
        path = folder / "counts"
        if not path.exists():
            np.zeros(2, dtype=np.int64).tofile(path)
        self.counts = np.memmap(path, dtype=np.int64, mode="r+", shape=(2,))

    def findings(self) -> list[dict[str, Any]]:
        """What has been found, each fault once."""
        return (
            [json.loads(line) for line in self._told.read_text().splitlines()] if self._told.exists() else []
        )

    def tell(self, rule: str, what: str, place: str, content: bytes) -> Path:
        """Keep an input that shows a fault, and say which."""
        path = self.folder / "findings" / f"{rule}-{len(self.findings())}"
        path.write_bytes(content)
        said = {"rule": rule, "what": what, "place": place, "file": str(path)}
        with self._told.open("a") as file:
            file.write(json.dumps(said) + "\n")
        return path


def work(share: Share, state: State) -> None:
    """Put inputs to the target; with atheris this ends the process."""
    # Its modules are loaded by atheris, which counts in them what is reached.
    if share.engine == "atheris":
        import atheris

        with atheris.instrument_imports(include=["odekit", "tomllib"], enable_loader_override=False):
            _load()
    from doors import TARGETS
    from judge import Complaint, Judge

    target, judge = TARGETS[share.target], Judge(state.folder / "scratch")
    beside = target.beside()
    known = {(each["rule"], each["place"]) for each in state.findings()}
    generator = np.random.default_rng(share.seed)
    begun = list(target.seeds(generator))
    _bound_memory()

    def judged(content: bytes) -> Complaint | None:
        return judge.complaint(target.answer, content, target.file, target.writes, beside)

    def put(content: bytes) -> None:
        state.current.write_bytes(content)
        complaint = judged(content)
        state.counts[0] += 1
        if complaint is None:
            return
        state.counts[1] += 1
        # What it shows when it is put once more is what counts: first calls load much.
        again = judged(content) if complaint.signature not in known else None
        known.add(complaint.signature)
        if again is not None:
            known.add(again.signature)
            state.tell(again.rule, again.what, again.place, _smaller(content, judged, again.signature))

    def changed(content: bytes, own: np.random.Generator, otherwise: Callable[[], bytes]) -> bytes:
        """What the format's own mutation makes of it, or bytes changed."""
        if own.integers(2):
            with contextlib.suppress(Exception):
                found = target.mutate(content, own)
                if len(found) <= LARGEST:
                    return found
        return otherwise()

    if share.engine == "atheris":
        _followed(share, state, begun, put, changed)
    else:
        _random(share, begun, put, changed)


def _random(share: Share, begun: list[bytes], put: Put, changed: Changed) -> None:
    from mutations import of_bytes

    generator, end = np.random.default_rng(share.seed + 1), time.monotonic() + share.seconds
    pool = [*begun]
    for place in range(share.inputs):
        if time.monotonic() > end:
            return
        if place < len(begun):
            put(begun[place])
            continue
        chosen = int(generator.integers(len(pool)))
        content = pool[chosen]
        new = changed(content, generator, lambda own=content: of_bytes(own, generator))
        put(new)
        if len(new) <= LARGEST and generator.integers(4) == 0:
            pool.append(new)


def _followed(share: Share, state: State, begun: list[bytes], put: Put, changed: Changed) -> None:
    import atheris
    from mutations import TOKENS

    corpus = state.folder / "corpus"
    if not any(corpus.iterdir()):
        for place, content in enumerate(begun):
            (corpus / f"seed-{place}").write_bytes(content)
    words = state.folder / "words"
    escaped = (
        "".join(f"\\x{byte:02x}" for byte in token.encode("utf-8", "surrogatepass")) for token in TOKENS
    )
    words.write_text("".join(f'"{token}"\n' for token in escaped if len(token) < 4 * 60))

    def mutate(content: bytes, most: int, seed: int) -> bytes:
        found = changed(content, np.random.default_rng(seed), lambda: atheris.Mutate(content, most))
        return found if len(found) <= most else atheris.Mutate(content, most)

    options = {
        **{"runs": share.inputs, "max_total_time": int(share.seconds), "seed": share.seed % 2**31 + 1},
        **{"max_len": LARGEST, "timeout": 0, "rss_limit_mb": 0, "dict": words, "len_control": 0},
        **{"artifact_prefix": f"{state.folder}/ended-", "verbosity": 1},
    }
    atheris.Setup(
        ["fuzz", *(f"-{name}={value}" for name, value in options.items()), str(corpus)],
        put, custom_mutator=mutate,
    )  # fmt: skip
    atheris.Fuzz()


def _load() -> None:
    """Every module of odekit's."""
    import odekit

    for module in pkgutil.walk_packages(odekit.__path__, "odekit."):
        if not module.name.endswith("__main__"):
            __import__(module.name)


def _bound_memory() -> None:
    size = next(
        line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmSize")
    )
    most = 1024 * int(size.split()[1]) + MOST_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))


def _smaller(content: bytes, complaint: Callable[[bytes], Any], signature: tuple[str, str]) -> bytes:
    """The content without what the fault doesn't need, as far as a few tries tell."""
    end = time.monotonic() + PATIENCE
    for attempt in _without(len(content)):
        if time.monotonic() > end:
            break
        start, stop = (min(place, len(content)) for place in attempt)
        other = content[:start] + content[stop:]
        if start < stop and (found := complaint(other)) is not None and found.signature == signature:
            content = other
    return content


def _without(length: int) -> Iterator[tuple[int, int]]:
    """Parts to leave out: halves, quarters and so on, from the end."""
    size, tries = length // 2, 0
    while size and tries < TRIES:
        for start in range(length - size, -1, -size):
            tries += 1
            yield start, start + size
        size //= 2


def main(arguments: list[str]) -> None:
    """One share, from words: folder, target, engine, inputs, seconds, seed."""
    folder, target, engine, inputs, seconds, seed = arguments
    work(Share(target, engine, int(inputs), float(seconds), int(seed)), State(Path(folder)))


if __name__ == "__main__":
    main(sys.argv[1:])

"""Several experiments at a time give the verdicts of one after the other, and a dead process is told."""

from __future__ import annotations

import os
from itertools import permutations
from typing import Any

import pytest

from odekit.claims import CLAIMS, Claim, Verdict, running, verify
from odekit.claims.settings import Settings
from odekit.errors import InputError, StoppedEarly
from odekit.groups import from_table

QUICK = ("rank-one", "single-frequency", "single-irrep")


def _ignore(_: Claim | Verdict) -> None:
    pass


class _Deadly:
    """Ends the process that unpickles it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (1,)


@pytest.fixture
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "FEWEST", 1)


@pytest.mark.slow
@pytest.mark.usefixtures("_few")
def test_several_processes_give_the_same_verdicts_in_the_same_order() -> None:
    begun: list[str] = []
    ended: list[str] = []
    elements = list(permutations(range(3)))
    products = [[elements.index(tuple(g[i] for i in h)) for h in elements] for g in elements]
    asked: dict[str, Any] = {"seed": 5, "group": from_table(products), "values": {"neurons": 24}}
    alone = verify(QUICK, **asked)
    together = verify(
        QUICK,
        **asked,
        workers=2,
        on_start=lambda claim: begun.append(claim.id),
        on_finish=lambda verdict: ended.append(verdict.id),
    )
    assert [verdict.id for verdict in together.verdicts] == [*QUICK]
    assert sorted(begun) == sorted(ended) == sorted(QUICK)
    assert [verdict.outcome for verdict in alone.verdicts] == ["confirmed", "not_applicable", "confirmed"]
    for one, other in zip(alone.verdicts, together.verdicts, strict=True):
        assert (one.outcome, one.text) == (other.outcome, other.text)
        # Linear algebra by one thread may differ in its last digits.
        for (name, *values), (other_name, *others) in zip(one.quantities, other.quantities, strict=True):
            assert (name, values) == (other_name, pytest.approx(others, rel=1e-6))


@pytest.mark.slow
@pytest.mark.usefixtures("_few")
def test_a_process_that_dies_is_told_with_what_it_was_at() -> None:
    deadly = Settings(group=_Deadly())  # type: ignore[arg-type]
    experiments = [(claim, deadly) for claim in CLAIMS[:2]]
    with pytest.raises(StoppedEarly, match=f"a process died while {CLAIMS[0].id}, {CLAIMS[1].id} were"):
        running.carry_out(experiments, 2, _ignore, _ignore)


def test_few_claims_and_those_of_ones_own_stay_in_this_process() -> None:
    asked: list[int] = []

    def experiment(claim: Claim, settings: Settings) -> Verdict:
        asked.append(os.getpid())
        return claim.inconclusive("nothing was measured")

    own = [Claim(f"own-{n}", "it holds", "me", "", "", experiment, bool) for n in range(2 * running.FEWEST)]
    found = verify(own, workers=8)
    assert asked == [os.getpid()] * len(own)
    assert [verdict.id for verdict in found.verdicts] == [claim.id for claim in own]
    assert found.seconds > 0


@pytest.mark.parametrize("workers", [0, -1, 1.5, "two"])
def test_a_number_of_workers_that_is_none_is_refused(workers: Any) -> None:
    with pytest.raises(InputError, match="workers"):
        verify(QUICK, workers=workers)

"""``odekit claims``."""

from __future__ import annotations

import json
from collections.abc import Callable

from click.testing import Result

from odekit.claims import CLAIMS

Invoke = Callable[..., Result]


def test_every_claim_is_listed(invoke: Invoke) -> None:
    result = invoke("claims")
    assert result.exit_code == 0
    assert all(claim.id in result.stdout for claim in CLAIMS)
    assert "\x1b" not in result.stdout


def test_the_json_has_source_and_statement(invoke: Invoke) -> None:
    result = invoke("claims", "--json", "-")
    listed = json.loads(result.stdout)["claims"]
    assert [entry["id"] for entry in listed] == [claim.id for claim in CLAIMS]
    assert all(entry["source"] and entry["statement"] and entry["hypotheses"] for entry in listed)
    assert CLAIMS[0].id in result.stderr


def test_a_paper_selects_its_claims(invoke: Invoke) -> None:
    paper = CLAIMS[0].paper
    listed = json.loads(invoke("claims", "--paper", paper, "--json", "-").stdout)["claims"]
    assert {entry["paper"] for entry in listed} == {paper}

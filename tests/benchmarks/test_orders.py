"""The cost of orders and predictions, by a small network. No time is asserted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.mark.slow
def test_a_small_network_has_a_row_for_each_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from orders import FLOWS, PREDICTION, main

    assert main(["--quick", "--json", str(tmp_path / "orders.json")]) == 0
    told = json.loads((tmp_path / "orders.json").read_text())
    by_name = {row["who"]: row for row in told}
    assert list(by_name) == ["training", *FLOWS, PREDICTION, f"{PREDICTION}, with band"]
    assert by_name["training"]["gradients / training"] == 1
    assert all(by_name[name]["gradients / training"] < 1 for name in FLOWS)
    assert by_name[PREDICTION]["until t"] == pytest.approx(by_name["training"]["until t"], rel=0.1)
    assert by_name[PREDICTION]["gradients"] < by_name[f"{PREDICTION}, with band"]["gradients"]
    assert by_name[PREDICTION]["operations / training"] == pytest.approx(
        by_name[PREDICTION]["gradients / training"]
    )
    table, _, ends = capsys.readouterr().out.partition("\n\n")
    assert len(table.splitlines()) == 2 + len(told)
    assert "fallen by 0.9" in ends


def test_a_symmetric_start_takes_fewer_operations() -> None:
    from orders import PREDICTION, rows

    *_, last = rows(5, 15, 500, 0, "symmetric")
    assert (last["M"], last["who"]) == (15, f"{PREDICTION}, with band")
    assert last["operations / training"] < 0.6 * last["gradients / training"]

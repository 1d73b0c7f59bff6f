"""What each table shows, cell by cell."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from odekit.claims import Report
from odekit.comparison import Comparison, Winners, predict
from odekit.report.tables.contents import (
    claims_table,
    comparison_table,
    prediction_table,
    short_names,
    verdict_table,
    winners_table,
)
from odekit.report.tables.table import Table


def row(table: Table, index: int) -> dict[str, Any]:
    return dict(zip(table.columns, table.rows[index], strict=True))


def test_a_verdict_of_one_number_takes_one_line(report: Report) -> None:
    first = row(verdict_table(report), 0)
    assert (first["claim"], first["predicted"], first["measured"]) == (("orders",), (3.0,), (2.99999,))
    assert first["budget"] == pytest.approx(1.01e-3)
    assert first["control"] == "refuted"


def test_numbers_by_name_stand_below_their_claim_and_end_with_the_interval(report: Report) -> None:
    second = row(verdict_table(report), 1)
    names = ("- all", "- clear", "- seen", "- interval, lower end", "- interval, upper end")
    assert second["claim"] == ("shares", *names)
    assert second["predicted"] == (None, 1.0, 1.0, None, None, None)
    measured = second["measured"]
    assert measured[:3] == (None, None, 0.5)
    assert type(measured[2]) is float
    assert measured[4:] == (0.25, 0.75)


def test_a_claim_that_is_not_applicable_has_empty_cells(report: Report) -> None:
    last = row(verdict_table(report), 3)
    assert (last["claim"], last["outcome"]) == (("elsewhere",), "not applicable")
    assert (last["predicted"], last["measured"]) == ((None,), (None,))
    assert (last["tolerance"], last["budget"], last["control"]) == (None, None, "")


def test_claims_are_listed_with_source_and_statement() -> None:
    claim = SimpleNamespace(id="a", source="paper", statement="it holds", takes=("neurons", "scale"))
    assert claims_table([claim]).rows == (("a", "paper", "it holds", "neurons, scale"),)


def test_a_comparison_shows_errors_up_to_its_horizon_and_at_the_end(comparison: Comparison) -> None:
    shown = row(comparison_table([comparison]), 0)
    times, medians = shown["t"], shown["median error"]
    assert times[-1] == f"{comparison.run.t[-1]:.4g}, beyond"
    judged = [float(time) for time in times[:-1]]
    assert judged == sorted(set(judged))
    assert comparison.horizon is not None
    assert judged[-1] < comparison.horizon
    place = int(np.searchsorted(comparison.run.t, judged[0]))
    assert medians[0] == comparison.errors["alpha"].median[place]
    assert shown["outcome"] == "confirmed"


def test_an_error_past_a_blow_up_is_infinite(comparison: Comparison) -> None:
    assert math.isnan(comparison.errors["alpha"].max[-1])
    largest = row(comparison_table([comparison]), 0)["max error"]
    assert largest[-1] == math.inf
    unfollowed = replace(comparison, order=2)
    assert row(comparison_table([unfollowed]), 0)["max error"][-1] is None


def test_a_horizon_that_was_not_reached_says_so(comparison: Comparison) -> None:
    assert row(comparison_table([replace(comparison, horizon=math.inf)]), 0)["horizon"] == "not reached"


def test_a_comparison_that_is_not_applicable_has_no_numbers(inapplicable: Comparison) -> None:
    shown = row(comparison_table([inapplicable]), 0)
    assert shown["outcome"] == "not applicable"
    assert (shown["t"], shown["median error"], shown["winners"]) == (None, None, "")


def test_winners_are_told_with_and_without_near_ties(comparison: Comparison) -> None:
    told = row(comparison_table([replace(comparison, winners=Winners(0.5, 1.0, 8, 4))]), 0)["winners"]
    assert told == ("50.0 % of 8", "100.0 % of 4 clear")
    told = row(comparison_table([replace(comparison, winners=Winners(0.5, math.nan, 8, 0))]), 0)["winners"]
    assert told == "50.0 % of 8"
    assert row(comparison_table([replace(comparison, winners=None)]), 0)["winners"] == ""


def test_files_are_named_without_their_folder_where_that_is_clear() -> None:
    assert short_names(["a/x.npz", "b/y.npz"]) == ["x.npz", "y.npz"]
    assert short_names(["a/x.npz", "b/x.npz"]) == ["a/x.npz", "b/x.npz"]


def test_a_prediction_shows_its_first_neurons_and_every_winner(comparison: Comparison) -> None:
    prediction = predict(comparison.run)
    table = prediction_table(prediction, count=3)
    assert len(table.rows) == 3
    assert row(table, 0)["winner"] == prediction.labels[prediction.winner[0]]
    assert row(table, 0)["blow-up time"] == prediction.blow_up_time[0]
    winners = winners_table(prediction)
    counts = list(winners.values(1))
    assert sum(counts) == 8
    assert counts == sorted(counts, reverse=True)


def test_a_neuron_that_never_blows_up_has_no_winner(comparison: Comparison) -> None:
    prediction = predict(comparison.run)
    never = replace(prediction, times=np.full_like(prediction.times, np.inf))
    first = row(prediction_table(never), 0)
    assert (first["winner"], first["blow-up time"]) == ("none", None)
    assert winners_table(never).rows == (("none", 8, "100.0 %", None),)


def test_a_group_with_one_mode_has_no_runner_up(comparison: Comparison) -> None:
    prediction = predict(comparison.run)
    alone = replace(
        prediction,
        labels=prediction.labels[:1],
        times=prediction.times[:, :1],
        winner=np.zeros_like(prediction.winner),
        runner_up=np.zeros_like(prediction.winner),
    )
    first = row(prediction_table(alone), 0)
    assert (first["runner-up"], first["its time"]) == ("none", None)

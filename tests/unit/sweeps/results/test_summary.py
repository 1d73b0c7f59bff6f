"""A summary says in words, numbers and pictures where claims hold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from odekit.errors import FileError
from odekit.sweeps import Counts, Summary, summary_tables, upper_limit
from odekit.sweeps.results.figures import draw_outcomes

SETTINGS = ("group", "scale")


def summary_of(**subjects: Mapping[tuple[str, float], Mapping[str, int]]) -> Summary:
    counted = {
        name: {place: Counts(counts) for place, counts in each.items()} for name, each in subjects.items()
    }
    return Summary(SETTINGS, counted, {})


MIXED = {
    ("Z5", 0.1): {"confirmed": 20},
    ("Z5", 1.0): {"confirmed": 20},
    ("Z8", 0.1): {"confirmed": 20},
    ("Z8", 1.0): {"confirmed": 18, "refuted": 2},
    ("S3", 0.1): {"not_applicable": 20},
    ("S3", 1.0): {"not_applicable": 20},
}
EVERYWHERE = {("Z5", 0.1): {"confirmed": 3}, ("Z5", 1.0): {"confirmed": 3}}


@pytest.fixture
def summary() -> Summary:
    return summary_of(lottery=MIXED)


def test_a_sentence_says_over_which_region(summary: Summary) -> None:
    assert summary.text("lottery") == (
        "confirmed at all of group = Z5, and at all of scale = 0.1; refuted in 2 of 120 cells, only at group "
        "= Z8 with scale = 1; not applicable in 40 of 120 cells, only at group = S3"
    )
    assert summary_of(a=EVERYWHERE).text("a") == "confirmed in all of 6 cells"
    judged = summary_of(a={**EVERYWHERE, ("S3", 0.1): {"not_applicable": 3}}).text("a")
    assert judged.startswith("confirmed wherever it could be judged, in 6 cells; not applicable in 3 of 9")


def test_a_refuted_cell_is_never_called_confirmed() -> None:
    for place in EVERYWHERE:
        text = summary_of(a={**EVERYWHERE, place: {"confirmed": 2, "refuted": 1}}).text("a")
        assert "refuted in 1 of 6 cells" in text
        assert f"scale = {place[1]:g};" not in text.split("refuted")[0]


def test_tables_are_in_percent_with_intervals(summary: Summary) -> None:
    (table,) = summary_tables(summary)
    lines = {row[1]: row for row in table.rows}
    low, high = 100 * (1 - upper_limit(78, 80, 0.975)), 100 * upper_limit(78, 80, 0.975)
    assert lines["all"][2:5] == (78, 2, 40)
    assert lines["all"][5].startswith("97.5 (9")
    assert lines["all"][5].endswith(f"-{high:.4g})")
    assert low < 97.5 < high
    assert lines["group = S3"][5] == ""


def test_what_json_holds(summary: Summary) -> None:
    found = summary.to_json()["subjects"]["lottery"]
    assert set(found) == {"text", "counts", "shares", "regions", "settings"}
    by_scale = {each["value"]: each["counts"] for each in found["settings"]["scale"]}
    assert by_scale == {
        0.1: {"confirmed": 40, "not_applicable": 20},
        1.0: {"confirmed": 38, "refuted": 2, "not_applicable": 20},
    }


@pytest.mark.slow
def test_a_figure_for_each_claim_and_none_that_is_out_of_date(summary: Summary, tmp_path: Path) -> None:
    drawn = draw_outcomes(summary_of(lottery=MIXED, **{"../a b": EVERYWHERE}), tmp_path)
    names = sorted(path.name for path in drawn)
    assert names == [
        "outcomes-.._a_b.pdf",
        "outcomes-.._a_b.png",
        "outcomes-lottery.pdf",
        "outcomes-lottery.png",
    ]
    first = {path.name: path.read_bytes() for path in drawn}
    again = draw_outcomes(summary, tmp_path)
    assert sorted((tmp_path / "figures").iterdir()) == sorted(again)
    assert all(path.read_bytes() == first[path.name] for path in again)


@pytest.mark.slow
def test_claims_are_rows_where_one_setting_varies_or_none(tmp_path: Path) -> None:
    one = Summary(
        ("group",), {"a": {("Z5",): Counts({"confirmed": 1})}, "b": {("S3",): Counts({"failed": 1})}}, {}
    )
    none = Summary((), {"a": {(): Counts({"refuted": 3})}}, {})
    for each in (one, none):
        assert [path.name for path in draw_outcomes(each, tmp_path)] == ["outcomes.pdf", "outcomes.png"]


def test_without_outcomes_there_is_no_figure(tmp_path: Path) -> None:
    assert draw_outcomes(Summary((), {}, {}), tmp_path) == []
    assert draw_outcomes(Summary((), {"predict": {(): Counts({"failed": 3})}}, {}), tmp_path) == []
    assert not (tmp_path / "figures").exists()
    assert Summary((), {"predict": {(): Counts({"failed": 3})}}, {}).text("predict") == "failed in 3 cells"


def test_a_place_that_can_not_be_written_is_told(summary: Summary, tmp_path: Path) -> None:
    (tmp_path / "figures").write_text("in the way")
    with pytest.raises(FileError):
        draw_outcomes(summary, tmp_path)

"""What a user sees of the coding: the agreement, and what each pass said of a row and why it was settled.

Needs the installed package alone, so that it runs on the oldest pandas too.
"""

from __future__ import annotations

import pandas as pd
import pytest

import naqoura_talks
from naqoura_talks import PackageError, UnknownNameError, cli, frames


def test_agreement_is_a_frame_with_numbers() -> None:
    """Figures are numbers with their n; where there is none, the remark says why."""
    frame = naqoura_talks.agreement()
    columns = ["round", "text", "table_name", "column_name", "coder", "measure", "value", "low", "high", "n", "remark"]
    assert list(frame.columns) == columns
    assert str(frame["value"].dtype) == "Float64" and str(frame["n"].dtype) == "Int64"
    assert frame["n"].notna().all() and frame.loc[frame["value"].isna(), "remark"].notna().all()
    whole = frame[frame["table_name"].isna() & (frame["measure"] == "f1_between")]
    assert whole["round"].iloc[0] == "round-1" and 0.5 < whole["value"].iloc[0] < 1
    frame.loc[0, "value"] = 0
    assert naqoura_talks.agreement().loc[0, "value"] > 0
    assert naqoura_talks.agreement().attrs["version"] == naqoura_talks.__version__


def told(row_id: str, column: str | None = None) -> pd.DataFrame:
    frame = naqoura_talks.passes(row_id, column)
    return frame.set_index(frame["column_name"].fillna("row"))


def test_passes_of_a_row() -> None:
    """Each coder's word for each column stands beside the published one, with what was settled and why."""
    frame = told("evt-invasion")
    assert list(frame.loc["row", ["published", "round-1 a", "round-1 b", "round-1 c"]]) == ["coded"] * 4
    start = frame.loc["start_edtf"]
    assert list(start[["published", "round-1 a", "round-1 b", "round-1 c"]]) == [
        "[..1983]",
        "[..1983]",
        "(empty)",
        "[..1983]",
    ]
    assert start["settled"] == "[..1983]" and "same sentence" in start["reason"]
    assert pd.isna(frame.loc["realis", "reason"])
    # Each coder's own key of the place is that of the published row.
    assert set(frame.loc["place_id", ["published", "round-1 a", "round-1 b", "round-1 c"]]) == {"plc-lebanon"}
    assert not {"title", "start_earliest", "description", "event_id"} & set(frame.index)


def test_every_time_that_a_cell_was_settled_is_told() -> None:
    """The last settlement first, then each before it, with its value and reason."""
    adjudged = pd.read_csv(frames.installed().root / "coding/adjudication.csv", dtype=str, keep_default_na=False)
    cells = adjudged.groupby(["row", "column_name"], sort=False)
    several = [(key, times) for key, times in cells if len(times) > 1]
    assert several
    for (row, column), times in several[::3]:
        told_of = told(row, column or None).loc[column or "row"]
        assert told_of["settled"] == (times["settled"].iloc[-1] or "(empty)")
        places = [told_of["reason"].index(reason) for reason in reversed(list(times["reason"]))]
        assert places == sorted(places) and all(value in told_of["reason"] for value in times["settled"].iloc[:-1])


def test_every_adjudication_is_reachable() -> None:
    """By the key that it names, whether that row is published or not, and with what the passes gave of it."""
    adjudged = pd.read_csv(frames.installed().root / "coding/adjudication.csv", dtype=str, keep_default_na=False)
    published = {key for table in naqoura_talks.load().values() for key in table.iloc[:, 0]}
    gone = adjudged[~adjudged["row"].isin(published)]
    assert len(gone)
    sample = pd.concat([gone, adjudged.iloc[::10]]).drop_duplicates(["row", "column_name"])
    for one in sample.to_dict("records"):
        assert one["reason"] in told(one["row"]).loc[one["column_name"] or "row", "reason"]
    for one in gone[gone["column_name"] == ""].to_dict("records"):
        row = told(one["row"]).loc["row"]
        assert row["published"] == "not coded"
        assert [row[f"round-1 {c}"] == "coded" for c in "abc"] >= [one[f"coder_{c}"] == "coded" for c in "abc"]


def test_a_cell_unlike_all_passes_has_its_reason() -> None:
    """The day of the talks is the curator's, and the reason says so."""
    start = told("evt-naqoura-talks").loc["start_edtf"]
    assert start["published"] == start["settled"] == "2025-12-03" and "curator" in start["reason"]


def test_passes_of_a_row_that_some_lack() -> None:
    """A pass without the row says so once, and nothing of its cells."""
    frame = told("act-un")
    assert list(frame.loc["row", ["round-1 a", "round-1 b", "round-1 c"]]) == ["coded", "not coded", "not coded"]
    assert frame.loc["actor_type", "round-1 a"] == "joint_body"
    assert frame.loc["actor_type", ["round-1 b", "round-1 c"]].isna().all()


def test_passes_of_a_cell() -> None:
    """One column on request; a truth value is written as in the tables."""
    frame = told("stm-israel-steps-insufficient", "is_repeated")
    assert list(frame.index) == ["row", "is_repeated"]
    assert told("stm-israel-steps-insufficient", "speaker").index[1] == "speaker_actor_id"
    cells = list(frame.loc["is_repeated", ["published", "round-1 a", "round-1 b", "round-1 c"]])
    assert cells == ["false", "false", "false", "(empty)"]


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        (("evt-invasio",), UnknownNameError, "no row 'evt-invasio' that coders coded. Near: evt-invasion"),
        (("src-naqoura-report",), UnknownNameError, "that coders coded"),
        (("evt-invasion", "realiz"), UnknownNameError, "Did you mean 'realis'"),
        (("evt-invasion", "title"), PackageError, "its provenance is editorial"),
    ],
)
def test_unknown_rows_and_columns(asked: tuple[str, ...], error: type[Exception], message: str) -> None:
    """What was not coded is refused with what is near."""
    with pytest.raises(error, match=message):
        naqoura_talks.passes(*asked)


def test_command(capsys: pytest.CaptureFixture[str]) -> None:
    """In a terminal the passes are a table with the reasons in full below it; in a pipe they are CSV."""
    assert cli.main(["why", "evt-invasion", "--passes", "--format", "table"]) == 0
    out = capsys.readouterr().out
    assert "round-1 b" in out and "settled: [..1983] | reason: The words put the invasion" in " ".join(out.split())
    assert cli.main(["why", "evt-invasion", "start_edtf", "--passes"]) == 0
    assert capsys.readouterr().out.startswith("column_name,published,round-1 a")
    assert cli.main(["why", "evt-none", "--passes"]) == 2
    assert "There is no row" in capsys.readouterr().err
    assert cli.main(["agreement"]) == 0
    assert capsys.readouterr().out.startswith("round,text,table_name")
    assert cli.main(["why", "evt-invasion", "--passes", "--text", "x"]) == 2

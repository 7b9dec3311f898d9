"""What people type into pandas every day gives the right value, on the oldest and the newest pandas.

Each expectation is counted in the published CSV with Python's csv module alone, or is what the CSV says, so that
nothing of the loader or of pandas is its own judge. Only naqoura_talks, pandas, pyarrow and pytest are used: it runs
on the wheel too (scripts/trials/wheel.py). What needs other libraries is in tests/plotting.
"""

from __future__ import annotations

import csv
import io
import json
import pickle
import sqlite3
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import naqoura_talks as nt

DAY = "2025-12-03"


def read(name: str) -> list[dict[str, str]]:
    """Return the rows of a table as its CSV has them."""
    with nt.path(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = read("events")
# ISO dates sort and compare as text.
STARTS = [row["start_earliest"] for row in ROWS if row["start_earliest"]]
DAYS = [date.fromisoformat(start) for start in STARTS]


@pytest.fixture
def events() -> pd.DataFrame:
    return nt.load("events")


def test_there_is_something_to_count() -> None:
    assert DAY in STARTS and len(set(STARTS)) > 2 and len(STARTS) < len(ROWS)


# --- compare and filter ---


@pytest.mark.parametrize("day", [DAY, pd.Timestamp(DAY), np.datetime64(DAY), pd.to_datetime(DAY)], ids=repr)
def test_equal(events: pd.DataFrame, day: object) -> None:
    assert (events["start_earliest"] == day).sum() == STARTS.count(DAY)
    assert (events["start_earliest"] != day).sum() == len(ROWS) - STARTS.count(DAY)


@pytest.mark.parametrize("day", ["2024-11-01", pd.Timestamp("2024-11-01")], ids=repr)
def test_before_and_after(events: pd.DataFrame, day: object) -> None:
    assert (events["start_earliest"] >= day).sum() == sum(s >= "2024-11-01" for s in STARTS)
    assert (events["start_earliest"] < day).sum() == sum(s < "2024-11-01" for s in STARTS)
    assert len(events[events.start_earliest > day]) == sum(s > "2024-11-01" for s in STARTS)


def test_between(events: pd.DataFrame) -> None:
    found = events[events["start_earliest"].between("2023-01-01", "2024-12-31")]
    assert set(found["event_id"]) == {
        r["event_id"] for r in ROWS if r["start_earliest"] and "2023-01-01" <= r["start_earliest"] <= "2024-12-31"
    }


def test_query(events: pd.DataFrame) -> None:
    day = pd.Timestamp(DAY)
    assert len(events.query("start_earliest == @day", local_dict={"day": day})) == STARTS.count(DAY)
    found = events.query("start_earliest >= '2025-12-03' and realis == 'actual'")
    assert len(found) == sum(r["start_earliest"] >= DAY and r["realis"] == "actual" for r in ROWS)


def test_query_for_a_text_that_equals_a_date(events: pd.DataFrame) -> None:
    """pandas 3 finds no row here, in a frame of its own making neither: docs of load() say what to write instead."""
    own = pd.DataFrame({"day": pd.to_datetime([DAY])})
    found = len(events.query("start_earliest == '2025-12-03'"))
    assert found == STARTS.count(DAY) * len(own.query("day == '2025-12-03'"))


def test_is_in(events: pd.DataFrame) -> None:
    assert events["start_earliest"].isin(pd.to_datetime([DAY, "1900-01-01"])).sum() == STARTS.count(DAY)


def test_missing(events: pd.DataFrame) -> None:
    assert events["start_earliest"].isna().sum() == len(ROWS) - len(STARTS)
    assert len(events.dropna(subset=["start_earliest"])) == len(STARTS)
    assert events["start_earliest"].fillna(pd.Timestamp("1900-01-01")).min() == pd.Timestamp("1900-01-01")
    assert events["start_earliest"].fillna(events["end_latest"]).notna().sum() == sum(
        bool(r["start_earliest"] or r["end_latest"]) for r in ROWS
    )


def test_text_with_missing_cells(events: pd.DataFrame) -> None:
    mentioned = events["date_words"].str.contains("November", na=False)
    assert mentioned.sum() == sum("November" in r["date_words"] for r in ROWS) > 0
    assert events["date_words"].fillna("").str.len().tolist() == [len(r["date_words"]) for r in ROWS]


def test_truth_values() -> None:
    statements = nt.load("statements")
    repeated = [r["statement_id"] for r in read("statements") if r["is_repeated"] == "true"]
    assert list(statements[statements["is_repeated"]]["statement_id"]) == repeated
    assert statements["is_repeated"].sum() == len(repeated) == (~statements["is_repeated"]).eq(False).sum()


def test_where_and_mask(events: pd.DataFrame) -> None:
    told = np.where(events["attribution"] == "speaker", "claimed", "told")
    assert Counter(told) == Counter("claimed" if r["attribution"] == "speaker" else "told" for r in ROWS)
    assert events["start_earliest"].where(events["realis"] == "actual").notna().sum() == sum(
        bool(r["start_earliest"]) and r["realis"] == "actual" for r in ROWS
    )


# --- reckon with dates ---


def test_parts_of_a_date(events: pd.DataFrame) -> None:
    years = events["start_earliest"].dt.year.value_counts().to_dict()
    assert years == Counter(int(s[:4]) for s in STARTS)
    assert events["start_earliest"].dt.strftime("%Y-%m-%d").dropna().tolist() == STARTS
    assert events["start_earliest"].dt.to_period("M").dropna().astype(str).tolist() == [s[:7] for s in STARTS]
    assert events["start_earliest"].dt.date.dropna().tolist() == DAYS


def test_spans_of_time(events: pd.DataFrame) -> None:
    ago = (pd.Timestamp(DAY) - events["start_earliest"]).dt.days
    assert ago.dropna().tolist() == [(date.fromisoformat(DAY) - d).days for d in DAYS]
    assert events["start_earliest"].max() - events["start_earliest"].min() == max(DAYS) - min(DAYS)
    assert (events["start_earliest"] + pd.Timedelta(days=1)).dropna().dt.date.tolist() == [
        d + timedelta(days=1) for d in DAYS
    ]
    assert (events["start_earliest"] + pd.DateOffset(years=1)).dt.year.dropna().tolist() == [d.year + 1 for d in DAYS]


def test_first_and_last(events: pd.DataFrame) -> None:
    assert (events["start_earliest"].min(), events["start_earliest"].max()) == tuple(
        pd.Timestamp(s) for s in (min(STARTS), max(STARTS))
    )
    assert events.nsmallest(1, "start_earliest")["start_earliest"].iloc[0] == pd.Timestamp(min(STARTS))
    assert events.loc[events["start_earliest"].idxmax(), "start_earliest"] == pd.Timestamp(max(STARTS))


def test_sort(events: pd.DataFrame) -> None:
    by_start = events.sort_values(["start_earliest", "event_id"])
    dated = sorted((r["start_earliest"], r["event_id"]) for r in ROWS if r["start_earliest"])
    assert list(by_start["event_id"]) == [key for _, key in dated] + [
        r["event_id"] for r in ROWS if not r["start_earliest"]
    ]


def test_steps_between(events: pd.DataFrame) -> None:
    days = sorted(DAYS)
    steps = events["start_earliest"].dropna().sort_values().diff().dt.days.dropna()
    assert steps.tolist() == [(b - a).days for a, b in pairwise(days)]
    assert events["start_earliest"].dropna().sort_values().shift().iloc[1].date() == days[0]


def test_resample(events: pd.DataFrame) -> None:
    per_year = events.dropna(subset=["start_earliest"]).set_index("start_earliest").resample("YE")["event_id"].count()
    years = Counter(d.year for d in DAYS)
    assert per_year[per_year > 0].to_dict() == {pd.Timestamp(f"{year}-12-31"): n for year, n in years.items()}
    assert len(per_year) == max(years) - min(years) + 1


def test_grouper(events: pd.DataFrame) -> None:
    per_month = events.groupby(pd.Grouper(key="start_earliest", freq="MS")).size()
    assert {str(k)[:7]: n for k, n in per_month[per_month > 0].items()} == Counter(s[:7] for s in STARTS)


def test_slices_of_an_index(events: pd.DataFrame) -> None:
    dated = events.dropna(subset=["start_earliest"]).set_index("start_earliest").sort_index()
    assert len(dated.loc["2025"]) == sum(s.startswith("2025") for s in STARTS)
    assert len(dated.loc["2024-01-01":"2025-12-03"]) == sum("2024-01-01" <= s <= DAY for s in STARTS)


def test_cut(events: pd.DataFrame) -> None:
    edges = pd.to_datetime(["1900-01-01", "2000-01-01", "2100-01-01"])
    bins = pd.cut(events["start_earliest"], edges, labels=["before 2000", "since 2000"]).value_counts()
    assert bins.to_dict() == Counter("before 2000" if s <= "2000-01-01" else "since 2000" for s in STARTS)


# --- group, pivot, count ---


def test_count(events: pd.DataFrame) -> None:
    assert events["realis"].value_counts().to_dict() == Counter(r["realis"] for r in ROWS)
    assert events["start_earliest"].nunique() == len(set(STARTS))
    assert events.describe(include="all").loc["count", "start_earliest"] == len(STARTS)


def test_group(events: pd.DataFrame) -> None:
    sizes = events.groupby(["realis", "attribution"]).size()
    assert sizes.to_dict() == Counter((r["realis"], r["attribution"]) for r in ROWS)
    table = pd.crosstab(events["realis"], events["attribution"])
    assert {k: n for k, n in table.stack().items() if n} == sizes.to_dict()


def test_first_of_each_group(events: pd.DataFrame) -> None:
    first = events.groupby("realis")["start_earliest"].agg(["min", "max", "count"])
    for realis, found in first.iterrows():
        starts = [r["start_earliest"] for r in ROWS if r["realis"] == realis and r["start_earliest"]]
        assert found["count"] == len(starts)
        assert pd.isna(found["min"]) if not starts else found["min"] == pd.Timestamp(min(starts))
        assert pd.isna(found["max"]) if not starts else found["max"] == pd.Timestamp(max(starts))


def test_pivot() -> None:
    parts, rows = nt.load("event_actors"), read("event_actors")
    roles = parts.pivot_table(index="actor_id", columns="actor_role", values="event_id", aggfunc="count", fill_value=0)
    assert {k: n for k, n in roles.stack().items() if n} == Counter((r["actor_id"], r["actor_role"]) for r in rows)


def test_pivot_of_dates(events: pd.DataFrame) -> None:
    first = events.pivot_table(index="realis", values="start_earliest", aggfunc="min")["start_earliest"]
    actual = min(r["start_earliest"] for r in ROWS if r["realis"] == "actual" and r["start_earliest"])
    assert first["actual"] == pd.Timestamp(actual)


def test_melt(events: pd.DataFrame) -> None:
    bounds = ["start_earliest", "start_latest", "end_earliest", "end_latest"]
    long = events.melt(id_vars="event_id", value_vars=bounds).dropna()
    assert len(long) == sum(bool(r[b]) for r in ROWS for b in bounds) and long["value"].dt.year.min() > 1900


def test_numbers() -> None:
    spans, rows = nt.load("evidence"), [r for r in read("evidence") if r["char_start"]]
    lengths = spans["char_end"] - spans["char_start"]
    expected = [int(r["char_end"]) - int(r["char_start"]) for r in rows]
    assert (lengths.sum(), lengths.max(), lengths.count()) == (sum(expected), max(expected), len(expected))
    assert round(lengths.mean(), 9) == round(sum(expected) / len(expected), 9)
    assert spans.groupby("support", observed=True)["char_start"].count().to_dict() == {
        s: sum(r["support"] == s and bool(r["char_start"]) for r in read("evidence")) for s in set(spans["support"])
    }


def test_several_names_in_a_cell() -> None:
    speakers = nt.joined("statements").assign(conditions=lambda f: f["conditions_on"].str.split("; "))
    exploded = speakers.explode("conditions").dropna(subset=["conditions"])
    assert len(exploded) == sum(r["link_role"] == "conditions_on" for r in read("statement_links"))


# --- put together ---


def test_merge(events: pd.DataFrame) -> None:
    flat = events.merge(nt.load("event_actors"), on="event_id", how="left", suffixes=("", "_of_part"))
    parts = Counter(r["event_id"] for r in read("event_actors"))
    assert len(flat) == sum(max(1, parts[r["event_id"]]) for r in ROWS)
    assert flat["start_earliest"].dtype == events["start_earliest"].dtype


def test_merge_on_dates_of_ones_own(events: pd.DataFrame) -> None:
    calendar = pd.DataFrame({"day": pd.date_range("2025-12-01", "2025-12-05"), "weekday": list("MTWTF")})
    assert list(events.merge(calendar, left_on="start_earliest", right_on="day")["weekday"]) == ["W"] * STARTS.count(
        DAY
    )


def test_merge_asof(events: pd.DataFrame) -> None:
    dated = events.dropna(subset=["start_earliest"]).sort_values("start_earliest")
    eras = pd.DataFrame({"since": pd.to_datetime(["1900-01-01", "2000-01-01"]), "era": ["old", "new"]})
    eras["since"] = eras["since"].astype(dated["start_earliest"].dtype)  # merge_asof() wants one unit of time
    found = pd.merge_asof(dated, eras, left_on="start_earliest", right_on="since")["era"]
    assert found.value_counts().to_dict() == Counter("old" if s < "2000-01-01" else "new" for s in STARTS)
    # Within the dataset nothing has to be converted.
    before = pd.merge_asof(
        dated[["event_id", "start_earliest"]], dated[["start_earliest", "title"]], on="start_earliest"
    )
    assert before["title"].notna().all()


def test_concat(events: pd.DataFrame) -> None:
    columns = ["start_earliest", "date_basis"]
    both = pd.concat([events[columns], nt.load("statements")[columns]], keys=["event", "statement"])
    assert both["start_earliest"].dtype == events["start_earliest"].dtype
    assert (both["start_earliest"] == DAY).sum() == sum(
        r["start_earliest"] == DAY for table in ("events", "statements") for r in read(table)
    )


# --- row by row, and out again ---


def test_row_by_row(events: pd.DataFrame) -> None:
    years = [row.start_earliest.year for row in events.itertuples() if pd.notna(row.start_earliest)]
    assert years == [d.year for d in DAYS]
    assert events["start_earliest"].dropna().map(lambda d: d.isoformat()[:10]).tolist() == STARTS
    records = events.to_dict("records")
    assert [r["start_earliest"].strftime("%Y-%m-%d") for r in records if not pd.isna(r["start_earliest"])] == STARTS


def test_to_csv_is_the_published_file(events: pd.DataFrame) -> None:
    assert events.to_csv(index=False, lineterminator="\n") == nt.path("events").read_text("utf-8")


def test_read_csv_has_the_same_dates(events: pd.DataFrame) -> None:
    read = pd.read_csv(nt.path("events"), parse_dates=["start_earliest"])
    assert (read["start_earliest"].dropna() == events["start_earliest"].dropna()).all()


def test_to_json(events: pd.DataFrame) -> None:
    told = json.loads(events.to_json(orient="records", date_format="iso"))
    assert [r["start_earliest"][:10] for r in told if r["start_earliest"]] == STARTS
    assert [r["event_id"] for r in told] == [r["event_id"] for r in ROWS] and told[0]["date_words"] in (
        None,
        ROWS[0]["date_words"],
    )


def test_to_parquet(events: pd.DataFrame, tmp_path: Path) -> None:
    events.to_parquet(tmp_path / "events.parquet")
    again = pd.read_parquet(tmp_path / "events.parquet")
    assert [str(d)[:10] for d in again["start_earliest"].dropna()] == STARTS and len(again) == len(ROWS)


def test_to_sql(events: pd.DataFrame) -> None:
    base = sqlite3.connect(":memory:")
    events.to_sql("events", base, index=False)
    (n,) = base.execute("SELECT count(*) FROM events WHERE date(start_earliest) = ?", [DAY]).fetchone()
    assert n == STARTS.count(DAY)


def test_to_arrow(events: pd.DataFrame) -> None:
    table = pa.Table.from_pandas(events)
    assert table["start_earliest"].null_count == len(ROWS) - len(STARTS) and pa.types.is_timestamp(
        table.schema.field("start_earliest").type
    )


def test_pickle_and_copy(events: pd.DataFrame) -> None:
    assert pickle.loads(pickle.dumps(events)).equals(events) and events.copy().attrs == events.attrs


def test_to_html_and_string(events: pd.DataFrame) -> None:
    assert DAY in events[["event_id", "start_earliest"]].to_string() and "00:00" not in events.to_html()
    out = io.StringIO()
    events.info(buf=out)
    assert "datetime64[s]" in out.getvalue()

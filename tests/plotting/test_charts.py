"""Charts of the frames as they come, and what else is done with them in other libraries, each with its right value.

It needs an environment of its own: make test-plotting.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import altair as alt
import matplotlib as mpl
import matplotlib.pyplot as plt
import openpyxl
import pandas as pd
import plotly.express as px
import polars as pl
import pytest
import seaborn as sns
import vl_convert

import naqoura_talks as nt

mpl.use("Agg")
with nt.path("events").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
STARTS = [row["start_earliest"] for row in ROWS if row["start_earliest"]]
REALIS = Counter(row["realis"] for row in ROWS)


@pytest.fixture
def events() -> pd.DataFrame:
    return nt.load("events")


@pytest.fixture
def axes() -> Iterator[plt.Axes]:
    figure, axes = plt.subplots()
    yield axes
    figure.canvas.draw()
    plt.close(figure)


# --- matplotlib and pandas' own ---


def test_matplotlib_has_the_days(events: pd.DataFrame, axes: plt.Axes) -> None:
    (line,) = axes.plot(events["start_earliest"], range(len(events)), "o")
    shown = [mpl.dates.num2date(x).date() for x in line.get_xdata(orig=False) if x == x]
    assert shown == [date.fromisoformat(s) for s in STARTS]


def test_matplotlib_bars_of_time(events: pd.DataFrame, axes: plt.Axes) -> None:
    spans = events.dropna(subset=["start_earliest", "end_latest"])
    bars = axes.barh(spans["title"], spans["end_latest"] - spans["start_earliest"], left=spans["start_earliest"])
    days = [
        (date.fromisoformat(r["end_latest"]) - date.fromisoformat(r["start_earliest"])).days
        for r in ROWS
        if r["start_earliest"] and r["end_latest"]
    ]
    assert [round(bar.get_width()) for bar in bars] == days


def test_pandas_plot(events: pd.DataFrame, axes: plt.Axes) -> None:
    events["realis"].value_counts().plot.bar(ax=axes)
    assert {t.get_text(): p.get_height() for t, p in zip(axes.get_xticklabels(), axes.patches, strict=True)} == REALIS


def test_pandas_plot_over_time(events: pd.DataFrame, axes: plt.Axes) -> None:
    events.dropna(subset=["start_earliest"]).set_index("start_earliest").resample("YE").size().plot(ax=axes)
    assert sum(axes.lines[0].get_ydata()) == len(STARTS)


def test_pandas_histogram(events: pd.DataFrame, axes: plt.Axes) -> None:
    counts, *_ = axes.hist(events["start_earliest"].dropna(), bins=10)
    assert sum(counts) == len(STARTS)


# --- seaborn ---


def test_seaborn_counts(events: pd.DataFrame, axes: plt.Axes) -> None:
    sns.countplot(events, y="realis", ax=axes)
    assert {t.get_text(): p.get_width() for t, p in zip(axes.get_yticklabels(), axes.patches, strict=True)} == REALIS


def test_seaborn_over_time(events: pd.DataFrame, axes: plt.Axes) -> None:
    sns.scatterplot(events, x="start_earliest", y="event_type", hue="attribution", ax=axes)
    assert len(axes.collections[0].get_offsets()) == len(STARTS)


def test_seaborn_histogram_of_days(events: pd.DataFrame, axes: plt.Axes) -> None:
    sns.histplot(events, x="start_earliest", bins=5, ax=axes)
    assert sum(p.get_height() for p in axes.patches) == len(STARTS)


# --- altair and plotly ---


def drawn(chart: alt.Chart) -> str:
    return vl_convert.vegalite_to_svg(chart.to_json())


def test_altair_takes_the_frame_as_it_is(events: pd.DataFrame) -> None:
    chart = alt.Chart(events).mark_point().encode(x="start_earliest", y="title", color="attribution")
    content = json.loads(chart.to_json())
    (rows,) = content["datasets"].values()
    assert [r["start_earliest"][:10] for r in rows if r["start_earliest"]] == STARTS
    assert content["encoding"]["x"]["type"] == "temporal"
    assert drawn(chart).count('aria-roledescription="point"') == len(STARTS)


def test_altair_counts(events: pd.DataFrame) -> None:
    svg = drawn(alt.Chart(events).mark_bar().encode(x="count()", y="realis"))
    assert all(f"Count of Records: {n}; realis: {realis}" in svg for realis, n in REALIS.items())


def test_altair_spans_of_every_table() -> None:
    for name in ("events", "statements"):
        drawn(
            alt.Chart(nt.load(name))
            .mark_bar()
            .encode(x="start_earliest:T", x2="end_latest:T", y=alt.Y(f"{name[:-1]}_id"))
        )
    drawn(alt.Chart(nt.timeline()).mark_bar().encode(x="begins_earliest", x2="begins_latest", y="title"))


def test_plotly_has_the_days(events: pd.DataFrame) -> None:
    figure = px.scatter(events, x="start_earliest", y="title", color="realis")
    shown = [str(x)[:10] for trace in figure.data for x in trace.x if not pd.isna(x)]
    assert Counter(shown) == Counter(STARTS) and figure.to_json()


def test_plotly_bars_of_time(events: pd.DataFrame) -> None:
    spans = events.dropna(subset=["start_earliest", "end_latest"])
    figure = px.timeline(spans, x_start="start_earliest", x_end="end_latest", y="title")
    assert len(figure.data[0].base) == sum(bool(r["start_earliest"] and r["end_latest"]) for r in ROWS)


def test_the_plot_of_the_timeline(axes: plt.Axes) -> None:
    """Only what has a position; an event without bounds has a title and no bar."""
    line = nt.timeline().dropna(subset=["position"])
    begins = line.dropna(subset=["begins_earliest", "begins_latest"])
    axes.hlines(begins["position"], begins["begins_earliest"], begins["begins_latest"], lw=6)
    axes.set_yticks(line["position"], line["title"])
    axes.invert_yaxis()
    assert [t.get_text() for t in axes.get_yticklabels()] == list(line["title"])


# --- Excel and polars ---


def test_excel(events: pd.DataFrame, tmp_path: Path) -> None:
    events.to_excel(tmp_path / "events.xlsx", index=False)
    head, *cells = openpyxl.load_workbook(tmp_path / "events.xlsx").active.iter_rows(values_only=True)
    shown = [row[head.index("start_earliest")] for row in cells]
    assert [str(x)[:10] for x in shown if x] == STARTS and len(cells) == len(ROWS)
    again = pd.read_excel(tmp_path / "events.xlsx")
    assert (again["start_earliest"].dropna() == events["start_earliest"].dropna()).all()


def test_polars(events: pd.DataFrame) -> None:
    frame = pl.from_pandas(events)
    assert frame.filter(pl.col("start_earliest") == pl.datetime(2025, 12, 3)).height == STARTS.count("2025-12-03")
    assert frame["start_earliest"].null_count() == len(ROWS) - len(STARTS)


@pytest.mark.parametrize(
    "rows",
    [
        lambda frame: frame,
        lambda frame: frame.select("title", "event_id"),
        lambda frame: frame["event_id"],
        lambda frame: frame.to_arrow(),
        lambda frame: [frame.row(0, named=True), frame.row(1, named=True)],
        lambda frame: frame.to_dicts(),
    ],
    ids=["frame", "columns", "keys", "arrow", "rows", "dicts"],
)
def test_polars_rows_are_cited(events: pd.DataFrame, rows) -> None:
    """However the rows were come by, their keys are those of the table."""
    first, second = events["event_id"].head(2)
    frame = pl.read_parquet(nt.path("events", format="parquet")).head(2)
    assert f"2 of {len(ROWS)} rows of events ({first}, {second})" in nt.cite(rows(frame))
    assert set(nt.evidence(rows(frame))["row_id"]) == {first, second}


def test_polars_rows_without_a_key(events: pd.DataFrame) -> None:
    """A key that only points to another row does not stand for the row that lost its own."""
    frame = pl.read_parquet(nt.path("events", format="parquet")).drop_nulls("place_id")
    with pytest.raises(nt.PackageError, match="title"):
        nt.cite(frame.select("title", "place_id"))
    with pytest.raises(nt.PackageError, match="LazyFrame"):
        nt.cite(frame.lazy())


def test_the_plot_of_the_readme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It draws every event that can have begun after 2000, by the dates or links that bound it, in order."""
    monkeypatch.chdir(tmp_path)
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    line = nt.timeline()
    exec(code, {"line": line})
    wanted = line.loc[line["begins_latest"] >= "2001", "title"].tolist()
    assert [t.get_text() for t in plt.gca().get_yticklabels()] == wanted[::-1] and len(wanted) > 8
    assert (tmp_path / "timeline.svg").stat().st_size > 1000

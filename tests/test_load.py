"""The loader gives faithful types on every supported pandas, and clear errors for what cannot be read.

This module and test_joined.py use nothing but naqoura_talks, pandas and pytest, so that they run in
an environment that has the wheel alone, on the oldest and the newest pandas (see test_wheel.py).
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import naqoura_talks as nt
from naqoura_talks import frames
from naqoura_talks.package import Package

NAMES = list(get_args(frames.TableName))


def test_names_that_complete_are_the_tables() -> None:
    """Editors complete the names of TableName; they must be those of the descriptor."""
    assert list(nt.tables()["table"]) == NAMES == list(nt.load())


@pytest.mark.parametrize("name", NAMES)
def test_frame_equals_csv(name: str) -> None:
    """Cell by cell, the frame has what the CSV has, and an empty cell is missing, not text."""
    frame = nt.load(name)
    with nt.path(name).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert list(frame.columns) == header
    assert len(frame) == len(rows)
    for column, expected in zip(header, zip(*rows, strict=True), strict=True):
        for value, text in zip(frame[column], expected, strict=True):
            assert pd.isna(value) if text == "" else spell(value) == text, (name, column, value, text)


def spell(value: object) -> str:
    """Return a value of a frame as the CSV writes it."""
    if str(value) in ("True", "False"):
        return str(value).lower()
    return str(value).removesuffix(" 00:00:00")


@pytest.mark.parametrize("name", NAMES)
def test_types_follow_the_schema(name: str) -> None:
    """Integers are Int64, booleans boolean, dates datetime64[s], ordered codes ordered categories."""
    frame, fields = nt.load(name), frames.installed().fields(name)
    for column, field in fields.items():
        dtype = frame[column].dtype
        if field.get("categoriesOrdered"):
            assert dtype == pd.CategoricalDtype(field["categories"], ordered=True)
        elif field["type"] == "string":
            assert dtype == pd.Series(["text"]).dtype  # str on pandas 3, object before
        else:
            expected = {"integer": "Int64", "boolean": "boolean", "number": "float64"}
            assert str(dtype) == expected.get(field["type"], "datetime64[s]")


def test_ordered_codes_compare() -> None:
    """Support can be compared and sorted by its order, which is not that of the alphabet; certainty has no order."""
    evidence = nt.load("evidence")
    assert set(evidence.loc[evidence["support"] > "external", "support"]) == {"explicit", "inferred"}
    assert evidence["support"].min() == "external"
    assert nt.load("statements")["certainty"].dtype != evidence["support"].dtype


def test_dates_are_dates() -> None:
    """A date is a Timestamp at midnight, without a time zone, and missing where there is no bound."""
    talks = nt.load("events").set_index("event_id").loc["evt-naqoura-talks"]
    assert talks["start_earliest"] == pd.Timestamp(2025, 12, 3) and talks["start_earliest"].date().month == 12
    assert talks["start_earliest"].tzinfo is None and talks["start_earliest"].unit == "s"
    assert pd.isna(nt.load("events").set_index("event_id").loc["evt-invasion", "start_earliest"])


def test_codes_that_look_like_numbers_stay_text() -> None:
    """CAMEO 010 is not 10."""
    codes = nt.load("crosswalk").query("scheme == 'cameo'")["scheme_code"]
    assert "010" in set(codes)


def test_attrs_say_what_the_frame_is() -> None:
    """A frame carries table, version, citation and the warning that it is one report's account."""
    attrs = nt.load("events").attrs
    assert attrs["table"] == "events"
    assert attrs["version"] == nt.__version__ == frames.installed().descriptor["version"]
    assert attrs["citation"].startswith("Naqoura Talks contributors. (2026).") and nt.__version__ in attrs["citation"]
    assert "one unsigned news report" in attrs["account"]


def test_each_load_is_a_frame_of_its_own() -> None:
    """Changing one does not change the next."""
    first = nt.load("actors")
    first.loc[0, "name"] = "changed"
    assert nt.load("actors").loc[0, "name"] != "changed"


def test_all_tables_complete_on_tab() -> None:
    """load() is a dict whose tables are attributes too; an unknown one is an AttributeError."""
    everything = nt.load()
    assert set(NAMES) <= set(dir(everything))
    assert everything.events.equals(everything["events"])
    with pytest.raises(AttributeError, match="Did you mean 'events'"):
        _ = everything.event


@pytest.mark.parametrize(
    "call",
    [lambda: nt.load("event"), lambda: nt.codebook("event"), lambda: nt.path("event"), lambda: nt.joined("event")],
)
def test_unknown_table_lists_the_names(call) -> None:
    """The error lists what there is and suggests the nearest; it is a KeyError too."""
    with pytest.raises(nt.UnknownNameError, match=r"'event'. Did you mean 'events'\? Known: .*statements") as error:
        call()
    assert isinstance(error.value, KeyError) and not str(error.value).startswith('"')


def test_all_tables_fit_a_screen() -> None:
    """What is printed of all tables is a line for each, with rows and columns."""
    lines = repr(nt.load()).splitlines()
    assert [line.split()[0] for line in lines] == NAMES and max(map(len, lines)) <= 80
    events = nt.load("events")
    (line,) = (line for line in lines if line.startswith("events "))
    assert line.split()[1:] == [str(len(events)), "rows", "×", str(events.shape[1]), "columns"]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("acts", nt.acts),
        ("timeline", nt.timeline),
        ("joined_events", lambda: nt.joined("events")),
        ("joined_acts", nt.acts),
    ],
)
def test_load_takes_every_table(name: str, rows) -> None:
    """Derived tables too, under the names that codebook and exports have; so do path() and codebook()."""
    assert nt.load(name).equals(rows()) and nt.load(name).attrs == rows().attrs
    assert list(nt.codebook(name)["column"]) == list(rows().columns)
    assert list(pd.read_csv(nt.path(name), nrows=0)) == list(rows().columns)


def test_what_there_is_to_complete() -> None:
    """dir() names what is public, and each has a text that says what it is."""
    assert dir(nt) == nt.__all__ and "load" in dir(nt) and "frames" not in dir(nt)
    assert all(getattr(nt, name).__doc__ for name in nt.__all__)


def test_unknown_codelist_and_row() -> None:
    """Codelists and rows that are not there are named with what is near."""
    with pytest.raises(nt.UnknownNameError, match="realis"):
        nt.codes("realism")
    with pytest.raises(nt.UnknownNameError, match="'ongoing': it is a code of realis"):
        nt.codes("ongoing")
    with pytest.raises(nt.UnknownNameError, match="evt-naqoura-talks"):
        nt.evidence("evt-naqura-talks")
    with pytest.raises(AttributeError, match="no_such_thing"):
        _ = nt.no_such_thing


def test_path_formats() -> None:
    """Both files are there; another format is refused with the two that are known."""
    assert nt.path("events").name == "events.csv"
    assert nt.path("events", format="parquet").is_file()
    with pytest.raises(ValueError, match="'csv' or 'parquet'"):
        nt.path("events", format="xlsx")


def test_codebook_covers_every_column() -> None:
    """Each column of each table has a row, with a description."""
    book = nt.codebook()
    assert {(n, c) for n in NAMES for c in nt.load(n).columns} == set(zip(book["table"], book["column"], strict=True))
    assert book["description"].str.len().min() > 10
    assert list(nt.codebook("places")["column"]) == list(nt.load("places").columns)


def test_codes_counts_are_live() -> None:
    """The counts of a codelist are those of the columns that use it, unused codes with 0."""
    realis = nt.codes("realis").set_index("code")["count"]
    assert realis.to_dict() == nt.load("events")["realis"].value_counts().reindex(realis.index, fill_value=0).to_dict()
    assert (nt.codes()["count"] == 0).any()


def test_evidence_of_row_and_cell() -> None:
    """Evidence for a row covers its cells; for a column, only that cell. A row may need none."""
    whole = nt.evidence("evt-naqoura-talks")
    place = nt.evidence("evt-naqoura-talks", "place_id")
    assert set(whole["row_id"]) == {"evt-naqoura-talks"} and len(place) < len(whole)
    assert set(place["column_name"]) == {"place_id"} and (place["char_start"] < place["char_end"]).all()
    assert nt.evidence("cod-realis-actual").empty


@pytest.fixture
def copy_of_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the data that this installation carries, put in its place for one test."""
    source = frames.installed().root
    for part in ("data", "schemas"):
        shutil.copytree(source / part, tmp_path / part)
    shutil.copy(source / "datapackage.json", tmp_path)
    monkeypatch.setattr(frames, "installed", lambda: Package(tmp_path))
    return tmp_path


@pytest.mark.parametrize("content", [None, b"", b"PAR1 damaged", b"PAR1" + b"\0" * 100 + b"PAR1"])
def test_parquet_missing_or_damaged(content: bytes | None, copy_of_package: Path) -> None:
    """The error names the file and says what to do, whatever is wrong with it."""
    path = copy_of_package / "data/parquet/events.parquet"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(nt.PackageError, match=r"events\.parquet.*(missing|damaged).*make.*install"):
        nt.load("events")


def swap(folder: Path) -> None:
    events, places = folder / "events.parquet", folder / "places.parquet"
    events.rename(folder / "was")
    places.rename(events)
    (folder / "was").rename(places)


def rewritten(change: Callable[[pa.Table], pa.Table]) -> Callable[[Path], None]:
    """Return what writes the file of events again, changed, with the metadata that it had."""

    def write(folder: Path) -> None:
        table = pq.ParquetFile(folder / "events.parquet").read()
        pq.write_table(change(table).replace_schema_metadata(table.schema.metadata), folder / "events.parquet")

    return write


def of_another_version(folder: Path) -> None:
    table = pq.ParquetFile(folder / "events.parquet").read()
    metadata = {**table.schema.metadata, b"package_version": b"0.0.1"}
    pq.write_table(table.replace_schema_metadata(metadata), folder / "events.parquet")


WRONG_FILES = {
    "two exchanged": (swap, r"holds .*places.*expected events"),
    "the joined one": (lambda f: shutil.copy(f.parent / "joined/events.parquet", f / "events.parquet"), "columns"),
    "cut": (rewritten(lambda t: t.slice(0, 26)), ", 26; expected events"),
    "a row twice": (rewritten(lambda t: pa.concat_tables([t, t.slice(0, 1)])), "; expected events"),
    "a column too few": (rewritten(lambda t: t.drop_columns(["title"])), "columns"),
    "a column renamed": (rewritten(lambda t: t.rename_columns(["x", *t.column_names[1:]])), "columns"),
    "two columns exchanged": (rewritten(lambda t: t.rename_columns([t.column_names[1], t.column_names[0], *t.column_names[2:]])), "columns"),
    "another type": (rewritten(lambda t: t.set_column(7, t.column_names[7], t[7].cast(pa.string()))), "types"),
    "without metadata": (lambda f: pq.write_table(pq.ParquetFile(f / "events.parquet").read().replace_schema_metadata(), f / "events.parquet"), r"holds .*\?"),
    "another version": (of_another_version, r"0\.0\.1"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG_FILES)
def test_parquet_that_is_not_the_one_described(case: str, copy_of_package: Path) -> None:
    """A file with another table, or more or less of it, is refused, with what was found and expected."""
    change, message = WRONG_FILES[case]
    change(copy_of_package / "data/parquet")
    with pytest.raises(nt.PackageError, match=rf"events\.parquet.*{message}.*make.*install"):
        nt.load("events")
    nt.load("actors")


def test_joined_parquet_that_is_not_the_one_described(copy_of_package: Path) -> None:
    """So are the joined tables."""
    joined = copy_of_package / "data/joined"
    shutil.copy(joined / "statements.parquet", joined / "events.parquet")
    with pytest.raises(nt.PackageError, match=r"joined.events\.parquet.*statements.*expected events"):
        nt.joined("events")


def test_schema_that_is_not_json(copy_of_package: Path) -> None:
    """The error names the file with line and column."""
    (copy_of_package / "schemas/events.json").write_text('{"fields": [\n  oops', encoding="utf-8")
    with pytest.raises(nt.PackageError, match=r"events\.json:2:3.*not JSON.*git checkout"):
        nt.codebook("events")


def test_descriptor_gone(copy_of_package: Path) -> None:
    """So does the descriptor's."""
    (copy_of_package / "datapackage.json").unlink()
    with pytest.raises(nt.PackageError, match=r"datapackage\.json.*missing"):
        nt.load("events")


def test_wheel_without_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without data says so instead of failing on a path."""
    monkeypatch.setattr(frames, "__file__", str(tmp_path / "a/b/frames.py"))
    frames.installed.cache_clear()
    try:
        with pytest.raises(nt.PackageError, match=r"carries no data.*make wheel"):
            nt.tables()
    finally:
        frames.installed.cache_clear()


def test_wheel_that_is_not_installed(tmp_path: Path) -> None:
    """Imported from an archive, the package says that it has to be installed, and which file that is."""
    wheel, source = tmp_path / "naqoura_talks-any.whl", Path(nt.__file__).parent
    with zipfile.ZipFile(wheel, "w") as archive:
        for path in source.iterdir():
            if path.is_file():
                archive.write(path, f"naqoura_talks/{path.name}")
    done = subprocess.run(
        [sys.executable, "-c", "import naqoura_talks; naqoura_talks.load('events')"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(wheel)}, capture_output=True, text=True,
    )  # fmt: skip
    assert "carries no data" not in done.stderr
    assert done.stderr.strip().endswith("cannot be read from there. Install it: pip install naqoura_talks-any.whl")


def test_a_descriptor_cannot_lead_out(copy_of_package: Path) -> None:
    """A path that leaves the package, or a URL, is refused before anything is read."""
    package = Package(copy_of_package)
    for path in ("../secret.csv", "/etc/passwd", "https://example.org/x.csv", "data\\x.csv", "", None, ["a"]):
        package.resource("events")["path"] = path
        with pytest.raises(nt.PackageError, match="relative path inside the package"):
            package.path("events")

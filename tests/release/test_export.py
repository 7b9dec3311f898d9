"""Files for other tools hold every cell, with keys, descriptions and labels, and are whole or not there."""

from __future__ import annotations

import io
import os
import re
import sqlite3
import subprocess
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pyreadstat
import pytest

import conftest
import naqoura_talks as nt
from naqoura_talks import cli

export = sys.modules["naqoura_talks.export"]
CREATED = datetime.fromisoformat(export.installed().descriptor["created"]).replace(tzinfo=None)


def field(name: str, type: str, **more: object) -> dict:
    """A field of a made-up table."""
    return {"name": name, "title": name.title(), "description": f"What {name} holds.", "type": type, **more}


# Cells that tools like to change: formulas, leading zeros, NA, quotes, lines, long and wide text, early dates.
HOSTILE = export.Table(
    "hostile",
    "Hostile",
    "One row is one trap.",
    [
        field("key", "string", constraints={"required": True}), field("text", "string"), field("count", "integer"),
        field("share", "number"), field("flag", "boolean"), field("day", "date"),
        field("grade", "string", codelist="grade", constraints={"enum": ["low", "it's high"]}),
    ],
    [
        ("a", '=HYPERLINK("http://example.org","x")', 1, 0.1, True, date(1983, 5, 17), "low"),
        ("b", "+1", None, None, None, None, None),
        ("c", "007", 0, -3.5, False, date(2031, 12, 31), "it's high"),
        ("d", "NA", -5, 35.5015699999, True, date(1900, 3, 1), "low"),
        ("e", 'a "b", c\nd', 2**31, 1e-9, False, None, None),
        ("f", "é–“”漢" * 600, 7, 2.0, None, date(2024, 2, 29), None),
        ("g", "@x", 1, 0.0, True, date(1969, 12, 31), "low"),
        ("h", None, 1, 0.0, True, date(1970, 1, 1), "low"),
        ("i", "045", 45, 0.0, True, date(1492, 10, 12), "low"),
        ("j", "1e5", 1, 0.0, True, date(25, 1, 1), "low"),
    ],
    {"primaryKey": ["key"], "uniqueKeys": [["text"]]},
)  # fmt: skip
GRADES = [
    {"codelist": "grade", "code": "low", "code_order": 1, "label": "Low"},
    {"codelist": "grade", "code": "it's high", "code_order": 2, "label": "High"},
]


def test_all_columns_are_described() -> None:
    """Every column has a title and a description."""
    found = export.tables()
    fields = [f for t in found for f in t.fields]
    assert all(f["description"] and f["title"] for f in fields)
    assert [t.name for t in found[:2]] == ["about", "codebook"] and {t.name for t in found} > set(nt.tables()["table"])


def test_names_fit_every_format() -> None:
    """Names are names of Stata variables, labels fit there, sheets' names fit Excel."""
    found = export.tables()
    for table in found:
        assert len(table.name) <= 31
        for name, label in export._labelled(table, export._codelists())[1].items():
            assert re.fullmatch(r"[a-z][a-z0-9_]{0,31}", name) and len(label) <= 80, name


def test_hostile_cells_in_sqlite() -> None:
    """Every cell comes back from SQLite, and a wrong one is refused."""
    base = sqlite3.connect(":memory:")
    base.deserialize(export.sqlite_bytes([HOSTILE]))
    rows = base.execute("SELECT * FROM hostile").fetchall()
    wanted = [tuple(v.isoformat() if isinstance(v, date) else v for v in row) for row in HOSTILE.rows]
    assert rows == wanted
    bad = [("day", "2024-1-5"), ("day", "2023-02-29"), ("flag", 2), ("grade", "x"), ("key", "a"), ("key", None)]
    for column, value in bad:
        with pytest.raises(sqlite3.IntegrityError):
            base.execute(f"UPDATE hostile SET {column} = ? WHERE key = 'c'", [value])
    (sql,) = base.execute("SELECT sql FROM sqlite_master WHERE name = 'hostile'").fetchone()
    assert "What grade holds." in sql and "One row is one trap." in sql


def test_hostile_cells_in_excel() -> None:
    """Every cell comes back from Excel as text, number, truth or date; nothing is a formula or a link."""
    book = openpyxl.load_workbook(io.BytesIO(export.xlsx_bytes([HOSTILE])))
    sheet = book["hostile"]
    cells = list(sheet.iter_rows(min_row=2))
    read = [tuple(c.value.date() if isinstance(c.value, datetime) else c.value for c in row) for row in cells]
    wanted = [tuple(str(v) if isinstance(v, date) and v.year < 1900 else v for v in row) for row in HOSTILE.rows]
    assert read == wanted
    assert all(c.data_type != "f" and c.hyperlink is None for row in cells for c in row)
    marked = [bool(row[1].quotePrefix) for row in cells]
    assert marked == [bool(row[1] and re.match(r"[=+@\d-]", row[1])) for row in HOSTILE.rows]
    assert sheet["F2"].number_format == "yyyy-mm-dd"
    assert sheet.freeze_panes == "B2" and sheet.auto_filter.ref == f"A1:G{len(HOSTILE.rows) + 1}"
    assert book.properties.created == CREATED


def test_early_dates_and_long_cells_in_excel() -> None:
    """A date that Excel cannot hold is text, and a cell that it cannot hold is an error that names it."""
    row = ("a", None, None, None, None, date(1899, 12, 31), None)
    book = openpyxl.load_workbook(io.BytesIO(export.xlsx_bytes([HOSTILE._replace(rows=[row])])))
    assert book["hostile"]["F2"].value == "1899-12-31"
    row = ("a", "x" * 32768, None, None, None, None, None)
    with pytest.raises(nt.PackageError, match="hostile, row a, column text: 32768 characters"):
        export.xlsx_bytes([HOSTILE._replace(rows=[row])])


def test_about_leads_to_the_sheets(tmp_path: Path) -> None:
    """The workbook opens on about, which wraps its text, cites as cite() does, and has links to sheets and the web."""
    book = openpyxl.load_workbook(nt.export(tmp_path / "x.xlsx"))
    sheet = book.worksheets[0]
    assert sheet.title == "about" and book.active.title == "about"
    cells = {name.value: (name, value) for name, value in sheet.iter_rows(min_row=2)}
    assert cells["how to cite it"][1].value == nt.cite() and cells["how to cite it"][1].alignment.wrap_text
    linked = {name.removeprefix("table "): cell for name, (cell, _) in cells.items() if name.startswith("table ")}
    assert set(linked) == set(book.sheetnames) - {"about"}
    assert all(cell.hyperlink.location == f"'{name}'!A1" for name, cell in linked.items())
    assert cells["licence, address"][1].hyperlink.target.startswith("https://")


def test_stata_files_are_the_same_from_the_oldest_pandas(tmp_path: Path) -> None:
    """A date before 1677, as any, is written alike by pandas 2.2 and the newest."""
    script = tmp_path / "write.py"
    script.write_text("""
import sys
from datetime import date
from naqoura_talks import export
export = sys.modules["naqoura_talks.export"]
field = {"name": "day", "title": "Day", "description": "A day.", "type": "date"}
table = export.Table("days", "Days", "Days.", [field], [(date(1492, 10, 12),), (None,), (date(2025, 12, 3),)])
sys.stdout.buffer.write(export.dta_bytes(table, {}))
""")
    env = {"PYTHONPATH": str(Path(nt.__file__).parents[1])}
    oldest, this = (
        subprocess.run([python, script], env=env, capture_output=True, check=True).stdout
        for python in (conftest.python_of("oldest"), sys.executable)
    )
    assert oldest == this and len(this) > 1000


@pytest.mark.parametrize("suffix", ["dta", "sav"])
def test_hostile_cells_in_statistics(suffix: str, tmp_path: Path) -> None:
    """Every cell comes back from Stata and SPSS, with labels; codes stay text beside their labelled numbers."""
    write = {"dta": export.dta_bytes, "sav": export.sav_bytes}[suffix]
    read = {"dta": pyreadstat.read_dta, "sav": pyreadstat.read_sav}[suffix]
    path = tmp_path / f"hostile.{suffix}"
    path.write_bytes(write(HOSTILE, {"grade": GRADES}))
    frame, about = read(str(path))
    assert list(frame.columns) == [f["name"] for f in HOSTILE.fields] + ["grade_lbl"]
    for n, column in enumerate(list(frame.columns)[:7]):
        values = [None if v == "" or v != v else v for v in frame[column].astype(object)]
        assert values == [row[n] for row in HOSTILE.rows], column
    assert about.column_names_to_labels["grade_lbl"] == "Grade, labelled"
    assert about.variable_value_labels["grade_lbl"] == {1: "Low", 2: "High"}
    assert about.variable_value_labels["flag"] == {0: "false", 1: "true"}
    assert [None if v != v else v for v in frame["grade_lbl"]] == [
        {"low": 1, "it's high": 2}.get(row[-1]) for row in HOSTILE.rows
    ]
    assert about.file_label == f"Naqoura Talks {nt.__version__}: Hostile"
    if suffix == "dta":
        assert about.creation_time == CREATED
    else:
        assert path.read_bytes()[92:109] == b"22 Nov 2600:00:00" or CREATED.day != 22
        assert about.variable_measure["grade_lbl"] == "ordinal"


@pytest.mark.parametrize("format", list(export.FORMATS))
def test_real_tables_in_each_format(format: str, tmp_path: Path) -> None:
    """A file of each format holds all tables; it is equal to the byte when made again."""
    path = nt.export(tmp_path / f"all.{format}")
    assert path.read_bytes() == nt.export(tmp_path / "again", format).read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["again", f"all.{format}"]
    wanted = {t.name for t in export.tables()}
    if format == "sqlite":
        found = {n for (n,) in sqlite3.connect(path).execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    elif format == "xlsx":
        found = set(openpyxl.load_workbook(path, read_only=True).sheetnames)
    else:
        with zipfile.ZipFile(path) as archive:
            found = {name.removesuffix(f".{format[:3]}") for name in archive.namelist()}
            assert {entry.date_time for entry in archive.infolist()} == {CREATED.timetuple()[:6]}
    assert found == wanted


@pytest.mark.parametrize(("name", "extra"), [("xlsx", "excel"), ("sav.zip", "spss")])
def test_missing_library(name: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library, the error names the extra to install, and no file is left."""
    library = {"excel": "xlsxwriter", "spss": "pyreadstat"}[extra]
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(nt.PackageError, match=re.escape(f"pip install {library} (the extra [{extra}]")):
        nt.export(tmp_path / f"x.{name}")
    assert list(tmp_path.iterdir()) == []


def test_a_file_stays_if_it_cannot_be_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When writing fails, the file that was there is as it was, and nothing lies beside it."""
    path = tmp_path / "x.sqlite"
    path.write_text("before")

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(nt.PackageError, match="cannot be written: No space left"):
        nt.export(path, overwrite=True)
    assert path.read_text() == "before" and list(tmp_path.iterdir()) == [path]


def test_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown format or a folder that is not there is one line that says what to do."""
    with pytest.raises(nt.PackageError, match=r"expected one of sqlite, xlsx, dta\.zip, sav\.zip"):
        nt.export(tmp_path / "x.ods")
    with pytest.raises(nt.PackageError, match="there is no format 'ods'"):
        nt.export(tmp_path / "x.xlsx", format="ods")
    assert cli.main(["export", str(tmp_path / "none/x.sqlite")]) == 2
    assert "cannot be written: No such file" in capsys.readouterr().err


def test_another_file_is_not_replaced_unasked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that holds something else stays until it is said that it may go; the same is no other."""
    path = tmp_path / "thesis.sqlite"
    path.write_text("mine")
    assert cli.main(["export", str(path)]) == 2 and path.read_text() == "mine"
    assert "--overwrite" in capsys.readouterr().err
    assert cli.main(["export", str(path), "--overwrite"]) == 0 and path.read_bytes() == nt.export(path).read_bytes()


@pytest.mark.parametrize(
    "where", ["file/x.sqlite", "closed/x.sqlite", f"{'x' * 300}.sqlite", "folder.sqlite", "a\0b.sqlite"]
)
def test_where_no_file_can_be(where: str, tmp_path: Path) -> None:
    """Below a file, in a closed folder, with an overlong name, or where a folder is: one clear error, nothing left."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder.sqlite").mkdir()
    (tmp_path / "closed").mkdir(mode=0o500)
    if where.startswith("closed") and not os.geteuid():
        pytest.skip("no folder is closed to the superuser")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(nt.PackageError, match=r"cannot be written|is there and holds"):
        nt.export(tmp_path / where)
    assert sorted(tmp_path.rglob("*")) == before


def test_as_long_a_name_as_there_can_be(tmp_path: Path) -> None:
    """A name that the file system allows is written, although no more letters fit behind it."""
    assert nt.export(tmp_path / f"{'x' * 248}.sqlite").stat().st_size > 1000


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command writes the file and prints where it is."""
    assert cli.main(["export", str(tmp_path / "x.sqlite")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'x.sqlite'}\n" and (tmp_path / "x.sqlite").stat().st_size > 1000

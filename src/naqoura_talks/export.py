"""The tables as one file for other tools: SQLite, Excel, Stata, SPSS.

Each file holds the tables, the joined tables, a codebook of every column in it, and what
to cite. Each writer returns the whole file as bytes, and nothing depends on clock, path or locale.
"""

from __future__ import annotations

import importlib
import io
import os
import re
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from naqoura_talks.citing import cite
from naqoura_talks.frames import ACCOUNT, installed, load
from naqoura_talks.package import Package, PackageError


class Table(NamedTuple):
    """A table to be written: its columns as fields of a Table Schema, its cells as Python values."""

    name: str
    title: str
    description: str
    fields: list[dict[str, Any]]
    rows: list[tuple]
    schema: dict[str, Any] | None = None


# The tables that are made here, with their columns, which all hold text.
_MADE = {
    "about": {"name": "What is said.", "value": "What is said of the package, or of one of its tables."},
    "codebook": {
        "table_name": "Name of the table.",
        "column_name": "Name of the column.",
        "title": "The column's title.",
        "type": "string, integer, number, boolean or date.",
        "description": "What the column holds.",
        "provenance": "Where its values come from: verbatim, coded, derived, external or editorial.",
        "evidence": "What supports its cells: own rows of evidence, those of the row, or none.",
        "codelist": "The codelist of its codes, in the table codes.",
        "example": "A made-up value.",
    },
}


def _made(name: str, title: str, rows: list[tuple]) -> Table:
    fields = [
        {"name": column, "title": column.replace("_", " ").capitalize(), "description": told, "type": "string"}
        for column, told in _MADE[name].items()
    ]
    return Table(name, title, f"{title}.", fields, rows)


def _table(package: Package, name: str, title: str) -> Table:
    """Return a table of a package, or of its joined tables, with the cells of its CSV."""
    resource, schema = package.resource(name), package.schema(name)
    rows = [tuple(row.values()) for row in package.read_csv(name).to_pylist()]
    return Table(title, resource["title"], resource["description"], schema["fields"], rows, schema)


def tables() -> list[Table]:
    """Return all that a file holds: about and codebook, the joined tables, and the tables themselves."""
    package = installed()
    told = package.descriptor
    plain = [_table(package, name, name) for name in package.tables]
    names = {name: f"joined_{name}" if name in package.resources else name for name in package.joined.tables}
    found = [_table(package.joined, *name) for name in names.items()] + plain
    codebook = [(t.name, f["name"], *map(f.get, list(_MADE["codebook"])[2:])) for t in found for f in t.fields]
    facts = [(name, told[name]) for name in ("title", "version", "created", "description")]
    facts += [("account", ACCOUNT), ("how to cite it", cite())]
    for kind, name in (("licence", "licenses"), ("coded text", "sources")):
        for each in told[name]:
            facts += [(kind, each["title"]), (f"{kind}, address", each["path"])]
    found.insert(0, _made("codebook", "What each column holds", codebook))
    facts += [(f"table {t.name}", f"{len(t.rows)} rows. {t.description}") for t in found]
    return [_made("about", "What this is and how to cite it", facts), *found]


def _created() -> datetime:
    """Return the day of the version: what the files have in place of the time at which they were made."""
    return datetime.strptime(installed().descriptor["created"], "%Y-%m-%dT%H:%M:%SZ")


def zipped(files: dict[str, bytes]) -> bytes:
    """Return a zip of the files by their path, in that order, all dated as the version is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, _created().timetuple()[:6])
            entry.create_system, entry.external_attr, entry.compress_type = 3, 0o644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return out.getvalue()


def _library(name: str, extra: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise PackageError(
            f"This format needs {name}, which is not installed: pip install {name} "
            f"(the extra [{extra}] of naqoura-talks brings it)."
        ) from None


# --- SQLite ---


_TYPES = {"string": "TEXT", "integer": "INTEGER", "number": "REAL", "boolean": "BOOLEAN", "date": "TEXT"}
# What SQLite itself does not ask of a type. Without a modifier it takes 30 February as it is.
_CHECKS = {"boolean": " CHECK ({0} IN (0, 1))", "date": " CHECK ({0} IS date({0}, '+0 days'))"}


def _names(*columns: str) -> str:
    return ", ".join('"' + column.replace('"', '""') + '"' for column in columns)


def sqlite_ddl(table: Table) -> list[str]:
    """Return the statements that make the table, with its keys and indexes; descriptions stand in comments."""
    schema, lines, indexes = table.schema or {}, [], []
    for field in table.fields:
        name, constraints = _names(field["name"]), field.get("constraints", {})
        check = _CHECKS.get(field["type"], "").format(name)
        if "enum" in constraints:
            codes = ("'" + code.replace("'", "''") + "'" for code in constraints["enum"])
            check = f" CHECK ({name} IN ({', '.join(codes)}))"
        required = " NOT NULL" if constraints.get("required") else ""
        described = f"-- {' '.join(field['description'].split())}"
        lines.append(f"{described}\n  {name} {_TYPES[field['type']]}{required}{check}")
    if "primaryKey" in schema:
        lines.append(f"PRIMARY KEY ({_names(*schema['primaryKey'])})")
    lines += [f"UNIQUE ({_names(*columns)})" for columns in schema.get("uniqueKeys", [])]
    for key in schema.get("foreignKeys", []):
        columns, target = _names(*key["fields"]), key["reference"]
        there = f"{_names(target.get('resource', table.name))} ({_names(*target['fields'])})"
        lines.append(f"FOREIGN KEY ({columns}) REFERENCES {there}")
        index = _names("_".join([table.name, *key["fields"]]))
        indexes.append(f"CREATE INDEX {index} ON {_names(table.name)} ({columns})")
    described, body = " ".join(table.description.split()), ",\n  ".join(lines)
    return [f"CREATE TABLE {_names(table.name)} ( -- {described}\n  {body}\n)", *indexes]


def sqlite_bytes(found: list[Table]) -> bytes:
    """Return a SQLite database: typed tables with primary, unique and foreign keys, checks and indexes.

    Dates are ISO text, and declared so: with a column of DATE, SQLite compares '2023' as a number. Booleans are 0 and 1
    (declared BOOLEAN). The same SQLite library gives the same bytes; another writes its own version into the header.
    """
    import sqlite3

    with closing(sqlite3.connect(":memory:")) as base, base:
        for table in found:
            for statement in sqlite_ddl(table):
                base.execute(statement)
        for table in found:
            places = ", ".join("?" * len(table.fields))
            rows = (tuple(v.isoformat() if isinstance(v, date) else v for v in row) for row in table.rows)
            base.executemany(f"INSERT INTO {_names(table.name)} VALUES ({places})", rows)
        base.commit()
        base.execute("VACUUM")
        return base.serialize()


# --- Excel ---


def xlsx_bytes(found: list[Table]) -> bytes:
    """Return an Excel workbook: a sheet for each table, descriptions as notes on the headers.

    Text is always written as text; where it begins like a formula or a number the cell is also marked as text,
    so that editing it makes it neither. Links stand in ``about`` alone.
    """
    xlsxwriter = _library("xlsxwriter", "excel")
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": installed().descriptor["title"], "comments": ACCOUNT, "created": _created()})
    head, wrapped = book.add_format({"bold": True, "bottom": 1}), {"text_wrap": True, "valign": "top"}
    kept, marked = book.add_format(wrapped), book.add_format(wrapped | {"quote_prefix": True})
    day = book.add_format(wrapped | {"num_format": "yyyy-mm-dd"})
    link = book.add_format(wrapped | {"font_color": "blue", "underline": 1})
    for table in found:
        sheet = book.add_worksheet(table.name)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.fields) - 1)
        for n, field in enumerate(table.fields):
            lengths = [len(field["name"]) + 3, *(len(str(row[n])) for row in table.rows if row[n] is not None)]
            sheet.set_column(n, n, min(max(lengths) + 1, 60))
            sheet.write_string(0, n, field["name"], head)
            sheet.write_comment(0, n, field["description"], {"x_scale": 2, "author": ""})
        for r, row in enumerate(table.rows, 1):
            for n, value in enumerate(row):
                if isinstance(value, date):
                    # Excel's calendar begins in 1900.
                    value = datetime(value.year, value.month, value.day) if value.year >= 1900 else value.isoformat()
                taken = isinstance(value, str) and re.match(r"[=+\-@\d]", value)
                style = day if isinstance(value, datetime) else marked if taken else kept
                if value is not None and sheet.write(r, n, value, style):
                    raise PackageError(
                        f"{table.name}, row {row[0]}, column {table.fields[n]['name']}: {len(value)} characters, and a "
                        "cell of Excel holds 32767. Use another format."
                    )
            if table.name == "about" and row[0].startswith("table "):
                sheet.write_url(r, 0, f"internal:'{row[0].removeprefix('table ')}'!A1", link, row[0])
            elif table.name == "about" and row[1].startswith("https://"):
                sheet.write_url(r, 1, row[1], link)
    book.close()
    return out.getvalue()


# --- Stata and SPSS ---


def _codelists() -> dict[str, list[dict[str, Any]]]:
    """Return the codes of each codelist, in their order."""
    codes = load("codes").sort_values(["code_order", "code"])
    return {name: mine.to_dict("records") for name, mine in codes.groupby("codelist")}


def _labelled(table: Table, lists: dict[str, list[dict[str, Any]]]) -> tuple[pd.DataFrame, dict, dict, dict]:
    """Return a table as statistics packages want it, with the labels of variables and values, and their measures.

    A coded column stays text under its own name, so that a condition such as ``realis == "actual"`` is
    the same in every tool and does not hang on numbers, which would shift when a code is added. Beside
    it stands ``<column>_lbl``: whole numbers, in the order of the codelist, with the codes' readable labels,
    for tabulations, factor variables and comparisons of ordered codes. Booleans are 0 and 1, labelled.
    Dates are Python's.
    """
    columns, variables, values, measures = {}, {}, {}, {}
    types = {"string": object, "date": object, "number": "float64", "integer": "Int64", "boolean": "Int64"}
    for n, field in enumerate(table.fields):
        name, kind, cells = field["name"], field["type"], [row[n] for row in table.rows]
        variables[name], measures[name] = field["title"], "nominal" if kind in ("string", "boolean") else "scale"
        columns[name] = pd.Series([v or "" for v in cells] if kind == "string" else cells, dtype=types[kind])
        if kind == "boolean":
            values[name] = {0: "false", 1: "true"}
        if codes := lists.get(field.get("codelist", "")):
            label, number = f"{name}_lbl", {code["code"]: n for n, code in enumerate(codes, 1)}
            columns[label] = pd.Series([number.get(v) for v in cells], dtype="Int64")
            variables[label] = f"{field['title']}, labelled"
            values[label] = {number[code["code"]]: code["label"] for code in codes}
            measures[label] = "nominal" if pd.isna(codes[0]["code_order"]) else "ordinal"
    return pd.DataFrame(columns), variables, values, measures


# Stata holds longer text in another type (strL), which cannot be a key of a merge.
_STATA_TEXT = 2045


def dta_bytes(table: Table, lists: dict[str, list[dict[str, Any]]]) -> bytes:
    """Return one table as a file of Stata 14 and later (format 118), with variable and value labels."""
    frame, variables, values, _ = _labelled(table, lists)
    out, days = io.BytesIO(), [f["name"] for f in table.fields if f["type"] == "date"]
    text = [c for c in frame if frame[c].dtype == object and c not in days]
    # pandas before 3 writes its own times back to 1677 only; pandas after it writes no others.
    times = object if int(pd.__version__.split(".")[0]) < 3 else "datetime64[s]"
    for column in days:
        frame[column] = pd.Series([v and datetime(v.year, v.month, v.day) for v in frame[column]], dtype=times)
    frame.to_stata(
        out, write_index=False, version=118, time_stamp=_created(), variable_labels=variables, value_labels=values,
        data_label=f"Naqoura Talks {installed().version}: {table.title}"[:80],
        convert_dates=dict.fromkeys(days, "td"),
        convert_strl=[c for c in text if frame[c].map(lambda v: len(v.encode("utf-8"))).max() > _STATA_TEXT],
    )  # fmt: skip
    return out.getvalue()


def sav_bytes(table: Table, lists: dict[str, list[dict[str, Any]]]) -> bytes:
    """Return one table as a file of SPSS, with variable labels, value labels and levels of measurement."""
    pyreadstat = _library("pyreadstat", "spss")
    frame, variables, values, measures = _labelled(table, lists)
    for field in table.fields:
        if field["type"] == "date" and frame[field["name"]].isna().all():
            frame[field["name"]] = pd.to_datetime(frame[field["name"]])  # or it would be a column of text
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.sav"
        pyreadstat.write_sav(
            frame, str(path), file_label=f"Naqoura Talks {installed().version}: {table.title}"[:64],
            column_labels=variables, variable_value_labels=values, variable_measure=measures,
        )  # fmt: skip
        data = bytearray(path.read_bytes())
    # The header has the time of writing as text, such as "31 Jan 31" and "12:00:00": here it is the version's.
    # The months of ctime() are English whatever the locale.
    at = _created()
    data[92:109] = f"{at:%d} {at.ctime()[4:7]} {at:%y%H:%M:%S}".encode("ascii")
    return bytes(data)


def _each(suffix: str, write: Callable[[Table, dict], bytes], found: list[Table]) -> bytes:
    lists = _codelists()
    return zipped({f"{table.name}{suffix}": write(table, lists) for table in found})


FORMATS: dict[str, Callable[[list[Table]], bytes]] = {
    "sqlite": sqlite_bytes,
    "xlsx": xlsx_bytes,
    "dta.zip": partial(_each, ".dta", dta_bytes),
    "sav.zip": partial(_each, ".sav", sav_bytes),
}


def export(path: str | os.PathLike[str], format: str | None = None, overwrite: bool = False) -> Path:
    """Write all tables into one file for another tool; return its path.

    The format is the end of the file's name unless it is given:

    - ``sqlite``: a database with keys, checks and indexes.
    - ``xlsx``: an Excel workbook that opens on ``about`` (needs ``xlsxwriter``, the extra ``excel``).
    - ``dta.zip``: a zip with a Stata file (14 and later) for each table.
    - ``sav.zip``: a zip with an SPSS file for each table (needs ``pyreadstat``, the extra ``spss``).

    Beside the tables of ``tables()`` each file holds ``joined_<table>``, ``acts``, ``act_pairs``,
    ``timeline``, ``codebook`` and ``about``. In Stata and SPSS each coded column is text, and beside it
    stands ``<column>_lbl`` as labelled whole numbers, whose numbers are not part of the data: use the
    codes in conditions.

    The file is whole or not written at all. Raises PackageError if the format is unknown, its library is
    missing, the file cannot be written, or another is there and ``overwrite`` does not say that it may go.
    """
    path = Path(path)
    chosen = format or next((f for f in FORMATS if path.name.lower().endswith(f".{f}")), None)
    if chosen not in FORMATS:
        raise PackageError(
            f"{path}: {f'there is no format {format!r}' if format else 'its name does not end in a known format'}; "
            f"expected one of {', '.join(FORMATS)}, such as naqoura-talks.xlsx."
        )
    data = FORMATS[chosen](tables())
    # A name of its own, as that of the file may be as long as names can be.
    beside = path.with_name(f".{os.getpid()}.part")
    try:
        if path.exists() and not overwrite:
            if path.stat().st_size == len(data) and path.read_bytes() == data:
                return path
            raise PackageError(
                f"{path}: is there and holds something else. Name another file, or ask for it to be replaced: "
                "overwrite=True in Python, --overwrite in a terminal."
            )
        beside.write_bytes(data)
        beside.replace(path)
    except (OSError, ValueError) as error:
        # What keeps it from being written may keep it from being removed.
        with suppress(OSError, ValueError):
            beside.unlink(missing_ok=True)
        raise PackageError(
            f"{path}: cannot be written: {getattr(error, 'strerror', error)}. Name a file in a folder that is there "
            "and writable."
        ) from None
    return path

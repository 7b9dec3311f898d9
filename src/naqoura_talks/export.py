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
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from naqoura_talks.citing import cite
from naqoura_talks.frames import ACCOUNT, installed
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


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _column(field: dict[str, Any]) -> str:
    """Return a column's definition: name, type and what its cells may be."""
    name, constraints = _quoted(field["name"]), field.get("constraints", {})
    types = {"string": "TEXT", "integer": "INTEGER", "number": "REAL", "boolean": "BOOLEAN", "date": "DATE"}
    parts = [name, types[field["type"]]] + (["NOT NULL"] if constraints.get("required") else [])
    if "enum" in constraints:
        parts.append(f"CHECK ({name} IN ({', '.join(map(_literal, constraints['enum']))}))")
    elif field["type"] == "boolean":
        parts.append(f"CHECK ({name} IN (0, 1))")
    elif field["type"] == "date":
        # Without a modifier SQLite takes 30 February as it is.
        parts.append(f"CHECK ({name} IS date({name}, '+0 days'))")
    return " ".join(parts)


def sqlite_ddl(table: Table) -> list[str]:
    """Return the statements that make the table, with its keys and indexes; descriptions stand in comments."""
    schema, name = table.schema or {}, _quoted(table.name)

    def listed(columns: list[str]) -> str:
        return ", ".join(map(_quoted, columns))

    lines = [(_column(field), " ".join(field["description"].split())) for field in table.fields]
    if "primaryKey" in schema:
        lines.append((f"PRIMARY KEY ({listed(schema['primaryKey'])})", ""))
    lines += [(f"UNIQUE ({listed(columns)})", "") for columns in schema.get("uniqueKeys", [])]
    foreign = schema.get("foreignKeys", [])
    for key in foreign:
        target = _quoted(key["reference"].get("resource", table.name))
        lines.append(
            (f"FOREIGN KEY ({listed(key['fields'])}) REFERENCES {target} ({listed(key['reference']['fields'])})", "")
        )
    last = len(lines) - 1
    body = [
        f"  {text}{'' if n == last else ','}{f' -- {note}' if note else ''}" for n, (text, note) in enumerate(lines)
    ]
    made = [f"CREATE TABLE {name} ( -- {' '.join(table.description.split())}\n" + "\n".join(body) + "\n)"]
    for key in foreign:
        made.append(
            f"CREATE INDEX {_quoted('_'.join([table.name, *key['fields']]))} ON {name} ({listed(key['fields'])})"
        )
    return made


def sqlite_bytes(found: list[Table]) -> bytes:
    """Return a SQLite database: typed tables with primary, unique and foreign keys, checks and indexes.

    Dates are ISO text (declared DATE), booleans 0 and 1 (declared BOOLEAN). The same SQLite library
    gives the same bytes; another writes its own version into the header.
    """
    import sqlite3

    base = sqlite3.connect(":memory:")
    try:
        with base:
            for table in found:
                for statement in sqlite_ddl(table):
                    base.execute(statement)
            for table in found:
                places = ", ".join("?" * len(table.fields))
                rows = (tuple(v.isoformat() if isinstance(v, date) else v for v in row) for row in table.rows)
                base.executemany(f"INSERT INTO {_quoted(table.name)} VALUES ({places})", rows)
        base.execute("VACUUM")
        return base.serialize()
    finally:
        base.close()


# --- Excel ---


def xlsx_bytes(found: list[Table]) -> bytes:
    """Return an Excel workbook: a sheet for each table, descriptions as notes on the headers.

    Text is always written as text, never as a formula, number or link; where it begins like a formula or a
    number the cell is also marked as text, so that editing it makes it neither. Links stand in ``about`` alone.
    """
    xlsxwriter = _library("xlsxwriter", "excel")
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": installed().descriptor["title"], "comments": ACCOUNT, "created": _created()})
    head, wrapped = book.add_format({"bold": True, "bottom": 1}), {"text_wrap": True, "valign": "top"}
    text, marked = book.add_format(wrapped), book.add_format(wrapped | {"quote_prefix": True})
    day, number = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}), book.add_format({"valign": "top"})
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
                if isinstance(value, bool):
                    sheet.write_boolean(r, n, value, number)
                elif isinstance(value, date) and value.year >= 1900:
                    sheet.write_datetime(r, n, datetime(value.year, value.month, value.day), day)
                elif isinstance(value, int | float):
                    sheet.write_number(r, n, value, number)
                elif value is not None and sheet.write_string(
                    r, n, str(value), marked if re.match(r"[=+\-@\d]", str(value)) else text
                ):
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


class _Labelled(NamedTuple):
    """A table as statistics packages want it, with the labels of variables and values."""

    frame: pd.DataFrame
    variables: dict[str, str]
    values: dict[str, dict[int, str]]
    ordered: set[str]


def _codelists(found: list[Table]) -> dict[str, list[dict[str, Any]]]:
    """Return the codes of each codelist, in their order."""
    lists: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for table in found:
        if table.name == "codes":
            for row in table.rows:
                code = dict(zip((f["name"] for f in table.fields), row, strict=True))
                lists[code["codelist"]].append(code)
    return {name: sorted(codes, key=lambda c: (c["code_order"] or 0, c["code"])) for name, codes in lists.items()}


def _labelled(table: Table, lists: dict[str, list[dict[str, Any]]]) -> _Labelled:
    """Return a table with labels.

    A coded column stays text under its own name, so that a condition such as ``realis == "actual"`` is
    the same in every tool and does not hang on numbers, which would shift when a code is added. Beside
    it stands ``<column>_lbl``: whole numbers, in the order of the codelist, with the codes' readable labels,
    for tabulations, factor variables and comparisons of ordered codes. Booleans are 0 and 1, labelled.
    """
    columns: dict[str, Any] = {}
    variables, values, ordered = {}, {}, set()
    for n, field in enumerate(table.fields):
        name, cells = field["name"], [row[n] for row in table.rows]
        variables[name] = field["title"]
        if field["type"] == "string":
            columns[name] = pd.Series([v or "" for v in cells], dtype=object)
        elif field["type"] == "date":
            columns[name] = pd.Series(cells, dtype=object)
        elif field["type"] == "number":
            columns[name] = pd.Series(cells, dtype="float64")
        else:
            columns[name] = pd.Series([None if v is None else int(v) for v in cells], dtype="Int64")
        if field["type"] == "boolean":
            values[name] = {0: "false", 1: "true"}
        codes = lists.get(field.get("codelist", ""), [])
        if codes:
            label = f"{name}_lbl"
            number = {code["code"]: n for n, code in enumerate(codes, 1)}
            columns[label] = pd.Series([number.get(v) for v in cells], dtype="Int64")
            variables[label] = f"{field['title']}, labelled"
            values[label] = {number[code["code"]]: code["label"] for code in codes}
            if codes[0]["code_order"] is not None:
                ordered.add(label)
    return _Labelled(pd.DataFrame(columns), variables, values, ordered)


# Stata holds longer text in another type (strL), which cannot be a key of a merge.
_STATA_TEXT = 2045


def dta_bytes(table: Table, lists: dict[str, list[dict[str, Any]]]) -> bytes:
    """Return one table as a file of Stata 14 and later (format 118), with variable and value labels."""
    labelled, out = _labelled(table, lists), io.BytesIO()
    frame, days = labelled.frame, [f["name"] for f in table.fields if f["type"] == "date"]
    text = [c for c in frame if frame[c].dtype == object and c not in days]
    # Before pandas 3 its own times reach back to 1677 only when they are written; later it writes no others.
    times = object if int(pd.__version__.split(".")[0]) < 3 else "datetime64[s]"
    for column in days:
        frame[column] = pd.Series([v and datetime(v.year, v.month, v.day) for v in frame[column]], dtype=times)
    frame.to_stata(
        out, write_index=False, version=118, time_stamp=_created(), variable_labels=labelled.variables,
        data_label=f"Naqoura Talks {installed().version}: {table.title}"[:80], value_labels=labelled.values,
        convert_dates=dict.fromkeys(days, "td"),
        convert_strl=[c for c in text if frame[c].map(lambda v: len(v.encode("utf-8"))).max() > _STATA_TEXT],
    )  # fmt: skip
    return out.getvalue()


def sav_bytes(table: Table, lists: dict[str, list[dict[str, Any]]]) -> bytes:
    """Return one table as a file of SPSS, with variable labels, value labels and levels of measurement."""
    pyreadstat = _library("pyreadstat", "spss")
    labelled = _labelled(table, lists)
    frame = labelled.frame
    measure = dict.fromkeys(frame, "nominal") | dict.fromkeys(labelled.ordered, "ordinal")
    measure |= {f["name"]: "scale" for f in table.fields if f["type"] in ("integer", "number", "date")}
    for field in table.fields:
        if field["type"] == "date" and frame[field["name"]].isna().all():
            frame[field["name"]] = pd.to_datetime(frame[field["name"]])  # or it would be a column of text
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.sav"
        pyreadstat.write_sav(
            frame, str(path), file_label=f"Naqoura Talks {installed().version}: {table.title}"[:64],
            column_labels=labelled.variables, variable_value_labels=labelled.values, variable_measure=measure,
        )  # fmt: skip
        data = bytearray(path.read_bytes())
    # The header has the time of writing as text, such as "31 Jan 31" and "12:00:00": here it is the version's.
    # The months are English whatever the locale.
    at = _created()
    month = "JanFebMarAprMayJunJulAugSepOctNovDec"[3 * at.month - 3 : 3 * at.month]
    data[92:109] = f"{at:%d} {month} {at:%y%H:%M:%S}".encode("ascii")
    return bytes(data)


def _each(suffix: str, write: Callable[[Table, dict], bytes]) -> Callable[[list[Table]], bytes]:
    def files(found: list[Table]) -> Iterator[tuple[str, bytes]]:
        lists = _codelists(found)
        for table in found:
            yield f"{table.name}{suffix}", write(table, lists)

    return lambda found: zipped(dict(files(found)))


FORMATS: dict[str, Callable[[list[Table]], bytes]] = {
    "sqlite": sqlite_bytes,
    "xlsx": xlsx_bytes,
    "dta.zip": _each(".dta", dta_bytes),
    "sav.zip": _each(".sav", sav_bytes),
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

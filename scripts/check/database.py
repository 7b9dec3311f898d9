"""The package under check as a DuckDB database, which the rules ask: its tables, and what its schemas say of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from time import struct_time
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from naqoura_talks.package import Package, PackageError
from naqoura_talks.text import canonicalise, digest, find, fold

VIEWS = Path(__file__).resolve().parent / "views.sql"
# Whole numbers have room for sums and products of any two that a table can hold.
SQL_TYPES = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}


@dataclass
class Database:
    """The tables that can be read, the connection to them, and the tables that cannot be read, with the error."""

    package: Package
    connection: duckdb.DuckDBPyConnection
    words: dict[str, pa.Table]
    unreadable: dict[str, PackageError]

    def ask(self, query: str) -> list[dict[str, Any]]:
        """Return the rows that a query finds; several threads may ask at once."""
        answer = self.connection.cursor().execute(query)
        names = [column[0] for column in answer.description]
        # Of two columns of one name the first counts.
        return [dict(zip(reversed(names), reversed(row), strict=True)) for row in answer.fetchall()]


def read(
    package: Package,
    texts: tuple[str, ...] = (),
    leave_out: dict[str, PackageError] | None = None,
    given: dict[str, pa.Table] | None = None,
) -> Database:
    """Return the database of a package, without the tables that cannot be read or are left out.

    Tables that are given stand in for those of the package.

    ``views.sql`` says what is in it. A view is missing too if a table or column that it needs is.
    """
    words, unreadable = dict(given or {}), dict(leave_out or {})
    for name in package.tables:
        if name not in unreadable and name not in words:
            try:
                words[name] = package.read_words(name)
            except PackageError as error:
                unreadable[name] = error
    base = duckdb.connect(config={"threads": 1, "preserve_insertion_order": False})
    database = Database(package, base, words, unreadable)
    base.execute("CREATE SCHEMA words")
    for name, table in words.items():
        _put(base, f"words.{name}", table.add_column(0, "row_no", pa.array(range(table.num_rows), pa.int64())))
        base.execute(f"CREATE TABLE {name} AS SELECT row_no, {', '.join(_typed(package, name))} FROM words.{name}")
    _put_schemas(database)
    _put_edtf(database)
    if texts:
        _put_texts(database, texts)
    base.execute(_folding())
    for statement in duckdb.extract_statements(VIEWS.read_text("utf-8")):
        with suppress(duckdb.CatalogException, duckdb.BinderException):
            base.execute(statement)
    return database


@cache
def _folding() -> str:
    """Return the macro that folds words as the library does."""
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x10000))))
    folded = [(one, other) for one, other in zip(every, fold(every), strict=True) if one != other]
    before, after = ("".join(side).replace("'", "''") for side in zip(*folded, strict=True))
    return f"CREATE MACRO fold(words) AS translate(words, '{before}', '{after}')"


def _typed(package: Package, name: str) -> Iterator[str]:
    """Yield the columns of a table as they are read from its words; a cell of another type is NULL."""
    for column, field in package.fields(name).items():
        kind = SQL_TYPES[field["type"]]
        wide = "::HUGEINT" if kind == "BIGINT" else ""
        yield column if kind == "VARCHAR" else f"try_cast({column} AS {kind}){wide} AS {column}"


def _put(base: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    base.register("given", rows)
    base.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
    base.unregister("given")


def _put_rows(base: duckdb.DuckDBPyConnection, name: str, columns: dict[str, pa.DataType], rows: list[tuple]) -> None:
    named = [dict(zip(columns, row, strict=True)) for row in rows]
    _put(base, name, pa.Table.from_pylist(named, pa.schema(columns)))


def _put_schemas(database: Database) -> None:
    """Put in what the schemas say: tables, fields, foreign_keys, unique_keys, one_of_columns; and every row's key.

    all_tables and all_fields are there only if every table is, for rules that must know all of them.
    """
    text, number, flag, texts = pa.string(), pa.int64(), pa.bool_(), pa.list_(pa.string())
    tables, fields, foreign, unique, one_of = [], [], [], [], []
    for n, name in enumerate(database.words):
        package, schema, key = database.package, database.package.schema(name), database.package.key(name)
        tables.append((name, key, n, schema.get("primaryKey")))
        words = database.words[name]
        for position, (column, field) in enumerate(package.fields(name).items()):
            limits = field.get("constraints", {})
            pattern, enum = limits.get("pattern"), limits.get("enum")
            # Other columns are held to plain letters by their key, codes or pattern.
            free = not column.endswith("_id") and enum is None and "[^" in (pattern or "[^")
            fields.append((
                name, column, position, key, field["type"], SQL_TYPES[field["type"]], field["provenance"],
                field["evidence"], field.get("codelist"), enum, field.get("categories"),
                field.get("categoriesOrdered"), pattern, free,
                pc.all(pc.string_is_ascii(words[column])).as_py() is not False,
            ))  # fmt: skip
        for link in schema.get("foreignKeys", []):
            (column,), reference = link["fields"], link["reference"]
            foreign.append((name, column, reference.get("resource", name), reference["fields"][0]))
        unique += [(name, key, " + ".join(c), c, ", ".join(c)) for c in schema["uniqueKeys"]]
        if columns := schema.get("exactlyOneOf"):
            one_of.append((name, " + ".join(columns), ", ".join(columns)))
    base = database.connection
    _put_rows(base, "tables", {"table_name": text, "key": text, "position": number, "primary_key": texts}, tables)
    _put_rows(base, "fields", {
        "table_name": text, "column_name": text, "position": number, "key": text, "type": text, "sql_type": text,
        "provenance": text, "evidence": text, "codelist": text, "enum": texts, "categories": texts,
        "categories_ordered": flag, "pattern": text, "is_free_text": flag, "is_ascii": flag,
    }, fields)  # fmt: skip
    columns = {"table_name": text, "column_name": text, "target": text, "target_key": text}
    _put_rows(base, "foreign_keys", columns, foreign)
    columns = {"table_name": text, "key": text, "columns": text, "columns_named": texts, "column_list": text}
    _put_rows(base, "unique_keys", columns, unique)
    _put_rows(base, "one_of_columns", {"table_name": text, "columns": text, "column_list": text}, one_of)
    if not database.unreadable:
        base.execute("CREATE VIEW all_tables AS SELECT * FROM tables")
        base.execute("CREATE VIEW all_fields AS SELECT * FROM fields")
        things = (f"SELECT '{name}' AS table_name, row_no, {key} AS key FROM {name}" for name, key, *_ in tables)
        base.execute(f"CREATE TABLE things AS {' UNION ALL '.join(things)}")


def _put_edtf(database: Database) -> None:
    """Put in the first and last day of each EDTF date of the tables, NULL where it has no bound; each is asked once."""
    dates: set[str] = set()
    for table in database.words.values():
        for column in table.column_names:
            if column.endswith("_edtf"):
                dates.update(table[column].drop_null().to_pylist())
    rows = [(value, *days) for value in sorted(dates) if (days := edtf_bounds(value)) is not None]
    columns = {"edtf": pa.string(), "first_day": pa.date32(), "last_day": pa.date32()}
    _put_rows(database.connection, "edtf_days", columns, rows)


@cache
def edtf_bounds(value: str) -> tuple[date | None, date | None] | None:
    """Return the first and last day that an EDTF date allows, None for no bound; None if it is no date.

    The library edtf decides which dates there are; sets of mixed precision are refused.
    """
    from edtf import EDTFParseException, parse_edtf

    def day(bound: struct_time | float) -> date | None:
        return date(*bound[:3]) if isinstance(bound, struct_time) else None

    try:
        parsed = parse_edtf(value)
        first, last = day(parsed.lower_strict()), day(parsed.upper_strict())
    except (EDTFParseException, ValueError):
        return None
    return None if first and last and first > last else (first, last)


def _put_texts(database: Database, texts: tuple[str, ...]) -> None:
    """Put in the coded texts, and where the forms of names stand in them."""
    canonical = {digest(text): text for text in map(canonicalise, texts)}
    rows = [(sha256, fold(text)) for sha256, text in canonical.items()]
    _put_rows(database.connection, "given_texts", {"text_sha256": pa.string(), "folded": pa.string()}, rows)
    occurrences = []
    if {"sources", "names"} <= database.words.keys():
        names = database.words["names"].select(["name_id", "name_words"]).to_pylist()
        for source in database.words["sources"].to_pylist():
            text = canonical.get(source["text_sha256"], "")
            for name in names:
                found = find(text, name["name_words"] or "")
                occurrences += [(name["name_id"], source["source_id"], *span) for span in found]
    columns = {"name_id": pa.string(), "source_id": pa.string(), "char_start": pa.int64(), "char_end": pa.int64()}
    _put_rows(database.connection, "occurrences", columns, occurrences)


def filled_in(text: str, values: dict[str, Any]) -> str:
    """Return a text with each {name} that the values have filled in."""
    return re.sub(r"\{([a-z_0-9]+)\}", lambda m: str(values[m[1]]) if m[1] in values else m[0], text)

"""The joined tables of data/joined/: SQL queries on the tables, as CSV and Parquet with a descriptor of their own.

What a row is and what the columns hold stands in ``views/tables.json``: a column "table.column" has the field of that
column; one that is not listed for its table, nor shared, has that of the same column of the table of the same name.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from naqoura_talks.package import Package, PackageError, read_json
from scripts.build.parquet import described, kept
from scripts.files import sha256, to_csv, to_json

FOLDER = "data/joined"
VIEWS = Path(__file__).parent / "views"
FILES = ("shared", "parts", "things", "acts", "timeline", "sides")
TYPES = {"string": "string", "int64": "integer", "double": "number", "bool": "boolean", "date32[day]": "date"}
Row = dict[str, Any]


class Joined(NamedTuple):
    """A joined table: its title, what a row is, its schema, and its typed rows."""

    title: str
    description: str
    schema: dict[str, Any]
    table: pa.Table


def database(package: Package) -> duckdb.DuckDBPyConnection:
    """Return a database of the tables, typed by their schemas, and the joined ones; one thread keeps rows in order."""
    base = duckdb.connect(config={"threads": 1})
    for name in package.tables:
        base.register("given", package.read_csv(name))
        base.execute(f'CREATE TABLE "{name}" AS FROM given')
    base.unregister("given")
    for file in FILES:
        base.execute((VIEWS / f"{file}.sql").read_text("utf-8"))
    return base


def field(package: Package, view: str, column: pa.Field, words: dict[str, Any]) -> dict[str, Any]:
    """Return the field of a column of a view. Raises PackageError if it is neither taken from a table nor described."""
    name = column.name
    same = {own: f"{view}.{own}" for own in package.fields(view)} if view in package.tables else {}
    if not (source := (words["shared"] | same | words["tables"][view].get("columns", {})).get(name)):
        raise PackageError(f"{VIEWS}/tables.json: column {name} of joined_{view} is not described; add it there.")
    if isinstance(source, dict):
        made = {"name": name, "title": source["title"], "type": TYPES[str(column.type)]}
        return made | {"description": source["description"], "provenance": "derived", "evidence": "none"}
    table, origin = source.split(".")
    taken = package.fields(table)[origin] | {"name": name}
    # These do not hold where rows of the column's own table stand several times or not at all.
    limits = {k: v for k, v in taken.pop("constraints", {}).items() if k not in ("required", "unique")}
    return taken | ({"constraints": limits} if limits else {})


def tables(package: Package, base: duckdb.DuckDBPyConnection) -> dict[str, Joined]:
    """Return the joined tables by name, the core tables first, from the database of the package."""
    words, made = read_json(VIEWS / "tables.json", "description of the joined tables"), {}
    for name, about in words["tables"].items():
        rows = base.sql(f"FROM joined_{name}").to_arrow_table()
        schema = {"fields": [field(package, name, column, words) for column in rows.schema]}
        if key := about.get("primaryKey", rows.column_names[:1]):
            schema["primaryKey"] = key
        made[name] = Joined(about["title"], about["description"], schema, rows)
    return made


def files(package: Package, found: dict[str, Joined]) -> dict[str, bytes]:
    """Return the content of each file of data/joined by its path."""
    made, resources, like = {}, [], package.descriptor["resources"][0]
    for name, (title, description, schema, table) in found.items():
        rows = ([str(v).lower() if isinstance(v, bool) else v for v in row.values()] for row in table.to_pylist())
        made[f"{FOLDER}/{name}.csv"] = to_csv([table.column_names, *rows])
        resource = {"name": name, "type": "table", "title": title, "description": description}
        typed = described(package, resource, table, {f["name"]: f for f in schema["fields"]})
        parquet, csv = kept(package.root / f"{FOLDER}/{name}.parquet", typed), made[f"{FOLDER}/{name}.csv"]
        made[f"{FOLDER}/{name}.parquet"] = parquet
        resource |= {"path": f"{name}.csv"} | {k: like[k] for k in ("format", "mediatype", "encoding", "dialect")}
        resource |= {"bytes": len(csv), "hash": sha256(csv), "rows": table.num_rows, "schema": schema}
        resource["parquet"] = {"path": f"{name}.parquet", "bytes": len(parquet), "hash": sha256(parquet)}
        resources.append(resource)
    about = package.descriptor | {"name": f"{package.descriptor['name']}-joined", "resources": resources}
    return made | {f"{FOLDER}/datapackage.json": to_json(about)}


# --- what is told of the tables ---

# The columns of a row that can be its title, the best first.
TITLES = ("text", "title", "name", "name_words", "label", "citation", "value", "scheme_code")
# The tables whose rows are told on the page; any other row is told with the first of these that it points to.
TOLD = ("events", "statements", "ceasefire_terms", "agreements", "actors", "passages")
# What is told beside a row's facts already, or is there for machines.
NOT_FACTS = {*TITLES, "proposition", "speaker", "attribution", "asserted_by", "dates", "date_basis", "char_start"}


class Tables:
    """The tables, and the joined ones, as records, with what is looked up more than once."""

    def __init__(self, package: Package, views: dict[str, Joined]) -> None:
        self.package, self.views = package, views
        self.joined: dict[str, list[Row]] = {name: view.table.to_pylist() for name, view in views.items()}
        self.rows: dict[str, list[Row]] = {name: package.read_words(name).to_pylist() for name in package.tables}
        self.labels = {(r["codelist"], r["code"]): r["label"] for r in self.rows["codes"]}
        self.speakers = {r["statement_id"]: r["speaker_actor_id"] for r in self.rows["statements"]}
        self.titles = {
            row[package.key(name)]: self._title(name, row)
            for name in package.tables
            for row in self.joined.get(name, self.rows[name])
            if name != "evidence"
        }
        self.spoken_of = self._spoken_of()

    def _title(self, table: str, row: Row) -> str:
        if table == "passages":
            return f"Sentence {row['sentence_no']} of paragraph {row['paragraph_no']}"
        return next((row[c] for c in TITLES if row.get(c)), row[self.package.key(table)])

    def _spoken_of(self) -> dict[str, set[str]]:
        """Return the speakers of the statements that assert, make a condition of or mention a thing, by its key.

        Who speaks of an actor's part or of a link speaks of its event and actor too.
        """
        wholes = {r[self.package.key(n)]: r for n in ("event_actors", "event_links") for r in self.rows[n]}
        found: dict[str, set[str]] = defaultdict(set)
        for table in ("statements", "statement_actors", "statement_links", "compliance_claims"):
            for row in self.rows[table]:
                for key in row.values():
                    for part in (key, *wholes.get(key, {}).values()):
                        found[part].add(self.speakers[row["statement_id"]])
        return found

    def in_text_order(self, table: str) -> list[Row]:
        """Return the rows of a joined table in the order in which the report comes to them."""
        return sorted(self.joined[table], key=lambda r: (r["source_id"] or "~", r["char_start"] or 0))

    def facts(self, table: str, row: Row) -> list[tuple[str, str]]:
        """Return what else a row of a joined table says: titles of columns, and values in words."""
        found = []
        for field in self.views[table].schema["fields"]:
            name, value = field["name"], row[field["name"]]
            machine = name.endswith(("_id", "_edtf", "_earliest", "_latest")) or field["type"] == "integer"
            if name not in NOT_FACTS and not machine and value not in (None, "", False):
                word = self.labels.get((field.get("codelist"), value), value)
                title = field["title"] if name in field["title"].lower() else name.replace("_", " ").capitalize()
                found.append((title, "yes" if value is True else str(word)))
        return found

    def homes(self) -> dict[str, str]:
        """Return, for each row that is told with another, the key of that other; empty where there is none."""
        told = {row[self.package.key(name)] for name in TOLD for row in self.rows[name]}
        return {
            row[self.package.key(name)]: next((value for value in row.values() if value in told), "")
            for name in self.rows
            if name not in (*TOLD, "evidence")
            for row in self.rows[name]
        }

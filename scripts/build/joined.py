"""The joined tables of data/joined/: SQL queries on the tables, as CSV and Parquet with a descriptor of their own.

What a row is and what the columns hold stands in ``views/tables.json``: a column "table.column" has the field of that
column; one that is not listed for its table, nor shared, has that of the same column of the table of the same name.
"""

from __future__ import annotations

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
    own = words["tables"][view].get("columns", {})
    if name not in own and view in package.tables and name in package.fields(view):
        source = f"{view}.{name}"
    elif not (source := own.get(name) or words["shared"].get(name)):
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

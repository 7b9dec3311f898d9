"""The tables as Parquet files: what they hold, how they are written, and whether a file already holds it."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from naqoura_talks.package import Package


def described(package: Package, resource: dict, table: pa.Table, fields: dict[str, dict]) -> pa.Table:
    """Return a typed table as the Parquet file has it, with descriptions in the metadata.

    The metadata of the file hold table, title, description and package version; those of a column
    its description and, if its codes are ordered, the codes in order as a JSON list.
    """
    columns = []
    for column in table.schema:
        field = fields[column.name]
        ordered = {"ordered_categories": json.dumps(field["categories"])} if field.get("categoriesOrdered") else {}
        columns.append(column.with_metadata({"description": field["description"], **ordered}))
    about = {"table": resource["name"], "title": resource["title"], "description": resource["description"]}
    about |= {"package": package.descriptor["name"], "package_version": package.version}
    return pa.table(table.columns, schema=pa.schema(columns, metadata=about))


def parquet_table(package: Package, name: str) -> pa.Table:
    """Return a table of the package as its Parquet file has it."""
    return described(package, package.resource(name), package.read_csv(name), package.fields(name))


def parquet_bytes(table: pa.Table) -> bytes:
    """Return the table as a Parquet file; one pyarrow version always gives the same bytes."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, version="2.6", compression="zstd", compression_level=9)
    return sink.getvalue().to_pybytes()


def same_parquet(path: Path, table: pa.Table) -> bool:
    """Whether the file holds this table with these types and metadata, whichever pyarrow wrote it."""
    try:
        file = pq.ParquetFile(path)
        # A small file can declare any number of rows: it is read only if it can be the table.
        return file.metadata.num_rows == table.num_rows and file.read().equals(table, check_metadata=True)
    except (OSError, pa.ArrowException):
        return False


def kept(path: Path, table: pa.Table) -> bytes:
    """Return the table as a Parquet file: the bytes that are there if they hold it, whichever pyarrow wrote them."""
    return path.read_bytes() if same_parquet(path, table) else parquet_bytes(table)


def parquet_files(package: Package) -> dict[str, bytes]:
    """Return the content of each table's Parquet file by table."""
    return {name: kept(package.path(name, "parquet"), parquet_table(package, name)) for name in package.tables}

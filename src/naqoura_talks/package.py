"""Reading the data package: descriptor, schemas and tables. Everything else stands on this module."""

from __future__ import annotations

import json
import re
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


class PackageError(Exception):
    """The data package cannot be read; the message names the file, what is wrong and what to do."""


class UnknownNameError(PackageError, KeyError):
    """A table, codelist or row that the package does not have; the message lists what it has."""

    __str__ = Exception.__str__


class UnreadableCopyError(PackageError):
    """A file that cannot be a copy of a text; the message says why and what to do."""


def unknown(kind: str, name: object, known: list[str]) -> UnknownNameError:
    """Make the error for a name that is not known, with the known ones and the nearest."""
    from difflib import get_close_matches

    near = get_close_matches(str(name), known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return UnknownNameError(f"There is no {kind} {name!r}.{hint} Known: {', '.join(known)}.")


def read_text(path: Path, what: str) -> str:
    """Return the text of a UTF-8 file of the package, or raise PackageError saying what is wrong."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        hint = "Restore it with `git checkout`, or install the package again."
        raise PackageError(f"{path}: the {what} is missing. {hint}") from None
    except UnicodeDecodeError as error:
        raise PackageError(
            f"{path}: the {what} is not UTF-8 (byte {error.start}). Save it as UTF-8 without a BOM."
        ) from None
    except OSError as error:
        raise PackageError(f"{path}: the {what} cannot be read: {error.strerror}.") from None


def read_json(path: Path, what: str) -> Any:
    """Return the content of a JSON file of the package, or raise PackageError saying where it breaks."""
    text = read_text(path, what)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise PackageError(
            f"{path}:{error.lineno}:{error.colno}: the {what} is not JSON: {error.msg}. "
            "Mend it, or restore it with `git checkout`."
        ) from None
    except RecursionError:
        raise PackageError(f"{path}: the {what} is nested too deeply to be one of ours.") from None


class Package:
    """A data package in a folder: ``datapackage.json``, ``data/`` and ``schemas/``.

    Nothing is read before it is asked for, and each file of metadata is read once.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)

    @cached_property
    def descriptor(self) -> dict[str, Any]:
        """The content of datapackage.json."""
        descriptor = read_json(self.root / "datapackage.json", "descriptor")
        resources = descriptor.get("resources") if isinstance(descriptor, dict) else None
        if not isinstance(resources, list) or not all(
            isinstance(r, dict) and isinstance(r.get("name"), str) for r in resources
        ):
            raise PackageError(
                f"{self.root / 'datapackage.json'}: expected an object with a list `resources` "
                "of objects that have a `name`."
            )
        return descriptor

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The resources of the descriptor by table name."""
        return {r["name"]: r for r in self.descriptor["resources"]}

    @property
    def tables(self) -> list[str]:
        """The names of the tables, in the order of the descriptor."""
        return list(self.resources)

    @property
    def version(self) -> str:
        """The version of the data package."""
        return str(self.descriptor.get("version", ""))

    @property
    def citation(self) -> str:
        """How to cite this version of the data package, in one line, with its DOI once it has one."""
        about = self.descriptor
        authors = ", ".join(c["title"] for c in about.get("contributors", []))
        year = str(about.get("created", ""))[:4]
        doi = f" {about['id']}" if "id" in about else ""
        return f"{authors} ({year}). {about.get('title')} (Version {self.version}) [Data set].{doi}"

    def resource(self, name: str) -> dict[str, Any]:
        """Return the descriptor of one table. Raises UnknownNameError with the names that there are."""
        if name not in self.resources:
            raise unknown("table", name, self.tables)
        return self.resources[name]

    def inside(self, relative: object, what: str) -> Path:
        """Return the path of a file that the descriptor names; only paths inside the package pass."""
        parts = PurePosixPath(relative).parts if isinstance(relative, str) else ()
        if not parts or not re.fullmatch(r"[\w.-]+(/[\w.-]+)*", str(relative)) or ".." in parts:
            raise PackageError(
                f"{self.root / 'datapackage.json'}: the {what} is {relative!r}; "
                "expected a relative path inside the package, with forward slashes."
            )
        path = self.root.joinpath(*parts)
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise PackageError(f"{path}: the {what} leads out of the package.")
        return path

    def path(self, name: str, format: str = "csv") -> Path:
        """Return where the table's file is; format is "csv" or "parquet"."""
        csv_path = self.inside(self.resource(name).get("path"), f"path of {name}")
        if format == "csv":
            return csv_path
        if format == "parquet":
            return self.root / "data" / "parquet" / f"{name}.parquet"
        raise ValueError(f"format is {format!r}; expected 'csv' or 'parquet'.")

    def schema_path(self, name: str) -> Path:
        """Return where the table's Table Schema is."""
        return self.inside(self.resource(name).get("schema"), f"schema of {name}")

    @cached_property
    def _schemas(self) -> dict[str, dict[str, Any]]:
        return {}

    def schema(self, name: str) -> dict[str, Any]:
        """Return the Table Schema of one table."""
        if name not in self._schemas:
            schema = read_json(self.schema_path(name), f"schema of {name}")
            fields = schema.get("fields") if isinstance(schema, dict) else None
            if not isinstance(fields, list) or not all(
                isinstance(f, dict) and isinstance(f.get("name"), str) for f in fields
            ):
                raise PackageError(f"{self.schema_path(name)}: expected a list `fields` of objects with a `name`.")
            self._schemas[name] = schema
        return self._schemas[name]

    def fields(self, name: str) -> dict[str, dict[str, Any]]:
        """Return the fields of a table's schema by column name, in order."""
        return {f["name"]: f for f in self.schema(name)["fields"]}

    def key(self, name: str) -> str:
        """Return the name of the table's key column: the first column."""
        return self.schema(name)["fields"][0]["name"]

    def arrow_schema(self, name: str) -> pa.Schema:
        """Return the table's types as an Arrow schema, by its Table Schema."""
        import pyarrow as pa

        types = {
            "string": pa.string(),
            "integer": pa.int64(),
            "number": pa.float64(),
            "boolean": pa.bool_(),
            "date": pa.date32(),
        }
        fields = []
        for column, field in self.fields(name).items():
            if str(field.get("type")) not in types:
                raise PackageError(
                    f"{self.schema_path(name)}: column {column} has type {field.get('type')!r}; "
                    f"expected one of {', '.join(types)}."
                )
            fields.append(pa.field(column, types[field["type"]]))
        return pa.schema(fields)

    def read_words(self, name: str) -> pa.Table:
        """Return the table's CSV with every cell as text; an empty cell is null.

        Raises PackageError if the file is missing, not UTF-8, not CSV, or has another header than
        the schema's columns.
        """
        import pyarrow as pa
        from pyarrow import csv

        path = self.path(name)
        text = read_text(path, f"table {name}")
        expected = list(self.fields(name))
        header = text.split("\n", 1)[0]
        if header.lstrip("\ufeff").rstrip("\r") != ",".join(expected):
            raise PackageError(
                f"{path}:1: the header is {header[:200]!r}; expected {','.join(expected)!r}. "
                "Restore the columns of the schema, in its order, separated by commas."
            )
        try:
            return csv.read_csv(
                pa.py_buffer(text.encode("utf-8")),
                read_options=csv.ReadOptions(column_names=expected, skip_rows=1),
                parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
                convert_options=csv.ConvertOptions(
                    column_types=dict.fromkeys(expected, pa.string()),
                    null_values=[""],
                    strings_can_be_null=True,
                ),
            )
        except pa.ArrowInvalid as error:
            raise PackageError(
                f"{path}: not a table of {len(expected)} columns: {error}. "
                "Look for a comma or a quotation mark too many in the row that it names."
            ) from None

    def read_csv(self, name: str) -> pa.Table:
        """Return the table's CSV with the types of its schema. Raises PackageError at the first bad cell."""
        import pyarrow as pa

        words, schema = self.read_words(name), self.arrow_schema(name)
        columns = []
        for field in schema:
            try:
                columns.append(words[field.name].cast(field.type))
            except pa.ArrowInvalid as error:
                raise PackageError(f"{self.path(name)}: column {field.name}: {error}; expected {field.type}.") from None
        return pa.table(columns, schema=schema)

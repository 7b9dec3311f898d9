"""Reading the data package: descriptor, schemas and tables. Everything else stands on this module.

A package may come from a stranger. Nothing outside its folder is read, whatever its descriptor, its
names or its links say, and nothing is asked of the network; what is no plain file, or nests too deeply,
is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv

# Levels of lists and objects within each other in a file of metadata; ours have seven.
DEPTH_LIMIT = 32


class PackageError(Exception):
    """The data package cannot be read; the message names the file, what is wrong and what to do.

    ``path``, ``line`` and ``character`` (both from 1) say where, as far as that is known.
    """

    def __init__(
        self, message: str, path: Path | None = None, line: int | None = None, character: int | None = None
    ) -> None:
        where = ":".join(str(x) for x in (path, line, character) if x is not None)
        super().__init__(f"{where}: {message}" if where else message)
        self.path, self.line, self.character = path, line, character


class UnknownNameError(PackageError, KeyError):
    """A table, codelist or row that the package does not have; the message lists what it has."""

    __str__ = Exception.__str__


class UnreadableCopyError(PackageError):
    """A file that cannot be a copy of a text; the message says why and what to do."""


def unknown(kind: str, name: object, known: list[str]) -> UnknownNameError:
    """Make the error for a name that is not known, with the known ones and the nearest."""
    near = get_close_matches(str(name), known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return UnknownNameError(f"There is no {kind} {name!r}.{hint} Known: {', '.join(known)}.")


def unknown_row(row_id: object, known: Iterable[str], what: str = "") -> UnknownNameError:
    """Make the error for a key that no row, or none of those that are meant (``what``), has, with the nearest keys."""
    near = get_close_matches(str(row_id), sorted(known), n=5, cutoff=0.4)
    hint = f"Near: {', '.join(near)}." if near else "Keys stand in the first column of each table."
    return UnknownNameError(f"There is no row {row_id!r}{what}. {hint}")


def read_bytes(path: Path, what: str) -> bytes:
    """Return the content of a plain file of the package, or raise PackageError saying what is wrong."""
    try:
        # Anything but a plain file, such as a pipe or a device, could be read for ever.
        if path.exists() and not path.is_file():
            raise PackageError(f"the {what} is not a plain file. Put the file itself there.", path)
        return path.read_bytes()
    except FileNotFoundError:
        hint = "Restore it with `git checkout`, or install the package again."
        raise PackageError(f"the {what} is missing. {hint}", path) from None
    except OSError as error:
        raise PackageError(f"the {what} cannot be read: {error.strerror}.", path) from None


def read_text(path: Path, what: str) -> str:
    """Return the text of a UTF-8 file of the package, or raise PackageError saying what is wrong."""
    data = read_bytes(path, what)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"the {what} is not UTF-8 (byte {error.start}). Save it as UTF-8 without a BOM."
        raise PackageError(message, path, data.count(b"\n", 0, error.start) + 1) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object, which must not have a name twice: of two values one would go unseen."""
    content = dict(pairs)
    if len(content) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the name {next(n for n in names if names.count(n) > 1)!r} stands twice in one object")
    return content


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no value of JSON")


def _depth(content: Any) -> int:
    """Return how many lists and objects lie within each other."""
    if not isinstance(content, dict | list):
        return 0
    return 1 + max(map(_depth, content.values() if isinstance(content, dict) else content), default=0)


def read_json(path: Path, what: str) -> Any:
    """Return the content of a JSON file of the package, or raise PackageError saying where it breaks."""
    text, hint = read_text(path, what), "Fix it, or restore it with `git checkout`."
    try:
        content = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
        # Half of a surrogate pair can be written in JSON but is no text: it could not be printed.
        json.dumps(content, ensure_ascii=False).encode("utf-8")
        if _depth(content) > DEPTH_LIMIT:
            raise RecursionError
        return content
    except UnicodeEncodeError:
        raise PackageError(f"the {what} has an escape such as \\ud800 that is no character. {hint}", path) from None
    except json.JSONDecodeError as error:
        raise PackageError(f"the {what} is not JSON: {error.msg}. {hint}", path, error.lineno, error.colno) from None
    except ValueError as error:
        # Also a number with more digits than Python reads.
        raise PackageError(f"the {what} is not JSON: {error}. {hint}", path) from None
    except RecursionError:
        message = f"the {what} is nested too deeply to be one of ours (at most {DEPTH_LIMIT} levels). {hint}"
        raise PackageError(message, path) from None


class Package:
    """A data package in a folder: ``datapackage.json``, ``data/`` and ``schemas/``.

    Nothing is read before it is asked for, and each file of metadata is read once.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)
        self._schemas: dict[str, dict[str, Any]] = {}

    @cached_property
    def descriptor(self) -> dict[str, Any]:
        """The content of datapackage.json."""
        path = self.inside("datapackage.json", "descriptor")
        descriptor = read_json(path, "descriptor")
        resources = descriptor.get("resources") if isinstance(descriptor, dict) else None
        for resource in resources if isinstance(resources, list) else [None]:
            name = resource.get("name") if isinstance(resource, dict) else None
            if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", name):
                expected = "expected a list `resources` of objects that have a `name` of letters, digits, _ and -"
                raise PackageError(f"{expected}; found {str(name)[:120]!r}.", path)
        return descriptor

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The resources of the descriptor by table name."""
        return {r["name"]: r for r in self.descriptor["resources"]}

    @cached_property
    def joined(self) -> Package:
        """The package of the joined tables, which the build makes from this one."""
        return Package(self.inside("data/joined", "joined tables"))

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
        authors = ", ".join(str(c["title"]) for c in about["contributors"])
        year = str(about.get("created", ""))[:4]
        doi = f" {about['id']}" if "id" in about else ""
        return f"{authors}. ({year}). {about.get('title')} (Version {self.version}) [Data set].{doi}"

    def resource(self, name: str) -> dict[str, Any]:
        """Return the descriptor of one table. Raises UnknownNameError with the names that there are."""
        if name not in self.resources:
            raise unknown("table", name, self.tables)
        return self.resources[name]

    def inside(self, relative: object, what: str) -> Path:
        """Return the path of a file of the package; only paths inside it pass, links followed."""
        plain = isinstance(relative, str) and re.fullmatch(r"[\w.-]+(/[\w.-]+)*", relative)
        if not plain or ".." in relative.split("/"):
            expected = "expected a relative path inside the package, with forward slashes"
            raise PackageError(f"the {what} is {str(relative)[:120]!r}; {expected}.", self.root / "datapackage.json")
        path = self.root / relative
        try:
            inside = path.resolve().is_relative_to(self.root.resolve())
        except (OSError, RuntimeError) as error:  # links that lead in a circle, or a name that is too long
            raise PackageError(f"the {what} leads nowhere: {error}.", path) from None
        if not inside:
            raise PackageError(f"the {what} leads out of the package.", path)
        return path

    def path(self, name: str, format: str = "csv") -> Path:
        """Return where the table's file is; format is "csv" or "parquet"."""
        resource = self.resource(name)
        if format == "csv":
            return self.inside(resource.get("path"), f"path of {name}")
        if format == "parquet":
            beside = resource.get("parquet")
            file = beside.get("path") if isinstance(beside, dict) else f"data/parquet/{name}.parquet"
            return self.inside(file, f"Parquet of {name}")
        raise ValueError(f"format is {format!r}; expected 'csv' or 'parquet'.")

    def schema_path(self, name: str) -> Path:
        """Return where the table's Table Schema is."""
        return self.inside(self.resource(name).get("schema"), f"schema of {name}")

    def schema(self, name: str) -> dict[str, Any]:
        """Return the Table Schema of one table."""
        if name not in self._schemas:
            # Those of joined tables stand in the descriptor, as the build derives them.
            schema = self.resource(name).get("schema")
            path = self.root / "datapackage.json" if isinstance(schema, dict) else self.schema_path(name)
            schema = schema if isinstance(schema, dict) else read_json(path, f"schema of {name}")
            fields = schema.get("fields") if isinstance(schema, dict) else None
            names = [f.get("name") if isinstance(f, dict) else None for f in fields] if isinstance(fields, list) else []
            if not names or not all(isinstance(n, str) for n in names):
                raise PackageError("expected a list `fields` of objects with a `name`, the key's first.", path)
            if twice := next((n for n in names if names.count(n) > 1), None):
                raise PackageError(f"there are two fields with the name {twice!r}; expected names that differ.", path)
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
        types = {
            "string": pa.string(), "integer": pa.int64(), "number": pa.float64(),
            "boolean": pa.bool_(), "date": pa.date32(),
        }  # fmt: skip
        for column, field in self.fields(name).items():
            if str(field.get("type")) not in types:
                message = f"column {column} has type {field.get('type')!r}; expected one of {', '.join(types)}."
                raise PackageError(message, self.schema_path(name))
        return pa.schema([(column, types[field["type"]]) for column, field in self.fields(name).items()])

    def read_words(self, name: str) -> pa.Table:
        """Return the table's CSV with every cell as text; an empty cell is null.

        Raises PackageError if the file is missing, not UTF-8, not CSV, or has another header than
        the schema's columns.
        """
        path, expected = self.path(name), list(self.fields(name))
        text, header = read_text(path, f"table {name}"), ",".join(expected)
        head, data = text.partition("\n")[0], text.encode("utf-8")
        if head.lstrip("\ufeff").rstrip("\r") != header:
            hint = "Restore the columns of the schema, in its order, separated by commas."
            raise PackageError(f"the header is {head[:200]!r}; expected {header!r}. {hint}", path, 1)
        try:
            return csv.read_csv(
                pa.py_buffer(data),
                # In one piece and one thread, so that an error names its row.
                csv.ReadOptions(column_names=expected, skip_rows=1, use_threads=False, block_size=len(data) + 1),
                csv.ParseOptions(newlines_in_values=b'"' in data, ignore_empty_lines=False),
                csv.ConvertOptions(
                    column_types=dict.fromkeys(expected, pa.string()), null_values=[""], strings_can_be_null=True
                ),
            )
        except pa.ArrowInvalid as error:
            row = re.search(r"Row #(\d+)", str(error))
            message = f"not a table of {len(expected)} columns: {str(error)[:300]}. "
            message += "Look for a comma or a quotation mark too many in that row."
            raise PackageError(message, path, int(row[1]) if row else None) from None

    def read_csv(self, name: str) -> pa.Table:
        """Return the table's CSV with the types of its schema. Raises PackageError at the first bad cell."""
        words, schema = self.read_words(name), self.arrow_schema(name)
        columns = []
        for field in schema:
            try:
                columns.append(words[field.name].cast(field.type))
            except pa.ArrowInvalid as error:
                message = f"column {field.name}: {error}; expected {field.type}."
                raise PackageError(message, self.path(name)) from None
        return pa.table(columns, schema=schema)

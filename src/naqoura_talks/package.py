"""Reading the data package: descriptor, schemas and tables. Everything else stands on this module.

A package may come from a stranger. Nothing outside its folder is read, whatever its descriptor, its
names or its links say, and nothing is asked of the network; files that are larger than the limits
below, are no plain files, or nest too deeply are refused.
"""

from __future__ import annotations

import io
import json
import re
import stat
from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

# In bytes. A table of a thousand reports as long as ours has 200 MB; a schema has some kB.
METADATA_LIMIT = 8 << 20
TABLE_LIMIT = 1 << 30
# Bytes of a CSV that are parsed at a time: as many as the processor keeps at hand.
BLOCK = 1 << 20
# Levels of lists and objects within each other in a file of metadata; ours have seven.
DEPTH_LIMIT = 32


class PackageError(Exception):
    """The data package cannot be read; the message names the file, what is wrong and what to do.

    ``path``, ``line`` and ``character`` (both from 1) say where, as far as that is known.
    """

    path: Path | None = None
    line: int | None = None
    character: int | None = None


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


def unknown_row(row_id: object, known: Iterable[str], what: str = "") -> UnknownNameError:
    """Make the error for a key that no row, or none of those that are meant (``what``), has, with the nearest keys."""
    from difflib import get_close_matches

    near = get_close_matches(str(row_id), sorted(known), n=5, cutoff=0.4)
    hint = f"Near: {', '.join(near)}." if near else "Keys stand in the first column of each table."
    return UnknownNameError(f"There is no row {row_id!r}{what}. {hint}")


def broken(path: Path, message: str, line: int | None = None, character: int | None = None) -> PackageError:
    """Make the error for a file that cannot be read, with the place where it breaks."""
    error = PackageError(":".join(str(x) for x in (path, line, character) if x is not None) + f": {message}")
    error.path, error.line, error.character = path, line, character
    return error


def read_bytes(path: Path, what: str, limit: int, first: int | None = None) -> bytes:
    """Return the content, or the first bytes, of a plain file of the package that is no larger than the limit."""
    try:
        # Anything but a plain file, such as a pipe or a device, could be read for ever.
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise broken(path, f"the {what} is not a plain file. Put the file itself there.")
        if about.st_size > limit:
            raise broken(path, f"the {what} has more than {limit:,} bytes, the most that is read. Split it.")
        with path.open("rb") as file:
            return file.read(first)
    except FileNotFoundError:
        hint = "Restore it with `git checkout`, or install the package again."
        raise broken(path, f"the {what} is missing. {hint}") from None
    except OSError as error:
        raise broken(path, f"the {what} cannot be read: {error.strerror}.") from None


def not_utf8(path: Path, what: str, data: bytes, error: UnicodeDecodeError) -> PackageError:
    """Make the error for a file in another encoding, with the line and byte where that shows."""
    hint = "Save it as UTF-8 without a BOM."
    line = data.count(b"\n", 0, error.start) + 1
    return broken(path, f"the {what} is not UTF-8 (byte {error.start}). {hint}", line)


def read_text(path: Path, what: str) -> str:
    """Return the text of a UTF-8 file of the package, or raise PackageError saying what is wrong."""
    data = read_bytes(path, what, TABLE_LIMIT)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise not_utf8(path, what, data, error) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object, which must not have a name twice: of two values one would go unseen."""
    content = dict(pairs)
    if len(content) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the name {next(n for n in names if names.count(n) > 1)!r} stands twice in one object")
    return content


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no value of JSON")


def _too_deep(content: Any) -> bool:
    """Whether lists and objects lie deeper within each other than DEPTH_LIMIT."""
    level, depth = [content], 0
    while level := [x for x in level if isinstance(x, dict | list)]:
        depth += 1
        if depth > DEPTH_LIMIT:
            return True
        level = [child for x in level for child in (x.values() if isinstance(x, dict) else x)]
    return False


def read_json(path: Path, what: str) -> Any:
    """Return the content of a JSON file of the package, or raise PackageError saying where it breaks."""
    data = read_bytes(path, what, METADATA_LIMIT)
    hint = "Fix it, or restore it with `git checkout`."
    try:
        content = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
        # Half of a surrogate pair can be written in JSON but is no text: it could not be printed.
        json.dumps(content, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError as error:
        raise not_utf8(path, what, data, error) from None
    except UnicodeEncodeError:
        raise broken(path, f"the {what} has an escape such as \\ud800 that is no character. {hint}") from None
    except json.JSONDecodeError as error:
        raise broken(path, f"the {what} is not JSON: {error.msg}. {hint}", error.lineno, error.colno) from None
    except ValueError as error:
        # Also a number with more digits than Python reads.
        raise broken(path, f"the {what} is not JSON: {error}. {hint}") from None
    except RecursionError:
        content = None
    if content is None or _too_deep(content):
        raise broken(path, f"the {what} is nested too deeply to be one of ours (at most {DEPTH_LIMIT} levels). {hint}")
    return content


class Package:
    """A data package in a folder: ``datapackage.json``, ``data/`` and ``schemas/``.

    Nothing is read before it is asked for, and each file of metadata is read once.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)

    @cached_property
    def _real_root(self) -> Path:
        return self.root.resolve()

    @cached_property
    def descriptor(self) -> dict[str, Any]:
        """The content of datapackage.json."""
        path = self.inside("datapackage.json", "descriptor")
        descriptor = read_json(path, "descriptor")
        resources = descriptor.get("resources") if isinstance(descriptor, dict) else None
        if not isinstance(resources, list) or not all(
            isinstance(r, dict) and isinstance(r.get("name"), str) for r in resources
        ):
            raise broken(path, "expected an object with a list `resources` of objects that have a `name`.")
        for resource in resources:
            if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", resource["name"]):
                raise broken(
                    path, f"the name of a resource is {resource['name'][:120]!r}; expected letters, digits, _ and -."
                )
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
        contributors = about.get("contributors") or []
        if not isinstance(contributors, list) or not all(isinstance(c, dict) and c.get("title") for c in contributors):
            raise broken(self.root / "datapackage.json", "expected a list `contributors` of objects with a `title`.")
        authors = ", ".join(str(c["title"]) for c in contributors)
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
        if (
            not isinstance(relative, str)
            or not re.fullmatch(r"[\w.-]+(/[\w.-]+)*", relative)
            or ".." in relative.split("/")
        ):
            raise broken(
                self.root / "datapackage.json",
                f"the {what} is {str(relative)[:120]!r}; "
                "expected a relative path inside the package, with forward slashes.",
            )
        path = self.root / relative
        try:
            inside = path.resolve().is_relative_to(self._real_root)
        except (OSError, RuntimeError) as error:  # links that lead in a circle, or a name that is too long
            raise broken(path, f"the {what} leads nowhere: {error}.") from None
        if not inside:
            raise broken(path, f"the {what} leads out of the package.")
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

    @cached_property
    def _schemas(self) -> dict[str, dict[str, Any]]:
        return {}

    def schema(self, name: str) -> dict[str, Any]:
        """Return the Table Schema of one table."""
        if name not in self._schemas:
            # Those of joined tables stand in the descriptor, as the build derives them.
            schema = self.resource(name).get("schema")
            path = self.root / "datapackage.json" if isinstance(schema, dict) else self.schema_path(name)
            schema = schema if isinstance(schema, dict) else read_json(path, f"schema of {name}")
            fields = schema.get("fields") if isinstance(schema, dict) else None
            if (
                not isinstance(fields, list)
                or not fields
                or not all(isinstance(f, dict) and isinstance(f.get("name"), str) for f in fields)
            ):
                raise broken(path, "expected a list `fields` of objects with a `name`, the key's first.")
            names = [f["name"] for f in fields]
            if twice := next((n for n in names if names.count(n) > 1), None):
                raise broken(path, f"there are two fields with the name {twice!r}; expected names that differ.")
            self._schemas[name] = schema
        return self._schemas[name]

    @cached_property
    def _fields(self) -> dict[str, dict[str, dict[str, Any]]]:
        return {}

    def fields(self, name: str) -> dict[str, dict[str, Any]]:
        """Return the fields of a table's schema by column name, in order."""
        if name not in self._fields:
            self._fields[name] = {f["name"]: f for f in self.schema(name)["fields"]}
        return self._fields[name]

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
                raise broken(
                    self.schema_path(name),
                    f"column {column} has type {field.get('type')!r}; expected one of {', '.join(types)}.",
                )
            fields.append(pa.field(column, types[field["type"]]))
        return pa.schema(fields)

    def read_words(self, name: str) -> pa.Table:
        """Return the table's CSV with every cell as text; an empty cell is null.

        Raises PackageError if the file is missing, not UTF-8, not CSV, or has another header than
        the schema's columns, or more than TABLE_LIMIT bytes.
        """
        import pyarrow as pa
        from pyarrow import csv

        path, what, expected = self.path(name), f"table {name}", list(self.fields(name))
        header = ",".join(expected)

        def parsed(source: object, block: int, quotes: bool) -> pa.Table:
            return csv.read_csv(
                source,
                read_options=csv.ReadOptions(column_names=expected, skip_rows=1, block_size=block),
                parse_options=csv.ParseOptions(newlines_in_values=quotes, ignore_empty_lines=False),
                convert_options=csv.ConvertOptions(
                    column_types=dict.fromkeys(expected, pa.string()),
                    null_values=[""],
                    strings_can_be_null=True,
                ),
            )

        start = read_bytes(path, what, TABLE_LIMIT, BLOCK)
        if len(start) == BLOCK and start.startswith(f"{header}\n".encode()):
            # Block by block, and what fails again as one: a row may be longer, and errors name their row.
            with suppress(pa.ArrowInvalid, OSError), pa.OSFile(str(path)) as file:
                return parsed(file, BLOCK, True)
        data = read_bytes(path, what, TABLE_LIMIT)
        try:
            head = io.BytesIO(data).readline().decode("utf-8").rstrip("\n")
        except UnicodeDecodeError as error:
            raise not_utf8(path, what, data, error) from None
        if head.lstrip("\ufeff").rstrip("\r") != header:
            raise broken(
                path,
                f"the header is {head[:200]!r}; expected {header!r}. "
                "Restore the columns of the schema, in its order, separated by commas.",
                1,
            )
        try:
            return parsed(pa.py_buffer(data), len(data) + 1, b'"' in data)
        except pa.ArrowInvalid as error:
            try:
                text = data.decode("utf-8")
            except UnicodeDecodeError as undecodable:
                raise not_utf8(path, what, data, undecodable) from None
            raise broken(
                path,
                f"not a table of {len(expected)} columns: {str(error)[:300]}. "
                "Look for a comma or a quotation mark too many in that row.",
                _first_odd_row(text, len(expected)),
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
                raise broken(self.path(name), f"column {field.name}: {error}; expected {field.type}.") from None
        return pa.table(columns, schema=schema)


def _first_odd_row(text: str, columns: int) -> int | None:
    """Return the line of the first row that has not as many cells as there are columns."""
    import csv

    rows = csv.reader(io.StringIO(text, newline=""))
    line = 1
    try:
        for row in rows:
            if len(row) != columns:
                return line
            line = rows.line_num + 1
    except csv.Error:
        return line
    return None

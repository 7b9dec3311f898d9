"""What changed from one version to another, which kind of version that makes, and the rules that hold it to that.

A *snapshot* is what a version promises to its users: the columns of each table with type and
constraints, and the rows by key. A *record*, in releases/, is the snapshot of a released version with
digests in place of cells, so that the check can compare without the old tables.

  major  a table, column, code or row removed or renamed; a type, a constraint or a key changed
  minor  a table, column, code or row added
  patch  a cell or its evidence corrected, a text improved

Rows of ``evidence`` that come or go are evidence corrected: a patch. A renamed thing is one removed and
one added. Anything that changes what a column may hold, other than a code more, breaks either those who
read (it may hold what it could not) or those who write to the schema (it may no longer).
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from naqoura_talks.package import Package, PackageError, read_json, read_text
from rules import Problem, Tables

LEVELS = ("patch", "minor", "major")
SUPPORT = "evidence"
CORRECTIONS = "coding/corrections.csv"


class Change(NamedTuple):
    """One thing that differs: what happened, where, the old and new value, and the kind of version it makes."""

    what: str
    table: str
    row: str
    column: str
    old: str
    new: str
    level: str

    def __str__(self) -> str:
        where = " ".join(part for part in (self.table, self.row, self.column) if part)
        values = f": {self.old!r} → {self.new!r}" if self.old or self.new else ""
        return f"{self.level}  {self.what:<18} {where}{values}"


# --- snapshots and records ---


def digest(text: str) -> str:
    """Return a short digest of a cell or text; nothing for an empty one."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12] if text else ""


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def snapshot(package: Package) -> dict[str, Any]:
    """Return the version and, by table, its key, columns, keys to other tables, text and rows."""
    tables = {}
    for name in package.tables:
        schema, columns = package.schema(name), {}
        for column, field in package.fields(name).items():
            promise = {k: field[k] for k in ("type", "format", "constraints", "codelist") if k in field}
            codes = promise.get("constraints", {}).get("enum")
            if codes:
                promise["constraints"] = {k: v for k, v in promise["constraints"].items() if k != "enum"}
            order = field.get("categories", []) if field.get("categoriesOrdered") else []
            text = {k: v for k, v in field.items() if k not in (*promise, "name", "categories", "categoriesOrdered")}
            columns[column] = {
                "promise": _canonical(promise), "codes": codes or [], "order": order, "text": digest(_canonical(text))
            }  # fmt: skip
        resource = package.resource(name)
        tables[name] = {
            "key": package.key(name),
            "keys": _canonical({k: v for k, v in schema.items() if k.endswith("Key") or k.endswith("Keys") or "Of" in k}),
            "text": digest(_canonical([resource.get("title"), resource.get("description")])),
            "columns": columns,
            "rows": {
                row[package.key(name)]: [value or "" for value in row.values()]
                for row in package.read_words(name).to_pylist()
            },
        }
    return {"version": package.version, "tables": tables}


def as_record(taken: dict[str, Any]) -> dict[str, Any]:
    """Return a snapshot with digests in place of cells: one text a row."""
    tables = {
        name: table | {"rows": {key: " ".join(digest(c) or "-" for c in cells) for key, cells in table["rows"].items()}}
        for name, table in taken["tables"].items()
    }
    return {"version": taken["version"], "tables": tables}


def record_bytes(package: Package) -> bytes:
    """Return the record of a package as the file in releases/ has it."""
    return (json.dumps(as_record(snapshot(package)), indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def number(version: str) -> tuple[int, ...]:
    """Return the three numbers of a version."""
    return tuple(map(int, version.split(".")))


def records(root: Path) -> list[dict[str, Any]]:
    """Return the records in releases/, oldest version first. Raises PackageError for a file that is none."""
    found = []
    for path in sorted((root / "releases").glob("*.json")):
        record = read_json(path, "record of a release")
        if not isinstance(record, dict) or record.get("version") != path.stem or "tables" not in record:
            raise PackageError(f"{path}: is not the record of version {path.stem}. Restore it with `git checkout`.")
        found.append(record)
    return sorted(found, key=lambda r: number(r["version"]))


# --- comparing ---


def _cells(table: dict[str, Any], key: str) -> dict[str, str]:
    """Return the cells of a row by column; in a record, their digests."""
    cells = table["rows"][key]
    if isinstance(cells, str):
        cells = ["" if c == "-" else c for c in cells.split(" ")]
    return dict(zip(table["columns"], cells, strict=True))


def _columns(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    """Say how the columns of a table differ."""
    for column in old.keys() | new.keys():
        if column not in new:
            yield Change("column removed", name, "", column, "", "", "major")
        elif column not in old:
            yield Change("column added", name, "", column, "", "", "minor")
        else:
            before, after = old[column], new[column]
            if before["promise"] != after["promise"]:
                yield Change("column changed", name, "", column, before["promise"], after["promise"], "major")
            codes = before["codes"], after["codes"]
            if bool(codes[0]) != bool(codes[1]):
                what = "codes set" if codes[1] else "codes lifted"
                yield Change(what, name, "", column, "", "", "major")
            else:
                yield from (Change("code removed", name, "", column, c, "", "major") for c in codes[0] if c not in codes[1])
                yield from (Change("code added", name, "", column, "", c, "minor") for c in codes[1] if c not in codes[0])
            kept = [c for c in after["order"] if c in before["order"]]
            if kept != [c for c in before["order"] if c in after["order"]] or bool(before["order"]) != bool(after["order"]):
                old_order, new_order = (" < ".join(side["order"]) for side in (before, after))
                yield Change("order changed", name, "", column, old_order, new_order, "major")
            if before["text"] != after["text"]:
                yield Change("text improved", name, "", column, "", "", "patch")
    if [c for c in old if c in new] != [c for c in new if c in old]:
        yield Change("columns reordered", name, "", "", ", ".join(old), ", ".join(new), "major")


def _rows(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    """Say how the rows of a table differ; cells are compared by digest where one side is a record."""
    lost, gained = ("patch", "patch") if name == SUPPORT else ("major", "minor")
    by_digest = any(isinstance(cells, str) for table in (old, new) for cells in table["rows"].values())

    def plain(table: dict[str, Any], value: str) -> str:
        held = next(iter(table["rows"].values()))
        return digest(value) if by_digest and not isinstance(held, str) else value

    for key in old["rows"].keys() | new["rows"].keys():
        if key not in new["rows"]:
            yield Change("row removed", name, key, "", "", "", lost)
        elif key not in old["rows"]:
            yield Change("row added", name, key, "", "", "", gained)
        else:
            before, after = _cells(old, key), _cells(new, key)
            for column in before.keys() & after.keys():
                if plain(old, before[column]) != plain(new, after[column]):
                    was = "" if isinstance(old["rows"][key], str) else before[column]
                    yield Change("cell corrected", name, key, column, was, after[column], "patch")


def compare(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Return how two snapshots differ, by table, row and column; the older may be a record."""
    found = []
    for name in old["tables"].keys() | new["tables"].keys():
        if name not in new["tables"]:
            found.append(Change("table removed", name, "", "", "", "", "major"))
        elif name not in old["tables"]:
            found.append(Change("table added", name, "", "", "", "", "minor"))
        else:
            before, after = old["tables"][name], new["tables"][name]
            if (before["key"], before["keys"]) != (after["key"], after["keys"]):
                found.append(Change("keys changed", name, "", "", before["keys"], after["keys"], "major"))
            if before["text"] != after["text"]:
                found.append(Change("text improved", name, "", "", "", "", "patch"))
            found += _columns(name, before["columns"], after["columns"])
            found += _rows(name, before, after)
    return sorted(found, key=lambda c: c[1:4] + c[:1] + c[4:])


def verdict(changes: list[Change]) -> str | None:
    """Return the kind of version that changes make: major, minor, patch, or None if there are none."""
    return max((c.level for c in changes), key=LEVELS.index, default=None)


def next_versions(version: str) -> dict[str, str]:
    """Return the versions that may follow, by kind."""
    major, minor, patch = number(version)
    return {"patch": f"{major}.{minor}.{patch + 1}", "minor": f"{major}.{minor + 1}.0", "major": f"{major + 1}.0.0"}

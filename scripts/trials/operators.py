"""The changes that ``mutants.py`` makes to the package, one small change at a time.

An operator is a function that breaks one kind of thing: a cell, a row, a file, a schema, the descriptor, a
Parquet file or another generated one. ``all_mutants(root)`` applies each wherever it applies: cell operators
to every column of every table (those about characters in turn), the others to tables and columns in
turn or drawn by a seed that is made of the operator's and the table's name alone. So the list is the same
on every machine, and an operator that is added changes no other's mutants.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from naqoura_talks.package import Package
from scripts.build import parquet, products
from scripts.check.rules_coding import edtf_bounds
from scripts.files import to_csv, to_json


class Link(NamedTuple):
    """Instead of a file's content: a symbolic link to a copy of it outside the package."""


class Mutant(NamedTuple):
    """One changed package: what was changed where, and the content of the files that differ (None: removed)."""

    operator: str
    table: str
    column: str
    row: str
    what: str
    files: dict[str, bytes | Link | None]
    rebuild: bool = True

    def __str__(self) -> str:
        return f"{self.operator}: {' '.join(x for x in (self.table, self.row, self.column) if x)}: {self.what}"


class Spot(NamedTuple):
    """One cell, with what an operator may want to know of its surroundings. Cells are text, "" is empty."""

    table: str
    column: str
    field: dict[str, Any]
    target: list[str]
    rows: list[dict[str, str]]
    i: int

    @property
    def value(self) -> str:
        return self.rows[self.i][self.column]

    @property
    def others(self) -> list[str]:
        """The different values that the column has in other rows."""
        return sorted({r[self.column] for r in self.rows} - {self.value, ""})


# What a cell operator gives: the cells of the column that change, by row number; nothing if it does not apply.
Cells = dict[int, str] | None


def table_bytes(rows: list[dict[str, str]], columns: list[str]) -> bytes:
    """Return the table as the CSV that a careful curator would write."""
    return to_csv([columns, *([row[c] for c in columns] for row in rows)])


# --- cells: what they say ---


def is_prose(spot: Spot) -> bool:
    """Whether the column is free text: no key, code, date, number, digest or name of something else."""
    constraints = spot.field.get("constraints", {})
    return not (spot.field["type"] != "string" or "codelist" in spot.field or "pattern" in constraints or spot.target)


def two_values_swapped(spot: Spot, rng: Random) -> Cells:
    others = [i for i, r in enumerate(spot.rows) if r[spot.column] not in ("", spot.value)]
    if not others or not spot.value:
        return None
    other = rng.choice(others)
    return {spot.i: spot.rows[other][spot.column], other: spot.value}


def another_valid_code(spot: Spot, rng: Random) -> Cells:
    codes = spot.field.get("constraints", {}).get("enum") or {"boolean": ["true", "false"]}.get(spot.field["type"], [])
    return {spot.i: rng.choice([c for c in codes if c != spot.value])} if codes and spot.value else None


def another_existing_key(spot: Spot, rng: Random) -> Cells:
    keys = [k for k in spot.target if k != spot.value]
    return {spot.i: rng.choice(keys)} if keys and spot.value else None


def value_of_another_row(spot: Spot, rng: Random) -> Cells:
    free = not spot.target and "enum" not in spot.field.get("constraints", {})
    return {spot.i: rng.choice(spot.others)} if free and spot.others and spot.value else None


def emptied(spot: Spot, rng: Random) -> Cells:
    return {spot.i: ""} if spot.value else None


def filled(spot: Spot, rng: Random) -> Cells:
    values = spot.others or spot.target or [str(spot.field["example"])]
    return None if spot.value else {spot.i: rng.choice(values)}


def one_later(value: str) -> str | None:
    """Return an EDTF value with its last date a day, month or year later."""
    dates = re.findall(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", value)
    if not dates:
        return None
    last = dates[-1]
    if len(last) == 10:
        later = (date.fromisoformat(last) + timedelta(1)).isoformat()
    elif len(last) == 7:
        year, month = int(last[:4]), int(last[5:])
        later = f"{year + month // 12:04}-{month % 12 + 1:02}"
    else:
        later = f"{int(last) + 1:04}"
    return later.join(value.rsplit(last, 1))


def date_off_by_one(spot: Spot, rng: Random) -> Cells:
    dated = spot.field["type"] == "date" or spot.column.endswith("_edtf")
    return {spot.i: one_later(spot.value) or ""} if dated and spot.value else None


def number_off_by_one(spot: Spot, rng: Random) -> Cells:
    if spot.field["type"] not in ("integer", "number") or not spot.value:
        return None
    if spot.field["type"] == "integer":
        return {spot.i: str(int(spot.value) + rng.choice([-1, 1]))}
    return {spot.i: str(float(spot.value) + 1)}


def one_character_changed(spot: Spot, rng: Random) -> Cells:
    if "codelist" in spot.field or spot.field["type"] != "string" or not spot.value:
        return None
    at = rng.choice([m.start() for m in re.finditer(r"[A-Za-z0-9]", spot.value)])
    old = spot.value[at]
    new = rng.choice([c for c in ("0123456789" if old.isdigit() else "bcdefmnpt") if c != old.lower()])
    return {spot.i: spot.value[:at] + (new.upper() if old.isupper() else new) + spot.value[at + 1 :]}


def a_word_left_out(spot: Spot, rng: Random) -> Cells:
    words = spot.value.split(" ")
    if not is_prose(spot) or len(words) < 2:
        return None
    del words[rng.randrange(len(words))]
    return {spot.i: " ".join(words)}


MEANING = (
    two_values_swapped, another_valid_code, another_existing_key, value_of_another_row, emptied, filled,
    date_off_by_one, number_off_by_one, one_character_changed, a_word_left_out,
)  # fmt: skip


# --- cells: how they are written ---


def replaced(old: str, new: str) -> Callable[[Spot, Random], Cells]:
    """Return an operator that replaces one letter by another that looks like it."""

    def apply(spot: Spot, rng: Random) -> Cells:
        return {spot.i: spot.value.replace(old, new, 1)} if old in spot.value else None

    return apply


def inserted(what: str) -> Callable[[Spot, Random], Cells]:
    """Return an operator that puts a character somewhere inside."""

    def apply(spot: Spot, rng: Random) -> Cells:
        if len(spot.value) < 2:
            return None
        at = rng.randrange(1, len(spot.value))
        return {spot.i: spot.value[:at] + what + spot.value[at:]}

    return apply


def around(before: str, after: str = "") -> Callable[[Spot, Random], Cells]:
    """Return an operator that puts something before and after a value."""
    return lambda spot, rng: {spot.i: before + spot.value + after} if spot.value else None


def instead(what: str) -> Callable[[Spot, Random], Cells]:
    """Return an operator that writes a word for a missing value where the cell is empty."""
    return lambda spot, rng: None if spot.value else {spot.i: what}


def a_space_not_ascii(spot: Spot, rng: Random) -> Cells:
    return {spot.i: spot.value.replace(" ", "\u00a0", 1)} if " " in spot.value else inserted("\u00a0")(spot, rng)


def upper_case(spot: Spot, rng: Random) -> Cells:
    coded = not is_prose(spot) and spot.field["type"] in ("string", "boolean")
    return {spot.i: spot.value.upper()} if coded and spot.value != spot.value.upper() else None


def other_digits(spot: Spot, rng: Random) -> Cells:
    arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    return {spot.i: spot.value.translate(arabic)} if re.search(r"\d", spot.value) else None


def zero_too_many_or_few(spot: Spot, rng: Random) -> Cells:
    if spot.field["type"] in ("integer", "number") and spot.value:
        return {spot.i: "0" + spot.value}
    if spot.field["type"] == "date" or spot.column.endswith("_edtf"):
        return {spot.i: re.sub(r"-0", "-", spot.value, count=1)}
    return None


FORM: dict[str, Callable[[Spot, Random], Cells]] = {
    "look-alike letter (Cyrillic)": replaced("a", "\u0430"),
    "look-alike letter (Greek)": replaced("o", "\u03bf"),
    "look-alike letter (full width)": replaced("e", "\uff45"),
    "look-alike letter (IPA)": replaced("a", "\u0251"),
    "look-alike hyphen": replaced("-", "\u2010"),
    "look-alike digits": other_digits,
    "direction mark": inserted("\u202e"),
    "zero-width space": inserted("\u200b"),
    "soft hyphen": inserted("\u00ad"),
    "NUL": inserted("\x00"),
    "line break": inserted("\n"),
    "tab": inserted("\t"),
    "accent as a character of its own (NFD)": inserted("e\u0301"),
    "non-breaking space": a_space_not_ascii,
    "space doubled": replaced(" ", "  "),
    "space before": around(" "),
    "space after": around("", " "),
    "NA for empty": instead("NA"),
    "-99 for empty": instead("-99"),
    "formula (=)": around("="),
    "formula (@)": around("@"),
    "quotation marks": around('"', '"'),
    "typographic quotation marks": around("\u201c", "\u201d"),
    "upper case": upper_case,
    "zero too many or too few": zero_too_many_or_few,
}


# --- several cells that belong together ---


def dates_with_their_bounds(table: str, rows: list[dict[str, str]], rng: Random) -> Iterator[tuple[str, str, Cells]]:
    """A date one later, with the bounds that follow from it: no bound gives it away."""
    for column in (c for c in rows[0] if c.endswith("_edtf")):
        for i, row in enumerate(rows):
            later = one_later(row[column])
            if later and f"{column[:-5]}_earliest" in row:
                yield column, f"{row[column]} to {later}, with its bounds", {i: later}


def span_moved(table: str, rows: list[dict[str, str]], rng: Random) -> Iterator[tuple[str, str, Cells]]:
    """Both ends of a span one later, its digest left."""
    spans = [i for i, r in enumerate(rows) if r.get("char_start")]
    for i in rng.sample(spans, min(12, len(spans))):
        yield "char_start", "the span one to the right", {i: str(int(rows[i]["char_start"]) + 1)}


def span_on_the_same_words(table: str, rows: list[dict[str, str]], rng: Random) -> Iterator[tuple[str, str, Cells]]:
    """The span of another row with the same digest: the same words elsewhere."""
    spans = [i for i, r in enumerate(rows) if r.get("char_start") and r["sha256"]]
    for i in rng.sample(spans, len(spans)):
        same = [r for r in rows if r["sha256"] == rows[i]["sha256"] and r["char_start"] != rows[i]["char_start"]]
        if same:
            yield "char_start", "the same words elsewhere", {i: rng.choice(same)["char_start"]}


def follow(rows: list[dict[str, str]], column: str, cells: dict[int, str]) -> None:
    """Change the cells, and those beside them that go with them."""
    for i, value in cells.items():
        row, old = rows[i], rows[i][column]
        row[column] = value
        if column == "char_start":
            row["char_end"] = str(int(row["char_end"]) + int(value) - int(old))
        else:
            low, high = edtf_bounds(value)
            stem = column.removesuffix("_edtf")
            row[f"{stem}_earliest"] = low.isoformat() if low else ""
            row[f"{stem}_latest"] = high.isoformat() if high else ""


TOGETHER = {
    "date off by one, with its bounds": dates_with_their_bounds,
    "span moved": span_moved,
    "span on the same words elsewhere": span_on_the_same_words,
}


# --- rows ---

Rows = list[dict[str, str]]


def row_dropped(rows: Rows, i: int, key: str) -> Rows:
    return rows[:i] + rows[i + 1 :]


def row_doubled(rows: Rows, i: int, key: str) -> Rows:
    return rows[: i + 1] + rows[i:]


def row_doubled_under_a_new_key(rows: Rows, i: int, key: str) -> Rows:
    return sorted([*rows, rows[i] | {key: rows[i][key] + "-0"}], key=lambda r: r[key])


def rows_unsorted(rows: Rows, i: int, key: str) -> Rows:
    j = (i + 1) % len(rows)
    moved = list(rows)
    moved[i], moved[j] = rows[j], rows[i]
    return moved


def key_renamed(rows: Rows, i: int, key: str) -> Rows:
    return sorted([*rows[:i], rows[i] | {key: rows[i][key] + "-x"}, *rows[i + 1 :]], key=lambda r: r[key])


def key_of_another_kind(rows: Rows, i: int, key: str) -> Rows:
    return sorted([*rows[:i], rows[i] | {key: "xyz-" + rows[i][key][4:]}, *rows[i + 1 :]], key=lambda r: r[key])


def row_emptied(rows: Rows, i: int, key: str) -> Rows:
    return [*rows[:i], dict.fromkeys(rows[i], ""), *rows[i + 1 :]]


ROW = (
    row_dropped, row_doubled, row_doubled_under_a_new_key, rows_unsorted, key_renamed, key_of_another_kind, row_emptied,
)  # fmt: skip


# --- files ---


def columns_swapped(data: bytes) -> bytes:
    rows = csv.reader(io.StringIO(data.decode()))
    return to_csv([r[0], r[2], r[1], *r[3:]] for r in rows)


FILE: dict[str, Callable[[bytes], bytes | Link | None]] = {
    "byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "CR": lambda data: data.replace(b"\n", b"\r"),
    "tabs for commas": lambda data: data.replace(b",", b"\t"),
    "semicolons for commas": lambda data: data.replace(b",", b";"),
    "cut in the middle": lambda data: data[: len(data) // 2],
    "last line end cut off": lambda data: data[:-1],
    "last line cut off": lambda data: data[: data[:-1].rfind(b"\n") + 1],
    "file emptied": lambda data: b"",
    "header alone": lambda data: data[: data.index(b"\n") + 1],
    "header gone": lambda data: data[data.index(b"\n") + 1 :],
    "header misspelt": lambda data: data.replace(b"_", b"-", 1),
    "column too many": lambda data: data.replace(b"\n", b",\n").replace(b",\n", b",extra\n", 1),
    "two columns swapped": columns_swapped,
    "two headers swapped": lambda data: re.sub(rb"\A(\w+),(\w+),(\w+)", rb"\1,\3,\2", data),
    "field too many in one line": lambda data: data[:-1] + b",\n",
    "blank line": lambda data: data.replace(b"\n", b"\n\n", 1),
    "blank line at the end": lambda data: data + b"\n",
    "NUL byte": lambda data: data[: len(data) // 2] + b"\x00" + data[len(data) // 2 :],
    "Latin-1": lambda data: data[:-2] + b"\xe9" + data[-1:],
    "UTF-16": lambda data: data.decode().encode("utf-16"),
    "every field quoted": lambda data: re.sub(rb"(?m)^([^,\n]+)", rb'"\1"', data),
    "quotation mark left open": lambda data: data.replace(b"\n", b'\n"', 1),
    "file gone": lambda data: None,
    "link out of the package": lambda data: Link(),
}


# --- schemas ---


def drop(prop: str) -> Callable[[dict, Random], bool]:
    """Return a change that takes a property away from a field."""
    return lambda field, rng: field.pop(prop, None) is not None


def drop_constraint(prop: str) -> Callable[[dict, Random], bool]:
    """Return a change that takes a constraint away from a field."""
    return lambda field, rng: field.get("constraints", {}).pop(prop, None) is not None


def put(prop: str, value: Any, where: Callable[[dict], bool] = lambda field: True) -> Callable[[dict, Random], bool]:
    """Return a change that gives a field another value for a property."""

    def apply(field: dict, rng: Random) -> bool:
        if field.get(prop) == value or not where(field):
            return False
        field[prop] = value
        return True

    return apply


def constrain(
    prop: str, change: Callable[[Any], Any], where: Callable[[dict], bool] = lambda field: True
) -> Callable[[dict, Random], bool]:
    """Return a change that gives a field another value for a constraint that it has."""

    def apply(field: dict, rng: Random) -> bool:
        constraints = field.get("constraints", {})
        if prop not in constraints or not where(field):
            return False
        constraints[prop] = change(constraints[prop])
        return True

    return apply


def required_added(field: dict, rng: Random) -> bool:
    if field.get("constraints", {}).get("required"):
        return False
    field.setdefault("constraints", {})["required"] = True
    return True


def misspelt(field: dict, rng: Random) -> bool:
    field["constrains"] = field.pop("constraints", {})
    return True


def another_codelist(field: dict, rng: Random) -> bool:
    if "codelist" not in field:
        return False
    field["codelist"] = "realis" if field["codelist"] != "realis" else "polarity"
    return True


def renamed(field: dict, rng: Random) -> bool:
    field["name"] += "_x"
    return True


FIELD: dict[str, Callable[[dict, Random], bool]] = {
    "property misspelt": misspelt,
    "property unknown": put("unit", "day"),
    "required gone": drop_constraint("required"),
    "required added": required_added,
    "unique gone": drop_constraint("unique"),
    "pattern gone": drop_constraint("pattern"),
    "pattern loosened": constrain("pattern", lambda pattern: ".*"),
    "pattern with bare alternatives": constrain("pattern", lambda pattern: pattern + "|x"),
    "pattern broken": constrain("pattern", lambda pattern: pattern + "("),
    "minimum or maximum gone": lambda field, rng: (
        drop_constraint("minimum")(field, rng) or drop_constraint("maximum")(field, rng)
    ),
    "maximum loosened": constrain("maximum", lambda n: n * 10),
    "minimum loosened": constrain("minimum", lambda n: n - 100),
    "code taken from the enum": constrain("enum", lambda enum: enum[:-1]),
    "code added to the enum": constrain("enum", lambda enum: [*enum, "zzz"]),
    "enum in another order": constrain("enum", lambda enum: enum[::-1], lambda f: "categories" in f),
    "codelist gone": drop("codelist"),
    "another codelist": another_codelist,
    "categories gone": drop("categories"),
    "order of categories gone": drop("categoriesOrdered"),
    "description gone": drop("description"),
    "description emptied": put("description", ""),
    "title gone": drop("title"),
    "example gone": drop("example"),
    "example not valid": put("example", "?", lambda f: "pattern" in f.get("constraints", {}) or f["type"] != "string"),
    "type gone": drop("type"),
    "type changed to string": put("type", "string"),
    "type changed to integer": put("type", "integer"),
    "type changed to any": put("type", "any"),
    "provenance gone": drop("provenance"),
    "provenance changed": lambda field, rng: put(
        "provenance",
        rng.choice([p for p in ("verbatim", "coded", "derived", "external", "editorial") if p != field["provenance"]]),
    )(field, rng),
    "evidence gone": drop("evidence"),
    "evidence changed": lambda field, rng: put(
        "evidence", rng.choice([e for e in ("own", "row", "none") if e != field["evidence"]])
    )(field, rng),
    "column renamed": renamed,
    "description reworded": lambda field, rng: put("description", field["description"] + " So it is.")(field, rng),
}


# Operators that few columns allow are tried on every table.
RARE = (
    "minimum or maximum gone",
    "maximum loosened",
    "minimum loosened",
    "enum in another order",
    "categories gone",
    "order of categories gone",
)


def in_schema(prop: str, change: Callable[[Any], Any]) -> Callable[[dict], bool]:
    """Return a change to a property of the schema that it has; None takes it away."""

    def apply(schema: dict) -> bool:
        if not schema.get(prop):
            return False
        schema[prop] = change(schema[prop])
        if schema[prop] is None:
            del schema[prop]
        return True

    return apply


def to_another_table(keys: list[dict]) -> list[dict]:
    other = "places" if keys[0]["reference"].get("resource") == "actors" else "actors"
    keys[0]["reference"] = {"resource": other, "fields": [{"places": "place_id", "actors": "actor_id"}[other]]}
    return keys


SCHEMA: dict[str, Callable[[dict], bool]] = {
    "foreign keys gone": in_schema("foreignKeys", lambda keys: None),
    "foreign key to another table": in_schema("foreignKeys", to_another_table),
    "unique keys gone": in_schema("uniqueKeys", lambda keys: None),
    "unique key widened": lambda s: in_schema("uniqueKeys", lambda keys: [[*keys[0], s["fields"][0]["name"]]])(s),
    "exactly one of: gone": in_schema("exactlyOneOf", lambda columns: None),
    "exactly one of: shortened": in_schema("exactlyOneOf", lambda columns: columns[:-1]),
    "primary key gone": in_schema("primaryKey", lambda key: None),
    "primary key changed": lambda s: in_schema("primaryKey", lambda key: [s["fields"][1]["name"]])(s),
    "missing values widened": in_schema("missingValues", lambda values: ["", "NA"]),
    "missing values gone": in_schema("missingValues", lambda values: None),
    "profile gone": in_schema("$schema", lambda profile: None),
    "profile of version 1": in_schema(
        "$schema", lambda p: "https://specs.frictionlessdata.io/schemas/table-schema.json"
    ),
    "property of the schema misspelt": lambda s: s.update(foreignkeys=s.pop("foreignKeys", [])) is None,
    "field dropped": in_schema("fields", lambda fields: fields[:-1]),
    "fields in another order": in_schema("fields", lambda fields: [*fields[:-2], fields[-1], fields[-2]]),
    "field doubled": in_schema("fields", lambda fields: [*fields, fields[-1]]),
}


# --- the descriptor ---


def resource(change: Callable[[dict], Any]) -> Callable[[dict, int], Any]:
    """Return a change to one resource of the descriptor."""
    return lambda descriptor, i: change(descriptor["resources"][i])


def about(change: Callable[[dict], Any]) -> Callable[[dict, int], Any]:
    """Return a change to the descriptor itself."""
    return lambda descriptor, i: change(descriptor)


def other_than(resource: dict) -> str:
    """Return the name of another table."""
    return "passages" if resource["name"] != "passages" else "codes"


# Figures that the build fills in are asked of the check without a rebuild, which would mend them.
FIGURES: dict[str, Callable[[dict, int], Any]] = {
    "hash wrong": resource(lambda r: r.update(hash="sha256:" + "0" * 64)),
    "hash of another kind": resource(lambda r: r.update(hash="sha1:" + "0" * 40)),
    "hash gone": resource(lambda r: r.pop("hash")),
    "bytes wrong": resource(lambda r: r.update(bytes=r["bytes"] + 1)),
    "rows wrong": resource(lambda r: r.update(rows=r["rows"] - 1)),
}
DESCRIPTOR: dict[str, Callable[[dict, int], Any]] = {
    "path out of the package": resource(lambda r: r.update(path="../" + r["path"])),
    "path out and back": resource(lambda r: r.update(path="data/../data/csv/" + r["name"] + ".csv")),
    "absolute path": resource(lambda r: r.update(path="/etc/hostname")),
    "remote path": resource(lambda r: r.update(path="https://example.org/" + r["path"])),
    "path of another table": resource(lambda r: r.update(path=f"data/csv/{other_than(r)}.csv")),
    "path as a list": resource(lambda r: r.update(path=[r["path"]])),
    "remote schema": resource(lambda r: r.update(schema="https://example.org/" + r["schema"])),
    "schema of another table": resource(lambda r: r.update(schema=f"schemas/{other_than(r)}.json")),
    "schema gone": resource(lambda r: r.pop("schema")),
    "data inside": resource(lambda r: r.update(data=[])),
    "another encoding": resource(lambda r: r.update(encoding="latin-1")),
    "another delimiter": resource(lambda r: r["dialect"].update(delimiter=";")),
    "dialect gone": resource(lambda r: r.pop("dialect")),
    "another format": resource(lambda r: r.update(format="tsv")),
    "another media type": resource(lambda r: r.update(mediatype="text/plain")),
    "resource renamed": resource(lambda r: r.update(name=r["name"] + "-x")),
    "resource named with a capital": resource(lambda r: r.update(name=r["name"].upper())),
    "group unknown": resource(lambda r: r.update(group="other")),
    "title of the resource gone": resource(lambda r: r.pop("title")),
    "description of the resource gone": resource(lambda r: r.pop("description")),
    "description of the resource reworded": resource(lambda r: r.update(description=r["description"] + " So it is.")),
    "property of the resource misspelt": resource(lambda r: r.update(enconding=r.pop("encoding"))),
    "resource dropped": lambda d, i: d["resources"].pop(i),
    "resource doubled": lambda d, i: d["resources"].append(d["resources"][i]),
}  # fmt: skip
PACKAGE: dict[str, Callable[[dict, int], Any]] = {
    "profile broken": about(lambda d: d.update({"$schema": "https://example.org/profile.json"})),
    "name not a slug": about(lambda d: d.update(name="Naqoura Talks")),
    "version malformed": about(lambda d: d.update(version="v1")),
    "created malformed": about(lambda d: d.update(created="2025-13-40")),
    "created without a time zone": about(lambda d: d.update(created="2026-11-22T00:00:00")),
    "licence gone": about(lambda d: d.pop("licenses")),
    "licence emptied": about(lambda d: d.update(licenses=[])),
    "contributors gone": about(lambda d: d.pop("contributors")),
    "contributor without a name": about(lambda d: d.update(contributors=[{}])),
    "sources gone": about(lambda d: d.pop("sources")),
    "keywords as text": about(lambda d: d.update(keywords="talks")),
    "title of the package gone": about(lambda d: d.pop("title")),
    "description of the package gone": about(lambda d: d.pop("description")),
    "property of the package unknown": about(lambda d: d.update(licence="x")),
    "resources as an object": about(lambda d: d.update(resources={})),
    "no resources": about(lambda d: d.update(resources=[])),
    "title of the package reworded": about(lambda d: d.update(title=d["title"] + ", so it is")),
}

# --- generated files, asked without a rebuild ---


def parquet_changes(table: pa.Table, rng: Random) -> dict[str, bytes | None]:
    """Return the changed files by operator."""
    column = rng.randrange(1, table.num_columns)
    filled = [i for i, name in enumerate(table.column_names[1:], 1) if table[name].null_count < table.num_rows]
    cell = rng.choice(filled)
    row = pc.indices_nonzero(pc.is_valid(table.column(cell)))[0].as_py()
    values = table.column(cell).to_pylist()
    values[row] = None
    whole = parquet.parquet_bytes(table)
    order = [*range(table.num_columns - 2), table.num_columns - 1, table.num_columns - 2]
    untold = table.schema.set(column, table.schema.field(column).remove_metadata())
    name = table.column_names[column]
    return {
        "Parquet: cell": parquet.parquet_bytes(
            table.set_column(cell, table.schema.field(cell), pa.array(values, table.schema.field(cell).type))
        ),
        "Parquet: type": parquet.parquet_bytes(
            table.set_column(column, table.schema.field(column).with_type(pa.large_string()),
                             table[name].cast(pa.string()).cast(pa.large_string()))
        ),
        "Parquet: rows in another order": parquet.parquet_bytes(table.take(list(range(table.num_rows))[::-1])),
        "Parquet: row dropped": parquet.parquet_bytes(table.slice(1)),
        "Parquet: columns in another order": parquet.parquet_bytes(table.select(order)),
        "Parquet: column dropped": parquet.parquet_bytes(table.drop_columns([name])),
        "Parquet: column renamed": parquet.parquet_bytes(
            table.rename_columns([f"{c}_x" if c == name else c for c in table.column_names])
        ),
        "Parquet: metadata of the file": parquet.parquet_bytes(table.replace_schema_metadata({})),
        "Parquet: description of a column": parquet.parquet_bytes(table.cast(untold)),
        "Parquet: other compression": compressed(table),
        "Parquet: cut in the middle": whole[: len(whole) // 2],
        "Parquet: emptied": b"",
        "Parquet: gone": None,
        "Parquet: one byte": whole[:20] + bytes([whole[20] ^ 1]) + whole[21:],
    }  # fmt: skip


def compressed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="snappy")
    return sink.getvalue().to_pybytes()


GENERATED: dict[str, Callable[[bytes], bytes | None]] = {
    "generated file: one letter": lambda data: swap_letter(data, len(data) // 2),
    "generated file: last line": lambda data: data[: data[:-1].rfind(b"\n") + 1],
    "generated file: line added": lambda data: data + b"\n",
    "generated file: CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "generated file: byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "generated file: emptied": lambda data: b"",
    "generated file: gone": lambda data: None,
}


def swap_letter(data: bytes, at: int) -> bytes:
    """Return the data with the next small letter after a place changed."""
    found = re.compile(rb"[a-y]").search(data, at)
    at = found.start() if found else at
    return data[:at] + bytes([data[at] + 1]) + data[at + 1 :]


def block_changes(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a page with a letter of each generated block changed."""
    for match in re.finditer(rb"<!-- ([\w-]+): generated -->\n(.*?)<!-- /", data, re.DOTALL):
        yield match[1].decode(), swap_letter(data, (match.start(2) + match.end(2)) // 2)


# --- all of them ---


def columns_of(package: Package, name: str) -> Iterator[tuple[str, dict, list[str]]]:
    """Yield the columns of a table: name, field, and the keys that it may point to."""
    targets = {
        f["fields"][0]: f["reference"].get("resource", name) for f in package.schema(name).get("foreignKeys", [])
    }
    for column, field in package.fields(name).items():
        keys = package.read_words(targets[column])[0].to_pylist() if column in targets else []
        if (name, column) == ("evidence", "table_name"):
            keys = package.tables
        elif (name, column) == ("evidence", "row_id"):
            keys = [k for t in ("actors", "events", "names") for k in package.read_words(t)[0].to_pylist()]
        elif (name, column) == ("evidence", "column_name"):
            keys = ["actor_id", "actor_role", "name_words", "event_type"]
        yield column, field, keys


def cell_mutants(package: Package, name: str, rows: Rows) -> Iterator[Mutant]:
    """Yield one mutant for each column and operator that applies to it."""
    columns, path = list(rows[0]), f"data/csv/{name}.csv"
    key = columns[0]
    form = list(FORM.items())
    for n, (column, field, target) in enumerate(columns_of(package, name)):
        operators = [(f.__name__.replace("_", " "), f) for f in MEANING]
        operators += [pair for m, pair in enumerate(form) if (m + n + package.tables.index(name)) % 25 == 0]
        for operator, change in operators:
            rng = Random(f"{operator}:{name}:{column}")
            for i in rng.sample(range(len(rows)), len(rows)):
                cells = change(Spot(name, column, field, target, rows, i), rng)
                if not cells or all(rows[j][column] == value for j, value in cells.items()):
                    continue
                if column == key and operator in ("two values swapped", "value of another row"):
                    break  # Rows with each other's key: that is what the row operators do.
                changed = [dict(r) for r in rows]
                for j, value in cells.items():
                    changed[j][column] = value
                what = f"{rows[i][column]!r} to {changed[i][column]!r}"
                yield Mutant(operator, name, column, rows[i][key], what, {path: table_bytes(changed, columns)})
                break
    for operator, change in TOGETHER.items():
        rng = Random(f"{operator}:{name}")
        for n, (column, what, cells) in enumerate(change(name, rows, rng)):
            if n == 12:
                break
            changed = [dict(r) for r in rows]
            follow(changed, column, cells)
            yield Mutant(
                operator, name, column, rows[next(iter(cells))][key], what, {path: table_bytes(changed, columns)}
            )


def row_and_file_mutants(package: Package, name: str, rows: Rows) -> Iterator[Mutant]:
    """Yield a mutant for every other row operator, and for every fifth of those on the file."""
    columns, path = list(rows[0]), f"data/csv/{name}.csv"
    for n, change in enumerate(ROW):
        if (n + package.tables.index(name)) % 2:
            continue
        operator = change.__name__.replace("_", " ")
        rng = Random(f"{operator}:{name}")
        i = rng.randrange(len(rows))
        changed = table_bytes(change(rows, i, columns[0]), columns)
        yield Mutant(operator, name, "", rows[i][columns[0]], "the row", {path: changed})
    data = (package.root / path).read_bytes()
    for n, (operator, on_file) in enumerate(FILE.items()):
        if (n + package.tables.index(name)) % 5 == 0:
            yield Mutant(operator, name, "", "", path, {path: on_file(data)})
    if package.tables.index(name) % 7 == 0:
        for orphan in (f"data/csv/{name}.csv.bak", f"data/{name}.txt", f"schemas/{name}-old.json"):
            yield Mutant("orphan file", name, "", "", orphan, {orphan: data})


def schema_mutants(package: Package, name: str) -> Iterator[Mutant]:
    """Yield one mutant for each operator on a field and on the schema that applies to the table."""
    path = f"schemas/{name}.json"
    data = (package.root / path).read_bytes()
    columns = list(package.fields(name))
    for n, (operator, change) in enumerate(FIELD.items()):
        if (n + package.tables.index(name)) % 6 and operator not in RARE:
            continue
        rng = Random(f"{operator}:{name}")
        for column in rng.sample(columns, len(columns)):
            schema = json.loads(data)
            field = next(f for f in schema["fields"] if f["name"] == column)
            if change(field, rng) and schema != json.loads(data):
                yield Mutant(operator, name, column, "", path, {path: to_json(schema)})
                break
    for n, (operator, change_schema) in enumerate(SCHEMA.items()):
        schema = json.loads(data)
        if (n + package.tables.index(name)) % 2 == 0 and change_schema(schema) and schema != json.loads(data):
            yield Mutant(operator, name, "", "", path, {path: to_json(schema)})
    broken = {"schema not JSON": data[:-3], "schema gone": None, "schema emptied": b"{}\n"}
    for n, (operator, content) in enumerate(broken.items()):
        if (n + package.tables.index(name)) % 5 == 0:
            yield Mutant(operator, name, "", "", path, {path: content})


def descriptor_mutants(package: Package) -> Iterator[Mutant]:
    """Yield each change to the package, and each change to a resource for three tables."""
    path = "datapackage.json"
    data = (package.root / path).read_bytes()
    for operators, rebuild in ((FIGURES, False), (DESCRIPTOR, True), (PACKAGE, True)):
        for operator, change in operators.items():
            tables = range(len(package.tables))
            for i in Random(operator).sample(tables, 1 if operators is PACKAGE else 3):
                descriptor = json.loads(data)
                change(descriptor, i)
                table = "" if operators is PACKAGE else package.tables[i]
                yield Mutant(operator, table, "", "", path, {path: to_json(descriptor)}, rebuild)
    for operator, content in (
        ("descriptor not JSON", data[:-4]),
        ("descriptor gone", None),
        ("descriptor emptied", b""),
    ):
        yield Mutant(operator, "", "", "", path, {path: content})
    twice = data.replace(b'"version":', b'"version": "9.9.9",\n  "version":', 1)
    yield Mutant("property of the descriptor twice", "", "", "", path, {path: twice}, False)


def generated_mutants(package: Package) -> Iterator[Mutant]:
    """Yield changes to Parquet and to every other generated file."""
    for n, name in enumerate(package.tables):
        path = f"data/parquet/{name}.parquet"
        table = pq.ParquetFile(package.root / path).read()
        for m, (operator, data) in enumerate(parquet_changes(table, Random(name)).items()):
            if (n + m) % 4 == 0:
                yield Mutant(operator, name, "", "", path, {path: data}, False)
    made = products.products(package.root)
    for path in sorted(p for p in made if not p.endswith(".parquet") and p != "datapackage.json"):
        data = (package.root / path).read_bytes()
        blocks = list(block_changes(data))
        for block, changed in blocks:
            yield Mutant("generated block: one letter", "", "", block, path, {path: changed}, False)
        if blocks:
            yield Mutant("written page: one letter", "", "", "", path, {path: swap_letter(data, 0)}, False)
            continue
        for operator, change in GENERATED.items():
            yield Mutant(operator, "", "", "", path, {path: change(data)}, False)
    yield Mutant(
        "orphan file", "", "", "", "data/parquet/old.parquet", {"data/parquet/old.parquet": b"PAR1"}, False
    )  # fmt: skip


def all_mutants(root: Path) -> list[Mutant]:
    """Return every mutant of the package in a folder; the folder is not changed."""
    package, found = Package(root), []
    for name in package.tables:
        rows = [{c: v or "" for c, v in r.items()} for r in package.read_words(name).to_pylist()]
        found += cell_mutants(package, name, rows)
        found += row_and_file_mutants(package, name, rows)
        found += schema_mutants(package, name)
    found += [*descriptor_mutants(package), *generated_mutants(package)]
    # Two operators can make the same change: it counts once.
    return list({tuple(sorted(mutant.files.items(), key=str)): mutant for mutant in reversed(found)}.values())[::-1]

"""The changes that ``mutants.py`` makes to the package, one small change at a time.

An operator is a function that breaks one kind of thing: a cell, a row, or the file of a table. What a byte
comparison guards (the generated files) and what a profile guards (schemas, descriptor) has tests of its own.
``all_mutants(root)`` applies each wherever it applies: cell operators to every column of every table (those
about characters in turn), the others to tables and columns in turn or drawn by a seed that is made of the
operator's and the table's name alone. So the list is the same on every machine, and an operator that is added
changes no other's mutants.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pandas as pd

from naqoura_talks.package import Package
from scripts.check.database import edtf_bounds
from scripts.files import to_csv


class Link(NamedTuple):
    """Instead of a file's content: a symbolic link to a copy of it outside the package."""


Files = dict[str, bytes | Link | None]


class Mutant(NamedTuple):
    """One changed package: what was changed where, and the content of the files that differ (None: removed)."""

    operator: str
    table: str
    column: str
    row: str
    what: str
    files: Files

    def __str__(self) -> str:
        return f"{self.operator}: {' '.join(x for x in (self.table, self.row, self.column) if x)}: {self.what}"


Rows = list[dict[str, str]]
Tables = dict[str, Rows]


class Spot(NamedTuple):
    """One cell, with what an operator may want to know of its surroundings. Cells are text, "" is empty."""

    column: str
    field: dict[str, Any]
    target: list[str]
    rows: Rows
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


def table_bytes(rows: Rows, columns: list[str]) -> bytes:
    """Return the table as the CSV that a careful curator would write."""
    return to_csv([columns, *([row[c] for c in columns] for row in rows)])


def read_tables(package: Package) -> Tables:
    """Return all tables, cells as text."""
    return {n: [{c: v or "" for c, v in r.items()} for r in package.read_words(n).to_pylist()] for n in package.tables}


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
    return str(pd.Period(dates[-1]) + 1).join(value.rsplit(dates[-1], 1)) if dates else None


def date_off_by_one(spot: Spot, rng: Random) -> Cells:
    dated = spot.field["type"] == "date" or spot.column.endswith("_edtf")
    return {spot.i: one_later(spot.value) or ""} if dated and spot.value else None


def number_off_by_one(spot: Spot, rng: Random) -> Cells:
    if spot.field["type"] == "integer" and spot.value:
        return {spot.i: str(int(spot.value) + rng.choice([-1, 1]))}
    return {spot.i: str(float(spot.value) + 1)} if spot.field["type"] == "number" and spot.value else None


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


def upper_case(spot: Spot, rng: Random) -> Cells:
    coded = not is_prose(spot) and spot.field["type"] in ("string", "boolean")
    return {spot.i: spot.value.upper()} if coded and spot.value != spot.value.upper() else None


CELLS = (
    two_values_swapped, another_valid_code, another_existing_key, value_of_another_row, emptied, filled,
    date_off_by_one, number_off_by_one, one_character_changed, a_word_left_out, upper_case,
)  # fmt: skip


# --- how cells and files are written ---

# What is found by a regular expression, and what is put there: in a cell once, in a file (as Latin-1) everywhere.
FORMS: dict[str, dict[str, list[str]]] = json.loads(Path(__file__).with_name("forms.json").read_text("utf-8"))


def in_another_form(pattern: str, new: str, spot: Spot, rng: Random) -> Cells:
    return {spot.i: re.sub(pattern, new, spot.value, count=1)} if re.search(pattern, spot.value) else None


def in_another_file(data: bytes, *changes: str) -> bytes:
    text = data.decode("latin-1")
    for pattern, new in zip(changes[::2], changes[1::2], strict=True):
        text = re.sub(pattern, new, text)
    return text.encode("latin-1")


# --- several cells that belong together: row, column, what it changes to, and the change in words ---


def dates_with_their_bounds(rows: Rows, rng: Random) -> Iterator[tuple[int, str, str, str]]:
    """A date one later, with the bounds that follow from it: no bound gives it away."""
    for column in (c for c in rows[0] if c.endswith("_edtf")):
        for i, row in enumerate(rows):
            later = one_later(row[column])
            if later and f"{column[:-5]}_earliest" in row:
                yield i, column, later, f"{row[column]} to {later}, with its bounds"


def span_moved(rows: Rows, rng: Random) -> Iterator[tuple[int, str, str, str]]:
    """Both ends of a span one later, its digest left."""
    spans = [i for i, r in enumerate(rows) if r.get("char_start")]
    for i in rng.sample(spans, min(12, len(spans))):
        yield i, "char_start", str(int(rows[i]["char_start"]) + 1), "the span one to the right"


def span_on_the_same_words(rows: Rows, rng: Random) -> Iterator[tuple[int, str, str, str]]:
    """The span of another row with the same digest: the same words elsewhere."""
    spans = [i for i, r in enumerate(rows) if r.get("char_start") and r["sha256"]]
    for i in rng.sample(spans, len(spans)):
        same = [r for r in rows if r["sha256"] == rows[i]["sha256"] and r["char_start"] != rows[i]["char_start"]]
        if same:
            yield i, "char_start", rng.choice(same)["char_start"], "the same words elsewhere"


def follow(row: dict[str, str], column: str, value: str) -> None:
    """Change a cell of a row, and those beside it that go with it."""
    old, row[column] = row[column], value
    if column == "char_start":
        row["char_end"] = str(int(row["char_end"]) + int(value) - int(old))
    else:
        low, high = edtf_bounds(value) or (None, None)
        stem = column.removesuffix("_edtf")
        row[f"{stem}_earliest"] = low.isoformat() if low else ""
        row[f"{stem}_latest"] = high.isoformat() if high else ""


TOGETHER = {
    "date off by one, with its bounds": dates_with_their_bounds,
    "span moved": span_moved,
    "span on the same words elsewhere": span_on_the_same_words,
}


# --- rows ---

# What stands in place of a row; the table is sorted again.
ROW: dict[str, Callable[[dict[str, str], str], Rows]] = {
    "row dropped": lambda row, key: [],
    "row doubled": lambda row, key: [row, row],
    "row doubled under a new key": lambda row, key: [row, row | {key: row[key] + "-0"}],
    "key renamed": lambda row, key: [row | {key: row[key] + "-x"}],
    "key of another kind": lambda row, key: [row | {key: "xyz-" + row[key][4:]}],
    "row emptied": lambda row, key: [dict.fromkeys(row, "")],
}


# --- all of them ---


def targets_of(package: Package, name: str) -> dict[str, list[str]]:
    """Return the columns of a table that point to something, each with what it may point to."""

    def keys(table: str) -> list[str]:
        return package.read_words(table)[0].to_pylist()

    links = package.schema(name).get("foreignKeys", [])
    targets = {link["fields"][0]: keys(link["reference"].get("resource", name)) for link in links}
    if name == "evidence":
        targets["table_name"] = package.tables
        targets["row_id"] = [key for table in ("actors", "events", "names") for key in keys(table)]
        targets["column_name"] = ["actor_id", "actor_role", "name_words", "event_type"]
    return targets


def cell_mutants(package: Package, name: str, rows: Rows) -> Iterator[Mutant]:
    """Yield one mutant for each column and operator that applies to it."""
    columns, path, in_turn = list(rows[0]), f"data/csv/{name}.csv", list(FORMS["cells"].items())
    key, targets = columns[0], targets_of(package, name)

    def mutant(operator: str, column: str, i: int, what: str, changed: Rows) -> Mutant:
        return Mutant(operator, name, column, rows[i][key], what, {path: table_bytes(changed, columns)})

    for n, (column, field) in enumerate(package.fields(name).items()):
        form, in_form = in_turn[(n + package.tables.index(name)) % len(in_turn)]
        operators: dict[str, Callable[[Spot, Random], Cells]] = {f.__name__.replace("_", " "): f for f in CELLS}
        operators[form] = partial(in_another_form, *in_form)
        for operator, change in operators.items():
            rng = Random(f"{operator}:{name}:{column}")
            for i in rng.sample(range(len(rows)), len(rows)):
                cells = change(Spot(column, field, targets.get(column, []), rows, i), rng)
                if not cells or all(rows[j][column] == value for j, value in cells.items()):
                    continue
                # Rows with each other's key: that is what the row operators do.
                if column != key or operator not in ("two values swapped", "value of another row"):
                    changed = [row | ({column: cells[j]} if j in cells else {}) for j, row in enumerate(rows)]
                    yield mutant(operator, column, i, f"{rows[i][column]!r} to {cells[i]!r}", changed)
                break
    for operator, together in TOGETHER.items():
        for i, column, value, what in islice(together(rows, Random(f"{operator}:{name}")), 12):
            changed = [dict(r) for r in rows]
            follow(changed[i], column, value)
            yield mutant(operator, column, i, what, changed)


def row_and_file_mutants(package: Package, name: str, rows: Rows) -> Iterator[Mutant]:
    """Yield a mutant for every other row operator, and for every fifth of those on the file."""
    columns, path, key = list(rows[0]), f"data/csv/{name}.csv", package.key(name)
    i = Random(f"row:{name}").randrange(len(rows))
    changed = {operator: [*rows[:i], *change(rows[i], key), *rows[i + 1 :]] for operator, change in ROW.items()}
    changed = {operator: sorted(content, key=lambda row: row[key]) for operator, content in changed.items()}
    for n, (operator, content) in enumerate((changed | {"rows unsorted": rows[::-1]}).items()):
        if (n + package.tables.index(name)) % 2 == 0:
            yield Mutant(operator, name, "", rows[i][key], "the row", {path: table_bytes(content, columns)})
    data = (package.root / path).read_bytes()
    on_file: Files = {o: in_another_file(data, *form) for o, form in FORMS["files"].items()}
    on_file |= {"file gone": None, "link out of the package": Link()}
    for n, (operator, content) in enumerate(on_file.items()):
        if (n + package.tables.index(name)) % 5 == 0:
            yield Mutant(operator, name, "", "", path, {path: content})
    if package.tables.index(name) % 7 == 0:
        for orphan in (f"data/csv/{name}.csv.bak", f"data/{name}.txt", f"schemas/{name}-old.json"):
            yield Mutant("orphan file", name, "", "", orphan, {orphan: data})


def all_mutants(root: Path) -> list[Mutant]:
    """Return every mutant of the package in a folder; the folder is not changed."""
    package, found = Package(root), []
    for name, rows in read_tables(package).items():
        found += cell_mutants(package, name, rows)
        found += row_and_file_mutants(package, name, rows)
    # Two operators can make the same change: it counts once.
    return list({tuple(sorted(mutant.files.items(), key=str)): mutant for mutant in reversed(found)}.values())[::-1]

"""The changes of the second kind that ``mutants.py`` makes: one intention, carried through all rows that it touches.

Keys, links and digests are put right as a careful person would, so that no loose end gives the change away.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

from naqoura_talks.package import Package
from scripts.files import read_rows, to_csv, to_json
from scripts.trials.operators import Files, Mutant, Tables, follow, one_later, read_tables, table_bytes

TIMES = 8
CLAIMED = ("events", "event_actors", "event_links", "actor_relations")
# Why what gets through does: what the check would have to know.
WHY = {
    "dropped with all that hangs on it": "what a text holds only a reader knows, where its sentence is coded otherwise",
    "claim made a fact": "whether words outside quotation marks are the speaker's or the report's own is a reading",
    "fact made a claim": "a statement may take up what the report says as well",
    "two actors exchanged": "both are named where the part stands, and the words of a part do not say whose it is",
    "date moved with all that follows": "the date is reckoned from words that name none",
    "evidence re-pointed": "other words may support the row too",
    "code renamed everywhere": "no rule stands on the code; it is another name for the same",
    "record edited": "no release has kept the record yet, so that nothing says what it was",
}


def renamed(tables: Tables, new: dict[str, str]) -> None:
    """Give rows other keys wherever they stand, in keys that are made of them too; rows are sorted again."""
    if new:
        tails = {old[4:]: key[4:] for old, key in new.items()}
        either = re.compile("|".join(rf"(?<=-){re.escape(tail)}(?![a-z0-9])" for tail in sorted(tails, key=len)[::-1]))
        for rows in tables.values():
            for row in rows:
                for column in row:
                    if column.endswith("_id"):
                        # Behind the key of what it names stand the words of a name.
                        once = int("nam-" in row[column][:8])
                        row[column] = either.sub(lambda m: tails[m[0]], row[column], count=once)
            rows.sort(key=lambda row: next(iter(row.values())))


def without(package: Package, tables: Tables, gone: set[str]) -> None:
    """Take rows out, with all that points to them, and their evidence."""
    while gone:
        dropped: set[str] = set()
        for name, rows in tables.items():
            lost = {row[package.key(name)] for row in rows if any(row[c] in gone for c in row if c.endswith("_id"))}
            tables[name] = [row for row in rows if row[package.key(name)] not in lost]
            dropped |= lost - gone
        gone = dropped


def dropped(package: Package, tables: Tables, rng: Random) -> str:
    name = rng.choice(["events", "statements", "ceasefire_terms", "agreements", "actors", "event_actors"])
    key = rng.choice(tables[name])[package.key(name)]
    without(package, tables, {key})
    return key


def turned(before: str, after: str, package: Package, tables: Tables, rng: Random) -> str:
    """Turn a row's attribution, with its parts and links, and what statements say of them."""
    name = rng.choice(CLAIMED)
    row = rng.choice([row for row in tables[name] if row["attribution"] == before])
    key = row[package.key(name)]
    parts = [r for t in CLAIMED for r in tables[t] if r.get("event_id") == key and r["attribution"] == before]
    for one in (row, *parts):
        one["attribution"] = after
    keys, new = {next(iter(one.values())) for one in (row, *parts)}, {}
    old_role, new_role = {"narrator": ("asserts", "mentions"), "speaker": ("mentions", "asserts")}[after]
    for link in tables["statement_links"]:
        if link["link_role"] == old_role and keys & set(link.values()):
            link["link_role"] = new_role
            old = link["statement_link_id"]
            new[old] = old.replace(f"-{old_role}-", f"-{new_role}-")
    renamed(tables, new)
    return key


def exchanged(package: Package, tables: Tables, rng: Random) -> str:
    # Only actors whose name is part of no other key can be renamed in the keys that are made of them.
    things = ("actors", "events", "statements", "agreements", "ceasefire_terms")
    keys = [row[package.key(name)] for name in things for row in tables[name]]
    alone = [row["actor_id"] for row in tables["actors"] if sum(row["actor_id"][4:] in key for key in keys) == 1]
    one, other = rng.sample(alone, 2)
    of_actors = ("actors", "names", "identifiers")
    own = [row for row in tables["evidence"] if row["table_name"] in of_actors]
    others = {name: rows for name, rows in tables.items() if name not in of_actors}
    others["evidence"] = [row for row in tables["evidence"] if row["table_name"] not in of_actors]
    renamed(others, {one: other, other: one})
    tables["evidence"] = sorted(others["evidence"] + own, key=lambda row: row["evidence_id"])
    return f"{one} and {other}"


def moved(package: Package, tables: Tables, rng: Random) -> str:
    columns = ("start_edtf", "end_edtf")
    dates = {row[c]: one_later(row[c]) for row in tables["events"] for c in columns}
    old, later = rng.choice(sorted((date, later) for date, later in dates.items() if later))
    for name in ("events", "statements"):
        for column in columns:
            for row in (row for row in tables[name] if row[column] == old):
                follow(row, column, later)
    return f"{old} to {later}"


def repointed(package: Package, tables: Tables, rng: Random) -> str:
    row = rng.choice([r for r in tables["evidence"] if r["char_start"] and r["column_name"] != "name_words"])
    others = [p for p in tables["passages"] if not int(p["char_start"]) <= int(row["char_start"]) < int(p["char_end"])]
    passage = rng.choice(others)
    row.update({c: passage[c] for c in ("char_start", "char_end", "sha256")})
    return row["evidence_id"]


BY_ROWS: dict[str, Callable[[Package, Tables, Random], str]] = {
    "dropped with all that hangs on it": dropped,
    "claim made a fact": partial(turned, "speaker", "narrator"),
    "fact made a claim": partial(turned, "narrator", "speaker"),
    "two actors exchanged": exchanged,
    "date moved with all that follows": moved,
    "evidence re-pointed": repointed,
}


def codes_renamed(package: Package, tables: Tables, rng: Random) -> Iterator[Mutant]:
    """A code renamed in codelist, crosswalk, schemas, implications and every cell: rules on it would fall silent."""
    for row in rng.sample(tables["codes"], TIMES):
        codelist, code, new = row["codelist"], row["code"], f"{row['code']}_x"
        changed = {n: [dict(r) for r in rows] for n, rows in tables.items()}
        files: Files = {}
        for name in package.tables:
            schema = json.loads(package.schema_path(name).read_text("utf-8"))
            for field in schema["fields"]:
                if field.get("codelist") == codelist:
                    for codes in (field["constraints"]["enum"], field.get("categories", [])):
                        codes[:] = [new if c == code else c for c in codes]
                    for cells in changed[name]:
                        cells[field["name"]] = new if cells[field["name"]] == code else cells[field["name"]]
                    files[f"schemas/{name}.json"] = to_json(schema)
        for name in ("codes", "crosswalk"):
            for cells in changed[name]:
                if (cells["codelist"], cells["code"]) == (codelist, code):
                    cells["code"] = new
        renamed(changed, {row["code_id"]: f"{row['code_id']}-x"})
        yield mutant("code renamed everywhere", package, tables, changed, f"{codelist}: {code}", files)


def records_edited(package: Package, rng: Random) -> Iterator[Mutant]:
    """One cell of a raw pass, an audit, an adjudication or a released table is another."""
    paths = ["coding/passes/*/*.csv", "coding/audit.csv", "coding/adjudication.csv", "releases/*/data/csv/*.csv"]
    for pattern in paths * 2:
        path = rng.choice(sorted(package.root.glob(pattern)))
        rows, file = read_rows(path, "record"), path.relative_to(package.root).as_posix()
        column = "settled" if "adjudication" in file else rng.choice(list(rows[0])[1:])
        row = rng.choice([r for r in rows if r[column]] or rows)
        row[column] += "x"
        content = to_csv([rows[0], *(r.values() for r in rows)])
        yield Mutant("record edited", "", "", next(iter(row.values())), f"{file} {column}", {file: content})


def mutant(name: str, package: Package, before: Tables, after: Tables, what: str, files: Files) -> Mutant:
    """Return the mutant of what the tables have become, and of other files."""
    changed = {table: rows for table, rows in after.items() if rows != before[table]}
    tables = {f"data/csv/{t}.csv": table_bytes(rows, list(package.fields(t))) for t, rows in changed.items()}
    return Mutant(name, "", "", what, what, files | tables)


def all_changes(root: Path) -> list[Mutant]:
    """Return every mutant of the second kind, the same ones on every machine; each differs from the package."""
    package = Package(root)
    tables, found = read_tables(package), []
    for name, change in BY_ROWS.items():
        rng = Random(name)
        for _ in range(TIMES):
            changed = {n: [dict(r) for r in rows] for n, rows in tables.items()}
            what = change(package, changed, rng)
            found.append(mutant(name, package, tables, changed, what, {}))
    found += codes_renamed(package, tables, Random("codes"))
    found += records_edited(package, Random("records"))
    return list({tuple(sorted(m.files.items(), key=str)): m for m in found if m.files}.values())

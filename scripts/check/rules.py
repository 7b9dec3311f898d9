"""The rules that the package keeps and frictionless does not know: queries in rules/, and implications between codes.

A rule is a query that returns the rows that break it, below a comment in one form, which CONTRIBUTING.md explains:

    -- rule: no-place-in-itself
    -- No place lies in itself.
    -- Why: parent_place_id names the place around it.
    -- At places.parent_place_id: expected another place. Name the place around it, or none.
    SELECT * FROM places WHERE parent_place_id = place_id;

``schemas/implications.csv`` has what a code of one column asks of another column, a row for each.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from naqoura_talks.package import Package, PackageError
from scripts.check.database import VIEWS, Database, filled_in
from scripts.check.problems import Problem, cell_places
from scripts.files import read_rows

FOLDER = Path(__file__).resolve().parent / "rules"
IMPLICATIONS = "schemas/implications.csv"
FORM = re.compile(
    r"(?P<name>[a-z0-9-]+)\n(?P<sentence>.+?) Why: .+?(?: For each: (?P<each>.+?))?(?P<text> With the text\.)?"
    r" At (?P<file>schemas/\S+ )?(?P<place>\S+): expected (?P<expected>.+?[^.])\. (?P<hint>[^\n]+)\n(?P<query>\n.+)",
    re.DOTALL,
)
# A code in a query, and the column that is compared with it.
CODES = re.compile(r"(\w+) (?:=|<>|(?:NOT )?IN) \(?('[a-z_]+'(?:, '[a-z_]+')*)")


class Rule(NamedTuple):
    """A rule: its sentence, what it blames and expects, and the query for the rows that break it.

    ``each`` names what the query is asked for in turn, a table of what the schemas say; ``{names}`` in the
    query and in what is told are filled in from it and from the row found.
    """

    name: str
    sentence: str
    each: str
    needs_text: bool
    file: str
    place: str
    expected: str
    hint: str
    query: str
    source: str


@cache
def in_folder() -> tuple[Rule, ...]:
    """Return the rules of rules/*.sql. Raises ValueError for a rule that is not in the form."""
    found = []
    for path in sorted(FOLDER.glob("*.sql")):
        for part in re.split(r"^-- rule: ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            name, rest = part.split("\n", 1)
            comment, query = re.match(r"((?:-- [^\n]*\n)+)(.*?);\s*\Z", rest, re.DOTALL).groups()
            comment = " ".join(line.removeprefix("-- ") for line in comment.splitlines())
            form = FORM.fullmatch(f"{name}\n{comment}\n\n{query}")
            if not form:
                raise ValueError(f"{path.name}: rule {name} is not in the form that CONTRIBUTING.md explains.")
            parts = {k: (v or "").strip() for k, v in form.groupdict().items()}
            needs_text = bool(parts.pop("text"))
            found.append(Rule(**parts, needs_text=needs_text, source=f"scripts/check/rules/{path.name}"))
    return tuple(found)


# --- implications: a code of one column asks something of another ---

TESTS = {
    "is": "{column} IN ({codes})",
    "is not": "{column} NOT IN ({codes})",
    "is empty": "{column} IS NULL",
    "is filled": "{column} IS NOT NULL",
}


def implications(package: Package, tables: Collection[str]) -> Iterator[Rule]:
    """Yield the rule of each row of schemas/implications.csv about these tables.

    ``event_id.realis`` is the realis of the event to which event_id points.
    """

    def test(column: str, kind: str, codes: str) -> str:
        column = f"to_{column}" if "." in column else f"t.{column}"
        listed = ", ".join(f"'{code}'" for code in codes.split("|"))
        return filled_in(TESTS[kind], {"column": column, "codes": listed})

    def said(kind: str, codes: str) -> str:
        return f"{kind} {' or '.join(codes.split('|'))}".strip()

    for row in read_rows(package.root / IMPLICATIONS, "list of implications"):
        name, column, asked = row["table_name"], row["column"], row["then_column"]
        if name not in tables:
            continue
        links = package.schema(name).get("foreignKeys", [])
        targets = {link["fields"][0]: link["reference"].get("resource", name) for link in links}
        pointers = list(dict.fromkeys(c.split(".")[0] for c in (column, asked) if "." in c))
        if lost := [pointer for pointer in pointers if pointer not in targets]:
            raise PackageError(f"{IMPLICATIONS}: {name}.{lost[0]} is no foreign key, in {','.join(row.values())}")
        if not all(targets[pointer] in tables for pointer in pointers):
            continue
        joins = [f"JOIN words.{targets[p]} AS to_{p} ON t.{p} = to_{p}.{package.key(targets[p])}" for p in pointers]
        when, then = test(column, row["test"], row["codes"]), test(asked, row["then_test"], row["then_codes"])
        then_said = said(row["then_test"], row["then_codes"])
        sentence = f"Where {column} {said(row['test'], row['codes'])}, {asked} {then_said}: {row['because']}."
        # An empty cell is none of the codes that it must not be, and none of those that it must be either.
        broken = f"{when} AND NOT coalesce({then}, {row['then_test'] == 'is not'})"
        query = f"SELECT t.* FROM words.{name} AS t {' '.join(joins)} WHERE {broken}"
        place, hint = f"{name}.{asked.split('.')[0]}", f"Fix {asked}, or {column}."
        expected = f"{asked} {then_said.removeprefix('is ')}, as {row['because']}"
        yield Rule("implications", sentence, "", False, "", place, expected, hint, query, IMPLICATIONS)


# --- asking ---


def every(package: Package, with_text: bool, tables: Collection[str] | None = None) -> list[Rule]:
    """Return all rules, those that need the coded text only if it is there; implications of these tables, or of all."""
    rules = [rule for rule in in_folder() if with_text or not rule.needs_text]
    return [*rules, *implications(package, package.tables if tables is None else tables)]


def ask(database: Database, rules: Iterable[Rule]) -> tuple[list[Problem], list[str]]:
    """Return what the rules find, and the names of those that were not asked, as a table that they read is missing."""
    found: list[tuple[Rule, dict[str, Any]]] = []
    failed: dict[str, list[Rule]] = defaultdict(list)
    # Two queries side by side take half the time of one after the other on two threads.
    with ThreadPoolExecutor(2) as pool:
        answers = [(rule, pool.submit(_ask, database, rule)) for rule in rules]
    for rule, answer in answers:
        try:
            found += [(rule, row) for row in answer.result()]
        except duckdb.Error as error:
            failed[str(error).split("\n")[0]].append(rule)
    problems = [*lost_codes(database, rules), *_placed(database, found)]
    if database.unreadable:
        return problems, [rule.name for rules in failed.values() for rule in rules]
    for why, rules in failed.items():
        names = ", ".join(dict.fromkeys(rule.name for rule in rules))
        expected = f"tables and columns of which these rules can be asked: {names}"
        problems.append(Problem("rules", rules[0].source, None, "", "", "", expected, why))
    return problems, []


def _ask(database: Database, rule: Rule) -> list[dict[str, Any]]:
    asked = database.ask(f"SELECT * FROM {rule.each}") if rule.each else [{}]
    parts = (f"SELECT {n} AS asked_no, * FROM ({filled_in(rule.query, each)})" for n, each in enumerate(asked))
    # One query for all of them takes half the time of one for each.
    rows = database.ask(" UNION ALL BY NAME ".join(parts)) if asked else []
    return [row | asked[row["asked_no"]] for row in rows]


def lost_codes(database: Database, rules: Iterable[Rule]) -> Iterator[Problem]:
    """A code that a rule, or a view that it reads, compares a column with is one that the column may hold there.

    Else the rule would fall silent.
    """
    codes = defaultdict(set)
    for field in database.ask("SELECT table_name, column_name, unnest(enum) AS code FROM fields"):
        codes[field["table_name"], field["column_name"]].add(field["code"])
    tables, views = {table for table, _ in codes}, made_by_views()
    for rule in rules:
        for query in (rule.query, *(views[name] for name in reads(rule.query) & views.keys())):
            held = reads(query) & tables
            for column, listed in CODES.findall(query):
                there = set().union(*(codes[table, column] for table in held if (table, column) in codes))
                for code in set(re.findall(r"[a-z_]+", listed)) - there if there else ():
                    expected = f"a code that {column} may hold"
                    hint = "The rule stands on a code that the codelist lost: fix the rule, or restore the code."
                    yield Problem(rule.name, rule.source, None, "", column, code, expected, hint)


@cache
def made_by_views() -> dict[str, str]:
    """Return the query of each view, table and macro of views.sql."""
    return dict(re.findall(r"^CREATE (?:VIEW|TABLE|MACRO) (\w+)(.*?);$", VIEWS.read_text("utf-8"), re.M | re.S))


def reads(query: str) -> set[str]:
    """Return the words of a query and of all views that it reads, the names of tables among them."""
    views, todo, seen = made_by_views(), [query], set()
    while todo:
        words = set(re.findall(r"\w+", todo.pop())) - seen
        todo += [views[name] for name in words & views.keys()]
        seen |= words
    return seen


def _placed(database: Database, found: list[tuple[Rule, dict[str, Any]]]) -> Iterator[Problem]:
    """Yield the problems of the rules and rows found, with the line and character where each cell stands."""
    package, cells = database.package, defaultdict(list)
    for rule, values in found:
        expected, hint = (filled_in(text, values) for text in (rule.expected, rule.hint))
        if rule.file:
            where, _, prop = filled_in(rule.place, values).partition(".")
            yield Problem(rule.name, filled_in(rule.file, values), None, where, prop, "", expected, hint)
            continue
        table, column = filled_in(rule.place, values).split(".", 1)
        column = package.key(table) if column == "key" else column
        cells[table].append((values["row_no"], column, rule.name, expected, hint))
    for table, blamed in cells.items():
        columns, rows = list(package.fields(table)), database.words[table].to_pylist()
        path = package.path(table)
        file, text = str(path.relative_to(package.root)), path.read_bytes().decode("utf-8")
        places = cell_places(text, [(row, columns.index(column.split(" + ")[0])) for row, column, *_ in blamed])
        for (row, column, rule_name, expected, hint), place in zip(blamed, places, strict=True):
            value = " | ".join(rows[row][c] or "" for c in column.split(" + "))
            key = rows[row][columns[0]] or "(no key)"
            yield Problem(rule_name, file, place[0], key, column, value, expected, hint, place[1])


def sentences(package: Package) -> list[tuple[str, str, str, str]]:
    """Return what codebook and manual print: table and column ("" for every table), name and sentence of each rule."""
    return [
        ("", "", rule.name, rule.sentence) if "{" in rule.place or rule.file
        else (*rule.place.split(".", 1), rule.name, rule.sentence)
        for rule in every(package, True)
    ]  # fmt: skip

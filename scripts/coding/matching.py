"""Reading independent passes over one text, and finding which of their units are the same.

Coders choose their own keys, so units of different passes are matched by their spans and by what they join
(`match`), one to one within a table. What comes out is a `Coding` for each round and text, with its units, each
with the key that every pass gave it. reliability.py computes from these how far the passes agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from itertools import combinations, permutations
from pathlib import Path
from typing import NamedTuple

import numpy as np
from munkres import Munkres

from naqoura_talks.package import Package, PackageError, read_text
from naqoura_talks.text import canonicalise, fold
from scripts.check import records
from scripts.files import read_rows

ROOT = Path(__file__).resolve().parents[2]

# Things are matched by their words. A row of the other tables joins things: it is matched by what it
# joins, so that a disagreement on the role is one on a column and not two units.
THINGS = {
    "actors": "actor_type", "places": "place_type", "agreements": "agreement_type", "events": "event_type",
    "statements": "speech_act", "ceasefire_terms": "term_type",
}  # fmt: skip
JOINS: dict[str, tuple[tuple[str, ...], str]] = {
    "names": (("actor_id", "place_id", "agreement_id", "name_words"), ""),
    "actor_relations": (("actor_id", "related_actor_id"), "relation_type"),
    "event_actors": (("event_id", "actor_id"), "actor_role"),
    "event_links": (("event_id", "linked_event_id"), "link_type"),
    "agreement_actors": (("agreement_id", "actor_id"), "actor_role"),
    "term_actors": (("term_id", "actor_id"), "actor_role"),
    "statement_actors": (("statement_id", "actor_id"), "actor_role"),
    "statement_links": (
        ("statement_id", "event_id", "event_actor_id", "event_link_id", "relation_id", "term_id", "agreement_id"),
        "link_role",
    ),
    "compliance_claims": (("statement_id", "assessed_actor_id"), "claim_type"),
}  # fmt: skip
TABLES = (*THINGS, *JOINS)

THRESHOLD = 0.5  # of the shorter one's characters, for two things to be able to be the same
JOINED_TO = 2  # of type and joins, so many have to be the same for things that rest on different words
TYPE = 0.5  # weight of the same type, for choosing between candidates that share words
CONTEXT = 0.1  # weight of what a thing is joined to, for choosing between candidates on the same words
WORDS_KEPT = 8  # a raw pass gives longer verbatim values by their offsets only


# --- reading ---


class Row(NamedTuple):
    """One unit of a pass: its cells and their spans by column. Spans are sets of characters, as bits of an integer."""

    cells: dict[str, str]
    spans: dict[str, int]

    @property
    def span(self) -> int:
        """The words on which the row as a whole rests, which have no column."""
        return self.spans.get("", 0)

    @property
    def name_span(self) -> int:
        """All occurrences of a name; of any other row, its own span."""
        return self.spans.get("name_words", self.span)


Pass = dict[str, dict[str, Row]]  # by table and key
Unit = dict[int, str]  # the key that each pass, by its number, gave it
Units = dict[str, list[Unit]]  # by table
Thing = tuple[str, str]  # table and key


class Coding(NamedTuple):
    """One text coded by several coders in one round, and its units.

    ``published`` is the number of the published tables, which come after the passes; None if the text has none.
    """

    round: str
    text: str
    length: int
    passes: dict[str, Pass]
    published: int | None
    units: Units

    @property
    def coders(self) -> list[str]:
        return list(self.passes)

    def found(self, table: str) -> list[dict[int, Row]]:
        """Return the coders' rows of each unit, by the number of the pass."""
        coded = [rows[table] for rows in self.passes.values()]
        return [{i: rows[unit[i]] for i, rows in enumerate(coded) if i in unit} for unit in self.units[table]]


def bits(start: int, end: int) -> int:
    """Return the characters from start up to, not including, end as bits."""
    return (1 << end) - (1 << start)


def read_pass(lines: Iterable[dict[str, str]]) -> Pass:
    """Return the units of a raw pass from its rows."""
    coded: Pass = {table: {} for table in TABLES}
    for line in lines:
        row, column = coded[line["table_name"]].setdefault(line["row_id"], Row({}, {})), line["column_name"]
        row.spans[column] = row.spans.get(column, 0) | bits(int(line["char_start"]), int(line["char_end"]))
        if column:
            row.cells[column] = line["value"]
    return coded


def read_published(package: Package, source_id: str) -> Pass:
    """Return the published rows that rest on a text, in the form of a pass."""
    evidence = (
        e | {"value": ""}
        for e in records.rows(package, "evidence").values()
        if e["table_name"] in TABLES and e["source_id"] == source_id and e["char_start"]
    )
    coded = read_pass(evidence)
    for table, found in coded.items():
        rows = records.rows(package, table).items()
        coded[table] = {key: Row(cells, found[key].spans) for key, cells in rows if key in found and found[key].span}
    return coded


def read_codings(root: Path) -> list[Coding]:
    """Return all rounds and texts that coding/datapackage.json names, in its order, made-up texts last.

    A resource with ``round``, ``text`` and ``coder`` is a raw pass. ``text`` is the key of a coded text in
    sources, or the name of another resource that is the text itself. Raises PackageError for a text that
    is neither.
    """
    package, resources = Package(root), records.coding(root)["resources"]
    lengths = {r["source_id"]: r["text_chars"] for r in package.read_words("sources").to_pylist() if r["text_chars"]}
    paths = {r["name"]: root / "coding" / r["path"] for r in resources}
    groups: dict[tuple[str, str], dict[str, Pass]] = {}
    for r in resources:
        if "coder" in r:
            lines = read_rows(paths[r["name"]], f"pass {r['name']}")
            groups.setdefault((r["round"], r["text"]), {})[r["coder"]] = read_pass(lines)
    codings = []
    for (name, text), passes in groups.items():
        if text in lengths:
            length, published = int(lengths[text]), read_published(package, text)
        elif text in paths:
            length, published = len(canonicalise(read_text(paths[text], f"text {text}"))), None
        else:
            raise PackageError(
                f"{root / 'coding/datapackage.json'}: {name} codes the text {text!r}, which is neither a coded text "
                "of sources.csv nor a resource here. Add the text as a resource, or fix `text`."
            )
        codings.append(matched(name, text, length, dict(sorted(passes.items())), published))
    return sorted(codings, key=lambda coding: coding.published is None)


def matched(round_name: str, text: str, length: int, passes: dict[str, Pass], published: Pass | None) -> Coding:
    """Return a coding with its units: the passes are matched, and then the published rows to them."""
    units = match([*passes.values()])
    if published is not None:
        units = match([*passes.values(), published], units)
    return Coding(round_name, text, length, passes, None if published is None else len(passes), units)


# --- matching ---


def dice(a: int, b: int) -> float:
    """Return how far two sets of characters overlap: Dice, 0 to 1."""
    size = a.bit_count() + b.bit_count()
    return 2 * (a & b).bit_count() / size if size else 0.0


def shared(a: int, b: int) -> float:
    """Return the share of the smaller set of characters that lies in the other, 0 to 1."""
    size = min(a.bit_count(), b.bit_count())
    return (a & b).bit_count() / size if size else 0.0


@cache
def references(table: str) -> dict[str, str]:
    """Return which columns of a table are keys of which table."""
    links = Package(ROOT).schema(table).get("foreignKeys", [])
    return {link["fields"][0]: link["reference"].get("resource", table) for link in links}


def ends(table: str, row: Row) -> list[tuple[str, Thing]]:
    """Return what a row points to, with the columns."""
    return [(c, (target, row.cells[c])) for c, target in references(table).items() if row.cells.get(c)]


def things(coded: Pass) -> dict[Thing, tuple[int, int]]:
    """Return what each thing is recognised by: the characters of its words and names, and of what it is joined to."""
    own = {(table, key): row.span for table in THINGS for key, row in coded[table].items()}
    for row in coded["names"].values():
        for _, thing in ends("names", row):
            if thing in own:
                own[thing] |= row.spans.get("name_words", 0)
    context: dict[Thing, int] = defaultdict(int)
    for table in JOINS:
        for row in coded[table].values():
            for (_, thing), (_, other) in permutations(ends(table, row), 2):
                context[thing] |= own.get(other, 0)
    return {thing: (span, context[thing]) for thing, span in own.items()}


def form(row: Row) -> str:
    """Return what makes a name's form the same: its words folded, or for long ones where they stand."""
    words = row.cells.get("name_words", "")
    if words and len(words.split()) <= WORDS_KEPT:
        return fold(words).casefold()
    return hex(row.name_span)


Numbers = dict[tuple[int, Thing], int]  # of the units, by the number of the pass and what it calls them
Member = tuple[int, str]  # pass and key
Score = Callable[[str, Member, Member], tuple[float, float]]  # above THRESHOLD they can be the same; how likely


def match(passes: list[Pass], settled: Units | None = None, words_only: bool = False) -> Units:
    """Match the units of several passes over one text; return for each table its units.

    The rule stands in agreement.md, "How units are matched". With ``settled``, the units of all passes but the last,
    these stay as they are and the last is added. With ``words_only`` things are matched without their types and
    without the rule for those left over, to show what these two do to the figures.
    """
    known = [things(coded) for coded in passes]
    number: Numbers = {}
    units: Units = {table: [dict(unit) for unit in settled[table]] if settled else [] for table in TABLES}
    new = {len(passes) - 1} if settled else set(range(len(passes)))

    def thing_score(table: str, *members: Member) -> tuple[float, float]:
        (own, context), (other_own, other_context) = (known[i][table, key] for i, key in members)
        a, b = (passes[i][table][key].cells.get(THINGS[table]) for i, key in members)
        likely = dice(own, other_own) + CONTEXT * dice(context, other_context)
        return shared(own, other_own), likely if words_only else likely + TYPE * (a == b)

    @cache
    def joined(table: str, i: int, key: str) -> list[object]:
        row = passes[i][table][key]
        found = {column: number.get((i, thing), (i, thing)) for column, thing in ends(table, row)}
        return [form(row) if column == "name_words" else found.get(column) for column in JOINS[table][0]]

    def join_score(table: str, *members: Member) -> tuple[float, float]:
        one, other = (joined(table, i, key) for i, key in members)
        if one != other:
            return 0.0, 0.0
        a, b = (passes[i][table][key] for i, key in members)
        role = JOINS[table][1]
        return 1.0, 1.0 + (a.cells.get(role) == b.cells.get(role)) + CONTEXT * dice(a.name_span, b.name_span)

    def enter(table: str, found: list[Unit]) -> None:
        units[table] = sorted(found, key=lambda unit: min(_first(passes[i][table][key]) for i, key in unit.items()))
        number.update({(i, (table, key)): n for n, unit in enumerate(units[table]) for i, key in unit.items()})

    for table in THINGS:
        enter(table, _assign(table, passes, thing_score, units[table], new))
    if not words_only:
        signs = _signs(passes, number)
        for table in THINGS:
            enter(table, _merge(table, units[table], signs, new))
    for table in JOINS:
        enter(table, _assign(table, passes, join_score, units[table], new))
    return units


def _first(row: Row) -> tuple[int, int]:
    return (row.span & -row.span).bit_length(), row.span.bit_length()


def _assign(table: str, passes: list[Pass], score: Score, units: list[Unit], new: set[int]) -> list[Unit]:
    """Add the rows of the new passes to the units of one table."""
    for i in sorted(new):
        keys = sorted(passes[i][table], key=lambda key: _first(passes[i][table][key]))
        scores = np.zeros((len(keys), len(units)))
        for r, key in enumerate(keys):
            for c, unit in enumerate(units):
                found = [score(table, member, (i, key)) for member in unit.items()]
                if sum(possible for possible, _ in found) >= THRESHOLD * len(found):
                    scores[r, c] = sum(likely for _, likely in found) / len(found)
        # The method looks for the least cost, and gives up on a table without rows or columns.
        pairs = Munkres().compute((scores.max() - scores).tolist()) if scores.size else []
        taken = {r: c for r, c in pairs if scores[r, c] > 0}
        for r, key in enumerate(keys):
            if r in taken:
                units[taken[r]][i] = key
            else:
                units.append({i: key})
    return units


def _signs(passes: list[Pass], number: Numbers) -> dict[tuple[int, Thing], set[object]]:
    """Return for what each pass calls a thing its type, and how rows join it to matched things."""
    found: dict[tuple[int, Thing], set[object]] = defaultdict(set)
    for i, coded in enumerate(passes):
        for table, type_column in THINGS.items():
            for key, row in coded[table].items():
                if code := row.cells.get(type_column):
                    found[i, (table, key)].add(code)
        for join, (_, role) in JOINS.items():
            for row in coded[join].values():
                for (column, thing), (other_column, other) in permutations(ends(join, row), 2):
                    if (i, other) in number:
                        found[i, thing].add((join, column, row.cells.get(role), other_column, number[i, other]))
    return found


def _merge(table: str, units: list[Unit], signs: dict[tuple[int, Thing], set[object]], new: set[int]) -> list[Unit]:
    """Unite units of different passes that rest on other words but are joined to the same; see ``match``."""
    of_units = [set().union(*(signs[i, (table, key)] for i, key in unit.items())) for unit in units]
    pairs = []
    for a, b in combinations(range(len(units)), 2):
        if not (new.issuperset(units[a]) or new.issuperset(units[b])):
            continue  # Both were there before: a pass that came later has no say in what they are.
        same, every = len(of_units[a] & of_units[b]), len(of_units[a] | of_units[b])
        if same >= JOINED_TO and same >= THRESHOLD * every:
            pairs.append((-same / every, a, b))
    into: dict[int, int] = {}
    for _, a, b in sorted(pairs):
        if a not in into and b not in into and units[a].keys().isdisjoint(units[b]):
            units[a].update(units[b])
            into[b] = a
    return [unit for n, unit in enumerate(units) if n not in into]


MATCHES = ["round", "text", "table_name", "unit", "coder", "row_id", "published_row_id"]


def match_rows(codings: list[Coding]) -> list[list[object]]:
    """Return the matches as rows (MATCHES): one for each coder's unit, and one for each published row that none has."""
    rows: list[list[object]] = []
    for coding in codings:
        for table in TABLES:
            for n, unit in enumerate(coding.units[table], 1):
                keys = [(coder, unit[i]) for i, coder in enumerate(coding.coders) if i in unit]
                published = unit.get(coding.published, "")
                rows += [[coding.round, coding.text, table, n, *key, published] for key in keys or [("", "")]]
    return rows

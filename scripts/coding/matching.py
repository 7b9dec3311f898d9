"""Reading independent passes over one text, and finding which of their units are the same.

Coders choose their own keys, so units of different passes are matched by their spans and by what they join
(`match`), one to one within a table. What comes out is a `Matched` for each round and text: the units, each
with the key that every pass gave it. reliability.py computes from these how far the passes agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from munkres import Munkres

from naqoura_talks.package import Package, PackageError, read_json, read_text
from naqoura_talks.text import canonicalise, fold
from scripts.files import read_rows

ROOT = Path(__file__).resolve().parents[2]

# Things are matched by their words. A row of the other tables joins things: it is matched by what it
# joins, so that a disagreement on the role is one on a column and not two units.
THINGS = {
    "actors": "actor_type", "places": "place_type", "agreements": "agreement_type", "events": "event_type",
    "statements": "speech_act", "ceasefire_terms": "term_type",
}  # fmt: skip
JOINS: dict[str, tuple[tuple[str, ...], str | None]] = {
    "names": (("actor_id", "place_id", "agreement_id", "name_words"), None),
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
    """One unit of a pass. Spans are sets of characters, as bits of an integer."""

    span: int
    cells: dict[str, str]
    spans: dict[str, int]


Pass = dict[str, dict[str, Row]]  # by table and key


class Coding(NamedTuple):
    """One text coded by several coders in one round; ``published`` is None if the text has no published tables."""

    round: str
    text: str
    length: int
    passes: dict[str, Pass]
    published: Pass | None


def bits(start: int, end: int) -> int:
    """Return the characters from start up to, not including, end as bits."""
    return (1 << end) - (1 << start)


def read_pass(lines: Iterable[dict[str, str]]) -> Pass:
    """Return the units of a raw pass from its rows."""
    coded: Pass = {table: {} for table in TABLES}
    for line in lines:
        rows, key, column = coded[line["table_name"]], line["row_id"], line["column_name"]
        row = rows.setdefault(key, Row(0, {}, {}))
        span = bits(int(line["char_start"]), int(line["char_end"]))
        if not column:
            rows[key] = row._replace(span=row.span | span)
        else:
            row.cells[column] = line["value"]
            row.spans[column] = row.spans.get(column, 0) | span
    return coded


def read_published(package: Package, source_id: str) -> Pass:
    """Return the published rows that rest on a text, in the form of a pass."""
    spans: dict[tuple[str, str, str | None], int] = defaultdict(int)
    for e in package.read_words("evidence").to_pylist():
        if e["source_id"] == source_id and e["char_start"]:
            spans[e["table_name"], e["row_id"], e["column_name"]] |= bits(int(e["char_start"]), int(e["char_end"]))
    coded: Pass = {}
    for table in TABLES:
        key = package.key(table)
        coded[table] = {
            row[key]: Row(
                spans[table, row[key], None],
                {c: v for c, v in row.items() if v is not None and c != key},
                {c: spans[table, row[key], c] for c in row if spans[table, row[key], c]},
            )
            for row in package.read_words(table).to_pylist()
            if spans[table, row[key], None]
        }
    return coded


def descriptor(root: Path) -> dict[str, Any]:
    """Return coding/datapackage.json; a package without one has no passes."""
    path = root / "coding/datapackage.json"
    return read_json(path, "descriptor of the coding") if path.exists() else {"resources": []}


def read_codings(root: Path) -> list[Coding]:
    """Return all rounds and texts that coding/datapackage.json names, in its order, made-up texts last.

    A resource with ``round``, ``text`` and ``coder`` is a raw pass. ``text`` is the key of a coded text in
    sources, or the name of another resource that is the text itself. Raises PackageError for a text that
    is neither.
    """
    package, resources = Package(root), descriptor(root)["resources"]
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
        codings.append(Coding(name, text, length, dict(sorted(passes.items())), published))
    return sorted(codings, key=lambda coding: coding.published is None)


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
def references() -> dict[str, dict[str, str]]:
    """Return which columns of which table are keys of which table."""
    package = Package(ROOT)
    return {
        table: {
            f["fields"][0]: f["reference"].get("resource", table)
            for f in package.schema(table).get("foreignKeys", [])
        }
        for table in TABLES
    }  # fmt: skip


class Thing(NamedTuple):
    """What a thing is recognised by: the characters of its words and names, and of what it is joined to."""

    own: int
    context: int


def things(coded: Pass) -> dict[tuple[str, str], Thing]:
    """Return the things of a pass by table and key."""
    own = {(table, key): row.span for table in THINGS for key, row in coded[table].items()}
    for row in coded["names"].values():
        for column, table in references()["names"].items():
            named = (table, row.cells.get(column, ""))
            if named in own:
                own[named] |= row.spans.get("name_words", 0)
    context: dict[tuple[str, str], int] = defaultdict(int)
    for table in JOINS:
        for row in coded[table].values():
            ends = [(target, row.cells.get(column, "")) for column, target in references()[table].items()]
            for end in ends:
                for other in ends:
                    if other != end:
                        context[end] |= own.get(other, 0)
    return {thing: Thing(span, context[thing]) for thing, span in own.items()}


def form(row: Row) -> str:
    """Return what makes a name's form the same: its words folded, or for long ones where they stand."""
    words = row.cells.get("name_words", "")
    if words and len(words.split()) <= WORDS_KEPT:
        return fold(words).casefold()
    return hex(row.spans.get("name_words", row.span))


Units = dict[str, list[dict[int, str]]]  # by table; a unit is the key that each pass, by its number, gave it


def match(passes: list[Pass], settled: Units | None = None, words_only: bool = False) -> Units:
    """Match the units of several passes over one text; return for each table its units.

    With ``settled``, the units of the first passes, these stay as they are and the other passes are added.
    Passes are added one after the other; of each the units are assigned one to one to those found so far,
    so that the total of the scores is the greatest possible (munkres, by the method of Kuhn and Munkres). Scores:

    - of a thing: the mean over the unit's members of Dice over the characters of its words and of all its
      names' occurrences, with ``CONTEXT`` times Dice over the characters of what it is joined to, and
      ``TYPE`` for the same type: of two nested or adjoining events the one of the same type is the same.
      They can be the same only if on average ``THRESHOLD`` of the shorter one lies in the other. Things left
      over, of different passes, that rest on different words (another mention) are the same if ``JOINED_TO``
      or more, and ``THRESHOLD`` of all, of these are the same: their type, and the rows that join them in some
      role to matched things.
    - of a row that joins things: it can only be the same if it joins the same matched things (for a name:
      one thing and one form). Of several such, those with the same role go together first, then those
      whose spans overlap most.

    Keys, and codes other than type and role, play no part. With ``words_only`` things are matched without
    their types and without the rule for those left over, to show what these two do to the figures.
    """
    known = [things(coded) for coded in passes]
    number: dict[tuple[int, str, str], int] = {}  # pass, table, key → unit
    units: Units = {}
    start: Units = {table: [dict(unit) for unit in (settled or {}).get(table, [])] for table in TABLES}
    new = set(range(len(passes))) - {i for table in TABLES for unit in start[table] for i in unit}

    def thing_score(table: str, member: tuple[int, str], new: tuple[int, str]) -> tuple[float, float]:
        a, b = known[member[0]][table, member[1]], known[new[0]][table, new[1]]
        types = [passes[i][table][key].cells.get(THINGS[table]) for i, key in (member, new)]
        overlap = dice(a.own, b.own) + CONTEXT * dice(a.context, b.context)
        return shared(a.own, b.own), overlap + (0 if words_only else TYPE * (types[0] == types[1]))

    @cache
    def joined(table: str, i: int, key: str) -> tuple[object, ...]:
        row, targets = passes[i][table][key], references()[table]
        return tuple(
            form(row) if column == "name_words"
            else None if not (value := row.cells.get(column))
            else number.get((i, targets[column], value), (i, value))
            for column in JOINS[table][0]
        )  # fmt: skip

    def join_score(table: str, member: tuple[int, str], new: tuple[int, str]) -> tuple[float, float]:
        if joined(table, *member) != joined(table, *new):
            return 0.0, 0.0
        a, b = passes[member[0]][table][member[1]], passes[new[0]][table][new[1]]
        role = JOINS[table][1]
        same = role is not None and a.cells.get(role) == b.cells.get(role)
        spans = (a.spans.get("name_words", a.span), b.spans.get("name_words", b.span))
        return 1.0, 1.0 + same + CONTEXT * dice(*spans)

    def enter(table: str, found: list[dict[int, str]]) -> None:
        units[table] = sorted(found, key=lambda unit: min(_first(passes[i][table][key]) for i, key in unit.items()))
        for n, unit in enumerate(units[table]):
            number.update({(i, table, key): n for i, key in unit.items()})

    def joins(table: str, unit: dict[int, str]) -> set[tuple[object, ...]]:
        types = (passes[i][table][key].cells.get(THINGS[table]) for i, key in unit.items())
        found: set[tuple[object, ...]] = {("type", code) for code in types if code}
        for join, (_, role) in JOINS.items():
            mine = [column for column, target in references()[join].items() if target == table]
            for i, key in unit.items():
                for row, column in ((row, column) for row in passes[i][join].values() for column in mine):
                    if row.cells.get(column) == key:
                        others = [(c, t, row.cells[c]) for c, t in references()[join].items() if row.cells.get(c)]
                        ends = [(c, number.get((i, t, v))) for c, t, v in others if c != column and t in THINGS]
                        found |= {(join, column, role and row.cells.get(role), c, n) for c, n in ends if n is not None}
        return found

    for table in THINGS:
        enter(table, _assign(table, passes, thing_score, start[table], new))
    if not words_only:
        left_over = {table: [joins(table, unit) for unit in units[table]] for table in THINGS}
        for table in THINGS:
            enter(table, _merge(units[table], left_over[table], new))
    for table in JOINS:
        enter(table, _assign(table, passes, join_score, start[table], new))
    return units


Score = Callable[[str, tuple[int, str], tuple[int, str]], tuple[float, float]]


def _first(row: Row) -> tuple[int, int]:
    return (row.span & -row.span).bit_length(), row.span.bit_length()


def _assign(
    table: str, passes: list[Pass], score: Score, units: list[dict[int, str]], new: set[int]
) -> list[dict[int, str]]:
    """Add the rows of the new passes to the units of one table."""
    for i, coded in enumerate(passes):
        if i not in new:
            continue
        keys = sorted(coded[table], key=lambda key: _first(coded[table][key]))
        scores = np.zeros((len(keys), len(units)))
        for r, key in enumerate(keys):
            for c, unit in enumerate(units):
                pairs = [score(table, member, (i, key)) for member in unit.items()]
                if sum(p[0] for p in pairs) >= THRESHOLD * len(pairs):
                    scores[r, c] = sum(p[1] for p in pairs) / len(pairs)
        # The method looks for the least cost, and gives up on a table without rows or columns.
        pairs = Munkres().compute((scores.max() - scores).tolist()) if scores.size else []
        taken = {r: c for r, c in pairs if scores[r, c] > 0}
        for r, key in enumerate(keys):
            if r in taken:
                units[taken[r]][i] = key
            else:
                units.append({i: key})
    return units


def _merge(units: list[dict[int, str]], joins: list[set[tuple[object, ...]]], new: set[int]) -> list[dict[int, str]]:
    """Unite units of different passes that rest on other words but are joined to the same; see ``match``."""
    pairs = []
    for a, b in combinations(range(len(units)), 2):
        if not (new.issuperset(units[a]) or new.issuperset(units[b])):
            continue  # Both were there before: a pass that came later has no say in what they are.
        same = len(joins[a] & joins[b])
        if not set(units[a]) & set(units[b]) and same >= JOINED_TO and same >= THRESHOLD * len(joins[a] | joins[b]):
            pairs.append((-same / len(joins[a] | joins[b]), a, b))
    into: dict[int, int] = {}
    for _, a, b in sorted(pairs):
        if a not in into and b not in into and not set(units[a]) & set(units[b]):
            units[a].update(units[b])
            into[b] = a
    return [unit for n, unit in enumerate(units) if n not in into]


class Matched(NamedTuple):
    """A coding with its units; the published rows, if any, are matched after all passes."""

    coding: Coding
    units: dict[str, list[dict[int, str]]]

    @property
    def coders(self) -> list[str]:
        return list(self.coding.passes)

    @property
    def published(self) -> int | None:
        """The number of the published tables among the passes."""
        return len(self.coders) if self.coding.published is not None else None

    def row(self, table: str, i: int, key: str) -> Row:
        return self.coding.passes[self.coders[i]][table][key]

    def found(self, table: str) -> list[dict[int, str]]:
        """Return the units that a coder found, each with the coders' keys alone."""
        units = ({i: key for i, key in unit.items() if i != self.published} for unit in self.units[table])
        return [unit for unit in units if unit]


def matched(coding: Coding) -> Matched:
    """Match the passes of a coding, and then the published rows to them."""
    coded = list(coding.passes.values())
    units = match(coded)
    return Matched(coding, units if coding.published is None else match([*coded, coding.published], units))


MATCHES = ["round", "text", "table_name", "unit", "coder", "row_id", "published_row_id"]


def match_rows(all_matched: list[Matched]) -> list[list[object]]:
    """Return the matches as rows (MATCHES): one for each coder's unit, and one for each published row that none has."""
    rows: list[list[object]] = []
    for m in all_matched:
        for table in TABLES:
            for n, unit in enumerate(m.units[table], 1):
                place, published = [m.coding.round, m.coding.text, table, n], unit.get(m.published, "")
                keys = [(m.coders[i], key) for i, key in sorted(unit.items()) if i != m.published]
                rows += [[*place, *key, published] for key in keys or [("", "")]]
    return rows

"""Agreement between independent passes over one text, computed from the raw passes alone.

  agreement.py                                  all figures, as the build makes them (`make agreement`)
  agreement.py add PASS --round R --text T --coder C   enters a raw pass in coding/datapackage.json
  agreement.py sample --seed N --n 150          draws the cells of an audit into coding/audit.csv, to be filled in

Units of different passes are matched first (`match`); from the matched units come the units found, the
agreement on their coded columns, and the agreement on their spans (`figures`). The result is
coding/matches.csv, coding/agreement.csv and, by agreement_page.py, coding/AGREEMENT.md.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import krippendorff
import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.stats import binomtest

from naqoura_talks.package import Package, PackageError, read_json, read_text
from naqoura_talks.text import canonicalise, fold

ROOT = Path(__file__).resolve().parent.parent

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
        ("statement_id", "event_id", "event_actor_id", "event_link_id", "term_id", "agreement_id"), "link_role",
    ),
    "compliance_claims": (("statement_id", "assessed_actor_id"), "claim_type"),
}  # fmt: skip
TABLES = (*THINGS, *JOINS)

THRESHOLD = 0.5  # of the shorter one's characters, for two things to be able to be the same
JOINED_TO = 2  # of type and joins, so many have to be the same for things that rest on different words
TYPE = 0.5  # weight of the same type, for choosing between candidates that share words
CONTEXT = 0.1  # weight of what a thing is joined to, for choosing between candidates on the same words
WORDS_KEPT = 8  # a raw pass gives longer verbatim values by their offsets only

ENOUGH = 20  # units, below which no coefficient is given
RESAMPLES, SEED = 2000, 1983
F1_GOAL, ALPHA_GOAL = 0.90, 0.80
EMPTY = "(empty)"


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


def read_rows(path: Path, what: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file beside the tables. Raises PackageError if it is missing or not UTF-8."""
    return list(csv.DictReader(io.StringIO(read_text(path, what), newline="")))


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
                "of sources.csv nor a resource here. Add the text as a resource, or mend `text`."
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
    so that the total of the scores is the greatest possible (scipy's linear_sum_assignment). Scores:

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
    new = set(range(len(passes))) - {i for table in settled or {} for unit in (settled or {})[table] for i in unit}

    def start(table: str) -> list[dict[int, str]]:
        return [dict(unit) for unit in settled[table]] if settled else []

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

    def enter(table: str) -> None:
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
        units[table] = _assign(table, passes, thing_score, start(table), new)
        enter(table)
    for table in () if words_only else THINGS:
        units[table] = _merge(table, passes, units[table], [joins(table, unit) for unit in units[table]], new)
    for table in THINGS:
        enter(table)
    for table in JOINS:
        units[table] = _assign(table, passes, join_score, start(table), new)
        enter(table)
    return units


Score = Callable[[str, tuple[int, str], tuple[int, str]], tuple[float, float]]


def _first(span: int) -> tuple[int, int]:
    return (span & -span).bit_length(), span.bit_length()


def _assign(
    table: str, passes: list[Pass], score: Score, units: list[dict[int, str]], new: set[int]
) -> list[dict[int, str]]:
    """Add the rows of the new passes to the units of one table and return these in the order of the text."""
    for i, coded in enumerate(passes):
        if i not in new:
            continue
        keys = sorted(coded[table], key=lambda key: _first(coded[table][key].span))
        scores = np.zeros((len(keys), len(units)))
        for r, key in enumerate(keys):
            for c, unit in enumerate(units):
                pairs = [score(table, member, (i, key)) for member in unit.items()]
                if sum(p[0] for p in pairs) >= THRESHOLD * len(pairs):
                    scores[r, c] = sum(p[1] for p in pairs) / len(pairs)
        taken = {r: c for r, c in zip(*linear_sum_assignment(scores, maximize=True), strict=True) if scores[r, c] > 0}
        for r, key in enumerate(keys):
            if r in taken:
                units[taken[r]][i] = key
            else:
                units.append({i: key})
    return _in_order(table, passes, units)


def _in_order(table: str, passes: list[Pass], units: list[dict[int, str]]) -> list[dict[int, str]]:
    return sorted(units, key=lambda unit: min(_first(passes[i][table][key].span) for i, key in unit.items()))


def _merge(
    table: str, passes: list[Pass], units: list[dict[int, str]], joins: list[set[tuple[object, ...]]], new: set[int]
) -> list[dict[int, str]]:
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
    return _in_order(table, passes, [unit for n, unit in enumerate(units) if n not in into])


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
        coding = self.coding
        coded = coding.published if i == len(coding.passes) else list(coding.passes.values())[i]
        assert coded is not None
        return coded[table][key]

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
                place = [m.coding.round, m.coding.text, table, n]
                published = unit.get(m.published, "") if m.published is not None else ""
                for i, key in sorted(unit.items()):
                    if i != m.published:
                        rows.append([*place, m.coders[i], key, published])
                if set(unit) == {m.published}:
                    rows.append([*place, "", "", published])
    return rows


# --- measures ---


def coincidences(counts: np.ndarray) -> np.ndarray:
    """Return each unit's contribution to the coincidence matrix: units × values × values.

    ``counts`` holds how many coders gave each unit each value (units × values); a unit with fewer than two
    coders contributes nothing. Krippendorff, Content Analysis, 4th ed. (2019), chapter 12.
    """
    coders = counts.sum(axis=1)
    pairs = counts[:, :, None] * counts[:, None, :]
    pairs -= np.eye(counts.shape[1], dtype=counts.dtype) * counts[:, None, :]
    return np.where(coders > 1, 1 / np.maximum(coders - 1, 1), 0.0)[:, None, None] * pairs


def alpha_of(coincidence: np.ndarray, ordinal: bool = False) -> np.ndarray:
    """Return Krippendorff's alpha of coincidence matrices (… × values × values); nan if one value alone occurs."""
    n_c = coincidence.sum(axis=-1)
    n = n_c.sum(axis=-1)
    values = n_c.shape[-1]
    expected = n_c[..., :, None] * n_c[..., None, :] - np.eye(values) * n_c[..., None]
    if ordinal:
        before = np.cumsum(n_c, axis=-1) - n_c / 2
        distance = (before[..., :, None] - before[..., None, :]) ** 2
    else:
        distance = np.broadcast_to(1 - np.eye(values), expected.shape)
    observed_sum = (coincidence * distance).sum(axis=(-1, -2))
    expected_sum = (expected * distance).sum(axis=(-1, -2))
    with np.errstate(invalid="ignore", divide="ignore"):
        return 1 - (n - 1) * observed_sum / expected_sum


def resamples(n: int) -> np.ndarray:
    """Return how often each of n units is in each of ``RESAMPLES`` bootstrap samples, drawn with ``SEED``."""
    return np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), size=RESAMPLES).astype(float)


def resampled_alphas(counts: np.ndarray, ordinal: bool = False) -> np.ndarray:
    """Return alpha of each bootstrap sample of the units; nan where one value alone occurs."""
    each, values = coincidences(counts), counts.shape[1]
    times = resamples(len(each))
    if ordinal:
        return alpha_of((times @ each.reshape(len(each), -1)).reshape(-1, values, values), ordinal)
    # With codes that are alike or not, margins and disagreements are enough; many values would make large matrices.
    margins, apart = times @ each.sum(axis=-1), times @ (each.sum(axis=(-1, -2)) - each.trace(axis1=1, axis2=2))
    n = margins.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return 1 - (n - 1) * apart / (n**2 - (margins**2).sum(axis=-1))


def alpha_interval(counts: np.ndarray, ordinal: bool = False) -> tuple[float, float]:
    """Return the 95% percentile interval of alpha over bootstrap samples of the units.

    Samples in which one value alone occurs have no alpha and are left out.
    """
    low, high = np.nanpercentile(resampled_alphas(counts, ordinal), [2.5, 97.5])
    return float(low), float(high)


def u_alpha_of(unitings: list[int], length: int, squares: int) -> float:
    """Return |uα from each coder's marked characters and the sum of all units' squared lengths; see ``u_alpha``."""
    m = len(unitings)
    disagreement = sum((a ^ b).bit_count() for a, b in combinations(unitings, 2)) / (m - 1)
    total, relevant = m * length, sum(u.bit_count() for u in unitings)
    within = squares + total - relevant
    if not 0 < relevant < total or total**2 == within:
        return float("nan")
    return 1 - disagreement / (total * relevant * (total - relevant) / (total**2 - within))


def u_alpha(unitings: list[int], length: int) -> float:
    """Return |uα: how reliably coders tell relevant from irrelevant matter on one continuum; nan if undefined.

    Krippendorff, Mathet, Bouvry and Widlöcher (2016), On the reliability of unitizing textual continua,
    Quality & Quantity 50:2347–2364, equations 1, 4 and 6; Krippendorff (2019), eq. 35. In the expected
    coincidences a unit is not paired with itself, so the square of its length is taken off; of a gap, only
    its length. Alpha over single characters takes off the length of both, and is another figure. A coder's
    units are here the maximal runs of marked characters, as those of one table can overlap.
    """
    squares = 0
    for u in unitings:
        runs = f"{u:0{length}b}".split("0")
        squares += sum(len(run) ** 2 for run in runs)
    return u_alpha_of(unitings, length, squares)


def proportion(k: int, n: int) -> tuple[float, float, float]:
    """Return a share with its 95% Wilson interval."""
    interval = binomtest(k, n).proportion_ci(method="wilson")
    return k / n, float(interval.low), float(interval.high)


# --- figures ---


class Figure(NamedTuple):
    """One row of coding/agreement.csv; what a measure is, agreement_page.MEASURES says."""

    round: str
    text: str
    table_name: str
    column_name: str
    coder: str
    measure: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    remark: str


def f1(common: int, a: int, b: int) -> float | None:
    """Return F1 of two sets of units from the number in common and their sizes; None if both are empty."""
    return 2 * common / (a + b) if a + b else None


def unit_figures(group: list[Matched], tables: tuple[str, ...]) -> Iterator[tuple[str, str, float | None, int, str]]:
    """Yield coder, measure, value, n and remark of what was found, over all units of some tables and texts."""
    units = [(m, unit) for m in group for table in tables for unit in m.found(table)]
    coders = group[0].coders
    sets = [{n for n, (_, unit) in enumerate(units) if i in unit} for i in range(len(coders))]
    by_all = sum(len(unit) == len(coders) for _, unit in units)
    yield "", "units", len(units), len(units), ""
    yield "", "units_by_all", by_all, len(units), ""
    yield "", "units_by_one", sum(len(unit) == 1 for _, unit in units), len(units), ""
    pairs, none = [], "no units"
    for i, j in combinations(range(len(coders)), 2):
        value = f1(len(sets[i] & sets[j]), len(sets[i]), len(sets[j]))
        pairs.append(value)
        yield f"{coders[i]} {coders[j]}", "f1_pair", value, len(sets[i] | sets[j]), "" if sets[i] | sets[j] else none
    known = [value for value in pairs if value is not None]
    yield "", "f1_between", sum(known) / len(known) if known else None, len(units), "" if known else none
    if all(m.published is not None for m in group):
        size = sum(len(m.coding.published[table]) for m in group for table in tables)  # type: ignore[index]
        right = [
            sum(i in unit and m.published in unit for m in group for table in tables for unit in m.units[table])
            for i in range(len(coders))
        ]
        scores = [f1(r, len(s), size) for r, s in zip(right, sets, strict=True)]
        for coder, r, s, score in zip(coders, right, sets, scores, strict=True):
            yield coder, "precision", r / len(s) if s else None, len(s), "" if s else none
            yield coder, "recall", r / size if size else None, size, "" if size else none
            yield coder, "f1_published", score, size, "" if s or size else none
        known = [score for score in scores if score is not None]
        yield "", "f1_published", sum(known) / len(known) if known else None, size, "" if known else none


def span_figures(group: list[Matched], table: str, column: str) -> Iterator[tuple[str, str, float | None, int, str]]:
    """Yield the same of the spans of matched units, or of the words of one verbatim column, over pairs of coders."""
    exact, overlap = 0, []
    for m in group:
        for unit in m.found(table):
            rows = [m.row(table, i, key) for i, key in unit.items()]
            for a, b in combinations([row.spans.get(column, 0) if column else row.span for row in rows], 2):
                if a or b:
                    exact += a == b
                    overlap.append(dice(a, b))
    n = len(overlap)
    remark = "" if n else "no pair of coders has such words"
    yield "", "span_exact", exact / n if n else None, n, remark
    yield "", "span_overlap", sum(overlap) / n if n else None, n, remark


def marked_figures(group: list[Matched], table: str) -> tuple[str, str, float | None, int, str]:
    """Return |uα of a table, its texts one behind the other; see ``u_alpha``."""
    unitings, length = [0] * len(group[0].coders), 0
    for m in group:
        for i, coded in enumerate(m.coding.passes.values()):
            for row in coded[table].values():
                unitings[i] |= (row.spans.get("name_words", 0) if table == "names" else row.span) << length
        length += m.coding.length + 1  # a gap between two texts, so that no unit goes over it
    value = u_alpha(unitings, length)
    undefined = "nothing, or everything, is marked: undefined"
    return "", "u_alpha", *((None, length, undefined) if np.isnan(value) else (value, length, ""))


def values(m: Matched, table: str, column: str) -> list[list[str]]:
    """Return for each unit that two coders or more found the values that they gave.

    A key stands as the unit that it points to: its published key, or the first coder's with the coder before
    it. A cell left empty is a value of its own.
    """
    names: dict[tuple[int, str], str] = {}
    for unit in m.units[target] if (target := references()[table].get(column)) else []:
        first = min(unit)
        name = unit[m.published] if m.published in unit else f"{m.coders[first]}:{unit[first]}"
        names.update(((i, key), name) for i, key in unit.items())
    found = []
    for unit in m.found(table):
        if len(unit) > 1:
            given = {i: m.row(table, i, key).cells.get(column, "") for i, key in unit.items()}
            found.append([names.get((i, v), v) or EMPTY for i, v in given.items()])
    return found


def column_figures(
    group: list[Matched], table: str, column: str, order: list[str] | None
) -> Iterator[tuple[str, str, float | None, float | None, float | None, int, str]]:
    """Yield coder, measure, value, low, high, n and remark of a coded column, over pairs of coders.

    ``order`` are the codes of an ordered codelist; there a cell left empty has no place and is left out
    of alpha.
    """
    # Keys of different texts are different things, also where the numbers of their units are the same.
    many = len(group) > 1 and column in references()[table]
    units = [
        [f"{m.coding.text} {v}" if many and v != EMPTY else v for v in unit]
        for m in group
        for unit in values(m, table, column)
    ]
    pairs = Counter(tuple(sorted(pair)) for unit in units for pair in combinations(unit, 2))
    total = sum(pairs.values())
    alike = sum(n for (a, b), n in pairs.items() if a == b)
    filled = sum(any(v != EMPTY for v in unit) for unit in units)
    some = f"filled by some coder in {filled} of {len(units)} units" if filled < len(units) else ""
    yield "", "observed_agreement", alike / total if total else None, None, None, len(units), some
    for (a, b), n in sorted(pairs.items(), key=lambda p: (-p[1], p[0])):
        if a != b:
            yield "", "confusion", n, None, None, total, f"{a} / {b}"
    pairable = [[v for v in unit if not order or v != EMPTY] for unit in units]
    pairable = [unit for unit in pairable if len(unit) > 1]
    occurring = {v for unit in pairable for v in unit}
    domain = [c for c in order if c in occurring] if order else sorted(occurring)
    n = len(pairable)
    if len(domain) < 2:
        what = f"only {domain[0]} occurs" if domain else "no unit has two values"
        yield "", "alpha", None, None, None, n, f"{what}: alpha is undefined"
    elif n < ENOUGH:
        yield "", "alpha", None, None, None, n, f"{n} units are too few for a coefficient"
    else:
        counts = np.array([[unit.count(v) for v in domain] for unit in pairable])
        level = "ordinal" if order else "nominal"
        value = krippendorff.alpha(value_counts=counts, value_domain=np.arange(len(domain)), level_of_measurement=level)
        commonest = int(counts.sum(axis=0).max())
        rest = int(counts.sum()) - commonest
        remark = f"rests on the {rest} of {counts.sum()} values that are not the commonest" if rest < ENOUGH else ""
        yield "", "alpha", float(value), *alpha_interval(counts, ordinal=bool(order)), n, remark


def coded_columns(package: Package, table: str) -> dict[str, list[str] | None]:
    """Return the columns whose values coders choose, each with its codes if they have an order.

    What matching rests on, the ends of a row that joins things, is left out: there coders agree by rule.
    """
    fixed = JOINS[table][0] if table in JOINS else ()
    return {
        column: field["categories"] if field.get("categoriesOrdered") else None
        for column, field in package.fields(table).items()
        if field["provenance"] == "coded" and column not in fixed
    }


def figures(package: Package, all_matched: list[Matched]) -> list[Figure]:
    """Return all figures: for each round those of each text and, if it has several, of all its texts together."""
    out: list[Figure] = []
    by_words = {
        (m.coding.round, m.coding.text): Matched(m.coding, match(list(m.coding.passes.values()), words_only=True))
        for m in all_matched
    }
    rounds: dict[str, list[Matched]] = defaultdict(list)
    for m in all_matched:
        rounds[m.coding.round].append(m)
    for name, texts in rounds.items():
        groups = [(m.coding.text, [m]) for m in texts]
        if len(texts) > 1 and len({tuple(m.coders) for m in texts}) == 1:
            groups.insert(0, ("", texts))
        for text, group in groups:
            if len(group[0].coders) < 2:
                continue

            def add(table: str, column: str, figure: tuple, name: str = name, text: str = text) -> None:
                if len(figure) == 5:
                    coder, measure, value, n, remark = figure
                    figure = (coder, measure, value, None, None, n, remark)
                out.append(Figure(name, text, table, column, *figure))

            strict = [by_words[m.coding.round, m.coding.text] for m in group]
            for figure in unit_figures(group, TABLES):
                add("", "", figure)
            for figure in unit_figures(strict, TABLES):
                if figure[1] == "f1_between":
                    add("", "", ("", "f1_by_words", *figure[2:]))
            for table in TABLES:
                for figure in (*unit_figures(group, (table,)), *span_figures(group, table, "")):
                    add(table, "", figure)
                add(table, "", marked_figures(group, table))
                for column, order in coded_columns(package, table).items():
                    for column_figure in column_figures(group, table, column, order):
                        add(table, column, column_figure)
                for column, field in package.fields(table).items():
                    if field["provenance"] == "verbatim":
                        for figure in span_figures(group, table, column):
                            add(table, column, figure)
    return out


# --- audit ---

AUDIT = ["table_name", "row_id", "column_name", "value", "verdict", "note"]
VERDICTS = ("carried", "not_carried", "debatable")


def audit_cells(package: Package) -> list[list[str]]:
    """Return every published cell that needs evidence: table, key, column, value."""
    cells = []
    for table in package.tables:
        fields, key = package.fields(table), package.key(table)
        for row in package.read_words(table).to_pylist():
            for column, value in row.items():
                if fields[column]["evidence"] in ("own", "row") and value is not None:
                    cells.append([table, row[key], column, value])
    return sorted(cells)


def audit_figures(root: Path) -> list[Figure]:
    """Return the share of each verdict of the audit with its Wilson interval; nothing if there is no audit.

    Raises PackageError for a cell without a verdict, or with one that is not known.
    """
    path = root / "coding/audit.csv"
    if not path.exists():
        return []
    rows = read_rows(path, "audit")
    for i, row in enumerate(rows, 2):
        if row.get("verdict") not in VERDICTS:
            raise PackageError(
                f"{path}:{i}: {row.get('row_id')} {row.get('column_name')}: the verdict is {row.get('verdict')!r}; "
                f"expected one of {', '.join(VERDICTS)}. Judge the cell."
            )
    counts, n = Counter(row["verdict"] for row in rows), len(rows)
    return [
        Figure("audit", "", "", "", "", verdict, *proportion(counts[verdict], n), n, f"{counts[verdict]} of {n} cells")
        for verdict in VERDICTS
        if n
    ]


# --- files ---


def csv_bytes(header: list[str], rows: Iterable[Iterable[object]]) -> bytes:
    """Return rows as CSV; numbers with at most four decimals, missing ones empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([f"{round(v, 4):g}" if isinstance(v, float) else "" if v is None else v for v in row])
    return out.getvalue().encode("utf-8")


def compute(root: Path) -> tuple[list[Matched], list[Figure]]:
    """Return the matched codings and all figures of a package, the audit's last."""
    all_matched = [matched(coding) for coding in read_codings(root)]
    return all_matched, [*figures(Package(root), all_matched), *audit_figures(root)]


# --- the command ---


def add_pass(root: Path, path: Path, round_name: str, text: str, coder: str) -> str:
    """Enter a raw pass in coding/datapackage.json and return the name of its resource; files are not touched."""
    content, coding = descriptor(root), root / "coding"
    if not path.resolve().is_relative_to(coding.resolve()) or not path.is_file():
        raise PackageError(f"{path}: expected a raw pass, as `scripts/anchor.py pass` writes it, under {coding}.")
    relative = path.resolve().relative_to(coding.resolve()).as_posix()
    texts = {r["source_id"] for r in Package(root).read_words("sources").to_pylist()}
    several = text not in texts
    name = f"{round_name}-{text + '-' if several else ''}coder-{coder}"
    names = {r["name"] for r in content["resources"]}
    if name in names:
        raise PackageError(f"{coding / 'datapackage.json'}: there is a resource {name} already.")
    model = next(r for r in content["resources"] if "coder" in r)
    title = f"{round_name.replace('-', ' ').capitalize()}{', ' + text if several else ''}, coder {coder.upper()}"
    new = [model | {"name": name, "title": title, "path": relative, "round": round_name, "text": text, "coder": coder}]
    if several and text not in names:
        new.insert(
            0,
            {
                "name": text, "title": f"Text {text}, made up",
                "path": (Path(relative).parent / f"{text}.txt").as_posix(), "format": "txt", "mediatype": "text/plain",
                "encoding": "utf-8",
            },
        )  # fmt: skip
    last = max(i for i, r in enumerate(content["resources"]) if "coder" in r) + 1
    content["resources"][last:last] = new
    _write_json(coding / "datapackage.json", content)
    return name


def draw(root: Path, seed: int, n: int) -> Path:
    """Draw cells at random into coding/audit.csv and enter it in the descriptor; an audit that is there is kept."""
    path, content = root / "coding/audit.csv", descriptor(root)
    if path.exists():
        raise PackageError(f"{path}: there is an audit already. Move it away to draw another.")
    cells = audit_cells(Package(root))
    if n > len(cells):
        raise PackageError(f"{n} cells were asked for; there are {len(cells)}.")
    chosen = sorted(random.Random(seed).sample(cells, n))
    path.write_bytes(csv_bytes(AUDIT, ([*c, "", ""] for c in chosen)))
    model = next(r for r in content["resources"] if r.get("type") == "table")
    model = {k: v for k, v in model.items() if k not in ("round", "text", "coder")}
    how = f"{n} cells drawn from {len(cells)} with seed {seed}, each judged against the text by a reader of its own."
    content["resources"] = [r for r in content["resources"] if r["name"] != "audit"] + [
        model | {"name": "audit", "title": "Audit", "path": "audit.csv", "schema": "audit-schema.json"}
        | {"description": how}
    ]  # fmt: skip
    _write_json(root / "coding/datapackage.json", content)
    return path


def _write_json(path: Path, content: Any) -> None:
    beside = path.with_name(path.name + ".part")
    beside.write_bytes((json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode("utf-8"))
    beside.replace(path)


def main(argv: list[str] | None = None) -> int:
    """Run the command; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--root", type=Path, default=ROOT, help="the package's folder")
    commands = parser.add_subparsers(dest="command")
    sub = commands.add_parser("sample")
    sub.add_argument("--seed", type=int, required=True)
    sub.add_argument("--n", type=int, default=150, help="how many cells")
    sub = commands.add_parser("add")
    sub.add_argument("path", type=Path, help="a raw pass under coding/")
    for option in ("round", "text", "coder"):
        sub.add_argument(f"--{option}", required=True)
    args = parser.parse_args(argv)
    try:
        if args.command == "sample":
            print(f"{draw(args.root, args.seed, args.n)}: fill in the verdicts ({', '.join(VERDICTS)}), then run make.")
        elif args.command == "add":
            print(f"entered as {add_pass(args.root, args.path, args.round, args.text, args.coder)}")
        else:
            import agreement_page  # which stands on this module

            made, found = agreement_page.products(args.root)
            for path, data in made.items():
                (args.root / path).write_bytes(data)
            print("\n".join(agreement_page.summary(found)))
            print(f"\nWritten: {', '.join(made)}. Run make for the README.")
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

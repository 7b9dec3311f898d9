"""Agreement: units are matched as a reader would match them, figures are the published measures, and each one moves.

A coefficient that is computed wrongly looks as good as one that is right, so the formulas are held against
published examples and the library, the matching against passes with known answers and against what people
found when they compared the first round, and every figure against a raw value that is changed.
"""

from __future__ import annotations

import csv
import itertools
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import made_up
from naqoura_talks.package import Package, PackageError
from scripts import files
from scripts.build import products
from scripts.check import command as check
from scripts.coding import agreement, agreement_page, matching, reliability
from scripts.coding.matching import Coding, Pass
from scripts.coding.reliability import Figure

ROOT = Path(__file__).resolve().parent.parent
Line = dict[str, str]


# --- the measures, against what is published ---


def counts(data: list[str], values: str) -> np.ndarray:
    """Return units × values from one string a coder, a dot where a coder has no value."""
    return np.array([[sum(line[u] == v for line in data) for v in values] for u in range(len(data[0]))])


def alpha(table: np.ndarray) -> float:
    """Return our alpha of all units, each once."""
    return float(reliability.alphas(table, np.ones((1, len(table))))[0])


# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), sections A and C, and the example with 15 units
# of the article on the coefficient in Wikipedia.
FOUR = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
PUBLISHED = [
    (["0100000010", "1110010000"], "01", 0.095),
    (FOUR, "12345", 0.743),
    ([".....34121133.3", "1.213343.......", "..21344.21133.4"], "1234", 0.691),
]


@pytest.mark.parametrize(("data", "values", "expected"), PUBLISHED)
def test_alpha_is_that_of_the_literature(data: list[str], values: str, expected: float) -> None:
    """Our formula gives the published value of published examples."""
    assert round(alpha(counts(data, values)), 3) == expected


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.integers(0, 4), min_size=4, max_size=4), min_size=2, max_size=15))
def test_alpha_is_the_librarys(units: list[list[int]]) -> None:
    """For any values, missing ones included, our vectorised alpha is the library's."""
    table = np.array([[sum(v == c for v in unit) for c in range(4)] for unit in units])  # 4 is no value
    if (table[table.sum(axis=1) > 1].sum(axis=0) > 0).sum() < 2:
        return
    librarys = krippendorff.alpha(value_counts=table, level_of_measurement="nominal")
    assert alpha(table) == pytest.approx(librarys, abs=1e-9)


def test_resampled_alphas_are_the_librarys() -> None:
    """Of each bootstrap sample alpha is what the library makes of the same units, as often as they were drawn."""
    table = counts(FOUR, "12345")
    resamples = reliability.resamples(len(table))
    ours = reliability.alphas(table, resamples)
    for times, value in list(zip(resamples.astype(int), ours, strict=True))[:40]:
        sample = np.repeat(table, times, axis=0)
        librarys = krippendorff.alpha(value_counts=sample, level_of_measurement="nominal")
        assert value == pytest.approx(librarys, abs=1e-9)


def test_interval_holds_the_point_and_is_the_same_each_time() -> None:
    """The bootstrap interval is seeded, lies around the point, and is narrower for more units."""
    few = counts(["11223312", "11223321", "11223312"], "123")
    low, high = reliability.alpha_interval(few)
    assert low < alpha(few) <= high <= 1 and reliability.alpha_interval(few) == (low, high)
    wide, narrow = high - low, np.subtract(*reliability.alpha_interval(np.tile(few, (8, 1)))[::-1])
    assert narrow < wide


def bits(spans: list[tuple[int, int]]) -> int:
    return sum(matching.bits(*span) for span in spans)


def test_u_alpha_is_that_of_the_literature() -> None:
    """|uα of the published example (Krippendorff 2019, figure 12.11), which alpha over characters is not."""
    # The units of each observer that touch are one run in our definition, so they are kept apart by hand here:
    # the formula itself is asked with the runs as published.
    observers = [
        [(0, 7), (7, 13), (30, 32), (32, 37), (37, 44), (44, 60)],
        [(0, 7), (7, 13), (13, 21), (32, 44)],
        [(0, 7), (7, 13), (13, 21), (32, 37), (37, 41), (41, 44)],
    ]
    marks = [bits(o) for o in observers]
    squares = sum((e - s) ** 2 for o in observers for s, e in o)
    assert reliability.u_alpha(marks, 60, squares) == pytest.approx(0.413, abs=0.001)
    singles = [[m >> i & 1 for i in range(60)] for m in marks]
    assert krippendorff.alpha(singles, level_of_measurement="nominal") == pytest.approx(0.399, abs=0.001)


def test_u_alpha_at_its_ends() -> None:
    """1 for the same marks, below 0 for opposite ones, undefined where nothing or everything is marked."""
    a, b = bits([(0, 5), (8, 9)]), bits([(5, 8), (9, 12)])
    assert reliability.u_alpha([a, a, a], 12) == 1
    assert reliability.u_alpha([a, b], 12) < 0
    assert np.isnan(reliability.u_alpha([0, 0], 12)) and np.isnan(reliability.u_alpha([bits([(0, 12)])] * 2, 12))


# --- matching, on passes with known answers ---


def line(table: str, key: str, span: tuple[int, int], column: str = "", value: str = "") -> Line:
    return dict(zip(
        ("table_name", "row_id", "column_name", "value", "char_start", "char_end", "note"),
        (table, key, column, value, str(span[0]), str(span[1]), ""), strict=True,
    ))  # fmt: skip


def unit(table: str, key: str, span: tuple[int, int], **cells: str) -> list[Line]:
    """Return the lines of one unit, all on one span."""
    return [line(table, key, span), *(line(table, key, span, column, value) for column, value in cells.items())]


def a_pass(*units: list[Line]) -> Pass:
    return matching.read_pass(itertools.chain.from_iterable(units))


def together(passes: list[Pass], table: str) -> list[dict[int, str]]:
    return matching.match(passes)[table]


def test_keys_mean_nothing() -> None:
    """Two events whose keys are swapped between coders are matched by their words."""
    a = a_pass(unit("events", "evt-talks", (0, 20)), unit("events", "evt-raid", (30, 50)))
    b = a_pass(unit("events", "evt-raid", (0, 18)), unit("events", "evt-talks", (33, 50)))
    assert together([a, b], "events") == [{0: "evt-talks", 1: "evt-raid"}, {0: "evt-raid", 1: "evt-talks"}]


def test_shifted_spans_match_and_others_do_not() -> None:
    """A span within another is the same thing, one that lies half outside is not; words beside it are none."""
    a = a_pass(unit("events", "evt-a", (0, 40)), unit("events", "evt-b", (50, 60)), unit("events", "evt-c", (70, 80)))
    b = a_pass(unit("events", "evt-x", (33, 40)), unit("events", "evt-y", (56, 70)), unit("events", "evt-z", (80, 90)))
    units = together([a, b], "events")
    assert units[0] == {0: "evt-a", 1: "evt-x"} and len(units) == 5


def test_missing_and_surplus_units_stay_alone() -> None:
    """The best assignment as a whole is taken, so that a nested unit does not take the place of its whole."""
    a = a_pass(unit("events", "evt-withdrawal", (0, 38)), unit("events", "evt-occupation", (24, 38)))
    b = a_pass(unit("events", "evt-occupied", (24, 38)))
    c = a_pass(unit("events", "evt-leaving", (0, 38)))
    assert together([a, b, c], "events") == [
        {0: "evt-withdrawal", 2: "evt-leaving"}, {0: "evt-occupation", 1: "evt-occupied"},
    ]  # fmt: skip


def test_actors_are_known_by_all_their_names() -> None:
    """One coder rests the actor on the first mention, another on a later one: the names' occurrences join them."""

    def actor(key: str, first: tuple[int, int]) -> list[list[Line]]:
        return [
            unit("actors", key, first),
            *(
                unit("names", f"nam-{n}", span, actor_id=key, name_words=words)
                for n, (span, words) in enumerate([((0, 7), "Norland"), ((50, 59), "Port Vell"), ((70, 77), "Norland")])
            ),
        ]

    a, b = a_pass(*actor("act-norland", (0, 7))), a_pass(*actor("act-n", (50, 59)))
    assert together([a, b], "actors") == [{0: "act-norland", 1: "act-n"}]


def test_type_chooses_between_what_shares_words() -> None:
    """A return, and the departure that the same words imply, are told apart by their types where spans would not."""
    a = a_pass(unit("events", "evt-return", (62, 104), event_type="deployment"))
    b = a_pass(
        unit("events", "evt-back", (62, 138), event_type="deployment"),
        unit("events", "evt-left", (62, 104), event_type="withdrawal"),
    )
    assert {0: "evt-return", 1: "evt-back"} in together([a, b], "events")
    # But another type is a disagreement, and not another event, where there is no other candidate.
    c = a_pass(unit("events", "evt-left", (62, 104), event_type="withdrawal"))
    assert together([a, c], "events") == [{0: "evt-return", 1: "evt-left"}]


def delegations(north: str, south: str, order: tuple[str, str]) -> Pass:
    """Return a pass with two delegations that stand on the same words, and the states that they belong to."""
    return a_pass(
        unit("actors", "act-norland", (0, 7)),
        unit("actors", "act-sudland", (12, 19)),
        *(unit("actors", key, (30, 60)) for key in order),
        unit(
            "actor_relations",
            "rel-1",
            (30, 60),
            actor_id=north,
            relation_type="part_of",
            related_actor_id="act-norland",
        ),
        unit(
            "actor_relations",
            "rel-2",
            (30, 60),
            actor_id=south,
            relation_type="part_of",
            related_actor_id="act-sudland",
        ),
    )


def test_what_stands_on_the_same_words_is_told_apart_by_what_it_is_joined_to() -> None:
    """Two delegations named as one are matched by the states that they are part of, in whatever order they come."""
    a, b = delegations("act-dn", "act-ds", ("act-dn", "act-ds")), delegations("act-y", "act-x", ("act-x", "act-y"))
    units = together([a, b], "actors")
    assert {0: "act-dn", 1: "act-y"} in units and {0: "act-ds", 1: "act-x"} in units


def cessation(span: tuple[int, int], roles: tuple[str, str]) -> Pass:
    actors = [unit("actors", "act-norland", (0, 7)), unit("actors", "act-sudland", (12, 19))]
    parts = [
        unit("term_actors", f"tra-{n}", span, term_id="trm-end", actor_id=actor, actor_role=role)
        for n, (actor, role) in enumerate(zip(("act-norland", "act-sudland"), roles, strict=True))
    ]
    return a_pass(*actors, unit("ceasefire_terms", "trm-end", span), *parts)


def test_another_mention_is_known_by_what_it_is_joined_to() -> None:
    """A term that each coder rests on other words is one if the same actors have the same parts; else it is not."""
    first, later = cessation((20, 30), ("obligated", "obligated")), cessation((80, 95), ("obligated", "obligated"))
    assert together([first, later], "ceasefire_terms") == [{0: "trm-end", 1: "trm-end"}]
    other = cessation((80, 95), ("obligated", "affected"))
    assert len(together([first, other], "ceasefire_terms")) == 2


def test_words_only_leaves_both_out() -> None:
    """Without types and the rule for what is left over, what only they join or choose stays as the words have it."""
    first, later = cessation((20, 30), ("obligated", "obligated")), cessation((80, 95), ("obligated", "obligated"))
    assert len(matching.match([first, later], words_only=True)["ceasefire_terms"]) == 2
    a = a_pass(unit("events", "evt-return", (62, 104), event_type="deployment"))
    b = a_pass(
        unit("events", "evt-back", (62, 138), event_type="deployment"),
        unit("events", "evt-left", (62, 104), event_type="withdrawal"),
    )
    assert {0: "evt-return", 1: "evt-left"} in matching.match([a, b], words_only=True)["events"]


def test_rows_that_join_are_known_by_what_they_join() -> None:
    """Another role is the same unit; other ends are another unit; of two roles the same ones go together."""

    def parts(*parts: tuple[str, str, str], span: tuple[int, int] = (40, 60)) -> Pass:
        return a_pass(
            unit("actors", "act-norland", (0, 7)), unit("actors", "act-sudland", (12, 19)),
            unit("events", "evt-raid", (40, 60)),
            *(unit("event_actors", key, span, event_id="evt-raid", actor_id=a, actor_role=r) for key, a, r in parts),
        )  # fmt: skip

    a = parts(("eva-1", "act-norland", "initiator"))
    assert together([a, parts(("eva-x", "act-norland", "principal"), span=(0, 3))], "event_actors") == [
        {1: "eva-x", 0: "eva-1"}
    ]
    assert len(together([a, parts(("eva-x", "act-sudland", "initiator"))], "event_actors")) == 2
    both = parts(("eva-x", "act-norland", "principal"), ("eva-y", "act-norland", "initiator"))
    assert {0: "eva-1", 1: "eva-y"} in together([a, both], "event_actors")


def test_another_form_is_another_name() -> None:
    """Names are one unit if they give one thing in one form; the words count, not the case or the quotes."""

    def name(words: str, span: tuple[int, int]) -> Pass:
        return a_pass(
            unit("actors", "act-n", (0, 30)), unit("names", "nam-1", span, actor_id="act-n", name_words=words)
        )

    assert len(together([name("Norland’s army", (0, 14)), name("norland's Army", (0, 14))], "names")) == 1
    assert len(together([name("Norland’s army", (0, 14)), name("army", (10, 14))], "names")) == 2
    # Words of more than eight are given by their offsets alone.
    assert len(together([name("", (0, 30)), name("", (0, 30))], "names")) == 1
    assert len(together([name("", (0, 30)), name("", (0, 29))], "names")) == 2


# --- the first round ---


@pytest.fixture(scope="module")
def codings() -> list[Coding]:
    return matching.read_codings(ROOT)


@pytest.fixture(scope="module")
def first(codings: list[Coding]) -> Coding:
    """The first round, matched."""
    return next(c for c in codings if c.round == "round-1")


def test_matching_is_what_people_found(first: Coding) -> None:
    """For every row over whose existence coders differed, the same coders have it as in the adjudication.

    What was settled anew for a later version is not about the coders.

    The adjudication counts a part in another role as another row, and a link of another
    type as another link; here these are disagreements on a column: the four places are listed, and a listed one
    that is none fails.
    """
    units = {
        (table, unit[first.published]): unit
        for table in matching.TABLES for unit in first.units[table] if first.published in unit
    }  # fmt: skip
    with (ROOT / "coding/adjudication.csv").open(encoding="utf-8", newline="") as file:
        all_rows = [r for r in csv.DictReader(file) if not r["column_name"]]
    last = {(r["table_name"], r["row"]): r for r in all_rows if r["round"].startswith("round")}
    rows = [r for key, r in last.items() if r["settled"] == "coded" and key in units]
    differ = set()
    for row in rows:
        unit = units[row["table_name"], row["row"]]
        by_people = {i for i, coder in enumerate("abc") if row[f"coder_{coder}"] == "coded"}
        if by_people != set(unit) - {first.published}:
            differ.add((row["adjudication_id"], *(set(unit) - {first.published} - by_people)))
    assert len(rows) > 20
    assert differ == {("adj-014", 1), ("adj-015", 0), ("adj-067", 0), ("adj-102", 1, 2)}
    # And the other way: every published row that some coders have and some lack is in the adjudication.
    settled = {(r["table_name"], r["row"]) for r in all_rows if r["settled"] == "coded"}
    assert {place for place, unit in units.items() if 1 < len(unit) < 4} <= settled


def test_published_rows_have_no_say_in_how_passes_match(first: Coding) -> None:
    """The passes' units are the same with and without the published tables, also where these would join two."""
    alone = matching.match(list(first.passes.values()))
    for table in matching.TABLES:
        found = [{i: key for i, key in u.items() if i != first.published} for u in first.units[table]]
        assert sorted(sorted(u.items()) for u in found if u) == sorted(sorted(u.items()) for u in alone[table])
    a, b = a_pass(unit("events", "evt-a", (0, 10))), a_pass(unit("events", "evt-b", (20, 30)))
    between = a_pass([*unit("events", "evt-ab", (0, 10)), *unit("events", "evt-ab", (20, 30))])
    units = matching.match([a, b, between], matching.match([a, b]))["events"]
    assert len(units) == 2 and sum(2 in unit for unit in units) == 1


def test_order_of_passes_does_not_matter(first: Coding) -> None:
    """Passes are added one after the other; on the first round every order gives the same units."""
    coded = list(first.passes.values())

    def partition(order: tuple[int, ...]) -> set[frozenset[tuple[int, str, str]]]:
        units = matching.match([coded[i] for i in order])
        return {frozenset((order[i], t, key) for i, key in unit.items()) for t in units for unit in units[t]}

    assert len({frozenset(partition(order)) for order in itertools.permutations(range(3))}) == 1


# --- figures: properties ---


def real_package(root: Path) -> Path:
    """Copy what the figures are computed from: tables, schemas, and the first round alone."""
    for folder in ("data/csv", "schemas", "coding"):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.copy(ROOT / "datapackage.json", root)
    (root / "coding/audit.csv").unlink(missing_ok=True)

    def first_only(content: dict) -> None:
        content["resources"] = [
            r for r in content["resources"] if r.get("round", "round-1") == "round-1" and r["name"] != "audit"
        ]  # fmt: skip

    made_up.edit_json(root, "coding/datapackage.json", first_only)
    return root


def lines_of(root: Path, coder: str) -> list[Line]:
    with (root / f"coding/passes/round-1/coder-{coder}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_pass(path: Path, lines: list[Line]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


def figures_of(root: Path) -> dict[tuple[str, ...], Figure]:
    return {f[:6] if f.measure != "confusion" else (*f[:6], f.remark): f for f in reliability.compute(root)[1]}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return real_package(tmp_path_factory.mktemp("agreement") / "package")


@pytest.fixture(scope="module")
def before(real: Path) -> dict[tuple[str, ...], Figure]:
    return figures_of(real)


def test_a_pass_agrees_with_itself(real: Path, tmp_path: Path) -> None:
    """Three copies of one pass: every share and coefficient is 1, or is not given."""
    root = shutil.copytree(real, tmp_path / "package")
    for coder in "bc":
        write_pass(root / f"coding/passes/round-1/coder-{coder}.csv", lines_of(real, "a"))
    found = list(figures_of(root).values())
    assert not [f for f in found if f.measure == "confusion"]
    same = ("f1_pair", "f1_between", "observed_agreement", "alpha", "span_exact", "span_overlap", "u_alpha")
    assert {round(f.value, 12) for f in found if f.measure in same and f.value is not None} == {1.0}
    assert all(f.value == f.n for f in found if f.measure == "units_by_all")


def test_renaming_keys_changes_nothing(
    real: Path, before: dict[tuple[str, ...], Figure], tmp_path: Path
) -> None:  # fmt: skip
    """Each coder's keys can be any others, as long as they fit together."""
    root = shutil.copytree(real, tmp_path / "package")
    for coder in "abc":
        lines = lines_of(real, coder)
        keys = sorted({line["row_id"] for line in lines})
        # Numbered against the alphabet, so that nothing can follow from their order.
        new = {key: f"{key[:4]}{coder}{len(keys) - n}" for n, key in enumerate(keys)}
        renamed = [
            line | {"row_id": new[line["row_id"]], "value": new.get(line["value"], line["value"])} for line in lines
        ]
        write_pass(root / f"coding/passes/round-1/coder-{coder}.csv", renamed)
    assert figures_of(root) == before


def test_f1_is_symmetric(real: Path, before: dict[tuple[str, ...], Figure], tmp_path: Path) -> None:
    """If two coders change places, F1 between them stays, and precision and recall go with them."""
    root = shutil.copytree(real, tmp_path / "package")
    for coder, other in ("ab", "ba"):
        write_pass(root / f"coding/passes/round-1/coder-{coder}.csv", lines_of(real, other))
    after = figures_of(root)
    for key, figure in before.items():
        if key[5] == "f1_pair" and key[4] == "a b":
            assert after[key].value == figure.value
        if key[4] == "a" and key[5] in ("precision", "recall"):
            assert after[*key[:4], "b", key[5]].value == figure.value


# --- figures: each one moves ---


def changed(where: Callable[[Line], bool], **cells: str) -> Callable[[list[Line]], list[Line]]:
    return lambda lines: [line | cells if where(line) else line for line in lines]


def row(key: str, column: str | None = None) -> Callable[[Line], bool]:
    return lambda line: line["row_id"] == key and column in (None, line["column_name"])


def without(key: str) -> Callable[[list[Line]], list[Line]]:
    return lambda lines: [line for line in lines if line["row_id"] != key]


U, C = "", "realis"
MOVES: list[tuple[str, Callable[[list[Line]], list[Line]], str, str, set[str]]] = [
    ("unit left out", without("evt-airstrikes"), "events", U,
     {"units_by_all", "f1_pair", "f1_between", "recall", "f1_published"}),
    ("unit too many", lambda lines: [*lines, *unit("events", "evt-new", (1, 4))], "events", U,
     {"units", "units_by_one", "f1_pair", "f1_between", "precision", "f1_published", "u_alpha"}),
    ("code", changed(row("evt-airstrikes", C), value="hypothetical"), "events", C,
     {"observed_agreement", "alpha", "confusion"}),
    ("code left empty", changed(row("evt-airstrikes", C), value=""), "events", C,
     {"observed_agreement", "alpha", "confusion"}),
    ("place", changed(row("evt-meeting", "place_id"), value="plc-lebanon"), "events", "place_id",
     {"observed_agreement", "alpha", "confusion"}),
    ("date", changed(row("evt-talks-1983", "start_edtf"), value="1984"), "events", "start_edtf",
     {"observed_agreement", "alpha", "confusion"}),
    ("boolean", changed(row("stm-accuse-violating", "is_repeated"), value="false"), "statements", "is_repeated",
     {"observed_agreement", "confusion"}),
    ("role", changed(row("eva-us-pressure-us-initiator", "actor_role"), value="broker"), "event_actors", "actor_role",
     {"observed_agreement", "alpha", "confusion"}),
    ("span", changed(row("evt-airstrikes", U), char_start="1890"), "events", U,
     {"span_exact", "span_overlap", "u_alpha"}),
    ("words", changed(row("stm-accuse-violating", "cue_words"), char_start="1240"), "statements", "cue_words",
     {"span_exact", "span_overlap"}),
    ("occurrence", changed(row("nam-iran-iran", "name_words"), char_start="1240"), "names", "name_words",
     {"span_exact", "span_overlap"}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "change", "table", "column", "measures"), MOVES, ids=[m[0] for m in MOVES])
def test_figures_move(
    what: str, change: Callable[[list[Line]], list[Line]], table: str, column: str, measures: set[str],
    real: Path, before: dict[tuple[str, ...], Figure], tmp_path: Path,
) -> None:  # fmt: skip
    """One raw value of one coder is changed: the figures that it concerns move, and those of other columns stay."""
    root = shutil.copytree(real, tmp_path / "package")
    lines = change(lines_of(root, "a"))
    assert lines != lines_of(root, "a")
    write_pass(root / "coding/passes/round-1/coder-a.csv", lines)
    after = figures_of(root)
    moved = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    if what == "unit left out":
        assert ("round-1", "src-naqoura-report", "", "", "", "f1_by_words") in moved
    assert {key[5] for key in moved if key[2:4] == (table, column)} >= measures
    if column == C:
        assert {key[2:4] for key in moved} == {(table, column)}


def test_every_measure_is_moved_by_some_case() -> None:
    """No figure stands on the page that none of the cases above moves; those of the audit are tried below, and the one by
    words alone in the first case."""
    explained = agreement_page.PAGE.read_text("utf-8").partition("### Columns of agreement.csv")[2]
    others = {*reliability.VERDICTS, "f1_by_words", "recall_of_cells", "recall_of_rows"}
    assert set().union(*(m[4] for m in MOVES)) == set(re.findall(r"^\| `(\w+)` \|", explained, re.M)) - others


def test_no_coefficient_where_it_means_nothing(before: dict[tuple[str, ...], Figure]) -> None:
    """Alpha is given for 20 units or more with two values or more, with its interval; else a remark says why not."""
    alphas = [f for f in before.values() if f.measure == "alpha"]
    assert any(f.value is None for f in alphas) and any(f.value is not None for f in alphas)
    for f in alphas:
        if f.value is None:
            assert f.remark and (f.n < reliability.ENOUGH or "only" in f.remark), f
        else:
            assert f.n >= reliability.ENOUGH and f.low <= f.value <= f.high, f
    assert all(f.remark for f in before.values() if f.value is None)


# --- other texts and rounds ---


def with_manual_test(root: Path) -> Path:
    """Add two made-up reports, each coded by g, h and i, to a package; the third lacks an event."""
    text = made_up.TEXT
    base = [
        unit("actors", "act-norland", (0, 7), actor_type="state"),
        unit("actors", "act-sudland", (12, 19), actor_type="state"),
        unit("events", "evt-talks", (20, 33), event_type="talks", realis="actual"),
        unit("event_actors", "eva-1", (0, 33), event_id="evt-talks", actor_id="act-norland", actor_role="participant"),
    ]
    folder = root / "coding/passes/manual-test"
    for report, coder in itertools.product(("report-1", "report-2"), "ghi"):
        path = folder / f"{report}-coder-{coder}.csv"
        write_pass(path, list(itertools.chain.from_iterable(base[:2] if coder == "i" else base)))
        (folder / f"{report}.txt").write_text(text, encoding="utf-8")
        agreement.add_pass(root, path, "manual-test", report, coder)
    return root


def test_made_up_texts_stand_beside_the_first_round(real: Path, tmp_path: Path) -> None:
    """Texts without published tables are compared by themselves and together, and have no figure against tables."""
    root = with_manual_test(shutil.copytree(real, tmp_path / "package"))
    assert list(check.coding_problems(root)) == []
    found = figures_of(root)
    assert [(f.round, f.text) for f in found.values() if f.measure == "units" and not f.table_name] == [
        ("round-1", "src-naqoura-report"), ("manual-test", ""), ("manual-test", "report-1"), ("manual-test", "report-2"),
    ]  # fmt: skip
    assert found["manual-test", "", "events", "", "", "units"].value == 2
    assert found["manual-test", "report-1", "events", "", "", "f1_between"].value == pytest.approx((1 + 0 + 0) / 3)
    assert not any(f.measure == "precision" and f.round == "manual-test" for f in found.values())
    page = agreement_page.products(root)[0]["coding/AGREEMENT.md"].decode("utf-8")
    assert "|  | round 1 | test of the manual |" in page and "## Test of the manual, report 2" in page
    assert page == agreement_page.products(root)[0]["coding/AGREEMENT.md"].decode("utf-8")


def test_keys_of_two_texts_are_different_things() -> None:
    """A place of one report and a place of another are not the same value because their units have one name."""
    one = a_pass(unit("places", "plc-x", (0, 4)), unit("events", "evt-a", (5, 9), place_id="plc-x"))
    group = [matching.matched("t", text, 20, {"g": one, "h": one}, None) for text in ("r1", "r2")]
    figures = list(reliability.column_figures(group, "events", "place_id"))
    assert [f.measure for f in figures] == ["observed_agreement", "alpha"]
    assert "2 units are too few" in figures[1].remark


def test_unknown_text_is_named(real: Path, tmp_path: Path) -> None:
    """A pass over a text that nobody has is refused by its name."""
    root = shutil.copytree(real, tmp_path / "package")
    made_up.edit_json(root, "coding/datapackage.json", lambda d: d["resources"][0].update(text="report-9"))
    with pytest.raises(PackageError, match="'report-9', which is neither"):
        matching.read_codings(root)


def test_what_is_coded_is_matched() -> None:
    """The tables that the manual tells coders to code are those that are matched."""
    assert set(products.CODED_TABLES) == set(matching.TABLES) and len(products.CODED_TABLES) == len(matching.TABLES)


def test_passes_lie_inside_their_texts(codings: list[Coding]) -> None:
    """No span of any pass of any round goes over the end of its text, and every unit has a span of its own."""
    for coding in codings:
        for coded in coding.passes.values():
            for row in (row for rows in coded.values() for row in rows.values()):
                assert row.span and max(row.span, *row.spans.values(), 0).bit_length() <= coding.length


def test_package_without_passes(made_up_root: Path) -> None:
    """A package that has no passes has no page of agreement, and is built all the same."""
    assert agreement_page.products(made_up_root) == ({}, [])


# --- audit ---


def test_sample_is_seeded_and_kept(real: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same seed draws the same cells, all filled and in need of evidence; a drawn audit is not drawn over."""
    roots = [shutil.copytree(real, tmp_path / name) for name in ("one", "two")]
    for root in roots:
        assert agreement.main(["--root", str(root), "sample", "--seed", "7", "--n", "150"]) == 0
    sheet = (roots[0] / "coding/audit.csv").read_bytes()
    assert sheet == (roots[1] / "coding/audit.csv").read_bytes() and sheet.count(b"\n") == 151
    rows = files.read_rows(roots[0] / "coding/audit.csv", "audit")
    package = Package(ROOT)
    assert {package.fields(r["table_name"])[r["column_name"]]["evidence"] for r in rows} == {"own", "row"}
    assert all(r["value"] and not r["verdict"] for r in rows) and len({tuple(r.items()) for r in rows}) == 150
    capsys.readouterr()
    assert agreement.main(["--root", str(roots[0]), "sample", "--seed", "8"]) == 1
    assert "there is an audit already" in capsys.readouterr().err
    assert (roots[0] / "coding/audit.csv").read_bytes() == sheet


def test_audit_has_its_rate(real: Path, tmp_path: Path) -> None:
    """An audit that is not filled in is refused by its cell; a full one gives the share with Wilson's interval."""
    root = shutil.copytree(real, tmp_path / "package")
    agreement.draw(root, 1, 20)
    with pytest.raises(PackageError, match=r"audit.csv:2: .* the verdict is ''; expected one of carried"):
        reliability.audit_figures(root)
    rows = files.read_rows(root / "coding/audit.csv", "audit")
    for n, row in enumerate(rows):
        row["verdict"] = "debatable" if n == 3 else "carried"
    write_pass(root / "coding/audit.csv", rows)
    assert list(check.coding_problems(root)) == []
    found = {f.measure: f for f in reliability.audit_figures(root)}
    assert (found["carried"].value, found["not_carried"].value, found["debatable"].value) == (0.95, 0, 0.05)
    # Wilson (1927), by hand: 19 of 20 at 95%.
    assert (found["carried"].low, found["carried"].high) == pytest.approx((0.7639, 0.9911), abs=1e-4)
    page = agreement_page.products(root)[0]["coding/AGREEMENT.md"].decode("utf-8")
    assert "| carried | 19 of 20 cells | 95.0% | 76.4% to 99.1% |" in page
    rows[0]["verdict"] = "not_carried"
    write_pass(root / "coding/audit.csv", rows)
    assert {f.measure: f for f in reliability.audit_figures(root)}["carried"].value == 0.9


def test_what_was_not_carried_is_mended() -> None:
    """Of the audit of these tables: a cell that the text does not carry has another value now, and a note says which."""
    path = ROOT / "coding/audit.csv"
    rows = files.read_rows(path, "audit") if path.exists() else []
    package = Package(ROOT)
    for audited in rows:
        table = audited["table_name"]
        now = {r[package.key(table)]: r for r in package.read_words(table).to_pylist()}.get(audited["row_id"], {})
        if audited["verdict"] == "not_carried":
            assert now.get(audited["column_name"]) != audited["value"], audited
        assert audited["verdict"] == "carried" or audited["note"], audited


# --- the files ---


def test_page_is_stale_when_a_pass_changes(real: Path, tmp_path: Path) -> None:
    """One raw value changes: figures and page are stale, and the check says so; the build heals them."""
    root = shutil.copytree(real, tmp_path / "package")
    for path, data in products.products(root).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    assert products.stale(root, products.products(root)) == []
    lines = changed(row("evt-airstrikes", "realis"), value="hypothetical")(lines_of(root, "a"))
    write_pass(root / "coding/passes/round-1/coder-a.csv", lines)
    made = products.products(root)
    assert products.stale(root, made) == ["coding/agreement.csv", "coding/AGREEMENT.md"]
    write_pass(root / "coding/passes/round-1/coder-a.csv", without("evt-airstrikes")(lines))
    assert "coding/matches.csv" in products.stale(root, products.products(root))


def test_every_figure_below_its_goal_has_its_reason() -> None:
    """What is below its goal stays in the open with the reason; a note on a figure that is not there is stale."""
    found = reliability.compute(ROOT)[1]
    notes = agreement_page.reasons(ROOT)
    below = {(f.round, f.table_name, f.column_name) for f in agreement_page.below(found)}
    assert below <= notes.keys(), "say why in coding/agreement-notes.csv"
    assert notes.keys() <= {(f.round, f.table_name, f.column_name) for f in found if f.value is None or f.value < 1}


def test_command_prints_the_main_figures(real: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`make agreement` writes the three files and says how far the passes agree."""
    root = shutil.copytree(real, tmp_path / "package")
    for name in ("agreement.csv", "matches.csv", "AGREEMENT.md"):
        (root / "coding" / name).unlink()
    assert agreement.main(["--root", str(root)]) == 0
    out = capsys.readouterr().out
    assert "round 1: 3 passes, 371 units, F1 with each other 0.962" in out
    assert all((root / "coding" / name).is_file() for name in ("agreement.csv", "matches.csv", "AGREEMENT.md"))
    (root / "coding/passes/round-1/coder-b.csv").unlink()
    assert agreement.main(["--root", str(root)]) == 1
    assert "coder-b.csv: the pass round-1-coder-b is missing" in capsys.readouterr().err
    for path in ("coding/passes/none.csv", "datapackage.json"):
        command = ["--root", str(root), "add", str(root / path), "--round", "r", "--text", "t", "--coder", "z"]
        assert agreement.main(command) == 1
        assert "expected a raw pass" in capsys.readouterr().err


def test_descriptor_names_every_pass() -> None:
    """No raw pass lies beside the descriptor unnamed."""
    named = {r["path"] for r in json.loads((ROOT / "coding/datapackage.json").read_text("utf-8"))["resources"]}
    there = {p.relative_to(ROOT / "coding").as_posix() for p in (ROOT / "coding/passes").rglob("*.csv")}
    assert there <= named

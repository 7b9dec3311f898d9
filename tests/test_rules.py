"""Every rule sees what it is there to see: one broken package, or more, for each.

frictionless alone accepts most of these packages; that is why the rules are there. Each case breaks
the made-up package in one place, and the rule must name that place: file, row and column.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pytest

from made_up import TEXT, edit, edit_json, rewrite, rows
from naqoura_talks.package import Package
from scripts.check import command as check
from scripts.check import database, files, rules, schemas
from scripts.check.problems import Problem, as_text, in_order


def told_by(rule: str, root: Path) -> list[Problem]:
    """Return what one rule finds, without asking the others."""
    package = Package(root)
    match rule:
        case "datapackage":
            return check.source_problems(root)
        case "tableschema":
            return [p for name in package.tables for p in schemas.schema_problems(package, name)]
        case "readable":
            return [p for p in check.source_problems(root) if p.rule == rule]
        case "orphan-files":
            return list(files.orphan_files(package))
        case "canonical-form":
            return [p for name in package.tables for p in files.canonical_form(package, name)]
        case "frictionless":
            return list(schemas.frictionless_problems(package, package.tables))
    asked = [r for r in rules.every(package, True) if r.name == rule]
    assert asked, f"there is no rule {rule}"
    return rules.ask(database.read(package, (TEXT,)), asked)[0]


def cell(table: str, key: str, **cells: str) -> Callable[[Path], None]:
    return lambda root: edit(root, table, key, **cells)


def drop(table: str, key: str) -> Callable[[Path], None]:
    return lambda root: rewrite(root, table, [r for r in rows(root, table) if next(iter(r.values())) != key])


def raw(table: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def apply(root: Path) -> None:
        path = root / f"data/csv/{table}.csv"
        path.write_bytes(change(path.read_bytes()))

    return apply


def field(table: str, column: str, change: Callable[[dict], None]) -> Callable[[Path], None]:
    def apply(schema: dict) -> None:
        change(next(f for f in schema["fields"] if f["name"] == column))

    return lambda root: edit_json(root, f"schemas/{table}.json", apply)


def without_column(table: str, column: str) -> Callable[[Path], None]:
    def apply(root: Path) -> None:
        edit_json(
            root, f"schemas/{table}.json", lambda s: s.update(fields=[f for f in s["fields"] if f["name"] != column])
        )
        rewrite(root, table, [{c: v for c, v in r.items() if c != column} for r in rows(root, table)])

    return apply


def schema(table: str, change: Callable[[dict], None]) -> Callable[[Path], None]:
    return lambda root: edit_json(root, f"schemas/{table}.json", change)


def descriptor(change: Callable[[dict], None]) -> Callable[[Path], None]:
    return lambda root: edit_json(root, "datapackage.json", change)


def set_constraint(name: str, value: object) -> Callable[[dict], None]:
    return lambda f: f.setdefault("constraints", {}).update({name: value})


def outside(root: Path) -> None:
    (root / "data/csv/actors.csv").unlink()
    (root / "data/csv/actors.csv").symlink_to("/etc/hostname")


# rule, what breaks the package, and what the problem must name: in file, row, column or value.
CASES: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "a table removed": ("readable", lambda r: (r / "data/csv/places.csv").unlink(), "places.csv"),
    "another encoding": ("readable", raw("actors", lambda b: b.replace(b"State.", b"\xc9tat.")), "actors.csv"),
    "tabs for commas": ("readable", raw("places", lambda b: b.replace(b",", b"\t")), "places.csv:1"),
    "a column too many": ("readable", raw("codes", lambda b: b.replace(b"definition", b"definition,x", 1)), "codes.csv"),
    "columns swapped": ("readable", raw("codes", lambda b: b.replace(b"label,definition", b"definition,label")), "codes"),
    "an empty file": ("readable", raw("events", lambda b: b""), "events.csv"),
    "a schema that is not JSON": ("readable", lambda r: (r / "schemas/events.json").write_text("{"), "events.json:1"),
    "an orphan file": ("orphan-files", lambda r: (r / "data/csv/notes.csv").write_text("x\n"), "data/csv/notes.csv"),
    "an orphan schema": ("orphan-files", lambda r: (r / "schemas/notes.json").write_text("{}"), "schemas/notes.json"),
    "a byte order mark": ("canonical-form", raw("actors", lambda b: b"\xef\xbb\xbf" + b), "actors.csv:1"),
    "CRLF": ("canonical-form", raw("actors", lambda b: b.replace(b"\n", b"\r\n")), "actors.csv"),
    "no newline at the end": ("canonical-form", raw("actors", lambda b: b.rstrip(b"\n")), "actors.csv:4"),
    "a needless quotation mark": ("canonical-form", raw("actors", lambda b: b.replace(b"State.", b'"State."')), "actors.csv:2"),
    "an integer with a plus": ("plain-spelling", cell("codes", "cod-support-explicit", code_order="+3"), "codes.csv"),
    "a date with one digit": ("plain-spelling", cell("events", "evt-harbour-talks", start_earliest="2031-5-4"), "events.csv"),
    "a number with a zero too many": ("plain-spelling", cell("places", "plc-port-vell", latitude="10.50"), "places.csv:2"),
    "True for true": ("plain-spelling", cell("statements", "stm-spokesman-useful", is_repeated="True"), "statements.csv"),
    "a trailing space": ("no-padding", cell("actors", "act-norland", name="Norland "), "name"),
    "a non-breaking space": ("no-odd-characters", cell("actors", "act-norland", name="Nor\u00a0land"), "name"),
    "a direction mark": ("no-odd-characters", cell("actors", "act-norland", name="Norland\u200f"), "name"),
    "a NUL": ("no-odd-characters", cell("actors", "act-norland", name="Nor\x00land"), "name"),
    "NFD": ("composed-characters", cell("actors", "act-norland", name="No\u0308rland"), "name"),
    "NA for empty": ("missing-is-empty", cell("actors", "act-norland", role_title="NA"), "role_title"),
    "a required cell empty": ("frictionless", cell("events", "evt-harbour-talks", title=""), "title"),
    "a code of no codelist": ("frictionless", cell("events", "evt-harbour-talks", realis="real"), "realis"),
    "a value of another form": ("frictionless", cell("actors", "act-norland", country_code="no"), "country_code"),
    "a form with a line more": ("no-odd-characters", cell("actors", "act-norland", country_code="NOR\n"), "country_code"),
    "a number too small": ("frictionless", cell("evidence", "evd-act-norland-row-1", char_start="-1"), "char_start"),
    "a number too large": ("frictionless", cell("places", "plc-port-vell", latitude="90.5"), "latitude"),
    "a value twice": (
        "frictionless",
        lambda r: [
            field("codes", "label", set_constraint("unique", True))(r),
            cell("codes", "cod-support-explicit", label="Inferred")(r),
        ],
        "label",
    ),
    "a prefix that another table has": (
        "prefix-of-its-own",
        field("places", "place_id", lambda f: f.update(example="act-x", constraints=f["constraints"] | {"pattern": "act-[a-z0-9]+(-[a-z0-9]+)*"})),
        "places.json",
    ),
    "a source that nothing uses": (
        "sources-are-used", lambda r: rewrite(r, "sources", [*rows(r, "sources"), rows(r, "sources")[0] | {"source_id": "src-x"}]), "src-x",
    ),
    "another publisher than cited": ("publisher-in-the-citation", cell("sources", "src-gazetteer", publisher="Nobody"), "publisher"),
    "a text that begins later": ("passages-begin", cell("passages", "psg-harbour-report-p01-s1", char_start="1"), "char_start"),
    "a passage beyond the text": ("passages-lie-in-the-text", cell("passages", "psg-harbour-report-p03-s1", char_end="9999"), "char_end"),
    "rows unsorted": ("sorted-rows", lambda r: rewrite(r, "actors", rows(r, "actors")[::-1]), "act-spokesman"),
    "a doubled key": ("frictionless", lambda r: rewrite(r, "actors", [rows(r, "actors")[0], *rows(r, "actors")]), "act-norland"),
    "an empty key": ("frictionless", cell("actors", "act-norland", actor_id=""), "actor_id"),
    "a prefix of another table": (
        "tableschema", field("places", "place_id", set_constraint("pattern", "act-[a-z0-9]+(-[a-z0-9]+)*")), "places.json",
    ),
    "another primary key": ("key-is-first", schema("places", lambda s: s.update(primaryKey=["name"])), "places.json"),
    "two rows that say the same": (
        "rows-differ",
        lambda r: rewrite(
            r, "event_links", [*rows(r, "event_links"), rows(r, "event_links")[0] | {"event_link_id": "evl-x"}]
        ),
        "evl-x",
    ),
    "two of three filled": ("exactly-one-of", cell("names", "nam-norland", place_id="plc-port-vell"), "nam-norland"),
    "none of five filled": ("exactly-one-of", cell("statement_links", "stl-spokesman-breach-asserts-evt", event_id=""), "stl-"),
    "a misspelt property": ("tableschema", field("events", "title", lambda f: f.update(constrains={})), "constrains"),
    "a constraint that is not one": ("tableschema", field("events", "title", set_constraint("maxlen", 3)), "maxlen"),
    "a description gone": ("tableschema", field("events", "title", lambda f: f.pop("description")), "title, description"),
    "an example that is not valid": ("tableschema", field("events", "realis", lambda f: f.update(example="x")), "realis"),
    "an example of another type": ("tableschema", field("codes", "code_order", lambda f: f.update(example="x")), "code_order"),
    "provenance unknown": ("tableschema", field("events", "title", lambda f: f.update(provenance="x")), "provenance"),
    "evidence unknown": ("tableschema", field("events", "title", lambda f: f.update(evidence="x")), "evidence"),
    "words without proof": ("tableschema", field("names", "name_words", lambda f: f.update(evidence="row")), "name_words"),
    "a suffix of another type": ("tableschema", field("events", "start_latest", lambda f: f.update(type="string")), "date"),
    "a bare alternation": (
        "tableschema", field("sources", "language", set_constraint("pattern", "en|[a-z]{2}")), "language",
    ),
    "another empty": ("tableschema", schema("events", lambda s: s.update(missingValues=["", "NA"])), "missingValues"),
    "a limit of another type": ("tableschema", field("codes", "code_order", set_constraint("minimum", "x")), "minimum"),
    "a pattern longer than a page": (
        "tableschema", field("sources", "language", set_constraint("pattern", "e" * 1001)), "language",
    ),
    "a bad pattern": ("tableschema", field("sources", "language", set_constraint("pattern", "(en")), "language"),
    "an enum out of step": ("enums-are-codelists", field("events", "realis", lambda f: f["constraints"]["enum"].pop()), "realis"),
    "an enum without a codelist": ("enums-have-a-codelist", field("events", "realis", lambda f: f.pop("codelist")), "realis"),
    "an order out of step": (
        "ordered-codelists", field("evidence", "support", lambda f: f["categories"].reverse()), "support",
    ),
    "a gap in an order": ("codes-are-numbered", cell("codes", "cod-support-explicit", code_order="5"), "code_order"),
    "a codelist that nothing uses": ("codelists-are-used", cell("codes", "cod-realis-actual", codelist="reality"), "reality"),
    "a crosswalk from no code": ("crosswalk-from-codes", cell("crosswalk", "cwk-speech-act-accuse-cameo", code="blame"), "blame"),
    "a key that points nowhere": ("frictionless", cell("events", "evt-harbour-talks", place_id="plc-nowhere"), "plc-nowhere"),
    "a foreign key to no table": (
        "foreign-keys-lead-to-keys", schema("events", lambda s: s["foreignKeys"][0]["reference"].update(resource="x")), "events.json",
    ),
    "a foreign key gone": ("ids-are-foreign-keys", schema("ceasefire_terms", lambda s: s.pop("foreignKeys")), "agreement_id"),
    "EDTF of no known form": ("frictionless", cell("events", "evt-harbour-talks", start_edtf="2031-05-XX"), "start_edtf"),
    "a month that is none": ("dates-are-edtf", cell("events", "evt-truce-in-effect", start_edtf="2031-13"), "start_edtf"),
    "a bound out of step": ("latest-follows", cell("events", "evt-truce-in-effect", start_latest="2031-03-30"), "start_latest"),
    "an earliest day out of step": ("earliest-follows", cell("events", "evt-truce-in-effect", start_earliest="2031-03-02"), "start_earliest"),
    "an end before the start": (
        "start-before-end",
        cell("events", "evt-harbour-talks", end_edtf="2031-05-03", end_earliest="2031-05-03", end_latest="2031-05-03"),
        "end_latest",
    ),
    "undated with a date": ("implications", cell("events", "evt-harbour-talks", date_basis="undated"), "start_edtf"),
    "dated without words": ("implications", cell("events", "evt-harbour-talks", date_words=""), "date_words"),
    "a claim coded as a fact": ("asserted-rows-are-claims", cell("events", "evt-truce-breach", attribution="narrator"), "evt-truce-breach"),
    "a fact coded as a claim": ("claims-are-asserted", cell("events", "evt-harbour-talks", attribution="both"), "evt-harbour-talks"),
    "asserts turned into mentions": (
        "claims-are-asserted", cell("statement_links", "stl-spokesman-breach-asserts-evt", link_role="mentions"), "evt-truce-breach",
    ),
    "a speaker where nothing can point": (
        "claims-are-asserted", cell("agreement_actors", "aga-harbour-truce-sudland-bound-not-party", attribution="speaker"), "aga-",
    ),
    "certainty of an urging": ("implications", cell("statements", "stm-spokesman-breach", speech_act="urge"), "certainty"),
    "no polarity of a claim": ("implications", cell("statements", "stm-spokesman-breach", polarity=""), "polarity"),
    "a quotation in indirect speech": ("implications", cell("statements", "stm-spokesman-useful", mode="indirect"), "quote_words"),
    "a warning as a compliance claim": ("implications", cell("statements", "stm-spokesman-breach", speech_act="warn"), "clm-"),
    "an actor without a part": (
        "actors-have-a-part",
        lambda r: [
            rewrite(r, "actor_relations", rows(r, "actor_relations")[:0] or [dict.fromkeys(rows(r, "actor_relations")[0], "")]),
            edit(r, "statements", "stm-spokesman-breach", speaker_actor_id="act-norland"),
            edit(r, "statements", "stm-spokesman-useful", speaker_actor_id="act-norland"),
        ],
        "act-spokesman",
    ),
    "an actor without a name": ("things-are-named", cell("names", "nam-norland", actor_id="act-sudland"), "act-norland"),
    "a possible event that hangs on nothing": (
        "hypothetical-events-are-needed",
        lambda r: [
            edit(r, "events", "evt-harbour-talks", realis="hypothetical"),
            edit(r, "event_links", "evl-harbour-talks-follows-truce-in-effect", event_id="evt-truce-breach"),
            edit(r, "statement_links", "stl-spokesman-useful-mentions-evt", event_id="evt-truce-breach"),
        ],
        "evt-harbour-talks",
    ),
    "a status that binds someone": ("obligations-are-conduct", cell("ceasefire_terms", "trm-leave-harbour", conduct_type="no_conduct"), "trm-"),
    "an event linked to itself": (
        "no-event-linked-to-itself", cell("event_links", "evl-harbour-talks-follows-truce-in-effect", linked_event_id="evt-harbour-talks"), "evl-",
    ),
    "one coordinate": ("coordinates-of-points", cell("places", "plc-port-vell", longitude=""), "plc-port-vell"),
    "a PLOVER country from nowhere": ("plover-country", cell("actors", "act-norland", plover_country="XNO"), "plover_country"),
    "a PLOVER sector out of step": ("plover-sector", cell("actors", "act-norland", plover_sector="GOV"), "plover_sector"),
    "evidence for no table": ("evidence-of-a-table", cell("evidence", "evd-act-norland-row-1", table_name="actor"), "table_name"),
    "evidence for a row that is gone": ("evidence-of-a-row", cell("evidence", "evd-act-norland-row-1", row_id="act-gone"), "row_id"),
    "evidence for no column": (
        "evidence-of-a-column", cell("evidence", "evd-evt-harbour-talks-place-id-1", column_name="place"), "column_name",
    ),
    "evidence for an empty cell": ("evidence-of-a-filled-cell", cell("events", "evt-harbour-talks", place_id=""), "column_name"),
    "evidence that no column asks for": (
        "evidence-of-a-column", cell("evidence", "evd-evt-harbour-talks-place-id-1", column_name="title"), "column_name",
    ),
    "external with offsets": ("implications", cell("evidence", "evd-plc-port-vell-latitude-1", char_start="3"), "char_start"),
    "no digest": ("implications", cell("evidence", "evd-act-norland-row-1", sha256=""), "sha256"),
    "words from a reference": ("implications", cell("evidence", "evd-act-norland-row-1", source_id="src-gazetteer"), "source_id"),
    "inferred without the step": ("implications", cell("evidence", "evd-act-norland-row-1", support="inferred"), "note"),
    "a span across two passages": ("span-within-a-passage", cell("evidence", "evd-act-norland-row-1", char_end="150"), "char_start"),
    "a row without evidence": ("rows-have-evidence", drop("evidence", "evd-act-norland-row-1"), "act-norland"),
    "a cell without evidence": ("cells-have-evidence", drop("evidence", "evd-evt-harbour-talks-place-id-1"), "place_id"),
    "an external cell without its reference": (
        "outside-values-have-a-reference", cell("evidence", "evd-plc-port-vell-latitude-1", support="explicit"), "latitude",
    ),
    "a quotation changed": ("verbatim-cells-prove-themselves", cell("statements", "stm-spokesman-useful", quote_words="useless"), "quote_words"),
    "a digest of the unfolded span": (
        "verbatim-cells-prove-themselves", cell("evidence", "evd-stm-spokesman-useful-quote-words-1", sha256=sha256("\u201cuseful".encode()).hexdigest()), "quote_words",
    ),
    "a digest of the unfolded span, with the text": (
        "digests-of-the-text",
        cell("evidence", "evd-stm-spokesman-useful-row-1", sha256=sha256("spokesman for Norland called the talks \u201cuseful".encode()).hexdigest()),
        "evd-stm-spokesman-useful-row-1",
    ),
    "a digest of another span": ("verbatim-cells-prove-themselves", cell("evidence", "evd-nam-norland-name-words-1", sha256="0" * 64), "nam-norland"),
    "a passage left out": ("passages-follow", drop("passages", "psg-harbour-report-p02-s1"), "psg-harbour-report-p02-s2"),
    "a passage neither coded nor excused": (
        "uncoded-passages-say-why", cell("passages", "psg-harbour-report-p03-s1", not_coded_reason=""), "not_coded_reason",
    ),
    "a passage both coded and excused": (
        "coded-passages-have-no-reason", cell("passages", "psg-harbour-report-p01-s1", not_coded_reason="restates"), "not_coded_reason",
    ),
    "a text longer than its passages": ("text-ends-with-its-passages", cell("sources", "src-harbour-report", text_chars="999"), "text_chars"),
    "an offset moved by one": ("digests-of-the-text", cell("evidence", "evd-act-norland-row-1", char_start="1"), "evd-act-norland-row-1"),
    "another text": ("the-text-that-was-coded", cell("sources", "src-harbour-report", text_sha256="0" * 64), "text_sha256"),
    "an occurrence that nobody judged": ("every-name-is-judged", drop("evidence", "evd-nam-sudland-name-words-2"), "nam-sudland"),
    "a profile broken": ("datapackage", descriptor(lambda d: d.update(name=3)), "datapackage.json:3"),
    "a schema against the profile": ("tableschema", schema("events", lambda s: s.update(primaryKey=3)), "events.json"),
    "an unknown property": ("datapackage", descriptor(lambda d: d.update(licence="x")), "licence"),
    "no licence": ("datapackage", descriptor(lambda d: d.pop("licenses")), "licenses"),
    "a version that is none": ("datapackage", descriptor(lambda d: d.update(version="1.0")), "version"),
    "a path out of the package": ("datapackage", descriptor(lambda d: d["resources"][0].update(path="../x.csv")), "actors, path"),
    "a path on the network": ("datapackage", descriptor(lambda d: d["resources"][0].update(path="https://example.org/x.csv")), "actors, path",
    ),
    "a dialect loosened": ("datapackage", descriptor(lambda d: d["resources"][1].pop("dialect")), "actor_relations, dialect"),
    "a group that is none": ("datapackage", descriptor(lambda d: d["resources"][0].update(group="x")), "actors, group"),
    "a resource twice": ("datapackage", descriptor(lambda d: d["resources"].append(d["resources"][0])), "names that differ"),
}  # fmt: skip


def test_made_up_package_is_whole(made_up_root: Path) -> None:
    """Nothing is wrong with the package before it is broken, or the cases below would prove nothing."""
    assert check.source_problems(made_up_root, (TEXT,)) == []


@pytest.mark.parametrize("case", CASES)
def test_rule_sees(case: str, made_up_root: Path) -> None:
    """The rule names the broken place, in words a curator can act on."""
    rule, break_it, place = CASES[case]
    break_it(made_up_root)
    mine = told_by(rule, made_up_root)
    assert mine, f"{rule} saw nothing"
    assert any(place in str(p) for p in mine), [str(p) for p in mine]
    assert all(p.expected and p.hint for p in mine)


def test_every_rule_has_a_case() -> None:
    """A rule without a broken fixture may never fire: each has one."""
    from test_consistent_edits import EDITS
    from test_implied_rules import CASES as MORE_CASES

    others = {
        "readable",
        "orphan-files",
        "canonical-form",
        "frictionless",
        "datapackage",
        "tableschema",
        "implications",
    }
    named = {rule.name for rule in rules.in_folder()}
    assert named | others == {rule for rule, _, _ in [*CASES.values(), *MORE_CASES.values(), *EDITS.values()]}


def test_all_errors_in_one_run(made_up_root: Path) -> None:
    """Two mistakes in two tables are both told, in the order of files, with a count by rule."""
    edit(made_up_root, "actors", "act-norland", description="State. ")
    edit(made_up_root, "events", "evt-truce-breach", attribution="narrator")
    report = as_text(check.source_problems(made_up_root, (TEXT,)))
    assert report.index("data/csv/actors.csv:2") < report.index("data/csv/events.csv:3")
    assert "problem(s): no-padding 1, asserted-rows-are-claims 1" in report


def test_unreadable_table_is_one_problem(made_up_root: Path) -> None:
    """A table in another encoding is the first problem and tells what was not asked; the rest is still told."""
    path = made_up_root / "data/csv/names.csv"
    path.write_bytes(path.read_bytes().replace(b"Port Vell", b"P\xf6rt Vell"))
    (only,) = check.source_problems(made_up_root, (TEXT,))
    assert only.rule == "readable" and only.file == "data/csv/names.csv"
    assert "rules are not asked of names" in only.hint
    edit(made_up_root, "actors", "act-norland", description="State. ")
    assert [p.rule for p in in_order(check.source_problems(made_up_root, (TEXT,)))] == ["readable", "no-padding"]


def test_a_code_that_is_gone_is_told(made_up_root: Path) -> None:
    """A rule that stands on a code that the codelist no longer has says so, and nothing ends in an error."""
    for path in ("schemas/ceasefire_terms.json", "data/csv/codes.csv", "data/csv/ceasefire_terms.csv"):
        file = made_up_root / path
        file.write_text(file.read_text("utf-8").replace("agreed_term", "settled_term"), "utf-8")
    found = check.source_problems(made_up_root, (TEXT,))
    assert any(p.rule == "agreed-terms-oblige" and p.value == "agreed_term" for p in found)
    assert any(p.rule == "implications" and p.value == "agreed_term" for p in found)
    assert not any(p.rule == "rules" for p in found)


def test_no_code_falls_silent(made_up_root: Path) -> None:
    """Whatever code a rule or implication names: if its codelist loses it, that is told, also of one table's roles alone."""
    known = database.read(Package(made_up_root), (TEXT,))
    every = rules.every(known.package, True)
    queries = " ".join(rule.query for rule in every)
    # Of these the rules name a code of the same name in another codelist, or the role that they ask for when it is missing.
    others = {
        ("agreement_status", "ended"), ("agreement_actor_role", "broker"), ("term_type", "verification"), ("date_basis", "resolved"),
        ("term_type", "withdrawal"), ("conduct_type", "mixed"), ("term_actor_role", "participant"),
        ("term_type", "disarmament"), ("term_type", "dismantling"),
    }  # fmt: skip
    fields = "SELECT DISTINCT codelist, unnest(enum) AS code FROM fields WHERE codelist IS NOT NULL"
    codes = {(found["codelist"], found["code"]) for found in known.ask(fields) if f"'{found['code']}'" in queries}
    known.connection.execute("CREATE TABLE kept AS SELECT * FROM fields")
    for codelist in {codelist for codelist, _ in codes}:
        lost = {code for of, code in codes - others if of == codelist}
        # Not an empty list, which would be no codelist.
        known.connection.execute(f"UPDATE fields SET enum = ['none of them'] WHERE codelist = '{codelist}'")
        assert lost <= {p.value for p in rules.lost_codes(known, every)}, codelist
        known.connection.execute("DELETE FROM fields; INSERT INTO fields SELECT * FROM kept")


@pytest.mark.parametrize("table", Package(check.ROOT).tables)
def test_every_column_emptied(table: str, made_up_root: Path) -> None:
    """An empty column, whatever it is, is no crash, and every rule that reads the table can still be asked."""
    package = Package(made_up_root)
    given = {name: package.read_words(name) for name in package.tables}
    every = rules.every(package, True)
    read = {rule: rules.reads(rule.query) for rule in every if not rule.each}
    columns = list(package.fields(table))
    concerned = {column: [rule for rule, words in read.items() if {table, column} <= words] for column in columns}
    # The rules that are asked of each column of each table see all columns empty at once.
    general = [rule for rule in every if rule.each]
    for emptied, asked in [*(([column], concerned[column]) for column in columns), (columns[1:], general)]:
        empty = given[table]
        for column in emptied:
            empty = empty.set_column(columns.index(column), column, pa.nulls(empty.num_rows, pa.string()))
        found, not_asked = rules.ask(database.read(package, (TEXT,), given=given | {table: empty}), asked)
        assert not_asked == [] and not any(p.rule == "rules" for p in found), emptied


@pytest.mark.parametrize("number", ["9223372036854775807", "3000000000", "9" * 30, "-9223372036854775808"])
@pytest.mark.parametrize(
    ("table", "key"), [("passages", "psg-harbour-report-p01-s1"), ("evidence", "evd-act-norland-row-1")]
)
def test_huge_offsets_are_problems_at_once(table: str, key: str, number: str, made_up_root: Path) -> None:
    """Offsets are counted as intervals, so a huge one costs no more than another."""
    edit(made_up_root, table, key, char_end=number)
    known = database.read(Package(made_up_root), (TEXT,))
    found, _ = rules.ask(known, rules.every(known.package, True))
    assert any(p.row == key for p in found) and not any(p.rule == "rules" for p in found)


WRONG = [None, 3, "x", [], {}, [1], True]


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_nonsense_in_metadata_is_a_problem_not_a_crash(
    wrong: object, made_up_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stands where a list, an object or a name should stand, the check says so."""
    monkeypatch.setattr(schemas, "frictionless_problems", lambda *args: [])
    if wrong not in (None, "x"):  # That rules can then be asked is seen with these.
        monkeypatch.setattr(rules, "ask", lambda *args: ([], []))
    places = [
        ("schemas/events.json", lambda s: s.update(fields=wrong)),
        ("schemas/events.json", lambda s: s["fields"][2].update(name=wrong)),
        ("schemas/events.json", lambda s: s["fields"][2].update(type=wrong)),
        ("schemas/events.json", lambda s: s["fields"][2].update(codelist=wrong)),
        ("schemas/events.json", lambda s: s["fields"][2]["constraints"].update(enum=[wrong])),
        ("schemas/events.json", lambda s: s.update(foreignKeys=[wrong])),
        ("schemas/events.json", lambda s: s["foreignKeys"][0].update(reference=wrong)),
        ("schemas/names.json", lambda s: s.update(exactlyOneOf=wrong)),
        ("datapackage.json", lambda d: d["resources"][0].update(group=wrong)),
        ("datapackage.json", lambda d: d["resources"][0].update(name=wrong)),
        ("datapackage.json", lambda d: d.update(contributors=[wrong])),
        ("datapackage.json", lambda d: d.update(resources=wrong)),
    ]
    for path, change in places:
        before = (made_up_root / path).read_bytes()
        edit_json(made_up_root, path, change)
        assert check.source_problems(made_up_root, (TEXT,)), path
        (made_up_root / path).write_bytes(before)


def test_frictionless_is_the_judge_of_what_schemas_say(made_up_root: Path) -> None:
    """A code that is not in the enum is told by frictionless, and of the same cell by no rule of ours."""
    edit(made_up_root, "events", "evt-truce-breach", realis="real")
    found = check.source_problems(made_up_root, (TEXT,))
    assert [(p.rule, p.file, p.line, p.column, p.value) for p in found] == [
        ("frictionless", "data/csv/events.csv", 3, "realis", "real")
    ]


def test_exit_codes(made_up_root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The command returns 0 and says what it checked, or 1 and says what is wrong, also as JSON."""
    monkeypatch.delenv("NAQOURA_TALKS_TEXT", raising=False)
    assert check.main(["--root", str(made_up_root)]) == 0
    assert "No problem found" in capsys.readouterr().out
    edit(made_up_root, "actors", "act-norland", name="Norland ")
    assert check.main(["--root", str(made_up_root), "--format", "json"]) == 1
    assert '"rule": "no-padding"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("2031", "2031-01-01", "2031-12-31"),
        ("2032-02", "2032-02-01", "2032-02-29"),
        ("2031-05-04", "2031-05-04", "2031-05-04"),
        ("[..2031-05]", None, "2031-05-31"),
        ("[2031-05..]", "2031-05-01", None),
        ("[2031-05-01..2031-05-04]", "2031-05-01", "2031-05-04"),
    ],
)
def test_edtf_bounds(value: str, low: str | None, high: str | None) -> None:
    """Each form of the closed list gives the days that it allows, leap years included."""
    assert tuple(d and d.isoformat() for d in database.edtf_bounds(value)) == (low, high)


@pytest.mark.parametrize("value", ["", "2031-02-30", "2031-00", "[..]", "[2030..2031-05-04]", "[2032..2031]", "31"])
def test_edtf_refuses(value: str) -> None:
    """Impossible days, reversed bounds and bounds of mixed precision are refused; other forms by the schema's pattern."""
    assert database.edtf_bounds(value) is None


def test_read_only_target_loses_nothing(made_up_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that cannot write says so and leaves every file as it was."""
    from naqoura_talks.package import PackageError
    from scripts.build import command as build

    edit(made_up_root, "actors", "act-norland", description="A state.")
    before = {p: p.read_bytes() for p in made_up_root.rglob("*") if p.is_file()}

    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError(30, os.strerror(30))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PackageError, match=r"cannot be written.*make the folder writable"):
        build.build(made_up_root)
    assert {p: p.read_bytes() for p in made_up_root.rglob("*") if p.is_file()} == before

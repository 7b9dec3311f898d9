"""Every rule sees what it is there to see: one broken package, or more, for each.

frictionless alone accepts most of these packages; that is why the rules are there. Each case breaks
the made-up package in one place, and the rule must name that place: file, row and column.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from made_up import TEXT, edit, edit_json, rewrite, rows
from naqoura_talks.package import Package
from scripts.build import command as build
from scripts.check import command as check
from scripts.check import rules, rules_coding
from scripts.check.tables import Problem, Tables, groups


def problems(root: Path, texts: tuple[str, ...] = (TEXT,)) -> list[Problem]:
    """Return what our own rules and the metadata check find."""
    return [*check.metadata(root), *rules.run(Tables(Package(root), texts))]


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
    "a table without a resource": (
        "contract", descriptor(lambda d: d.update(resources=[r for r in d["resources"] if r["name"] != "places"])), "places",
    ),
    "a column taken away": ("contract", without_column("events", "attribution"), "attribution"),
    "several kinds of thing, and no rule which": ("contract", schema("names", lambda s: s.pop("exactlyOneOf")), "names.json"),
    "another encoding": ("readable", raw("actors", lambda b: b.replace(b"State.", b"\xc9tat.")), "actors.csv"),
    "tabs for commas": ("readable", raw("places", lambda b: b.replace(b",", b"\t")), "places.csv:1"),
    "a column too many": ("readable", raw("codes", lambda b: b.replace(b"definition", b"definition,x", 1)), "codes.csv"),
    "columns swapped": ("readable", raw("codes", lambda b: b.replace(b"label,definition", b"definition,label")), "codes"),
    "an empty file": ("readable", raw("events", lambda b: b""), "events.csv"),
    "a schema that is not JSON": ("readable", lambda r: (r / "schemas/events.json").write_text("{"), "events.json:1"),
    "an orphan file": ("orphan-files", lambda r: (r / "data/csv/notes.csv").write_text("x\n"), "data/csv/notes.csv"),
    "an orphan schema": ("orphan-files", lambda r: (r / "schemas/notes.json").write_text("{}"), "schemas/notes.json"),
    "a link out of the package": ("orphan-files", outside, "leads out of the package"),
    "a byte order mark": ("canonical-form", raw("actors", lambda b: b"\xef\xbb\xbf" + b), "actors.csv:1"),
    "CRLF": ("canonical-form", raw("actors", lambda b: b.replace(b"\n", b"\r\n")), "actors.csv"),
    "no newline at the end": ("canonical-form", raw("actors", lambda b: b.rstrip(b"\n")), "actors.csv"),
    "a needless quotation mark": ("canonical-form", raw("actors", lambda b: b.replace(b"State.", b'"State."')), "actors.csv:2"),
    "an integer with a plus": ("canonical-form", cell("codes", "cod-support-explicit", code_order="+3"), "codes.csv"),
    "a date with one digit": ("canonical-form", cell("events", "evt-harbour-talks", start_earliest="2031-5-4"), "events.csv"),
    "a number with a zero too many": ("canonical-form", cell("places", "plc-port-vell", latitude="10.50"), "places.csv:2"),
    "True for true": ("canonical-form", cell("statements", "stm-spokesman-useful", is_repeated="True"), "statements.csv"),
    "a trailing space": ("clean-cells", cell("actors", "act-norland", name="Norland "), "name"),
    "a non-breaking space": ("clean-cells", cell("actors", "act-norland", name="Nor\u00a0land"), "name"),
    "a direction mark": ("clean-cells", cell("actors", "act-norland", name="Norland\u200f"), "name"),
    "a NUL": ("clean-cells", cell("actors", "act-norland", name="Nor\x00land"), "name"),
    "NFD": ("clean-cells", cell("actors", "act-norland", name="No\u0308rland"), "name"),
    "NA for empty": ("clean-cells", cell("actors", "act-norland", role_title="NA"), "role_title"),
    "a required cell empty": ("constraints", cell("events", "evt-harbour-talks", title=""), "title"),
    "a code of no codelist": ("constraints", cell("events", "evt-harbour-talks", realis="real"), "realis"),
    "a value of another form": ("constraints", cell("actors", "act-norland", country_code="no"), "country_code"),
    "a form with a line more": ("constraints", cell("actors", "act-norland", country_code="NOR\n"), "country_code"),
    "a number too small": ("constraints", cell("evidence", "evd-act-norland-row-1", char_start="-1"), "char_start"),
    "a number too large": ("constraints", cell("places", "plc-port-vell", latitude="90.5"), "latitude"),
    "a value twice": (
        "constraints",
        lambda r: [
            field("codes", "label", set_constraint("unique", True))(r),
            cell("codes", "cod-support-explicit", label="Inferred")(r),
        ],
        "label",
    ),
    "rows unsorted": ("keys", lambda r: rewrite(r, "actors", rows(r, "actors")[::-1]), "act-spokesman"),
    "a doubled key": ("keys", lambda r: rewrite(r, "actors", [rows(r, "actors")[0], *rows(r, "actors")]), "act-norland"),
    "an empty key": ("keys", cell("actors", "act-norland", actor_id=""), "actor_id"),
    "a prefix of another table": (
        "keys", field("places", "place_id", set_constraint("pattern", "act-[a-z0-9]+(-[a-z0-9]+)*")), "places.json",
    ),
    "another primary key": ("keys", schema("places", lambda s: s.update(primaryKey=["name"])), "places.json"),
    "two rows that say the same": (
        "unique-keys",
        lambda r: rewrite(
            r, "event_links", [*rows(r, "event_links"), rows(r, "event_links")[0] | {"event_link_id": "evl-x"}]
        ),
        "evl-x",
    ),
    "two of three filled": ("exactly-one-of", cell("names", "nam-norland", place_id="plc-port-vell"), "nam-norland"),
    "none of five filled": ("exactly-one-of", cell("statement_links", "stl-spokesman-breach-asserts-evt", event_id=""), "stl-"),
    "a misspelt property": ("schema-form", field("events", "title", lambda f: f.update(constrains={})), "constrains"),
    "a constraint that is not one": ("schema-form", field("events", "title", set_constraint("maxlen", 3)), "maxlen"),
    "a description gone": ("schema-form", field("events", "title", lambda f: f.pop("description")), "events.json: title"),
    "an example that is not valid": ("schema-form", field("events", "realis", lambda f: f.update(example="x")), "realis"),
    "an example of another type": ("schema-form", field("codes", "code_order", lambda f: f.update(example="x")), "code_order"),
    "provenance unknown": ("schema-form", field("events", "title", lambda f: f.update(provenance="x")), "provenance"),
    "evidence unknown": ("schema-form", field("events", "title", lambda f: f.update(evidence="x")), "evidence"),
    "words without proof": ("schema-form", field("names", "name_words", lambda f: f.update(evidence="row")), "name_words"),
    "a suffix of another type": ("schema-form", field("events", "start_latest", lambda f: f.update(type="string")), "date"),
    "a bare alternation": (
        "schema-form", field("sources", "language", set_constraint("pattern", "en|[a-z]{2}")), "language",
    ),
    "another empty": ("schema-form", schema("events", lambda s: s.update(missingValues=["", "NA"])), "missingValues"),
    "a limit of another type": ("schema-form", field("codes", "code_order", set_constraint("minimum", "x")), "minimum"),
    "a pattern that looks around": (
        "schema-form", field("sources", "language", set_constraint("pattern", "(?=e)en")), "language",
    ),
    "a pattern longer than a page": (
        "schema-form", field("sources", "language", set_constraint("pattern", "e" * 1001)), "language",
    ),
    "a bad pattern": ("schema-form", field("sources", "language", set_constraint("pattern", "(en")), "language"),
    "an enum out of step": ("codelists", field("events", "realis", lambda f: f["constraints"]["enum"].pop()), "realis"),
    "an enum without a codelist": ("codelists", field("events", "realis", lambda f: f.pop("codelist")), "realis"),
    "an order out of step": (
        "codelists", field("statements", "certainty", lambda f: f["categories"].reverse()), "certainty",
    ),
    "a gap in an order": ("codelists", cell("codes", "cod-support-explicit", code_order="5"), "code_order"),
    "a codelist that nothing uses": ("codelists", cell("codes", "cod-realis-actual", codelist="reality"), "reality"),
    "a crosswalk from no code": ("codelists", cell("crosswalk", "cwk-speech-act-accuse-cameo", code="blame"), "blame"),
    "a key that points nowhere": ("foreign-keys", cell("events", "evt-harbour-talks", place_id="plc-nowhere"), "plc-nowhere"),
    "a foreign key to no table": (
        "foreign-keys", schema("events", lambda s: s["foreignKeys"][0]["reference"].update(resource="x")), "events.json",
    ),
    "a foreign key gone": ("foreign-keys", schema("events", lambda s: s.pop("foreignKeys")), "place_id"),
    "EDTF of no known form": ("dates", cell("events", "evt-harbour-talks", start_edtf="2031-05-XX"), "start_edtf"),
    "a month that is none": ("dates", cell("events", "evt-truce-in-effect", start_edtf="2031-13"), "start_edtf"),
    "a bound out of step": ("dates", cell("events", "evt-truce-in-effect", start_latest="2031-03-30"), "start_latest"),
    "an end before the start": (
        "dates",
        cell("events", "evt-harbour-talks", end_edtf="2031-05-03", end_earliest="2031-05-03", end_latest="2031-05-03"),
        "end_latest",
    ),
    "undated with a date": ("dates", cell("events", "evt-harbour-talks", date_basis="undated"), "start_edtf"),
    "dated without words": ("dates", cell("events", "evt-harbour-talks", date_words=""), "date_words"),
    "a claim coded as a fact": ("attribution", cell("events", "evt-truce-breach", attribution="narrator"), "evt-truce-breach"),
    "a fact coded as a claim": ("attribution", cell("events", "evt-harbour-talks", attribution="both"), "evt-harbour-talks"),
    "asserts turned into mentions": (
        "attribution", cell("statement_links", "stl-spokesman-breach-asserts-evt", link_role="mentions"), "evt-truce-breach",
    ),
    "a speaker where nothing can point": (
        "attribution", cell("agreement_actors", "aga-harbour-truce-sudland-bound-not-party", attribution="speaker"), "aga-",
    ),
    "certainty of an urging": ("statements", cell("statements", "stm-spokesman-breach", speech_act="urge"), "certainty"),
    "no polarity of a claim": ("statements", cell("statements", "stm-spokesman-breach", polarity=""), "polarity"),
    "a quotation in indirect speech": ("statements", cell("statements", "stm-spokesman-useful", mode="indirect"), "quote_words"),
    "a warning as a compliance claim": ("statements", cell("statements", "stm-spokesman-breach", speech_act="warn"), "clm-"),
    "an actor without a part": (
        "parts",
        lambda r: [
            rewrite(r, "actor_relations", rows(r, "actor_relations")[:0] or [dict.fromkeys(rows(r, "actor_relations")[0], "")]),
            edit(r, "statements", "stm-spokesman-breach", speaker_actor_id="act-norland"),
            edit(r, "statements", "stm-spokesman-useful", speaker_actor_id="act-norland"),
        ],
        "act-spokesman",
    ),
    "an actor without a name": ("parts", cell("names", "nam-norland", actor_id="act-sudland"), "act-norland"),
    "a possible event that hangs on nothing": (
        "parts",
        lambda r: [
            edit(r, "events", "evt-harbour-talks", realis="hypothetical"),
            edit(r, "event_links", "evl-harbour-talks-follows-truce-in-effect", event_id="evt-truce-breach"),
            edit(r, "statement_links", "stl-spokesman-useful-mentions-evt", event_id="evt-truce-breach"),
        ],
        "evt-harbour-talks",
    ),
    "a status that binds someone": ("parts", cell("ceasefire_terms", "trm-leave-harbour", conduct_type="no_conduct"), "trm-"),
    "an event linked to itself": (
        "parts", cell("event_links", "evl-harbour-talks-follows-truce-in-effect", linked_event_id="evt-harbour-talks"), "evl-",
    ),
    "one coordinate": ("parts", cell("places", "plc-port-vell", longitude=""), "plc-port-vell"),
    "a PLOVER country from nowhere": ("plover-actors", cell("actors", "act-norland", plover_country="XNO"), "plover_country"),
    "a PLOVER sector out of step": ("plover-actors", cell("actors", "act-norland", plover_sector="GOV"), "plover_sector"),
    "evidence for no table": ("evidence", cell("evidence", "evd-act-norland-row-1", table_name="actor"), "table_name"),
    "evidence for a row that is gone": ("evidence", cell("evidence", "evd-act-norland-row-1", row_id="act-gone"), "row_id"),
    "evidence for no column": (
        "evidence", cell("evidence", "evd-evt-harbour-talks-place-id-1", column_name="place"), "column_name",
    ),
    "evidence for an empty cell": ("evidence", cell("events", "evt-harbour-talks", place_id=""), "column_name"),
    "evidence that no column asks for": (
        "evidence", cell("evidence", "evd-evt-harbour-talks-place-id-1", column_name="title"), "column_name",
    ),
    "external with offsets": ("evidence", cell("evidence", "evd-plc-port-vell-latitude-1", char_start="3"), "char_start"),
    "no digest": ("evidence", cell("evidence", "evd-act-norland-row-1", sha256=""), "char_start"),
    "words from a reference": ("evidence", cell("evidence", "evd-act-norland-row-1", source_id="src-gazetteer"), "source_id"),
    "inferred without the step": ("evidence", cell("evidence", "evd-act-norland-row-1", support="inferred"), "note"),
    "a span across two passages": ("evidence", cell("evidence", "evd-act-norland-row-1", char_end="150"), "char_start"),
    "a row without evidence": ("evidence-complete", drop("evidence", "evd-act-norland-row-1"), "act-norland"),
    "a cell without evidence": ("evidence-complete", drop("evidence", "evd-evt-harbour-talks-place-id-1"), "place_id"),
    "an external cell without its reference": (
        "evidence-complete", cell("evidence", "evd-plc-port-vell-latitude-1", support="explicit"), "latitude",
    ),
    "a quotation changed": ("verbatim", cell("statements", "stm-spokesman-useful", quote_words="useless"), "quote_words"),
    "a digest of the unfolded span": (
        "verbatim", cell("evidence", "evd-stm-spokesman-useful-quote-words-1", sha256=sha256("\u201cuseful".encode()).hexdigest()), "quote_words",
    ),
    "a digest of the unfolded span, with the text": (
        "text",
        cell("evidence", "evd-stm-spokesman-useful-row-1", sha256=sha256("spokesman for Norland called the talks \u201cuseful".encode()).hexdigest()),
        "evd-stm-spokesman-useful-row-1",
    ),
    "a digest of another span": ("verbatim", cell("evidence", "evd-nam-norland-name-words-1", sha256="0" * 64), "nam-norland"),
    "a passage left out": ("passages", drop("passages", "psg-harbour-report-p02-s1"), "psg-harbour-report-p02-s2"),
    "a passage neither coded nor excused": (
        "passages", cell("passages", "psg-harbour-report-p03-s1", not_coded_reason=""), "not_coded_reason",
    ),
    "a passage both coded and excused": (
        "passages", cell("passages", "psg-harbour-report-p01-s1", not_coded_reason="restates"), "not_coded_reason",
    ),
    "a text longer than its passages": ("passages", cell("sources", "src-harbour-report", text_chars="999"), "text_chars"),
    "an offset moved by one": ("text", cell("evidence", "evd-act-norland-row-1", char_start="1"), "evd-act-norland-row-1"),
    "another text": ("text", cell("sources", "src-harbour-report", text_sha256="0" * 64), "text_sha256"),
    "an occurrence that nobody judged": ("names-judged", drop("evidence", "evd-nam-sudland-name-words-2"), "nam-sudland"),
    "a profile broken": ("descriptor", descriptor(lambda d: d.update(name=3)), "$.name"),
    "a schema against the profile": ("descriptor", schema("events", lambda s: s.update(primaryKey=3)), "events.json"),
    "an unknown property": ("descriptor", descriptor(lambda d: d.update(licence="x")), "licence"),
    "no licence": ("descriptor", descriptor(lambda d: d.pop("licenses")), "licenses"),
    "a version that is none": ("descriptor", descriptor(lambda d: d.update(version="1.0")), "version"),
    "a path out of the package": ("descriptor", descriptor(lambda d: d["resources"][0].update(path="../x.csv")), "actors.path"),
    "a path on the network": (
        "descriptor", descriptor(lambda d: d["resources"][0].update(path="https://example.org/x.csv")), "actors.path",
    ),
    "a dialect loosened": ("descriptor", descriptor(lambda d: d["resources"][1].pop("dialect")), "actor_relations.dialect"),
    "a group that is none": ("descriptor", descriptor(lambda d: d["resources"][0].update(group="x")), "actors.group"),
    "a resource twice": ("descriptor", descriptor(lambda d: d["resources"].append(d["resources"][0])), "resources"),
}  # fmt: skip


def test_made_up_package_is_whole(made_up_root: Path) -> None:
    """Nothing is wrong with the package before it is broken, or the cases below would prove nothing."""
    assert check.source_problems(made_up_root, (TEXT,)) == []


@pytest.mark.parametrize("case", CASES)
def test_rule_sees(case: str, made_up_root: Path) -> None:
    """The rule names the broken place, in words a curator can act on."""
    rule, break_it, place = CASES[case]
    break_it(made_up_root)
    mine = [p for p in problems(made_up_root) if p.rule == rule]
    assert mine, f"{rule} saw nothing"
    assert any(place in str(p) for p in mine), [str(p) for p in mine]
    assert all(p.expected and p.hint for p in mine)


def test_every_rule_has_a_case() -> None:
    """A rule without a broken fixture may never fire: rules are named after their functions, and each has one."""
    from test_implied_rules import CASES as MORE_CASES

    rule_names = {rule.__name__.replace("_", "-") for rule in rules.RULES + rules.TEXT_RULES}
    assert rule_names | {"descriptor"} == {rule for rule, _, _ in [*CASES.values(), *MORE_CASES.values()]}


def test_all_errors_in_one_run(made_up_root: Path) -> None:
    """Two mistakes in two tables are both told, in the order of files, with a count by rule."""
    edit(made_up_root, "actors", "act-norland", name="Norland ")
    edit(made_up_root, "events", "evt-truce-breach", attribution="narrator")
    report = check.report(problems(made_up_root))
    assert report.index("data/csv/actors.csv:2") < report.index("data/csv/events.csv:3")
    assert "2 problem(s): clean-cells 1, attribution 1" in report


def test_unreadable_table_does_not_hide_the_rest(made_up_root: Path) -> None:
    """With one table gone, problems in the others are still told."""
    (made_up_root / "data/csv/places.csv").unlink()
    edit(made_up_root, "actors", "act-norland", name="Norland ")
    found = problems(made_up_root)
    assert {"readable", "clean-cells"} <= {p.rule for p in found}


WRONG = [None, 3, "x", [], {}, [1], True]


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_nonsense_in_metadata_is_a_problem_not_a_crash(
    wrong: object, made_up_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stands where a list, an object or a name should stand, the check says so and goes on.

    frictionless, which takes four fifths of the time, is asked with one of the values.
    """
    if wrong != "x":
        monkeypatch.setattr(check, "frictionless_says", lambda *args: [])
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


def test_frictionless_is_asked(made_up_root: Path) -> None:
    """A code that is not in the enum is frictionless' to find; its error becomes one of ours."""
    edit(made_up_root, "events", "evt-harbour-talks", realis="real")
    found = [p for p in check.source_problems(made_up_root, (TEXT,)) if p.rule == "frictionless"]
    assert [(p.file, p.line, p.column, p.value) for p in found] == [("data/csv/events.csv", 2, "realis", "real")]


@pytest.mark.parametrize("figure", ["bytes", "hash", "rows"])
def test_wrong_figures_are_seen(figure: str, made_up_root: Path) -> None:
    """bytes, hash and rows in the descriptor are compared with the files."""
    wrong = {"bytes": 1, "hash": "sha256:" + "0" * 64, "rows": 1000}[figure]
    edit_json(made_up_root, "datapackage.json", lambda d: d["resources"][3].update({figure: wrong}))
    assert [p.file for p in build.problems(made_up_root, (TEXT,))] == ["datapackage.json"]


def test_exit_codes(made_up_root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The command returns 0 and says what it checked, or 1 and says what is wrong, also as JSON."""
    monkeypatch.delenv("NAQOURA_TALKS_TEXT", raising=False)
    assert check.main(["--root", str(made_up_root)]) == 0
    assert "No problem found" in capsys.readouterr().out
    edit(made_up_root, "actors", "act-norland", name="Norland ")
    assert check.main(["--root", str(made_up_root), "--format", "json"]) == 1
    assert '"rule": "clean-cells"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("2031", "2031-01-01", "2031-12-31"),
        ("2032-02", "2032-02-01", "2032-02-29"),
        ("2031-05-04", "2031-05-04", "2031-05-04"),
        ("[..2031-05]", None, "2031-05-31"),
        ("[2031-05..]", "2031-05-01", None),
        ("[2030..2031-05-04]", "2030-01-01", "2031-05-04"),
    ],
)
def test_edtf_bounds(value: str, low: str | None, high: str | None) -> None:
    """Each form of the closed list gives the days that it allows, leap years included."""
    assert tuple(d and d.isoformat() for d in rules_coding.edtf_bounds(value)) == (low, high)


@pytest.mark.parametrize("value", ["", "2031-02-30", "2031-00", "[..]", "2031/2032", "[2032..2031]", "2031~", "31"])
def test_edtf_refuses(value: str) -> None:
    """Anything else is refused, impossible days and reversed bounds too."""
    with pytest.raises(ValueError):
        rules_coding.edtf_bounds(value)


def test_read_only_target_loses_nothing(made_up_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that cannot write says so and leaves every file as it was."""
    from naqoura_talks.package import PackageError

    edit(made_up_root, "actors", "act-norland", description="A state.")
    before = {p: p.read_bytes() for p in made_up_root.rglob("*") if p.is_file()}

    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError(30, os.strerror(30))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PackageError, match=r"cannot be written.*make the folder writable"):
        build.build(made_up_root)
    assert {p: p.read_bytes() for p in made_up_root.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("columns", [1, 3, 9])
def test_groups(columns: int) -> None:
    """Rows have one number exactly if they are equal in all columns, null too, however many values there are."""
    random = np.random.default_rng(columns)
    # Of nine columns there are more combinations of values than there are numbers of 64 bits.
    cells = random.integers(0, 500, (columns, 500))
    cells[:, 250:] = cells[:, random.integers(0, 250, 250)]
    cells[-1, 400:] = 0
    arrays = [pa.array([None if x == 0 else str(x) for x in column], pa.string()) for column in cells]
    found = groups(*(a.dictionary_encode() for a in arrays)).tolist()
    expected = list(zip(*(a.to_pylist() for a in arrays), strict=True))
    assert len(set(found)) == len(set(expected)) == len(set(zip(found, expected, strict=True)))

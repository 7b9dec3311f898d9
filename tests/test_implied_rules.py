"""The rules on what the tables imply of each other: one broken package, or more, for each thing that a rule says.

As in test_rules.py, each case breaks the made-up package in one place that no other rule is about, and the
rule must name that place. ``make mutants`` breaks the real package in every column.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from made_up import SOURCE, TEXT, edit, rewrite, rows
from naqoura_talks.package import Package
from naqoura_talks.text import digest
from scripts.check import rules
from scripts.check.tables import Tables
from scripts.coding import anchor
from test_rules import cell, descriptor, drop, field, schema, set_constraint


def all_of(*changes: Callable[[Path], None]) -> Callable[[Path], None]:
    """Several changes as one."""
    return lambda root: [change(root) for change in changes] and None


def add(table: str, **cells: str) -> Callable[[Path], None]:
    """A row more, in its place; what is not given is empty."""

    def apply(root: Path) -> None:
        package = Package(root)
        anchor.write_table(package, table, [*rows(root, table), dict.fromkeys(package.fields(table), "") | cells])

    return apply


def span(evidence_id: str, words: str, at: str | None = None) -> Callable[[Path], None]:
    """Evidence that lies on other words."""

    def apply(root: Path) -> None:
        start, end = anchor.Anchor(TEXT).locate(words, at)
        cells = {"char_start": str(start), "char_end": str(end), "sha256": digest(words)}
        edit(root, "evidence", evidence_id, **cells)

    return apply


def event(key: str, **cells: str) -> Callable[[Path], None]:
    """An event more, with nothing that a rule objects to but what is given."""
    row = {
        "event_id": key, "title": key, "event_type": "attack", "realis": "actual", "aggregation": "single",
        "attribution": "narrator", "date_basis": "undated", "description": "It is made up.",
    }  # fmt: skip
    return add("events", **row | cells)


def link(left: str, kind: str, right: str) -> Callable[[Path], None]:
    """A link between events more."""
    key = f"evl-{left[4:]}-{kind.replace('_', '-')}-{right[4:]}"
    return add(
        "event_links", event_link_id=key, event_id=left, link_type=kind, linked_event_id=right, attribution="narrator"
    )


def requirement(required: bool) -> Callable[[dict], None]:
    return lambda f: f.setdefault("constraints", {}).update(required=required)


TALKS, TRUCE, BREACH = "evt-harbour-talks", "evt-truce-in-effect", "evt-truce-breach"
ACCUSES, CALLS = "stm-spokesman-breach", "stm-spokesman-useful"
PART = "eva-harbour-talks-norland-participant"
TERM, CLAIM, AGREEMENT = "trm-leave-harbour", "clm-spokesman-breach-sudland", "agr-harbour-truce"

# rule, what breaks the package, and what the problem must name.
CASES: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "an actor that the key does not have": ("key-parts", cell("event_actors", PART, actor_id="act-sudland"), PART),
    "a role that the key does not have": ("key-parts", cell("event_actors", PART, actor_role="attendee"), "attendee"),
    "a link to another thing": ("key-parts", cell("statement_links", "stl-spokesman-breach-asserts-evt", event_id="", term_id=TERM), "stl-"),
    "a name of another kind of thing": ("key-parts", cell("names", "nam-norland", actor_id="", place_id="plc-port-vell"), "nam-"),
    "an adjective that the key does not have": (
        "key-parts", cell("names", "nam-agr-harbour-truce-truce", name_type="adjectival"), "nam-agr-harbour-truce-truce",
    ),
    "an identifier in another scheme": ("key-parts", cell("identifiers", "idn-norland-wikidata", scheme="geonames"), "idn-norland-geonames"),
    "evidence for another cell": ("key-parts", cell("evidence", "evd-act-norland-row-1", row_id="act-sudland"), "evd-act-sudland-row"),
    "a passage with another number": ("key-parts", cell("passages", "psg-harbour-report-p03-s1", sentence_no="2"), "p03-s2"),
    "a code under another key": ("key-parts", cell("codes", "cod-realis-actual", code="real"), "cod-realis-real"),
    "a condition that the key does not have": (
        "key-parts", cell("crosswalk", "cwk-speech-act-accuse-cameo", condition="accession"), "cwk-speech-act-accuse-cameo-accession",
    ),
    "words in another sentence": ("same-sentence", span(f"evd-{PART}-actor-id-1", "Norland called"), f"evd-{PART}-actor-id-1"),
    "a name that rests on a later sentence": ("same-sentence", span("evd-nam-sudland-row-1", "Sudland", "2.2"), "nam-sudland"),
    "a link line in running text": ("who-asserts", cell("events", TALKS, attribution="link_line"), TALKS),
    "running text in a link line": ("who-asserts", cell("passages", "psg-harbour-report-p01-s1", passage_type="link"), TALKS),
    "a speaker who says it elsewhere": (
        "who-asserts", span("evd-evt-truce-breach-row-1", "the harbour truce of March 2031"), BREACH,
    ),
    "both, and only the speaker": ("who-asserts", cell("events", BREACH, attribution="both"), BREACH),
    "a fact within a claim": (
        "who-asserts", cell("event_actors", "eva-truce-breach-sudland-initiator", attribution="narrator"), "eva-truce-breach",
    ),
    "words that name somebody else": ("named", span(f"evd-{PART}-actor-id-1", "Sudland met"), PART),
    "words that name another place": ("named", span("evd-evt-harbour-talks-place-id-1", "on 4 May 2031"), "place_id"),
    "a name that rests on other words": ("named", span("evd-nam-sudland-row-1", "Port Vell"), "nam-sudland"),
    "one span and two digests": (
        "spans-and-digests", cell("evidence", "evd-evt-harbour-talks-start-edtf-1", sha256="0" * 64), "evd-evt-harbour-talks-end-edtf-1",
    ),
    "one digest and two lengths": ("spans-and-digests", cell("evidence", "evd-nam-norland-name-words-1", char_end="9"), "char_end"),
    "a note to words that state it": ("notes-of-evidence", cell("evidence", "evd-act-norland-row-1", note="A step."), "note"),
    "a pronoun stated outright": ("notes-of-evidence", cell("names", "nam-norland", name_type="anaphor"), "nam-norland"),
    "an identifier from another reference": (
        "notes-of-evidence", cell("identifiers", "idn-norland-wikidata", source_id=SOURCE), "evd-idn-norland-wikidata-value-1",
    ),
    "another year than the words": (
        "dates-and-words",
        cell("events", TRUCE, start_edtf="2032-03", start_earliest="2032-03-01", start_latest="2032-03-31"), "'2032-03'; expected a date in 2031-03",
    ),
    "an end in another month than the words": (
        "dates-and-words",
        cell("events", TALKS, end_edtf="2031-06", end_earliest="2031-06-01", end_latest="2031-06-30"), "end_edtf",
    ),
    "another day of the week": (
        "dates-and-words",
        cell("events", TALKS, date_words="on Tuesday", start_edtf="2031-05-04"), "a Tuesday",
    ),
    "a basis that the date does not have": ("dates-and-words", cell("events", TALKS, date_basis="bounded"), "date_basis"),
    "a basis that the evidence does not have": ("dates-and-words", cell("events", TALKS, date_basis="resolved"), "date_basis"),
    "said once over two days": (
        "dates-and-words", cell("statements", CALLS, start_edtf="2031-05-04", end_edtf="2031-05-05"), "end_edtf",
    ),
    "ended by what begins later": ("dates-and-words", link(TALKS, "ended", TRUCE), "evl-harbour-talks-ended"),
    "going on and over": ("dates-and-words", cell("events", TALKS, realis="ongoing"), "realis"),
    "a status at a time of its own": (
        "dates-and-words", cell("agreements", AGREEMENT, status_as_of_edtf="2031-05-05"), "status_as_of_edtf",
    ),
    "a state that happened once": ("events-and-agreements", cell("events", TRUCE, aggregation="single"), "aggregation"),
    "a breach that is tried": ("events-and-agreements", cell("events", BREACH, realis="attempted"), "realis"),
    "an effect that is none": ("events-and-agreements", cell("agreements", AGREEMENT, effective_event_id=TALKS), "effective_event_id"),
    "a conclusion that is none": ("events-and-agreements", cell("agreements", AGREEMENT, concluded_event_id=TALKS), "concluded_event_id"),
    "an effect without an agreement": ("events-and-agreements", cell("agreements", AGREEMENT, effective_event_id=""), TRUCE),
    "two agreements in effect by one event": (
        "events-and-agreements",
        add("agreements", agreement_id="agr-other", name="Other", agreement_type="ceasefire", status="in_effect", effective_event_id=TRUCE),
        "agr-other",
    ),
    "over and in effect": ("events-and-agreements", cell("agreements", AGREEMENT, status="ended"), "status"),
    "still to come and concluded": (
        "events-and-agreements",
        all_of(
            event("evt-conclusion", event_type="agreement_concluded"),
            cell("agreements", AGREEMENT, concluded_event_id="evt-conclusion", status="prospective"),
        ),
        "status",
    ),
    "a ceasefire called a peace": ("events-and-agreements", cell("agreements", AGREEMENT, agreement_type="peace"), "agreement_type"),
    "the result of what was only tried": (
        "links-and-realis",
        all_of(event("evt-raid", realis="attempted"), link("evt-raid", "resulted_in", TALKS)),
        "evl-raid-resulted-in-harbour-talks",
    ),
    "what could come, and came": ("links-and-realis", link(TRUCE, "could_lead_to", TALKS), "could-lead-to"),
    "an earlier one that never was": (
        "links-and-realis",
        all_of(event("evt-raid", realis="unrealised"), link(TALKS, "prior_instance", "evt-raid")),
        "prior-instance",
    ),
    "asked for, and done": ("links-and-realis", cell("statements", ACCUSES, speech_act="urge"), "stl-spokesman-breach-asserts-evt"),
    "a condition that is met": (
        "links-and-realis", cell("statement_links", "stl-spokesman-useful-mentions-evt", link_role="conditions_on"), "stl-",
    ),
    "an agreed term that only a speaker has": ("term-bases", cell("ceasefire_terms", TERM, attribution="speaker"), TERM),
    "an agreed term of no agreement": ("term-bases", cell("ceasefire_terms", TERM, agreement_id=""), "agreement_id"),
    "a demand that nobody makes": (
        "term-bases", cell("ceasefire_terms", TERM, term_basis="party_demand", attribution="speaker"), "urge or demand",
    ),
    "a party's term without the party": ("term-bases", cell("ceasefire_terms", TERM, term_basis="party_offer"), "a proponent"),
    "an agreed term with a proponent": (
        "term-bases", cell("term_actors", "tra-leave-harbour-sudland-obligated", actor_role="proponent"), "no proponent",
    ),
    "an agreed term that obliges nobody": (
        "term-bases", cell("term_actors", "tra-leave-harbour-sudland-obligated", actor_role="affected"), "an obligated actor",
    ),
    "a body that acts": ("term-bases", cell("ceasefire_terms", TERM, term_type="joint_body"), "no_conduct"),
    "a term to which nothing is to be done": ("term-bases", cell("ceasefire_terms", TERM, conduct_type="no_conduct"), "a conduct"),
    "repeated without a word of it": ("speech", cell("statements", CALLS, is_repeated="true"), "is_repeated"),
    "a condition without what it is": ("speech", cell("statements", CALLS, speech_act="set_condition"), "conditions_on"),
    "accused, and nobody": ("speech", cell("statement_actors", "sta-spokesman-breach-sudland-addressee", actor_role="subject"), "an addressee"),
    "withheld in so many words": ("speech", cell("statements", CALLS, speech_act="withhold"), "position"),
    "withheld for certain": ("speech", cell("statements", CALLS, speech_act="withhold", mode="position"), "uncommitted"),
    "withheld and affirmed": ("speech", cell("statements", CALLS, speech_act="withhold"), "'positive'; expected negative"),
    "a stance of an accuser": ("speech", cell("statements", ACCUSES, mode="position"), "a mode of saying"),
    "denied without a negation": ("speech", cell("statements", CALLS, polarity="negative"), "polarity"),
    "affirmed with a negation": ("speech", cell("statements", CALLS, proposition="The talks were of no use."), "polarity"),
    "possible without a could": ("speech", cell("statements", CALLS, certainty="possible"), "certainty"),
    "an accusation that finds too little": ("speech", cell("compliance_claims", CLAIM, claim_type="insufficient"), "claim_type"),
    "a claim about another agreement": ("speech", drop("statement_links", "stl-spokesman-breach-mentions-agr"), "agreement_id"),
    "a claim about a term not spoken of": ("speech", cell("compliance_claims", CLAIM, term_id=TERM), "term_id"),
    "a claim that leaves its term out": (
        "speech", cell("statement_links", "stl-spokesman-breach-mentions-agr", agreement_id="", term_id=TERM), "the term to which",
    ),
    "a claim about somebody else": ("speech", cell("compliance_claims", CLAIM, assessed_actor_id="act-norland"), "assessed_actor_id"),
    "a title of a state": ("actors-and-places", cell("actors", "act-spokesman", actor_type="state"), "actor_type"),
    "a person without a name": ("actors-and-places", cell("actors", "act-spokesman", actor_type="person"), "actor_type"),
    "a role-holder with a name": ("actors-and-places", cell("names", "nam-spokesman", name_type="proper_name"), "act-spokesman"),
    "a state that speaks for one": (
        "actors-and-places", cell("actor_relations", "rel-spokesman-speaks-for-norland", actor_id="act-sudland"), "rel-",
    ),
    "a spokesman of another country": ("actors-and-places", cell("actors", "act-norland", country_code="NOR"), "rel-"),
    "a town in two countries": (
        "actors-and-places",
        all_of(
            add("places", place_id="plc-quay", name="Quay", place_type="site", parent_place_id="plc-port-vell", country_code="SWE"),
            cell("places", "plc-port-vell", country_code="NOR"),
        ),
        "plc-quay",
    ),
    "a place in itself": ("actors-and-places", cell("places", "plc-port-vell", parent_place_id="plc-port-vell"), "parent_place_id"),
    "a country that is none": ("country-codes", cell("actors", "act-norland", country_code="XNO"), "ISO 3166-1"),
    "a country that the words do not name": (
        "country-codes",
        all_of(
            cell("actors", "act-norland", country_code="NOR"),
            cell("actors", "act-spokesman", country_code="SWE"),
            cell("evidence", "evd-act-spokesman-role-title-1", column_name="country_code"),
            span("evd-act-spokesman-role-title-1", "Norland called"),
        ),
        "act-spokesman",
    ),
    "an identifier of no scheme's form": ("outside-schemes", cell("identifiers", "idn-norland-wikidata", value="1"), "value"),
    "an identifier of two things": (
        "outside-schemes", add("identifiers", identifier_id="idn-sudland-wikidata", actor_id="act-sudland", scheme="wikidata", value="Q1", match_type="exact"),
        "idn-sudland-wikidata",
    ),
    "close, and no word how": ("outside-schemes", cell("identifiers", "idn-norland-wikidata", match_type="close"), "match_type"),
    "two versions of a scheme": ("outside-schemes", cell("crosswalk", "cwk-speech-act-accuse-cameo", scheme_version="2"), "scheme_version"),
    "a code of another scheme": ("outside-schemes", cell("crosswalk", "cwk-speech-act-accuse-cameo", scheme_code="ACCUSE"), "scheme_code"),
    "an event type at all times": ("outside-schemes", cell("crosswalk", "cwk-event-type-talks-cameo", condition=""), "condition"),
    "the length of a reference": ("outside-schemes", cell("sources", "src-gazetteer", text_chars="9"), "src-gazetteer"),
    "a date that the citation does not give": ("outside-schemes", cell("sources", "src-gazetteer", published_edtf="2031-05-04"), "published_edtf"),
    "a date that only the citation gives": ("outside-schemes", cell("sources", "src-gazetteer", citation="Gazetteer, 4 May 2031"), "published_edtf"),
    "a letter of another script": ("look-alikes", cell("actors", "act-norland", name="N\u043erland"), "letters of one script"),
    "a digit of another script": ("look-alikes", cell("actors", "act-norland", description="State \u0661."), "plain digits"),
    "a hyphen that is none": ("look-alikes", cell("actors", "act-norland", description="A state\u2011to be."), "hyphens"),
    "a letter as wide as two": ("look-alikes", cell("actors", "act-norland", name="Norl\uff41nd"), "name"),
    "quotation marks": ("look-alikes", cell("actors", "act-norland", description='A "state".'), "quotation mark"),
    "a formula": ("look-alikes", cell("actors", "act-norland", description="=State."), "formula"),
    "a column that may now be empty": ("schema-promises", field("events", "title", requirement(False)), "events.json: title"),
    "a column that must now be filled": ("schema-promises", field("events", "place_id", requirement(True)), "events.json: place_id"),
    "a pattern gone": ("schema-promises", field("actors", "country_code", lambda f: f.pop("constraints")), "country_code"),
    "a pattern loosened": ("schema-promises", field("evidence", "sha256", set_constraint("pattern", ".*")), "sha256"),
    "a range loosened": ("schema-promises", field("places", "latitude", set_constraint("maximum", 900)), "latitude"),
    "another type": ("schema-promises", field("evidence", "char_start", lambda f: f.update(type="string", constraints={})), "char_start"),
    "missing spelt in two ways": ("schema-promises", schema("events", lambda s: s.update(missingValues=["", "NA"])), "missingValues"),
    "another profile": ("schema-promises", schema("events", lambda s: s.pop("$schema")), "$schema"),
    "rows that nothing tells apart": ("schema-promises", schema("events", lambda s: s.pop("uniqueKeys")), "uniqueKeys"),
    "rows told apart by their keys": ("schema-promises", schema("events", lambda s: s.update(uniqueKeys=[["title", "event_id"]])), "uniqueKeys"),
    "another provenance": ("schema-promises", field("evidence", "sha256", lambda f: f.update(provenance="editorial")), "sha256"),
    "a coded column without evidence": ("schema-promises", field("events", "realis", lambda f: f.update(evidence="none")), "realis"),
    "a package without a name": ("schema-promises", descriptor(lambda d: d.update(name="My Package")), "My Package"),
    "evidence that the row's is enough for": (
        "evidence-asked-for", cell("evidence", f"evd-{PART}-actor-id-1", column_name="attribution"), "column_name",
    ),
    "a standfirst at the end": ("passage-types", cell("passages", "psg-harbour-report-p03-s1", passage_type="standfirst"), "passage_type"),
}  # fmt: skip
RULES = rules.RULES[rules.RULES.index(rules.evidence.passages) + 1 :]


@pytest.mark.parametrize("case", CASES)
def test_rule_sees(case: str, made_up_root: Path) -> None:
    """The rule names the broken place, in words a curator can act on."""
    rule, break_it, place = CASES[case]
    break_it(made_up_root)
    mine = list(next(r for r in RULES if r.__name__ == rule.replace("-", "_"))(Tables(Package(made_up_root), ())))
    assert mine, f"{rule} saw nothing"
    assert any(place in str(p) for p in mine), [str(p) for p in mine]
    assert all(p.rule == rule and p.expected and p.hint for p in mine)


def test_every_rule_has_a_case() -> None:
    """A rule without a broken fixture may never fire."""
    assert {rule.__name__.replace("_", "-") for rule in RULES} == {rule for rule, _, _ in CASES.values()}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_missing_table_is_left_to_other_rules(rule: rules.Rule, made_up_root: Path) -> None:
    """Where a table or a column is missing, the rules on several tables are silent: readable and contract speak."""
    (made_up_root / "data/csv/names.csv").unlink()
    assert list(rule(Tables(Package(made_up_root), ()))) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_empty_tables_are_no_crash(rule: rules.Rule, made_up_root: Path) -> None:
    """A package before its first row is coded has tables with a header alone."""
    for path in (made_up_root / "data/csv").glob("*.csv"):
        path.write_text(path.read_text("utf-8").split("\n")[0] + "\n", "utf-8")
    assert list(rule(Tables(Package(made_up_root), ()))) == []


@pytest.mark.parametrize("name", ["Łódź", "Côte d’Ivoire", "Nguyễn Văn An", "בַּיִת", "Ἀθῆναι", "東京", "Москва"])
def test_names_in_one_script_pass(name: str, made_up_root: Path) -> None:
    """Accents, and names wholly in another script, are no look-alikes."""
    edit(made_up_root, "actors", "act-norland", name=name)
    assert list(rules.form.look_alikes(Tables(Package(made_up_root), ()))) == []


def test_keys_can_tell_claims_apart(made_up_root: Path) -> None:
    """Two claims of one statement about one actor differ by the term in the key."""
    claim = rows(made_up_root, "compliance_claims")[0]
    rewrite(made_up_root, "compliance_claims", [claim, claim | {"claim_id": f"{CLAIM}-leave-harbour", "term_id": TERM}])
    assert list(rules.form.key_parts(Tables(Package(made_up_root), ()))) == []

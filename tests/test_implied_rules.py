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
from scripts.check import command as check
from scripts.check import database, rules
from scripts.coding import anchor
from test_rules import cell, descriptor, drop, field, schema, set_constraint, told_by


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


TALKS, TRUCE, BREACH = "evt-harbour-talks", "evt-truce-in-effect", "evt-truce-breach"
ACCUSES, CALLS = "stm-spokesman-breach", "stm-spokesman-useful"
PART = "eva-harbour-talks-norland-participant"
TERM, CLAIM, AGREEMENT = "trm-leave-harbour", "clm-spokesman-breach-sudland", "agr-harbour-truce"

# rule, what breaks the package, and what the problem must name.
CASES: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "an actor that the key does not have": ("key-says-the-row", cell("event_actors", PART, actor_id="act-sudland"), PART),
    "a role that the key does not have": ("key-says-the-row", cell("event_actors", PART, actor_role="attendee"), "attendee"),
    "a link to another thing": ("key-says-the-row", cell("statement_links", "stl-spokesman-breach-asserts-evt", event_id="", term_id=TERM), "stl-"),
    "a name of another kind of thing": ("key-says-the-row", cell("names", "nam-norland", actor_id="", place_id="plc-port-vell"), "nam-"),
    "an adjective that the key does not have": (
        "key-says-the-row", cell("names", "nam-agr-harbour-truce-truce", name_type="adjectival"), "nam-agr-harbour-truce-truce",
    ),
    "an identifier in another scheme": ("key-says-the-row", cell("identifiers", "idn-norland-wikidata", scheme="geonames"), "idn-norland-geonames"),
    "evidence for another cell": ("key-says-the-row", cell("evidence", "evd-act-norland-row-1", row_id="act-sudland"), "evd-act-sudland-row"),
    "a passage with another number": ("key-says-the-row", cell("passages", "psg-harbour-report-p03-s1", sentence_no="2"), "p03-s2"),
    "a code under another key": ("key-says-the-row", cell("codes", "cod-realis-actual", code="real"), "cod-realis-real"),
    "a condition that the key does not have": (
        "key-says-the-row", cell("crosswalk", "cwk-speech-act-accuse-cameo", condition="accession"), "cwk-speech-act-accuse-cameo-accession",
    ),
    "words in another sentence": ("words-in-sentences-of-the-row", span(f"evd-{PART}-actor-id-1", "Norland called"), f"evd-{PART}-actor-id-1"),
    "a name that rests on a later sentence": ("names-rest-on-the-first", span("evd-nam-sudland-row-1", "Sudland", "2.2"), "nam-sudland"),
    "a place that rests on a later sentence": ("places-rest-on-the-first", span("evd-plc-port-vell-row-1", "leave", "2.2"), "evd-plc-port-vell"),
    "a link line in running text": ("link-lines", cell("events", TALKS, attribution="link_line"), TALKS),
    "running text in a link line": ("link-lines", cell("passages", "psg-harbour-report-p01-s1", passage_type="link"), TALKS),
    "a speaker who says it elsewhere": (
        "claims-rest-on-statements", span("evd-evt-truce-breach-row-1", "the harbour truce of March 2031"), BREACH,
    ),
    "both, and only the speaker": ("both-rest-on-both", cell("events", BREACH, attribution="both"), BREACH),
    "a fact within a claim": (
        "part-of-a-claimed-event", cell("event_actors", "eva-truce-breach-sudland-initiator", attribution="narrator"), "eva-truce-breach",
    ),
    "words that name somebody else": ("words-name-what-the-cell-points-to", span(f"evd-{PART}-actor-id-1", "Sudland met"), PART),
    "words that name another place": ("words-name-what-the-cell-points-to", span("evd-evt-harbour-talks-place-id-1", "on 4 May 2031"), "place_id"),
    "a name that rests on other words": ("names-rest-on-an-occurrence", span("evd-nam-sudland-row-1", "Port Vell"), "nam-sudland"),
    "one span and two digests": (
        "one-digest-of-a-span", cell("evidence", "evd-evt-harbour-talks-start-edtf-1", sha256="0" * 64), "evd-evt-harbour-talks-end-edtf-1",
    ),
    "one digest and two lengths": ("one-length-of-a-digest", cell("evidence", "evd-nam-norland-name-words-1", char_end="9"), "char_end"),
    "a note to words that state it": ("implications", cell("evidence", "evd-act-norland-row-1", note="A step."), "note"),
    "a pronoun stated outright": ("pronouns-are-inferred", cell("names", "nam-norland", name_type="anaphor"), "nam-norland"),
    "an identifier from another reference": (
        "source-of-an-identifier", cell("identifiers", "idn-norland-wikidata", source_id=SOURCE), "evd-idn-norland-wikidata-value-1",
    ),
    "another year than the words": (
        "years-in-words",
        cell("events", TRUCE, start_edtf="2032-03", start_earliest="2032-03-01", start_latest="2032-03-31"), "'2032-03'; expected a date in 2031-03",
    ),
    "an end in another month than the words": (
        "years-in-words",
        cell("events", TALKS, end_edtf="2031-06", end_earliest="2031-06-01", end_latest="2031-06-30"), "end_edtf",
    ),
    "another day of the week": (
        "weekdays-in-words",
        cell("events", TALKS, date_words="on Tuesday", start_edtf="2031-05-04"), "a Tuesday",
    ),
    "a basis that the date does not have": ("basis-of-dates", cell("events", TALKS, date_basis="bounded"), "date_basis"),
    "a basis that the evidence does not have": ("basis-of-dates", cell("events", TALKS, date_basis="resolved"), "date_basis"),
    "said once over two days": (
        "said-once", cell("statements", CALLS, start_edtf="2031-05-04", end_edtf="2031-05-05"), "end_edtf",
    ),
    "ended by what begins later": ("ended-by-what-begins", link(TALKS, "ended", TRUCE), "evl-harbour-talks-ended"),
    "going on and over": ("implications", cell("events", TALKS, realis="ongoing"), "realis"),
    "a status at a time of its own": (
        "day-of-a-status", cell("agreements", AGREEMENT, status_as_of_edtf="2031-05-05"), "status_as_of_edtf",
    ),
    "a state that happened once": ("implications", cell("events", TRUCE, aggregation="single"), "aggregation"),
    "a breach that is tried": ("implications", cell("events", BREACH, realis="attempted"), "realis"),
    "an effect without an agreement": ("implications", cell("events", TRUCE, agreement_id=""), TRUCE),
    "two effects of one agreement": (
        "one-conclusion-and-one-effect",
        event("evt-other-effect", event_type="ceasefire_in_effect", agreement_id=AGREEMENT), "evt-other-effect",
    ),
    "over and in effect": ("status-by-events", cell("agreements", AGREEMENT, status="ended"), "status"),
    "still to come and concluded": (
        "status-by-events",
        all_of(
            event("evt-conclusion", event_type="agreement_concluded", agreement_id=AGREEMENT),
            cell("agreements", AGREEMENT, status="prospective"),
        ),
        "another status than prospective",
    ),
    "a ceasefire called a peace": ("implications", cell("agreements", AGREEMENT, agreement_type="peace"), "agreement_type"),
    "the result of what was only tried": (
        "implications",
        all_of(event("evt-raid", realis="attempted"), link("evt-raid", "resulted_in", TALKS)),
        "evl-raid-resulted-in-harbour-talks",
    ),
    "what could come, and came": ("implications", link(TRUCE, "could_lead_to", TALKS), "could-lead-to"),
    "an earlier one that never was": (
        "implications",
        all_of(event("evt-raid", realis="unrealised"), link(TALKS, "prior_instance", "evt-raid")),
        "prior-instance",
    ),
    "asked for, and done": ("what-is-asked-for-is-open", cell("statements", ACCUSES, speech_act="urge"), "stl-spokesman-breach-asserts-evt"),
    "a condition that is met": (
        "implications", cell("statement_links", "stl-spokesman-useful-mentions-evt", link_role="conditions_on"), "stl-",
    ),
    "an agreed term that only a speaker has": ("implications", cell("ceasefire_terms", TERM, attribution="speaker"), TERM),
    "an agreed term of no agreement": ("implications", cell("ceasefire_terms", TERM, agreement_id=""), "agreement_id"),
    "a demand that nobody makes": (
        "demands-are-made", cell("ceasefire_terms", TERM, term_basis="party_demand", attribution="speaker"), "demand",
    ),
    "an urging that nobody makes": (
        "urgings-are-made", cell("ceasefire_terms", TERM, term_basis="party_urging", attribution="speaker"), "urge",
    ),
    "bound by a wish": (
        "nobody-is-bound-by-a-wish", cell("ceasefire_terms", TERM, term_basis="party_offer", attribution="speaker"), "performer",
    ),
    "a basis of a date on other words": (
        "basis-on-words-of-time", cell("events", TALKS, date_basis="undated"), "date_basis",
    ),
    "a party's term without the party": ("party-terms-have-a-proponent", cell("ceasefire_terms", TERM, term_basis="party_offer"), "a proponent"),
    "an agreed term with a proponent": (
        "agreed-terms-have-no-proponent", cell("term_actors", "tra-leave-harbour-sudland-obligated", actor_role="proponent"), "no proponent",
    ),
    "an agreed term that obliges nobody": (
        "agreed-terms-oblige", cell("term_actors", "tra-leave-harbour-sudland-obligated", actor_role="affected"), "an obligated actor",
    ),
    "a body that acts": ("implications", cell("ceasefire_terms", TERM, term_type="joint_body"), "no_conduct"),
    "a term to which nothing is to be done": ("obligations-are-conduct", cell("ceasefire_terms", TERM, conduct_type="no_conduct"), "a conduct"),
    "repeated without a word of it": ("repeated-in-so-many-words", cell("statements", CALLS, is_repeated="true"), "is_repeated"),
    "a condition without what it is": ("conditions-have-an-object", cell("statements", CALLS, speech_act="set_condition"), "conditions_on"),
    "accused, and nobody": ("accusations-have-an-addressee", cell("statement_actors", "sta-spokesman-breach-sudland-addressee", actor_role="subject"), "an addressee"),
    "withheld in so many words": ("implications", cell("statements", CALLS, speech_act="withhold"), "position"),
    "withheld for certain": ("implications", cell("statements", CALLS, speech_act="withhold", mode="position"), "uncommitted"),
    "withheld and affirmed": ("implications", cell("statements", CALLS, certainty="uncommitted"), "expected polarity underspecified"),
    "a stance of an accuser": ("implications", cell("statements", ACCUSES, mode="position"), "mode not position"),
    "denied without a negation": ("negations-are-negative", cell("statements", CALLS, polarity="negative"), "polarity"),
    "affirmed with a negation": ("negations-are-negative", cell("statements", CALLS, proposition="The talks were of no use."), "polarity"),
    "possible without a could": ("possible-in-so-many-words", cell("statements", CALLS, certainty="possible"), "certainty"),
    "an accusation that finds too little": ("implications", cell("compliance_claims", CLAIM, claim_type="insufficient"), "claim_type"),
    "a claim about another agreement": ("claimed-agreements-are-linked", drop("statement_links", "stl-spokesman-breach-mentions-agr"), "agreement_id"),
    "a claim about a term not spoken of": ("claimed-terms-are-linked", cell("compliance_claims", CLAIM, term_id=TERM), "term_id"),
    "a claim that leaves its term out": (
        "claims-name-their-term", cell("statement_links", "stl-spokesman-breach-mentions-agr", agreement_id="", term_id=TERM), "the term to which",
    ),
    "a claim about somebody else": ("assessed-actors-are-spoken-of", cell("compliance_claims", CLAIM, assessed_actor_id="act-norland"), "assessed_actor_id"),
    "a condition that nobody sets": ("conditions-are-set", cell("ceasefire_terms", TERM, term_basis="party_condition"), TERM),
    "an offer that nobody makes": ("offers-are-made", cell("ceasefire_terms", TERM, term_basis="party_offer"), TERM),
    "a claim about a term of another agreement": (
        "claims-about-terms-of-the-agreement",
        all_of(cell("compliance_claims", CLAIM, term_id=TERM), cell("ceasefire_terms", TERM, agreement_id="")),
        "term_id",
    ),
    "an end that may be before the start": ("end-within-start", cell("events", TALKS, start_latest="2031-05-09"), "end_edtf"),
    "dated without a date": ("dated-has-a-date", cell("statements", ACCUSES, date_basis="stated"), ACCUSES),
    "a conclusion of no agreement": ("implications", event("evt-signing", event_type="agreement_concluded"), "evt-signing"),
    "probable without a likely": ("probable-in-so-many-words", cell("statements", CALLS, certainty="probable"), "certainty"),
    "a title of a state": ("implications", cell("actors", "act-spokesman", actor_type="state"), "actor_type"),
    "a person without a name": ("persons-have-names", cell("actors", "act-spokesman", actor_type="person"), "actor_type"),
    "a role-holder with a name": ("persons-have-names", cell("names", "nam-spokesman", name_type="proper_name"), "act-spokesman"),
    "a state that speaks for one": (
        "implications", cell("actor_relations", "rel-spokesman-speaks-for-norland", actor_id="act-sudland"), "rel-",
    ),
    "a spokesman of another country": ("related-in-one-country", cell("actors", "act-norland", country_code="NOR"), "rel-"),
    "a town in two countries": (
        "country-of-a-place",
        all_of(
            add("places", place_id="plc-quay", name="Quay", place_type="site", parent_place_id="plc-port-vell", country_code="SWE"),
            cell("places", "plc-port-vell", country_code="NOR"),
        ),
        "plc-quay",
    ),
    "a place in itself": ("no-place-in-itself", cell("places", "plc-port-vell", parent_place_id="plc-port-vell"), "parent_place_id"),
    "a country that is none": ("country-codes-exist", cell("actors", "act-norland", country_code="XNO"), "ISO 3166-1"),
    "a country that the words do not name": (
        "country-codes-are-named",
        all_of(
            cell("actors", "act-norland", country_code="NOR"),
            cell("actors", "act-spokesman", country_code="SWE"),
            cell("evidence", "evd-act-spokesman-role-title-1", column_name="country_code"),
            span("evd-act-spokesman-role-title-1", "Norland called"),
        ),
        "act-spokesman",
    ),
    "an identifier of no scheme's form": ("form-of-identifiers", cell("identifiers", "idn-norland-wikidata", value="1"), "value"),
    "an identifier of two things": (
        "identifiers-differ", add("identifiers", identifier_id="idn-sudland-wikidata", actor_id="act-sudland", scheme="wikidata", value="Q1", match_type="exact"),
        "idn-sudland-wikidata",
    ),
    "close, and no word how": ("implications", cell("identifiers", "idn-norland-wikidata", match_type="close"), "match_type"),
    "a code that the crosswalk leaves out": ("crosswalk-is-whole", drop("crosswalk", "cwk-event-type-tension-cameo"), "tension"),
    "a residual code called exact": ("residual-codes-are-not-exact", cell("crosswalk", "cwk-speech-act-urge-cameo", match_type="exact"), "cwk-speech-act-urge-cameo"),
    "a code where there is none": ("implications", cell("crosswalk", "cwk-event-type-tension-cameo", scheme_code="190"), "scheme_code"),
    "no code, and no word why": ("implications", cell("crosswalk", "cwk-event-type-tension-cameo", note=""), "note"),
    "a manual of another scheme": ("source-gives-the-scheme", cell("crosswalk", "cwk-speech-act-urge-cameo", source_id="src-plover"), "src-plover"),
    "an identifier from a manual": ("source-gives-the-scheme", cell("sources", "src-gazetteer", scheme="geonames"), "idn-norland-wikidata"),
    "dates of no standard": ("schemes-have-a-source", drop("sources", "src-edtf"), "edtf"),
    "a code of another scheme": ("form-of-scheme-codes", cell("crosswalk", "cwk-speech-act-accuse-cameo", scheme_code="ACCUSE"), "scheme_code"),
    "an event type at all times": ("implications", cell("crosswalk", "cwk-event-type-talks-cameo", condition=""), "condition"),
    "the length of a reference": ("implications", cell("sources", "src-gazetteer", text_chars="9"), "src-gazetteer"),
    "a date that the citation does not give": ("date-in-the-citation", cell("sources", "src-gazetteer", published_edtf="2031-05-04"), "published_edtf"),
    "a date that only the citation gives": ("date-of-a-reference", cell("sources", "src-gazetteer", citation="Gazetteer, 4 May 2031"), "published_edtf"),
    "a letter of another script": ("one-script", cell("actors", "act-norland", name="N\u043erland"), "letters of one script"),
    "a digit of another script": ("no-look-alikes", cell("actors", "act-norland", description="State \u0661."), "plain digits"),
    "a hyphen that is none": ("no-look-alikes", cell("actors", "act-norland", description="A state\u2011to be."), "hyphens"),
    "a letter as wide as two": ("no-look-alikes", cell("actors", "act-norland", name="Norl\uff41nd"), "name"),
    "quotation marks": ("no-signs", cell("actors", "act-norland", description='A "state".'), "quotation mark"),
    "a formula": ("no-signs", cell("actors", "act-norland", description="=State."), "formula"),
    "a formula behind a minus": ("no-signs", cell("actors", "act-norland", description="-2+3+cmd"), "formula"),
    "an error of a spreadsheet": ("no-leavings", cell("actors", "act-norland", description="#REF!"), "description"),
    "an entity of HTML": ("no-leavings", cell("actors", "act-norland", description="State &amp; land."), "description"),
    "misread UTF-8": ("no-leavings", cell("actors", "act-norland", description="Caf\u00c3\u00a9."), "description"),
    "a character that was not read": ("no-leavings", cell("actors", "act-norland", description="St\ufffdte."), "description"),
    "something to do": ("no-leavings", cell("actors", "act-norland", description="TODO: say more."), "description"),
    "a cell that Excel cuts": ("cells-fit-a-spreadsheet", cell("actors", "act-norland", description="x" * 200_000), "32,767"),
    "a year of two digits": ("years-of-four-digits", cell("events", "evt-harbour-talks", start_earliest="0025-05-04"), "years"),
    "a year of two digits in EDTF": ("years-of-four-digits", cell("events", "evt-harbour-talks", start_edtf="[0025-05..]"), "years"),
    "a source seen before it was published": (
        "seen-once-published", cell("sources", "src-gazetteer", published_edtf="2031-05", accessed_on="2031-04-30"), "accessed_on"
    ),
    "a pattern loosened": ("tableschema", field("evidence", "sha256", set_constraint("pattern", ".*")), "sha256"),
    "a range loosened": ("tableschema", field("places", "latitude", set_constraint("maximum", 900)), "latitude"),
    "another type": ("tableschema", field("evidence", "char_start", lambda f: f.update(type="string", constraints={})), "char_start"),
    "missing spelt in two ways": ("tableschema", schema("events", lambda s: s.update(missingValues=["", "NA"])), "missingValues"),
    "another profile": ("tableschema", schema("events", lambda s: s.pop("$schema")), "$schema"),
    "rows that nothing tells apart": ("tableschema", schema("events", lambda s: s.pop("uniqueKeys")), "uniqueKeys"),
    "rows told apart by their keys": ("unique-keys-without-the-key", schema("events", lambda s: s.update(uniqueKeys=[["title", "event_id"]])), "uniqueKeys"),
    "another provenance": ("tableschema", field("evidence", "sha256", lambda f: f.update(provenance="editorial")), "sha256"),
    "a coded column without evidence": ("tableschema", field("events", "realis", lambda f: f.update(evidence="none")), "realis"),
    "a package without a name": ("datapackage", descriptor(lambda d: d.update(name="My Package")), "My Package"),
    "evidence that the row's is enough for": (
        "evidence-of-a-column", cell("evidence", f"evd-{PART}-actor-id-1", column_name="attribution"), "column_name",
    ),
    "a standfirst at the end": ("implications", cell("passages", "psg-harbour-report-p03-s1", passage_type="standfirst"), "passage_type"),
    "a subject that does nothing": (
        "subjects-have-a-part", cell("statement_actors", "sta-spokesman-breach-sudland-subject", actor_id="act-norland"), "sta-",
    ),
    "an agreement of one": (
        "parties-come-in-twos", cell("agreement_actors", "aga-harbour-truce-sudland-bound-not-party", actor_role="reported_party"), "aga-",
    ),
    "said before it began": (
        "said-not-before-it-began", cell("statements", ACCUSES, end_latest="2031-02-01"), "stl-spokesman-breach-asserts-evt",
    ),
    "places without words": ("cells-that-need-words", field("events", "place_id", lambda f: f.update(evidence="row")), "place_id"),
    "date words of no date": (
        "date-words-give-the-date", span("evd-evt-harbour-talks-date-words-1", "of March 2031"), "date_words",
    ),
    "a war that others ended": (
        "ended-war-between-the-parties", link(TRUCE, "ended", TALKS), PART,
    ),
    "a link from nowhere": (
        "links-of-asserted-events",
        cell("statement_links", "stl-spokesman-useful-mentions-evt", link_role="asserts", event_id="", event_link_id="evl-harbour-talks-follows-truce-in-effect"),
        "evl-harbour-talks",
    ),
    "asked, and nothing": ("what-is-put-forward-is-asserted", cell("statements", CALLS, speech_act="urge"), CALLS),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_rule_sees(case: str, made_up_root: Path) -> None:
    """The rule names the broken place, in words a curator can act on."""
    rule, break_it, place = CASES[case]
    break_it(made_up_root)
    mine = told_by(rule, made_up_root)
    assert mine, f"{rule} saw nothing"
    assert any(place in str(p) for p in mine), [str(p) for p in mine]
    assert all(p.rule == rule and p.expected and p.hint for p in mine)


@pytest.mark.parametrize("name", ["Łódź", "Côte d’Ivoire", "Nguyễn Văn An", "בַּיִת", "Ἀθῆναι", "東京", "Москва"])
def test_names_in_one_script_pass(name: str, made_up_root: Path) -> None:
    """Accents, and names wholly in another script, are no look-alikes."""
    edit(made_up_root, "actors", "act-norland", name=name)
    assert [p for rule in ("one-script", "no-look-alikes", "no-signs") for p in told_by(rule, made_up_root)] == []


def test_keys_can_tell_claims_apart(made_up_root: Path) -> None:
    """Two claims of one statement about one actor differ by the term in the key."""
    claim = rows(made_up_root, "compliance_claims")[0]
    rewrite(made_up_root, "compliance_claims", [claim, claim | {"claim_id": f"{CLAIM}-leave-harbour", "term_id": TERM}])
    assert told_by("key-says-the-row", made_up_root) == []


def test_empty_tables_are_no_crash(made_up_root: Path) -> None:
    """A package before its first row is coded has tables with a header alone."""
    for path in (made_up_root / "data/csv").glob("*.csv"):
        if path.stem not in ("codes", "crosswalk"):
            path.write_text(path.read_text("utf-8").split("\n")[0] + "\n", "utf-8")
    known = database.read(Package(made_up_root))
    assert rules.ask(known, rules.every(known.package, False)) == ([], [])


def test_every_implication_is_asked_and_read(made_up_root: Path) -> None:
    """A row of implications.csv that no cell can break, as its column or code is misspelt, is told."""
    path = made_up_root / rules.IMPLICATIONS
    for before, after, told in (
        ("ceasefire_breach,realis", "ceasefire_brach,realis", "ceasefire_brach"),
        ("ceasefire_breach,realis", "ceasefire_breach,reality", "cannot be asked"),
    ):
        kept = path.read_text("utf-8")
        path.write_text(kept.replace(before, after), "utf-8")
        found = [str(p) for p in check.source_problems(made_up_root)]
        path.write_text(kept, "utf-8")
        assert any(told in p or "reality" in p for p in found), found

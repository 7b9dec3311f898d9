"""The code that users of version 2.0 write keeps running, on this version and every later 2.x.

It is what a researcher's scripts do: names of tables, columns and codes are typed into it, as they stand
in such scripts, and none is looked up. A change that breaks one of these tests breaks theirs: it is a
major version, and then a test of that version takes this one's place. Nothing but naqoura_talks, pandas
and pytest is used, so that it runs on the wheel with the oldest pandas too (see test_wheel.py).
"""

from __future__ import annotations

import pandas as pd
import pytest

import naqoura_talks as nt

pytestmark = pytest.mark.skipif(int(nt.__version__.split(".")[0]) != 2, reason="holds for 2.x")

# Columns that scripts name, by table: all that 2.0 has.
COLUMNS = {
    "actors": "actor_id name actor_type country_code role_title plover_country plover_sector description",
    "actor_relations": "relation_id actor_id relation_type related_actor_id attribution",
    "names": "name_id actor_id place_id agreement_id name_words name_type",
    "places": "place_id name place_type parent_place_id country_code latitude longitude",
    "identifiers": "identifier_id actor_id place_id agreement_id event_id scheme value match_type source_id note",
    "events": "event_id title event_type realis aggregation attribution start_edtf start_earliest start_latest end_edtf "
    "end_earliest end_latest date_words date_basis agreement_id place_id description",
    "event_actors": "event_actor_id event_id actor_id actor_role attribution",
    "event_links": "event_link_id event_id link_type linked_event_id attribution",
    "statements": "statement_id speaker_actor_id mode speech_act cue_words quote_words proposition certainty polarity "
    "is_repeated start_edtf start_earliest start_latest end_edtf end_earliest end_latest date_words date_basis",
    "statement_actors": "statement_actor_id statement_id actor_id actor_role",
    "statement_links": "statement_link_id statement_id link_role event_id event_actor_id event_link_id relation_id term_id "
    "agreement_id",
    "agreements": "agreement_id name agreement_type status status_as_of_edtf",
    "agreement_actors": "agreement_actor_id agreement_id actor_id actor_role attribution",
    "ceasefire_terms": "term_id agreement_id title term_type term_basis conduct_type attribution description",
    "term_actors": "term_actor_id term_id actor_id actor_role",
    "compliance_claims": "claim_id statement_id agreement_id term_id assessed_actor_id claim_type",
    "sources": "source_id source_type title publisher url language published_edtf accessed_on text_sha256 text_chars "
    "paragraphs citation note",
    "passages": "passage_id source_id paragraph_no sentence_no char_start char_end sha256 passage_type not_coded_reason",
    "evidence": "evidence_id table_name row_id column_name source_id char_start char_end sha256 support note",
    "codes": "code_id codelist code code_order label definition",
    "crosswalk": "crosswalk_id codelist code scheme scheme_code match_type condition",
}
JOINED = {
    "events": "event_id title realis attribution asserted_by event_type aggregation actors claimed_actors agreement "
    "place start_edtf end_edtf dates date_words links claimed_links description start_earliest start_latest "
    "end_earliest end_latest date_basis source_id char_start",
    "statements": "statement_id speaker speech_act proposition mode certainty polarity is_repeated spoken_for relay "
    "addressee subject cue_words quote_words asserts conditions_on mentions claims start_edtf start_earliest "
    "start_latest end_edtf end_earliest end_latest dates date_basis date_words source_id char_start text",
    "ceasefire_terms": "term_id title term_basis attribution asserted_by obligated performer agreement term_type conduct_type "
    "affected beneficiary verifier participant proponent preconditions claims description source_id char_start",
    "actors": "actor_id name actor_type country_code role_title relations names events claimed_events agreements terms "
    "statements_made description",
    "agreements": "agreement_id name agreement_type status status_as_of_edtf actors claimed_actors events claimed_events "
    "terms claims source_id char_start",
    "event_actors": "event_actor_id event_id title event_type realis aggregation event_attribution actor_id actor actor_type "
    "actor_role attribution asserted_by place start_edtf start_earliest start_latest end_edtf end_earliest "
    "end_latest text",
    "event_links": "event_link_id event_id title realis link_type linked_event_id linked_title linked_realis attribution "
    "asserted_by text",
    "statement_actors": "statement_actor_id statement_id speaker_actor_id speaker speech_act actor_id actor actor_type actor_role "
    "proposition start_edtf start_earliest start_latest end_edtf end_earliest end_latest text",
    "actor_relations": "relation_id actor_id actor relation_type related_actor_id related_actor attribution asserted_by text",
    "statement_links": "statement_link_id statement_id speaker_actor_id speaker speech_act link_role linked_table linked_id "
    "linked proposition start_edtf start_earliest start_latest end_edtf end_earliest end_latest text",
    "agreement_actors": "agreement_actor_id agreement_id agreement agreement_type status actor_id actor actor_type actor_role "
    "attribution asserted_by text",
    "term_actors": "term_actor_id term_id title term_type term_basis agreement_id agreement actor_id actor actor_type "
    "actor_role attribution asserted_by text",
    "compliance_claims": "claim_id statement_id speaker_actor_id speaker speech_act claim_type assessed_actor_id assessed_actor "
    "agreement_id agreement term_id term proposition start_edtf start_earliest start_latest end_edtf "
    "end_earliest end_latest text",
    "act_pairs": "table_name row_id actor_id actor recipient_id recipient joint plover cameo title consequences realis "
    "aggregation attribution asserted_by actor_country actor_sector recipient_country recipient_sector "
    "place_id place place_precision start_edtf start_earliest start_latest end_edtf end_earliest end_latest "
    "date_precision date_basis",
    "acts": "table_name row_id actor_id actor recipient_id recipient joint plover cameo title consequences realis "
    "aggregation attribution asserted_by actor_country actor_sector recipient_country recipient_sector "
    "place_id place place_precision start_edtf start_earliest start_latest end_edtf end_earliest end_latest "
    "date_precision date_basis",
    "timeline": "position event_id title event_type realis aggregation attribution asserted_by actors claimed_actors place "
    "dates start_edtf start_earliest start_latest end_edtf end_earliest end_latest date_basis begins_earliest "
    "begins_latest placed_by comes_after",
}
# Codes that scripts compare with.
CODES = {
    "realis": "actual attempted hypothetical ongoing required unrealised",
    "attribution": "both link_line narrator speaker",
    "term_basis": "agreed_term",
    "claim_type": "insufficient violated",
    "support": "explicit external inferred",
    "event_type": "talks killing air_strike dismantling ceasefire_breach withdrawal",
    "speech_act": "accuse urge warn",
    "certainty": "certain possible uncommitted",
    "event_link_type": "aims_at ended follows held_under part_of",
    "term_actor_role": "obligated performer",
}


@pytest.mark.parametrize("table", COLUMNS)
def test_tables_have_their_columns(table: str) -> None:
    """Each table of 2.0 loads, its key first, with the columns that it had."""
    frame = nt.load(table)
    expected = COLUMNS[table].split()
    assert frame.columns[0] == expected[0] and frame[expected[0]].is_unique
    assert set(expected) <= set(frame.columns)


@pytest.mark.parametrize("table", JOINED)
def test_joined_tables_have_their_columns(table: str) -> None:
    """So does each joined table, one row for each of the table's."""
    frame = nt.joined(table)
    assert set(JOINED[table].split()) <= set(frame.columns)
    assert table not in COLUMNS or len(frame) == len(nt.load(table))


@pytest.mark.parametrize("codelist", CODES)
def test_codes_are_there(codelist: str) -> None:
    """Codes that scripts compare with exist, with label, definition and count."""
    codes = nt.codes(codelist)
    assert set(CODES[codelist].split()) <= set(codes["code"])
    assert {"codelist", "code", "label", "definition", "count"} <= set(codes.columns)


def test_script_filter_and_join() -> None:
    """What the narrator tells as happened, with who took part: two filters and two merges."""
    events, parts, actors = nt.load("events"), nt.load("event_actors"), nt.load("actors")
    told = events[events["attribution"].isin(["narrator", "both"]) & events["realis"].isin(["actual", "ongoing"])]
    flat = told.merge(parts, on="event_id", suffixes=("", "_of_part")).merge(actors, on="actor_id")
    by_actor = flat.groupby("name")["event_id"].nunique().sort_values(ascending=False)
    assert by_actor["Israel"] >= 3 and "Hezbollah" in by_actor.index
    talks = flat[flat["event_id"] == "evt-naqoura-talks"]
    assert {"participant", "principal"} <= set(talks["actor_role"])


def test_script_dates() -> None:
    """Vague dates: bounds are Timestamps, empty where there is no bound, and the EDTF text stands beside them."""
    events = nt.load("events").set_index("event_id")
    assert events.loc["evt-naqoura-talks", "start_edtf"] == "2025-12-03"
    assert events.loc["evt-naqoura-talks", "start_earliest"] == pd.Timestamp("2025-12-03")
    assert "evt-naqoura-talks" in events[events["start_earliest"] == "2025-12-03"].index
    dated = events.dropna(subset=["start_edtf"])
    assert dated["start_latest"].isna().any() and (dated["start_earliest"].dropna() < "2026-01-01").all()
    assert events["start_earliest"].dt.year.max() == 2025


def test_script_timeline() -> None:
    """Who wants the order of things takes the rows with a position; the talks come last of them."""
    line = nt.timeline().dropna(subset=["position"])
    assert line["position"].is_monotonic_increasing and line["event_id"].iloc[-1] == "evt-naqoura-talks"


def test_script_claims() -> None:
    """Who claims which breach: statements, their speakers and the assessed actors."""
    claims = nt.load("compliance_claims").merge(nt.load("statements"), on="statement_id")
    names = nt.load("actors").set_index("actor_id")["name"]
    said = set(
        zip(
            claims["speaker_actor_id"].map(names),
            claims["assessed_actor_id"].map(names),
            claims["claim_type"],
            strict=True,
        )
    )
    assert ("Israel", "Hezbollah", "violated") in said
    assert (nt.load("statements")["certainty"] == "certain").any()


def test_script_acts() -> None:
    """Directed acts with PLOVER and CAMEO codes, counted by pair; codes are text."""
    acts = nt.acts()
    assert set(JOINED["acts"].split()) <= set(acts.columns)
    pairs = acts.dropna(subset=["actor", "recipient"]).groupby(["actor", "recipient"]).size()
    assert ("Israel", "Lebanon") in pairs.index
    assert acts["cameo"].dropna().map(type).eq(str).all() and set(acts["plover"].dropna()) & {"CONSULT", "ACCUSE"}


def test_script_evidence() -> None:
    """The spans behind a row and a cell; offsets are whole numbers, digests 64 digits."""
    spans = nt.evidence("evt-naqoura-talks", "place_id")
    assert set(COLUMNS["evidence"].split()) <= set(spans.columns)
    assert (spans["char_start"] < spans["char_end"]).all() and spans["sha256"].str.len().eq(64).all()
    assert nt.coverage()["share"].between(0, 1).all()


def test_script_looks_around() -> None:
    """What there is, where the files are, what the columns mean, how to cite."""
    everything = nt.load()
    assert everything.events.equals(everything["events"]) and everything.events.attrs["version"] == nt.__version__
    assert {"table", "group", "rows", "title", "description"} <= set(nt.tables().columns)
    assert nt.path("events").name == "events.csv" and nt.path("events", format="parquet").is_file()
    assert pd.read_csv(nt.path("events"))["event_id"].is_unique
    assert {"table", "column", "type", "description", "provenance", "evidence"} <= set(nt.codebook("events").columns)
    assert nt.__version__ in nt.cite() and "@misc" in nt.cite(everything.events, style="bibtex")
    with pytest.raises(KeyError):
        nt.load("event")
    with pytest.raises(nt.PackageError):
        nt.evidence("evt-nowhere")

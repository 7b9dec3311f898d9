"""The code that users of version 1.0 wrote keeps running, on this version and every later 1.x.

It is what a researcher's scripts do: names of tables, columns and codes are typed into it, as they stand
in such scripts, and none is looked up. A change that breaks one of these tests breaks theirs: it is a
major version, and then a test of that version takes this one's place. Nothing but naqoura_talks, pandas
and pytest is used, so that it runs on the wheel with the oldest pandas too (see test_wheel.py).
"""

from __future__ import annotations

import datetime

import pandas as pd
import pytest

import naqoura_talks as nt

pytestmark = pytest.mark.skipif(int(nt.__version__.split(".")[0]) > 1, reason="holds for 0.x and 1.x")

# Columns that scripts name, by table: all that 1.0 had.
COLUMNS = {
    "actors": "actor_id name actor_type country_code role_title plover_country plover_sector description",
    "actor_relations": "relation_id actor_id relation_type related_actor_id attribution",
    "names": "name_id actor_id place_id agreement_id name_words name_type",
    "places": "place_id name place_type parent_place_id country_code latitude longitude",
    "identifiers": "identifier_id actor_id place_id agreement_id event_id scheme value match_type source_id note",
    "events": "event_id title event_type realis aggregation attribution start_edtf start_earliest start_latest "
    "end_edtf end_earliest end_latest date_words date_basis place_id description",
    "event_actors": "event_actor_id event_id actor_id actor_role attribution",
    "event_links": "event_link_id event_id link_type linked_event_id attribution",
    "statements": "statement_id speaker_actor_id mode speech_act cue_words quote_words proposition certainty polarity "
    "is_repeated start_edtf start_earliest start_latest end_edtf end_earliest end_latest date_words date_basis",
    "statement_actors": "statement_actor_id statement_id actor_id actor_role",
    "statement_links": "statement_link_id statement_id link_role event_id event_actor_id event_link_id term_id "
    "agreement_id",
    "agreements": "agreement_id name agreement_type status status_as_of_edtf concluded_event_id effective_event_id",
    "agreement_actors": "agreement_actor_id agreement_id actor_id actor_role attribution",
    "ceasefire_terms": "term_id agreement_id title term_type term_basis conduct_type attribution description",
    "term_actors": "term_actor_id term_id actor_id actor_role",
    "compliance_claims": "claim_id statement_id agreement_id term_id assessed_actor_id claim_type",
    "sources": "source_id source_type title publisher url language published_edtf accessed_on text_sha256 text_chars "
    "paragraphs citation note",
    "passages": "passage_id source_id paragraph_no sentence_no char_start char_end sha256 passage_type "
    "not_coded_reason",
    "evidence": "evidence_id table_name row_id column_name source_id char_start char_end sha256 support note",
    "codes": "code_id codelist code code_order label definition",
    "crosswalk": "crosswalk_id codelist code scheme scheme_code match_type condition",
}
JOINED = {
    "events": "event_id title realis attribution asserted_by event_type aggregation actors place start_edtf end_edtf "
    "date_words links description start_earliest start_latest end_earliest end_latest date_basis",
    "statements": "statement_id speaker speech_act proposition mode certainty polarity is_repeated spoken_for relay "
    "addressee subject cue_words quote_words asserts conditions_on mentions claims start_edtf date_basis date_words",
    "ceasefire_terms": "term_id title term_basis attribution asserted_by obligated agreement term_type conduct_type "
    "affected beneficiary verifier participant proponent claims description",
    "actors": "actor_id name actor_type country_code role_title relations names events agreements terms "
    "statements_made description",
}
ACTS = (
    "table_name row_id actor_id actor recipient_id recipient plover cameo title realis attribution asserted_by "
    "start_edtf start_earliest start_latest end_edtf end_earliest end_latest date_basis"
)
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
}


@pytest.mark.parametrize("table", COLUMNS)
def test_tables_have_their_columns(table: str) -> None:
    """Each table of 1.0 loads, its key first, with the columns that it had."""
    frame = nt.load(table)
    expected = COLUMNS[table].split()
    assert frame.columns[0] == expected[0] and frame[expected[0]].is_unique
    assert set(expected) <= set(frame.columns)


@pytest.mark.parametrize("table", JOINED)
def test_joined_tables_have_their_columns(table: str) -> None:
    """So does each joined table, one row for each of the table's."""
    frame = nt.joined(table)
    assert set(JOINED[table].split()) <= set(frame.columns) and len(frame) == len(nt.load(table))


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
    """Vague dates: bounds are real dates, empty where there is no bound, and the EDTF text stands beside them."""
    events = nt.load("events").set_index("event_id")
    assert events.loc["evt-naqoura-talks", "start_edtf"] == "2025-12-03"
    assert events.loc["evt-naqoura-talks", "start_earliest"] == datetime.date(2025, 12, 3)
    dated = events.dropna(subset=["start_edtf"])
    assert dated["start_latest"].isna().any() and (dated["start_earliest"].dropna() < datetime.date(2026, 1, 1)).all()


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
    assert (nt.load("statements")["certainty"] > "possible").any()


def test_script_acts() -> None:
    """Directed acts with PLOVER and CAMEO codes, counted by pair; codes are text."""
    acts = nt.acts()
    assert set(ACTS.split()) <= set(acts.columns)
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

"""The joined tables answer the questions that users ask, and count nothing twice.

Like test_load.py this module uses nothing but naqoura_talks, pandas and pytest, so that it runs in an environment
that has the wheel alone (see test_wheel.py). What the build makes of the views is in test_build.py.
"""

from __future__ import annotations

import csv
import re
from typing import get_args

import pandas as pd
import pytest

import naqoura_talks as nt
from naqoura_talks import frames

NAMES = list(get_args(frames.JoinedName))
CORE = ["events", "statements", "ceasefire_terms", "actors", "agreements"]
PARTS = [name for name in NAMES if name not in (*CORE, "acts", "act_pairs", "timeline")]


def test_names_that_complete_are_the_files() -> None:
    """Editors complete the names of JoinedName; they must be those of the descriptor."""
    assert set(frames.installed().joined.tables) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_frame_equals_csv(name: str) -> None:
    """Cell by cell, the frame from Parquet has what the CSV has, and an empty cell is missing."""
    frame, path = nt.joined(name), frames.installed().joined.path(name)
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert list(frame.columns) == header and len(frame) == len(rows)
    for column, expected in zip(header, zip(*rows, strict=True), strict=True):
        for value, text in zip(frame[column], expected, strict=True):
            spelt = str(value).lower() if str(value) in ("True", "False") else str(value).removesuffix(" 00:00:00")
            assert pd.isna(value) if text == "" else spelt == text, (column, value, text)


@pytest.mark.parametrize("name", NAMES)
def test_columns_have_the_types_of_the_tables(name: str) -> None:
    """A column that comes from a table has its type there, and every other one that of its field."""
    frame, package = nt.joined(name), frames.installed()
    fields = package.joined.fields(name)
    assert list(fields) == list(frame.columns) and all(f["title"] and f["description"] for f in fields.values())
    plain = {"string": pd.Series(["text"]).dtype, "integer": pd.Int64Dtype(), "boolean": pd.BooleanDtype()}
    for column, field in fields.items():
        if field.get("categoriesOrdered"):
            assert frame[column].dtype == pd.CategoricalDtype(field["categories"], ordered=True)
        elif field["type"] == "date":
            assert frame[column].dtype == nt.load("events")["start_earliest"].dtype
        else:
            assert frame[column].dtype == plain[field["type"]], column
    assert frame.attrs == nt.load("events").attrs | {"table": f"joined {name}"}


@pytest.mark.parametrize("name", [*CORE, *PARTS])
def test_no_row_is_lost_or_doubled(name: str) -> None:
    """A joined table has the rows of its table, in their order, with the key first."""
    assert list(nt.joined(name).iloc[:, 0]) == list(nt.load(name).iloc[:, 0])


@pytest.mark.parametrize("name", CORE)
def test_core_tables_have_names_in_place_of_keys(name: str) -> None:
    """No key of another table is in sight, and whose word a part is stands in no cell of names."""
    flat = nt.joined(name)
    cells = [str(cell) for cell in flat.drop(columns=flat.columns[0]).astype(object).to_numpy().ravel()]
    assert not [
        c
        for c in cells
        if c.startswith(("act-", "evt-", "plc-", "agr-", "stm-", "trm-")) or re.search(r"\(.*says .*\)", c)
    ]


# --- the questions of users ---


def test_events_of_one_actor() -> None:
    """Israel has a part in 15 events, in 11 of them by the report's own word; no accusation by it is among them."""
    parts = nt.joined("event_actors").query("actor == 'Israel'")
    assert parts["event_id"].nunique() == 15
    own = parts[parts["attribution"] != "speaker"]
    assert own["event_id"].nunique() == 11 and own["asserted_by"].dropna().unique().tolist() == [
        "Office of Benjamin Netanyahu"
    ]
    assert set(parts["event_id"]).isdisjoint({"evt-ceasefire-breach", "evt-rearmament", "evt-dismantling-steps"})
    told = nt.joined("events").set_index("event_id")["actors"].dropna().str.contains(r"\bIsrael \(")
    assert set(told[told].index) == set(own["event_id"])


def test_who_claims_a_breach() -> None:
    """Israel, of Hezbollah; that the steps are insufficient is another claim, of another actor."""
    claims = nt.joined("compliance_claims").set_index("claim_type")
    assert claims["text"].to_dict() == {
        "violated": "Israel on Hezbollah: violated (Ceasefire between Israel and Hezbollah of November 2024)",
        "insufficient": "Israel on Lebanese army: insufficient (Dismantling of Hezbollah's military infrastructure)",
    }
    assert nt.joined("statements").set_index("statement_id")["claims"].dropna().to_dict() == (
        nt.joined("compliance_claims").set_index("statement_id")["text"].to_dict()
    )


def test_what_salam_makes_conditions() -> None:
    """Two events, and the terms that hang on them say which must come first."""
    links = nt.joined("statement_links").query("speaker == 'Nawaf Salam' and link_role == 'conditions_on'")
    assert set(links["linked"]) == {"Israeli withdrawal, as made a condition", "Conclusion of a peace agreement"}
    hanging = nt.joined("ceasefire_terms").set_index("term_id")["preconditions"].dropna()
    assert set(hanging.index) == {"trm-peace-agreement-first", "trm-weapons-first-phase", "trm-withdrawal"}
    assert hanging["trm-withdrawal"].startswith("Israeli withdrawal, as made a condition must come before First phase")


def test_what_happened_before_the_talks() -> None:
    """All that has a place in time precedes them; comes_after names what links put before them."""
    line = nt.timeline().set_index("event_id")
    talks = line.loc["evt-naqoura-talks"]
    assert talks["position"] == line["position"].max() == line["position"].count()
    before = talks["comes_after"].split("; ")
    assert {"US pressure for direct contact", "Earlier meetings of officers only", "Direct talks of 1983"} <= set(
        before
    )
    assert len(before) == len(set(before))


def test_whose_word_a_part_is() -> None:
    """That the envoy attended is the embassy's word, in a meeting that the narrator asserts too."""
    part = nt.joined("event_actors").set_index("event_actor_id").loc["eva-naqoura-talks-ortagus-attendee"]
    assert (part["attribution"], part["asserted_by"]) == ("speaker", "US embassy in Beirut")
    assert part["event_attribution"] == "both" and part["actor_role"] == "attendee"
    talks = nt.joined("events").set_index("event_id").loc["evt-naqoura-talks"]
    assert "Ortagus" in talks["claimed_actors"] and "Ortagus" not in talks["actors"]


@pytest.mark.parametrize("name", ["events", "ceasefire_terms", "event_actors", "event_links", "term_actors"])
def test_who_asserts_it_is_told(name: str) -> None:
    """asserted_by is filled exactly where the attribution is speaker or both."""
    flat = nt.joined(name)
    assert (flat["asserted_by"].notna() == flat["attribution"].isin(["speaker", "both"])).all()


def test_texts_can_be_read() -> None:
    """Statements, parts and links have one text each, the same wherever they are told."""
    said = nt.joined("statements").set_index("statement_id")["text"]
    assert said["stm-israel-accuses-breach"] == "Israel accuses Hezbollah: Hezbollah violates the ceasefire."
    assert said["stm-embassy-on-ortagus"].startswith("US embassy in Beirut reports: ")
    acts = nt.acts().query("table_name == 'statements'").set_index("row_id")["title"]
    assert acts.to_dict() == {key: said[key] for key in acts.index}


def test_dates_in_words() -> None:
    """Dates are told as vague as they are."""
    dates = nt.timeline().set_index("event_id")["dates"]
    assert dates["evt-naqoura-talks"] == "3 December 2025" and dates["evt-talks-1983"] == "1983"
    assert dates["evt-invasion"] == "1983 or earlier" and dates["evt-agreement-1983"] == "1983 or later"
    assert dates["evt-cross-border-hostilities"] == "November 2023 or earlier – November 2024"
    assert dates["evt-israel-hezbollah-war"] == "November 2024 or earlier – November 2024"
    assert dates["evt-mechanism-set-up"] == "between November 2024 and December 2025"


# --- timeline ---


def test_timeline_is_in_order() -> None:
    """1983 comes first, in its order, and the war before the ceasefire that ended it; who has no place comes last."""
    line = nt.timeline()
    assert sorted(line["event_id"]) == list(nt.load("events")["event_id"])
    placed = line["position"].count()
    assert list(line["position"][:placed]) == list(range(1, placed + 1))
    place = line.set_index("event_id")["position"]
    for earlier, later in (
        ("evt-invasion", "evt-talks-1983"), ("evt-talks-1983", "evt-agreement-1983"),
        ("evt-agreement-1983", "evt-hezbollah-attacks"), ("evt-hezbollah-attacks", "evt-cross-border-hostilities"),
        ("evt-israel-hezbollah-war", "evt-ceasefire-in-effect"), ("evt-ceasefire-in-effect", "evt-mechanism-set-up"),
        ("evt-ceasefire-brokering", "evt-ceasefire-in-effect"), ("evt-ceasefire-in-effect", "evt-ceasefire-breach"), ("evt-mechanism-set-up", "evt-naqoura-talks"),
    ):  # fmt: skip
        assert place[earlier] < place[later], (earlier, later)
    assert place[["evt-peace-agreement", "evt-ratification-1983", "evt-israeli-strikes"]].isna().all()


def test_no_date_and_no_link_is_contradicted() -> None:
    """What surely began before something else, by its dates, or by a link that orders, stands before it."""
    line = nt.timeline().dropna(subset=["position"])
    rows = line.to_dict("records")
    for a in rows:
        for b in rows:
            if (
                pd.notna(a["begins_latest"])
                and pd.notna(b["begins_earliest"])
                and a["begins_latest"] < b["begins_earliest"]
            ):
                assert a["position"] < b["position"], (a["event_id"], b["event_id"])
    place = line.set_index("event_id")["position"]
    links = nt.load("event_links").query("link_type in ['follows', 'prior_instance', 'held_under', 'ended']")
    for link in links.to_dict("records"):
        if {link["event_id"], link["linked_event_id"]} <= set(place.index):
            assert place[link["linked_event_id"]] < place[link["event_id"]], link["event_link_id"]


def test_what_places_an_event_is_told() -> None:
    """Dates of its own, or links alone, which bound it too."""
    line = nt.timeline().set_index("event_id")
    assert (line["placed_by"].notna() == line["position"].notna()).all()
    assert set(line["placed_by"].dropna()) == {"date", "links"}
    killed = line.loc["evt-figures-killed"]
    assert killed["placed_by"] == "links" and "Israeli offensive" in killed["comes_after"]


# --- acts ---


def test_an_act_is_one_row() -> None:
    """acts has no act twice; act_pairs has the same acts, and no pair twice."""
    acts, pairs = nt.acts(), nt.act_pairs()
    assert acts["row_id"].is_unique and set(pairs["row_id"]) == set(acts["row_id"])
    assert not pairs.duplicated(["row_id", "actor_id", "recipient_id"]).any()
    assert (acts["plover"].notna() | acts["cameo"].notna()).all()
    assert {"010", "046"} <= set(acts["cameo"]) and "196" not in set(acts["cameo"])


def test_a_joint_act_is_one_act_and_two_pairs() -> None:
    """The talks are one act of both states, which stand for their delegates, and a pair in each direction."""
    talks = nt.acts().set_index("row_id").loc["evt-naqoura-talks"]
    assert talks["joint"] and talks["actor"] == "Israel; Lebanon" and pd.isna(talks["recipient"])
    assert (talks["actor_country"], talks["cameo"]) == ("ISR; LBN", "046")
    pairs = nt.act_pairs().query("row_id == 'evt-naqoura-talks'")
    assert set(zip(pairs["actor"], pairs["recipient"], strict=True)) == {("Israel", "Lebanon"), ("Lebanon", "Israel")}
    assert pairs["joint"].all()


def test_no_act_is_a_claim_or_did_not_happen() -> None:
    """What only a speaker asserts, and what is possible, due or unrealised, is no act of its doer."""
    acts, events = nt.acts(), nt.load("events").set_index("event_id")
    used = events.loc[acts.loc[acts["table_name"] == "events", "row_id"]]
    assert set(used["realis"]) <= {"actual", "ongoing", "attempted"} and "speaker" not in set(used["attribution"])


def test_no_war_and_no_consequence_is_an_act() -> None:
    """Wars as a whole are no incidents; losses that an offensive caused are left out alike, whoever suffered them."""
    rows = set(nt.acts()["row_id"])
    assert not rows & {"evt-israel-hezbollah-war", "evt-cross-border-hostilities"}
    assert not rows & {"evt-figures-killed", "evt-stockpiles-destroyed", "evt-civilian-casualties"}
    # A killing of its own, with a doer, is an act.
    assert {"evt-israeli-offensive", "evt-commander-killed", "evt-hezbollah-attacks"} <= rows


def test_no_speaker_addresses_the_own_side() -> None:
    """Salam's word on Lebanon is directed at nobody, and the embassy's on the envoy neither; media are no recipients."""
    acts = nt.acts().set_index("row_id")
    assert pd.isna(acts.loc["stm-salam-still-far", "recipient"])
    assert pd.isna(acts.loc["stm-embassy-on-ortagus", "recipient"])
    assert acts.loc["stm-office-on-meeting", "recipient_id"] == "act-lebanon-delegation"
    assert not acts["recipient"].dropna().str.contains("Reporters").any()
    pairs = nt.act_pairs().dropna(subset=["actor_id", "recipient_id"])
    assert (pairs["actor_id"] != pairs["recipient_id"]).all()


def test_an_accused_breach_is_an_accusation() -> None:
    """The breach that only Israel asserts is Israel's act toward Hezbollah: ACCUSE:allege, 1123."""
    acts = nt.acts().set_index("row_id")
    breach = acts.loc["stm-israel-accuses-breach"]
    assert (breach["actor_id"], breach["recipient_id"]) == ("act-israel", "act-hezbollah")
    assert (breach["plover"], breach["cameo"], breach["aggregation"]) == ("ACCUSE:allege", "1123", "repeated")
    assert acts.loc["stm-israel-accuses-rebuilding", "cameo"] == "112" and "evt-ceasefire-breach" not in acts.index
    # An offer of access is coded as the intent, not as a mere consent.
    assert acts.loc["stm-salam-open-to-verification", "cameo"] == "0355"


def test_both_sides_are_counted_by_one_measure() -> None:
    """Assaults of each side, from the pairs and from the acts, are the same numbers."""
    acts = nt.acts()
    assaults = acts[acts["plover"].fillna("").str.startswith("ASSAULT")]
    assert assaults["actor"].value_counts().to_dict() == {"Israel": 4, "Hezbollah": 1}
    pairs = nt.act_pairs()
    assert pairs[pairs["plover"].fillna("").str.startswith("ASSAULT")].groupby("actor")[
        "row_id"
    ].nunique().to_dict() == (assaults.groupby("actor")["row_id"].nunique().to_dict())


def test_precision_is_told() -> None:
    """Of dates and of places."""
    acts = nt.acts().set_index("row_id")
    wanted = {
        "evt-naqoura-talks": ("day", "site"), "evt-ceasefire-in-effect": ("month", "none"), "evt-talks-1983": ("year", "none"),
        "evt-invasion": ("bounded", "country"), "evt-us-pressure": ("bounded", "none"), "evt-commander-killed": ("none", "town"),
    }  # fmt: skip
    assert {key: tuple(acts.loc[key, ["date_precision", "place_precision"]]) for key in wanted} == wanted

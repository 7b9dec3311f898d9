"""The flat views say what the tables say, row for row, and the acts follow the crosswalk's conditions."""

from __future__ import annotations

import pytest

import naqoura_talks as nt

VIEWS = ["events", "statements", "ceasefire_terms", "actors"]


@pytest.mark.parametrize("name", VIEWS)
def test_joined_does_not_multiply_rows(name: str) -> None:
    """One row a thing, in the table's order, with its key first, and no key of another table in sight."""
    flat, table = nt.joined(name), nt.load(name)
    assert list(flat.iloc[:, 0]) == list(table.iloc[:, 0])
    cells = flat.drop(columns=flat.columns[0]).astype(object).to_numpy().ravel()
    assert not [cell for cell in cells if str(cell).startswith(("act-", "evt-", "plc-", "agr-", "stm-", "trm-"))]
    assert flat.attrs["table"] == f"joined {name}" and flat.attrs["version"] == nt.__version__


@pytest.mark.parametrize("name", VIEWS)
def test_joined_text_columns_have_one_type(name: str) -> None:
    """A column without a single value is text all the same."""
    flat = nt.joined(name)
    text = flat.iloc[:, 0].dtype
    assert {str(flat[c].dtype) for c in flat if flat[c].isna().all() and "earliest" not in c and "latest" not in c} <= {
        str(text)
    }


def test_who_asserts_an_event_is_told() -> None:
    """asserted_by is filled exactly where the attribution is speaker or both."""
    for name in ("events", "ceasefire_terms"):
        flat = nt.joined(name)
        assert (flat["asserted_by"].notna() == flat["attribution"].isin(["speaker", "both"])).all()


def test_claims_stand_with_statement_and_term() -> None:
    """Each compliance claim can be read beside its statement, with speaker, assessed actor and kind."""
    statements = nt.joined("statements").set_index("statement_id")["claims"].dropna()
    claims = nt.load("compliance_claims")
    assert set(statements.index) == set(claims["statement_id"])
    actors = nt.load("actors").set_index("actor_id")["name"]
    for claim in claims.to_dict("records"):
        assert actors[claim["assessed_actor_id"]] in statements[claim["statement_id"]]
        assert claim["claim_type"] in statements[claim["statement_id"]]
    terms = nt.joined("ceasefire_terms").set_index("term_id")["claims"].dropna()
    assert set(terms.index) == set(claims["term_id"].dropna())


def test_relay_and_addressee_are_told() -> None:
    """Through whom a statement came, and to whom it was made, is in the flat table."""
    flat = nt.joined("statements")
    parts = nt.load("statement_actors")
    for role in ("relay", "addressee", "spoken_for", "subject"):
        assert flat[role].notna().sum() == parts.loc[parts["actor_role"] == role, "statement_id"].nunique()


def test_acts_leave_out_claims_and_what_did_not_happen() -> None:
    """What only a speaker asserts, and what is possible, due or unrealised, is no act of its doer."""
    acts, events = nt.acts(), nt.load("events").set_index("event_id")
    used = events.loc[acts.loc[acts["table_name"] == "events", "row_id"].unique()]
    assert set(used["realis"]) <= {"actual", "ongoing", "attempted"}
    assert "speaker" not in set(used["attribution"])
    assert "196" not in set(acts["cameo"].dropna())


def test_an_accused_breach_is_an_accusation() -> None:
    """The breach that only Israel asserts is Israel's act toward Hezbollah: ACCUSE:allege, 1123."""
    acts = nt.acts().set_index("row_id")
    breach = acts.loc["stm-israel-accuses-breach"]
    assert (breach["actor_id"], breach["recipient_id"]) == ("act-israel", "act-hezbollah")
    assert (breach["plover"], breach["cameo"]) == ("ACCUSE:allege", "1123")
    assert acts.loc["stm-israel-accuses-rebuilding", "cameo"] == "112"
    assert "evt-ceasefire-breach" not in acts.index


def test_joint_acts_go_both_ways() -> None:
    """Talks are one row in each direction, between the principals; their delegates stand behind them."""
    acts = nt.acts()
    talks = acts[acts["row_id"] == "evt-naqoura-talks"]
    pairs = set(zip(talks["actor_id"], talks["recipient_id"], strict=True))
    assert pairs == {("act-israel", "act-lebanon"), ("act-lebanon", "act-israel")}
    assert set(talks["cameo"]) == {"046"}


def test_consent_takes_the_code_of_what_it_offers() -> None:
    """An offer of access is coded as the intent, not as a mere consent; media are no recipient."""
    acts = nt.acts().set_index("row_id")
    assert set(acts.loc[["stm-salam-open-to-verification"], "cameo"]) == {"0355"}
    assert "act-reporters" not in set(acts["recipient_id"].dropna())


def test_acts_have_a_code_and_keys() -> None:
    """Each act has a PLOVER or a CAMEO code, and leads back to its row."""
    acts = nt.acts()
    assert (acts["plover"].notna() | acts["cameo"].notna()).all()
    assert not acts.duplicated(["row_id", "actor_id", "recipient_id"]).any()
    keys = set(nt.load("events")["event_id"]) | set(nt.load("statements")["statement_id"])
    assert set(acts["row_id"]) <= keys
    assert str(acts["start_earliest"].dtype) == "date32[day][pyarrow]"

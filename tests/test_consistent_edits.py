"""Edits of the real package that the data or the text contradict, made over all rows that they touch, are told.

Each is what a hurried curator or a partisan contributor would do, with keys, evidence, digests and bounds put
right, so that nothing but what the rows imply of each other gives it away.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from naqoura_talks.package import Package
from naqoura_talks.text import digest, find
from scripts.check import database, rules

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Package(ROOT)
PREFIXES = {next(iter(PACKAGE.read_words(t)[PACKAGE.key(t)].to_pylist()), "")[:4]: t for t in PACKAGE.tables}


class Edit:
    """The tables in memory, and changes to them that keep the other rows in step."""

    def __init__(self, text: str = "") -> None:
        self.tables = {name: PACKAGE.read_words(name).to_pylist() for name in PACKAGE.tables}
        self.text = text

    def rows(self, table: str, **cells: str | None) -> list[dict]:
        """Return the rows of a table that have these cells."""
        return [r for r in self.tables[table] if all(r[c] == v for c, v in cells.items())]

    def row(self, key: str) -> dict:
        """Return the row with a key."""
        table = PREFIXES[key[:4]]
        return self.rows(table, **{PACKAGE.key(table): key})[0]

    def set(self, key: str, **cells: str | None) -> str:
        """Change cells, with the key that is made of them; return the key."""
        row, new = self.row(key), key
        for column, value in cells.items():
            if column.endswith(("_id", "_role", "_type")) and row[column] and value:
                for old, now in ((row[column], value), (row[column][4:], value[4:])):
                    old, now = old.replace("_", "-"), now.replace("_", "-")
                    if f"-{old}" in new[3:]:
                        new = new[:3] + new[3:].replace(f"-{old}", f"-{now}", 1)
                        break
            row[column] = value
        for which in ("start", "end"):
            if f"{which}_edtf" in cells:
                first, last = database.edtf_bounds(cells[f"{which}_edtf"]) if cells[f"{which}_edtf"] else (None, None)
                row |= {f"{which}_earliest": first and str(first), f"{which}_latest": last and str(last)}
        self.rename(key, new)
        return new

    def rename(self, old: str, new: str) -> None:
        """Give a row another key, everywhere."""
        for rows in self.tables.values():
            for row in rows:
                row.update({c: new for c, v in row.items() if v == old})
        for row in self.rows("evidence", row_id=new):
            row["evidence_id"] = row["evidence_id"].replace(f"evd-{old}-", f"evd-{new}-")
        for row in self.tables["statement_links"] if old != new else ():
            if row["statement_link_id"].endswith(f"-{old}"):
                self.rename(row["statement_link_id"], row["statement_link_id"].removesuffix(old) + new)

    def drop(self, *keys: str) -> None:
        """Remove rows with their evidence and with all that points to them."""
        for key in keys:
            for table, rows in self.tables.items():
                gone = [r for r in rows if key in r.values()]
                self.tables[table] = [r for r in rows if key not in r.values()]
                if table != "evidence":
                    self.drop(*(r[PACKAGE.key(table)] for r in gone if r[PACKAGE.key(table)] != key))

    def empty(self, key: str, *columns: str) -> None:
        """Empty cells, with their evidence."""
        self.row(key).update(dict.fromkeys(columns))
        self.tables["evidence"] = [
            e for e in self.tables["evidence"] if e["row_id"] != key or e["column_name"] not in columns
        ]

    def copy(self, key: str, new: str, **cells: str | None) -> str:
        """Add a row like another, with the same evidence; return its key."""
        table = PREFIXES[key[:4]]
        self.tables[table].append(self.row(key) | {PACKAGE.key(table): new} | cells)
        for row in self.rows("evidence", row_id=key):
            added = row | {"row_id": new, "evidence_id": row["evidence_id"].replace(key, new)}
            if added["column_name"] is None or self.row(new)[added["column_name"]]:
                self.tables["evidence"].append(added)
        return new

    def asserts(self, statement: str, key: str) -> None:
        """Add a link by which a statement asserts a row, on the words of that row."""
        column = {"evt": "event_id", "eva": "event_actor_id", "evl": "event_link_id", "rel": "relation_id"}[key[:3]]
        like = self.rows("statement_links", statement_id=statement)[0]
        new = f"stl-{statement[4:]}-asserts-{key}"
        self.tables["statement_links"].append(
            dict.fromkeys(like)
            | {"statement_link_id": new, "statement_id": statement, "link_role": "asserts", column: key}
        )
        for row in [e for e in self.rows("evidence", row_id=key) if e["column_name"] is None]:
            self.tables["evidence"].append(
                row | {"table_name": "statement_links", "row_id": new, "evidence_id": f"evd-{new}-row-1"}
            )

    def fact(self, *keys: str) -> None:
        """Make the narrator's what only a speaker asserts: rows, with parts and links; statements mention it at most."""
        for key in keys:
            self.row(key)["attribution"] = "narrator"
            for link in [
                r for r in self.tables["statement_links"] if key in r.values() and r["link_role"] == "asserts"
            ]:
                if key[:3] == "evt":
                    self.set(link["statement_link_id"], link_role="mentions")
                else:
                    self.drop(link["statement_link_id"])
            for table in ("event_actors", "event_links") if key[:3] == "evt" else ():
                for row in [r for r in self.tables[table] if key in r.values() and r["attribution"] == "speaker"]:
                    self.fact(row[PACKAGE.key(table)])

    def claim(self, statement: str, key: str) -> None:
        """Make a speaker's what the narrator asserts: an event with its parts."""
        for row in [self.row(key), *self.rows("event_actors", event_id=key)]:
            row["attribution"] = "speaker"
            self.asserts(statement, next(iter(row.values())))

    def evidence(self, key: str, column: str | None = None) -> dict:
        """Return the first evidence of a row, or of a cell."""
        return self.rows("evidence", row_id=key, column_name=column)[0]

    def point(self, key: str, column: str | None, other: str, its_column: str | None = None) -> None:
        """Move evidence to the words of other evidence."""
        its = self.evidence(other, its_column)
        self.evidence(key, column).update({c: its[c] for c in ("char_start", "char_end", "sha256")})

    def stretch(self, key: str, column: str | None, left: int, right: int) -> None:
        """Move the edges of the words of a row, with the digest, and the cell if it is verbatim."""
        row = self.evidence(key, column)
        start, end = int(row["char_start"]) + left, int(row["char_end"]) + right
        row |= {"char_start": str(start), "char_end": str(end), "sha256": digest(self.text[start:end])}
        if column and PACKAGE.fields(row["table_name"])[column]["provenance"] == "verbatim":
            self.row(key)[column] = self.text[start:end]

    def anchor(self, key: str, column: str | None, words: str) -> None:
        """Move evidence to the first place in the text where words stand."""
        start, end = find(self.text, words)[0]
        self.evidence(key, column).update(char_start=str(start), char_end=str(end), sha256=digest(words))

    def told(self, asked: str = "", fields: Callable[[list], None] | None = None) -> set[str]:
        """Return the names of the rules that tell something; of one rule, or of all."""
        given = {}
        for name, rows in self.tables.items():
            columns = list(PACKAGE.fields(name))
            rows.sort(key=lambda row, key=columns[0]: (row[key], row["name_words"] if key == "name_id" else ""))
            given[name] = pa.table({c: pa.array([r[c] for r in rows], pa.string()) for c in columns})
        every = [rule for rule in rules.every(PACKAGE, bool(self.text)) if rule.name == asked or not asked]
        known = database.read(PACKAGE, (self.text,) if self.text else (), given=given)
        return {rule.name for rule in every for _ in rules._ask(known, rule)}


CEASEFIRE, TALKS, TALKS_1983, BREACH = (
    "evt-ceasefire-in-effect",
    "evt-naqoura-talks",
    "evt-talks-1983",
    "evt-ceasefire-breach",
)
ACCUSES, REBUILDING = "stm-israel-accuses-breach", "stm-israel-accuses-rebuilding"
STEPS, WARNS, OFFICE = "stm-israel-steps-insufficient", "stm-lebanon-warns-new-war", "stm-office-on-meeting"
FOLLOWS, PRIOR = "evl-talks-1983-follows-invasion", "evl-naqoura-talks-prior-instance-talks-1983"


def day(e: Edit, old: str, new: str) -> None:
    """Another day, wherever it stands."""
    for table in ("events", "statements", "agreements"):
        for row in e.tables[table]:
            row.update({c: v.replace(old, new) for c, v in row.items() if v and old in v})


def without_dates(e: Edit, key: str) -> None:
    columns = ("start_edtf", "start_earliest", "start_latest", "end_edtf", "end_earliest", "end_latest", "date_words")
    e.empty(key, *columns, "date_basis")
    e.row(key)["date_basis"] = "undated"


def dated_as(e: Edit, key: str, other: str, start: str, end: str | None) -> None:
    """Date a row from the words that date another."""
    without_dates(e, key)
    e.row(key).update(date_words=e.row(other)["date_words"], date_basis=e.row(other)["date_basis"])
    e.set(key, start_edtf=start, end_edtf=end)
    for row in e.rows("evidence", row_id=other, column_name="date_words"):
        for column in ("start_edtf", "end_edtf", "date_words", "date_basis"):
            added = {
                "table_name": PREFIXES[key[:4]],
                "row_id": key,
                "column_name": column,
                "evidence_id": f"{key} {column}",
            }
            e.tables["evidence"].append(row | added)


def shifted(e: Edit, table: str, column: str, by: int) -> None:
    """Each cell of a column beside the key of another row."""
    cells = [row[column] for row in e.tables[table]]
    for row, cell in zip(e.tables[table], cells[-by:] + cells[:-by], strict=True):
        row[column] = cell


def merge(e: Edit, key: str, other: str) -> None:
    """Two sentences as one passage."""
    first, second = e.row(key), e.row(other)
    first["char_end"] = second["char_end"]
    first["sha256"] = digest(e.text[int(first["char_start"]) : int(first["char_end"])])
    e.drop(other)


def second_actor(e: Edit, key: str) -> None:
    """An actor coded again, with its names and one of its parts."""
    e.copy(key, f"{key}-two")
    for name in e.rows("names", actor_id=key):
        e.copy(name["name_id"], name["name_id"].replace(key[4:], f"{key[4:]}-two", 1), actor_id=f"{key}-two")


def link(e: Edit, like: str, left: str, kind: str, right: str) -> str:
    key = f"evl-{left[4:]}-{kind.replace('_', '-')}-{right[4:]}"
    return e.copy(like, key, event_id=left, link_type=kind, linked_event_id=right)


# What the edit does: the rule that tells it, whether that needs the text, and the edit.
EDITS: dict[str, tuple[str, bool, Callable[[Edit], object]]] = {
    # A claim made a fact, and a fact a claim.
    **{
        f"{key} as a fact": ("narrators-words", False, lambda e, key=key: e.fact(key))
        for key in (
            BREACH, "evt-rearmament", "evt-occupation", "evt-israeli-airstrikes", "evt-dismantling-steps",
            "evt-future-cooperation", "evt-israeli-withdrawal", "evt-economic-cooperation", "evt-verification",
            "eva-naqoura-talks-ortagus-attendee", "eva-naqoura-talks-un-force-host", "rel-un-force-part-of-un",
            "evl-naqoura-talks-step-toward-future-cooperation", "evl-israeli-airstrikes-could-lead-to-new-war", "trm-withdrawal",
        )
    },
    "strikes as Israel's word": ("speakers-words", False, lambda e: e.claim(STEPS, "evt-israeli-strikes")),
    "attacks as Israel's word": ("speakers-words", False, lambda e: e.claim(ACCUSES, "evt-hezbollah-attacks")),
    "pressure as the spokeswoman's word": ("speakers-words", False, lambda e: e.claim("stm-spokeswoman-initial-step", "evt-us-pressure")),
    "casualties as Lebanon's word": ("speakers-words", False, lambda e: e.claim(WARNS, "evt-civilian-casualties")),
    "dismantling as Israel's word": ("speakers-words", False, lambda e: e.claim(STEPS, "evt-dismantling-due")),
    "a breach on the whole accusation": (
        "saying-is-no-event", False, lambda e: (e.fact(BREACH), e.point(BREACH, None, REBUILDING), e.point("eva-ceasefire-breach-hezbollah-initiator", None, REBUILDING)),
    ),
    "a statement cut short of what it asserts": (
        "links-on-the-words-of-the-statement", True, lambda e: (e.fact(BREACH), e.stretch(ACCUSES, None, 0, -27)),
    ),
    "the accusations left out": (
        "sayings-are-coded", True, lambda e: (e.fact(BREACH, "evt-rearmament"), e.drop(ACCUSES, REBUILDING)),
    ),
    "the office left out": ("sayings-are-coded", True, lambda e: (e.fact(TALKS, "rel-un-force-part-of-un"), e.drop(OFFICE))),
    "a sentence as a link line": ("link-lines-are-no-sentences", True, lambda e: e.set("psg-naqoura-report-p08-s1", passage_type="link")),
    "a part that another statement asserts": (
        "parts-of-asserted-events", False,
        lambda e: e.set("stl-salam-withdrawal-first-asserts-eva-occupation-israel-initiator", statement_id=WARNS),
    ),
    "a narrator's link from a claimed event": (
        "link-of-a-claimed-event", False, lambda e: e.row("evl-dismantling-steps-step-toward-dismantling-due").update(attribution="both"),
    ),
    # Order and time.
    "talks of 1983 after the ceasefire": ("order-of-dates", False, lambda e: link(e, FOLLOWS, TALKS_1983, "follows", CEASEFIRE)),
    "an earlier instance turned round": ("order-of-dates", False, lambda e: e.set(PRIOR, event_id=TALKS_1983, linked_event_id=TALKS)),
    "an effect years before": ("order-of-dates", False, lambda e: link(e, FOLLOWS, TALKS, "resulted_in", "evt-agreement-1983")),
    "each after the other": ("no-circles", False, lambda e: link(e, FOLLOWS, "evt-invasion", "follows", TALKS_1983)),
    "each the condition of the other": (
        "no-circles", False,
        lambda e: link(e, "evl-peace-agreement-precondition-of-economic-cooperation", "evt-economic-cooperation", "precondition_of", "evt-peace-agreement"),
    ),
    "a circle of three": (
        "no-circles", False, lambda e: link(e, FOLLOWS, "evt-us-pressure", "follows", "evt-future-cooperation"),
    ),
    "a day for a month": (
        "dates-as-fine-as-words", False,
        lambda e: (e.set(CEASEFIRE, start_edtf="2024-11-27"), e.set("evt-cross-border-hostilities", end_edtf="2024-11-27"), e.set("evt-israel-hezbollah-war", end_edtf="2024-11-27")),
    ),
    "a day for a year": ("dates-as-fine-as-words", False, lambda e: e.set(TALKS_1983, start_edtf="1983-05-17", end_edtf="1983-05-17")),
    "a month for a day": ("dates-as-fine-as-words", False, lambda e: e.set(TALKS, start_edtf="2025-12", end_edtf="2025-12")),
    "a Wednesday after the references": ("not-after-its-sources", False, lambda e: day(e, "2025-12-03", "2025-12-10")),
    "a Wednesday before": ("notes-give-the-date", False, lambda e: day(e, "2025-12-03", "2025-11-26")),
    "two dates of one Wednesday": (
        "one-day-of-a-word", False, lambda e: e.set("stm-salam-withdrawal-first", start_edtf="2025-11-26", end_edtf="2025-11-26"),
    ),
    "another day than the day": ("the-same-day", False, lambda e: e.set("stm-salam-peace-first", start_edtf="2025-12-02", end_edtf="2025-12-02")),
    "a breach from the next year on": ("notes-give-the-date", False, lambda e: e.set(BREACH, start_edtf="[2025..]", end_edtf="[2025..]")),
    "a mechanism before the truce": (
        "order-of-dates", False, lambda e: e.set("evt-mechanism-set-up", start_edtf="[..2024]", end_edtf="[..2024]"),
    ),
    "pressure after the talks": ("order-of-dates", False, lambda e: e.set("evt-us-pressure", start_edtf="[2025-12-03..]", end_edtf="[2025-12-03..]")),
    "an invasion before an earlier year": ("bounds-are-dates", False, lambda e: e.set("evt-invasion", start_edtf="[..1978]", end_edtf="[..1978]")),
    "hostilities of some months": ("lengths-in-words", False, lambda e: e.set("evt-cross-border-hostilities", start_edtf="[..2024-06]")),
    "attacks after the hostilities": ("order-of-dates", False, lambda e: e.set("evt-hezbollah-attacks", start_edtf="[..2024-11]")),
    "meetings without the bound": ("order-of-dates", False, lambda e: without_dates(e, "evt-officer-meetings")),
    "a brokering after the effect": (
        "order-of-an-agreement", False, lambda e: e.set("evt-ceasefire-brokering", start_edtf="[2024-11..]", end_edtf="[2024-11..]"),
    ),
    "a status before the effect": ("status-not-before-its-events", False, lambda e: e.row("agr-ceasefire-2024").update(status_as_of_edtf="1983")),
    "a source seen before it was published": ("seen-once-published", False, lambda e: e.row("src-trt-world").update(accessed_on="2025-11-22")),
    "a date on other date words": (
        "date-words-of-the-row", False, lambda e: [e.point("stm-salam-withdrawal-first", c, TALKS, "date_words") for c in ("date_words", "date_basis")],
    ),
    "a date on no words of time": (
        "dates-rest-on-words-of-time", False, lambda e: [e.point(TALKS_1983, c, "eva-talks-1983-israel-participant") for c in ("start_edtf", "end_edtf")],
    ),
    # Parts against statements, relations, terms and agreements.
    "a speaker its own subject": (
        "others-than-the-speaker", False, lambda e: e.copy("sta-salam-still-far-lebanon-subject", "sta-salam-still-far-salam-subject", actor_id="act-salam"),
    ),
    "accused, and not spoken of": ("the-accused-is-spoken-of", False, lambda e: e.drop("sta-israel-accuses-breach-hezbollah-subject")),
    "an office that speaks for itself": ("spokespersons-speak-for-somebody", False, lambda e: e.drop("sta-office-on-meeting-netanyahu-spoken-for")),
    "an embassy that speaks for another state": (
        "spoken-for-by-relation", False, lambda e: e.set("sta-embassy-on-ortagus-us-spoken-for", actor_id="act-france"),
    ),
    "a proponent who did not speak": ("proponents-put-it-forward", False, lambda e: e.set("tra-withdrawal-salam-proponent", actor_id="act-israel")),
    "a performer who was not asked": ("performers-are-spoken-of", False, lambda e: e.set("tra-join-abraham-accords-lebanon-performer", actor_id="act-israel")),
    "verifiers of a term unlike those of the event": ("terms-and-their-events", False, lambda e: e.drop("eva-verification-france-verifier")),
    "a term that touches somebody else": ("terms-and-their-events", False, lambda e: e.set("tra-dismantling-hezbollah-affected", actor_id="act-lebanon")),
    "a party left out": ("roles-by-the-events-of-an-agreement", False, lambda e: e.drop("aga-ceasefire-2024-israel-reported-party")),
    "a party more": (
        "roles-by-the-events-of-an-agreement", False,
        lambda e: e.copy("aga-ceasefire-2024-us-broker", "aga-ceasefire-2024-us-reported-party", actor_role="reported_party"),
    ),
    "a broker of the event alone": ("roles-by-the-events-of-an-agreement", False, lambda e: e.drop("aga-ceasefire-2024-us-broker")),
    "invited and party": (
        "one-standing-in-an-agreement", False,
        lambda e: e.copy("aga-abraham-accords-lebanon-invited", "aga-abraham-accords-lebanon-reported-party", actor_role="reported_party"),
    ),
    "party instead of invited": ("roles-by-the-events-of-an-agreement", False, lambda e: e.set("aga-abraham-accords-lebanon-invited", actor_role="reported_party")),
    "an inviter who did not ask": ("inviters-urge", False, lambda e: e.set("aga-abraham-accords-netanyahu-inviter", actor_id="act-israel")),
    "bound by nothing": ("who-is-bound", False, lambda e: e.drop("aga-ceasefire-2024-lebanese-army-bound-not-party")),
    "brokered by nobody": ("events-have-their-actors", False, lambda e: e.drop("eva-ceasefire-brokering-us-broker", "aga-ceasefire-2024-us-broker")),
    "a delegation without its state": ("principals-are-represented", False, lambda e: e.drop("rel-israel-delegation-part-of-israel")),
    "an army without its state": ("countries-by-relation", False, lambda e: e.drop("rel-lebanese-army-part-of-lebanon")),
    "members of nothing": ("members-of-a-group", False, lambda e: e.drop("rel-hezbollah-figures-member-of-hezbollah")),
    "an offensive without who led it": ("who-is-named-has-a-part", False, lambda e: e.drop("eva-israeli-offensive-israel-initiator")),
    "an invasion without its target": ("who-is-named-has-a-part", False, lambda e: e.drop("eva-invasion-lebanon-target")),
    "both who invades and who is invaded": (
        "doer-and-done-to", False, lambda e: e.copy("eva-invasion-israel-initiator", "eva-invasion-israel-target", actor_role="target"),
    ),
    "the subject exchanged": ("doers-are-spoken-of", False, lambda e: e.set("sta-lebanon-warns-new-war-israel-subject", actor_id="act-hezbollah")),
    "an accusation without the claim": ("accusers-claim", False, lambda e: e.drop("clm-israel-accuses-breach-hezbollah")),
    "a claim about the other side": ("assessed-actors-are-spoken-of", False, lambda e: e.set("clm-israel-accuses-breach-hezbollah", assessed_actor_id="act-israel")),
    "an accusation as a report": ("acts-by-their-cue", False, lambda e: e.row(REBUILDING).update(speech_act="report")),
    "a warning as a threat": ("acts-by-their-cue", False, lambda e: e.row(WARNS).update(speech_act="threaten", certainty=None, polarity=None)),
    "not endorsed as rejected": (
        "withheld-in-so-many-words", False, lambda e: e.row("stm-lebanon-not-endorsed").update(speech_act="reject", certainty="certain", polarity="negative"),
    ),
    "a condition without its term": ("conditions-are-complete", False, lambda e: e.drop("trm-withdrawal", "trm-weapons-first-phase")),
    "a condition without its link": (
        "conditions-are-complete", False, lambda e: e.drop("evl-peace-agreement-precondition-of-economic-cooperation"),
    ),
    "a duty as done": ("realis-in-so-many-words", True, lambda e: e.row("evt-dismantling-due").update(realis="actual")),
    "an attempt as done": ("realis-in-so-many-words", True, lambda e: e.row("evt-rearmament").update(realis="actual")),
    "after the truce as under it": (
        "after-is-no-tie", True,
        lambda e: (e.row("trm-mechanism").update(agreement_id="agr-ceasefire-2024"),
                   e.tables["evidence"].append(e.evidence("nam-agr-ceasefire-2024-november-2024-truce", "name_words") | {"table_name": "ceasefire_terms", "column_name": "agreement_id", "row_id": "trm-mechanism", "evidence_id": "evd-trm-mechanism-agreement-id-1"})),
    ),
    # The same thing twice.
    "an event twice": ("one-row-on-the-same-words", False, lambda e: e.copy("evt-commander-killed", "evt-strike-on-beirut", event_type="attack")),
    "an event twice, in fewer words": (
        "one-event-of-a-type-on-its-words", False,
        lambda e: (e.copy("evt-commander-killed", "evt-killing-in-beirut"), e.point("evt-killing-in-beirut", None, "eva-commander-killed-hezbollah-commander-target")),
    ),
    "a statement twice": (
        "one-row-on-the-same-words", False, lambda e: e.copy("stm-lebanon-not-endorsed", "stm-lebanon-turns-down", proposition="Lebanon has not taken up the approach."),
    ),
    "a term twice": ("one-row-on-the-same-words", False, lambda e: e.copy("trm-withdrawal", "trm-leave-areas", title="Leave the areas")),
    "an actor twice": ("one-thing-of-a-name", False, lambda e: second_actor(e, "act-ortagus")),
    "an unnamed actor twice": ("one-row-on-the-same-words", False, lambda e: second_actor(e, "act-reporters")),
    "a killing that may be talks": (
        "alike-events", False, lambda e: link(e, "evl-israeli-airstrikes-possibly-same-as-israeli-strikes", "evt-commander-killed", "possibly_same_as", TALKS),
    ),
    "possibly the same, both ways": (
        "same-as-what-came-before", False,
        lambda e: link(e, "evl-israeli-airstrikes-possibly-same-as-israeli-strikes", "evt-israeli-strikes", "possibly_same_as", "evt-israeli-airstrikes"),
    ),
    "concurrent both ways": (
        "linked-once", False, lambda e: link(e, "evl-naqoura-talks-concurrent-with-border-tensions", "evt-border-tensions", "concurrent_with", TALKS),
    ),
    # Words.
    "a killing left out": ("names-are-used", False, lambda e: e.drop("evt-commander-killed")),
    "a state left out": ("names-have-rows", True, lambda e: e.drop("act-france")),
    "a word called all of the speech": ("direct-is-mostly-quoted", False, lambda e: e.row(WARNS).update(mode="direct")),
    "what could be as certain": (
        "possible-by-its-words", True, lambda e: e.row(WARNS).update(certainty="certain", proposition="Airstrikes draw Lebanon into a war."),
    ),
    "an offensive as an invasion": ("types-in-so-many-words", True, lambda e: e.row("evt-israeli-offensive").update(event_type="invasion")),
    "order as a cause": ("links-in-so-many-words", True, lambda e: e.copy("evl-naqoura-talks-follows-us-pressure", "evl-us-pressure-resulted-in-naqoura-talks", event_id="evt-us-pressure", link_type="resulted_in", linked_event_id=TALKS)),
    "urged, and not repeatedly": (
        "cues-with-their-adverb", True, lambda e: (e.stretch("stm-netanyahu-urges-accords", "cue_words", 15, 0), e.row("stm-netanyahu-urges-accords").update(is_repeated="false")),
    ),
    "a side called by the other's word": (
        "neutral-words", False, lambda e: e.row("act-hezbollah").update(description="Terrorist group backed by Iran."),
    ),
    "talks as the narrator's alone": (
        "narrators-words", False,
        lambda e: e.fact(TALKS, *(r["event_actor_id"] for r in e.rows("event_actors", event_id=TALKS, attribution="both"))),
    ),
    "a quotation cut short": ("quotations-in-quotation-marks", True, lambda e: e.stretch("stm-salam-still-far", "quote_words", 0, -5)),
    "a quotation too long": (
        "quotations-in-quotation-marks", True, lambda e: e.stretch(WARNS, "quote_words", -3, 0),
    ),
    "a quotation without marks": (
        "quotations-in-quotation-marks", True, lambda e: (e.row("stm-spokeswoman-initial-step").update(mode="mixed"), e.copy("stm-spokeswoman-historic", "stm-spokeswoman-two"), e.stretch("stm-spokeswoman-two", "quote_words", -16, -10)),
    ),
    "a quotation forgotten": (
        "quotations-are-coded", True, lambda e: (e.empty("stm-spokeswoman-historic", "quote_words"), e.row("stm-spokeswoman-historic").update(mode="indirect")),
    ),
    "a statement of a quotation dropped": ("quotations-are-coded", True, lambda e: e.drop("stm-salam-still-far")),
    "a quotation in another statement": (
        "quotations-of-the-statement", False,
        lambda e: (e.row("stm-spokeswoman-initial-step").update(mode="mixed", quote_words="historic"),
                   e.tables["evidence"].append(e.evidence("stm-spokeswoman-historic", "quote_words") | {"row_id": "stm-spokeswoman-initial-step", "evidence_id": "evd-stm-spokeswoman-initial-step-quote-words-1"})),
    ),
    "half a word": ("spans-of-whole-words", True, lambda e: e.stretch("evt-us-pressure", None, 0, -2)),
    "a space": ("spans-of-whole-words", True, lambda e: e.stretch("evt-us-pressure", None, -1, 0)),
    "a quotation mark": ("spans-of-whole-words", True, lambda e: e.stretch("evt-new-war", None, 0, 2)),
    "an article": ("spans-of-whole-words", True, lambda e: e.stretch("evt-dismantling-steps", None, -4, 0)),
    "an event on an article": ("words-that-say-something", True, lambda e: e.anchor("evt-israeli-strikes", None, "the")),
    "two sentences as one": ("passages-are-sentences", True, lambda e: merge(e, "psg-naqoura-report-p06-s1", "psg-naqoura-report-p06-s2")),
    # Evidence.
    "an event on words of another sentence": (
        "parts-stand-with-what-they-are-parts-of", False, lambda e: e.point("evt-us-pressure", None, "evt-future-cooperation"),
    ),
    "a part in another sentence": (
        "parts-stand-with-what-they-are-parts-of", False,
        lambda e: [e.point("eva-us-pressure-us-initiator", c, "eva-verification-us-verifier", c) for c in (None, "actor_id", "actor_role")],
    ),
    "a part in a sentence without its actor": (
        "parts-stand-with-their-actor", False, lambda e: e.point("eva-ties-normalised-israel-participant", None, "eva-mechanism-set-up-mechanism-established"),
    ),
    "a party where the agreement is not named": (
        "agreements-are-named-with-their-parts", False, lambda e: e.point("aga-ceasefire-2024-hezbollah-reported-party", None, "eva-verification-hezbollah-target"),
    ),
    "a role on the name of its actor": (
        "roles-rest-on-other-words", False, lambda e: e.point("eva-us-pressure-us-initiator", "actor_role", "eva-us-pressure-us-initiator", "actor_id"),
    ),
    "a role on another verb": (
        "roles-in-the-words-of-the-row", False,
        lambda e: e.point("eva-figures-killed-hezbollah-figures-target", "actor_role", "eva-israeli-offensive-israel-initiator", "actor_role"),
    ),
    "a pronoun as if it said who": (
        "pronouns-need-a-step", False, lambda e: [r.update(support="explicit", note=None) for r in e.rows("evidence", row_id="eva-new-war-lebanon-participant")],
    ),
    "an actor that vouches for its country": (
        "countries-are-named-outright", False,
        lambda e: [r.update(support="explicit", note=None) for r in e.rows("evidence", row_id="act-spokeswoman", column_name="country_code") if r["char_start"]],
    ),
    # What a second reader's edits got past.
    "a bound from an event without a link": (
        "dates-from-elsewhere-by-a-link", False, lambda e: e.drop("evl-cross-border-hostilities-escalated-into-israeli-offensive"),
    ),
    "strikes since the truce": ("dates-from-elsewhere-by-a-link", False, lambda e: dated_as(e, "evt-israeli-strikes", CEASEFIRE, "[2024-11..]", None)),
    "an effect bounded on the wrong side": (
        "dates-from-elsewhere-by-a-link", False, lambda e: dated_as(e, "evt-us-pressure", TALKS, "[2025-12-03..]", "[2025-12-03..]"),
    ),
    "an effect bounded by what has no such bound": (
        "dates-from-elsewhere-by-a-link", False, lambda e: dated_as(e, "evt-figures-killed", CEASEFIRE, "[2024-11..]", "[2024-11..]"),
    ),
    "the day of the meeting as that of the report": ("words-date-one-thing", False, lambda e: dated_as(e, OFFICE, TALKS, "2025-12-03", "2025-12-03")),
    "an invasion in the year of the talks": (
        "order-is-no-date", False, lambda e: (e.set("evt-invasion", start_edtf="1983", end_edtf="1983"), e.row("evt-invasion").update(date_basis="stated")),
    ),
    "an end without what ended it": ("ends-by-what-ended-it", False, lambda e: e.drop("evl-ceasefire-in-effect-ended-cross-border-hostilities")),
    "strikes by nobody": ("events-have-their-actors", False, lambda e: e.drop("eva-israeli-strikes-israel-initiator")),
    "ties normalised as an accession": ("events-have-their-actors", False, lambda e: e.row("evt-ties-normalised").update(event_type="agreement_joined")),
    "airstrikes on the words for strikes, too": (
        "one-row-on-the-same-words", False,
        lambda e: e.tables["evidence"].append(e.evidence("evt-israeli-strikes") | {"row_id": "evt-israeli-airstrikes", "evidence_id": "evd-evt-israeli-airstrikes-row-2"}),
    ),
    "the place of another event": (
        "places-of-the-event", False,
        lambda e: (e.row("evt-verification").update(place_id="plc-occupied-areas"), e.point("evt-verification", "place_id", "evt-occupation", "place_id")),
    ),
    "a place left out": ("places-named-with-the-event", False, lambda e: e.empty("evt-commander-killed", "place_id")),
    "a host as participant": ("hosts-by-their-site", False, lambda e: e.set("eva-naqoura-talks-un-force-host", actor_role="participant")),
    "pressure that followed the talks": (
        "words-of-the-order", False, lambda e: e.row("evl-naqoura-talks-follows-us-pressure").update(event_id="evt-us-pressure", linked_event_id=TALKS),
    ),
    "casualties of the other side's attacks": (
        "links-of-the-events-in-their-words", False, lambda e: e.set("evl-israeli-offensive-resulted-in-civilian-casualties", event_id="evt-hezbollah-attacks"),
    ),
    "two wars that one truce ended": ("ended-together", False, lambda e: e.drop("evl-cross-border-hostilities-possibly-same-as-israel-hezbollah-war")),
    "a target that the words do not give": (
        "targets-are-stated", False,
        lambda e: (e.copy("eva-direct-contact-lebanon-participant", "eva-us-pressure-lebanon-target", event_id="evt-us-pressure", actor_role="target"), e.point("eva-us-pressure-lebanon-target", "actor_role", "eva-us-pressure-us-initiator", "actor_role")),
    ),
    "reporters as those who passed it on": ("the-object-of-the-cue", False, lambda e: e.set("sta-salam-peace-first-reporters-addressee", actor_role="relay")),
    "a state that speaks for its minister": (
        "speakers-stand-by-their-cue", False,
        lambda e: (e.row("stm-salam-open-to-verification").update(speaker_actor_id="act-lebanon"), e.point("stm-salam-open-to-verification", "speaker_actor_id", "tra-verification-lebanon-proponent", "actor_id")),
    ),
    "one of two left out of what is said": ("no-side-of-a-subject-left-out", False, lambda e: e.drop("sta-office-on-meeting-lebanon-delegation-subject")),
    "a stance without its negation": (
        "withheld-propositions-are-negated", False, lambda e: e.row("stm-lebanon-not-endorsed").update(proposition="Lebanon has backed joining the Abraham Accords."),
    ),
    "a condition as a refusal": (
        "conditional-in-so-many-words", False, lambda e: e.row("stm-salam-peace-first").update(proposition="There can be no economic cooperation with Israel.", polarity="negative"),
    ),
    "a condition as a refusal, by its words": ("polarity-of-the-words", True, lambda e: e.row("stm-salam-peace-first").update(polarity="negative")),
    "consent as commitment": ("who-commits-does-it", False, lambda e: e.row("stm-salam-open-to-verification").update(speech_act="commit")),
    "consent as a report": ("acts-in-so-many-words", True, lambda e: e.row("stm-salam-open-to-verification").update(speech_act="report")),
    "criticism as an accusation": ("acts-in-so-many-words", True, lambda e: e.row(STEPS).update(speech_act="accuse")),
    "a description as a report": ("acts-by-their-cue", False, lambda e: e.row("stm-spokeswoman-historic").update(speech_act="report")),
    "certainty lowered": ("probable-by-its-words", True, lambda e: e.row("stm-salam-peace-first").update(certainty="probable")),
    "a provision under two types": ("one-term-on-its-words", False, lambda e: (e.copy("trm-dismantling", "trm-weapons", term_type="weapons_control"), e.stretch("trm-weapons", None, 24, 0))),
    "an agreement of which nothing is said": ("agreements-have-an-event", False, lambda e: e.copy("agr-ceasefire-2024", "agr-truce-2024")),
    "accords of which nobody can tell": ("status-by-what-is-done-under-it", False, lambda e: e.row("agr-abraham-accords").update(status="unclear")),
    "an agreement without the sides of its talks": (
        "parties-by-what-produced-it", False, lambda e: e.drop("aga-1983-agreement-israel-reported-party", "aga-1983-agreement-lebanon-reported-party"),
    ),
    "inferred parties as stated": (
        "agreements-are-named-with-their-parts", False, lambda e: [r.update(support="explicit", note=None) for r in e.rows("evidence", row_id="aga-1983-agreement-israel-reported-party")],
    ),
    "a capital as the name of the state": ("proper-names-of-states", False, lambda e: e.row("nam-israel-west-jerusalem").update(name_type="proper_name")),
    "a withdrawal on a name": ("more-than-a-name", False, lambda e: e.point("evt-israeli-withdrawal", None, "eva-israeli-withdrawal-israel-initiator", "actor_id")),
    "talks as a meeting": ("types-in-so-many-words", True, lambda e: e.row(TALKS_1983).update(event_type="meeting")),
    "a killing as an attack": ("types-in-so-many-words", True, lambda e: e.row("evt-commander-killed").update(event_type="attack")),
    "strikes as one strike": ("plural-acts-are-several", True, lambda e: e.row("evt-israeli-strikes").update(aggregation="single")),
    "one offensive as several": ("plural-acts-are-several", True, lambda e: e.row("evt-israeli-offensive").update(aggregation="repeated")),
    "an attendee as participant": ("roles-in-so-many-words", True, lambda e: e.set("eva-naqoura-talks-ortagus-attendee", actor_role="participant")),
    "those stood by as those who attacked": (
        "roles-in-so-many-words", True, lambda e: e.set("eva-hezbollah-attacks-palestinians-gaza-in-solidarity-with", actor_role="initiator"),
    ),
    "attacker and attacked exchanged": ("doer-verb-and-object", True, lambda e: e.set("eva-hezbollah-attacks-israel-target", actor_role="initiator")),
    "a condition as a duty": ("realis-in-so-many-words", True, lambda e: e.row("evt-israeli-withdrawal").update(realis="required")),
    "a mechanism after the truce as of it": (
        "after-is-no-tie", True,
        lambda e: (e.row("evt-mechanism-set-up").update(agreement_id="agr-ceasefire-2024"),
                   e.tables["evidence"].append(e.evidence("nam-agr-ceasefire-2024-november-2024-truce", "name_words") | {"table_name": "events", "column_name": "agreement_id", "row_id": "evt-mechanism-set-up", "evidence_id": "evd-evt-mechanism-set-up-agreement-id-1"})),
    ),
    "order as a response": ("links-in-so-many-words", True, lambda e: e.set("evl-cross-border-hostilities-follows-hezbollah-attacks", link_type="responds_to")),
    "a phase of nothing": ("phases-of-a-whole", True, lambda e: e.drop("evt-weapons-authority")),
    "casualties left out": ("sentences-are-coded", True, lambda e: e.drop("evt-civilian-casualties")),
    "strikes left out": ("sentences-are-coded", True, lambda e: e.drop("evt-israeli-strikes")),
    "pressure left out": ("sentences-are-coded", True, lambda e: e.drop("evt-us-pressure", "evt-direct-contact")),
    "stockpiles left out": ("sentences-are-coded", True, lambda e: e.drop("evt-stockpiles-destroyed")),
    "media left out": ("sentences-are-coded", True, lambda e: e.drop("act-media")),
    "an occupation left out": ("acts-that-are-named-are-coded", True, lambda e: e.drop("evt-occupation")),
    "phases of authority as disarmament": ("types-in-so-many-words", True, lambda e: e.row("evt-weapons-first-phase").update(event_type="disarmament")),
    "order as side by side": ("links-in-so-many-words", True, lambda e: e.set("evl-cross-border-hostilities-follows-hezbollah-attacks", link_type="concurrent_with")),
    "an end of fighting for one side": ("a-cessation-binds-all", False, lambda e: e.drop("tra-cessation-hezbollah-obligated")),
    "a spokeswoman's word as her principal's": (
        "speakers-by-their-whole-name", True,
        lambda e: (e.row("stm-spokeswoman-historic").update(speaker_actor_id="act-netanyahu"), e.point("stm-spokeswoman-historic", "speaker_actor_id", "nam-spokeswoman-spokeswoman-for-netanyahu", "name_words"), e.stretch("stm-spokeswoman-historic", "speaker_actor_id", 16, 0)),
    ),
    # What a third reader's edits got past.
    "a comparison as a speaker's": (
        "implications", False,
        lambda e: (e.row("evl-israeli-airstrikes-possibly-same-as-israeli-strikes").update(attribution="speaker"), e.asserts(WARNS, "evl-israeli-airstrikes-possibly-same-as-israeli-strikes")),
    ),
    "a condition on the whole": (
        "wholes-are-no-condition-of-themselves", False,
        lambda e: e.copy("evl-israeli-withdrawal-precondition-of-weapons-first-phase", "evl-weapons-authority-precondition-of-israeli-withdrawal", event_id="evt-weapons-authority", linked_event_id="evt-israeli-withdrawal"),
    ),
    "a commander among the figures": (
        "one-killing-of-one-victim", False,
        lambda e: (e.set("eva-commander-killed-hezbollah-commander-target", actor_id="act-hezbollah-figures"), e.set("nam-hezbollah-commander-senior-hezbollah-commander", actor_id="act-hezbollah-figures"), e.drop("act-hezbollah-commander")),
    ),
    "an invasion of one's own country": (
        "invaders-come-from-elsewhere", False,
        lambda e: (e.set("eva-invasion-israel-initiator", actor_role="target"), e.set("eva-invasion-lebanon-target", actor_role="initiator")),
    ),
    "a bound a month too early": (
        "more-than-a-year-before", False, lambda e: (e.set("evt-hezbollah-attacks", start_edtf="[..2023-10]"), e.set("evt-cross-border-hostilities", start_edtf="[..2023-10]")),
    ),
    "an armistice beside the ceasefire": (
        "in-effect-for-somebody", False,
        lambda e: (e.copy("agr-ceasefire-2024", "agr-armistice"), e.set("nam-agr-ceasefire-2024-armistice", agreement_id="agr-armistice"), e.set("trm-dismantling", agreement_id="agr-armistice")),
    ),
    "rebuilding as a breach": (
        "a-breach-that-is-charged", False,
        lambda e: e.copy("clm-israel-accuses-breach-hezbollah", "clm-israel-accuses-rebuilding-hezbollah", statement_id=REBUILDING),
    ),
    "an envoy of the country where she works": (
        "envoys-are-of-who-sends-them", False,
        lambda e: (e.set("rel-ortagus-speaks-for-us", related_actor_id="act-lebanon"), e.row("act-ortagus").update(country_code="LBN", plover_country="LBN")),
    ),
    "a capital as a government": (
        "one-metonym-of-one-actor", False,
        lambda e: (e.copy("act-lebanon", "act-lebanon-government", actor_type="government"), e.copy("nam-lebanon-beirut", "nam-lebanon-government-beirut", actor_id="act-lebanon-government")),
    ),
    "a name within its longer form": (
        "names-within-names", False,
        lambda e: e.point("nam-netanyahu-netanyahu", "name_words", next(r["name_id"] for r in e.rows("names", actor_id="act-netanyahu", name_type="titled_name")), "name_words"),
    ),
    "one quotation of two statements": (
        "quoted-once", False,
        lambda e: (e.row("stm-spokeswoman-initial-step").update(mode="mixed", quote_words="historic"),
                   e.tables["evidence"].append(e.evidence("stm-spokeswoman-historic", "quote_words") | {"row_id": "stm-spokeswoman-initial-step", "evidence_id": "evd-stm-spokeswoman-initial-step-quote-words-1"})),
    ),
    "a warning made certain": ("warnings-of-what-could-come", False, lambda e: e.row(WARNS).update(certainty="certain")),
    "a truce declared, by its name": (
        "more-than-a-name", False,
        lambda e: e.tables["evidence"].append(e.evidence("nam-agr-ceasefire-2024-november-2024-truce", "name_words") | {"table_name": "events", "column_name": None, "row_id": BREACH, "evidence_id": "evd-evt-ceasefire-breach-row-9"}),
    ),
    "an office as its holder": (
        "speakers-are-no-owners", True,
        lambda e: (e.row(OFFICE).update(speaker_actor_id="act-netanyahu"), e.anchor(OFFICE, "speaker_actor_id", "Netanyahu")),
    ),
    "an envoy's attendance as an event of its own": (
        "attendance-is-mentioned", False, lambda e: e.set("stl-embassy-on-ortagus-mentions-evt-naqoura-talks", link_role="asserts"),
    ),
    "the office of a prime minister as his office says": (
        "naming-a-speaker-is-the-narrators", False,
        lambda e: (e.row("rel-netanyahu-holds-office-in-israel").update(attribution="speaker"), e.asserts(OFFICE, "rel-netanyahu-holds-office-in-israel")),
    ),
    "a side of the talks by a speaker's word alone": (
        "named-by-the-narrator", False, lambda e: e.row("eva-naqoura-talks-israel-principal").update(attribution="speaker"),
    ),
    "dismantling by another as disarmament": ("own-disarmament", False, lambda e: e.row("evt-dismantling-due").update(event_type="disarmament")),
    "assessed by a term that binds another": (
        "assessed-by-whom-the-term-binds", False, lambda e: e.row("clm-israel-accuses-breach-hezbollah").update(term_id="trm-dismantling"),
    ),
    "accords that nobody calls a peace": ("agreements-by-their-name", False, lambda e: e.row("agr-abraham-accords").update(agreement_type="peace")),
    "a status in the year of the talks": (
        "status-in-the-words-of-its-time", False,
        lambda e: [r.update({c: e.evidence(TALKS_1983, "date_words")[c] for c in ("char_start", "char_end", "sha256")})
                   for r in e.rows("evidence", row_id="agr-1983-agreement", column_name="status_as_of_edtf") if r["char_start"]],
    ),
    "a force as an organisation": (
        "actors-are-what-they-are-called", False, lambda e: e.row("act-un-force").update(actor_type="international_organisation"),
    ),
    "an envoy's country on the name of an embassy": (
        "country-in-its-own-words", False,
        lambda e: [r.update({c: e.evidence("act-us-embassy")[c] for c in ("char_start", "char_end", "sha256")})
                   for r in e.rows("evidence", row_id="act-ortagus", column_name="country_code") if r["char_start"]],
    ),
    "a town inferred to lie in a country": (
        "places-are-not-inferred", False, lambda e: e.evidence("plc-naqoura", "parent_place_id").update(support="inferred", note="It is told of beside it."),
    ),
    "latitude and longitude exchanged": (
        "latitude-comes-first", False,
        lambda e: e.row("plc-naqoura").update(latitude=e.row("plc-naqoura")["longitude"], longitude=e.row("plc-naqoura")["latitude"]),
    ),
    "descriptions a row too low": ("texts-speak-of-their-row", False, lambda e: shifted(e, "events", "description", 1)),
    "propositions a row too high": ("texts-speak-of-their-row", False, lambda e: shifted(e, "statements", "proposition", -1)),
    "tensions that began on the day of the talks": (
        "what-goes-on-beside-is-bounded", False, lambda e: e.set("evt-border-tensions", start_edtf="2025-12-03"),
    ),
    "carried out by the day of the talks": (
        "dates-from-elsewhere-by-a-link", False, lambda e: e.point("evt-dismantling-steps", "end_edtf", TALKS, "date_words"),
    ),
    "an addressee within what is said": (
        "addressees-are-no-subjects-of-what-is-said", True,
        lambda e: e.row("sta-lebanon-warns-new-war-israel-subject").update(actor_role="addressee"),
    ),
    "any cooperation as economic": (
        "types-have-their-words", True, lambda e: e.row("evt-future-cooperation").update(event_type="economic_cooperation"),
    ),
    "talks as a duty": ("agreed-in-so-many-words", True, lambda e: e.row("trm-talks").update(term_basis="agreed_term")),
    "a truce without its month": (
        "names-of-agreements-are-whole", True,
        lambda e: (e.row("nam-agr-ceasefire-2024-november-2024-truce").update(name_words="truce"),
                   e.anchor("nam-agr-ceasefire-2024-november-2024-truce", "name_words", "truce")),
    ),
    "the killing of several as several killings": (
        "plural-acts-are-several", True, lambda e: e.row("evt-figures-killed").update(aggregation="repeated"),
    ),
    "set up in the month of the truce": (
        "dates-in-names-are-no-dates-of-others", False,
        lambda e: (e.set("evt-mechanism-set-up", start_edtf="2024-11", end_edtf="2024-11"),
                   e.evidence("evt-mechanism-set-up", "date_words").update(char_start="569", char_end="582")),
    ),
    "meetings told again as talks": (
        "told-once", False,
        lambda e: (e.copy("evt-officer-meetings", "evt-officer-talks", event_type="talks"),
                   e.copy("eva-officer-meetings-military-officers-participant", "eva-officer-talks-military-officers-participant", event_id="evt-officer-talks")),
    ),
    "held under and part of": (
        "one-link-of-two-events", False,
        lambda e: e.copy("evl-naqoura-talks-held-under-mechanism-set-up", "evl-naqoura-talks-part-of-mechanism-set-up", link_type="part_of"),
    ),
    "the new war as possibly the old": (
        "one-event-at-one-time", False,
        lambda e: e.copy("evl-israeli-airstrikes-possibly-same-as-israeli-strikes", "evl-new-war-possibly-same-as-israel-hezbollah-war",
                         event_id="evt-new-war", linked_event_id="evt-israel-hezbollah-war"),
    ),
    "a breach on words of criticism": (
        "claims-in-the-words-of-their-statement", False, lambda e: e.point("clm-israel-accuses-breach-hezbollah", None, STEPS),
    ),
    "a party by the invasion": (
        "parties-in-the-words-of-the-agreement", False, lambda e: e.point("aga-1983-agreement-lebanon-reported-party", None, "evt-invasion"),
    ),
    "peace only after cooperation": (
        "what-comes-only-after", True,
        lambda e: e.row("evl-peace-agreement-precondition-of-economic-cooperation").update(event_id="evt-economic-cooperation", linked_event_id="evt-peace-agreement"),
    ),
    "the backer as the backed": (
        "backers-stand-first", True,
        lambda e: [r.update(column_name={"actor_id": "related_actor_id", "related_actor_id": "actor_id"}.get(r["column_name"], r["column_name"]))
                   for r in e.rows("evidence", row_id="rel-hezbollah-backed-by-iran")],
    ),
    "a city as a metonym": (
        "metonyms-speak-and-act", True, lambda e: e.point("nam-lebanon-beirut", "name_words", "nam-plc-beirut-beirut", "name_words"),
    ),
    "an event on an auxiliary": ("words-that-say-something", True, lambda e: e.anchor("evt-relations-1983", None, "would have")),
    "who invites as proposer": (
        "implications", False, lambda e: e.row("aga-abraham-accords-netanyahu-inviter").update(actor_role="proposer"),
    ),
    "strikes as air strikes": ("types-have-their-words", True, lambda e: e.row("evt-israeli-strikes").update(event_type="air_strike")),
    "the doer of an offensive as the killer": (
        "doers-of-the-cause-alone", False,
        lambda e: e.copy("eva-israeli-offensive-israel-initiator", "eva-figures-killed-israel-initiator", event_id="evt-figures-killed"),
    ),
    "who is drawn into a war as its doer": (
        "wars-have-two-sides", False, lambda e: e.row("eva-new-war-lebanon-participant").update(actor_role="initiator"),
    ),
    "both sides as a description": ("anaphors-by-their-form", False, lambda e: [n.update(name_type="description") for n in e.rows("names", name_words="both sides")]),
    "a border as a territory": ("places-by-their-names", False, lambda e: e.row("plc-border").update(place_type="territory")),
    "a ceasefire as conduct": ("implications", False, lambda e: e.row("trm-cessation").update(conduct_type="continuous")),
    "a mechanism as verification": ("terms-have-their-words", True, lambda e: e.row("trm-mechanism").update(term_type="verification")),
    "with whom ties are normalised as a target": (
        "roles-in-so-many-words", True, lambda e: e.row("eva-ties-normalised-israel-participant").update(actor_role="target"),
    ),
    "a phase merged into its whole": ("phases-of-a-whole", True, lambda e: e.drop("evt-weapons-first-phase")),
    "two charges as one accusation": (
        "one-charge-of-one-accusation", False,
        lambda e: [r.update(statement_id=ACCUSES) for r in e.rows("statement_links", statement_id=REBUILDING)],
    ),
    "a modifier as a proper name": ("modifiers-are-adjectival", True, lambda e: e.row("nam-iran-iran-adjectival").update(name_type="proper_name")),
    "earlier meetings without an end": ("earlier-instances-are-over", False, lambda e: (e.empty("evt-officer-meetings", "end_edtf"), e.set("evt-officer-meetings", end_edtf=None))),
    "a host without its premises": ("hosts-have-premises", False, lambda e: e.row(TALKS).update(place_id="plc-naqoura")),
    "meetings without those who met": ("people-are-named", True, lambda e: e.drop("act-military-officers")),
    "the talks as possibly those of 1983": (
        "one-event-at-one-time", False,
        lambda e: e.copy("evl-israeli-airstrikes-possibly-same-as-israeli-strikes", "evl-talks-1983-possibly-same-as-naqoura-talks",
                         event_id=TALKS_1983, linked_event_id=TALKS),
    ),
    "a country by both sides, outright": (
        "countries-are-named-outright", False,
        lambda e: [r.update(support="explicit", note=None) for r in e.rows("evidence", row_id="act-israel-delegation", column_name="country_code") if r["char_start"]],
    ),
}  # fmt: skip


def tell(edit: str, text: str) -> None:
    """The rule tells the edit; the package as it is breaks no rule, by test_data."""
    rule, _, change = EDITS[edit]
    tables = Edit(text)
    change(tables)
    assert tables.told(rule) == {rule}


@pytest.mark.parametrize("edit", [edit for edit, (_, needs_text, _) in EDITS.items() if not needs_text])
def test_edit_is_told(edit: str) -> None:
    tell(edit, "")


@pytest.mark.parametrize("edit", [edit for edit, (_, needs_text, _) in EDITS.items() if needs_text])
def test_edit_is_told_with_the_text(edit: str, coded_text: str) -> None:
    tell(edit, coded_text)

"""Flat views for people: joined tables without keys to follow, and directed acts for event data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, Literal

import pandas as pd

from naqoura_talks.frames import load
from naqoura_talks.package import unknown

JoinedName = Literal["events", "statements", "ceasefire_terms", "actors"]
Record = dict[str, Any]


def _records(name: str) -> list[Record]:
    frame = load(name)
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def _grouped(rows: Iterable[Record], column: str) -> dict[str, list[Record]]:
    groups: dict[str, list[Record]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return groups


def _text(parts: Iterable[str]) -> str | None:
    """Join readable parts, each once, in their order; None if there are none."""
    return "; ".join(dict.fromkeys(parts)) or None


class _Package:
    """The tables as records, with the names that stand for keys."""

    def __init__(self) -> None:
        self.actor = {r["actor_id"]: r["name"] for r in _records("actors")}
        self.place = {r["place_id"]: r["name"] for r in _records("places")}
        self.agreement = {r["agreement_id"]: r["name"] for r in _records("agreements")}
        self.event = {r["event_id"]: r["title"] for r in _records("events")}
        self.term = {r["term_id"]: r["title"] for r in _records("ceasefire_terms")}
        self.statements = {r["statement_id"]: r for r in _records("statements")}
        self.links = _records("statement_links")
        self.event_links = {r["event_link_id"]: r for r in _records("event_links")}
        self.event_actors = {r["event_actor_id"]: r for r in _records("event_actors")}

    def speaker(self, statement_id: str) -> str:
        return self.actor[self.statements[statement_id]["speaker_actor_id"]]

    def asserted_by(self, column: str, key: str) -> str | None:
        return _text(
            self.speaker(r["statement_id"]) for r in self.links if r["link_role"] == "asserts" and r[column] == key
        )

    def thing(self, link: Record) -> str:
        """Return what a statement link points to, as readable text."""
        if link["event_id"]:
            return self.event[link["event_id"]]
        if link["term_id"]:
            return self.term[link["term_id"]]
        if link["agreement_id"]:
            return self.agreement[link["agreement_id"]]
        if link["event_link_id"]:
            return self.link(self.event_links[link["event_link_id"]])
        part = self.event_actors[link["event_actor_id"]]
        return f"{self.actor[part['actor_id']]} as {part['actor_role']} in: {self.event[part['event_id']]}"

    def says(self, column: str, row: Record) -> str:
        """Return who says so, where only a speaker does: a part of a readable text, or nothing."""
        return f", says {self.asserted_by(column, row[column])}" if row["attribution"] == "speaker" else ""

    def link(self, link: Record) -> str:
        words = link["link_type"].replace("_", " ")
        return f"{self.event[link['event_id']]} [{words}] {self.event[link['linked_event_id']]}"

    def claims(self) -> list[Record]:
        """Return the compliance claims, each with a readable text beside its keys."""
        claims = _records("compliance_claims")
        for claim in claims:
            about = self.term[claim["term_id"]] if claim["term_id"] else self.agreement[claim["agreement_id"]]
            claim["text"] = (
                f"{self.speaker(claim['statement_id'])} on {self.actor[claim['assessed_actor_id']]}: "
                f"{claim['claim_type']} ({about})"
            )
        return claims


def _roles(rows: list[Record], p: _Package, role: str) -> str | None:
    """Return the actors of the rows that have this role."""
    return _text(p.actor[r["actor_id"]] for r in rows if r["actor_role"] == role)


_DATES = ["start_edtf", "start_earliest", "start_latest", "end_edtf", "end_earliest", "end_latest", "date_basis"]


def _events(p: _Package) -> pd.DataFrame:
    frame, parts = load("events"), _grouped(p.event_actors.values(), "event_id")
    links = _grouped(p.event_links.values(), "event_id")
    key = frame["event_id"]
    frame["place"] = frame["place_id"].map(p.place)
    frame["actors"] = key.map(
        lambda k: _text(f"{p.actor[r['actor_id']]} ({r['actor_role']}{p.says('event_actor_id', r)})" for r in parts[k])
    )
    frame["asserted_by"] = key.map(lambda k: p.asserted_by("event_id", k))
    frame["links"] = key.map(
        lambda k: _text(
            f"{r['link_type'].replace('_', ' ')}: {p.event[r['linked_event_id']]}"
            + (f" ({says.removeprefix(', ')})" if (says := p.says("event_link_id", r)) else "")
            for r in links[k]
        )
    )
    return frame[
        ["event_id", "title", "realis", "attribution", "asserted_by", "event_type", "aggregation", "actors", "place"]
        + ["start_edtf", "end_edtf", "date_words", "links", "description", *(d for d in _DATES if "edtf" not in d)]
    ]


def _statements(p: _Package) -> pd.DataFrame:
    frame, parts = load("statements"), _grouped(_records("statement_actors"), "statement_id")
    links, claims = _grouped(p.links, "statement_id"), _grouped(p.claims(), "statement_id")
    key = frame["statement_id"]
    frame["speaker"] = frame["speaker_actor_id"].map(p.actor)
    for role in ("spoken_for", "relay", "addressee", "subject"):
        frame[role] = key.map(lambda k, role=role: _roles(parts[k], p, role))
    for role in ("asserts", "conditions_on", "mentions"):
        frame[role] = key.map(lambda k, role=role: _text(p.thing(r) for r in links[k] if r["link_role"] == role))
    frame["claims"] = key.map(lambda k: _text(c["text"] for c in claims[k]))
    return frame[
        ["statement_id", "speaker", "speech_act", "proposition", "mode", "certainty", "polarity", "is_repeated"]
        + ["spoken_for", "relay", "addressee", "subject", "cue_words", "quote_words", "asserts"]
        + ["conditions_on", "mentions", "claims", *_DATES, "date_words"]
    ]


def _ceasefire_terms(p: _Package) -> pd.DataFrame:
    frame, parts = load("ceasefire_terms"), _grouped(_records("term_actors"), "term_id")
    claims = _grouped(p.claims(), "term_id")
    key = frame["term_id"]
    frame["agreement"] = frame["agreement_id"].map(p.agreement)
    frame["asserted_by"] = key.map(lambda k: p.asserted_by("term_id", k))
    roles = ("obligated", "affected", "beneficiary", "verifier", "participant", "proponent")
    for role in roles:
        frame[role] = key.map(lambda k, role=role: _roles(parts[k], p, role))
    frame["claims"] = key.map(lambda k: _text(c["text"] for c in claims[k]))
    return frame[
        ["term_id", "title", "term_basis", "attribution", "asserted_by", "obligated", "agreement", "term_type"]
        + ["conduct_type", *roles[1:], "claims", "description"]
    ]


def _actors(p: _Package) -> pd.DataFrame:
    frame = load("actors")
    key = frame["actor_id"]
    names, relations = _grouped(_records("names"), "actor_id"), _grouped(_records("actor_relations"), "actor_id")
    events = _grouped(p.event_actors.values(), "actor_id")
    terms, agreements = (
        _grouped(_records("term_actors"), "actor_id"),
        _grouped(_records("agreement_actors"), "actor_id"),
    )
    said = _grouped(p.statements.values(), "speaker_actor_id")
    frame["relations"] = key.map(
        lambda k: _text(
            f"{r['relation_type'].replace('_', ' ')} {p.actor[r['related_actor_id']]}" for r in relations[k]
        )
    )
    frame["names"] = key.map(lambda k: _text(r["name_words"] for r in names[k]))
    realis = {r["event_id"]: r["realis"] for r in _records("events")}
    frame["events"] = key.map(
        lambda k: _text(
            f"{p.event[r['event_id']]} ({r['actor_role']}, {realis[r['event_id']]}{p.says('event_actor_id', r)})"
            for r in events[k]
        )
    )
    frame["agreements"] = key.map(
        lambda k: _text(f"{p.agreement[r['agreement_id']]} ({r['actor_role']})" for r in agreements[k])
    )
    frame["terms"] = key.map(lambda k: _text(f"{p.term[r['term_id']]} ({r['actor_role']})" for r in terms[k]))
    frame["statements_made"] = key.map(lambda k: len(said[k])).astype("Int64")
    return frame[
        ["actor_id", "name", "actor_type", "country_code", "role_title", "relations", "names", "events", "agreements"]
        + ["terms", "statements_made", "description"]
    ]


_VIEWS: dict[str, Callable[[_Package], pd.DataFrame]] = {
    "events": _events,
    "statements": _statements,
    "ceasefire_terms": _ceasefire_terms,
    "actors": _actors,
}


def joined(name: JoinedName) -> pd.DataFrame:
    """Return a table with names in place of keys, as many rows as the table, one row a thing.

    - ``events``: with actors and their roles, place, links to other events, and who asserts it; a
      part or link that only a speaker asserts says whose word it is.
    - ``statements``: with speaker, relays, addressees, subjects, what it asserts, makes a condition
      or mentions, and the compliance claims that it makes.
    - ``ceasefire_terms``: with agreement, the actors of each role, who asserts it, and claims.
    - ``actors``: with relations, names, events (role, realis, and whose word it is if a speaker's only),
      agreements, terms, and the number of statements.

    Several names in one cell are separated by "; ". The key comes first, so that ``evidence(key)``
    leads to the words. Raises UnknownNameError for other names.
    """
    if name not in _VIEWS:
        raise unknown("joined table", name, list(_VIEWS))
    attrs = load(name).attrs
    frame = _VIEWS[name](_Package())
    # A column without a single value would otherwise have another type than text.
    text = frame.iloc[:, 0].dtype
    frame = frame.astype({c: text for c in frame.columns if frame[c].dtype == object or frame[c].dtype == text})
    frame.attrs = {**attrs, "table": f"joined {name}"}
    return frame


_OCCURRED = ("actual", "ongoing", "attempted")


def acts() -> pd.DataFrame:
    """Return one row a directed act, from events and statements, coded by the crosswalk.

    Columns: table_name, row_id, actor_id, actor, recipient_id, recipient, plover, cameo, title,
    realis, attribution, asserted_by, and the date columns of the row.

    - An event is an act if its realis is actual, ongoing or attempted and the narrator or the link
      line asserts it, alone or with a speaker; what only a speaker asserts is the speaker's act of
      saying so. Parts that only a speaker asserts are left out likewise.
    - A statement is an act of its speaker, and its title begins with speaker and speech act: that it
      was said is actual and the narrator's, what was said is not. One that consents or commits takes
      the code of the event that it offers, if the crosswalk has one as an intent.
    - Actors and recipients are the roles that the crosswalk gives as PLOVER actor and recipient.
      Each actor meets each recipient. A joint act goes both ways between each two principals, or
      participants if there are no principals. A statement goes to its addressees, media aside, else
      to its subjects. Where the text gives no recipient, or no doer, the column is empty.
    - Acts with a code in neither scheme are left out. CAMEO codes are text: "010" is not 10.

    The same events named as a whole and in parts are all there: counting rows is not counting events.
    Sources: PLOVER manual and CAMEO manual 1.1b3, as in the table ``crosswalk``.
    """
    p = _Package()
    crosswalk: dict[tuple[str, str, str], list[Record]] = defaultdict(list)
    for row in _records("crosswalk"):
        crosswalk[row["codelist"], row["code"], row["scheme"]].append(row)

    def code(codelist: str, value: str, scheme: str, holds: set[str]) -> str | None:
        """Return the outside code whose condition holds; a conditional one goes before the default."""
        rows = [r for r in crosswalk[codelist, value, scheme] if r["condition"] is None or r["condition"] in holds]
        rows.sort(key=lambda r: r["condition"] is None)
        return rows[0]["scheme_code"] if rows else None

    def side(codelist: str, role: str) -> str | None:
        return code(codelist, role, "plover", {"no_addressee"})

    rows: list[Record] = []

    def add(table: str, source: Record, key: str, pairs: list[tuple], codes: dict, realis: Any, **rest: Any) -> None:
        if not any(codes.values()):
            return
        for actor, recipient in pairs:
            rows.append(
                {"table_name": table, "row_id": source[key], "actor_id": actor, "actor": p.actor.get(actor)}
                | {"recipient_id": recipient, "recipient": p.actor.get(recipient), **codes}
                | {"realis": realis, **rest}
                | {d: source[d] for d in _DATES}
            )

    parts = _grouped(p.event_actors.values(), "event_id")
    events = {r["event_id"]: r for r in _records("events")}
    for event in events.values():
        if event["realis"] not in _OCCURRED or event["attribution"] == "speaker":
            continue
        mine = [r for r in parts[event["event_id"]] if r["attribution"] != "speaker"]
        joint = [r["actor_id"] for r in mine if r["actor_role"] == "principal"] or [
            r["actor_id"] for r in mine if r["actor_role"] == "participant"
        ]
        recipients = [r["actor_id"] for r in mine if side("event_actor_role", r["actor_role"]) == "recipient"]
        doers = [
            r["actor_id"]
            for r in mine
            if side("event_actor_role", r["actor_role"]) == "actor"
            and r["actor_role"] not in ("participant", "principal")
        ]
        together = [(a, b) for a in joint for b in joint if a != b] if len(joint) > 1 else []
        alone = doers if together else doers + joint
        pairs = together + [(a, b) for a in alone for b in (recipients or (joint if together else [None]))]
        if not pairs:
            pairs = [(None, b) for b in recipients]
        codes = {s: code("event_type", event["event_type"], s, {"as_occurrence"}) for s in ("plover", "cameo")}
        add(
            "events", event, "event_id", pairs, codes, event["realis"], title=event["title"],
            attribution=event["attribution"], asserted_by=p.asserted_by("event_id", event["event_id"]),
        )  # fmt: skip

    media = {r["actor_id"] for r in _records("actors") if r["actor_type"] == "media"}
    ceasefires = {r["agreement_id"] for r in _records("agreements") if r["agreement_type"] == "ceasefire"}
    claimed = {r["statement_id"] for r in p.claims() if r["agreement_id"] in ceasefires}
    statement_parts = _grouped(_records("statement_actors"), "statement_id")
    links = _grouped(p.links, "statement_id")
    for statement in p.statements.values():
        key = statement["statement_id"]
        asserted = [events[r["event_id"]] for r in links[key] if r["link_role"] == "asserts" and r["event_id"]]
        holds = {"ceasefire_claim"} if key in claimed else set()
        if any(e["event_type"] == "agreement_joined" for e in asserted):
            holds.add("accession")
        codes = {s: code("speech_act", statement["speech_act"], s, holds) for s in ("plover", "cameo")}
        if statement["speech_act"] in ("consent", "commit"):
            for event in asserted:
                if event["realis"] in ("required", "hypothetical"):
                    for scheme in codes:
                        intents = [
                            r
                            for r in crosswalk["event_type", event["event_type"], scheme]
                            if r["condition"] == "as_intent"
                        ]
                        codes[scheme] = intents[0]["scheme_code"] if intents else codes[scheme]
        mine = statement_parts[key]
        recipients = [r["actor_id"] for r in mine if r["actor_role"] == "addressee" and r["actor_id"] not in media]
        recipients = recipients or [r["actor_id"] for r in mine if r["actor_role"] == "subject"]
        said = f"{p.speaker(key)}, {statement['speech_act']}: {statement['proposition']}"
        pairs = [(statement["speaker_actor_id"], r) for r in recipients or [None]]
        add(
            "statements", statement, "statement_id", pairs, codes, "actual", title=said,
            attribution="narrator", asserted_by=None,
        )  # fmt: skip
    columns = ["table_name", "row_id", "actor_id", "actor", "recipient_id", "recipient", "plover", "cameo", "title"]
    frame = pd.DataFrame(rows, columns=[*columns, "realis", "attribution", "asserted_by", *_DATES])
    dates = load("events").dtypes
    frame = frame.astype({d: dates[d] for d in _DATES if d in dates})
    frame.attrs = {**load("events").attrs, "table": "acts"}
    return frame

"""A small package of our own, whole and valid, made from a made-up text: what the rules are tried on.

It has the schemas, codes and crosswalk of the real package and a row or more in every table. Tests
break it in one place and ask whether the rule sees it.
"""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

from naqoura_talks.package import Package
from naqoura_talks.text import digest
from scripts.coding import anchor

ROOT = Path(__file__).resolve().parent.parent

TEXT = """Norland and Sudland met for talks in Port Vell on 4 May 2031, two months into the harbour truce of March 2031.
A spokesman for Norland called the talks “useful” and accused Sudland of breaking the truce. Under the truce, Sudland is to leave the harbour.
The sun shone all day."""

SOURCE = "src-harbour-report"

# Cells by table, without keys that are empty. Every row says on which words it rests, and so does
# every cell that needs evidence of its own: "column": ("value", "words").
ROWS: dict[str, list[dict]] = {
    "actors": [
        {"actor_id": "act-norland", "name": "Norland", "actor_type": "state", "description": "State.", "": "Norland and"},
        {"actor_id": "act-sudland", "name": "Sudland", "actor_type": "state", "description": "State.", "": "Sudland met"},
        {
            "actor_id": "act-spokesman", "name": "Spokesman for Norland", "actor_type": "role_holder",
            "role_title": ("spokesman", "spokesman"), "description": "Unnamed.", "": "spokesman for Norland",
        },
    ],
    "actor_relations": [
        {
            "relation_id": "rel-spokesman-speaks-for-norland", "actor_id": ("act-spokesman", "spokesman"),
            "relation_type": "speaks_for", "related_actor_id": ("act-norland", "for Norland"),
            "attribution": "narrator", "": "spokesman for Norland",
        },
    ],
    "names": [
        {
            "name_id": "nam-norland", "actor_id": "act-norland", "name_words": ("Norland", "Norland and", "for Norland"),
            "name_type": "proper_name", "": "Norland and",
        },
        {
            "name_id": "nam-sudland", "actor_id": "act-sudland",
            "name_words": ("Sudland", "Sudland met", "accused Sudland", "truce, Sudland"),
            "name_type": "proper_name", "": "Sudland met",
        },
        {
            "name_id": "nam-spokesman", "actor_id": "act-spokesman", "name_words": ("spokesman for Norland",),
            "name_type": "description", "": "spokesman for Norland",
        },
        {
            "name_id": "nam-plc-port-vell", "place_id": "plc-port-vell", "name_words": ("Port Vell",),
            "name_type": "proper_name", "": "Port Vell",
        },
        {
            "name_id": "nam-agr-harbour-truce", "agreement_id": "agr-harbour-truce",
            "name_words": ("harbour truce",), "name_type": "description", "": "harbour truce",
        },
        {
            "name_id": "nam-agr-harbour-truce-truce", "agreement_id": "agr-harbour-truce",
            "name_words": ("truce", "breaking the truce", "Under the truce"), "name_type": "description",
            "": "breaking the truce",
        },
    ],
    "places": [
        {
            "place_id": "plc-port-vell", "name": "Port Vell", "place_type": "town", "": "in Port Vell",
            "latitude": ("10.5", None), "longitude": ("20.25", None),
        },
    ],
    "identifiers": [
        {
            "identifier_id": "idn-norland-wikidata", "actor_id": "act-norland", "scheme": "wikidata",
            "value": ("Q1", None), "match_type": "exact", "source_id": "src-gazetteer",
        },
    ],
    "events": [
        {
            "event_id": "evt-harbour-talks", "title": "Talks in Port Vell", "event_type": "talks", "realis": "actual",
            "aggregation": "single", "attribution": "narrator", "start_edtf": ("2031-05-04", "on 4 May 2031"),
            "start_earliest": "2031-05-04", "start_latest": "2031-05-04", "end_edtf": ("2031-05-04", "on 4 May 2031"),
            "end_earliest": "2031-05-04", "end_latest": "2031-05-04", "date_words": ("on 4 May 2031",),
            "date_basis": ("stated", "on 4 May 2031"), "place_id": ("plc-port-vell", "in Port Vell"), "description": "Both sides talked.",
            "": "Norland and Sudland met for talks",
        },
        {
            "event_id": "evt-truce-breach", "title": "Breach of the truce", "event_type": "ceasefire_breach",
            "realis": "actual", "aggregation": "not_stated", "attribution": "speaker", "start_edtf": ("[2031-03..]", "of March 2031"),
            "start_earliest": "2031-03-01", "end_edtf": ("[2031-03..]", "of March 2031"), "end_earliest": "2031-03-01",
            "date_words": ("of March 2031",), "date_basis": ("bounded", "of March 2031"),
            "agreement_id": ("agr-harbour-truce", "breaking the truce"), "description": "Alleged of Sudland.", "": "breaking the truce",
        },
        {
            "event_id": "evt-truce-in-effect", "title": "Truce in effect", "event_type": "ceasefire_in_effect",
            "realis": "ongoing", "aggregation": "period", "attribution": "narrator",
            "start_edtf": ("2031-03", "of March 2031"), "start_earliest": "2031-03-01", "start_latest": "2031-03-31",
            "date_words": ("of March 2031",), "date_basis": ("stated", "of March 2031"),
            "agreement_id": ("agr-harbour-truce", "harbour truce"), "description": "It holds.",
            "": "harbour truce of March 2031",
        },
    ],
    "event_actors": [
        {
            "event_actor_id": "eva-harbour-talks-norland-participant", "event_id": "evt-harbour-talks",
            "actor_id": ("act-norland", "Norland and"), "actor_role": ("participant", "met"),
            "attribution": "narrator", "": "Norland and Sudland met",
        },
        {
            "event_actor_id": "eva-harbour-talks-sudland-participant", "event_id": "evt-harbour-talks",
            "actor_id": ("act-sudland", "Sudland met"), "actor_role": ("participant", "met"),
            "attribution": "narrator", "": "Norland and Sudland met",
        },
        {
            "event_actor_id": "eva-truce-breach-sudland-initiator", "event_id": "evt-truce-breach",
            "actor_id": ("act-sudland", "accused Sudland"), "actor_role": ("initiator", "breaking"),
            "attribution": "speaker", "": "Sudland of breaking the truce",
        },
    ],
    "event_links": [
        {
            "event_link_id": "evl-harbour-talks-follows-truce-in-effect", "event_id": "evt-harbour-talks",
            "link_type": "follows", "linked_event_id": "evt-truce-in-effect", "attribution": "narrator",
            "": "two months into the harbour truce",
        },
    ],
    "agreements": [
        {
            "agreement_id": "agr-harbour-truce", "name": "Harbour truce", "agreement_type": "ceasefire",
            "status": ("in_effect", "into the harbour truce"), "": "harbour truce of March 2031",
        },
    ],
    "agreement_actors": [
        {
            "agreement_actor_id": "aga-harbour-truce-sudland-bound-not-party", "agreement_id": "agr-harbour-truce",
            "actor_id": ("act-sudland", "truce, Sudland"), "actor_role": ("bound_not_party", "is to leave"),
            "attribution": "narrator", "": "Under the truce, Sudland is to leave",
        },
    ],
    "ceasefire_terms": [
        {
            "term_id": "trm-leave-harbour", "agreement_id": ("agr-harbour-truce", "Under the truce"),
            "title": "Leave the harbour", "term_type": "withdrawal", "term_basis": "agreed_term",
            "conduct_type": "single_act", "attribution": "narrator", "description": "Sudland is to leave.",
            "": "Sudland is to leave the harbour",
        },
    ],
    "term_actors": [
        {
            "term_actor_id": "tra-leave-harbour-sudland-obligated", "term_id": "trm-leave-harbour",
            "actor_id": ("act-sudland", "truce, Sudland"), "actor_role": ("obligated", "is to leave"),
            "": "Sudland is to leave",
        },
    ],
    "compliance_claims": [
        {
            "claim_id": "clm-spokesman-breach-sudland", "statement_id": "stm-spokesman-breach",
            "agreement_id": "agr-harbour-truce", "assessed_actor_id": ("act-sudland", "accused Sudland"),
            "claim_type": "violated", "": "accused Sudland of breaking the truce",
        },
    ],
    "statements": [
        {
            "statement_id": "stm-spokesman-breach", "speaker_actor_id": ("act-spokesman", "spokesman"),
            "mode": "indirect", "speech_act": "accuse", "cue_words": ("accused",), "certainty": "certain",
            "proposition": "Sudland broke the truce.", "polarity": "positive", "is_repeated": "false",
            "date_basis": "undated", "": "accused Sudland of breaking the truce",
        },
        {
            "statement_id": "stm-spokesman-useful", "speaker_actor_id": ("act-spokesman", "spokesman"),
            "mode": "mixed", "speech_act": "assess", "cue_words": ("called",), "quote_words": ("useful",),
            "certainty": "certain", "proposition": "The talks were of use.", "polarity": "positive",
            "is_repeated": "false", "date_basis": "undated", "": "spokesman for Norland called the talks “useful",
        },
    ],
    "statement_actors": [
        {
            "statement_actor_id": "sta-spokesman-breach-sudland-addressee", "statement_id": "stm-spokesman-breach",
            "actor_id": ("act-sudland", "accused Sudland"), "actor_role": ("addressee", "accused"),
            "": "accused Sudland",
        },
        {
            "statement_actor_id": "sta-spokesman-breach-sudland-subject", "statement_id": "stm-spokesman-breach",
            "actor_id": ("act-sudland", "accused Sudland"), "actor_role": ("subject", "breaking"),
            "": "Sudland of breaking the truce",
        },
        *(
            {
                "statement_actor_id": f"sta-{statement}-norland-spoken-for", "statement_id": f"stm-{statement}",
                "actor_id": ("act-norland", "for Norland"), "actor_role": ("spoken_for", "spokesman for"),
                "": "spokesman for Norland",
            }
            for statement in ("spokesman-breach", "spokesman-useful")
        ),
    ],
    "statement_links": [
        {
            "statement_link_id": "stl-spokesman-breach-asserts-eva", "statement_id": "stm-spokesman-breach",
            "link_role": "asserts", "event_actor_id": "eva-truce-breach-sudland-initiator",
            "": "Sudland of breaking the truce",
        },
        {
            "statement_link_id": "stl-spokesman-breach-asserts-evt", "statement_id": "stm-spokesman-breach",
            "link_role": "asserts", "event_id": "evt-truce-breach", "": "breaking the truce",
        },
        {
            "statement_link_id": "stl-spokesman-breach-mentions-agr", "statement_id": "stm-spokesman-breach",
            "link_role": "mentions", "agreement_id": "agr-harbour-truce", "": "breaking the truce",
        },
        {
            "statement_link_id": "stl-spokesman-useful-mentions-evt", "statement_id": "stm-spokesman-useful",
            "link_role": "mentions", "event_id": "evt-harbour-talks", "": "called the talks",
        },
    ],
}  # fmt: skip


def make(root: Path) -> Path:
    """Write the made-up package into a new folder; return it. The products are left to the build."""
    (root / "data/csv").mkdir(parents=True)
    shutil.copytree(ROOT / "schemas", root / "schemas")
    shutil.copy(ROOT / "datapackage.json", root / "datapackage.json")
    for name in ("codes", "crosswalk"):
        shutil.copy(ROOT / f"data/csv/{name}.csv", root / f"data/csv/{name}.csv")
    package, text = Package(root), anchor.Anchor(TEXT)
    evidence: list[list] = []

    def support(table: str, row_id: str, column: str, words: str | None) -> None:
        n = 1 + sum(e[1:4] == [table, row_id, column] for e in evidence)
        key = f"evd-{row_id}-{column.replace('_', '-') or 'row'}-{n}"
        if words is None:
            evidence.append([key, table, row_id, column, "src-gazetteer", "", "", "", "external", ""])
            return
        start, end = text.locate(words)
        evidence.append([key, table, row_id, column, SOURCE, start, end, digest(text.text[start:end]), "explicit", ""])

    tables: dict[str, list[dict]] = {name: [] for name in package.tables if name not in ("codes", "crosswalk")}
    for table, rows in ROWS.items():
        for row in rows:
            cells = {c: v[0] if isinstance(v, tuple) else v for c, v in row.items() if c}
            tables[table].append(cells)
            row_id = cells[package.key(table)]
            if "" in row:
                support(table, row_id, "", row[""])
            for column, value in row.items():
                if not isinstance(value, tuple):
                    continue
                if table == "names":
                    # Each occurrence: the words around it say which one, the form itself is the span.
                    for around in value[1:] or value:
                        start, _ = text.locate(around)
                        start += around.index(value[0])
                        n = 1 + sum(e[1:4] == [table, row_id, column] for e in evidence)
                        span = text.text[start : start + len(value[0])]
                        evidence.append(
                            [f"evd-{row_id}-name-words-{n}", table, row_id, column, SOURCE, start]
                            + [start + len(value[0]), digest(span), "explicit", ""]
                        )
                else:
                    support(table, row_id, column, value[1] if len(value) > 1 else value[0])
    tables["sources"] = [
        {
            "source_id": "src-gazetteer", "source_type": "reference", "scheme": "wikidata",
            "citation": "A made-up gazetteer",
        },
        {
            "source_id": SOURCE, "source_type": "coded_text", "language": "en",
            "text_sha256": digest(text.text), "text_chars": str(len(text.text)), "paragraphs": "3",
            "citation": "A made-up report on talks in Port Vell",
        },
    ]  # fmt: skip
    given = {"cameo", "edtf", "factbank", "iso_country", "plover"}  # schemes of the crosswalk and of columns
    with (ROOT / "data/csv/sources.csv").open(encoding="utf-8", newline="") as file:
        tables["sources"] += [r for r in csv.DictReader(file) if r["scheme"] in given]
    tables["passages"] = anchor.passage_rows(text, SOURCE)
    tables["passages"][-1]["not_coded_reason"] = "no_content"
    tables["evidence"] = [dict(zip(package.fields("evidence"), map(str, e), strict=True)) for e in evidence]
    for name, rows in tables.items():
        columns = list(package.fields(name))
        anchor.write_table(package, name, [{c: row.get(c, "") for c in columns} for row in rows])
    return root


def rows(root: Path, table: str) -> list[dict[str, str]]:
    """Return the rows of a table of a package as dictionaries."""
    with (root / f"data/csv/{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rewrite(root: Path, table: str, rows: list[dict[str, str]]) -> None:
    """Write the rows of a table back as they are, in their order."""
    with (root / f"data/csv/{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def edit(root: Path, table: str, key: str, **cells: str) -> None:
    """Change cells of the row with this key."""
    changed = rows(root, table)
    row = next(r for r in changed if next(iter(r.values())) == key)
    row.update(cells)
    rewrite(root, table, changed)


def edit_json(root: Path, path: str, change) -> None:
    """Change a JSON file of the package by a function on its content."""
    file = root / path
    content = json.loads(file.read_text("utf-8"))
    change(content)
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")

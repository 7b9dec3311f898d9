"""The landing page docs/index.html, made from the package alone: one file, no network, the same bytes every time.

``page(package)`` fills ``page/page.html`` (HTML that makes sense without scripts) and puts the style
sheet and the script into it, under a Content-Security-Policy that names their digests. What the page
shows is prepared here, as plain records; how it looks is left to the template and ``site/page.css``.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
from collections import Counter, defaultdict
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2

from naqoura_talks.citing import bibtex
from naqoura_talks.package import Package, read_text
from scripts.build import counts, metadata
from scripts.check import rules

PARTS = Path(__file__).resolve().parent / "page"
SCRIPTS = ("verify.js", "page.js")

Row = dict[str, Any]
Mark = dict[str, Any]


# --- the tables, and what hangs together in them ---


class Tables:
    """The tables as records, with what is looked up more than once."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.rows: dict[str, list[Row]] = {name: package.read_words(name).to_pylist() for name in package.tables}
        self.keys = {name: package.key(name) for name in package.tables}
        self.by_key = {row[self.keys[name]]: row for name, rows in self.rows.items() for row in rows}
        self.codes = {(r["codelist"], r["code"]): r for r in self.rows["codes"]}
        self.asserted_by: dict[str, list[str]] = defaultdict(list)
        for link in self.rows["statement_links"]:
            if link["link_role"] == "asserts":
                speaker = self.speaker(link["statement_id"])
                for key in self._things(link):
                    if speaker not in self.asserted_by[key]:
                        self.asserted_by[key].append(speaker)
        # The place in the text of a row's first words: the order in which the report comes to things.
        self.place: dict[str, int] = {}
        for row in self.rows["evidence"]:
            if row["char_start"] is not None and row["column_name"] is None:
                at = int(row["char_start"])
                self.place[row["row_id"]] = min(at, self.place.get(row["row_id"], at))

    @staticmethod
    def _things(link: Row) -> list[str]:
        columns = ("event_id", "event_actor_id", "event_link_id", "term_id", "agreement_id")
        return [link[c] for c in columns if link[c]]

    def grouped(self, table: str, column: str) -> dict[str, list[Row]]:
        """Return the rows of a table by the value of a column, empty values left out."""
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows[table]:
            if row[column]:
                groups[row[column]].append(row)
        return groups

    def in_text_order(self, table: str) -> list[Row]:
        """Return the rows in the order in which the report comes to them."""
        key = self.keys[table]
        return sorted(self.rows[table], key=lambda r: (self.place.get(r[key], 1 << 60), r[key]))

    def name(self, key: str | None) -> str:
        """Return what stands for a row in a sentence: its name or title, else its key."""
        row = self.by_key.get(key or "", {})
        return row.get("name") or row.get("title") or key or ""

    def speaker(self, statement_id: str) -> str:
        return self.name(self.by_key[statement_id]["speaker_actor_id"])

    def code(self, codelist: str, code: str | None) -> str:
        """Return the label of a code."""
        return self.codes[codelist, code]["label"] if (codelist, code) in self.codes else (code or "")

    def says(self, key: str) -> str:
        """Return who asserts a row that has an attribution, in words."""
        attribution = self.by_key[key]["attribution"]
        speakers = " and ".join(self.asserted_by[key])
        known = {"narrator": "narrator", "speaker": f"says {speakers}", "both": f"narrator and {speakers}"}
        return known.get(attribution, self.code("attribution", attribution).lower())

    def order(self, codelist: str, first: tuple[str, ...]) -> list[str]:
        """Return the codes of a list: those named first, then any others."""
        return [*first, *(code for known, code in self.codes if known == codelist and code not in first)]

    def actors(self) -> dict[str, list[str]]:
        """Return the actors that each row is about, by its key.

        A row is about the actors that it names; an event, statement, term or agreement also about
        those that have a part in it, and what points to one of these about its actors too.
        """
        about: dict[str, set[str]] = defaultdict(set)
        known = {row["actor_id"] for row in self.rows["actors"]}
        parts = {
            "event_actors": "event_id", "statement_actors": "statement_id", "term_actors": "term_id",
            "agreement_actors": "agreement_id",
        }  # fmt: skip
        for name, rows in self.rows.items():
            for row in rows:
                about[row[self.keys[name]]] |= known & set(row.values())
        for table, column in parts.items():
            for row in self.rows[table]:
                about[row[column]].add(row["actor_id"])
        wholes = {row[column] for table, column in parts.items() for row in self.rows[table] if row[column]}
        whole_actors = {key: set(about[key]) for key in wholes}
        for name, rows in self.rows.items():
            if name not in ("events", "statements", "ceasefire_terms", "agreements", *parts):
                for row in rows:
                    for value in row.values():
                        about[row[self.keys[name]]] |= whole_actors.get(value, set())
        return {key: sorted(actors) for key, actors in about.items() if actors}


# --- dates, as vague as they are ---

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def date_in_words(edtf: str | None) -> str:
    """Return one of the EDTF forms of the schema in words: "[..2023-11]" is "November 2023 or earlier"."""
    if not edtf:
        return ""
    open_start, open_end = edtf.startswith("[.."), edtf.endswith("..]")
    plain = edtf.strip("[]").removeprefix("..").removesuffix("..")
    parts = plain.split("-")
    if not re.fullmatch(r"\d{4}(-\d\d){0,2}", plain):
        return edtf
    words = " ".join([str(int(p)) for p in parts[2:]] + [MONTHS[int(p) - 1] for p in parts[1:2]] + parts[:1])
    return words + (" or earlier" if open_start else " or later" if open_end else "")


def day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


class Axis:
    """Time on the width of a chart, in per cent: years in which something is dated, longer gaps cut short."""

    EDGE, BREAK, GAP = 7.0, 5.0, 2

    def __init__(self, days: list[date]) -> None:
        years = sorted({d.year for d in days}) or [2000]
        runs = [[years[0], years[0]]]
        for year in years[1:]:
            if year - runs[-1][1] <= self.GAP:
                runs[-1][1] = year
            else:
                runs.append([year, year])
        width = 100 - 2 * self.EDGE - self.BREAK * (len(runs) - 1)
        # Every run of years gets a share of the width of its own, so that a single year stays readable.
        weights = [0.6 + last - first + 1 for first, last in runs]
        self.runs, left = [], self.EDGE
        for (first, last), weight in zip(runs, weights, strict=True):
            size = width * weight / sum(weights)
            self.runs.append((first, last, left, size))
            left += size + self.BREAK

    def _run(self, year: int) -> tuple[int, int, float, float]:
        return next(run for run in self.runs if run[0] <= year <= run[1])

    def at(self, when: date, end: bool = False) -> float:
        """Return where a day begins, or ends, on the axis."""
        first, last, left, size = self._run(when.year)
        total = (date(last, 12, 31) - date(first, 1, 1)).days + 1
        return round(left + size * ((when - date(first, 1, 1)).days + end) / total, 2)

    def before(self, when: date) -> float:
        """Return how far an end that is open to the past is drawn: into the gap before these years."""
        return round(self._run(when.year)[2] - self.BREAK * 0.8, 2)

    def after(self, when: date) -> float:
        """Return how far an end that is open to the future is drawn."""
        _, _, left, size = self._run(when.year)
        return round(left + size + self.BREAK * 0.8, 2)

    @property
    def years(self) -> list[Row]:
        """The years with where they begin and end."""
        return [
            {
                "year": year,
                "x1": self.at(date(year, 1, 1)),
                "x2": self.at(date(year, 12, 31), end=True),
                "last": year == last,
            }
            for first, last, _, _ in self.runs
            for year in range(first, last + 1)
        ]

    @property
    def breaks(self) -> list[Row]:
        """Where years are left out, and which."""
        return [
            {"x": round(b[2] - self.BREAK / 2, 2), "from": a[1] + 1, "to": b[0] - 1}
            for a, b in zip(self.runs, self.runs[1:], strict=False)
        ]


def event_marks(event: Row, axis: Axis) -> list[Mark]:
    """Return what is drawn for a dated event: nothing is drawn as more certain than its date is.

    Kinds: point (one known day), span (surely going on), vague (begins or ends somewhere in here),
    open-left and open-right (the bound is on one side only), onward (still going on at the time of
    the text), unknown (the other end is not stated).
    """
    s1, s2, e1, e2 = (day(event[c]) for c in ("start_earliest", "start_latest", "end_earliest", "end_latest"))
    if s1 and s1 == s2 == e1 == e2:
        return [{"kind": "point", "x1": axis.at(s1, end=False), "x2": axis.at(s1, end=True)}]
    marks: list[Mark] = []

    def mark(kind: str, x1: float, x2: float) -> None:
        if {"kind": kind, "x1": x1, "x2": x2} not in marks:
            marks.append({"kind": kind, "x1": x1, "x2": x2})

    for earliest, latest in ((s1, s2), (e1, e2)):
        if earliest and latest:
            mark("vague", axis.at(earliest), axis.at(latest, end=True))
        elif latest:
            mark("open-left", axis.before(latest), axis.at(latest, end=True))
        elif earliest:
            mark("open-right", axis.at(earliest), axis.after(earliest))
    if s2 and e1 and s2 < e1:
        mark("span", axis.at(s2, end=True), axis.at(e1))
    if s2 and not (e1 or e2):
        if event["realis"] == "ongoing":
            mark("onward", axis.at(s2, end=True), 100 - axis.EDGE / 4)
        elif event["aggregation"] != "single":
            mark("unknown", axis.at(s2, end=True), round(axis.at(s2, end=True) + 5, 2))
    if e1 and not (s1 or s2):
        mark("unknown-left", round(axis.at(e1) - 5, 2), axis.at(e1))
    return marks


# --- the sections ---

REALIS = ("actual", "ongoing", "attempted", "required", "hypothetical", "unrealised")


def timeline(t: Tables, about: dict[str, list[str]]) -> Row:
    """Return the events for the timeline: the dated with their marks in order of time, the undated by realis."""
    columns = ("start_earliest", "start_latest", "end_earliest", "end_latest")
    events = t.in_text_order("events")
    axis = Axis([date.fromisoformat(e[c]) for e in events for c in columns if e[c]])

    def shown(event: Row) -> Row:
        key = event["event_id"]
        dates = [date_in_words(event["start_edtf"]), date_in_words(event["end_edtf"])]
        if dates[0] == dates[1]:
            dates.pop()
        elif not dates[0]:
            dates = ["until " + dates[1]] if dates[1] else []
        return event | {
            "says": t.says(key), "when": " – ".join(filter(None, dates)), "marks": event_marks(event, axis),
            "about": about.get(key, []), "realis_label": t.code("realis", event["realis"]),
        }  # fmt: skip

    dated = [shown(e) for e in events if any(e[c] for c in columns)]
    dated.sort(key=lambda e: next(e[c] for c in (*columns[:2], *columns[2:]) if e[c]))
    undated = [shown(e) for e in events if not any(e[c] for c in columns)]
    groups = [
        {"code": code, "events": [e for e in undated if e["realis"] == code]} for code in t.order("realis", REALIS)
    ]
    return {"dated": dated, "undated": [g for g in groups if g["events"]], "axis": axis}


def short_codes(codes: list[str]) -> dict[str, str]:
    """Give each code, the most used first, the shortest beginning of it that no other has taken."""
    taken: dict[str, str] = {}
    for code, _ in sorted(Counter(codes).items(), key=lambda item: (-item[1], item[0])):
        short = next(code[:n] for n in range(1, len(code) + 1) if code[:n].capitalize() not in taken.values())
        taken[code] = short.capitalize()
    return taken


def matrix(t: Tables, about: dict[str, list[str]]) -> Row:
    """Return who has which part in which event: actors in the order of their names, events as the report has them."""
    parts = t.rows["event_actors"]
    taking_part = {p["actor_id"] for p in parts}
    by_name = sorted(t.rows["actors"], key=lambda a: a["name"].casefold())
    actors = [a for a in by_name if a["actor_id"] in taking_part]
    short = short_codes([p["actor_role"] for p in parts])
    cells: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for p in parts:
        role = t.code("event_actor_role", p["actor_role"])
        cells[p["event_id"], p["actor_id"]].append(
            p | {"short": short[p["actor_role"]], "role": role, "says": t.says(p["event_actor_id"])}
        )
    rows = [
        event
        | {
            "cells": [cells[event["event_id"], a["actor_id"]] for a in actors],
            "about": about.get(event["event_id"], []),
        }
        for event in t.in_text_order("events")
    ]
    return {
        "actors": actors, "events": rows, "others": [a for a in by_name if a["actor_id"] not in taking_part],
        "roles": [(short[c], t.code("event_actor_role", c)) for c in sorted(short, key=short.__getitem__)],
    }  # fmt: skip


def statements(t: Tables, about: dict[str, list[str]]) -> list[Row]:
    """Return who said what: speaker, relay, addressee, mode, and what each statement is about."""
    parts, links = t.grouped("statement_actors", "statement_id"), t.grouped("statement_links", "statement_id")
    claims = t.grouped("compliance_claims", "statement_id")
    shown = []
    for s in t.in_text_order("statements"):
        key = s["statement_id"]
        roles = {
            role: [(p["actor_id"], t.name(p["actor_id"])) for p in parts[key] if p["actor_role"] == role]
            for role in ("spoken_for", "relay", "addressee", "subject")
        }
        things: list[tuple[str, str, str]] = []
        for link in links[key]:
            # Parts and links of events are shown with the events that they belong to.
            column = next(
                c for c in ("event_id", "term_id", "agreement_id", "event_actor_id", "event_link_id") if link[c]
            )
            if column in ("event_id", "term_id", "agreement_id"):
                things.append((link["link_role"], link[column], t.name(link[column])))
        shown.append(
            s | roles
            | {
                "speaker": t.name(s["speaker_actor_id"]), "act": t.code("speech_act", s["speech_act"]),
                "mode_label": t.code("statement_mode", s["mode"]), "when": date_in_words(s["start_edtf"]),
                "things": things, "claims": [claim(t, c) for c in claims[key]], "about": about.get(key, []),
            }
        )  # fmt: skip
    return shown


def claim(t: Tables, row: Row) -> Row:
    """Return a compliance claim in words."""
    return {
        "key": row["claim_id"], "speaker": t.speaker(row["statement_id"]),
        "assessed": t.name(row["assessed_actor_id"]), "type": t.code("claim_type", row["claim_type"]),
        "on": t.name(row["term_id"] or row["agreement_id"]),
    }  # fmt: skip


BASES = (
    "agreed_term", "attributed_term", "linked_arrangement", "party_condition", "conditional_step", "party_offer",
    "party_demand",
)  # fmt: skip


def ceasefire(t: Tables, about: dict[str, list[str]]) -> Row:
    """Return agreements and terms: whom each term binds, on what it hangs, who claims what."""
    parts, links = t.grouped("term_actors", "term_id"), t.grouped("statement_links", "statement_id")
    asserting = t.grouped("statement_links", "term_id")
    on_term, on_agreement = t.grouped("compliance_claims", "term_id"), t.grouped("compliance_claims", "agreement_id")
    parties = t.grouped("agreement_actors", "agreement_id")

    def hangs(term_id: str) -> list[tuple[str, str, str]]:
        """Return what must come before what, by the statements that assert the term."""
        said = {link["statement_id"] for link in asserting[term_id] if link["link_role"] == "asserts"}
        event_links = [
            t.by_key[link["event_link_id"]] for s in sorted(said) for link in links[s] if link["event_link_id"]
        ]
        return [
            (e["event_link_id"], t.name(e["event_id"]), t.name(e["linked_event_id"]))
            for e in event_links
            if e["link_type"] == "precondition_of"
        ]

    def shown_term(term: Row) -> Row:
        key = term["term_id"]
        roles = []
        for role in ("obligated", "affected", "beneficiary", "verifier", "participant", "proponent"):
            actors = [(p["actor_id"], t.name(p["actor_id"])) for p in parts[key] if p["actor_role"] == role]
            if actors:
                roles.append((role, t.code("term_actor_role", role), actors))
        return term | {
            "says": t.says(key), "roles": roles, "bound": any(role == "obligated" for role, _, _ in roles),
            "hangs": hangs(key), "claims": [claim(t, c) for c in on_term[key]], "about": about.get(key, []),
        }  # fmt: skip

    def shown_agreement(agreement: Row) -> Row:
        key = agreement["agreement_id"]
        return agreement | {
            "type": t.code("agreement_type", agreement["agreement_type"]),
            "status_label": t.code("agreement_status", agreement["status"]),
            "parties": [
                (p["actor_id"], t.name(p["actor_id"]), t.code("agreement_actor_role", p["actor_role"]))
                for p in parties[key]
            ],
            "claims": [claim(t, c) for c in on_agreement[key] if not c["term_id"]],
            "about": about.get(key, []),
        }

    terms = [shown_term(term) for term in t.in_text_order("ceasefire_terms")]
    groups = [
        {
            "label": t.codes["term_basis", basis]["label"], "definition": t.codes["term_basis", basis]["definition"],
            "terms": [term for term in terms if term["term_basis"] == basis],
        }
        for basis in t.order("term_basis", BASES)
    ]  # fmt: skip
    return {
        "agreements": [shown_agreement(agreement) for agreement in t.in_text_order("agreements")],
        "groups": [group for group in groups if group["terms"]],
    }


LINE = 64  # characters to a line of the drawn page


def shape(t: Tables) -> list[Row]:
    """Return each coded text by its shape: paragraphs, passages, and pieces of lines shaded by evidence.

    A piece is a run of characters on one line under the same evidence: line, column, length, and a
    depth from 0 (none) to 4 (the most rows).
    """
    texts = []
    for source_id, passages in t.grouped("passages", "source_id").items():
        size = max(int(p["char_end"]) for p in passages)
        steps = [0] * (size + 1)
        for e in t.rows["evidence"]:
            if e["source_id"] == source_id and e["char_start"] is not None:
                steps[int(e["char_start"])] += 1
                steps[min(int(e["char_end"]), size)] -= 1
        rows_at, n = [], 0
        for step in steps[:size]:
            n += step
            rows_at.append(n)
        line, paragraph, column, drawn = 0, None, 0, []
        for p in sorted(passages, key=lambda p: int(p["char_start"])):
            start, end = int(p["char_start"]), int(p["char_end"])
            if p["paragraph_no"] != paragraph:
                line, column = (line + (1.6 if paragraph else 0)), 0
                paragraph = p["paragraph_no"]
            else:
                column += 1
            pieces: list[Row] = []
            for at in range(start, end):
                if column >= LINE:
                    line, column = line + 1, 0
                depth = sum(rows_at[at] >= bound for bound in (1, 4, 8, 16))
                last = pieces[-1] if pieces else None
                if last and last["line"] == line and last["depth"] == depth:
                    last["length"] += 1
                else:
                    pieces.append({"line": line, "column": column, "length": 1, "depth": depth})
                column += 1
            on_it = {
                e["row_id"]
                for e in t.rows["evidence"]
                if e["source_id"] == source_id
                and e["char_start"] is not None
                and int(e["char_start"]) < end
                and int(e["char_end"]) > start
            }
            drawn.append(p | {"pieces": pieces, "rows": len(on_it)})
        source = t.by_key[source_id]
        texts.append({"source": source, "passages": drawn, "lines": line + 1, "width": LINE})
    return texts


def columns(t: Tables, name: str) -> list[Row]:
    """Return the columns of a table with what is said of them, codes with their counts last."""
    schema = t.package.schema(name)
    targets = {f["fields"][0]: f["reference"].get("resource", name) for f in schema.get("foreignKeys", [])}
    return [
        {"codelist": None} | field | {"target": targets.get(column)} for column, field in t.package.fields(name).items()
    ]


def trust(t: Tables) -> list[tuple[str, str]]:
    """Return the figures of trust for the first screen: a number, and what it counts."""
    f = counts.evidence_figures(t.package)
    share = f["characters of the passages under evidence"]
    return [
        (f"{f['cells with evidence of their own']} of {f['cells that need evidence of their own']}",
         "cells that need evidence of their own have it"),
        (f"{f['coded rows with evidence']} of {f['coded rows']}", "coded rows lead to the words they rest on"),
        (share[share.index("(") + 1 : -1], "of the report’s characters carry some row"),
        (str(len(rules.every(t.package, False))),
         f"rules are checked at every build, and {rules.text_rules()} more with the text"),
    ]  # fmt: skip


def agreement(table: bytes) -> list[tuple[str, str]]:
    """Return the agreement between the passes of the first round, from the content of ``coding/agreement.csv``."""
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8"), newline="")))
    first = min((r["round"] for r in rows if r["round"].startswith("round-")), default=None)
    rows = [r for r in rows if r["round"] == first and not r["coder"] and r["value"]]
    overall = [float(r["value"]) for r in rows if r["measure"] == "f1_between" and not r["table_name"]]
    alphas = [float(r["value"]) for r in rows if r["measure"] == "alpha"]
    found = []
    if overall:
        found.append((f"{overall[0]:.2f}", "F1 of independent machine coders, first round: do they find the same"))
    if alphas:
        found.append(
            (f"{min(alphas):.2f} to {max(alphas):.2f}", "Krippendorff’s alpha of their codes, where units are enough")
        )
    return found


# --- the page ---


def for_script(value: Any) -> str:
    """Return JSON that can stand inside a script element, whatever its text holds."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return (
        text.replace("&", "\\u0026")
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )


def csp_digest(text: str) -> str:
    """Return the digest of an inline script or style sheet as a Content-Security-Policy has it."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii") + "'"


def page(package: Package, agreement_table: bytes = b"") -> bytes:
    """Return docs/index.html; ``agreement_table`` is the content of coding/agreement.csv, nothing without passes.

    It is handed over, as the file is made in the same build and may not be there yet, or be an older one.
    """
    t = Tables(package)
    about, cited = t.actors(), metadata.citations(package)
    style = read_text(PARTS / "page.css", "style sheet")
    script = "\n".join(read_text(PARTS / name, "script") for name in SCRIPTS)
    characters = json.loads(files("naqoura_talks").joinpath("characters.json").read_text("utf-8"))
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PARTS), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    evidence = {"columns": list(package.fields("evidence")), "rows": [list(r.values()) for r in t.rows["evidence"]]}
    html = environment.get_template("page.html").render(
        t=t, package=package, descriptor=package.descriptor, groups=counts.by_group(package),
        group_titles=counts.GROUPS, columns=lambda name: columns(t, name), about=about,
        usage=counts.usage(package),
        example=next((key for key in t.by_key if key.startswith("evt-")), next(iter(t.by_key))),
        trust=[*trust(t), *agreement(agreement_table)],
        timeline=timeline(t, about), matrix=matrix(t, about), statements=statements(t, about),
        ceasefire=ceasefire(t, about), shapes=shape(t), apa=cited["styled"]["apa"],
        swhid=cited["swhid"], bibtex="\n\n".join(map(bibtex, cited["records"])),
        text_rules=rules.text_rules(), json_ld=for_script(metadata.schema_org(package)),
        data=for_script({"characters": characters, "evidence": evidence}),
        style=style, script=script, script_digest=csp_digest(script), style_digest=csp_digest(style),
    )  # fmt: skip
    return html.encode("utf-8")

"""The landing page docs/index.html, made from the package alone: one file, no network, the same bytes every time.

``page(tables)`` fills ``page/page.html`` (HTML that makes sense without scripts) and puts the style
sheet and the script into it, under a Content-Security-Policy that names their digests. What the page
shows is prepared here, as plain records; how it looks is left to the template and ``site/page.css``.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2

from naqoura_talks.citing import bibtex
from naqoura_talks.package import Package, read_text
from scripts.build import counts, metadata
from scripts.build.joined import Joined
from scripts.check import rules

PARTS = Path(__file__).resolve().parent / "page"
SCRIPTS = ("verify.js", "page.js")

Row = dict[str, Any]
Mark = dict[str, Any]


# --- the tables ---


class Tables:
    """The tables, and the joined ones, as records, with what is looked up more than once."""

    def __init__(self, package: Package, views: dict[str, Joined]) -> None:
        self.package = package
        self.joined: dict[str, list[Row]] = {name: view.table.to_pylist() for name, view in views.items()}
        self.rows: dict[str, list[Row]] = {name: package.read_words(name).to_pylist() for name in package.tables}
        self.keys = {name: package.key(name) for name in package.tables}
        self.codes = {(r["codelist"], r["code"]): r for r in self.rows["codes"]}
        self.about = self._about()

    def grouped(self, table: str, column: str) -> dict[str, list[Row]]:
        """Return the rows of a joined table by the value of a column."""
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in self.joined[table]:
            groups[row[column]].append(row)
        return groups

    def in_text_order(self, table: str) -> list[Row]:
        """Return the rows of a joined table in the order in which the report comes to them, with their actors."""
        key = self.keys[table]
        rows = [row | {"about": self.about.get(row[key], [])} for row in self.joined[table]]
        return sorted(rows, key=lambda r: (r["source_id"] or "~", r["char_start"] or 0, r[key]))

    def code(self, codelist: str, code: str | None) -> str:
        """Return the label of a code."""
        return self.codes[codelist, code]["label"] if (codelist, code) in self.codes else (code or "")

    def _about(self) -> dict[str, list[str]]:
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
    s1, s2, e1, e2 = (event[c] for c in DATES)
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

DATES = ("start_earliest", "start_latest", "end_earliest", "end_latest")
REALIS = ("actual", "ongoing", "attempted", "required", "hypothetical", "unrealised")


def timeline(t: Tables) -> Row:
    """Return the events for the timeline: the dated with their marks in its order, the undated by realis."""
    axis = Axis([e[c] for e in t.joined["timeline"] for c in DATES if e[c]])
    dated, undated = [], defaultdict(list)
    for event in t.joined["timeline"]:
        shown = event | {"marks": event_marks(event, axis), "about": t.about.get(event["event_id"], [])}
        if any(event[c] for c in DATES):
            dated.append(shown)
        else:
            undated[event["realis"]].append(shown)
    groups = [{"code": code, "events": undated[code]} for code in (*REALIS, *(c for c in undated if c not in REALIS))]
    return {"dated": dated, "undated": [g for g in groups if g["events"]], "axis": axis}


def short_codes(codes: list[str]) -> dict[str, str]:
    """Give each code, the most used first, the shortest beginning of it that no other has taken."""
    taken: dict[str, str] = {}
    for code, _ in sorted(Counter(codes).items(), key=lambda item: (-item[1], item[0])):
        short = next(code[:n] for n in range(1, len(code) + 1) if code[:n].capitalize() not in taken.values())
        taken[code] = short.capitalize()
    return taken


def matrix(t: Tables) -> Row:
    """Return who has which part in which event: actors in the order of their names, events as the report has them."""
    parts = t.joined["event_actors"]
    taking_part = {p["actor_id"] for p in parts}
    by_name = sorted(t.rows["actors"], key=lambda a: a["name"].casefold())
    actors = [a for a in by_name if a["actor_id"] in taking_part]
    short = short_codes([p["actor_role"] for p in parts])
    cells: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for p in parts:
        cells[p["event_id"], p["actor_id"]].append(p | {"short": short[p["actor_role"]]})
    rows = t.in_text_order("events")
    for event in rows:
        event["cells"] = [cells[event["event_id"], a["actor_id"]] for a in actors]
    return {
        "actors": actors, "events": rows, "others": [a for a in by_name if a["actor_id"] not in taking_part],
        "roles": [(short[c], t.code("event_actor_role", c)) for c in sorted(short, key=short.__getitem__)],
    }  # fmt: skip


def by_role(parts: list[Row], roles: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """Return the keys and names of the actors of each role."""
    return {role: [(p["actor_id"], p["actor"]) for p in parts if p["actor_role"] == role] for role in roles}


def statements(t: Tables) -> list[Row]:
    """Return who said what: speaker, relay, addressee, mode, and what each statement is about."""
    parts, links = t.grouped("statement_actors", "statement_id"), t.grouped("statement_links", "statement_id")
    claims, rows = t.grouped("compliance_claims", "statement_id"), t.in_text_order("statements")
    speakers = {row["statement_id"]: row["speaker_actor_id"] for row in t.rows["statements"]}
    for s in rows:
        key = s["statement_id"]
        s |= by_role(parts[key], ("spoken_for", "relay", "addressee", "subject"))
        # Parts and links of events are shown with the events that they belong to.
        s["things"] = [link for link in links[key] if link["linked_table"] not in ("event_actors", "event_links")]
        s |= {"claims": claims[key], "speaker_actor_id": speakers[key]}
    return rows


BASES = (
    "agreed_term", "attributed_term", "linked_arrangement", "party_condition", "conditional_step", "party_offer",
    "party_demand",
)  # fmt: skip
TERM_ROLES = ("obligated", "affected", "beneficiary", "verifier", "participant", "proponent")


def ceasefire(t: Tables) -> Row:
    """Return agreements and terms: whom each term binds, on what it hangs, who claims what."""
    parts, parties = t.grouped("term_actors", "term_id"), t.grouped("agreement_actors", "agreement_id")
    on_term, on_agreement = t.grouped("compliance_claims", "term_id"), t.grouped("compliance_claims", "agreement_id")
    agreements, terms = t.in_text_order("agreements"), t.in_text_order("ceasefire_terms")
    tied = {row["term_id"] for row in t.rows["ceasefire_terms"] if row["agreement_id"]}
    for a in agreements:
        key = a["agreement_id"]
        a |= {"parties": parties[key], "claims": [c for c in on_agreement[key] if not c["term_id"]]}
    for term in terms:
        key = term["term_id"]
        term |= {"roles": by_role(parts[key], TERM_ROLES), "claims": on_term[key], "tied": key in tied}
    bases = [*BASES, *(code for known, code in t.codes if known == "term_basis" and code not in BASES)]
    groups = [
        {"basis": t.codes["term_basis", basis], "terms": [term for term in terms if term["term_basis"] == basis]}
        for basis in bases
    ]
    return {"agreements": agreements, "groups": [group for group in groups if group["terms"]]}


LINE = 64  # characters to a line of the drawn page


def shape(t: Tables) -> list[Row]:
    """Return each coded text by its shape: paragraphs, passages, and pieces of lines shaded by evidence.

    A piece is a run of characters on one line under the same evidence: line, column, length, and a
    depth from 0 (none) to 4 (the most rows).
    """
    texts = []
    for source in t.rows["sources"]:
        source_id = source["source_id"]
        passages = [p for p in t.rows["passages"] if p["source_id"] == source_id]
        if not passages:
            continue
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


def page(t: Tables, agreement_table: bytes = b"") -> bytes:
    """Return docs/index.html; ``agreement_table`` is the content of coding/agreement.csv, nothing without passes.

    It is handed over, as the file is made in the same build and may not be there yet, or be an older one.
    """
    package, cited = t.package, metadata.citations(t.package)
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
        group_titles=counts.GROUPS, columns=lambda name: columns(t, name), about=t.about,
        usage=counts.usage(package),
        example=t.rows["events"][0]["event_id"],
        trust=[*trust(t), *agreement(agreement_table)],
        timeline=timeline(t), matrix=matrix(t), statements=statements(t),
        ceasefire=ceasefire(t), shapes=shape(t), apa=cited["styled"]["apa"],
        swhid=cited["swhid"], bibtex="\n\n".join(map(bibtex, cited["records"])),
        text_rules=rules.text_rules(), json_ld=for_script(metadata.schema_org(package)),
        data=for_script({"characters": characters, "evidence": evidence}),
        style=style, script=script, script_digest=csp_digest(script), style_digest=csp_digest(style),
    )  # fmt: skip
    return html.encode("utf-8")

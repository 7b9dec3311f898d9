"""The landing page docs/index.html, made from the package alone: one file, no network, the same bytes every time.

``page(tables)`` fills ``page/page.html``, which makes sense without scripts, and puts the style sheet and the scripts
into it under a Content-Security-Policy that names their digests. What the page and the figures show is prepared here
from the joined tables; how it looks is left to the templates and ``page/page.css``.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from collections import Counter, defaultdict
from importlib.resources import files

from naqoura_talks.citing import bibtex, printed
from naqoura_talks.package import read_text
from scripts.build import counts, metadata
from scripts.build.figures import PARTS, TEMPLATES, VOICES, spans, texts, timeline
from scripts.build.joined import Row, Tables


def matrix(t: Tables) -> Row:
    """Return the parts in events of the actors who have more than one: events as rows, in the order of the timeline."""
    parts = counts.grouped(t.joined["event_actors"], "event_id")
    counted = Counter(actor for of_event in parts.values() for actor in {p["actor_id"] for p in of_event})
    actors = sorted((key for key, n in counted.items() if n > 1), key=lambda key: t.titles[key].casefold())
    cells = {event: counts.grouped(of_event, "actor_id") for event, of_event in parts.items()}
    rows = [e | {"cells": [cells.get(e["event_id"], {}).get(a, []) for a in actors]} for e in t.joined["timeline"]]
    return {"actors": actors, "rows": [e for e in rows if any(e["cells"])]}


def agreements(t: Tables) -> list[Row]:
    """Return the agreements; one is a speaker's word where statements hold all that it rests on, else the report's."""
    by: dict[str, list[set[str]]] = defaultdict(list)
    keys = {row["agreement_id"]: row["agreement_id"] for row in t.rows["agreements"]}
    for source in t.rows["sources"]:
        said = spans(t, source["source_id"], t.speakers, None)
        for start, end, key in spans(t, source["source_id"], keys, None):
            by[key].append({t.titles[who] for a, b, who in said if a <= start and b >= end})
    found = []
    for row in t.in_text_order("agreements"):
        speakers = by[row["agreement_id"]]
        word = "speaker" if speakers and all(speakers) else "narrator"
        found.append(row | {"attribution": word, "asserted_by": "; ".join(sorted(set().union(*speakers)))})
    return found


def csp_digest(text: str) -> str:
    """Return the digest of an inline script or style sheet as a Content-Security-Policy has it."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii") + "'"


def zip_frame(files: dict[str, str]) -> list[str]:
    """Return what stands before each file in a ZIP archive without compression, and after the last, in base64."""
    archive, frame, done = io.BytesIO(), [], 0
    with zipfile.ZipFile(archive, "w") as target:
        for path, text in files.items():
            about = zipfile.ZipInfo(path)
            about.create_system = 0  # not that of this machine
            target.writestr(about, text)
            frame.append(archive.getvalue()[done:].removesuffix(text.encode("utf-8")))
            done = len(archive.getvalue())
    return [base64.b64encode(part).decode("ascii") for part in (*frame, archive.getvalue()[done:])]


def page(t: Tables) -> bytes:
    """Return docs/index.html."""
    package, cited = t.package, metadata.citations(t.package)
    about, citation = package.descriptor, printed(cited, "apa")
    readme = TEMPLATES.get_template("readme.txt").render(about=about, package=package, citation=citation)
    style = read_text(PARTS / "page.css", "style sheet")
    script = "\n".join(read_text(PARTS / name, "script") for name in ("verify.js", "page.js"))
    tables = {name: package.path(name).read_text("utf-8") for name in package.tables}
    folder = f"{about['name']}-{package.version}"
    packed = {"README.txt": readme} | {f"data/csv/{name}.csv": text for name, text in tables.items()}
    data = {
        "characters": json.loads(files("naqoura_talks").joinpath("characters.json").read_text("utf-8")),
        "package": folder, "version": package.version, "tables": tables, "readme": readme,
        "zip": zip_frame({f"{folder}/{path}": text for path, text in packed.items()}),
        "titles": t.titles, "homes": t.homes(), "citation": printed(cited, "apa", "{rows}"),
    }  # fmt: skip
    html = TEMPLATES.get_template("page.html").render(
        t=t, package=package, descriptor=about, voices=VOICES, texts=texts(t), timeline=timeline(t),
        matrix=matrix(t), said=counts.grouped(t.in_text_order("statements"), "speaker"),
        terms=counts.grouped(t.in_text_order("ceasefire_terms"), "term_basis"),
        agreements=agreements(t), told_by=Counter(e["attribution"] for e in t.joined["events"]),
        evidence=counts.evidence_figures(package), citation=citation,
        bibtex="\n\n".join(map(bibtex, cited["records"])), example=t.rows["events"][0]["event_id"],
        json_ld=metadata.schema_org(package), data=data,
        style=style, script=script, script_digest=csp_digest(script), style_digest=csp_digest(style),
    )  # fmt: skip
    return html.encode("utf-8")

"""The figure in docs/figures/, for README, slides and papers, drawn from the tables by a template.

It is 170 mm wide with letters of 8 points, as journals ask, and can be told in grey. Nothing is measured
and no font is asked, so that every machine draws the same file; `make release` turns it into PDF and PNG.
"""

from __future__ import annotations

from textwrap import wrap
from typing import Any

import jinja2

from naqoura_talks.package import Package
from scripts.build import landing

# Colour means whose word an event is, here and on the page.
VOICES = {
    "narrator": {"label": "the report says so itself", "colour": "#1d5c8c"},
    "both": {"label": "the report and a speaker", "colour": "#6a4a8f"},
    "speaker": {"label": "only a speaker says so", "colour": "#a3470a"},
    "link_line": {"label": "only a link line says so", "colour": "#5c5c5c"},
}
MARKS = {
    "point": "one day",
    "vague": "begins or ends within",
    "span": "going on",
    "onward": "still going on in the report",
    "open-left": "then or earlier",
    "open-right": "then or later",
    "unknown": "other end not stated",
}
# In points: where dates begin, how wide they are, how high a line is; and how many letters a line of a title has.
LEFT, WIDTH, LINE, LETTERS = 178, 304, 9, 40


def tint(colour: str) -> str:
    """Return a colour (#rrggbb) as it is at a fifth of its strength on white: PDF writers order opacities at random."""
    return "#" + "".join(f"{255 - (255 - int(colour[i : i + 2], 16)) // 5:02x}" for i in (1, 3, 5))


def figures(package: Package) -> dict[str, bytes]:
    """Return the content of each figure by its path: one row for each dated event, each as vague as its date is."""
    shown = landing.timeline(landing.Tables(package), {})
    axis = shown["axis"]

    def x(percent: float) -> float:
        return round(LEFT + WIDTH * percent / 100, 2)

    events: list[dict[str, Any]] = []
    bottom = 18.0
    for event in shown["dated"]:
        lines = [*wrap(event["title"], LETTERS), event["when"]]
        height = LINE * len(lines) + 6
        marks = [mark | {"x1": x(mark["x1"]), "x2": x(mark["x2"])} for mark in event["marks"]]
        row = {"attribution": event["attribution"], "lines": lines, "marks": marks, "y": bottom + height / 2}
        events.append(row)
        bottom += height
    kinds = {mark["kind"].replace("unknown-left", "unknown") for event in events for mark in event["marks"]}
    voices = {event["attribution"] for event in events}
    legend = [{"attribution": a, "kind": None, "label": voice["label"]} for a, voice in VOICES.items() if a in voices]
    legend += [{"attribution": None, "kind": kind, "label": label} for kind, label in MARKS.items() if kind in kinds]
    for i, entry in enumerate(legend):
        entry |= {"x": 1 + 160 * (i % 3), "y": bottom + 17 + 14 * (i // 3)}
    years = [{"x": x((y["x1"] + y["x2"]) / 2), "label": y["year"]} for y in axis.years]
    years += [{"x": x(gap["x"]), "label": "…"} for gap in axis.breaks]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(landing.PARTS),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["tint"] = tint
    drawn = environment.get_template("timeline.svg").render(
        title=f"{package.descriptor['title']}: the dated events",
        height=bottom + 24 + 14 * ((len(legend) - 1) // 3),
        bottom=bottom,
        edges=[x(y["x1"]) for y in axis.years] + [x(y["x2"]) for y in axis.years if y["last"]],
        years=years,
        events=events,
        legend=legend,
        voices=VOICES,
    )
    return {"docs/figures/timeline.svg": drawn.encode("utf-8")}

"""What is drawn of the tables, on the page and as the figures in docs/figures/ for papers and slides.

The figures are 170 mm wide with letters of 8 points, as journals ask, and can be told in grey; captions.md says what
they show. Nothing is measured and no font is asked, so that every machine draws the same files; `make release` turns
them into PDF and PNG.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from itertools import count, pairwise
from pathlib import Path
from textwrap import wrap
from typing import Any

import jinja2

from scripts.build import metadata
from scripts.build.counts import grouped
from scripts.build.joined import Row, Tables

PARTS = Path(__file__).resolve().parent / "page"
# Whose word a thing is, in the order of legends; the codes are those of the codelist `attribution`.
VOICES = {
    "narrator": "the report itself",
    "speaker": "a speaker alone",
    "both": "the report and a speaker",
    "link_line": "a link line",
}
# The kinds of marks, in the order of legends.
MARKS = {
    "point": "one day",
    "vague": "begins or ends within",
    "span": "going on",
    "onward": "still going on in the report",
    "open-left": "this date or earlier",
    "open-right": "this date or later",
    "unknown": "other end not stated",
    "order": "no date: between others",
}

# What fills the templates of the page, the figures and the pages in Markdown.
TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(PARTS), undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    keep_trailing_newline=True, autoescape=lambda name: name.endswith((".html", ".svg")),
)  # fmt: skip
# What is safe inside a cell of a Markdown table.
TEMPLATES.filters["cell"] = lambda text: str(text).replace("|", "\\|").replace("\n", " ")
TEMPLATES.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}


# --- whose word each stretch of a text is ---

SHORTEST = 4  # characters; what is shorter between two stretches is punctuation and goes with the one before


def spans(t: Tables, source_id: str, keys: dict[str, Any], *columns: str | None) -> list[tuple[int, int, Any]]:
    """Return start and end of the evidence in a text for these rows, or cells of them, with what stands by the key."""
    return [
        (int(e["char_start"]), int(e["char_end"]), keys[e["row_id"]])
        for e in t.rows["evidence"]
        if e["row_id"] in keys and e["column_name"] in columns and e["source_id"] == source_id and e["char_start"]
    ]


def texts(t: Tables) -> list[Row]:
    """Return each coded text: its source, and its sentences in order with their stretches and speakers.

    A stretch is a speaker's where it is under the evidence of a statement, but for the words that say who speaks and
    that it is said: these are the report's own. It is both where what it supports is asserted by both, and a link
    line's where the sentence is one. All else is the report's.
    """
    by_both = {r[t.package.key(n)]: True for n in t.rows for r in t.rows[n] if r.get("attribution") == "both"}
    in_order = sorted(t.rows["passages"], key=lambda p: int(p["char_start"]))
    found = []
    for source in t.rows["sources"]:
        key, sentences = source["source_id"], []
        both, said = spans(t, key, by_both, None), spans(t, key, t.speakers, None)
        saying = spans(t, key, t.speakers, "speaker_actor_id", "cue_words")
        for p in (p for p in in_order if p["source_id"] == key):
            start, end = int(p["char_start"]), int(p["char_end"])
            edges = {edge for span in (*both, *said, *saying) for edge in span[:2] if start < edge < end}
            stretches: list[Row] = []
            for first, last in pairwise(sorted({start, end} | edges)):
                framed, shared = covering(saying, first), covering(both, first)
                by = "" if framed else " ".join(sorted(covering(said, first)))
                voice = "link_line" if p["passage_type"] == "link" else "speaker" if by else "narrator"
                one = {"voice": "both" if shared else voice, "by": by}
                bare = last - first < SHORTEST and not framed
                if stretches and (bare or stretches[-1] | one == stretches[-1]):
                    stretches[-1]["end"] = last
                else:
                    stretches.append({"start": first, "end": last} | one)
            speakers = {who: t.titles[who] for s in stretches for who in s["by"].split()}
            sentences.append(p | {"start": start, "end": end, "stretches": stretches, "speakers": speakers})
        if sentences:
            longest = max(s["end"] - s["start"] for s in sentences)
            found.append({"source": source, "sentences": sentences, "longest": longest})
    return found


def covering(known: list[tuple[int, int, Any]], at: int) -> set[Any]:
    """Return what the spans over a character stand for."""
    return {what for start, end, what in known if start <= at < end}


# --- dates, as vague as they are ---

DATES = ("start_earliest", "start_latest", "end_earliest", "end_latest")


class Axis:
    """Time on the width of a chart, in per cent: every year in which something is dated, all years to one scale."""

    EDGE, BREAK = 6.0, 7.0

    def __init__(self, days: list[date]) -> None:
        dated = {d.year for d in days} or {2000}
        # One year without a date between two that have some is drawn; more of them are a gap.
        drawn = sorted(dated | {year + 1 for year in dated if year + 2 in dated})
        days_of = {year: date(year, 12, 31).timetuple().tm_yday for year in drawn}
        breaks = sum(later - year > 1 for year, later in pairwise(drawn))
        self.day = (100 - 2 * self.EDGE - self.BREAK * breaks) / sum(days_of.values())
        self.left, self.gaps, x = {}, [], self.EDGE
        for year, n in days_of.items():
            if self.left and year - 1 not in self.left:
                self.gaps.append(round(x + self.BREAK / 2, 2))
                x += self.BREAK
            self.left[year] = x
            x += self.day * n
        edges = ((year, self.at(date(year, 1, 1)), self.at(date(year, 12, 31), end=True)) for year in drawn)
        self.years = [{"year": year, "x1": begin, "x2": end} for year, begin, end in edges]

    def at(self, when: date, end: bool = False) -> float:
        """Return where a day begins, or ends, on the axis."""
        return round(self.left[when.year] + self.day * (when.timetuple().tm_yday - 1 + end), 2)

    def between(self, earliest: date | None, latest: date | None) -> tuple[float, float]:
        """Return where a stretch of days begins and ends: without a bound, in the gap beside the years of the other."""
        known = earliest or latest
        first = next(year for year in range(known.year, 0, -1) if year - 1 not in self.left)
        last = next(year for year in range(known.year, 9999) if year + 1 not in self.left)
        return (
            self.at(earliest) if earliest else round(self.at(date(first, 1, 1)) - 0.6 * self.BREAK, 2),
            self.at(latest, end=True) if latest else round(self.at(date(last, 12, 31), end=True) + 0.6 * self.BREAK, 2),
        )


def event_marks(event: Row, axis: Axis) -> list[Row]:
    """Return what is drawn for an event with a place in time: nothing is drawn as more certain than its date is."""
    s1, s2, e1, e2 = (event[c] for c in DATES)
    if s1 and s1 == s2 == e1 == e2:
        return [{"kind": "point", "x1": axis.at(s1), "x2": axis.at(s1, end=True)}]
    marks = []
    for earliest, latest in ((s1, s2), (e1, e2)):
        if earliest or latest:
            kind = "vague" if earliest and latest else "open-left" if latest else "open-right"
            marks.append((kind, *axis.between(earliest, latest)))
    if s2 and e1 and s2 < e1:
        marks.append(("span", axis.at(s2, end=True), axis.at(e1)))
    if s2 and not (e1 or e2):
        begun = axis.at(s2, end=True)
        if event["realis"] == "ongoing":
            marks.append(("onward", begun, 100 - axis.EDGE / 4))
        elif event["aggregation"] != "single":
            marks.append(("unknown", begun, round(begun + 5, 2)))
    if e1 and not (s1 or s2):
        marks.append(("unknown", round(axis.at(e1) - 5, 2), axis.at(e1)))
    low, high = event.get("begins_earliest"), event.get("begins_latest")
    if not marks and (low or high):
        marks.append(("order", *axis.between(low, high)))
    return [{"kind": kind, "x1": x1, "x2": x2} for kind, x1, x2 in dict.fromkeys(marks)]


# --- the order of events ---

SIDE_BY_SIDE = ("concurrent_with", "possibly_same_as")  # links that put no event before the other


def timeline(t: Tables) -> Row:
    """Return the events in the order of the joined table `timeline`, with marks and lines, and the others by realis."""
    events = [e for e in t.joined["timeline"] if e["position"]]
    joined = {e["event_id"]: e for e in t.joined["events"]}
    axis = Axis([e[c] for e in events for c in (*DATES, "begins_earliest", "begins_latest") if e[c]])
    lines = lanes(t, [e["event_id"] for e in events])
    shown = [
        e | {"marks": event_marks(e, axis), "lines": beside, "row": joined.pop(e["event_id"])}
        for e, beside in zip(events, lines, strict=True)
    ]
    others = grouped((e for e in t.in_text_order("events") if e["event_id"] in joined), "realis")
    width = 1 + max((line["lane"] for row in lines for line in row), default=-1)
    kinds = {mark["kind"] for e in shown for mark in e["marks"]}
    marks = {kind: label for kind, label in MARKS.items() if kind in kinds}
    return {"events": shown, "others": others, "axis": axis, "lanes": width, "marks": marks}


def lanes(t: Tables, order: list[str]) -> list[list[Row]]:
    """Return the lines beside each event of an order: every link of two of them runs in a lane from row to row."""
    at = {key: i for i, key in enumerate(order)}
    ends = [
        (*sorted((at[r["event_id"]], at[r["linked_event_id"]])), r)
        for r in t.joined["event_links"]
        if r["event_id"] in at and r["linked_event_id"] in at and r["link_type"] not in SIDE_BY_SIDE
    ]
    rows: list[list[Row]] = [[] for _ in order]
    taken: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for first, last, link in sorted(ends, key=lambda e: (e[1] - e[0], e[0], e[2]["event_link_id"])):
        lane = next(n for n in count() if all(last <= a or first >= b for a, b in taken[n]))
        taken[lane].append((first, last))
        for i in range(first, last + 1):
            part = "first" if i == first else "last" if i == last else "through"
            rows[i].append({"lane": lane, "part": part, "voice": link["attribution"]})
    return rows


# --- the figures ---

# In points: how wide a figure is, and how high a line; and how many letters a line of a title has.
WIDTH, LINE, LETTERS = 482, 9, 41


def figures(t: Tables) -> dict[str, bytes]:
    """Return the content of each figure, and of their captions, by its path."""
    sentences, bottom = [], 2.0
    for text in texts(t):
        for s in text["sentences"]:
            bottom += 5 if s["sentence_no"] == "1" and sentences else 0
            row = {"words": [", ".join(s["speakers"].values())], "sentence": s, "longest": text["longest"]}
            sentences.append(row | {"middle": bottom + 6.5})
            bottom += 13
    made = {"whose-word": drawn(t, sentences, bottom, VOICES, left=134)}
    shown, events, bottom = timeline(t), [], 16.0
    for e in shown["events"]:
        words = [*wrap(e["title"], LETTERS), *([e["dates"]] if e["dates"] else [])]
        height = LINE * len(words) + 6
        events.append({"words": words, "event": e, "middle": bottom + height / 2})
        bottom += height
    told = {e["attribution"] for e in shown["events"]}
    voices = {voice: label for voice, label in VOICES.items() if voice in told}
    made["timeline"] = drawn(t, events, bottom, voices | shown["marks"], left=182, axis=shown["axis"])
    files = {f"docs/figures/{name}.svg": svg.encode("utf-8") for name, svg in made.items()}
    captions = TEMPLATES.get_template("captions.md").render(
        apa=metadata.citations(t.package)["styled"]["apa"], licence=t.package.descriptor["licenses"][0],
        told=Counter(e["attribution"] for e in t.joined["events"]), voices=VOICES,
    )  # fmt: skip
    return files | {"docs/figures/captions.md": captions.encode("utf-8")}


def drawn(
    t: Tables, rows: list[Row], bottom: float, legend: dict[str, str], left: int, axis: Axis | None = None
) -> str:
    """Return a figure: rows of words and what is drawn beside them, and below them the legend in three columns."""
    entries = [
        {"kind": kind, "label": label, "x": 160 * (i % 3), "y": bottom + 8 + 14 * (i // 3)}
        for i, (kind, label) in enumerate(legend.items())
    ]
    return TEMPLATES.get_template("figures.svg").render(
        title=t.package.descriptor["title"], width=WIDTH, height=entries[-1]["y"] + 12, line=LINE, voices=VOICES,
        rows=rows, bottom=bottom, legend=entries, left=left, axis=axis,
    )  # fmt: skip

"""The generated blocks of docs/worked-example.md: what coders coded of one sentence, and every difference settled."""

from __future__ import annotations

from pathlib import Path

from scripts.build.counts import cell
from scripts.files import read_rows

PASSES = "coding/passes/manual-test"
REPORT, SENTENCE = "report-1", "Kalvia and the brigade have observed a truce"
SHOWN = {
    "events": ("event_type", "realis", "start_edtf", "end_edtf"),
    "event_links": ("event_id", "link_type", "linked_event_id"),
}


def coded(root: Path) -> str:
    """Return the events and links that each coder coded of the sentence, from the raw passes."""
    text = (root / f"{PASSES}/{REPORT}.txt").read_text("utf-8")
    start = text.index(SENTENCE)
    end = text.index(".", start)
    lines = ["| coder | key | rests on | coded as |", "| --- | --- | --- | --- |"]
    for path in sorted((root / PASSES).glob(f"{REPORT}-coder-*.csv")):
        rows = read_rows(path, "raw pass")
        for unit in rows:
            if unit["table_name"] in SHOWN and not unit["column_name"] and start <= int(unit["char_start"]) < end:
                cells = {r["column_name"]: r["value"] for r in rows if r["row_id"] == unit["row_id"]}
                values = " ".join(f"`{cells[c]}`" for c in SHOWN[unit["table_name"]] if cells.get(c))
                words = text[int(unit["char_start"]) : int(unit["char_end"])]
                lines.append(f"| {path.stem[-1].upper()} | `{unit['row_id']}` | {words} | {values} |")
    return "\n".join(lines)


def differences(root: Path) -> str:
    """Return every difference that was settled, with what was settled and why."""
    lines = ["| difference | row | column | settled | why |", "| --- | --- | --- | --- | --- |"]
    for row in read_rows(root / "coding/adjudication.csv", "adjudication"):
        what, settled = row["column_name"] or "the row", row["settled"] or "(empty)"
        shown = map(cell, [row["adjudication_id"], f"`{row['row']}`", what, settled, row["reason"]])
        lines.append(f"| {' | '.join(shown)} |")
    return "\n".join(lines)

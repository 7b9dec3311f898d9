"""The evidence: what supports a row, and which passages and spans any copy of a coded text holds.

A copy may be plain text or a saved page, in any usual encoding, with other things around the text.
No words are needed to find it: a passage is found by trying, at each word of the copy, whether as
many characters as the passage has give its digest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from naqoura_talks import frames
from naqoura_talks.frames import load
from naqoura_talks.package import unknown, unknown_row
from naqoura_talks.text import fold

# --- finding the passages ---


class Span(NamedTuple):
    """A run of the canonical text: offsets in code points, half-open, and the digest of its words."""

    start: int
    end: int
    sha256: str


def _encoded(folded: str) -> Callable[[int, int], bytes]:
    """Return how to get the UTF-8 of a part of a text; one in ASCII, as most are folded, is encoded once."""
    if folded.isascii():
        data = folded.encode("ascii")
        return lambda start, end: data[start:end]
    return lambda start, end: folded[start:end].encode("utf-8", "surrogatepass")


def hold(folded: str, spans: Iterable[Span], shift: int = 0) -> list[bool]:
    """Say of each span whether the folded text, from ``shift`` on, has its digest at its offsets."""
    part, size = _encoded(folded), len(folded)
    return [
        start + shift >= 0 and end + shift <= size
        and sha256(part(start + shift, end + shift)).hexdigest() == digest
        for start, end, digest in spans
    ]  # fmt: skip


def _search(folded: str, words: list[int], span: Span) -> list[int]:
    """Return every word start from which as many characters as the span has give its digest."""
    length, wanted, size = span.end - span.start, bytes.fromhex(span.sha256), len(folded)
    part, found = _encoded(folded), []
    for at in words:
        end = at + length
        # A passage ends at a word's edge: most places need no digest.
        if end > size or (end < size and folded[end].isalnum() and folded[end - 1].isalnum()):
            continue
        if sha256(part(at, end)).digest() == wanted:
            found.append(at)
    return found


def locate(folded: str, passages: list[Span]) -> list[int | None]:
    """Return where each passage begins in a folded text of one line, or None if it is not there.

    Passages of one text follow each other, so a passage is looked for where the one before says
    first, and only then everywhere. Of several places the first after the passage before is taken.
    """
    words = [match.start() for match in re.finditer(r"(?<!\S)\S", folded)]
    found: list[int | None] = []
    shift, end = None, 0
    for passage in passages:
        if shift is not None and hold(folded, [passage], shift)[0]:
            at = passage.start + shift
        else:
            places = _search(folded, words, passage)
            at = next((p for p in places if p >= end), places[0] if places else None)
        found.append(at)
        if at is not None:
            shift, end = at - passage.start, at + passage.end - passage.start
    return found


@dataclass(frozen=True)
class Verification:
    """What a copy holds of a coded text.

    source_id   the coded text that was looked for
    passages    one row a passage: passage_id, status (found, changed, missing), spans, spans_held,
                and the copy's ``words`` if it was found
    evidence    the evidence that rests on the text, with a column ``held`` and the copy's ``words``
    """

    source_id: str
    passages: pd.DataFrame
    evidence: pd.DataFrame

    def sentence(self, passage_id: str) -> str | None:
        """Return the words of a passage as the copy has them, or None if they were not found."""
        words = self.passages.loc[self.passages["passage_id"] == passage_id, "words"]
        return None if words.empty or pd.isna(words.iloc[0]) else words.iloc[0]

    @property
    def holds(self) -> bool:
        """Whether every passage was found and every span holds."""
        return bool((self.passages["status"] == "found").all() and self.evidence["held"].all())

    @property
    def holds_nothing(self) -> bool:
        """Whether no passage was found and no span holds: this is no copy, or one that cannot be told."""
        return not (self.passages["status"] == "found").any() and not self.evidence["held"].any()

    @property
    def verdict(self) -> str:
        """What the copy is, and how sure that is, in one sentence."""
        found, n = int((self.passages["status"] == "found").sum()), len(self.passages)
        if self.holds:
            return "This is the coded text, word for word; digests leave no doubt of it."
        if self.holds_nothing:
            return "This is another text, or one so changed that no passage is left; which, cannot be told."
        if 2 * found >= n:
            return "This is a copy of the coded text with changes; what was found is certain, what changed is located."
        return (
            "Parts of the coded text are here; what was found is certain, but most is missing, "
            "so that missing and changed passages are hard to tell apart."
        )

    @property
    def rows(self) -> pd.DataFrame:
        """The rows whose words do not hold: table_name, row_id, and the columns concerned."""
        lost = self.evidence[~self.evidence["held"]]
        records = [
            {"table_name": table, "row_id": row, "columns": ", ".join(dict.fromkeys(part["column_name"].fillna("row")))}
            for (table, row), part in lost.groupby(["table_name", "row_id"])
        ]
        return pd.DataFrame(records, columns=["table_name", "row_id", "columns"])


def _spans(frame: pd.DataFrame) -> list[Span]:
    return [Span(*row) for row in frame[["char_start", "char_end", "sha256"]].itertuples(index=False)]


def _against(text: str, source_id: str, passages: pd.DataFrame, evidence: pd.DataFrame) -> Verification:
    """Compare one coded text's passages and evidence with a copy of one line."""
    folded, spans = fold(text), _spans(passages)
    at = locate(folded, spans)
    shifts = [None if a is None else a - span.start for a, span in zip(at, spans, strict=True)]
    held: dict[int, int] = {}  # row of evidence → shift from the coded text to the copy
    per_passage: list[dict[str, Any]] = []
    for i, (key, passage) in enumerate(zip(passages["passage_id"], spans, strict=True)):
        mine = evidence[(evidence["char_start"] < passage.end) & (evidence["char_end"] > passage.start)]
        # In a changed passage, what comes before the change lies as the passage before says, and
        # what comes after it as the passage after says.
        before = next((s for s in reversed(shifts[:i]) if s is not None), None)
        after = next((s for s in shifts[i + 1 :] if s is not None), None)
        tries = [before, after] if shifts[i] is None else [shifts[i]]
        for shift in dict.fromkeys(s for s in tries if s is not None):
            for row, good in zip(mine.index, hold(folded, _spans(mine), shift), strict=True):
                if good:
                    held.setdefault(row, shift)
        n_held = sum(row in held for row in mine.index)
        if shifts[i] is not None:
            status = "found"
        elif n_held or (before is not None and after is not None and after - before > passage.start - passage.end):
            status = "changed"
        else:
            status = "missing"
        words = None if shifts[i] is None else text[passage.start + shifts[i] : passage.end + shifts[i]]
        record = {"passage_id": key, "status": status, "spans": len(mine), "spans_held": n_held, "words": words}
        per_passage.append(record)
    evidence = evidence.assign(held=evidence.index.isin(list(held)))
    evidence["words"] = [
        text[start + held[row] : end + held[row]] if row in held else None
        for row, start, end in zip(evidence.index, evidence["char_start"], evidence["char_end"], strict=True)
    ]
    return Verification(source_id, pd.DataFrame(per_passage), evidence)


def verify(copy: str | Path) -> Verification:
    """Check a copy of a coded text against the digests; nothing of it is kept or sent anywhere.

    ``copy`` is the path of a plain text or a saved page; menus and other texts around the report,
    other line breaks, quotes and encodings do not matter. If several texts are coded, the one of
    which most is found is reported. Raises UnreadableCopyError for a file that is no text.
    """
    from naqoura_talks.copies import read_copy

    line = read_copy(copy).replace("\n", " ")
    passages, evidence = load("passages"), load("evidence").dropna(subset=["char_start"])
    results = [
        _against(line, source_id, mine.reset_index(drop=True), evidence[evidence["source_id"] == source_id])
        for source_id, mine in passages.groupby("source_id")
    ]
    return max(results, key=lambda r: (int((r.passages["status"] == "found").sum()), int(r.evidence["held"].sum())))


# --- how much of the text is under evidence ---


def coverage(copy: str | Path | None = None) -> pd.DataFrame:
    """Return how much of each passage is under evidence: one row a passage.

    Columns: passage_id, characters, covered (characters under at least one span), share (0 to 1),
    not_coded_reason. With a copy of the text also: words, covered_words, and uncovered, the words
    under no span, in their order; they are empty for a passage that the copy lacks.
    """
    passages, evidence = load("passages"), load("evidence").dropna(subset=["char_start"])
    verification = verify(copy) if copy is not None else None
    records = []
    for passage in passages.to_dict("records"):
        start, end = passage["char_start"], passage["char_end"]
        under: set[int] = set()
        mine = evidence[evidence["source_id"] == passage["source_id"]]
        for span in _spans(mine[(mine["char_start"] < end) & (mine["char_end"] > start)]):
            under.update(range(max(span.start, start), min(span.end, end)))
        record = {
            "passage_id": passage["passage_id"], "characters": end - start, "covered": len(under),
            "share": round(len(under) / (end - start), 3), "not_coded_reason": passage["not_coded_reason"],
        }  # fmt: skip
        if verification is not None:
            words = verification.sentence(passage["passage_id"])
            places = list(re.finditer(r"\w+(?:['’]\w+)*", words or ""))
            bare = [m[0] for m in places if not any(start + i in under for i in range(*m.span()))]
            record |= {"words": len(places), "covered_words": len(places) - len(bare), "uncovered": " ".join(bare)}
        records.append(record)
    return pd.DataFrame(records)


# --- the words behind a row ---


def evidence(row_id: str, column: str | None = None, text: str | Path | None = None) -> pd.DataFrame:
    """Return the evidence for one row by its key, or for one of its cells: rows of ``evidence``.

    For a cell that rests on its row's evidence, that is what comes back; for one that needs none
    (derived or editorial, see ``codebook``), nothing. ``char_start`` and ``char_end`` are offsets
    into the coded text in code points, half-open; ``sha256`` is the digest of the folded words. With
    ``text``, the path of a copy of the coded text, a column ``words`` holds the words themselves,
    empty where the copy lacks them.

    Raises UnknownNameError if no row has that key, or the row no such column.
    """
    found = load("evidence")
    mine = found[found["row_id"] == row_id]
    tables = [mine["table_name"].iloc[0]] if len(mine) else frames.installed().tables
    table = next((name for name in tables if (load(name).iloc[:, 0] == row_id).any()), None)
    if table is None:
        keys = {key for name in frames.installed().tables if name != "evidence" for key in load(name).iloc[:, 0]}
        raise unknown_row(row_id, keys)
    if column is not None:
        fields = frames.installed().fields(table)
        if column not in fields:
            raise unknown(f"column of {table}", column, list(fields))
        if fields[column]["evidence"] == "row":
            mine = mine[mine["column_name"].isna()]
        else:
            mine = mine[mine["column_name"] == column]
    if text is not None:
        words = verify(text).evidence["words"]
        mine = mine.assign(words=words.reindex(mine.index))
    return mine.reset_index(drop=True)

"""The evidence: what supports a row, and which passages and spans any copy of a coded text holds.

A copy may be plain text or a saved page, in any usual encoding, with other things around the text.
No words are needed to find it: a passage is found by trying, at each word of the copy, whether as
many characters as the passage has give its digest. A copy is whole if all passages are found in
order and nothing with a letter or digit stands between them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from naqoura_talks import frames
from naqoura_talks.copies import LOST, Copy, read_copy, table
from naqoura_talks.frames import load
from naqoura_talks.package import PackageError, UnreadableCopyError
from naqoura_talks.rows import column_of, keys_of
from naqoura_talks.text import fold

# --- finding the passages ---


class Span(NamedTuple):
    """A run of the canonical text: offsets in code points, half-open, and the digest of its words."""

    start: int
    end: int
    sha256: str


def has(folded: str, at: int, span: Span) -> bool:
    """Say whether the span's words stand at this place of a folded text."""
    end = at + span.end - span.start
    if at < 0 or end > len(folded):
        return False
    return sha256(folded[at:end].encode("utf-8", "surrogatepass")).hexdigest() == span.sha256


def _places(folded: str, passages: list[Span]) -> list[list[int]]:
    """Return for each passage every place of a folded text of one line where it begins, in order.

    A passage is tried after each space, at each word, and at quotation marks and the like just before one;
    wherever it ends, no word must go on. Passages that follow each other without a space are found too.
    """
    within, begin = bytearray(len(folded) + 1), {space.start() for space in re.finditer(r"(?<!\S)\S", folded)}
    for word in re.finditer(r"[^\W_]+", folded):
        first, end = word.span()
        within[first + 1 : end] = b"\1" * (end - first - 1)
        begin.add(first)
        for at in range(first - 1, max(first - 4, -1), -1):
            if folded[at].isspace() or folded[at].isalnum():
                break
            begin.add(at)
    starts, found = sorted(begin), []
    for passage in passages:
        length = passage.end - passage.start
        tried = (at for at in starts if at + length < len(within) and not within[at + length])
        found.append([at for at in tried if has(folded, at, passage)])
    pairs = list(pairwise(range(len(passages))))
    for known, sought in pairs + [(after, before) for before, after in reversed(pairs)]:
        span, size = passages[sought], passages[sought].end - passages[sought].start
        for place in found[known]:
            at = place + passages[known].end - passages[known].start if known < sought else place - size
            if at not in found[sought] and has(folded, at, span):
                insort(found[sought], at)
    return found


def _is_clear(folded: str, start: int, end: int) -> bool:
    """Say whether nothing but white space and marks without a letter or digit stands in this part."""
    return table()["not_a_mark"].search(folded, start, end) is None


def _whole_runs(folded: str, places: list[list[int]], passages: list[Span]) -> list[list[int]]:
    """Return where the passages stand one after the other, all and in order, with nothing but marks between them."""
    runs = []
    for first in places[0]:
        run = [first]
        for before, here in zip(passages, places[1:], strict=False):
            end = run[-1] + before.end - before.start
            next_one = bisect_left(here, end)
            if next_one == len(here) or not _is_clear(folded, end, here[next_one]):
                break
            run.append(here[next_one])
        else:
            runs.append(run)
    return runs


def _choose(places: list[list[int]], passages: list[Span]) -> list[int | None]:
    """Return one place of each passage, or None: the first after the one before, as near as can be to the next."""
    chosen: list[int | None] = []
    end, following = 0, None
    for passage, here in zip(passages, places, strict=True):
        at = next((place for place in here if place >= end), here[0] if here else None)
        chosen.append(at)
        end = end if at is None else at + passage.end - passage.start
    for i in reversed([i for i, at in enumerate(chosen) if at is not None]):
        size = passages[i].end - passages[i].start
        nearer = [at for at in places[i] if following is not None and at + size <= following]
        chosen[i] = following = nearer[-1] if nearer else chosen[i]
    return chosen


def locate(folded: str, passages: list[Span]) -> tuple[list[int | None], int]:
    """Return where each passage begins in a folded text of one line, or None, and how many stand there again.

    Of several places those are taken where all passages stand in order with nothing between them, if there
    are such; else the first after the passage before, as near as can be to the one after.
    """
    places = _places(folded, passages)
    runs = _whole_runs(folded, places, passages)
    if not runs:
        return _choose(places, passages), 0
    in_runs = [set(here) for here in zip(*runs, strict=True)]
    return list(runs[0]), sum(bool(set(here) - known) for here, known in zip(places, in_runs, strict=True))


def _in_order(at: list[int | None]) -> list[int]:
    """Return the numbers of the most passages whose places follow each other; any other that is found has moved."""
    best: list[list[int]] = []  # the longest line that ends with each passage
    for i, place in enumerate(at):
        before = [line for line in best if at[line[-1]] < place] if place is not None else []
        best += [[*max(before, key=len, default=[]), i]] if place is not None else []
    return max(best, key=len, default=[])


@dataclass(frozen=True)
class Verification:
    """What a copy holds of a coded text.

    source_id     the coded text that was looked for
    passages      one row a passage: passage_id, status (found, moved, changed, missing), spans, spans_held, the
                  copy's ``words`` if it was found, and what stands ``between`` it and the next one found, if that
                  is more than white space and marks without a letter or digit
    evidence      the evidence that rests on the text, with a column ``held`` and the copy's ``words``
    words_before  how many words stand before the first passage; they were not looked at
    words_after   how many words stand after the last
    again         how many passages stand in the copy once more, where the text is not whole
    """

    source_id: str
    passages: pd.DataFrame
    evidence: pd.DataFrame
    words_before: int
    words_after: int
    again: int

    def _count(self, *statuses: str) -> int:
        return int(self.passages["status"].isin(statuses).sum())

    @property
    def holds(self) -> bool:
        """Whether the copy is whole: every passage, in order, only marks between them, and no second version."""
        every = self._count("found") == len(self.passages) and bool(self.evidence["held"].all())
        return every and bool(self.passages["between"].isna().all()) and 2 * self.again <= len(self.passages)

    @property
    def holds_nothing(self) -> bool:
        """Whether no passage was found and no span holds: this is no copy, or one that cannot be told."""
        return not self._count("found", "moved") and not self.evidence["held"].any()

    @property
    def verdict(self) -> str:
        """What the copy is, and how sure that is."""
        here, n = self._count("found", "moved"), len(self.passages)
        if self.holds:
            return (
                "This is the coded text, word for word, in order and with nothing between its sentences; digests "
                f"leave no doubt of it. Not looked at: {self.words_before} words before it and {self.words_after} "
                "after it, and pictures, scripts and styles of a page."
            )
        if self.holds_nothing:
            return "This is another text, or the coded one so changed that no sentence of it is left."
        if here == n and self._count("moved"):
            return "Every sentence of the coded text is here, but not in its order."
        if here == n and self.passages["between"].notna().any():
            return "Every sentence of the coded text is here and in order, but other words stand between them."
        if here == n:
            return "The coded text stands here, but most of it stands here again in another version."
        if 2 * here >= n:
            return "This is a copy of the coded text with changes; what was found is certain, what changed is located."
        return (
            "Parts of the coded text are here; what was found is certain, but most is missing, "
            "so that missing and changed passages are hard to tell apart."
        )

    @property
    def rows(self) -> pd.DataFrame:
        """The rows whose words do not hold: table_name, row_id, and the columns concerned."""
        return rows_of(self.evidence[~self.evidence["held"]])


def _spans(frame: pd.DataFrame) -> list[Span]:
    return [Span(*row) for row in frame[["char_start", "char_end", "sha256"]].itertuples(index=False)]


def rows_of(evidence: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that evidence supports: table_name, row_id, and in ``columns`` what of them, as text."""
    named = evidence.assign(columns=evidence["column_name"].fillna("row"))[["table_name", "row_id", "columns"]]
    return named.drop_duplicates().groupby(["table_name", "row_id"])["columns"].agg(", ".join).reset_index()


def within(evidence: pd.DataFrame, start: int, end: int) -> pd.DataFrame:
    """Return the evidence that has a character in this part of the coded text."""
    return evidence[(evidence["char_start"] < end) & (evidence["char_end"] > start)]


def _refuse_unreadable(
    copy: Copy, folded: str, spans: list[Span], at: list[int | None], ends: list[int | None], line: list[int]
) -> None:
    """Refuse a copy in which characters that could not be read may be all that a passage lacks."""
    doubtful = r"[^\x00-\x7f]" if copy.guessed else LOST
    gaps = pairwise([(-1, 0, 0), *((i, at[i], ends[i]) for i in line), (len(spans), len(folded), 0)])
    for (i, _, start), (j, stop, _) in gaps:
        lost = None in at[i + 1 : j]
        if i < 0 and line:
            start = max(0, stop - 2 * spans[j].start - 200)
        elif j == len(spans) and line:
            stop = min(stop, start + 2 * (spans[-1].end - spans[i].end) + 200)
        rest = re.sub(doubtful, "", folded[start:stop])
        if len(rest) < stop - start and (lost or (i >= 0 and j < len(spans) and _is_clear(rest, 0, len(rest)))):
            raise UnreadableCopyError(
                f"{copy.name}: characters in or beside its sentences cannot be read: they fit no encoding, are turned "
                "round, or the encoding is not declared. Save the copy again as UTF-8."
            )


def _against(copy: Copy, source_id: str, passages: pd.DataFrame, evidence: pd.DataFrame) -> Verification:
    """Compare one coded text's passages and evidence with a copy."""
    text, spans = copy.text.replace("\n", " "), _spans(passages)
    folded = fold(text)
    at, again = locate(folded, spans)
    ends = [None if start is None else start + of.end - of.start for start, of in zip(at, spans, strict=True)]
    line = _in_order(at)
    _refuse_unreadable(copy, folded, spans, at, ends, line)
    pairs = [(i, j) for i, j in pairwise(line) if not _is_clear(folded, ends[i], at[j])]
    between = {i: text[ends[i] : at[j]].strip() for i, j in pairs}
    held: dict[int, int] = {}  # row of evidence → shift from the coded text to the copy
    per_passage: list[dict[str, Any]] = []
    for i, (key, passage) in enumerate(zip(passages["passage_id"], spans, strict=True)):
        mine = within(evidence, passage.start, passage.end)
        # In a changed passage, what comes before the change lies as the passage before says, and
        # what comes after it as the passage after says.
        before, after = max((n for n in line if n < i), default=None), min((n for n in line if n > i), default=None)
        tries = [n for n in (before, after) if n is not None] if at[i] is None else [i]
        for shift in dict.fromkeys(at[n] - spans[n].start for n in tries):
            for row, span in zip(mine.index, _spans(mine), strict=True):
                if has(folded, span.start + shift, span):
                    held.setdefault(row, shift)
        n_held = sum(row in held for row in mine.index)
        if at[i] is not None:
            status = "found" if i in line else "moved"
        else:
            status = "changed" if n_held or before in between else "missing"
        words = None if at[i] is None else text[at[i] : ends[i]]
        record = {"passage_id": key, "status": status, "spans": len(mine), "spans_held": n_held, "words": words}
        per_passage.append(record | {"between": between.get(i)})
    evidence = evidence.assign(held=evidence.index.isin(list(held)))
    evidence["words"] = [
        text[start + held[row] : end + held[row]] if row in held else None
        for row, start, end in zip(evidence.index, evidence["char_start"], evidence["char_end"], strict=True)
    ]
    words_before = len(text[: at[line[0]]].split()) if line else 0
    words_after = len(text[ends[line[-1]] :].split()) if line else 0
    return Verification(source_id, pd.DataFrame(per_passage), evidence, words_before, words_after, again)


def verify(copy: str | Path) -> Verification:
    """Check a copy of a coded text against the digests; nothing of it is kept or sent anywhere.

    ``copy`` is the path of a plain text, a saved page or a single file (MHTML); other line breaks, quotes and
    encodings do not matter, nor what stands before and after the text, which is not looked at. It ``holds`` only
    if every sentence is there, in order, with nothing but marks between. If several texts are coded, the one of
    which most is found is reported. Raises UnreadableCopyError for a file that cannot be read as a text.
    """
    read = read_copy(copy)
    passages, evidence = load("passages"), load("evidence").dropna(subset=["char_start"])
    results = [
        _against(read, source_id, mine.reset_index(drop=True), evidence[evidence["source_id"] == source_id])
        for source_id, mine in passages.groupby("source_id")
    ]
    return max(results, key=lambda r: (r.holds, r.passages["words"].notna().sum(), r.evidence["held"].sum()))


# --- how much of the text is under evidence ---


def coverage(copy: str | Path | None = None) -> pd.DataFrame:
    """Return how much of each passage is under evidence: one row a passage.

    Columns: passage_id, characters, covered (characters under at least one span), share (0 to 1),
    not_coded_reason. With a copy of the text also: words, covered_words, and uncovered, the words
    under no span, in their order; they are empty for a passage that the copy lacks.
    """
    passages, evidence = load("passages"), load("evidence").dropna(subset=["char_start"])
    found = None if copy is None else verify(copy).passages.set_index("passage_id")["words"].dropna()
    records = []
    for passage in passages.to_dict("records"):
        start, end = passage["char_start"], passage["char_end"]
        mine = within(evidence[evidence["source_id"] == passage["source_id"]], start, end)
        under = {at for span in _spans(mine) for at in range(max(span.start, start), min(span.end, end))}
        record = {
            "passage_id": passage["passage_id"], "characters": end - start, "covered": len(under),
            "share": round(len(under) / (end - start), 3), "not_coded_reason": passage["not_coded_reason"],
        }  # fmt: skip
        if found is not None:
            places = list(re.finditer(r"\w+(?:['’]\w+)*", found.get(passage["passage_id"], "")))
            bare = [m[0] for m in places if not any(start + i in under for i in range(*m.span()))]
            record |= {"words": len(places), "covered_words": len(places) - len(bare), "uncovered": " ".join(bare)}
        records.append(record)
    return pd.DataFrame(records)


# --- the words behind a row ---


def evidence(rows: Any, column: str | None = None, text: str | Path | None = None) -> pd.DataFrame:
    """Return the evidence for rows, or for one of their cells: rows of ``evidence``.

    ``rows`` is a key, a row or a frame of ``load``, ``joined`` or ``acts``, or several of these, as for ``cite``.
    ``column`` is a column of the table, or the name of a joined table that stands for one: ``speaker``, ``place``.
    For a cell that rests on its row's evidence, that is what comes back; for one that needs none
    (derived or editorial, see ``codebook``), nothing. ``char_start`` and ``char_end`` are offsets
    into the coded text in code points, half-open; ``sha256`` is the digest of the folded words. With
    ``text``, the path of a copy of the coded text, a column ``words`` holds the words themselves,
    empty where the copy lacks them.

    Raises UnknownNameError if no row has that key, or the row no such column, and PackageError if a row has no key
    or nothing of the coded text is in the copy.
    """
    mine, keys = load("evidence"), keys_of(rows)
    mine = mine[mine["row_id"].isin(list(keys))]
    if column is not None:
        asked = {table: column_of(table, column) for table in set(keys.values())}
        # Where the cell rests on the evidence of its row, that has no column.
        asked |= {t: "" for t, c in asked.items() if frames.installed().fields(t)[c]["evidence"] == "row"}
        mine = mine[mine["column_name"].fillna("") == mine["table_name"].map(asked)]
    if text is not None:
        copy = verify(text)
        if copy.holds_nothing:
            raise PackageError(f"{text}: {copy.verdict} Is this the right file?")
        mine = mine.assign(words=copy.evidence["words"].reindex(mine.index))
    return mine.reset_index(drop=True)

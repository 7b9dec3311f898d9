"""The canonical text: what offsets count in, and what digests are made of.

Offsets are Unicode code points, 0-based and half-open, as in the W3C TextPositionSelector
(https://www.w3.org/TR/annotation-model/#text-position-selector), into the canonical text.
A digest is SHA-256 over the folded span in UTF-8. Both follow ``characters.json``, so that a
reader in another language can do the same.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from functools import cache
from importlib.resources import files


@cache
def _table() -> tuple[dict[int, str | None], dict[str, str], re.Pattern[str]]:
    """Return what cleaning does to a code point, what folding does to a character, and which it folds."""
    raw = json.loads(files(__package__).joinpath("characters.json").read_text(encoding="utf-8"))

    def points(names: list[str]) -> list[int]:
        return [int(name, 16) for name in names]

    clean: dict[int, str | None] = dict.fromkeys(points(raw["drop"]))
    clean |= dict.fromkeys(points(raw["line"]), "\n") | dict.fromkeys(points(raw["space"]), " ")
    fold = {chr(p): chr(int(to, 16)) for to, names in raw["fold"].items() for p in points(names)}
    fold |= {chr(p): " " for p in points(raw["space"]) if chr(p) != " "}
    return clean, fold, re.compile(f"[{re.escape(''.join(fold))}]")


def canonicalise(text: str) -> str:
    """Return the canonical form of a text: the form that all offsets count in.

    Unicode NFC, one paragraph a line, LF between them and none at the end, no blank lines,
    every run of spaces one space and none at a line's edges; soft hyphens, byte order marks and
    direction marks dropped. Doing it twice changes nothing.
    """
    clean = _table()[0]
    # Dropped marks can hold a letter and its accent apart, so NFC comes after dropping them.
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").translate(clean))
    lines = (re.sub(" +", " ", line).strip(" ") for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def fold(text: str) -> str:
    """Return the text with quotes, dashes and spaces as ASCII, one code point for each.

    The length stays the same, so offsets into the text are offsets into its folded form.
    """
    # Few characters are folded, so looking for them is faster than translating each.
    _, folded, pattern = _table()
    return pattern.sub(lambda match: folded[match[0]], text)


def printable(text: str) -> str:
    """Return a text with an escape in place of each character that a terminal would obey or not show."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def digest(span: str) -> str:
    """Return the SHA-256 of the folded span in UTF-8, in lower-case hexadecimal."""
    # Half of a surrogate pair, which only a broken copy has, has a digest too, as in verify.has.
    return hashlib.sha256(fold(span).encode("utf-8", "surrogatepass")).hexdigest()


def find(text: str, words: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return the offsets of every place where the words stand in text[start:end].

    ``text`` is canonical. The words are canonicalised and compared after folding; they must stand
    at word edges, so "state" is not found in "statement". Returns (start, end) pairs in order.
    """
    wanted = fold(canonicalise(words))
    if not wanted:
        return []
    left = r"(?<!\w)" if re.match(r"\w", wanted) else ""
    right = r"(?!\w)" if re.search(r"\w\Z", wanted) else ""
    pattern = re.compile(left + re.escape(wanted) + right)
    stop = len(text) if end is None else end
    return [m.span() for m in pattern.finditer(fold(text), start, stop)]


_SENTENCE_END = re.compile("[.!?][\"'”’]?(?= [\"'“‘]?[A-Z0-9])")


def sentences(text: str) -> list[tuple[int, int, int, int]]:
    """Split a canonical text into sentences: (paragraph_no, sentence_no, char_start, char_end).

    A sentence ends at a full stop, question or exclamation mark (and a closing quotation mark)
    before a space and a capital or digit. Abbreviations can mislead it: a curator reads the result.
    """
    found, offset = [], 0
    for paragraph_no, line in enumerate(text.split("\n"), 1):
        ends = [m.end() for m in _SENTENCE_END.finditer(line)] + [len(line)]
        start = 0
        for sentence_no, stop in enumerate(ends, 1):
            found.append((paragraph_no, sentence_no, offset + start, offset + stop))
            start = stop + 1
        offset += len(line) + 1
    return found

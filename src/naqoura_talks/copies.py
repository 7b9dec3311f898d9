"""Reading a copy of a coded text: plain text or a saved page, in any usual encoding."""

from __future__ import annotations

import codecs
import html
import re
from html.parser import HTMLParser
from pathlib import Path

from naqoura_talks.package import UnreadableCopyError
from naqoura_talks.text import canonicalise

# A report has a few kB and a saved page some 100 kB; more is a mistake, and would take long.
LARGEST_COPY = 5_000_000


class _Page(HTMLParser):
    """Collects what a page shows; blocks begin new lines, scripts and styles are left out."""

    HIDDEN = frozenset({"script", "style", "template", "noscript", "svg", "iframe", "object"})
    INLINE = frozenset({
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
        "ins", "kbd", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
        "time", "tt", "u", "var", "wbr",
    })  # fmt: skip

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in self.HIDDEN:
            self.hidden.append(tag)
        elif tag not in self.INLINE:
            self.parts.append("\n")

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        if tag not in self.INLINE:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.hidden:
            # An unclosed tag inside a hidden one ends with it.
            del self.hidden[self.hidden.index(tag) :]
        elif tag not in self.INLINE:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def _decode(data: bytes, name: str) -> str:
    """Return the text of the bytes: by byte order mark, as UTF-16 without one, UTF-8 or Windows-1252."""
    marks = {
        codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
        codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
    }  # fmt: skip
    encodings = [encoding for mark, encoding in marks.items() if data.startswith(mark)][:1]
    if not encodings and b"\0" in data[:4096]:
        # UTF-16 of a text in Latin letters has a NUL in nearly every second byte, on the same side.
        even, odd = data[:4096:2].count(0), data[1:4096:2].count(0)
        if min(even, odd) * 20 > max(even, odd) or max(even, odd) * 3 < len(data[:4096:2]):
            raise UnreadableCopyError(
                f"{name}: this is a binary file, not a text. Save the report as plain text or as a web page."
            )
        encodings = ["utf-16-be" if even > odd else "utf-16-le"]
    for encoding in encodings or ["utf-8", "cp1252"]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def read_copy(path: str | Path) -> str:
    """Return the canonical text of a copy: plain text or a saved page.

    Raises UnreadableCopyError if the file cannot be read, is empty, binary, or larger than 5 MB.
    """
    name, hint = str(path), "Give a file that holds the report as plain text or as a saved page."
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST_COPY + 1)
    except OSError as error:
        raise UnreadableCopyError(f"{name}: cannot be read: {error.strerror}. {hint}") from None
    if len(data) > LARGEST_COPY:
        raise UnreadableCopyError(f"{name}: is larger than {LARGEST_COPY // 1_000_000} MB. {hint}")
    if data.startswith((b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"\xd0\xcf\x11\xe0")):
        raise UnreadableCopyError(f"{name}: this is a PDF, office or picture file. {hint}")
    text = _decode(data, name)
    if re.search(r"<(!doctype html|html|head|body|div|p|br|article|span)\b", text, re.IGNORECASE):
        page = _Page()
        page.feed(text)
        page.close()
        text = "".join(page.parts)
    else:
        text = html.unescape(text)
    text = canonicalise(text)
    if not text:
        raise UnreadableCopyError(f"{name}: holds no text. {hint}")
    return text

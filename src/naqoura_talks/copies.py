"""Reading a copy of a coded text: plain text, a saved page or single file (MHTML), in any usual encoding.

A page is read as a browser shows it, as far as its elements say: hidden ones are left out, blocks begin lines,
alternative texts of pictures and values of fields count as words, and struck-out text gets a stroke through each
character, so that it is not taken for text that stands. Styles are not applied, but for ``display: none`` on an
element itself; scripts are not run and pictures not read. What is hidden, block and so on stands in
``characters.json``, as do the characters that only a copy may have: invisible ones are dropped, ligatures spelt
out. The page's verify.js reads the same lists.
"""

from __future__ import annotations

import codecs
import email
import html
import json
import re
import unicodedata
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from naqoura_talks.package import UnreadableCopyError
from naqoura_talks.text import canonicalise

# A report has a few kB. A saved page has much else, its pictures among it; only its text takes long to search.
LARGEST_FILE, LARGEST_TEXT, MOST_WORDS = 100_000_000, 1_000_000, 100_000
# Browsers nest 512 deep; a parser that does not stop there takes hours for some pages that are made to hurt.
DEEPEST, MOST_REOPENED, MOST_ATTRIBUTES = 1000, 2_000_000, 2000
MOST_PARTS, LARGEST_HEAD = 10_000, 100_000
HINT = "Name a file that holds the report as plain text or as a saved page."
LOST = "\ufffd"
ELEMENTS = ("block", "hidden", "hidden_in_svg", "reopened", "struck", "without_end", "without_value")


class Copy(NamedTuple):
    """A copy as messages name it, its canonical text, and whether its encoding had to be guessed."""

    name: str
    text: str
    guessed: bool


@cache
def table() -> dict[str, Any]:
    """Return what ``characters.json`` says of copies, with the patterns and translations that are made of it."""
    content = json.loads(files(__package__).joinpath("characters.json").read_text(encoding="utf-8"))["copies"]
    for name in ELEMENTS:
        content[name] = frozenset(content[name].split())

    def one_of(ranges: list[str]) -> str:
        """Return these characters, "2010-2027" and the like, as they stand between brackets in a pattern."""
        return "".join("-".join(f"\\U{int(end, 16):08x}" for end in each.split("-")) for each in ranges)

    combining = "".join(c for c in map(chr, range(0x300, 0x1F000)) if unicodedata.combining(c))
    replaced = {int(name, 16): letters for name, letters in content["ligatures"].items()}
    return content | {
        "invisible": re.compile(f"[{one_of(content['invisible'])}]"),
        "not_a_mark": re.compile(f"[^{one_of(content['marks'])}]"),
        # More marks on one letter than any script has are no text, and take hours to put into order.
        "too_many": re.compile(f"[{combining}]{{31,}}"),
        "replaced": replaced | {int(name, 16): LOST for name in content["unreadable"]},
    }


# --- from bytes to a text ---


def _mime(data: bytes, name: str) -> tuple[bytes, str]:
    """Return the page in a single file (MHTML, e-mail), or its plain text, and the charset that its header declares."""
    try:
        # More parts and longer headers than any page has take minutes.
        if data.count(b"\n--") > MOST_PARTS or len(re.split(rb"\r?\n\r?\n", data, maxsplit=1)[0]) > LARGEST_HEAD:
            raise RecursionError
        parts = list(email.message_from_bytes(data).walk())
    except RecursionError:
        raise UnreadableCopyError(f"{name}: this single file (MHTML) is nested too deeply to be read. {HINT}") from None
    for kind in ("text/html", "text/plain"):
        for part in parts:
            if part.get_content_type() == kind and "content-type" in part:
                return part.get_payload(decode=True), part.get_content_charset("")
    raise UnreadableCopyError(f"{name}: this is a single file (MHTML) or e-mail without a page in it. {HINT}")


def _decode(data: bytes, declared: str, name: str) -> tuple[str, bool]:
    """Return the text of the bytes, and whether the encoding is a guess.

    By byte order mark, then as declared, then UTF-8, with U+FFFD where a few bytes are wrong, then windows-1252.
    """
    marks = {
        codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
        codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
    }  # fmt: skip
    for mark, encoding in marks.items():
        if data.startswith(mark):
            return data.decode(encoding, "replace"), False
    if b"\0" in data[:4096]:
        # UTF-16 of a text in Latin letters has a NUL in nearly every second byte, on the same side.
        even, odd = data[:4096:2].count(0), data[1:4096:2].count(0)
        if min(even, odd) * 20 > max(even, odd) or max(even, odd) * 3 < len(data[:4096:2]):
            raise UnreadableCopyError(f"{name}: this is a binary file, not a text. {HINT}")
        return data.decode("utf-16-be" if even > odd else "utf-16-le", "replace"), False
    tag = re.search(table()["declared"], data[:4096].decode("latin-1"), re.I)
    encoding = table()["charsets"].get((declared or (tag and (tag[1] or tag[2])) or "").lower())
    text = data.decode("utf-8", "replace")
    wrong = text.count(LOST) - data.count(LOST.encode())
    if encoding in (None, "utf-8"):
        others = len(re.findall(r"[^\x00-\x7f]", text)) - wrong
        if wrong <= others or (encoding and wrong <= 10):
            return text, False
        encoding = "cp1252"
    elif wrong:
        return data.decode(encoding, "windows_1252" if encoding == "cp1252" else "replace"), False
    # Either nothing is declared and this is the most likely, or the bytes are UTF-8 and something else is declared.
    # What is a control character then, was something else.
    text = data.decode(encoding, "windows_1252" if encoding == "cp1252" else "replace")
    return re.sub("[\x80-\x9f]", LOST, text), not data.isascii()


# Five bytes that Python's cp1252 leaves undefined are control characters in browsers.
codecs.register_error("windows_1252", lambda error: (chr(error.object[error.start]), error.start + 1))


# --- from a page to its text ---

# A comment, the content of an element that has no elements inside, or a tag with its attributes; each ends where the
# text does if it has no end, so that no place is looked at twice.
_TAG = re.compile(
    r"<!--(?:-?>|.*?--!?>|.*)|<(script|style|textarea|title|xmp|iframe|noembed|noframes)\b(?:.*?</\1\b|.*)"
    r"""|<(/?)([a-z][^\s/>]*+)((?:[^>=]++|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?+)*+)""",
    re.IGNORECASE | re.DOTALL,
)


def _refuse_what_hurts(page: str, name: str) -> None:
    """Refuse a page on which a parser would take hours: nested too deeply, or with too much left open."""
    elements, nested, left_open, reopened = table(), 0, 0, 0
    for match in _TAG.finditer(page):
        _, end, tag, attributes = match.groups()
        if tag is None:
            continue
        tag, step = tag.lower(), -1 if end else 1
        if tag in elements["reopened"]:
            left_open = max(0, left_open + step)
        elif not end:
            # What was left open is opened again in each paragraph.
            reopened += left_open
        if tag not in elements["without_end"]:
            nested = max(0, nested + step)
        # Their number matters, not what they hold: pictures stand in attributes too.
        names = re.sub(r"\"[^\"]*\"|'[^']*'", "", attributes).split() if len(attributes) > 2 * MOST_ATTRIBUTES else []
        if nested > DEEPEST or reopened > MOST_REOPENED or len(names) > MOST_ATTRIBUTES:
            raise UnreadableCopyError(f"{name}: this page is nested too deeply to be read. {HINT}")


def _page_text(page: str, name: str) -> str:
    """Return the text that a page shows; its blocks begin new lines."""
    try:
        from selectolax.lexbor import LexborHTMLParser
    except ImportError:
        raise UnreadableCopyError(
            f"{name}: this is a web page, and to read one needs the extra pages: pip install 'naqoura-talks[pages]'. "
            "Or give the report as plain text."
        ) from None
    # As where scripts run, what stands in noscript is no element; style goes the same way in the browser's code.
    page = re.sub(r"<(/?)(?:style|noscript)(?![\w-])", r"<\1noembed", page, flags=re.I)
    _refuse_what_hurts(page, name)
    elements, parts = table(), []
    todo: list[Any] = [(LexborHTMLParser(page).root, False, False)]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            parts.append(item)
            continue
        node, struck, drawn = item
        if node.is_text_node:
            text = node.text_content or ""
            parts.append(re.sub(r"(\S)", "\\1\u0336", text) if struck else text)
        if not node.is_element_node:
            continue
        tag, attributes = (node.tag or "").lower(), node.attributes
        if tag == "template" and ("shadowrootmode" in attributes or "shadowmode" in attributes):
            raise UnreadableCopyError(f"{name}: this page has text in shadow roots, which are not read. {HINT}")
        gone = "hidden" in attributes or (tag == "dialog" and "open" not in attributes)
        if gone or re.search(r"display\s*:\s*none", attributes.get("style") or "", re.I):
            continue
        if tag in elements["shown"] and (attributes.get("type") or "").lower() not in elements["without_value"]:
            shown = (attributes.get(key) for key in elements["shown"][tag])
            parts += [f" {value[:200]} " for value in shown if value and value.strip()]
        if tag in elements["hidden"] or (drawn and tag in elements["hidden_in_svg"]):
            continue
        edge = "\n" if tag in elements["block"] else ""
        # What is turned round is not what can be read here.
        edge += LOST if tag == "bdo" and (attributes.get("dir") or "").lower() == "rtl" else ""
        parts.append(edge)
        todo.append(edge)
        child, struck, drawn = node.last_child, struck or tag in elements["struck"], drawn or tag == "svg"
        while child is not None:
            todo.append((child, struck, drawn))
            child = child.prev
    return "".join(parts)


# --- the whole way ---


def shown(path: object) -> str:
    """Return what stands for a file in a message: its name, of which a text given in its place shows little."""
    name = " ".join(str(path).split()) if isinstance(path, str | Path) else f"a {type(path).__name__}"
    return name if len(name) <= 120 else f"{name[:40]}…"


def _bytes(path: str | Path) -> bytes:
    """Return the content of a file, of which there must not be too much."""
    name = shown(path)
    try:
        file = Path(path)
        if file.exists() and not file.is_file():
            kind = "a directory" if file.is_dir() else "a pipe or a device"
            raise UnreadableCopyError(f"{name}: cannot be read: this is {kind}, not a file. {HINT}")
        with file.open("rb") as opened:
            data = opened.read(LARGEST_FILE + 1)
    except (OSError, ValueError, TypeError) as error:
        why = getattr(error, "strerror", None) or "this is not the path of a file"
        raise UnreadableCopyError(f"{name}: cannot be read: {why}. {HINT}") from None
    if len(data) > LARGEST_FILE:
        raise UnreadableCopyError(f"{name}: is larger than {LARGEST_FILE // 1_000_000} MB. {HINT}")
    return data


def read_copy(path: str | Path) -> Copy:
    """Return the canonical text of a copy: plain text, a saved page or a single file (MHTML).

    Raises UnreadableCopyError, which names what the file is, if it cannot be read, is empty, binary or no text, holds
    more than a million characters of text, or is a page and the extra ``pages`` is not installed.
    """
    name, data, declared = shown(path), _bytes(path), ""
    start = data[:8].decode("latin-1")
    kind = next((what for mark, what in table()["not_a_text"].items() if start.startswith(mark)), None)
    if kind:
        raise UnreadableCopyError(f"{name}: this is {kind}, not a text. {HINT}")
    head = re.split(rb"\r?\n\r?\n", data[:8192], maxsplit=1)[0]
    mime = re.search(rb"^(mime-version:|content-type:\s*multipart/)", head, re.I | re.M)
    if mime and re.match(rb"[\w-]+:|From ", head):
        data, declared = _mime(data, name)
    text, guessed = _decode(data, declared, name)
    if re.search(table()["page"], text, re.I):
        text = _page_text(text, name)
    else:
        # A reference to a character has at most seven digits.
        text = html.unescape(re.sub(r"&#(?:[0-9]{8,}|x[0-9a-f]{8,});?", LOST, text, flags=re.I))
    if len(text) > LARGEST_TEXT:
        raise UnreadableCopyError(f"{name}: holds more than {LARGEST_TEXT:,} characters of text. {HINT}")
    # Invisible characters are dropped, ligatures spelt out.
    text = table()["invisible"].sub("", text)
    if not text.isascii():
        text = table()["too_many"].sub(LOST, text.translate(table()["replaced"]))
    text = canonicalise(text)
    # A passage is tried at each word and after each space.
    if sum(1 for _ in re.finditer(r"[^\W_]+|\s", text)) > 2 * MOST_WORDS:
        raise UnreadableCopyError(f"{name}: holds more than {MOST_WORDS:,} words. {HINT}")
    if not text:
        raise UnreadableCopyError(f"{name}: holds no text. {HINT}")
    return Copy(name, text, guessed)

"""Two tables of copies, made from a text when they are asked for: altered ones, and ones that leave the words alone.

Both are tried on the real text and on a made-up one, in Python and in the page. An altered copy is never called whole.
A copy that leaves the words alone holds, or is refused by name: it is never called changed.
"""

from __future__ import annotations

import base64
import quopri
import re
from html import escape
from itertools import pairwise

Pieces = list[str]  # the sentences of a text, each with the line end or space that follows it

INSERTED = "All of this was later denied by everybody concerned."
# What a reader sees as a letter, digit or word, and a program may not.
LIKE_LETTERS = ["²", "Ⅳ", "½", "1️⃣", "Ⓝ", "🄽", "🇳🇴", "№", "ℹ", "٣", "不", "ﬁ", "ª", "̸", "𝟙", "⠝", "🔢", "\ue000"]


def pieces(text: str, spans: list[tuple[int, int]]) -> Pieces:
    """Cut a canonical text at its passages."""
    starts = [start for start, _ in spans] + [len(text)]
    return [text[a:b] for a, b in pairwise(starts)]


def page(text: str) -> str:
    return "<!DOCTYPE html><meta charset=utf-8>" + "".join(f"<p>{escape(line)}</p>\n" for line in text.split("\n"))


def altered(parts: Pieces) -> dict[str, str]:
    """Return altered texts by what was done to them."""
    n, text = len(parts), "".join(parts)
    made: dict[str, str] = {}
    for i in range(n):
        with_space, sentence = parts[i][len(parts[i].rstrip()) :] or " ", parts[i].rstrip()
        others = parts[:i] + parts[i + 1 :]
        made[f"{i} dropped"] = "".join(others)
        if i > 0:
            made[f"{i} inserted before"] = "".join(parts[:i]) + INSERTED + " " + "".join(parts[i:])
            made[f"{i} inserted before as a paragraph"] = (
                "".join(parts[:i]).rstrip() + f"\n{INSERTED}\n" + "".join(parts[i:])
            )
        made[f"{i} moved"] = "".join([*others[: (i + n // 2) % n], sentence + with_space, *others[(i + n // 2) % n :]])
        middle = sentence.split(" ")
        half = len(middle) // 2
        negated = " ".join([*middle[:half], "not", *middle[half:]])
        made[f"{i} negated"] = "".join([*parts[:i], negated + with_space, *parts[i + 1 :]])
        made[f"{i} a word dropped"] = "".join(
            [*parts[:i], " ".join(middle[:half] + middle[half + 1 :]) + with_space, *parts[i + 1 :]]
        )
        letter = next(k for k in range(len(sentence) // 2, len(sentence)) if sentence[k].isalpha())
        for name, other in {"letter": "q", "homoglyph": "\u0430", "accent": sentence[letter] + "\u0301"}.items():
            changed = sentence[:letter] + other + sentence[letter + 1 :]
            made[f"{i} {name}"] = "".join([*parts[:i], changed + with_space, *parts[i + 1 :]])
        doubled = "".join([*parts[:i], sentence + " " + negated + with_space, *parts[i + 1 :]])
        made[f"{i} doubled and altered after"] = doubled if i < n - 1 else made[f"{i} negated"]
        made[f"{i} doubled and altered before"] = (
            "".join([*parts[:i], negated + " " + sentence + with_space, *parts[i + 1 :]]) if i else made["0 negated"]
        )
        made[f"{i} altered, the whole text after"] = made[f"{i} negated"] + "\n" + text
        made[f"{i} altered, the whole text before"] = text + "\n" + made[f"{i} negated"]
    names = sorted({m[0] for m in re.finditer(r"(?<=[a-z] )[A-Z][a-z]{3,}", text)})
    for one, other in zip(names, names[1:] + names[:1], strict=True):
        # Each name exchanged for another, and both for each other.
        made[f"{one} is {other}"] = text.replace(one, other)
        made[f"{one} and {other} exchanged"] = re.sub(
            f"{one}|{other}", lambda m, a=one, b=other: b if m[0] == a else a, text
        )
    made["reversed"] = "\n".join(reversed(text.split("\n")))
    for mark in LIKE_LETTERS:
        made[f"{mark} between"] = parts[0].rstrip() + f" {mark} " + "".join(parts[1:])
    return {name: made_text for name, made_text in made.items() if made_text.strip() != text.strip()}


def altered_pages(parts: Pieces) -> dict[str, str]:
    """Return pages on which a reader sees something else than the text, by how."""
    text, made = "".join(parts), {}
    whole, inserted = page(text), "<p>" + INSERTED + "</p>"
    between = {
        "alternative text": f"<img src=x alt='{INSERTED}'>", "a field": f"<input value='{INSERTED}'>",
        "a button": f"<button>{INSERTED}</button>", "a drawing": f"<svg><text y=9>{INSERTED}</text></svg>",
        "a frame": f"<iframe srcdoc='{INSERTED}'></iframe>", "an object": f"<object>{INSERTED}</object>",
        "struck out": f"<del>{INSERTED}</del>", "an unknown element": f"<x-y>{INSERTED}</x-y>",
        "a choice": f"<select><option label='{INSERTED}'></select>", "a footnote": "<sup>1</sup>",
    }  # fmt: skip
    for name, element in between.items():
        made[name] = whole.replace("</p>\n<p>", f"</p>{element}<p>", 1)
    first = escape(parts[0].rstrip())
    for tag in ("s", "del", "strike"):
        made[f"a sentence in {tag}"] = whole.replace(first, f"<{tag}>{first}</{tag}>", 1)
        made[f"all in {tag}"] = f"<{tag}>{whole}</{tag}>"
    hidden = ["<div hidden>{}</div>", "<div style='display:none'>{}</div>", "<noscript>{}</noscript>", "<template>{}</template>",
              "<!--{}-->", "<script>{}</script>", "<dialog>{}</dialog>", "<title>{}</title>", "<p title='{}'>"]  # fmt: skip
    for each in hidden:
        # The true text is hidden, and what is shown is another.
        made[f"hidden: {each}"] = each.format(whole) + page(text.replace(" the ", " not the ", 1))
        made[f"a sentence hidden: {each}"] = whole.replace(first, each.format(first), 1)
    made["turned round"] = whole.replace(first, f"<bdo dir=rtl>{first}</bdo>", 1)
    made["inserted"] = whole.replace("</p>\n<p>", f"</p>{inserted}<p>", 1)
    return made


def mime(body: bytes, coding: str) -> bytes:
    head = 'From: <x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="--A--"\r\n\r\n'
    head += f"----A--\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: {coding}\r\n\r\n"
    return head.encode() + body + b"\r\n----A--\r\nContent-Type: text/css\r\n\r\np {}\r\n----A----\r\n"


INLINE = [
    "a",
    "abbr",
    "b",
    "bdi",
    "bdo",
    "big",
    "blink",
    "center",
    "cite",
    "code",
    "em",
    "font",
    "i",
    "ins",
    "kbd",
    "label",
    "mark",
    "nobr",
    "o:p",
    "q",
    "small",
    "span",
    "st1:place",
    "strong",
    "sub",
    "sup",
    "time",
    "tt",
    "u",
    "var",
    "x-word",
]
BLOCKS = [
    "article",
    "blockquote",
    "dd",
    "div",
    "dt",
    "figcaption",
    "h1",
    "h2",
    "h3",
    "h6",
    "li",
    "main",
    "p",
    "pre",
    "section",
    "td",
    "th",
    "x-paragraph",
    "fieldset",
    "details",
]
INVISIBLE = [
    "\xad",
    "\u200b",
    "\u200c",
    "\u200d",
    "\u200e",
    "\u200f",
    "\u2060",
    "\u2063",
    "\ufeff",
    "͏",
    "\u061c",
    "️",
    "\U000e0041",
    "\x07",
    "\x7f",
    "\u180e",
    "ㅤ",
]


def rendered(parts: Pieces) -> dict[str, bytes]:
    """Return copies that leave the words alone, by how they were made."""
    text = "".join(parts)
    lines, words = text.split("\n"), text.split(" ")
    straight = text.translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-"})
    whole = page(text)
    made: dict[str, str | bytes] = {
        "plain": text,
        "straight": straight,
        "a page": whole,
        "CRLF": text.replace("\n", "\r\n"),
    }
    for tag in INLINE:
        name = tag.split()[0]
        made[f"a word in {tag}"] = "<p>" + " ".join(
            f"<{tag}>{escape(w)}</{name}>" if "\n" not in w else escape(w) for w in words
        ).replace("\n", "<p>")
        if tag not in ("center",):
            made[f"half words in {tag}"] = "<p>" + re.sub(r"(\w)(\w+)", rf"\1<{tag}>\2</{name}>", straight).replace(
                "\n", "<p>"
            )
    for tag in BLOCKS:
        made[f"paragraphs in {tag}"] = "".join(f"<{tag}>{escape(p)}</{tag}>" for p in lines)
        made[f"sentences in {tag}"] = "".join(f"<{tag}>{escape(p.strip())}</{tag}>" for p in parts)
    for separator in (
        "<br>",
        "<br/><br/>",
        "<hr>",
        "<wbr> ",
        "<!-- x --> ",
        "<script>x</script> ",
        "<style>p {}</style> ",
        "&nbsp;",
    ):
        made[f"{separator} between"] = "<div>" + separator.join(escape(p) for p in lines) + "</div>"
    for bullet in ("– ", "—", "• ", "* ", "> ", "| ", "“ ", "…", "(", "▪\t", "→ ", "📷 ", "\ufffc"):
        made[f"after {bullet}"] = "\n".join(bullet + p.strip() for p in parts)
        made[f"lines after {bullet}"] = "".join(f"<li>{bullet}{escape(p)}" for p in lines)
    for character in INVISIBLE:
        made[f"U+{ord(character):04X} in words"] = re.sub(r"(\w)(\w)", rf"\1{character}\2", text)
        made[f"U+{ord(character):04X} in a page"] = (
            re.sub(r"(\w)(\w)", rf"\1&#{ord(character)};\2", straight).join(["<p>", "</p>"]).replace("\n", "<p>")
        )
    for space in ["\xa0", "\u2009", "\u202f", "\u3000", "\t"]:
        made[f"U+{ord(space):04X} for spaces"] = text.replace(" ", space)
    for charset in (
        "utf-8",
        "windows-1252",
        "iso-8859-1",
        "us-ascii",
        "gb18030",
        "gbk",
        "windows-1251",
        "shift_jis",
        "big5",
        "euc-kr",
        "macintosh",
    ):
        codec = {"iso-8859-1": "cp1252", "us-ascii": "cp1252", "macintosh": "mac-roman", "shift_jis": "cp932"}.get(
            charset, charset
        )
        body = whole.replace("utf-8", charset).encode(codec, "xmlcharrefreplace")
        made[f"a page in {charset}"] = body
        made[f"a page in {charset} without saying so"] = body.replace(f"<meta charset={charset}>".encode(), b"")
        made[f"a page in UTF-8 that says {charset}"] = whole.replace("utf-8", charset).encode()
    for codec in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"):
        made[f"plain in {codec}"] = text.encode(codec)
        made[f"a page in {codec}"] = whole.encode(codec)
    for at in range(0, len(text), max(1, len(text) // 12)):
        for byte in (b"\xff", b"\x81", b"\xe9", b"\xc3"):
            made[f"{byte!r} at {at}"] = text[:at].encode() + byte + text[at:].encode()
            made[f"{byte!r} at {at}, else ASCII"] = straight[:at].encode() + byte + straight[at:].encode()
    made["quoted-printable"], made["base64"] = (
        mime(quopri.encodestring(whole.encode()), "quoted-printable"),
        mime(base64.encodebytes(whole.encode()), "base64"),
    )
    made["8 bit"] = mime(whole.encode(), "8bit")
    made["references"] = text.encode("ascii", "xmlcharrefreplace")
    for letters, ligature in {"ffi": "ﬃ", "fi": "ﬁ", "fl": "ﬂ", "ff": "ﬀ"}.items():
        made[f"with {ligature}"] = text.replace(letters, ligature)
    made["600 deep"] = "<div>" * 600 + whole + "</div>" * 600
    made["900 fonts left open"] = "<p><font>x</p>" * 900 + whole
    made["6 MB of pictures"] = whole.replace(
        "</p>", "<img alt='' src='data:image/png;base64," + "A" * (6_000_000 // len(lines)) + "'></p>"
    )
    made["upper case"] = re.sub(r"<(/?)p>", r"<\1P>", whole)
    made["with a menu and a footer"] = "<ul><li>News<li>Sport</ul>" + whole + "<footer>More \u00a9 2025</footer>"
    made["with a teaser"] = page(parts[0]) + "<p>Read on" + whole
    made["in a table"] = "<table>" + "".join(f"<tr><td>{escape(p)}" for p in lines) + "</table>"
    made["twice"] = whole + whole
    return {name: data if isinstance(data, bytes) else data.encode() for name, data in made.items()}


def tables(text: str, spans: list[tuple[int, int]]) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return both tables, of bytes by name: altered copies, and those that leave the words alone."""
    parts = pieces(text, spans)
    texts = altered(parts)
    wrong = {f"text: {name}": made.encode() for name, made in texts.items()}
    wrong |= {f"page: {name}": page(made).encode() for name, made in list(texts.items())[::4]}
    wrong |= {f"page, {name}": made.encode() for name, made in altered_pages(parts).items()}
    return wrong, rendered(parts)

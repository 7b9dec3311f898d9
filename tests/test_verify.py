"""Any copy of the coded text can be checked: what holds is found, what was changed is blamed on the right rows.

The copies are made from the made-up text, and in CI from the real one too.
"""

from __future__ import annotations

import html
import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naqoura_talks as nt
from made_up import TEXT
from naqoura_talks import cli, frames
from naqoura_talks.copies import read_copy
from naqoura_talks.package import Package
from naqoura_talks.text import canonicalise, digest, fold
from naqoura_talks.verify import Span, has, locate, verify

WORDS = [
    "weather",
    "sport",
    "market",
    "city",
    "people",
    "more",
    "read",
    "share",
    "today",
    "video",
    "story",
    "news",
    "comment",
]


def chatter(n: int, seed: int = 1) -> str:
    """Return n words of no meaning, as stands around a report on a page."""
    rng = random.Random(seed)
    return " ".join(rng.choice(WORDS) + rng.choice(["", "", ".", ","]) for _ in range(n))


def saved_page(text: str) -> bytes:
    """A page with menus, a teaser, hidden advertisements, related links and a footer around the text."""
    paragraphs = "".join(
        f"<p class='x'>{html.escape(p[:20])}<b>{html.escape(p[20:40])}</b>{html.escape(p[40:])}</p>"
        f"<aside hidden><script>var p = '<p>no</p>';</script>{chatter(30, i)}</aside>"
        for i, p in enumerate(text.split("\n"))
    )
    head = f"<head><title>{chatter(5)}</title><style>p {{ color: red }}</style></head>"
    menu = f"<nav><ul>{''.join(f'<li><a href=x>{w}</a></li>' for w in WORDS)}</ul></nav><div>{html.escape(text[:60])}…</div>"
    page = f"<!DOCTYPE html><html>{head}<body>{menu}<main>{paragraphs}</main><footer>{chatter(9000)}</footer></body></html>"
    return page.encode()


def entities(text: str) -> bytes:
    """The text with entities for whatever is not ASCII, and non-breaking spaces."""
    named = text.encode("ascii", "xmlcharrefreplace").decode().replace(" of ", "&nbsp;of&#160;")
    return f"<div>{named.replace(chr(10), '<br><br/>')}</div>".encode()


COPIES = {
    "plain": lambda t: t.encode(),
    "saved page": saved_page,
    "straight quotes, CRLF, other breaks": lambda t: fold(t).replace(". ", ".\r\n\r\n").replace("\n", "\r\n").encode(),
    "odd spaces and soft hyphens": lambda t: (
        t.replace(" ", "\u00a0 ").replace("talks", "ta\u00adlks").replace(", ", ",\n").encode()
    ),
    "entities": entities,
    "UTF-16": lambda t: t.encode("utf-16"),
    "UTF-16 without a mark": lambda t: t.encode("utf-16-le"),
    "Windows-1252": lambda t: t.encode("cp1252"),
}


@pytest.fixture
def made_up(whole_made_up: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    """The made-up package in the place of the installed one."""
    package = Package(whole_made_up)
    monkeypatch.setattr(frames, "installed", lambda: package)
    return package


def copy(folder: Path, data: bytes) -> Path:
    """Write a copy into a file; return its path."""
    path = folder / "copy"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", COPIES)
def test_every_span_holds_in_any_copy(kind: str, made_up: Package, tmp_path: Path) -> None:
    """However the text was saved, all passages are found and all spans hold."""
    result = verify(copy(tmp_path, COPIES[kind](TEXT)))
    assert result.holds, result.verdict
    assert list(result.passages["status"]) == ["found"] * 4
    assert "no doubt" in result.verdict and result.rows.empty


@pytest.mark.parametrize("kind", COPIES)
def test_every_span_of_the_report_holds(kind: str, coded_text: str, tmp_path: Path) -> None:
    """The same for the real report."""
    result = verify(copy(tmp_path, COPIES[kind](canonicalise(coded_text))))
    assert result.holds, result.verdict


def expected_rows(passage_text: str, at: int) -> set[str]:
    """Return the rows whose evidence covers a character, and whose passage begins as given."""
    evidence = nt.load("evidence").dropna(subset=["char_start"])
    return set(evidence.loc[(evidence["char_start"] <= at) & (at < evidence["char_end"]), "row_id"])


def assert_change_is_blamed(text: str, folder: Path) -> None:
    """Change one letter in each sentence: that passage is changed, and just the rows on the letter suffer."""
    text = canonicalise(text)
    for passage in nt.load("passages").to_dict("records"):
        for where in (0.1, 0.5, 0.9):
            start, end = passage["char_start"], passage["char_end"]
            at = next(i for i in range(int(start + where * (end - start)), end) if text[i].isalpha())
            other = "x" if text[at] != "x" else "y"
            result = verify(copy(folder, (text[:at] + other + text[at + 1 :]).encode()))
            assert not result.holds
            statuses = result.passages.set_index("passage_id")["status"]
            assert {p for p, s in statuses.items() if s != "found"} == {passage["passage_id"]}
            assert set(result.rows["row_id"]) == expected_rows(text, at)


def test_one_letter_is_blamed_on_the_right_rows(made_up: Package, tmp_path: Path) -> None:
    """In the made-up text."""
    assert_change_is_blamed(TEXT, tmp_path)


def test_one_letter_of_the_report_is_blamed_on_the_right_rows(coded_text: str, tmp_path: Path) -> None:
    """In the report."""
    assert_change_is_blamed(coded_text, tmp_path)


def test_missing_and_longer_passages(made_up: Package, tmp_path: Path) -> None:
    """A paragraph that is gone is missing, with all its rows; words put in change one passage only."""
    first, second, third = TEXT.split("\n")
    gone = verify(copy(tmp_path, f"{first}\n{third}".encode()))
    assert list(gone.passages["status"]) == ["found", "missing", "missing", "found"]
    assert "stm-spokesman-useful" in set(gone.rows["row_id"]) and "copy of the coded text with changes" in gone.verdict
    longer = verify(copy(tmp_path, TEXT.replace("called the talks", "called the long and hard talks").encode()))
    assert list(longer.passages["status"]) == ["found", "changed", "found", "found"]
    assert set(longer.rows["row_id"]) == {"stm-spokesman-useful", "stl-spokesman-useful-mentions-evt"}
    swapped = verify(copy(tmp_path, f"{second}\n{first}\n{third}".encode()))
    assert not swapped.holds and "not in its order" in swapped.verdict
    assert list(swapped.passages["status"]) == ["moved", "found", "found", "found"]


def test_another_text(made_up: Package, tmp_path: Path) -> None:
    """A text that has nothing of it is told as such."""
    result = verify(copy(tmp_path, chatter(500).encode()))
    assert set(result.passages["status"]) == {"missing"} and "another text" in result.verdict
    assert len(result.rows) == nt.load("evidence").dropna(subset=["char_start"])["row_id"].nunique()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "holds no text"),
        (b" \n\t\r\n", "holds no text"),
        (b"<html><body><script>x</script></body></html>", "holds no text"),
        (b"%PDF-1.7 ...", "this is a PDF"),
        (b"{\\rtf1 ...", "this is an RTF file"),
        (b"PK\x03\x04...", "this is an office file"),
        (bytes(range(256)) * 20, "binary file"),
        (b"\x00\x01\x02\x00\x00\x07" * 500, "binary file"),
    ],
)
def test_what_is_no_text(data: bytes, message: str, tmp_path: Path) -> None:
    """Empty, binary and office files get a clear answer."""
    with pytest.raises(nt.UnreadableCopyError, match=message):
        verify(copy(tmp_path, data))


def test_huge_missing_and_folder(tmp_path: Path) -> None:
    """A file of 500 MB is refused before it is read; so is a folder, and a file that is not there."""
    huge = tmp_path / "huge.txt"
    with huge.open("wb") as file:
        file.truncate(500_000_000)
    with pytest.raises(nt.UnreadableCopyError, match="larger than 100 MB"):
        verify(huge)
    for path in (tmp_path, tmp_path / "missing.txt"):
        with pytest.raises(nt.UnreadableCopyError, match="cannot be read"):
            verify(path)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No bytes make the reader fail with anything but our own error, and what it gives is canonical."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        try:
            text = read_copy(copy(Path(folder), data)).text
        except nt.UnreadableCopyError:
            return
    assert text == canonicalise(text) != ""


@settings(max_examples=200, deadline=None)
@given(
    # A sentence has a word, and few marks before it.
    st.lists(st.from_regex(r"\.{0,3}[ab][ab c.]{0,9}", fullmatch=True).map(canonicalise), min_size=1, max_size=6),
    st.data(),
)
def test_passages_are_found_wherever_they_stand(sentences: list[str], data: st.DataObject) -> None:
    """Passages with anything before and after are found, each where its words are."""
    spans, at = [], 0
    for sentence in sentences:
        spans.append(Span(at, at + len(sentence), digest(sentence)))
        at += len(sentence) + 1
    before = data.draw(st.text("xy ", max_size=9).map(canonicalise))
    text = f"{before} {' '.join(sentences)} zzz".strip()
    for place, sentence in zip(locate(fold(text), spans)[0], sentences, strict=True):
        assert place is not None and text[place : place + len(sentence)] == sentence


def test_hold_at_the_edges() -> None:
    """Offsets outside the text do not hold, and do not wrap around."""
    span = Span(0, 3, digest("abc"))
    assert has("abc", 0, span) is True
    assert has("abc", 1, span) is has("abc", -1, span) is has("ab", 0, span) is False
    assert has("abcabc", 3, span) is True


def test_evidence_gives_the_words(made_up: Package, tmp_path: Path) -> None:
    """With a copy, evidence() has the words as a column, external references none."""
    path = copy(tmp_path, saved_page(TEXT))
    words = nt.evidence("evt-harbour-talks", "place_id", text=path)["words"]
    assert list(words) == ["in Port Vell"]
    assert nt.evidence("plc-port-vell", "latitude", text=path)["words"].isna().all()


def test_evidence_of_rows_in_hand(made_up: Package) -> None:
    """A row, a frame or several stand for their keys, and a name of the joined table for the key behind it."""
    events, statements = nt.joined("events"), nt.load("statements")
    whole = nt.evidence("evt-harbour-talks")
    assert len(whole) and nt.evidence(events[events["event_id"] == "evt-harbour-talks"]).equals(whole)
    assert nt.evidence(events.set_index("event_id").loc["evt-harbour-talks"]).equals(whole)
    both = nt.evidence([events, statements])
    assert set(both["row_id"]) == {*events["event_id"], *statements["statement_id"]}
    assert nt.evidence("evt-harbour-talks", "place").equals(nt.evidence("evt-harbour-talks", "place_id"))
    speakers = nt.evidence(statements, "speaker")
    assert list(speakers["row_id"]) == list(statements["statement_id"])
    assert set(speakers["column_name"]) == {"speaker_actor_id"}
    # The evidence of its row is that of a cell that has none of its own.
    assert nt.evidence(statements, "mode")["column_name"].isna().all() and len(nt.evidence(statements, "mode"))
    with pytest.raises(nt.PackageError, match=r"actors of joined\('events'\) is put together from other cells"):
        nt.evidence("evt-harbour-talks", "actors")
    with pytest.raises(nt.UnknownNameError, match=r"'placee'. Did you mean 'place_id'"):
        nt.evidence("evt-harbour-talks", "placee")


@pytest.mark.parametrize("ask", [verify, nt.coverage, lambda copy: nt.evidence("evt-harbour-talks", text=copy)])
def test_a_text_in_place_of_its_path(ask, made_up: Package) -> None:
    """What was given is told by its kind, or its beginning: the text is not printed."""
    for text in (TEXT, TEXT * 20, TEXT.replace("\n", " "), TEXT.encode(), 7, TEXT.split(), "a\0b"):
        with pytest.raises(nt.UnreadableCopyError, match=r"cannot be read.*Name a file that holds the report") as error:
            ask(text)
        assert len(str(error.value)) < 250 and "useful" not in str(error.value)


def test_coverage(made_up: Package, tmp_path: Path) -> None:
    """Coverage counts characters offline; with a copy it names the words under no evidence."""
    offline = nt.coverage().set_index("passage_id")
    assert 0.5 < offline.loc["psg-harbour-report-p01-s1", "share"] < 1
    assert offline.loc["psg-harbour-report-p03-s1", "covered"] == 0
    assert offline.loc["psg-harbour-report-p03-s1", "not_coded_reason"] == "no_content"
    with_text = nt.coverage(copy(tmp_path, COPIES["saved page"](TEXT))).set_index("passage_id")
    assert with_text.loc["psg-harbour-report-p03-s1", "uncovered"] == "The sun shone all day"
    assert "A" in with_text.loc["psg-harbour-report-p02-s1", "uncovered"].split()
    assert (with_text["covered_words"] <= with_text["words"]).all()


def test_command_verify(made_up: Package, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0 only if all holds; the report names passages and rows, also as JSON, without the words."""
    assert cli.main(["verify", str(copy(tmp_path, TEXT.encode()))]) == 0
    assert "4 of 4 passages found" in capsys.readouterr().out
    changed = copy(tmp_path, TEXT.replace("useful", "useless").encode())
    assert cli.main(["verify", str(changed)]) == 1
    printed = capsys.readouterr().out
    said = ("psg-harbour-report-p02-s1", "changed", "stm-spokesman-useful", "quote_words, row")
    assert [word for word in said if word not in printed] == []
    assert cli.main(["verify", str(changed), "--format", "json"]) == 1
    result = json.loads(capsys.readouterr().out)
    assert result["holds"] is False and result["rows"][0]["columns"] == "quote_words, row"
    assert "words" not in result["passages"][0]
    assert cli.main(["verify", str(tmp_path / "missing")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_command_read_and_why(made_up: Package, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """read shows each sentence with its rows, why the words behind a cell."""
    path = copy(tmp_path, saved_page(TEXT))
    assert cli.main(["read", str(path)]) == 0
    printed = capsys.readouterr().out
    assert printed.index("1.1  Norland and Sudland met") < printed.index("events  evt-harbour-talks: ")
    assert "3.1  The sun shone all day." in printed
    assert cli.main(["why", "stm-spokesman-useful", "quote_words", "--text", str(path), "--format", "csv"]) == 0
    assert "useful,quote_words,explicit" in capsys.readouterr().out
    assert cli.main(["why", "stm-spokesman-useful", "quote"]) == 2
    assert "Did you mean 'quote_words'" in capsys.readouterr().err


def test_annotations(made_up: Package) -> None:
    """One annotation a span, with offsets, digest and row, valid in its parts, and no words of the text."""
    collection = nt.annotations()
    spans = nt.load("evidence").dropna(subset=["char_start"])
    items = collection["first"]["items"]
    assert collection["total"] == len(items) == len(spans)
    assert collection["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    for item, span in zip(items, spans.to_dict("records"), strict=True):
        selector = item["target"]["selector"]
        assert (selector["type"], selector["start"], selector["end"]) == (
            "TextPositionSelector", span["char_start"], span["char_end"],
        )  # fmt: skip
        assert selector["sha256"] == span["sha256"] and item["body"]["source"].endswith(span["row_id"])
        assert item["target"]["source"].startswith("ni:///sha-256;")
    assert len({item["id"] for item in items}) == len(items)
    assert "harbour truce" not in json.dumps(collection) and "TextQuoteSelector" not in json.dumps(collection)


def test_annotations_of_the_report_quote_nothing(coded_text: str) -> None:
    """No seven consecutive words of the report are in the annotations."""
    printed = json.dumps(nt.annotations(), ensure_ascii=False)
    words = canonicalise(coded_text).split()
    assert not [i for i in range(len(words) - 6) if " ".join(words[i : i + 7]) in printed]

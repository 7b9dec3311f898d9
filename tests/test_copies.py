"""Copies that lie, and copies that are wronged: the tables of renderings.py, asked of Python; test_site asks the page.

Hostile copies end in an answer or a refusal, and soon.
"""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

import pytest

import naqoura_talks as nt
from made_up import TEXT
from naqoura_talks import cli, frames
from naqoura_talks.package import Package
from naqoura_talks.text import canonicalise
from renderings import tables


def spans() -> list[tuple[int, int]]:
    """Return where the passages of the installed text stand."""
    return list(nt.load("passages")[["char_start", "char_end"]].itertuples(index=False, name=None))


def outcome(data: bytes, path: Path) -> tuple[int, str]:
    """Return the exit code of a copy, and what is said of it."""
    path.write_bytes(data)
    try:
        result = nt.verify(path)
    except nt.UnreadableCopyError as error:
        return 2, str(error)
    return (0 if result.holds else 1), result.verdict


def ask(text: str, path: Path) -> None:
    """Ask both tables."""
    wrong, alone = tables(text, spans())
    said = {name: outcome(data, path) for name, data in wrong.items()}
    assert {name: s for name, s in said.items() if s[0] == 0} == {}
    assert not [name for name, (_, words) in said.items() if "word for word" in words or "whole" in words]
    said = {name: outcome(data, path) for name, data in alone.items()}
    assert {name: s for name, s in said.items() if s[0] == 1} == {}
    # Refused is only what cannot be told: a wrong byte within a sentence, or an encoding that is not as declared.
    refused = [name for name, (code, _) in said.items() if code == 2]
    assert not [
        name for name in refused if not re.match(r"b'.*at \d|a page in .*(without saying so|that says|cp1252)", name)
    ]


def test_altered_and_rendered_copies_of_the_report(coded_text: str, tmp_path: Path) -> None:
    ask(canonicalise(coded_text), tmp_path / "copy")


def test_altered_and_rendered_copies_of_a_made_up_text(
    whole_made_up: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = Package(whole_made_up)
    monkeypatch.setattr(frames, "installed", lambda: package)
    ask(TEXT, tmp_path / "copy")


def test_what_is_wrong_is_shown(
    whole_made_up: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What stands between, what moved, and what holds of a changed sentence."""
    package = Package(whole_made_up)
    monkeypatch.setattr(frames, "installed", lambda: package)
    first, second, third = TEXT.split("\n")
    for text, wanted in [
        (f"{first}\nIt rained.\n{second}\n{third}", "psg-harbour-report-p01-s1.*between It rained."),
        (f"{first}\n{third}\n{second}", "psg-harbour-report-p03-s1.*moved"),
        (
            TEXT.replace("useful", "useless"),
            r"holds: spokesman \| spokesman for Norland \| spokesman for \| for Norland \| Norland \| called \| ",
        ),
        (f"Menu\n{TEXT}\nThe end", "1 words before it and 2 after it"),
    ]:
        (tmp_path / "copy").write_text(text, "utf-8")
        cli.main(["verify", str(tmp_path / "copy")])
        said = capsys.readouterr().out
        assert re.search(wanted, " ".join(said.split()))


def test_without_the_extra_a_page_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the extra; plain text is read all the same."""
    monkeypatch.setitem(sys.modules, "selectolax.lexbor", None)
    assert outcome(b"<p>One</p>", tmp_path / "copy")[0] == 2
    assert "naqoura-talks[pages]" in outcome(b"<p>One</p>", tmp_path / "copy")[1]
    assert outcome(b"One &amp; two", tmp_path / "copy")[0] == 1


SIZE = 2_000_000
HOSTILE = {
    "digits": b"&#" + b"9" * 4301 + b";",
    "a page of digits": b"<p>&#" + b"9" * SIZE + b";",
    "a section": b"<p>a<![foo[bar]]>b",
    "nothing": b"",
    "noughts": b"\0" * SIZE,
    "open styles": b"<style>" * (SIZE // 7),
    "numbered": b"<p>" + b"".join(b"<b id=%d>" % i for i in range(SIZE // 12)),
    "reopened": b"<div>" + b"".join(b"<b id=%d>" % i for i in range(500)) + b"</div>" + b"<p>x</p>" * 500_000,
    "attributes": b"<p " + b" ".join(b"a%d" % i for i in range(SIZE // 8)) + b">",
    "parts": b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n\n" + b"--a\n" * (SIZE // 4),
    "a header": b"MIME-Version: 1.0\nContent-Type: " + b" \n" * (SIZE // 2),
} | {
    f"{each!r}": each.encode() * (SIZE // len(each.encode()))
    for each in ["<!--", "<a ", "<p><a ", "\u0301\u0316", "a\u0301", "<template>", "<div hidden>", "<p>", "<b>x", "<b><p>", "<div>", "<table>", "</p>",
                 "&", "&#1;", "<p>&amp;", "a!", "a ", "“", "-", "\n", " ", "不", "<svg><text>", "<select><option>", "<x>x</x>", "<![CDATA[", "<?", "<p a='", "\xad", "\ufb03",
                 "<button></button>", "<ul><li>", "<s>a", "</", "=", "\r", "<p>\u0336"]
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_copies_end_soon(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An answer or a refusal within two seconds a megabyte, never an error of Python."""
    (tmp_path / "copy").write_bytes(HOSTILE[name])
    started = time.process_time()
    assert cli.main(["verify", str(tmp_path / "copy")]) in (1, 2)
    assert time.process_time() - started < 4
    assert len(capsys.readouterr().err) < 1000


def test_what_is_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe, a directory, a device and a closed file are named as what they are, by every command."""
    os.mkfifo(tmp_path / "pipe")
    named = {"pipe": "a pipe", ".": "a directory", "/dev/zero": "a device", "none": "No such file"}
    if os.geteuid():
        (tmp_path / "closed").touch(mode=0)
        named["closed"] = "Permission denied"
    for name, words in named.items():
        for command in (["verify"], ["read"], ["why", "evt-naqoura-talks", "--text"], ["coverage", "--text"]):
            assert cli.main([*command, str(tmp_path / name)]) == 2
            assert words in capsys.readouterr().err

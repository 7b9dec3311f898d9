"""The landing page: what it holds, that it is safe and self-contained, and that it works in a real browser.

The browser checks stand in browser/checks.js and are run once, by Chromium, on the real package and on
made-up ones: whole, hostile, and with 20,000 rows of evidence. What the page says of a copy is compared
here with what naqoura_talks.verify says of it. vectors.json holds what both must make of the same texts.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import html.parser
import json
import os
import re
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import pytest

import made_up
import naqoura_talks as nt
import renderings
from conftest import IN_CI, ROOT
from naqoura_talks import frames
from naqoura_talks.copies import read_copy
from naqoura_talks.package import Package
from naqoura_talks.text import canonicalise, digest, fold
from scripts.build import figures, joined, landing
from test_verify import COPIES, chatter, saved_page

PAGE = ROOT / "docs/index.html"
BROWSER = ROOT / "tests/browser/checks.js"
VECTORS = json.loads((ROOT / "tests/vectors.json").read_text("utf-8"))
CHECKS = re.findall(r"^  async (\w+)\(\) \{$", BROWSER.read_text("utf-8"), re.MULTILINE)


# --- without a browser ---


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text("utf-8")


class Reader(html.parser.HTMLParser):
    """Collects the rows of the tables by key, and the addresses that the page names."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, list[str]] = {}
        self.urls: list[tuple[str, str, str]] = []
        self.ids: list[str] = []
        self.key: str | None = None
        self.cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [found["id"]] if found.get("id") else []
        self.urls += [(tag, k, v or "") for k, v in attrs if k in ("src", "href", "action", "srcset", "data", "poster")]
        if tag == "tr":
            self.key = found.get("id")
            if self.key:
                self.rows[self.key] = []
        if tag == "td" and self.key:
            self.cell = True
            self.rows[self.key].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self.cell = False

    def handle_data(self, data: str) -> None:
        if self.cell and self.key:
            self.rows[self.key][-1] += data


def test_one_file_without_a_network(page: str) -> None:
    """Under 1 MB, and nothing is loaded: the only addresses are links, and those to places on the page exist."""
    assert len(page.encode("utf-8")) < 1_000_000
    reader = Reader()
    reader.feed(page)
    assert len(reader.ids) == len(set(reader.ids)), "an id stands twice"
    known = set(reader.ids) | {row["evidence_id"] for row in csv.DictReader((ROOT / "data/csv/evidence.csv").open("r"))}
    for tag, attribute, url in reader.urls:
        if url.startswith("#") and not url.startswith("#actor="):
            assert url[1:] in known, f"{url} leads nowhere"
        else:
            assert (tag, attribute) == ("a", "href") or url == "data:,", (tag, attribute, url)
    assert "@import" not in page and "url(http" not in page and " style=" not in page and " onclick=" not in page


def test_the_policy_names_what_is_there(page: str) -> None:
    """The digests of the policy are those of the one script and the one style sheet, and it allows nothing else."""
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1].replace("&#39;", "'")
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        blocks = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert len(blocks) == 1
        wanted = base64.b64encode(hashlib.sha256(blocks[0].encode()).digest()).decode()
        assert f"{directive} 'sha256-{wanted}'" in policy
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy and "http" not in policy


def test_the_tables_are_in_the_html(page: str) -> None:
    """Every cell of every table, evidence apart, stands in the HTML; the evidence stands in the data."""
    reader, package = Reader(), Package(ROOT)
    reader.feed(page)
    for name in package.tables:
        rows = [[v or "" for v in row.values()] for row in package.read_words(name).to_pylist()]
        if name == "evidence":
            data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])["evidence"]
            assert [[v or "" for v in row] for row in data["rows"]] == rows
            continue
        assert [reader.rows[row[0]][: len(row)] for row in rows] == rows
    counts = nt.codes()
    used = dict(zip(zip(counts["codelist"], counts["code"], strict=True), counts["count"], strict=True))
    for row in package.read_words("codes").to_pylist():
        assert reader.rows[row["code_id"]][-1] == str(used[row["codelist"], row["code"]])


def test_linked_data(page: str) -> None:
    """The head describes the dataset for search engines, from the descriptor."""
    about = json.loads(re.search(r'ld\+json">(.*?)</script>', page, re.DOTALL)[1])
    descriptor = Package(ROOT).descriptor
    assert about["@type"] == "Dataset" and about["name"] == descriptor["title"]
    assert about["version"] == descriptor["version"]


def test_no_words_of_the_report(page: str, coded_text: str) -> None:
    """No nine consecutive words of the report stand on the page or in a figure."""
    words = canonicalise(coded_text).split()
    seen = page + "".join(p.read_text("utf-8") for p in (ROOT / "docs/figures").glob("*.svg"))
    assert not [i for i in range(len(words) - 8) if " ".join(words[i : i + 9]) in seen]


def shown(root: Path) -> landing.Tables:
    """Return what the build shows of the tables of a package as they are."""
    package = Package(root)
    return landing.Tables(package, joined.tables(package, joined.database(package)))


def test_a_made_up_package_has_a_page_too(whole_made_up: Path) -> None:
    """The page comes from the package alone: nothing of the real one is on that of another."""
    text = landing.page(shown(whole_made_up)).decode("utf-8")
    assert "Port Vell" in text and "act-netanyahu" not in text
    assert text == landing.page(shown(whole_made_up)).decode("utf-8")


def test_agreement_is_shown_where_it_is(made_up_root: Path) -> None:
    """The figures of the first round are on the first screen, if there are any."""
    assert landing.agreement(b"") == []
    table = (
        b"round,text,table_name,column_name,coder,measure,value,low,high,n,remark\n"
        b"manual-test,x,,,,f1_between,0.1,,,9,\nround-2,x,,,,f1_between,0.99,,,9,\nround-1,x,,,,f1_between,0.9,,,9,\n"
        b"round-1,x,events,realis,,alpha,0.8,0.7,1,30,\nround-1,x,events,event_type,,alpha,,,,4,too few\n"
        b"round-1,x,events,attribution,,alpha,1,1,1,30,\nround-1,x,,,a b,f1_pair,0.2,,,9,\n"
    )
    assert [number for number, _ in landing.agreement(table)] == ["0.90", "0.80 to 1.00"]
    assert "0.80 to 1.00" in landing.page(shown(made_up_root), table).decode("utf-8")


def kinds(realis: str = "actual", aggregation: str = "single", **dates: str) -> set[str]:
    """Return what is drawn for an event with these dates."""
    event = dict.fromkeys(("start_earliest", "start_latest", "end_earliest", "end_latest"))
    event |= {"realis": realis, "aggregation": aggregation} | {k: date.fromisoformat(d) for k, d in dates.items()}
    axis = landing.Axis([event[k] for k in dates])
    marks = landing.event_marks(event, axis)
    assert all(0 <= m["x1"] < m["x2"] <= 100 for m in marks)
    return {m["kind"] for m in marks}


def test_nothing_is_drawn_as_more_certain_than_it_is() -> None:
    """A point only for a known day; a bound on one side stays open; an end that is not stated is not drawn as one."""
    day = {"start_earliest": "2031-05-04", "start_latest": "2031-05-04"}
    month = {"start_earliest": "2031-05-01", "start_latest": "2031-05-31"}
    assert kinds(**day, end_earliest="2031-05-04", end_latest="2031-05-04") == {"point"}
    assert kinds(**month, end_earliest="2031-05-01", end_latest="2031-05-31") == {"vague"}
    assert kinds(**month) == {"vague"}
    assert kinds(**month, realis="ongoing", aggregation="period") == {"vague", "onward"}
    assert kinds(**month, aggregation="repeated") == {"vague", "unknown"}
    assert kinds(**month, end_earliest="2031-08-01", end_latest="2031-08-31") == {"vague", "span"}
    assert kinds(start_latest="2031-05-31") == {"open-left"}
    assert kinds(start_earliest="2031-05-01") == {"open-right"}
    assert kinds(end_earliest="2031-05-01", end_latest="2031-05-31") == {"vague", "unknown-left"}


def test_the_axis_keeps_the_order_of_days_and_cuts_long_gaps() -> None:
    """Later is further right, across a gap too, and no gap takes more room than a break."""
    days = [date(1983, 1, 1), date(1983, 12, 31), date(2023, 5, 1), date(2025, 12, 3)]
    axis = landing.Axis(days)
    places = [axis.at(d) for d in days]
    assert places == sorted(places) and places[0] > 0 and places[-1] < 100
    assert [(b["from"], b["to"]) for b in axis.breaks] == [(1984, 2022)]
    assert [y["year"] for y in axis.years] == [1983, 2023, 2024, 2025]
    assert landing.Axis([]).breaks == []


def test_short_codes_differ() -> None:
    """Each role has a beginning of its own, the most used the shortest."""
    short = landing.short_codes(["participant"] * 3 + ["principal", "initiator", "initiator", "in_solidarity_with"])
    assert short["participant"] == "P" and len(set(short.values())) == len(short)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_vectors(vector: dict, tmp_path: Path) -> None:
    """Python makes of each text what the vectors say; the browser check asks the page the same."""
    if "base64" in vector:
        copy = tmp_path / "copy"
        copy.write_bytes(base64.b64decode(vector["base64"]))
        if "error" in vector:
            with pytest.raises(nt.UnreadableCopyError, match=vector["error"]):
                read_copy(copy)
            return
        canonical = read_copy(copy).text
    else:
        canonical = canonicalise(vector["text"])
    text = vector.get("text", canonical)
    assert canonical == vector["canonical"]
    assert fold(text) == vector["folded"] and digest(text) == vector["sha256"]


# --- figures ---


def test_figure_shows_the_tables(whole_made_up: Path, tmp_path: Path) -> None:
    """The committed figure is what the tables give; a changed title changes it."""
    for path, data in figures.figures(shown(ROOT)).items():
        assert (ROOT / path).read_bytes() == data
    root = tmp_path / "package"
    shutil.copytree(whole_made_up, root)
    (drawn,) = figures.figures(shown(root)).values()
    assert b"Talks in Port Vell" in drawn
    made_up.edit(root, "events", "evt-harbour-talks", title="Meeting in Port Vell")
    (drawn,) = figures.figures(shown(root)).values()
    assert b"Meeting in Port Vell" in drawn and b"Talks in Port Vell" not in drawn


# --- in a browser ---


def prepare(name: str, message: str) -> str | None:
    """Return where a program is; without it the tests are skipped, and fail in CI."""
    found = shutil.which(name)
    if not found:
        pytest.fail(message) if IN_CI else pytest.skip(message)
    return found


HOSTILE = {
    "act-norland": "<script>pwned=1</script>Norland",
    "act-sudland": "\u202eSud\u2066land\u200f",
    "evt-harbour-talks": "</script></title><img src=x onerror=pwned=1>\"'&quot;`${pwned=1}`",
    "stm-spokesman-useful": "{{ 7*7 }} {% raw %} \\u003cb class=evil\\u003e <b class=evil>b</b>",
    "trm-leave-harbour": "javascript:pwned=1 <!-- --> ]]> \u2028 \u0000"[:-1],
    "agr-harbour-truce": "'><svg onload=pwned=1>",
}


@pytest.fixture(scope="session")
def in_browser(whole_made_up: Path, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """What the checks in the browser gave: {checks: {name: error or None}, copies: {name: what the page found}}."""
    node = prepare("node", "needs node")
    chromium = prepare("chromium", "needs Debian's chromium: apt install chromium")
    if not (ROOT / "node_modules/playwright-core").is_dir():
        message = "needs the packages of requirements/npm.txt: make node_modules"
        pytest.fail(message) if IN_CI else pytest.skip(message)
    folder = tmp_path_factory.mktemp("site")

    def write(name: str, data: str | bytes) -> str:
        path = folder / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
        return str(path)

    hostile = folder / "hostile"
    shutil.copytree(whole_made_up, hostile)
    columns = {"act": "name", "evt": "title", "stm": "proposition", "trm": "title", "agr": "name"}
    tables = {"act": "actors", "evt": "events", "stm": "statements", "trm": "ceasefire_terms", "agr": "agreements"}
    for key, text in HOSTILE.items():
        made_up.edit(hostile, tables[key[:3]], key, **{columns[key[:3]]: text})
    made_up.edit(hostile, "statements", "stm-spokesman-useful", quote_words="<b class=evil>q</b>")
    made_up.edit(hostile, "sources", "src-gazetteer", url="javascript:pwned=1")
    large = folder / "large"
    shutil.copytree(whole_made_up, large)
    rows = made_up.rows(large, "evidence")
    rows += [rows[i % len(rows)] | {"evidence_id": f"evd-more-{i}"} for i in range(20_000 - len(rows))]
    made_up.rewrite(large, "evidence", rows)
    pages = {
        "real": str(PAGE),
        "made_up": write("made-up.html", landing.page(shown(whole_made_up))),
        "hostile": write("hostile.html", landing.page(shown(hostile))),
        "large": write("large.html", landing.page(shown(large))),
    }
    copies = [
        {"page": "made_up", "name": f"made_up/{name}", "file": write(f"made-up-{i}", data)}
        for i, (name, data) in enumerate((made_up_copies() | tabled_copies(made_up.TEXT, whole_made_up)).items())
    ]
    real = real_text()
    if real:
        copies += [
            {"page": "real", "name": f"real/{name}", "file": write(f"real-{i}", data)}
            for i, (name, data) in enumerate((real_copies(real) | tabled_copies(real, ROOT)).items())
        ]
    big = chatter(36_000)[:200_000]
    text = Package(ROOT)
    job = {
        "folder": str(folder),
        "chromium": chromium,
        "pages": pages,
        "copies": copies,
        "large_copies": [{"name": "200 kB of another text", "file": write("foreign-200", big)}]
        + ([{"name": "a page of 200 kB", "file": write("page-200", saved_page(real)[:-14] + big[:130_000].encode())}] if real else []),
        "made_up_text": canonicalise(made_up.TEXT),
        "vectors": VECTORS,
        "hostile": HOSTILE,
        "row": "evt-naqoura-talks",
        "evidence": text.read_words("evidence")["evidence_id"].to_pylist()[-1],
        "actor": "act-lebanese-army",
        "actor_events": len({r["event_id"] for r in made_up.rows(ROOT, "event_actors") if r["actor_id"] == "act-lebanese-army"}),
        "citation": nt.cite().rsplit("\n", 1)[0],
    }  # fmt: skip
    write("job.json", json.dumps(job))
    done = subprocess.run(
        [node, str(BROWSER), str(folder / "job.json")], capture_output=True, text=True, timeout=600, cwd=ROOT
    )
    assert (folder / "results.json").is_file(), done.stdout + done.stderr
    return json.loads((folder / "results.json").read_text("utf-8")) | {"job": job, "folder": folder}


@pytest.mark.parametrize("check", CHECKS)
def test_in_browser(check: str, in_browser: dict) -> None:
    """One check of browser/checks.js; its name says what it asks."""
    assert in_browser["checks"][check] is None, in_browser["checks"][check]


def test_downloads_are_the_files(in_browser: dict) -> None:
    """What the page offers for download is the package's CSV to the byte, alone and in the archive."""
    folder = in_browser["folder"]
    assert (folder / "events.csv").read_bytes() == (ROOT / "data/csv/events.csv").read_bytes()
    with zipfile.ZipFile(folder / "tables.zip") as archive:
        assert archive.testzip() is None
        assert {i.filename: archive.read(i) for i in archive.infolist()} == {
            p.name: p.read_bytes() for p in (ROOT / "data/csv").glob("*.csv")
        }


def real_text() -> str | None:
    path = os.environ.get("NAQOURA_TALKS_TEXT")
    return canonicalise(Path(path).read_text("utf-8")) if path and Path(path).is_file() else None


def tabled_copies(text: str, root: Path) -> dict[str, bytes]:
    """Both tables of renderings.py: what was altered and what leaves the words alone."""
    spans = [(int(r["char_start"]), int(r["char_end"])) for r in made_up.rows(root, "passages")]
    wrong, alone = renderings.tables(text, spans)
    return {f"wrong/{name}": data for name, data in wrong.items()} | {f"alone/{k}": data for k, data in alone.items()}


def made_up_copies() -> dict[str, bytes]:
    """Copies of the made-up text: whole in every form, edited, in part, another text, and none."""
    first, _, third = made_up.TEXT.split("\n")
    return {name: make(made_up.TEXT) for name, make in COPIES.items()} | {
        "one letter": made_up.TEXT.replace("useful", "usefuL").encode(),
        "words put in": made_up.TEXT.replace("called the talks", "called the long and hard talks").encode(),
        "a paragraph gone": f"{first}\n{third}".encode(),
        "a sentence rewritten": re.sub("A spokesman.*?truce\\. ", "Quite other words. ", made_up.TEXT).encode(),
        "paragraphs swapped": "\n".join(reversed(made_up.TEXT.split("\n"))).encode(),
        "beyond the basic plane": ("🇸🇪 𝔉 " + made_up.TEXT).encode(),
        "another text": chatter(500).encode(),
        "no text": b"",
        "a picture": b"\x89PNG and so on",
    }


def real_copies(text: str) -> dict[str, bytes]:
    """Copies of the report, made at run time: whole, edited in each passage, cut, and mixed with others."""
    passages = [(r["char_start"], r["char_end"]) for r in nt.load("passages").to_dict("records")]
    edited = {}
    for i, (start, end) in enumerate(passages[::4]):
        at = next(k for k in range((start + end) // 2, end) if text[k].isalpha())
        edited[f"a letter in passage {4 * i}"] = (text[:at] + "x" + text[at + 1 :]).encode()
    return {name: make(text) for name, make in COPIES.items()} | edited | {
        "the second half": text[len(text) // 2 :].encode(),
        "every other paragraph": "\n".join(text.split("\n")[::2]).encode(),
        "among other texts": saved_page(text.replace("a", "e", 1)),
    }  # fmt: skip


def test_page_and_python_agree_on_every_copy(
    in_browser: dict, whole_made_up: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Verdict, passages, spans and words: for each copy the page says what naqoura_talks.verify says."""
    packages = {"made_up": Package(whole_made_up), "real": Package(ROOT)}
    for copy in in_browser["job"]["copies"]:
        page = in_browser["copies"][copy["name"]]
        monkeypatch.setattr(frames, "installed", lambda p=packages[copy["page"]]: p)
        try:
            python = nt.verify(copy["file"])
        except nt.UnreadableCopyError:
            assert page["error"] and page["says"].startswith("This cannot be checked."), copy["name"]
            continue
        assert page["error"] is None and page["source"] == python.source_id, copy["name"]
        assert page["verdict"] == python.verdict, copy["name"]
        assert page["passages"] == {
            r["passage_id"]: [r["status"], r["spans"], r["spans_held"], r["between"] or None]
            for r in python.passages.astype(object).where(python.passages.notna(), None).to_dict("records")
        }, copy["name"]
        held = {r["evidence_id"]: r["words"] if r["held"] else None for r in python.evidence.to_dict("records")}
        assert page["words"] == held, copy["name"]
        n, all_spans = int(python.evidence["held"].sum()), len(python.evidence)
        assert page["says"].startswith(f"{n} of {all_spans} digests hold"), copy["name"]


def test_whole_copies_hold_and_edited_ones_do_not(in_browser: dict) -> None:
    """The check can fail: what was edited is not told as whole, and what is whole is."""
    whole = {name: "word for word" in (c.get("verdict") or "") for name, c in in_browser["copies"].items()}
    for name in COPIES:
        assert whole[f"made_up/{name}"] and whole.get(f"real/{name}", True), name
    for name in ("one letter", "words put in", "a paragraph gone", "paragraphs swapped", "another text", "no text"):
        assert not whole[f"made_up/{name}"], name
    assert whole["made_up/beyond the basic plane"]
    assert not [name for name in whole if "/wrong/" in name and whole[name]]
    copies = in_browser["copies"].items()
    assert not [name for name, found in copies if "/alone/" in name and not whole[name] and not found["error"]]

"""The landing page: what it holds, that it is safe and self-contained, and that it works in a real browser.

The browser checks stand in browser/checks.js and are run once, by Chromium, on the real package and on
made-up ones: whole, hostile, and with 20,000 rows of evidence. What the page says of a copy is compared
here with what naqoura_talks.verify says of it. vectors.json holds what both must make of the same texts.
"""

from __future__ import annotations

import base64
import hashlib
import html.parser
import itertools
import json
import os
import re
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
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
    """Collects the keys that elements have, and the addresses that the page names."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[tuple[str, str, str]] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [v for k, v in attrs if k == "id" and v]
        self.urls += [(tag, k, v or "") for k, v in attrs if k in ("src", "href", "action", "srcset", "data", "poster")]


def data_of(page: str) -> dict:
    """Return what the page holds for its script."""
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])


def test_one_file_without_a_network(page: str) -> None:
    """Under 0.7 MB, and nothing is loaded: the only addresses are links, and those to places and files exist."""
    assert len(page.encode("utf-8")) < 700_000
    reader = Reader()
    reader.feed(page)
    assert len(reader.ids) == len(set(reader.ids)), "an id stands twice"
    for tag, attribute, url in reader.urls:
        if url.startswith("#"):
            assert url[1:] in reader.ids, f"{url} leads nowhere"
        elif url != "data:,":
            assert (tag, attribute) == ("a", "href"), (tag, attribute, url)
            assert url.startswith("https://") or (PAGE.parent / url).is_file(), url
    for way in ("../README.md", "codebook.md", "../coding/AGREEMENT.md", "https://dailytimes247.com/?p=480845"):
        assert ("a", "href", way) in reader.urls, way
    assert "@import" not in page and "url(http" not in page and " style=" not in page and " onclick=" not in page
    assert 'property="og:title"' in page and 'property="og:description"' in page


def test_the_policy_names_what_is_there(page: str) -> None:
    """The digests of the policy are those of the one script and the one style sheet, and it allows nothing else."""
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1].replace("&#39;", "'")
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        blocks = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert len(blocks) == 1
        wanted = base64.b64encode(hashlib.sha256(blocks[0].encode()).digest()).decode()
        assert f"{directive} 'sha256-{wanted}'" in policy
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy and "http" not in policy


def test_the_tables_are_in_the_data(page: str) -> None:
    """Every table stands in the data as its file has it, and every row but those of evidence has a title."""
    data, package = data_of(page), Package(ROOT)
    assert data["tables"] == {name: package.path(name).read_text("utf-8") for name in package.tables}
    keys = {k for n in package.tables if n != "evidence" for k in package.read_words(n)[package.key(n)].to_pylist()}
    assert set(data["titles"]) == keys
    told = [key for key in keys if key.startswith(("act-", "evt-", "stm-", "agr-", "trm-", "eva-", "evl-", "clm-"))]
    assert not [key for key in told if data["titles"][key] == key], "a row is titled by its key"
    joined_text = dict(pd.read_csv(ROOT / "data/joined/statements.csv").set_index("statement_id")["text"])
    assert {key: data["titles"][key] for key in joined_text} == joined_text
    licence = package.descriptor["licenses"][0]["path"]
    assert all(part in data["readme"] for part in (package.version, licence, package.citation))


def test_every_row_has_a_place(page: str) -> None:
    """A row of events, statements, terms, agreements, actors or passages has a place; others are told with theirs."""
    reader, data = Reader(), data_of(page)
    reader.feed(page)
    for key, home in data["homes"].items():
        assert (home or "use") in reader.ids, (key, home)
    assert set(data["titles"]) <= set(reader.ids) | set(data["homes"])
    assert data["homes"]["eva-naqoura-talks-ortagus-attendee"] == "evt-naqoura-talks"


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


def shown(root: Path) -> joined.Tables:
    """Return what the build shows of the tables of a package as they are."""
    package = Package(root)
    return joined.Tables(package, joined.tables(package, joined.database(package)))


def test_a_made_up_package_has_a_page_too(whole_made_up: Path) -> None:
    """The page comes from the package alone: nothing of the real one is on that of another."""
    text = landing.page(shown(whole_made_up)).decode("utf-8")
    assert "Port Vell" in text and "act-netanyahu" not in text
    assert text == landing.page(shown(whole_made_up)).decode("utf-8")


def test_what_is_no_address_of_the_web_is_no_link(made_up_root: Path) -> None:
    """Neither the path of a licence nor the address of a source becomes a link that runs something."""
    path = made_up_root / "datapackage.json"
    descriptor = json.loads(path.read_text("utf-8"))
    descriptor["licenses"][0]["path"] = "javascript:alert(1)"
    path.write_text(json.dumps(descriptor), "utf-8")
    made_up.edit(made_up_root, "sources", made_up.SOURCE, url=" JavaScript:alert(2)")
    text = landing.page(shown(made_up_root)).decode("utf-8")
    assert "alert(2)" in text and not re.search(r"""href=["']?\s*javascript""", text, re.IGNORECASE)


def test_whose_word_each_stretch_is(whole_made_up: Path) -> None:
    """What a statement rests on is the speaker's, but for the words that say who speaks; all else is the report's."""
    (text,) = figures.texts(shown(whole_made_up))
    for sentence in text["sentences"]:
        edges = [(s["start"], s["end"]) for s in sentence["stretches"]]
        assert edges[0][0] == sentence["start"] and edges[-1][1] == sentence["end"]
        assert all(a[1] == b[0] for a, b in itertools.pairwise(edges))
    words = {made_up.TEXT[s["start"] : s["end"]]: s for x in text["sentences"] for s in x["stretches"]}
    said = " ".join(w for w, s in words.items() if s["voice"] == "speaker")
    assert "useful" in said and "breaking the truce" in said and "spokesman" not in said
    assert {s["by"] for s in words.values()} == {"", "act-spokesman"}


def test_stretches_follow_the_attribution(page: str) -> None:
    """On the real page: what both assert is both's, and the link line is its own."""
    (text,) = figures.texts(shown(ROOT))
    stretches = [(p, s) for p in text["sentences"] for s in p["stretches"]]
    evidence = pd.read_csv(ROOT / "data/csv/evidence.csv").dropna(subset=["char_start"])
    whole = evidence[evidence["column_name"].isna()]
    events = pd.read_csv(ROOT / "data/csv/events.csv").set_index("event_id")["attribution"]
    for row in whole[whole["row_id"].isin(events[events == "both"].index)].itertuples():
        assert [
            s
            for _, s in stretches
            if s["voice"] == "both" and s["start"] <= row.char_start and s["end"] >= row.char_end
        ]
    assert {p["passage_type"] for p, s in stretches if s["voice"] == "link_line"} == {"link"}
    assert {s["voice"] for p, s in stretches if p["passage_type"] == "link"} == {"link_line"}


def kinds(realis: str = "actual", aggregation: str = "single", **dates: str) -> set[str]:
    """Return what is drawn for an event with these dates."""
    event = dict.fromkeys(("start_earliest", "start_latest", "end_earliest", "end_latest"))
    event |= {"realis": realis, "aggregation": aggregation} | {k: date.fromisoformat(d) for k, d in dates.items()}
    axis = figures.Axis([event[k] for k in dates])
    marks = figures.event_marks(event, axis)
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
    assert kinds(end_earliest="2031-05-01", end_latest="2031-05-31") == {"vague", "unknown"}


def test_an_event_without_a_date_is_drawn_by_the_order_alone() -> None:
    """What only other events bound is no date: it is a line of its own kind, and nothing without a bound."""
    axis = figures.Axis([date(2031, 1, 1), date(2032, 1, 1)])
    event = dict.fromkeys(figures.DATES) | {"begins_earliest": date(2031, 3, 1), "begins_latest": None}
    assert [m["kind"] for m in figures.event_marks(event, axis)] == ["order"]
    assert figures.event_marks(event | {"begins_earliest": None}, axis) == []


def test_the_axis_keeps_the_order_of_days_and_one_scale() -> None:
    """Later is further right, across a gap too; a day is as wide in every year, and long gaps are cut."""
    days = [date(1983, 1, 1), date(1983, 12, 31), date(2023, 5, 1), date(2025, 12, 3)]
    axis = figures.Axis(days)
    places = [axis.at(d) for d in days]
    assert places == sorted(places) and places[0] > 0 and places[-1] < 100
    assert [y["year"] for y in axis.years] == [1983, 2023, 2024, 2025] and len(axis.gaps) == 1
    widths = {y["year"]: (y["x2"] - y["x1"]) / (366 if y["year"] == 2024 else 365) for y in axis.years}
    assert max(widths.values()) - min(widths.values()) < 0.0001
    assert figures.Axis([]).gaps == []


def test_the_timeline_is_in_the_order_of_its_table() -> None:
    """Page and figure show the events with a position in the order of the joined table, and lines run forward."""
    table = pd.read_csv(ROOT / "data/joined/timeline.csv")
    drawn = figures.timeline(shown(ROOT))
    placed = table.dropna(subset=["position"]).sort_values("position")
    assert [e["event_id"] for e in drawn["events"]] == placed["event_id"].tolist()
    others = [e["event_id"] for events in drawn["others"].values() for e in events]
    assert sorted(others) == sorted(table[table["position"].isna()]["event_id"])
    links = pd.read_csv(ROOT / "data/joined/event_links.csv")
    ordered = links[links["event_id"].isin(placed["event_id"]) & links["linked_event_id"].isin(placed["event_id"])]
    ordered = ordered[~ordered["link_type"].isin(figures.SIDE_BY_SIDE)]
    for part in ("first", "last"):
        assert sum(line["part"] == part for e in drawn["events"] for line in e["lines"]) == len(ordered)
    for e in drawn["events"]:
        at = [line["lane"] for line in e["lines"] if line["part"] == "through"]
        assert len(at) == len(set(at)), "two lines in one lane"


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


def test_figures_show_the_tables(whole_made_up: Path, tmp_path: Path) -> None:
    """The committed figures are what the tables give; a changed title changes them."""
    for path, data in figures.figures(shown(ROOT)).items():
        assert (ROOT / path).read_bytes() == data
    root = tmp_path / "package"
    shutil.copytree(whole_made_up, root)
    assert b"Talks in Port Vell" in figures.figures(shown(root))["docs/figures/timeline.svg"]
    made_up.edit(root, "events", "evt-harbour-talks", title="Meeting in Port Vell")
    drawn = figures.figures(shown(root))["docs/figures/timeline.svg"]
    assert b"Meeting in Port Vell" in drawn and b"Talks in Port Vell" not in drawn


@pytest.mark.parametrize("name", ["whose-word", "timeline"])
def test_figures_are_as_journals_ask(name: str) -> None:
    """170 mm wide, letters of 8 points, nothing beyond the edge, two voices that differ in grey, every sign told."""
    svg = (ROOT / f"docs/figures/{name}.svg").read_text("utf-8")
    tree = ElementTree.fromstring(svg)
    width, height = map(float, tree.get("viewBox").split()[2:])
    assert tree.get("width") == "170mm" and abs(width - 170 / 25.4 * 72) < 1 and tree.get("font-size") == "8"
    assert "opacity" not in svg
    texts = list(tree.iter("{http://www.w3.org/2000/svg}text"))
    assert texts and all(0 <= float(text.get("x")) <= width and 0 < float(text.get("y")) < height for text in texts)
    told = {text.text for text in texts}
    voices = {v for v in figures.VOICES if f'class="voice {v}"' in svg}
    assert {figures.VOICES[v] for v in voices} <= told
    shown_marks = figures.timeline(shown(ROOT))["marks"] if name == "timeline" else {}
    assert set(shown_marks.values()) <= told and not (set(figures.MARKS.values()) - set(shown_marks.values())) & told
    colours = re.findall(r"[.]voice[.](?:narrator|speaker) { fill: #(\w{6})", svg)
    grey = [sum(w * int(c[i : i + 2], 16) for w, i in ((0.2126, 0), (0.7152, 2), (0.0722, 4))) for c in colours]
    assert len(grey) == 2 and abs(grey[0] - grey[1]) > 70
    captions = (ROOT / "docs/figures/captions.md").read_text("utf-8")
    caption = re.search(rf"\*\*{name}\*\*.*", captions)[0]
    assert "Source: " in caption and Package(ROOT).descriptor["licenses"][0]["name"] in caption


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


ROW = "evt-naqoura-talks"


def joined_table(name: str) -> pd.DataFrame:
    """Return a joined table as its CSV file has it."""
    return pd.read_csv(ROOT / f"data/joined/{name}.csv", keep_default_na=False)


def expected(claims_off: bool = False) -> dict:
    """Return what each speaker's choice must show, or the page without claims, counted from the joined tables."""
    events, terms = joined_table("events"), joined_table("ceasefire_terms")
    agreements, statements = joined_table("agreements"), joined_table("statements")
    links, claims = joined_table("statement_links"), joined_table("compliance_claims")
    parts, event_links = joined_table("event_actors"), joined_table("event_links")

    several = parts.groupby("actor_id")["event_id"].nunique().loc[lambda n: n > 1].index
    in_matrix = events["event_id"].isin(parts[parts["actor_id"].isin(several)]["event_id"])

    def found(said: list, some: pd.Series, bound: pd.Series, agreed: pd.Series) -> dict:
        voices = events[some]["attribution"].value_counts()
        return {
            "statements": sorted(said), "events": sorted(events[some]["event_id"]), "terms": sorted(terms[bound]["term_id"]),
            "agreements": sorted(agreements[agreed]["agreement_id"]),
            "rows": int((some & in_matrix).sum()),
            "voices": {voice: int(voices.get(voice, 0)) for voice in figures.VOICES if (events["attribution"] == voice).any()},
        }  # fmt: skip

    if claims_off:
        evidence = pd.read_csv(ROOT / "data/csv/evidence.csv").dropna(subset=["char_start"]).query("column_name.isna()")
        said = evidence[evidence["table_name"] == "statements"]
        of = evidence[evidence["table_name"] == "agreements"]
        inside = [
            ((said["char_start"] <= a) & (said["char_end"] >= b)).any()
            for a, b in zip(of["char_start"], of["char_end"], strict=True)
        ]
        own = agreements["agreement_id"].isin(of[~pd.Series(inside, index=of.index)]["row_id"])
        return found([], events["attribution"] != "speaker", terms["attribution"] != "speaker", own)
    made = {}
    for speaker, mine in links.groupby("speaker_actor_id"):
        keys = set(mine["linked_id"])
        keys |= set(parts[parts["event_actor_id"].isin(keys)]["event_id"])
        linked = event_links[event_links["event_link_id"].isin(keys)]
        keys |= set(linked["event_id"]) | set(linked["linked_event_id"])
        claimed = claims[claims["speaker_actor_id"] == speaker]
        keys |= set(claimed["term_id"]) | set(claimed["agreement_id"])
        said = statements[statements["speaker"] == mine["speaker"].iloc[0]]["statement_id"]
        tables = ((events, "event_id"), (terms, "term_id"), (agreements, "agreement_id"))
        made[speaker] = found(list(said), *(table[key].isin(keys) for table, key in tables))
    return made


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
    package = Package(ROOT)
    spoken = expected()
    speaker = max(spoken, key=lambda key: len(spoken[key]["statements"]))
    part = pd.read_csv(ROOT / "data/joined/event_actors.csv").query("event_id == @ROW").iloc[0]
    keys = {name: package.read_words(name)[package.key(name)].to_pylist()[0] for name in package.tables}
    titles = data_of(PAGE.read_text("utf-8"))["titles"]
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
        "row": ROW,
        "part": {"key": part["event_actor_id"], "text": part["text"]},
        "titles": {key: titles.get(key, key) for key in keys.values()},
        "citations": {key: nt.cite([key]) for key in (ROW, part["event_actor_id"], keys["codes"], keys["evidence"])},
        "speaker": speaker,
        "spoken": spoken,
        "without_claims": expected(claims_off=True),
        "told": joined_table("events")["attribution"].value_counts().to_dict(),
        "real_copy": write("real-whole", real) if real else None,
        "citation": nt.cite(),
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
    """What the page offers for download is the package's CSV to the byte, with licence, citation and version."""
    folder, package = in_browser["folder"], Package(ROOT)
    assert (folder / "events.csv").read_bytes() == (ROOT / "data/csv/events.csv").read_bytes()
    with zipfile.ZipFile(folder / "tables.zip") as archive:
        assert archive.testzip() is None
        files = {i.filename.partition("/")[2]: archive.read(i) for i in archive.infolist()}
    readme = files.pop("README.txt").decode("utf-8")
    assert files == {f"data/csv/{p.name}": p.read_bytes() for p in (ROOT / "data/csv").glob("*.csv")}
    assert f"Version {package.version}" in readme and nt.cite() in readme
    assert all(x["name"] in readme and x["path"] in readme for x in package.descriptor["licenses"])


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

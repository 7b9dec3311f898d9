"""How cost grows with the number of articles: ``python -m scripts.trials.bench`` measures, and writes docs/speed.md.

The packages have the shape of ours, as if so many articles had been coded. Of each: rows and bytes as CSV and
Parquet, seconds to load, check and verify, rows a second of our rules against frictionless, and the peak of memory.
Exit code 1 if something is beyond its bound.
"""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
import tempfile
import timeit
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import naqoura_talks
from naqoura_talks.package import Package
from naqoura_talks.text import digest, fold
from naqoura_talks.verify import Span, has
from scripts.build.parquet import parquet_bytes, parquet_table
from scripts.check import database, files, rules, schemas
from scripts.check.problems import Problem
from scripts.files import to_csv, write
from scripts.trials.changes import renamed
from scripts.trials.operators import read_tables

ROOT = Path(__file__).resolve().parents[2]
PAGE = Path(__file__).with_name("speed.md")
SIZES = (1, 100, 300)
# Our rules: seconds of the package; times frictionless and bytes of memory at the second size; growth from there.
BOUNDS = {"faster": 2.0, "growth": 1.25, "seconds": 1.0, "memory": 1.5e9}
# Their keys are not made of other rows' keys.
NAMED = ("actors", "places", "sources", "agreements", "ceasefire_terms", "events", "statements")
OWN_WORDS = ("name", "title", "citation", "proposition")
NUMBER = "000000"


def many_articles(root: Path, n: int) -> Path:
    """Write a package of the shape of ours, as if n articles like ours had been coded; return its folder.

    Each has keys, names and digests of its own, but all share the codebook, references, states and their places.
    """
    package = Package(ROOT)
    shutil.copytree(ROOT / "schemas", root / "schemas")
    shutil.copy(ROOT / "datapackage.json", root)
    tables = read_tables(package)
    codebook = {name: tables.pop(name) for name in ("codes", "crosswalk")}
    shared = {row["source_id"] for row in tables["sources"] if row["source_type"] != "coded_text"}
    for row in tables["identifiers"]:
        if row["agreement_id"] or row["event_id"]:
            row["value"] += NUMBER
        else:
            shared |= {row["actor_id"], row["place_id"]}
    new: dict[str, str] = {}
    for name in NAMED:
        for row in tables[name]:
            if (key := row[package.key(name)]) not in shared:
                new[key] = f"{key[:4]}a{NUMBER}-{key[4:]}"
                row |= {column: f"{row[column]} {NUMBER}" for column in OWN_WORDS if row.get(column)}
    renamed(tables, new)
    for row in tables["evidence"]:
        row["evidence_id"] += NUMBER if row["source_id"] not in shared else ""
    # A digest of a cell's words goes with the words, which stay.
    kept = {digest(cell) for rows in tables.values() for row in rows for cell in row.values()}
    (root / "data/csv").mkdir(parents=True)
    for name, rows in (tables | codebook).items():
        parts, lines = re.split(r"\b([0-9a-f]{64})\b", to_csv(row.values() for row in rows).decode()), set()
        for number in (f"{i:06}" for i in range(n)):
            own = (digest(part + number) if i % 2 and part not in kept else part for i, part in enumerate(parts))
            lines.update("".join(own).replace(NUMBER, number).splitlines(True))
        # Sorted as text, lines are sorted by key: a comma comes before all that a key can go on with.
        content = "".join([",".join(package.fields(name)) + "\n", *sorted(lines)])
        (root / f"data/csv/{name}.csv").write_bytes(content.encode())
    return root


def seconds(action: Callable[[], object], times: int = 1) -> float:
    """Return how long a call takes, the best of some times."""
    return min(timeit.repeat(action, number=1, repeat=times))


def verify(n: int) -> float:
    """Return how long it takes to verify the spans of n made-up texts, as many and as long as those of ours."""
    ends = naqoura_talks.load("evidence")[["char_start", "char_end"]].dropna().astype(int)
    text = fold("word " * (ends["char_end"].max() // 5 + 1))
    spans = [Span(a, b, digest(text[a:b])) for a, b in ends.itertuples(index=False)]
    return seconds(lambda: [all(has(text, span.start, span) for span in spans) for _ in range(n)])


def our_rules(package: Package) -> list[Problem]:
    """Read the tables and ask all rules that need no text; return what they find."""
    found = [p for name in package.tables for p in files.canonical_form(package, name)]
    return found + rules.ask(database.read(package), rules.every(package, False))[0]


def frictionless(root: Path) -> None:
    """Ask frictionless about the package; it must find nothing."""
    package = Package(root)
    assert list(schemas.frictionless_problems(package, package.tables)) == []


PEAK = """
import re, sys
from scripts.trials import bench
bench.our_rules(bench.Package(bench.Path(sys.argv[1])))
print(re.search(r"VmHWM:\\s*(\\d+) kB", open("/proc/self/status").read())[1])
"""


def measure(n: int, folder: Path) -> dict[str, float]:
    """Measure a package of n articles; the peak of memory is that of a new Python, and known on Linux alone."""
    root = many_articles(folder / str(n), n)
    package, paths = Package(root), []
    for name in package.tables:
        paths.append(root / f"{name}.parquet")
        paths[-1].write_bytes(parquet_bytes(parquet_table(package, name)))
    peak = subprocess.run([sys.executable, "-c", PEAK, root], check=True, capture_output=True).stdout
    return {
        "articles": n, "rows": sum(package.read_words(name).num_rows for name in package.tables),
        "csv": sum(package.path(name).stat().st_size for name in package.tables) / 1e6,
        "parquet": sum(path.stat().st_size for path in paths) / 1e6,
        "load": seconds(lambda: [pq.read_table(path).to_pandas() for path in paths], 3), "verify": verify(n),
        "check": seconds(lambda: our_rules(Package(root)), 3), "frictionless": seconds(lambda: frictionless(root)),
        "memory": int(peak) * 1024,
    }  # fmt: skip


def beyond(rows: list[dict[str, float]]) -> list[str]:
    """Return what is beyond its bound."""
    first, middle, last = rows
    within = {
        "faster": middle["frictionless"] / middle["check"] >= BOUNDS["faster"],
        "seconds": first["check"] <= BOUNDS["seconds"],
        "memory": middle["memory"] <= BOUNDS["memory"],
        "growth": last["check"] / last["rows"] <= BOUNDS["growth"] * middle["check"] / middle["rows"],
    }
    return [name for name, holds in within.items() if not holds]


def speed_table(rows: list[dict[str, float]]) -> str:
    """Return what was measured as a Markdown table."""
    names = "articles | rows | CSV, MB | Parquet, MB | load, s | verify, s | check, s | × frictionless | memory, GB"
    line = (
        "| {articles} | {rows:,} | {csv:.1f} | {parquet:.1f} | {load:.2f} | {verify:.2f} | {check:.2f} | {faster:.1f} |"
    )
    line += " {gigabytes:.2f} |"
    lines = [line.format(**r, faster=r["frictionless"] / r["check"], gigabytes=r["memory"] / 1e9) for r in rows]
    return "\n".join([f"| {names} |", "| ---: " * 9 + "|", *lines])


def speed_page(rows: list[dict[str, float]]) -> str:
    """Return docs/speed.md: how cost grows, up to where one machine does it, and what comes after."""
    last, libraries = rows[-1], ("duckdb", "pyarrow", "pandas", "frictionless")
    values = {
        "table": speed_table(rows), "processors": pa.cpu_count(), "python": platform.python_version(),
        "libraries": ", ".join(f"{name} {version(name)}" for name in libraries),
        "rows": f"{last['rows'] / last['articles']:,.0f}", "csv": f"{last['csv'] / last['articles'] * 1000:,.0f}",
        "parquet": f"{last['parquet'] / last['articles'] * 1000:,.0f}",
        # All tables are in memory at once when the rules are asked.
        "enough": f"{int(last['articles'] * 16e9 / last['memory'] / 2) // 100 * 100:,}",
        "seconds": BOUNDS["seconds"], "faster": BOUNDS["faster"], "memory": BOUNDS["memory"] / 1e9,
        "beyond": ", ".join(beyond(rows)) or "nothing",
    }  # fmt: skip
    return database.filled_in(PAGE.read_text("utf-8"), values)


def main() -> int:
    """Measure, print, and write the page; return 1 if something is beyond its bound."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [measure(n, Path(folder)) for n in SIZES]
    print(speed_table(rows))
    write(ROOT / "docs/speed.md", speed_page(rows).encode("utf-8"))
    if over := beyond(rows):
        print(f"Beyond the bound: {', '.join(over)}.")
    return int(bool(over))


if __name__ == "__main__":
    sys.exit(main())

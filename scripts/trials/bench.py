"""How cost grows with the number of articles, measured in one run; writes docs/speed.md.

  python -m scripts.trials.bench           1, 100 and 300 articles
  python -m scripts.trials.bench --quick   1 and 30, and nothing is written: for continuous integration

The packages have the shape of ours, as if so many articles had been coded. Of each: rows and bytes as CSV and
Parquet, seconds to load, check and verify, rows a second of our rules against frictionless, and the peak of memory.
Exit code 1 if something is beyond its bound.
"""

from __future__ import annotations

import argparse
import csv
import io
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import naqoura_talks
from naqoura_talks.package import Package
from naqoura_talks.text import digest, fold
from naqoura_talks.verify import Span, hold
from scripts.build.parquet import parquet_bytes, parquet_table
from scripts.check import database, files, rules, schemas
from scripts.check.problems import Problem
from scripts.files import write

ROOT = Path(__file__).resolve().parents[2]
SIZES, QUICK_SIZES = (1, 100, 300), (1, 30)
# Our rules: seconds of the package; times frictionless and bytes of memory at the second size; growth from there.
BOUNDS = {"faster": 2.0, "growth": 1.25, "seconds": 1.0, "memory": 1.5e9}
# The codebook is the same for any number of articles.
SHARED = ("codes", "crosswalk")
OWN_TEXT = ("name", "title", "citation", "proposition")
MARK, NUMBER, CUT = "a0000", "70000", "\0"


def article(package: Package) -> tuple[dict[str, list[str]], list[str]]:
    """Return the rows of each table as CSV, with MARK where another article has other keys and words.

    Each text is cut where a digest stands: every second piece is the number, in the list that comes
    second, of what the digest is of.
    """
    words = {name: package.read_words(name) for name in package.tables if name not in SHARED}
    fields = {name: package.fields(name) for name in words}
    renamed: dict[str, str] = {}

    def marked(name: str, column: str, value: str | None) -> str | None:
        if value is None or column == package.key(name):
            return value
        if fields[name][column]["provenance"] == "verbatim" or column in OWN_TEXT:
            return f"{MARK} {value}"
        # Numbers of states are as long as they are: every article has the same.
        longer = (name, column) == ("identifiers", "value") and len(value) > 3 and value[1:].isdigit()
        return value + NUMBER if longer else renamed.get(value, value)

    def column(name: str, column: str) -> pa.Array:
        return words[name][column].combine_chunks()

    def made_of(name: str) -> int:
        # Keys that are made of others come after them.
        return {"statement_links": 2, "evidence": 3}.get(name, int(bool(forms(name))))

    def forms(name: str) -> list[list[str | None]]:
        known = database.read(package, given=words)
        made = known.ask(
            f"SELECT list(made) AS forms FROM keys_of_parts WHERE table_name = '{name}' GROUP BY row_no ORDER BY row_no"
        )
        return [row["forms"] for row in made]

    for name in words:
        for key in [] if made_of(name) else words[name][package.key(name)].to_pylist():
            renamed[key] = f"{key[:4]}{MARK}-{key[4:]}"
    for name in sorted(words, key=made_of):
        old_forms = forms(name)
        old_keys = words[name][package.key(name)].to_pylist()
        columns = {c: [marked(name, c, v) for v in words[name][c].to_pylist()] for c in fields[name]}
        words[name] = pa.table({c: pa.array(v, pa.string()) for c, v in columns.items()})
        new_forms = forms(name)
        for i, key in enumerate(old_keys):
            for old, new in zip(old_forms[i], new_forms[i], strict=True) if old_forms else ():
                # Keys of evidence go on with a number.
                if old and re.fullmatch(re.escape(old) + "[0-9]*", key):
                    renamed[key] = new + key[len(old) :]
        keys = pa.array([renamed[key] for key in old_keys], pa.string())
        words[name] = words[name].set_column(0, package.key(name), keys)
    # A digest is of the marked words of a verbatim cell that has it, else of what it was, with the mark.
    was = package.read_words("evidence")
    quoted: dict[str, str] = {}
    for name, row_id, column, digest_, support in zip(
        *(was[c].to_pylist() for c in ("table_name", "row_id", "column_name", "sha256", "support")), strict=True
    ):
        if support == "explicit" and column and fields[name][column]["provenance"] == "verbatim":
            i = pc.index(words[name][package.key(name)], renamed[row_id]).as_py()
            quoted[digest_] = words[name][column][i].as_py()
    digested: list[str] = []

    def digest_of(value: str) -> str:
        digested.append(quoted.get(value, f"{value} {MARK}"))
        return f"{CUT}{len(digested) - 1}{CUT}"

    pieces = {}
    for name, table in words.items():
        rows = table.to_pylist()
        for row in rows:
            row |= {c: digest_of(row[c]) for c in ("text_sha256", "sha256") if row.get(c)}
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(row.values() for row in rows)
        pieces[name] = text.getvalue().split(CUT)
    return pieces, digested


def many_articles(root: Path, n: int) -> Path:
    """Write a package of the shape of ours, as if n articles like ours had been coded; return its folder."""
    package = Package(ROOT)
    shutil.copytree(ROOT / "schemas", root / "schemas")
    shutil.copy(ROOT / "datapackage.json", root)
    (root / "data/csv").mkdir(parents=True)
    for name in SHARED:
        shutil.copy(package.path(name), root / "data/csv")
    tables, digested = article(package)
    for name, pieces in tables.items():
        lines: list[str] = []
        for i in range(n):
            own = (digested[int(piece)] if odd % 2 else piece for odd, piece in enumerate(pieces))
            own = (piece.replace(MARK, f"a{i:04}").replace(NUMBER, f"7{i:04}") for piece in own)
            lines += "".join(digest(piece) if odd % 2 else piece for odd, piece in enumerate(own)).splitlines(True)
        # Sorted as text, lines are sorted by key: a comma comes before all that a key can go on with.
        with (root / f"data/csv/{name}.csv").open("w", encoding="utf-8", newline="") as file:
            file.write(",".join(package.fields(name)) + "\n")
            file.writelines(sorted(lines))
    return root


def seconds(action: Callable[[], object], times: int = 1) -> float:
    """Return how long a call takes, the best of some times."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        action()
        taken.append(time.perf_counter() - started)
    return min(taken)


def load(paths: list[Path]) -> None:
    """Read Parquet files as pandas frames, as load() does."""
    for path in paths:
        pq.read_table(path).to_pandas()


def verify(n: int) -> float:
    """Return how long it takes to verify the spans of n made-up texts, as many and as long as those of ours."""
    spans_of_one = naqoura_talks.load("evidence")
    text = fold("word " * (int(spans_of_one["char_end"].max()) // 5 + 1))
    ends = spans_of_one[["char_start", "char_end"]].dropna().astype(int).itertuples(index=False)
    spans = [Span(a, b, digest(text[a:b])) for a, b in ends]
    return seconds(lambda: [all(hold(text, spans)) for _ in range(n)])


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
if len(sys.argv) > 1:
    bench.our_rules(bench.Package(bench.Path(sys.argv[1])))
print(re.search(r"VmHWM:\\s*(\\d+) kB", open("/proc/self/status").read())[1])
"""


def peak_memory(root: Path) -> int | None:
    """Return by how many bytes our rules raise the peak of memory of a new Python; None where Linux is not."""
    if not Path("/proc/self/status").exists():
        return None
    command = [sys.executable, "-c", PEAK]
    runs = [subprocess.run(command + more, check=True, capture_output=True) for more in ([str(root)], [])]
    with_rules, without = (int(run.stdout) * 1024 for run in runs)
    return with_rules - without


def measure(sizes: tuple[int, ...]) -> list[dict[str, float]]:
    """Measure packages of these numbers of articles."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for n in sizes:
            root = many_articles(Path(folder) / str(n), n)
            package, paths = Package(root), []
            for name in package.tables:
                paths.append(root / f"{name}.parquet")
                paths[-1].write_bytes(parquet_bytes(parquet_table(package, name)))
            rows.append({
                "articles": n, "rows": sum(package.read_words(name).num_rows for name in package.tables),
                "csv": sum(package.path(name).stat().st_size for name in package.tables) / 1e6,
                "parquet": sum(path.stat().st_size for path in paths) / 1e6,
                "load": seconds(partial(load, paths), 3), "verify": verify(n),
                "check": seconds(lambda root=root: our_rules(Package(root)), 3),
                "frictionless": seconds(partial(frictionless, root)), "memory": peak_memory(root) or 0,
            })  # fmt: skip
            shutil.rmtree(root)
    return rows


def beyond(rows: list[dict[str, float]]) -> list[str]:
    """Return what is beyond its bound; of quick sizes only the seconds of one article have one."""
    first, middle, last = rows[0], rows[1], rows[-1]
    per_row = [row["check"] / row["rows"] for row in (middle, last)]
    found = ["seconds"] if first["check"] > BOUNDS["seconds"] else []
    if len(rows) > 2:
        found += ["faster"] if middle["frictionless"] / middle["check"] < BOUNDS["faster"] else []
        found += ["memory"] if middle["memory"] > BOUNDS["memory"] else []
        found += ["growth"] if per_row[1] / per_row[0] > BOUNDS["growth"] else []
    return found


def speed_table(rows: list[dict[str, float]]) -> str:
    """Return what was measured as a Markdown table."""
    names = "articles | rows | CSV, MB | Parquet, MB | load, s | verify, s | check, s | × frictionless | memory, GB"
    lines = [f"| {names} |", "| ---: " * 9 + "|"]
    lines += [
        f"| {r['articles']} | {r['rows']:,} | {r['csv']:.1f} | {r['parquet']:.1f} | {r['load']:.2f} "
        f"| {r['verify']:.2f} | {r['check']:.2f} | {r['frictionless'] / r['check']:.1f} | {r['memory'] / 1e9:.2f} |"
        for r in rows
    ]
    return "\n".join(lines)


def speed_page(rows: list[dict[str, float]]) -> str:
    """Return docs/speed.md: how cost grows, up to where one machine does it, and what comes after."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "pyarrow", "pandas", "frictionless"))
    last = rows[-1]
    # All tables are in memory at once when the rules are asked.
    enough = int(last["articles"] * 16e9 / last["memory"] / 2) // 100 * 100 if last["memory"] else last["articles"]
    return f"""# How cost grows

Written by `make bench` as it measured, on {pa.cpu_count()} processors with Python {platform.python_version()},
{libraries}; the build does not make this page.

{speed_table(rows)}

Each package has the shape of Naqoura Talks: its rows, as if so many articles like it had been coded, with
keys, titles, quoted words and digests of its own for each.
One article has about {last["rows"] / last["articles"]:,.0f} rows,
{last["csv"] / last["articles"] * 1000:,.0f} kB as CSV
and {last["parquet"] / last["articles"] * 1000:,.0f} kB as Parquet.
*Load* is the Parquet files as pandas frames, *verify* all spans of evidence in their texts, *check* all our rules that
need no text, with reading; frictionless asks the rest, types, codes and keys. Times are the best of three, but for
frictionless and *verify*. *Memory* is by how much our rules raise the peak.

All tables are in memory while the rules are asked, so a machine with 16 GB does about {enough:,} articles with room to
spare. Beyond that put the Parquet files of many packages side by side, partitioned by source, and ask Spark: its SQL
reads them as they are, and keys, and who asserts what, are asked there in the same way.

`make bench` fails if our rules take more than {BOUNDS["seconds"]:.0f} second for one article; or at a hundred
less than {BOUNDS["faster"]:.0f} times the rows a second of frictionless, or more than
{BOUNDS["memory"] / 1e9} GB;
or if from there to three hundred the seconds a row grow by more than a quarter.
"""


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and write the page; return 1 if something is beyond its bound."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="smaller packages; docs/speed.md is left alone")
    args = parser.parse_args(argv)
    rows = measure(QUICK_SIZES if args.quick else SIZES)
    print(speed_table(rows))
    if not args.quick:
        write(ROOT / "docs/speed.md", speed_page(rows).encode("utf-8"))
    if over := beyond(rows):
        print(f"Beyond the bound: {', '.join(over)}.")
    return int(bool(over))


if __name__ == "__main__":
    sys.exit(main())

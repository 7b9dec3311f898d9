"""How fast the loader and the check are, as ratios measured in one run, so that the machine does not matter.

  load     all tables with load(), against bare pyarrow with the same mapping of types
  import   importing naqoura_talks, against the part of it that is importing pandas
  spans    verifying a million spans over ten thousand made-up texts, against slicing and hashing them
  growth   seconds a span with a million spans, against those with ten thousand
  page     seconds to verify a page of 200 kB that holds nothing of the text, which takes longest; no bound

  check    all our rules (reading included) on packages of the shape of ours, as if many articles had
           been coded: rows a second against frictionless, time against merely reading the CSV, growth
           from one size to the next, and the peak of memory against the size of the tables

The two sides of a ratio take turns, and the best time of each counts, as the others measure what
else the machine was doing; the check is bound in seconds of processor, all threads together.
Exit code 1 if a ratio is beyond its bound. The check's table is written to docs/speed.md as it was
measured.

  bench.py --quick   smaller packages, and nothing is written: for continuous integration
"""

from __future__ import annotations

import argparse
import csv
import io
import platform
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import naqoura_talks
from naqoura_talks.package import Package
from naqoura_talks.text import digest, fold
from naqoura_talks.verify import Span, hold
from scripts.check import database, files, rules, schemas
from scripts.check.problems import Problem
from scripts.files import write

BOUNDS = {"load": 1.2, "import": 1.1, "spans": 3.0, "growth": 1.5}


def seconds(action: Callable[[], object]) -> float:
    """Return how long one call takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def ratio(ours: Callable[[], object], theirs: Callable[[], object], times: int) -> tuple[float, float, float]:
    """Return the ratio of our best time to theirs, and both in seconds; the two sides take turns."""
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(times)]
    mine, other = (min(side) for side in zip(*pairs, strict=True))
    return mine / other, mine, other


def bare_pyarrow() -> list[pd.DataFrame]:
    """Read all tables with pyarrow alone, to the same types but the ordered categories."""
    types = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    return [pq.read_table(path).to_pandas(types_mapper=types.get, date_as_object=False) for path in PATHS]


PATHS = [naqoura_talks.path(name, "parquet") for name in naqoura_talks.tables()["table"]]


IMPORTS = """
import time
started = time.perf_counter()
import pandas
middle = time.perf_counter()
import naqoura_talks
print(time.perf_counter() - started, middle - started)
"""


def import_ratio(times: int) -> tuple[float, float, float]:
    """Return what importing naqoura_talks costs, against the pandas in it, in the best of new Pythons."""
    runs = [subprocess.run([sys.executable, "-c", IMPORTS], check=True, capture_output=True) for _ in range(times)]
    pairs = [tuple(float(x) for x in run.stdout.split()) for run in runs]
    ours, theirs = min(pairs, key=lambda pair: pair[0] / pair[1])
    return ours / theirs, ours, theirs


def made_up_texts(n: int) -> list[tuple[str, list[Span]]]:
    """Return n texts of 400 made-up words with a hundred spans each, all of which hold."""
    rng, texts = random.Random(n), []
    words = ["talks", "truce", "harbour", "said", "\u201cyes\u201d", "the", "of", "Norland\u2019s", "border", "and"]
    for _ in range(n):
        text = " ".join(rng.choices(words, k=400))
        spans = []
        for _ in range(100):
            start = rng.randrange(len(text) - 200)
            end = start + rng.randrange(3, 200)
            spans.append(Span(start, end, digest(text[start:end])))
        texts.append((text, spans))
    return texts


def verify_spans(texts: list[tuple[str, list[Span]]]) -> None:
    """Verify all spans; each must hold."""
    assert all(all(hold(fold(text), spans)) for text, spans in texts)


def slice_and_hash(texts: list[tuple[str, list[Span]]]) -> None:
    """Slice and hash the same spans, and do nothing else."""
    for text, spans in texts:
        for start, end, _ in spans:
            sha256(text[start:end].encode("utf-8")).hexdigest()


def page_seconds() -> float:
    """Return how long the command takes, start-up included, for a page of 200 kB without the text."""
    words = made_up_texts(75)
    with tempfile.NamedTemporaryFile("w", suffix=".html", encoding="utf-8") as page:
        page.write("<html><body>" + "".join(f"<p>{text}</p>" for text, _ in words))
        page.flush()
        command = [sys.executable, "-m", "naqoura_talks", "verify", page.name]
        return min(seconds(lambda: subprocess.run(command, check=False, stdout=subprocess.DEVNULL)) for _ in range(3))


# --- the check ---

ROOT = Path(__file__).resolve().parents[2]
SIZES, QUICK_SIZES = (1, 100, 300), (1, 30)
# At the largest size; growth is against the size before.
CHECK_BOUNDS = {"faster": 2.0, "growth": 1.25, "seconds": 1.0, "memory": 1.5e9}
# At the largest of the quick sizes what a run costs whatever the size, a tenth of a second, still weighs.
QUICK_BOUNDS = {"seconds": 1.0}
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
        return value + NUMBER if (name, column) == ("identifiers", "value") else renamed.get(value, value)

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


class Cost(NamedTuple):
    """What a call costs: seconds by the clock, and seconds of processor, all threads together."""

    clock: float
    processor: float


def cost(action: Callable[[], object]) -> Cost:
    """Return what one call costs."""
    clock, processor = time.perf_counter(), time.process_time()
    action()
    return Cost(time.perf_counter() - clock, time.process_time() - processor)


def least(costs: Iterable[Cost]) -> Cost:
    """Return the least of each kind."""
    return Cost(*map(min, zip(*costs, strict=True)))


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


def measure_check(sizes: tuple[int, ...], bounds: dict[str, float]) -> tuple[str, list[str]]:
    """Measure the check at these numbers of articles; return the table, and what is beyond its bound."""
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for n in sizes:
            root = many_articles(Path(folder) / str(n), n)
            lines = sum(len(Package(root).read_words(name)) for name in Package(root).tables)
            ours = least(cost(lambda root=root: our_rules(Package(root))) for _ in range(3)).clock
            theirs, peak = cost(partial(frictionless, root)).clock, peak_memory(root)
            rows.append({"articles": n, "rows": lines, "ours": ours, "theirs": theirs, "memory": peak or 0})
            shutil.rmtree(root)
    # The package itself, the size at which memory and frictionless are compared, and the growth from there.
    first, middle, last = rows[0], rows[min(1, len(rows) - 1)], rows[-1]
    measured = {
        "seconds": first["ours"], "memory": middle["memory"], "faster": middle["theirs"] / middle["ours"],
        "growth": last["ours"] / last["rows"] * middle["rows"] / middle["ours"],
    }  # fmt: skip
    beyond = [n for n, bound in bounds.items() if (measured[n] < bound if n == "faster" else measured[n] > bound)]
    return "\n".join(speed_table(rows)), beyond


def speed_table(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Return what was measured as the lines of a Markdown table."""
    yield "| articles | rows | our rules, s | rows/s | frictionless, rows/s | faster | memory, GB |"
    yield "| ---: " * 7 + "|"
    for r in rows:
        ours, theirs = r["ours"], r["theirs"]
        yield (
            f"| {r['articles']} | {r['rows']:,} | {ours:.2f} | {r['rows'] / ours:,.0f} | {r['rows'] / theirs:,.0f} "
            f"| {theirs / ours:.1f} × | {r['memory'] / 1e9:.2f} |"
        )


def speed_page(table: str) -> str:
    """Return docs/speed.md: the table and what was measured, by which versions."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "pyarrow", "pandas", "frictionless"))
    return f"""# How fast the check is

Written by `make bench` as it measured; the build does not make this page. Measured on {pa.cpu_count()} processors with
Python {platform.python_version()}, {libraries}.

{table}

Each package has the shape of Naqoura Talks: its rows, as if so many articles like it had been coded, with keys,
titles, quoted words and digests of its own for each article. Of our rules the time is the best of three.

- **our rules**: the package is read and all rules that need no text are asked; they find nothing. One article takes
  at most {CHECK_BOUNDS["seconds"]:.0f} second, a hundred at least
  {CHECK_BOUNDS["faster"]:.0f} × the rows a second of frictionless.
- **frictionless** is given the same tables with their types, keys and constraints, which our rules leave to it.
- **memory**: by how much our rules raise the peak of memory; at most
  {CHECK_BOUNDS["memory"] / 1e9} GB at a hundred articles.
- From a hundred to three hundred articles the seconds a row grow by at most a quarter.

`make bench` fails beyond these bounds.
"""


def main(argv: list[str] | None = None) -> int:
    """Print the ratios; return 1 if one is beyond its bound."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="smaller packages; docs/speed.md is left alone")
    args = parser.parse_args(argv)
    table, beyond = measure_check(*((QUICK_SIZES, QUICK_BOUNDS) if args.quick else (SIZES, CHECK_BOUNDS)))
    print(table)
    if not args.quick:
        write(ROOT / "docs/speed.md", speed_page(table).encode("utf-8"))
    naqoura_talks.load()
    bare_pyarrow()
    few, many = made_up_texts(100), made_up_texts(10_000)
    measured = {
        "load": ratio(naqoura_talks.load, bare_pyarrow, 30),
        "import": import_ratio(7),
        "spans": ratio(lambda: verify_spans(many), lambda: slice_and_hash(many), 3),
        # The small side a hundred times, so that both sides do a million spans.
        "growth": ratio(lambda: verify_spans(many), lambda: [verify_spans(few) for _ in range(100)], 3),
    }
    page = page_seconds()
    print(f"page    {page:5.2f} s")
    for name, (value, ours, theirs) in measured.items():
        print(f"{name:<8}{value:5.2f} × (at most {BOUNDS[name]}), {ours * 1000:.0f} ms against {theirs * 1000:.0f} ms")
    beyond += [name for name, (value, _, _) in measured.items() if value > BOUNDS[name]]
    if beyond:
        print(f"Beyond the bound: {', '.join(beyond)}.")
    return int(bool(beyond))


if __name__ == "__main__":
    sys.exit(main())

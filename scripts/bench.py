"""How fast the loader is, as ratios measured in one run, so that the machine does not matter.

  load     all tables with load(), against bare pyarrow with the same mapping of types
  import   importing naqoura_talks, against the part of it that is importing pandas
  spans    verifying a million spans over ten thousand made-up texts, against slicing and hashing them
  growth   seconds a span with a million spans, against those with ten thousand
  page     seconds to verify a page of 200 kB that holds nothing of the text, which takes longest; no bound

The two sides of a ratio take turns, and the best time of each counts, as the others measure what
else the machine was doing. Exit code 1 if a ratio is above its bound.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import naqoura_talks
from naqoura_talks.text import digest, fold
from naqoura_talks.verify import Span, hold

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
    types = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype(), pa.date32(): pd.ArrowDtype(pa.date32())}
    return [pq.read_table(path).to_pandas(types_mapper=types.get) for path in PATHS]


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


def main() -> int:
    """Print the ratios; return 1 if one is above its bound."""
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
    return int(any(value > BOUNDS[name] for name, (value, _, _) in measured.items()))


if __name__ == "__main__":
    sys.exit(main())

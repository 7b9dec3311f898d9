"""How fast the loader is, as ratios measured in one run, so that the machine does not matter.

  load     all tables with load(), against bare pyarrow with the same mapping of types
  import   a new Python that imports naqoura_talks, against one that imports pandas

Each ratio is the median of paired measurements, one of each side in turn. Exit code 1 if one is
above its bound.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import naqoura_talks

BOUNDS = {"load": 1.2, "import": 1.1}


def seconds(action: Callable[[], object]) -> float:
    """Return how long one call takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def ratio(ours: Callable[[], object], theirs: Callable[[], object], times: int) -> tuple[float, float, float]:
    """Return the median ratio of ours to theirs, and both medians in seconds."""
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(times)]
    mine, other = (statistics.median(side) for side in zip(*pairs, strict=True))
    return statistics.median(a / b for a, b in pairs), mine, other


def bare_pyarrow() -> list[pd.DataFrame]:
    """Read all tables with pyarrow alone, to the same types but the ordered categories."""
    types = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype(), pa.date32(): pd.ArrowDtype(pa.date32())}
    return [pq.read_table(path).to_pandas(types_mapper=types.get) for path in PATHS]


PATHS = [naqoura_talks.path(name, "parquet") for name in naqoura_talks.tables()["table"]]


def fresh(statement: str) -> Callable[[], object]:
    """Return a call that runs a statement in a new Python."""
    return lambda: subprocess.run([sys.executable, "-c", statement], check=True)


def main() -> int:
    """Print the ratios; return 1 if one is above its bound."""
    naqoura_talks.load()
    bare_pyarrow()
    measured = {
        "load": ratio(naqoura_talks.load, bare_pyarrow, 30),
        "import": ratio(fresh("import naqoura_talks"), fresh("import pandas"), 15),
    }
    for name, (value, ours, theirs) in measured.items():
        print(f"{name:<8}{value:5.2f} × (at most {BOUNDS[name]}), {ours * 1000:.0f} ms against {theirs * 1000:.0f} ms")
    return int(any(value > BOUNDS[name] for name, (value, _, _) in measured.items()))


if __name__ == "__main__":
    sys.exit(main())

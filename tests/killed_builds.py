"""Kill builds of a package at random moments, and let the next build finish: ``killed_builds.py ROOT FOLDER N SEED``.

Run as a program of its own, so that the builds can be forked from a process in which nothing has started
threads yet. Each build is killed in the middle of its work, by a timer that is set when it comes to a seeded
one of the files that it opens for writing or renames. Prints one line per build: what killed it, how
many files it had written by then, and whether the next build ended well and gave the bytes of one that
nothing disturbed; exits with 1 if one did not.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from random import Random

from scripts.build import command as build


def content(root: Path) -> dict[str, bytes]:
    """Return every file of the package by path, without what a killed build left beside its files."""
    found = (p for p in sorted(root.rglob("*")) if p.is_file() and p.suffix != ".part")
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in found}


def forked(root: Path, step: int | None = None, delay: float = 0.0) -> int:
    """Build in a process of its own, killed a moment after its write number step; return how it ended."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    seen = 0

    def count(event: str, args: tuple) -> None:
        nonlocal seen
        writes = event == "os.rename" or (event == "open" and args[1] in ("w", "wb"))
        if writes and str(args[0]).startswith(str(root)):
            seen += 1
            if seen == step:
                # Without a handler the alarm ends the process at once, as a kill does.
                signal.setitimer(signal.ITIMER_REAL, max(delay, 1e-6))

    if step is not None:
        sys.addaudithook(count)
    try:
        build.build(root)
        os._exit(0)
    except BaseException:
        os._exit(99)


def main(whole: Path, folder: Path, n: int, seed: int) -> int:
    """Kill n builds; see the module's text."""
    rng, good = Random(seed), True
    reference = folder / "reference"
    shutil.copytree(whole, reference)
    before = content(reference)
    if forked(reference):
        print("The undisturbed build failed.")
        return 1
    after = content(reference)
    writes = 2 * sum(before.get(path) != data for path, data in after.items())
    for i in range(n):
        root = folder / str(i)
        shutil.copytree(whole, root)
        status = forked(root, rng.randint(1, writes), rng.choice([0.0, rng.uniform(0, 0.002), rng.uniform(0, 0.02)]))
        killed = content(root)
        torn = [p for p, d in killed.items() if d not in (before.get(p), after.get(p))]
        left = len(list(root.rglob(".*.part")))
        written = sum(before.get(p) != d for p, d in killed.items())
        completed = forked(root) == 0 and content(root) == after
        good &= not torn and completed
        print(
            f"{i}: {'killed' if os.WIFSIGNALED(status) else 'ended'}, {written} of {writes // 2} files written, "
            f"{left} left beside, torn: {torn}, completed: {completed}"
        )
        shutil.rmtree(root)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))

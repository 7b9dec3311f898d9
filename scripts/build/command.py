"""Check the sources, make what is generated, check the whole, and say what there is.

  build.py          check → build → check → summary; nothing is done again that need not be
  build.py --force  all of it, even if nothing has changed

Only files that differ are written, each beside its place first and then renamed, so that a build
that is killed, or that finds no room, leaves no torn file and the next one finishes its work. Of two
builds at once in one folder the second waits for the first.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from naqoura_talks.package import Package, PackageError
from scripts.build import counts, products
from scripts.check import command as check
from scripts.files import cannot_write, write

ROOT = Path(__file__).resolve().parents[2]
# Folders that the build neither reads nor makes.
NOT_OURS = {"dist", "node_modules", "tests", "__pycache__"}
LEFTOVER = re.compile(r".+\.\d+\.part")


def files(root: Path) -> Iterator[Path]:
    """Yield the package's files in one order everywhere, without hidden ones and folders that are not ours."""
    for path in sorted(root.iterdir()):
        if path.name in NOT_OURS or path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from files(path)
        elif path.is_file():
            yield path


def fingerprint(root: Path, texts: tuple[str, ...]) -> str:
    """Return a digest of everything that the build reads or makes, and of the coded text."""
    digest = hashlib.sha256("\0".join(texts).encode("utf-8"))
    for file in files(root):
        data = file.read_bytes()
        digest.update(f"{file.relative_to(root).as_posix()}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Keep other builds of the folder waiting; the lock of a build that is killed goes with it."""
    # Not to be had on Windows, where neither is make as the Makefile uses it.
    import fcntl

    path = root / ".cache/lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("wb")
    except OSError as error:
        raise cannot_write(path, error) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another build of this folder is running: waiting for it.", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def remove_leftovers(root: Path) -> None:
    """Remove what a build that was killed left beside its files."""
    for path in [*files(root), *(root / ".cache").glob("*.part")]:
        if LEFTOVER.fullmatch(path.name):
            try:
                path.unlink()
            except OSError as error:
                raise cannot_write(path, error) from None


def build(root: Path) -> list[str]:
    """Write the generated files that are missing or differ; return their paths."""
    made = products.products(root)
    # The descriptors come last: they hold the digests of the files before them.
    changed = sorted(products.stale(root, made), key=lambda p: (p.endswith("datapackage.json"), p))
    for path in changed:
        write(root / path, made[path])
    return changed


def summary(root: Path, texts: tuple[str, ...], written: list[str], seconds: float) -> str:
    """Return what the package holds, what was checked, and where to go next, for the terminal."""
    terminal = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    bold, dim, plain = ("\033[1m", "\033[2m", "\033[0m") if terminal else ("", "", "")
    package = Package(root)
    figures = counts.evidence_figures(package)
    lines = ["", f"{bold}{package.descriptor['title']}{plain}", f"{dim}version {package.version}{plain}", ""]
    for group, resources in counts.by_group(package).items():
        lines.append(f"  {bold}{counts.GROUPS[group]}{plain}")
        for resource in resources:
            rows = package.read_words(resource["name"]).num_rows
            lines.append(f"    {resource['name']:<20}{rows:>6} rows  {dim}{resource['title']}{plain}")
    own, have = (figures[f"cells {x} evidence of their own"] for x in ("that need", "with"))
    lines += [
        "",
        f"  checked   {check.what_was_checked(texts)}",
        f"  evidence  {have} of {own} cells that need their own have it; "
        f"{figures['coded rows with evidence']} of {figures['coded rows']} coded rows",
        f"  written   {', '.join(written) if len(written) < 8 else f'{len(written)} files'}"
        if written
        else "  written   nothing: all generated files were up to date",
        f"  time      {seconds:.1f} s",
        "",
        "  Next: README.md, or try",
        "    .venv/bin/python -m naqoura_talks show statements --joined",
        "    .venv/bin/python -c \"import naqoura_talks; print(naqoura_talks.load('events'))\"",
        "    make test",
        "",
    ]
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    """Run the build; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--root", type=Path, default=ROOT, help="the package's folder")
    parser.add_argument("--force", action="store_true", help="check and build even if nothing has changed")
    args = parser.parse_args(argv)
    root, started = args.root, time.monotonic()
    stamp = root / ".cache/built"
    try:
        texts = check.coded_texts()
        with alone(root):
            if not args.force and stamp.is_file() and stamp.read_text("utf-8") == fingerprint(root, texts):
                print(
                    "Nothing has changed since the last build: not checked or built again (make check does it anyway)."
                )
                return 0
            remove_leftovers(root)
            if found := check.source_problems(root, texts):
                print(check.report(found))
                print("Nothing was built.")
                return 1
            written = build(root)
            if found := check.all_problems(root, texts):
                print(check.report(found))
                return 1
            write(stamp, fingerprint(root, texts).encode("utf-8"))
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    print(summary(root, texts, written, time.monotonic() - started))
    return 0

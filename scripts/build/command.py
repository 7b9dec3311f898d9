"""Check the sources, make what is generated from them, and say what there is.

  python -m scripts.build          nothing is made while the sources have problems; only files that differ are written
  python -m scripts.build --check  write nothing, and say which generated files are not what the sources make

Each file is written beside its place and then renamed: what stops a build leaves no file in pieces, and the next
build makes what is missing.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from naqoura_talks.package import Package, PackageError
from scripts.build import counts, products
from scripts.build.figures import TEMPLATES
from scripts.check import command as check
from scripts.check.problems import Problem, as_text
from scripts.files import write

ROOT = Path(__file__).resolve().parents[2]


def build(root: Path) -> list[str]:
    """Write the generated files that are missing or differ; return their paths."""
    made = products.products(root)
    # The descriptors come last: they hold the digests of the files before them.
    changed = sorted(products.stale(root, made), key=lambda p: (p.endswith("datapackage.json"), p))
    for path in changed:
        write(root / path, made[path])
    return changed


def product_problems(root: Path) -> list[Problem]:
    """Return a problem for each generated file that is missing or is not what the sources make."""
    stale = products.stale(root, products.products(root))
    return [Problem("products", p, None, "", "", "", "the file as the sources make it", "Run `make`.") for p in stale]


def problems(root: Path, texts: tuple[str, ...]) -> list[Problem]:
    """Return the problems of the sources; if there is none, those of what is made from them."""
    return check.source_problems(root, texts) or product_problems(root)


def summary(root: Path, texts: tuple[str, ...], written: list[str], seconds: float) -> str:
    """Return what the package holds, what was checked, and where to go next, for the terminal."""
    terminal = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    bold, dim, plain = ("\033[1m", "\033[2m", "\033[0m") if terminal else ("", "", "")
    package = Package(root)
    return TEMPLATES.get_template("summary.txt").render(
        package=package, groups=counts.by_group(package), figures=counts.evidence_figures(package), written=written,
        checked=check.what_was_checked(texts), seconds=seconds, bold=bold, dim=dim, plain=plain,
    )  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    """Run the build; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--root", type=Path, default=ROOT, help="the package's folder")
    parser.add_argument("--check", action="store_true", help="write nothing; say what is not as the sources make it")
    args = parser.parse_args(argv)
    root, started = args.root, time.monotonic()
    try:
        texts = check.coded_texts()
        if found := problems(root, texts) if args.check else check.source_problems(root, texts):
            print(as_text(found))
            print("Nothing was built.")
            return 1
        if args.check:
            print("All generated files are what the sources make.")
            return 0
        written = build(root)
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    print(summary(root, texts, written, time.monotonic() - started))
    return 0

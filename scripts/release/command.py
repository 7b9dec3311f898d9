"""Make everything that is published of this version, in dist/. Nothing is uploaded.

The working tree must be committed and the check must find no problem. What is made is made from the
commit, and two releases of one commit with one environment are equal to the byte: files that hold a
time have the version's own (`created` in the descriptor) in its place.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import re
import shutil
import sys
import tempfile
from contextlib import redirect_stdout
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Template

import naqoura_talks
from naqoura_talks.export import FORMATS, Table, tables, zipped
from naqoura_talks.frames import ACCOUNT
from naqoura_talks.package import Package, PackageError
from scripts.build import command as build
from scripts.check import command as check
from scripts.check.versions import compare, number, releases
from scripts.files import run, swhid_of_folder, to_csv, to_json, unpack_commit
from scripts.release import diff

ROOT = Path(__file__).resolve().parents[2]
# What the zip holds of the checkout; the page stands beside the codebook, to which its links lead.
PARTS = (
    "datapackage.json", "data", "schemas", "coding", "CHANGELOG.md", "CITATION.cff", "LICENSE", "LICENSE-DATA",
    "docs/codebook.md", "docs/dataset-card.md", "docs/croissant.json", "docs/index.html",
)  # fmt: skip
ADDED = ROOT / "scripts/release/zip"


def checked(root: Path) -> str:
    """Return the check's report on a tree that is committed. Raises PackageError if it is not, or not sound."""
    try:
        changed = run("git", "-C", root, "status", "--porcelain").decode("utf-8")
    except (PackageError, OSError):
        raise PackageError(f"{root}: a release is made from a commit, and this is no git checkout.") from None
    if changed:
        raise PackageError(f"A release is made from a commit. Commit or remove these first, then again:\n{changed}")
    if not os.environ.get("NAQOURA_TALKS_TEXT"):
        print("NAQOURA_TALKS_TEXT is not set, and the check's report will say so.", file=sys.stderr)
    with redirect_stdout(io.StringIO()) as printed:
        failed = check.main([]) or build.main(["--check"])
    report = printed.getvalue()
    if failed:
        raise PackageError(f"The check found problems, so there is no release. Fix them, then again:\n{report}")
    return report


def distributions(tree: Path) -> dict[str, bytes]:
    """Return the sdist, and the wheel that is built from it."""
    created = datetime.fromisoformat(Package(tree).descriptor["created"])
    with tempfile.TemporaryDirectory() as folder:
        command = (sys.executable, "-P", "-m", "build", "--no-isolation", "--outdir", folder, tree)
        run(*command, SOURCE_DATE_EPOCH=str(int(created.timestamp())))
        return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


def figures(tree: Path) -> dict[str, bytes]:
    """Return each figure as SVG, PDF and PNG of 300 dots an inch, and the captions; the writer brings the font."""
    import vl_convert

    listed = rb"\s+/po\d+ \d+ 0 R"
    files = {"figures.md": (tree / "docs/figures/captions.md").read_bytes()}
    for path in sorted((tree / "docs/figures").glob("*.svg")):
        svg = path.read_text("utf-8")
        # The writer takes a millimetre for 96/25.4 of a point; a number without unit is a point to it.
        points = re.sub(r'width="\S+mm" height="\S+mm" (viewBox="0 0 (\S+) (\S+)")', r'width="\2" height="\3" \1', svg)
        pdf = vl_convert.svg_to_pdf(points)
        # The writer lists what a page paints with in an order of its own each time.
        pdf = re.sub(rb"(?:" + listed + rb")+", lambda m: b"".join(sorted(re.findall(listed, m[0]))), pdf)
        files |= {path.name: path.read_bytes(), f"{path.stem}.pdf": pdf}
        files[f"{path.stem}.png"] = vl_convert.svg_to_png(points, scale=1, ppi=300)
    return files


def datasette(package: Package, found: list[Table], name: str) -> dict[str, Any]:
    """Return the metadata with which Datasette describes the database of this name."""
    about, licence = package.descriptor, package.descriptor["licenses"][0]
    described = {
        table.name: {
            "title": table.title,
            "description": table.description,
            "columns": {field["name"]: field["description"] for field in table.fields},
        }
        for table in found
    }
    told = {"title": about["title"], "description": f"{ACCOUNT} Version {package.version}. Cite as: {package.citation}"}
    told |= {"license": licence["name"], "license_url": licence["path"], "tables": described}
    return {"databases": {name: told}}


def differences(root: Path, version: str) -> dict[str, bytes]:
    """Return what changed in the rows since the version before: the last one of releases/ that is lower."""
    before = [one for one in releases(root) if number(one.version) < number(version)]
    if not before:
        text = f"No version was released before {version}, so there is nothing to compare it with.\n"
        return {"diff.txt": text.encode("utf-8")}
    old, new = before[-1], Package(root)
    changes = compare(old, new)
    text, page = f"{diff.summary(old.version, 'HEAD', changes)}\n", diff.page(old, new, changes)
    return {"diff.txt": text.encode("utf-8"), "diff.html": page.encode("utf-8")}


def release(root: Path) -> dict[str, bytes]:
    """Return every file of the release by name. Raises PackageError if there cannot be one."""
    report = checked(root)
    package, found = Package(root), tables()
    version, about = package.version, package.descriptor
    commit = run("git", "-C", root, "rev-parse", "HEAD").decode("ascii").strip()
    name = f"naqoura-talks-{version}"
    citation, swhid = naqoura_talks.cite().replace("\n", "\n>\n> "), swhid_of_folder(root / "data/csv")
    page = Template((ADDED / "README.md").read_text("utf-8"), keep_trailing_newline=True)
    with tempfile.TemporaryDirectory() as folder:
        tree, part = Path(folder) / name, Path(folder) / "part"
        unpack_commit(root, "HEAD", tree)
        files = distributions(tree) | figures(tree)
        unpack_commit(root, "HEAD", part, *PARTS)
        inside = {p.relative_to(part).as_posix(): p.read_bytes() for p in part.rglob("*") if p.is_file()}
    (codebook,) = (table for table in found if table.name == "codebook")
    added = {
        "README.md": page.render(about, citation=citation, swhid=swhid).encode("utf-8"),
        "naqoura-talks.R": (ADDED / "naqoura-talks.R").read_bytes(),
    }
    inside |= added | {"codebook.csv": to_csv([[field["name"] for field in codebook.fields], *codebook.rows])}
    files |= added | {
        f"{name}.html": inside["docs/index.html"],
        f"{name}.bib": f"{naqoura_talks.cite(style='bibtex')}\n".encode(),
        f"{name}.ris": f"{naqoura_talks.cite(style='ris')}\n".encode(),
        f"{name}.zip": zipped({f"{name}/{path}": data for path, data in sorted(inside.items())}),
        f"{name}.annotations.jsonld": to_json(naqoura_talks.annotations()),
        f"{name}.datasette.json": to_json(datasette(package, found, name)),
        **{f"{name}.{suffix}": write(found) for suffix, write in FORMATS.items()},
        "check.txt": f"{about['title']}\nversion {version}, commit {commit}\n\n{report}".encode(),
        **differences(root, version),
    }
    files = dict(sorted(files.items()))
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in files.items())
    return files | {"SHA256SUMS": sums.encode("ascii")}


def write(files: dict[str, bytes], out: Path) -> None:
    """Put the files into a folder that then holds nothing else; until all are there, the old folder stays."""
    if out != ROOT / "dist" and out.exists() and not (out / "SHA256SUMS").is_file():
        raise PackageError(f"{out}: is there and holds no release, so it is not replaced. Name another folder.")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{out.name}.", suffix=".part", dir=out.parent) as beside:
        made = Path(beside) / out.name
        made.mkdir()
        for path, data in files.items():
            (made / path).write_bytes(data)
        if out.exists():
            shutil.rmtree(out)
        made.rename(out)


def main(argv: list[str] | None = None) -> int:
    """Make the release; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="the folder that is to hold it, and it alone")
    parser.add_argument("--draft", action="store_true", help="also of a version that is not yet recorded as released")
    args = parser.parse_args(argv)
    try:
        if not args.draft and Package(ROOT).version not in [one.version for one in releases(ROOT)]:
            raise PackageError("This version is not in releases/: record it first (CONTRIBUTING.md), or add --draft.")
        files = release(ROOT)
        write(files, args.out)
    except (PackageError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    width = max(map(len, files))
    for path, data in files.items():
        print(f"{path:<{width}}  {len(data):>9,} bytes")
    print(f"\nAll in {args.out}. Nothing was uploaded; CONTRIBUTING.md says what comes next.")
    return 0

"""Make everything that is published of this version, in dist/. Nothing is uploaded.

The working tree must be committed and the check must find no problem. What is made is made from the
commit, and two releases of one commit with one environment are equal to the byte: files that hold a
time have the version's own (`created` in the descriptor) in its place.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import naqoura_talks
from naqoura_talks.export import FORMATS, Table, tables, zipped
from naqoura_talks.frames import ACCOUNT
from naqoura_talks.package import Package, PackageError
from scripts.check.versions import releases
from scripts.files import to_csv, to_json, unpack_commit

ROOT = Path(__file__).resolve().parents[2]
# What the zip holds of the checkout, where it is there.
PARTS = (
    "datapackage.json", "data", "schemas", "coding", "CHANGELOG.md", "CITATION.cff", "LICENSE", "LICENSE-DATA",
    "docs/codebook.md", "docs/dataset-card.md", "docs/croissant.json",
)  # fmt: skip
ADDED = ROOT / "scripts/release/zip"


class NotReadyError(Exception):
    """There can be no release as things are; the message says why and what to do."""


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a command that must succeed; return what it printed."""
    env = os.environ | environment
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=env, capture_output=True, text=True)
    if done.returncode:
        raise NotReadyError(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def checked(root: Path) -> str:
    """Return the check's report on a tree that is committed. Raises NotReadyError if it is not, or not sound."""
    try:
        changed = run("git", "status", "--porcelain", cwd=root)
    except (NotReadyError, OSError):
        raise NotReadyError(f"{root}: a release is made from a commit, and this is no git checkout.") from None
    if changed:
        raise NotReadyError(f"A release is made from a commit. Commit or remove these first, then again:\n{changed}")
    if not os.environ.get("NAQOURA_TALKS_TEXT"):
        print("NAQOURA_TALKS_TEXT is not set, and the check's report will say so.", file=sys.stderr)
    report = ""
    for command in (["scripts.check"], ["scripts.build", "--check"]):
        script = [sys.executable, "-X", "utf8", "-m", *command]
        done = subprocess.run(script, cwd=root, capture_output=True, text=True, encoding="utf-8")
        report += done.stdout
        if done.returncode:
            raise NotReadyError(f"The check found problems, so there is no release. Fix them, then again:\n{report}")
    return report


def distributions(tree: Path) -> dict[str, bytes]:
    """Return the sdist, and the wheel that is built from it."""
    created = datetime.fromisoformat(Package(tree).descriptor["created"])
    with tempfile.TemporaryDirectory() as folder:
        command = (sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, tree)
        run(*command, cwd=tree, SOURCE_DATE_EPOCH=str(int(created.timestamp())))
        return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


LISTED = rb"\s+/po\d+ \d+ 0 R"


def figures(tree: Path) -> dict[str, bytes]:
    """Return each figure as SVG, PDF and PNG of 300 dots an inch, and the captions; the writer brings the font."""
    import vl_convert

    files = {"figures.md": (tree / "docs/figures/captions.md").read_bytes()}
    for path in sorted((tree / "docs/figures").glob("*.svg")):
        svg = path.read_text("utf-8")
        # The writer takes a millimetre for 96/25.4 of a point; a number without unit is a point to it.
        points = re.sub(r'width="\S+mm" height="\S+mm" (viewBox="0 0 (\S+) (\S+)")', r'width="\2" height="\3" \1', svg)
        # The writer lists what a page paints with in an order of its own each time.
        pdf = re.sub(
            rb"(?:" + LISTED + rb")+",
            lambda m: b"".join(sorted(re.findall(LISTED, m[0]))),
            vl_convert.svg_to_pdf(points),
        )
        files |= {path.name: path.read_bytes(), f"{path.stem}.pdf": pdf}
        files[f"{path.stem}.png"] = vl_convert.svg_to_png(points, scale=1, ppi=300)
    return files


def csv_bytes(table: Table) -> bytes:
    """Return a table as CSV in the form of data/csv."""
    rows = ([str(v).lower() if isinstance(v, bool) else v for v in row] for row in table.rows)
    return to_csv([[field["name"] for field in table.fields], *rows])


def filled(page: str, package: Package, swhid: str) -> bytes:
    """Return a page of the zip with what it says of this version filled in."""
    about = package.descriptor
    citation = naqoura_talks.cite().replace("\n", "\n>\n> ")
    known = {k: about[k] for k in ("title", "version", "description")} | {"citation": citation, "swhid": swhid}
    return re.sub(r"{{(\w+)}}", lambda m: known[m[1]], page).encode("utf-8")


def package_files(tree: Path, found: list[Table], readme: bytes) -> dict[str, bytes]:
    """Return what the zip of the data package holds, by path."""
    files = {
        "README.md": readme,
        "naqoura-talks.R": (ADDED / "naqoura-talks.R").read_bytes(),
        # Beside the codebook, as in the repository, so that its links lead there.
        "docs/index.html": (tree / "docs/index.html").read_bytes(),
    }
    for part in PARTS:
        path = tree / part
        for file in [path] if path.is_file() else path.rglob("*"):
            if file.is_file():
                files[file.relative_to(tree).as_posix()] = file.read_bytes()
    for table in found:
        if table.name == "codebook":
            files["codebook.csv"] = csv_bytes(table)
    return dict(sorted(files.items()))


def datasette(package: Package, found: list[Table], name: str) -> dict[str, Any]:
    """Return the metadata with which Datasette describes the database of this name."""
    licence = package.descriptor["licenses"][0]
    about = {
        "title": package.descriptor["title"],
        "description": f"{ACCOUNT} Version {package.version}. Cite as: {package.citation}",
        "license": licence["name"],
        "license_url": licence["path"],
        "tables": {
            table.name: {
                "title": table.title,
                "description": table.description,
                "columns": {field["name"]: field["description"] for field in table.fields},
            }
            for table in found
        },
    }
    return {"databases": {name: about}}


def differences(root: Path, version: str) -> dict[str, bytes]:
    """Return what changed in the rows since the version before: the last one of releases/ that is another."""
    before = [one.version for one in releases(root) if one.version != version]
    if not before:
        text = f"No version was released before {version}, so there is nothing to compare it with.\n"
        return {"diff.txt": text.encode("utf-8")}
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "diff.html"
        script = (sys.executable, "-X", "utf8", "-m", "scripts.release.diff", before[-1], "HEAD", "--html", page)
        text = run(*script, cwd=root)
        return {"diff.txt": text.encode("utf-8"), "diff.html": page.read_bytes()}


def release(root: Path) -> dict[str, bytes]:
    """Return every file of the release by name. Raises NotReadyError if there cannot be one."""
    report = checked(root)
    package = Package(root)
    version = package.version
    commit = run("git", "rev-parse", "HEAD", cwd=root).strip()
    # A SWHID of a folder is the identifier that git gives its tree.
    swhid = "swh:1:dir:" + run("git", "rev-parse", "HEAD:data/csv", cwd=root).strip()
    name = f"naqoura-talks-{version}"
    found = tables()
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / name
        unpack_commit(root, "HEAD", tree)
        readme = filled((ADDED / "README.md").read_text("utf-8"), package, swhid)
        inside = package_files(tree, found, readme)
        files = distributions(tree) | figures(tree)
    files |= {
        "README.md": readme,
        "naqoura-talks.R": inside["naqoura-talks.R"],
        f"{name}.html": inside["docs/index.html"],
        f"{name}.bib": f"{naqoura_talks.cite(style='bibtex')}\n".encode(),
        f"{name}.ris": f"{naqoura_talks.cite(style='ris')}\n".encode(),
        f"{name}.zip": zipped({f"{name}/{path}": data for path, data in inside.items()}),
        **{f"{name}.{suffix}": write(found) for suffix, write in FORMATS.items()},
        "check.txt": f"{package.descriptor['title']}\nversion {version}, commit {commit}\n\n{report}".encode(),
        **differences(root, version),
    }
    as_json = {
        f"{name}.annotations.jsonld": naqoura_talks.annotations(),
        f"{name}.datasette.json": datasette(package, found, name),
    }
    files |= {path: to_json(v) for path, v in as_json.items()}
    files = dict(sorted(files.items()))
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in files.items())
    return files | {"SHA256SUMS": sums.encode("ascii")}


def write(files: dict[str, bytes], out: Path) -> None:
    """Put the files into a folder that then holds nothing else; until all are there, the old folder stays."""
    if out != ROOT / "dist" and out.exists() and not (out / "SHA256SUMS").is_file():
        raise NotReadyError(f"{out}: is there and holds no release, so it is not replaced. Name another folder.")
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f"{out.name}.", suffix=".part", dir=out.parent))
    try:
        beside.chmod(0o755)
        for path, data in files.items():
            (beside / path).write_bytes(data)
        if out.exists():
            shutil.rmtree(out)
        beside.rename(out)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def main(argv: list[str] | None = None) -> int:
    """Make the release; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="the folder that is to hold it, and it alone")
    parser.add_argument("--draft", action="store_true", help="also of a version that is not yet recorded as released")
    args = parser.parse_args(argv)
    try:
        if not args.draft and Package(ROOT).version not in [one.version for one in releases(ROOT)]:
            raise NotReadyError("This version is not in releases/: record it first (CONTRIBUTING.md), or add --draft.")
        files = release(ROOT)
        write(files, args.out)
    except (NotReadyError, PackageError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    width = max(map(len, files))
    for path, data in files.items():
        print(f"{path:<{width}}  {len(data):>9,} bytes")
    print(f"\nAll in {args.out}. Nothing was uploaded; CONTRIBUTING.md says what comes next.")
    return 0

"""Say what changed between two versions of the package: table, row, column, old and new value, and the verdict.

python -m scripts.release.diff                      the last released version and the tables as they are
python -m scripts.release.diff A B                  any two versions: releases (1.0.0), folders, zips, git revisions
python -m scripts.release.diff A B --html FILE      the changed tables as a page too, changes in colour
python -m scripts.release.diff A B --corrections    the changed cells as rows for coding/corrections.csv
python -m scripts.release.diff --record             keep the version as released, in releases/VERSION/
"""

from __future__ import annotations

import argparse
import html
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from naqoura_talks.package import Package, PackageError
from naqoura_talks.text import printable
from scripts.build.products import descriptor
from scripts.check import records, versions
from scripts.check.versions import Change
from scripts.files import cannot_write, sha256, to_csv, to_json, unpack_commit, write

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("datapackage.json", "schemas", "data/csv")
# The most that the tables and schemas in a zip file may hold, in bytes; ours hold 0.5 million.
LIMIT = 256 << 20


def unpack_zip(path: Path, folder: Path) -> None:
    """Write descriptor, schemas and CSV of the package in a zip file into a folder. Raises PackageError."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if Path(name).name == "datapackage.json"]
            if not names:
                raise PackageError(f"{path}: holds no datapackage.json.")
            above = min(names, key=lambda name: name.count("/")).removesuffix("datapackage.json")
            wanted = tuple(f"{above}{part}" for part in ("datapackage.json", "schemas/", "data/csv/"))
            members = [member for member in archive.infolist() if member.filename.startswith(wanted)]
            # No member gives more than it declares.
            if (size := sum(member.file_size for member in members)) > LIMIT:
                message = f"its tables and schemas hold {size:,} bytes, and at most {LIMIT:,} are read."
                raise PackageError(f"{path}: {message}")
            for member in members:
                member.filename = member.filename.removeprefix(above)
                archive.extract(member, folder)
    except PackageError:
        raise
    except Exception as error:  # zipfile, zlib, lzma and the file system each have errors of their own
        what = "is no zip file" if isinstance(error, zipfile.BadZipFile) else "cannot be unpacked"
        raise PackageError(f"{path}: {what} ({error}). Give a release, a folder, a whole zip or a revision.") from None


@contextmanager
def opened(name: str) -> Iterator[Package]:
    """Give the package of a release, a folder, a zip file or a git revision. Raises PackageError if it is none."""
    release, path = ROOT / "releases" / name, Path(name)
    with tempfile.TemporaryDirectory() as empty:
        folder = Path(empty)
        if versions.VERSION.fullmatch(name) and release.is_dir():
            folder = release
        elif path.is_dir():
            folder = path
        elif path.is_file():
            unpack_zip(path, folder)
        else:
            try:
                unpack_commit(ROOT, name, folder, *PARTS)
            except PackageError as error:
                raise PackageError(f"{name}: is no release, folder, zip file or git revision here ({error}).") from None
        yield Package(folder)


def summary(old: str, new: str, changes: list[Change]) -> str:
    """Return the changes, one a line, and the verdict."""
    kind = versions.verdict(changes)
    last = f"{len(changes)} change(s), {kind}." if kind else "nothing changed."
    return "\n".join([*map(str, changes), f"{printable(old)} → {printable(new)}: {last}"])


def page(old: Package, new: Package, changes: list[Change]) -> str:
    """Return the changed tables as one HTML page, by daff: rows matched by key, changes in colour."""
    try:
        import daff
    except ImportError:
        raise PackageError("--html needs the environment of releases: use .venv-release/bin/python.") from None

    def view(package: Package, name: str) -> daff.Table:
        return daff.Csv().makeTable(package.path(name).read_text("utf-8"))

    title = html.escape(f"{new.descriptor['title']}: {old.version} → {new.version}")
    verdict = versions.verdict(changes) or "nothing changed"
    parts = [f"<h1>{title}</h1>", f"<p>{len(changes)} change(s): {verdict}.</p>"]
    for name in dict.fromkeys(change.table for change in changes):
        mine = [change for change in changes if change.table == name]
        of_table = [f"<li>{html.escape(str(change))}</li>" for change in mine if not change.row]
        parts += [f"<h2>{name}</h2>", f"<ul>{''.join(of_table)}</ul>" if of_table else ""]
        if any(change.row for change in mine):
            flags = daff.CompareFlags()
            flags.addPrimaryKey(new.key(name))
            table = daff.PythonTableView([])
            daff.TableDiff(daff.compareTables(view(old, name), view(new, name), flags).align(), flags).hilite(table)
            parts.append(daff.DiffRender().render(table).html())
    style = f"body {{ font-family: sans-serif }}\n{daff.DiffRender().sampleCss()}"
    head = f'<meta charset="utf-8"><title>{title}</title>\n<style>{style}</style>'
    body = '<div class="highlighter">\n' + "\n".join(filter(None, parts)) + "\n</div>"
    return f'<!DOCTYPE html>\n<html lang="en">\n<head>{head}</head>\n<body>{body}</body>\n</html>\n'


def corrections(package: Package, changes: list[Change]) -> str:
    """Return the changed cells as rows of coding/corrections.csv; the reason and the evidence are left to people."""
    version, day = package.version, package.descriptor["created"][:10]
    cells = [change for change in changes if change.what == "cell corrected"]
    rows = [[f"cor-{version}-{n}".replace(".", "-"), *c[2:7], "", "", version, day] for n, c in enumerate(cells, 1)]
    return to_csv(rows).decode("utf-8")


def record(root: Path) -> Path:
    """Keep the version in the descriptor as released, in a folder of releases/; return the folder.

    Raises PackageError if it is there already, is before 1.0.0, is not built, or does not fit what changed.
    """
    package = Package(root)
    folder = root / "releases" / package.version
    if package.version.startswith("0."):
        raise PackageError(f"{package.version} is before 1.0.0 and promises nothing, so it is not kept.")
    if folder.exists():
        raise PackageError(f"{folder}: is there already and is never changed. Give what changed a new version.")
    if found := versions.problems(package, releasing=True):
        raise PackageError("\n".join([*map(str, found), "Nothing was recorded."]))
    if descriptor(package) != (root / "datapackage.json").read_bytes():
        raise PackageError(f"{root / 'datapackage.json'}: is not that of these tables. Run make. Nothing was recorded.")
    try:
        folder.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", suffix=".part", dir=folder.parent) as beside:
            copy = Path(beside) / package.version
            for part in PARTS:
                take = shutil.copytree if (root / part).is_dir() else shutil.copyfile
                (copy / part).parent.mkdir(parents=True, exist_ok=True)
                take(root / part, copy / part)
            about = records.coding(root)
            for resource in about["resources"]:
                if "record" in resource:
                    data = (root / "coding" / resource["path"]).read_bytes()
                    resource |= {"bytes": len(data), "hash": sha256(data)}
            if about["resources"]:
                write(copy / records.CODING, to_json(about))
            copy.rename(folder)
    except OSError as error:
        raise cannot_write(folder, error) from None
    if about["resources"]:
        today = records.coding(root)
        today.setdefault("released", {})[package.version] = records.identifiers(Package(folder))[-1]
        write(root / records.CODING, to_json(today))
    return folder


def main(argv: list[str] | None = None) -> int:
    """Run the comparison; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "versions", nargs="*", metavar="VERSION", help="two releases, folders, zip files or git revisions"
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page with the changed tables")
    parser.add_argument("--corrections", action="store_true", help="print the changed cells as rows of corrections")
    parser.add_argument("--record", action="store_true", help="keep the version as released")
    parser.add_argument("--root", type=Path, default=ROOT, help="the package's folder, with --record or no versions")
    args = parser.parse_args(argv)
    if len(args.versions) not in (0, 2):
        parser.error("give two versions, or none")
    try:
        if args.record:
            folder = record(args.root)
            print(f"Recorded: {folder}. Name in its entry of CHANGELOG.md:")
            print(*records.identifiers(Package(folder)), sep="\n")
        elif not args.versions:
            print(versions.since(Package(args.root)))
        else:
            with opened(args.versions[0]) as old, opened(args.versions[1]) as new:
                changes = versions.compare(old, new)
                if args.corrections:
                    sys.stdout.write(corrections(new, changes))
                else:
                    print(summary(*args.versions, changes))
                if args.html:
                    write(args.html, page(old, new, changes).encode("utf-8"))
    except PackageError as error:
        print(*map(printable, str(error).splitlines()), sep="\n", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Say what changed between two versions of the package: table, row, column, old and new value, and the verdict.

diff.py                  the last released version and the tables as they are, by row
diff.py A B              any two versions: git revisions, folders or zip files
diff.py A B --html FILE  the changed tables as a page too, changes in colour
diff.py A B --corrections  the changed cells as rows for coding/corrections.csv; reasons to be filled in
diff.py --record         write releases/<version>.json, the record that later versions are compared with
"""

from __future__ import annotations

import argparse
import html
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from naqoura_talks.package import Package, PackageError
from scripts.check import versions
from scripts.check.tables import Tables
from scripts.check.versions import Change
from scripts.files import to_csv, unpack_commit, write

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("datapackage.json", "schemas", "data/csv")


@contextmanager
def opened(name: str) -> Iterator[Package]:
    """Give the package of a folder, a zip file or a git revision. Raises PackageError if it is none of them."""
    path = Path(name)
    if path.is_dir():
        yield Package(path)
        return
    with tempfile.TemporaryDirectory() as folder:
        if path.is_file():
            try:
                with zipfile.ZipFile(path) as archive:
                    archive.extractall(folder)
            except zipfile.BadZipFile:
                raise PackageError(f"{path}: is no zip file. Give a folder, a zip file or a git revision.") from None
        else:
            try:
                unpack_commit(ROOT, name, Path(folder), *PARTS)
            except PackageError as error:
                raise PackageError(
                    f"{name}: is no folder, zip file or git revision with the package ({error})."
                ) from None
        found = sorted(Path(folder).rglob("datapackage.json"), key=lambda p: len(p.parts))
        if not found:
            raise PackageError(f"{name}: holds no datapackage.json.")
        yield Package(found[0].parent)


def summary(old: str, new: str, changes: list[Change]) -> str:
    """Return the changes, one a line, and the verdict."""
    lines = [str(change) for change in changes]
    kind = versions.verdict(changes)
    last = f"{old} → {new}: {len(changes)} change(s), {kind}." if kind else f"{old} → {new}: nothing changed."
    return "\n".join([*lines, last])


def page(old: Package, new: Package, changes: list[Change]) -> str:
    """Return the changed tables as one HTML page, by daff: rows matched by key, changes in colour."""
    import daff

    def view(package: Package, name: str) -> daff.PythonTableView:
        rows = package.read_words(name).to_pylist()
        return daff.PythonTableView([list(package.fields(name)), *([c or "" for c in row.values()] for row in rows)])

    title = html.escape(f"{new.descriptor['title']}: {old.version} → {new.version}")
    verdict = versions.verdict(changes) or "nothing changed"
    render = daff.DiffRender()
    parts = [f"<h1>{title}</h1>", f"<p>{len(changes)} change(s): {verdict}.</p>"]
    for name in dict.fromkeys(change.table for change in changes):
        mine = [change for change in changes if change.table == name]
        whole = [f"<li>{html.escape(str(change))}</li>" for change in mine if not change.row]
        parts += [f"<h2>{name}</h2>", f"<ul>{''.join(whole)}</ul>" if whole else ""]
        if any(change.row for change in mine):
            flags = daff.CompareFlags()
            flags.addPrimaryKey(new.key(name))
            table = daff.PythonTableView([])
            daff.TableDiff(daff.compareTables(view(old, name), view(new, name), flags).align(), flags).hilite(table)
            render = daff.DiffRender()
            parts.append(render.render(table).html())
    style = f"body {{ font-family: sans-serif }}\n{render.sampleCss()}"
    head = f'<meta charset="utf-8"><title>{title}</title>\n<style>{style}</style>'
    body = '<div class="highlighter">\n' + "\n".join(filter(None, parts)) + "\n</div>"
    return f'<!DOCTYPE html>\n<html lang="en">\n<head>{head}</head>\n<body>{body}</body>\n</html>\n'


def corrections(package: Package, changes: list[Change]) -> str:
    """Return the changed cells as rows of coding/corrections.csv; the reason and the evidence are left to people."""
    version, day = package.version, package.descriptor["created"][:10]
    cells = [change for change in changes if change.what == "cell corrected"]
    stem = f"cor-{version.replace('.', '-')}"
    rows = [[f"{stem}-{n}", *c[1:6], "", "", version, day] for n, c in enumerate(cells, 1)]
    return to_csv(rows).decode("utf-8")


def record(root: Path) -> Path:
    """Write the record of the version in the descriptor; return its path.

    Raises PackageError if the version is before 1.0.0, does not fit what changed, or has a record already
    that says something else: what was released stays as it was.
    """
    package = Package(root)
    path = root / "releases" / f"{package.version}.json"
    if package.version.startswith("0."):
        raise PackageError(f"{package.version} is before 1.0.0 and promises nothing, so it gets no record.")
    if found := versions.problems(Tables(package)):
        raise PackageError("\n".join([*map(str, found), "Nothing was recorded."]))
    data = versions.record_bytes(package)
    if path.exists() and path.read_bytes() != data:
        raise PackageError(
            f"{path}: there is another record of {package.version}. Give the changed tables a new version."
        )
    write(path, data)
    return path


def main(argv: list[str] | None = None) -> int:
    """Run the comparison; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("versions", nargs="*", metavar="VERSION", help="two git revisions, folders or zip files")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page with the changed tables")
    parser.add_argument("--corrections", action="store_true", help="print the changed cells as rows of corrections")
    parser.add_argument("--record", action="store_true", help="record the version as released")
    parser.add_argument("--root", type=Path, default=ROOT, help="the package's folder, with --record or no versions")
    args = parser.parse_args(argv)
    if len(args.versions) not in (0, 2):
        parser.error("give two versions, or none")
    try:
        if args.record:
            print(f"Recorded: {record(args.root)}")
        elif not args.versions:
            print(versions.since(args.root))
        else:
            with opened(args.versions[0]) as old, opened(args.versions[1]) as new:
                changes = versions.compare(versions.snapshot(old), versions.snapshot(new))
                if args.corrections:
                    sys.stdout.write(corrections(new, changes))
                else:
                    print(summary(*args.versions, changes))
                if args.html:
                    write(args.html, page(old, new, changes).encode("utf-8"))
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

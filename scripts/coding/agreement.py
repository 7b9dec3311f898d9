"""Agreement between independent passes over one text, computed from the raw passes alone.

  agreement.py                                  all figures, as the build makes them (`make agreement`)
  agreement.py add PASS --round R --text T --coder C   enters a raw pass in coding/datapackage.json
  agreement.py sample --seed N --n 150          draws the cells of an audit into coding/audit.csv, to be filled in

Units of the passes are matched (matching.py), figures are computed from these (reliability.py), and both are
written as coding/matches.csv, coding/agreement.csv and coding/AGREEMENT.md (agreement_page.py).
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

from naqoura_talks.package import Package, PackageError
from scripts.check import records
from scripts.coding import agreement_page
from scripts.coding.reliability import VERDICTS
from scripts.files import sha256, to_csv, to_json, write

ROOT = Path(__file__).resolve().parents[2]


def add_pass(root: Path, path: Path, round_name: str, text: str, coder: str) -> str:
    """Enter a raw pass in coding/datapackage.json and return the name of its resource; files are not touched."""
    content, coding = records.coding(root), (root / "coding").resolve()
    resources, path = content["resources"], path.resolve()
    if not path.is_relative_to(coding) or not path.is_file():
        raise PackageError(
            f"{path}: expected a raw pass, as `python -m scripts.coding.anchor pass` writes it, under {coding}."
        )
    # Of a text that is made up, and no source, there can be several in a round.
    made_up = [] if text in Package(root).read_words("sources")["source_id"].to_pylist() else [text]
    name = "-".join([round_name, *made_up, f"coder-{coder}"])
    names = {r["name"] for r in resources}
    if name in names:
        raise PackageError(f"{root / records.CODING}: there is a resource {name} already.")
    file = {"path": path.relative_to(coding).as_posix(), "record": "raw", "hash": sha256(path.read_bytes())}
    title = ", ".join([round_name.replace("-", " ").capitalize(), *made_up, f"coder {coder.upper()}"])
    last = max(i for i, r in enumerate(resources) if "coder" in r)
    said = {"name": name, "title": title, "round": round_name, "text": text, "coder": coder}
    resources.insert(last + 1, resources[last] | said | file)
    if made_up and text not in names:
        beside = Path(file["path"]).with_name(f"{text}.txt").as_posix()
        form = {"format": "txt", "mediatype": "text/plain", "encoding": "utf-8"}
        resources.insert(last + 1, {"name": text, "title": f"Text {text}, made up", "path": beside, **form})
    write(root / records.CODING, to_json(content))
    return name


def draw(root: Path, seed: int, n: int) -> Path:
    """Draw published cells that need evidence into coding/audit.csv, at random, and enter it in the descriptor.

    An audit that is there is kept.
    """
    path, content = root / "coding/audit.csv", records.coding(root)
    if path.exists():
        raise PackageError(f"{path}: there is an audit already. Move it away to draw another.")
    package = Package(root)
    cells = sorted(
        [table, key, column, row[column]]
        for table in package.tables
        for key, row in records.rows(package, table).items()
        for column, field in package.fields(table).items()
        if field["evidence"] != "none" and row[column]
    )
    if n > len(cells):
        raise PackageError(f"{n} cells were asked for; there are {len(cells)}.")
    chosen = sorted(random.Random(seed).sample(cells, n))
    header = ["table_name", "row_id", "column_name", "value", "verdict", "note"]
    write(path, to_csv([header, *([*cell, "", ""] for cell in chosen)]))
    model = next(r for r in content["resources"] if r.get("type") == "table")
    form = {key: model[key] for key in ("type", "format", "mediatype", "encoding", "dialect")}
    how = f"{n} cells drawn from {len(cells)} with seed {seed}, each judged against the text by a reader of its own."
    said = {"name": "audit", "title": "Audit", "path": "audit.csv", "schema": "audit-schema.json", "description": how}
    content["resources"] = [*(r for r in content["resources"] if r["name"] != "audit"), said | form]
    write(root / records.CODING, to_json(content))
    return path


def main(argv: list[str] | None = None) -> int:
    """Run the command; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--root", type=Path, default=ROOT, help="the package's folder")
    commands = parser.add_subparsers(dest="command")
    sub = commands.add_parser("sample")
    sub.add_argument("--seed", type=int, required=True)
    sub.add_argument("--n", type=int, default=150, help="how many cells")
    sub = commands.add_parser("add")
    sub.add_argument("path", type=Path, help="a raw pass under coding/")
    for option in ("round", "text", "coder"):
        sub.add_argument(f"--{option}", required=True)
    args = parser.parse_args(argv)
    try:
        if args.command == "sample":
            print(f"{draw(args.root, args.seed, args.n)}: fill in the verdicts ({', '.join(VERDICTS)}), then run make.")
        elif args.command == "add":
            print(f"entered as {add_pass(args.root, args.path, args.round, args.text, args.coder)}")
        else:
            made, found = agreement_page.products(args.root)
            for path, data in made.items():
                write(args.root / path, data)
            print("\n".join(agreement_page.summary(found)))
            print(f"\nWritten: {', '.join(made)}. Run make for the rest.")
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What the build makes of the passes: coding/AGREEMENT.md, and the CSV of matches and figures."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from jinja2 import FileSystemLoader

from naqoura_talks.package import Package
from scripts.build.figures import TEMPLATES
from scripts.coding import matching, reliability
from scripts.coding.matching import MATCHES, TABLES, match_rows
from scripts.coding.reliability import ALPHA_GOAL, F1_GOAL, Figure, compute
from scripts.files import read_rows, to_csv

Group = tuple[str, str]  # a round and one of its texts, or all of them together
# The template of the page.
PAGE = Path(__file__).with_name("agreement.md")


def shown(f: Figure, digits: int = 2) -> str:
    """Return a figure for the page, with its interval if it has one; a dash where there is none."""
    if f.value is None:
        return "–"
    interval = "" if f.low is None else f" [{f.low:.{digits}f}, {f.high:.{digits}f}]"
    return f"{f.value:.{digits}f}{interval}"


def name(table: str, column: str = "") -> str:
    """Return what a figure is of, for the page."""
    return f"`{table}.{column}`" if column else f"`{table}`" if table else "all"


class Index:
    """The figures by what they are of."""

    def __init__(self, found: list[Figure]) -> None:
        self.all = found
        self.by = {f[:6]: f for f in found}
        # The rounds with their texts, in order; of a round with several texts, them together first.
        self.groups: list[Group] = list(dict.fromkeys(f[:2] for f in found if f.measure == "units"))
        # One group for each round: its text, or all its texts together.
        self.rounds = [next(groups) for _, groups in groupby(self.groups, key=lambda group: group[0])]

    def get(self, group: Group, measure: str, table: str = "", column: str = "", coder: str = "") -> Figure:
        """Return a figure, without a value if there is none."""
        none = Figure(*group, table, column, coder, measure)
        return self.by.get(none[:6], none)

    def of(self, group: Group, measure: str) -> list[Figure]:
        """Return all figures of one measure in a group."""
        return [f for f in self.all if f[:2] == group and f.measure == measure]

    def places(self, measure: str) -> list[tuple[str, str]]:
        """Return the tables and columns that have a measure in any round."""
        return list(dict.fromkeys((f.table_name, f.column_name) for f in self.all if f.measure == measure))

    def alphas(self, group: Group) -> list[float]:
        """Return the coefficients of a group."""
        return [f.value for f in self.of(group, "alpha") if f.value is not None]

    def pairs(self, group: Group) -> list[str]:
        """Return the pairs of coders of a group."""
        return list(dict.fromkeys(f.coder for f in self.of(group, "f1_pair")))

    def coders(self, group: Group) -> list[str]:
        """Return the coders of a group."""
        return sorted({coder for pair in self.pairs(group) for coder in pair.split()})


def title(group: Group) -> str:
    """Return a round, with its text if it is made up, as a reader calls it."""
    name, text = group[0].replace("manual-test", "test of the manual").replace("-", " "), group[1]
    return name if not text or text.startswith("src-") else f"{name}, {text.replace('-', ' ')}"


def below(found: list[Figure]) -> list[Figure]:
    """Return the figures below their goals, one for each round, table and column, of each round as a whole."""
    rounds, goals = Index(found).rounds, {"f1_between": F1_GOAL, "alpha": ALPHA_GOAL}
    return [f for f in found if f[:2] in rounds and f.value is not None and f.value < goals.get(f.measure, f.value)]


def reasons(root: Path) -> dict[tuple[str, str, str], str]:
    """Return what is to be said of a figure, by round, table and column (coding/agreement-notes.csv)."""
    path = root / "coding/agreement-notes.csv"
    rows = read_rows(path, "notes on agreement") if path.exists() else []
    return {(r["round"], r["table_name"], r["column_name"]): r["reason"] for r in rows}


def omissions(index: Index) -> list[str]:
    """Return the lines of a table of what two readers found missing."""
    lines = ["| of the tables of 1.0.0 | recall | 95% interval | counted |", "| --- | ---: | ---: | ---: |"]
    for f in (f for f in index.all if f.round == "omissions"):
        what, interval = f.measure.replace("_", " "), f"{f.low:.1%} to {f.high:.1%}"
        lines.append(f"| {what} | {f.value:.1%} | {interval} | {f.remark} |")
    return lines


def page(root: Path, units: int, found: list[Figure]) -> bytes:
    """Return coding/AGREEMENT.md."""
    template = TEMPLATES.overlay(loader=FileSystemLoader(PAGE.parent)).get_template(PAGE.name)
    filled = template.render(
        package=Package(root).descriptor["title"].split(":")[0],
        index=Index(found),
        below=below(found),
        why=reasons(root),
        units=units,
        tables=[(table, "") for table in ("", *TABLES)],
        matching=matching,
        reliability=reliability,
        title=title,
        name=name,
        shown=shown,
        omissions=omissions,
    )
    return filled.encode("utf-8")


def products(root: Path) -> tuple[dict[str, bytes], list[Figure]]:
    """Return what the build makes of the passes, by path, and the figures; nothing if there are no passes."""
    codings, found = compute(root)
    if not codings:
        return {}, []
    rounded = ([f"{round(v, 4):g}" if isinstance(v, float) else v for v in f] for f in found)
    units = sum(len(units) for coding in codings for units in coding.units.values())
    return {
        "coding/matches.csv": to_csv([MATCHES, *match_rows(codings)]),
        "coding/agreement.csv": to_csv([Figure._fields, *rounded]),
        "coding/AGREEMENT.md": page(root, units, found),
    }, found


def summary(found: list[Figure]) -> list[str]:
    """Return the main figures for the terminal."""
    if not found:
        return ["There are no passes in coding/datapackage.json."]
    index, lines = Index(found), []
    for group in index.rounds:
        between, published = index.get(group, "f1_between"), index.get(group, "f1_published")
        lines.append(
            f"{title(group)}: {len(index.coders(group))} passes, {between.n} units, "
            f"F1 with each other {shown(between, 3)}, with the published tables {shown(published, 3)}"
        )
        for f in (f for f in below(found) if f[:2] == group):
            what = f"{f.table_name or 'all tables'} {f.column_name}".strip()
            lines.append(f"  below its goal: {what}, {f.measure} {f.value:.3f}, n {f.n}")
    return lines

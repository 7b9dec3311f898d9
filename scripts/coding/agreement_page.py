"""What the build makes of the passes: coding/AGREEMENT.md, and the CSV of matches and figures."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import combinations, groupby
from pathlib import Path
from typing import Any

from naqoura_talks.package import Package
from scripts.coding import matching, reliability
from scripts.coding.matching import JOINS, MATCHES, TABLES, THINGS, match_rows
from scripts.coding.reliability import ALPHA_GOAL, ENOUGH, F1_GOAL, Figure, compute
from scripts.files import read_rows, to_csv

Group = tuple[str, str]  # a round and one of its texts, or all of them together
# The prose of the page, and of its section on a group, with the names of what is filled in.
PAGE = Path(__file__).with_name("agreement.md")
SECTION = Path(__file__).with_name("agreement_group.md")


def shown(f: Figure, digits: int = 2) -> str:
    """Return a figure for the page, with its interval if it has one; a dash where there is none."""
    if f.value is None:
        return "–"
    interval = "" if f.low is None else f" [{f.low:.{digits}f}, {f.high:.{digits}f}]"
    return f"{f.value:.{digits}f}{interval}"


def place(table: str, column: str = "") -> str:
    """Return what a figure is of, for the page."""
    return f"`{table}.{column}`" if column else f"`{table}`" if table else "all"


def markdown(header: list[str], rows: list[list[Any]], left: Iterable[int] = (0,)) -> str:
    """Return a Markdown table; the columns that are not named as ``left`` stand right."""
    marks = ["---" if i in left else "---:" for i in range(len(header))]
    cells = ([str(cell).replace("|", "\\|") for cell in row] for row in [header, marks, *rows])
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


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

    def columns(self, measure: str) -> list[tuple[str, str]]:
        """Return the tables and columns that have a measure in any round."""
        return list(dict.fromkeys((f.table_name, f.column_name) for f in self.all if f.measure == measure))

    def coders(self, group: Group) -> list[str]:
        """Return the coders of a group."""
        return sorted({coder for f in self.of(group, "f1_pair") for coder in f.coder.split()})


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


def headline(index: Index) -> str:
    """Return the rounds side by side, one row for each figure: the first round is the headline."""
    rows = []
    for g in index.rounds:
        units, by_all = index.get(g, "units"), index.get(g, "units_by_all")
        alphas = [f.value for f in index.of(g, "alpha") if f.value is not None]
        rows.append(
            {
                "": title(g),
                "passes": len(index.coders(g)),
                "units that any pass has": units.n,
                "of these, in every pass": f"{by_all.value} ({by_all.value / by_all.n:.0%})",
                "F1 of the passes with each other": shown(index.get(g, "f1_between")),
                "F1 of the passes with the published tables": shown(index.get(g, "f1_published")),
                f"coded columns with {ENOUGH} units or more and two values or more": len(alphas),
                f"of these, with alpha of {ALPHA_GOAL:.2f} or more": sum(value >= ALPHA_GOAL for value in alphas),
                "lowest and highest alpha of these": f"{min(alphas):.2f} to {max(alphas):.2f}" if alphas else "–",
            }
        )
    head, *lines = ([what, *(row[what] for row in rows)] for what in rows[0])
    return markdown(head, lines)


def side_by_side(index: Index, what: str, measure: str, places: list[tuple[str, str]]) -> str:
    """Return a measure of some tables or columns, the rounds side by side."""
    rows = []
    for table, column in places:
        found = [index.get(g, measure, table, column) for g in index.rounds]
        rows.append([place(table, column), *(cell for f in found for cell in (shown(f), f.n))])
    return markdown([what, *(f"{title(g)}{unit}" for g in index.rounds for unit in ("", ", n"))], rows)


def goals(found: list[Figure], why: dict[tuple[str, str, str], str]) -> str:
    """Return the figures below their goals, each with the reason that agreement-notes.csv gives."""
    rows = []
    for f in below(found):
        reason = why.get((f.round, f.table_name, f.column_name), "No reason has been given yet.")
        kind = "F1" if f.measure == "f1_between" else "alpha"
        rows.append([title((f.round, "")), place(f.table_name, f.column_name), f"{kind} {f.value:.2f}", f.n, reason])
    if not rows:
        return "Every figure reaches its goal."
    many = "1 figure" if len(rows) == 1 else f"{len(rows)} figures"
    stays = f"What is below its goal stays in the open, with the reason: {many}.\n\n"
    return stays + markdown(["round", "what", "figure", "n", "reason"], rows, left=range(5))


def section(index: Index, group: Group, why: dict[tuple[str, str, str], str]) -> str:
    """Return the figures of one round and text by table, by column and by pair of values, and of spans."""
    get = partial(index.get, group)
    coders, published = index.coders(group), get("f1_published").value is not None
    pairs = [f"{a} {b}" for a, b in combinations(coders, 2)]
    head = ["table", "units", "in all", "in one only", *(f"F1 {pair}" for pair in pairs), "F1 mean"]
    if published:
        head += [f"{coder} precision / recall" for coder in coders] + ["published"]
    units, columns, spans = [], [], []
    for table in ("", *TABLES):
        row = [place(table), *(get(measure, table).value for measure in ("units", "units_by_all", "units_by_one"))]
        row += [shown(get("f1_pair", table, "", pair)) for pair in pairs] + [shown(get("f1_between", table))]
        if published:
            both = ([get(measure, table, "", coder) for measure in ("precision", "recall")] for coder in coders)
            row += [" / ".join(map(shown, figures)) for figures in both] + [get("f1_published", table).n]
        units.append(row)
    for table, column in index.columns("observed_agreement"):
        seen, alpha = get("observed_agreement", table, column), get("alpha", table, column)
        words = "; ".join(filter(None, [alpha.remark, seen.remark, why.get((group[0], table, column))]))
        columns.append([place(table, column), seen.n, shown(seen), alpha.n, shown(alpha), words])
    of_columns = ["column", "units", "observed agreement", "n of alpha", "alpha [95% interval]", "remark"]
    confused = [[place(*f[2:4]), f.remark, f"{f.value} of {f.n}"] for f in index.of(group, "confusion")]
    for table, column in index.columns("span_exact"):
        exact, overlap = get("span_exact", table, column), get("span_overlap", table, column)
        marked = "" if column else shown(get("u_alpha", table))
        spans.append([place(table, column), exact.n, shown(exact), shown(overlap), marked])
    return SECTION.read_text("utf-8").format(
        title=title(group).capitalize(),
        coders=", ".join(coders),
        text=f"the text `{group[1]}`" if group[1] else "all texts of the round",
        units=markdown(head, units),
        columns=markdown(of_columns, columns, left=(0, 5)),
        confused=markdown(["column", "values", "pairs of coders"], confused, left=(0, 1)) if confused else "None.",
        spans=markdown(["table or verbatim column", "pairs", "exact", "overlap", "|uα"], spans),
    )


def audit(index: Index) -> str:
    """Return the verdicts of the audit with their intervals."""
    verdicts = [f for f in index.all if f.round == "audit"]
    if not verdicts:
        return (
            "No audit has been made of these tables yet; "
            "`python -m scripts.coding.agreement sample` draws the cells of one."
        )
    rows = [[f.measure.replace("_", " "), f.remark, *percent(f)] for f in verdicts]
    said = (
        f"{verdicts[0].n} cells were drawn at random from all published cells that need evidence, and a reader who had "
        "no part in the coding, a language model too, judged each against the text ([audit.csv](audit.csv)). The "
        "verdicts are on the tables as they were then; what was mended since stands in the adjudication. "
        "The interval is Wilson's; it takes the cells as independent, which those of one row are not quite.\n\n"
    )
    return said + markdown(["verdict", "cells", "share", "95% interval"], rows, left=(0, 1))


def percent(f: Figure) -> tuple[str, str]:
    """Return a share and its interval in per cent."""
    return f"{f.value:.1%}", f"{f.low:.1%} to {f.high:.1%}"


def omissions(index: Index) -> str:
    """Return a table of what two readers found missing."""
    rows = [[f.measure.replace("_", " "), *percent(f), f.remark] for f in index.all if f.round == "omissions"]
    return markdown(["of the tables of 1.0.0", "recall", "95% interval", "counted"], rows)


def page(root: Path, units: int, found: list[Figure]) -> bytes:
    """Return coding/AGREEMENT.md."""
    index, why = Index(found), reasons(root)
    by_words = [
        [what, *(shown(index.get(g, measure), 3) for g in index.rounds)]
        for what, measure in (("by the whole rule", "f1_between"), ("by words alone", "f1_by_words"))
    ]
    filled = PAGE.read_text("utf-8").format(
        matching=matching,
        reliability=reliability,
        package=Package(root).descriptor["title"].split(":")[0],
        headline=headline(index),
        goals=goals(found, why),
        things=", ".join(map(place, THINGS)),
        joins=", ".join(map(place, JOINS)),
        by_words=markdown(["F1 of the passes with each other", *map(title, index.rounds)], by_words),
        units=units,
        f1_by_round=side_by_side(index, "table", "f1_between", [(table, "") for table in ("", *TABLES)]),
        alpha_by_round=side_by_side(index, "column", "alpha", index.columns("alpha")),
        sections="\n".join(section(index, group, why) for group in index.groups).strip(),
        omissions=omissions(index),
        audit=audit(index),
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

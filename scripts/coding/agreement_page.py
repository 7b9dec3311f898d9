"""What the build makes of the passes: coding/AGREEMENT.md, and the CSV of matches and figures."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

from naqoura_talks.package import Package
from scripts.coding.matching import (
    CONTEXT,
    JOINED_TO,
    JOINS,
    MATCHES,
    TABLES,
    THINGS,
    THRESHOLD,
    TYPE,
    Coding,
    match_rows,
)
from scripts.coding.reliability import ALPHA_GOAL, EMPTY, ENOUGH, F1_GOAL, RESAMPLES, SEED, Figure, compute
from scripts.files import read_rows, to_csv


def number(value: float | None, digits: int = 2) -> str:
    """Return a figure for the page; a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def interval(f: Figure) -> str:
    """Return a coefficient with its interval; a dash where there is none."""
    return "–" if f.value is None else f"{f.value:.2f} [{f.low:.2f}, {f.high:.2f}]"


def times(n: int, one: str, many: str = "") -> str:
    """Return a number with its noun."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def table(header: list[str], rows: list[list[Any]], right: int = 1) -> list[str]:
    """Return a Markdown table; columns from ``right`` on stand right."""
    marks = ["---" if i < right else "---:" for i in range(len(header))]
    return [f"| {' | '.join(str(c).replace('|', chr(92) + '|') for c in row)} |" for row in [header, marks, *rows]]


class Index:
    """The figures by what they are of."""

    def __init__(self, found: list[Figure]) -> None:
        self.all = found
        self.by: dict[tuple[str, ...], Figure] = {}
        for f in found:
            self.by.setdefault((f.round, f.text, f.table_name, f.column_name, f.coder, f.measure), f)

    @property
    def groups(self) -> list[tuple[str, str]]:
        """The rounds with their texts, in order; of a round with several texts, them together first."""
        return list(dict.fromkeys((f.round, f.text) for f in self.all if f.measure == "units"))

    @property
    def rounds(self) -> list[tuple[str, str]]:
        """One group for each round: its text, or all its texts together."""
        first: dict[str, tuple[str, str]] = {}
        for group in self.groups:
            first.setdefault(group[0], group)
        return list(first.values())

    def get(self, group: tuple[str, str], measure: str, table: str = "", column: str = "", coder: str = "") -> Figure:
        none = Figure(*group, table, column, coder, measure, None, None, None, 0, "")
        return self.by.get((*group, table, column, coder, measure), none)

    def columns(self, measure: str) -> list[tuple[str, str]]:
        """The tables and columns that have a measure in any round."""
        return list(dict.fromkeys((f.table_name, f.column_name) for f in self.all if f.measure == measure))


def title(group: tuple[str, str]) -> str:
    """Return a round, with its text if it is made up, as a reader calls it."""
    name, text = group[0].replace("manual-test", "test of the manual").replace("-", " "), group[1]
    return name if not text or text.startswith("src-") else f"{name}, {text.replace('-', ' ')}"


def below(found: list[Figure]) -> list[Figure]:
    """Return the figures below their goals, one for each round, table and column, of each round as a whole."""
    index = Index(found)
    return [
        f
        for f in found
        if (f.round, f.text) in index.rounds and f.value is not None
        if (f.measure == "f1_between" and f.value < F1_GOAL) or (f.measure == "alpha" and f.value < ALPHA_GOAL)
    ]


def reasons(root: Path) -> dict[tuple[str, str, str], str]:
    """Return what is to be said of a figure, by round, table and column (coding/agreement-notes.csv)."""
    path = root / "coding/agreement-notes.csv"
    rows = read_rows(path, "notes on agreement") if path.exists() else []
    return {(r["round"], r["table_name"], r["column_name"]): r["reason"] for r in rows}


def headline(index: Index) -> list[str]:
    """Return the rounds side by side, one row for each figure: the first round is the headline."""
    rows = []
    for g in index.rounds:
        units, by_all = index.get(g, "units"), index.get(g, "units_by_all")
        alphas = [f.value for f in index.all if (f.round, f.text) == g and f.measure == "alpha" and f.value is not None]
        rows.append(
            {
                "": title(g),
                "passes": len(coders(index, g)),
                "units that any pass has": units.n,
                "of these, in every pass": f"{by_all.value} ({by_all.value / by_all.n:.0%})",
                "F1 of the passes with each other": number(index.get(g, "f1_between").value),
                "F1 of the passes with the published tables": number(index.get(g, "f1_published").value),
                f"coded columns with {ENOUGH} units or more and two values or more": len(alphas),
                f"of these, with alpha of {ALPHA_GOAL:.2f} or more": sum(value >= ALPHA_GOAL for value in alphas),
                "lowest and highest alpha of these": f"{min(alphas):.2f} to {max(alphas):.2f}" if alphas else "–",
            }
        )
    head, *lines = ([what, *(row[what] for row in rows)] for what in rows[0])
    return table(head, lines)


def coders(index: Index, group: tuple[str, str]) -> list[str]:
    """Return the coders of a group, from its pairs."""
    pairs = [f.coder for f in index.all if (f.round, f.text) == group and f.measure == "f1_pair" and not f.table_name]
    return sorted({coder for pair in pairs for coder in pair.split()})


def side_by_side(index: Index) -> list[str]:
    """Return F1 and alpha of every table and column, the rounds side by side."""
    groups = index.rounds
    head = [f"{title(g)}{unit}" for g in groups for unit in ("", ", n")]
    out = ["### F1 of the passes with each other", "", "n: units that any pass has.", ""]
    rows = []
    for name in ("", *TABLES):
        found = [index.get(g, "f1_between", name) for g in groups]
        rows.append([f"`{name}`" if name else "all", *(cell for f in found for cell in (number(f.value), f.n))])
    out += table(["table", *head], rows)
    out += ["", "### Krippendorff's alpha of the coded columns", ""]
    out += ["n: units with two values or more. A dash: no coefficient; the round's own table says why.", ""]
    rows = []
    for name, column in index.columns("alpha"):
        cells = []
        for g in groups:
            f = index.get(g, "alpha", name, column)
            cells += [interval(f), f.n]
        rows.append([f"`{name}.{column}`", *cells])
    return [*out, *table(["column", *head], rows)]


def goals(root: Path, found: list[Figure]) -> list[str]:
    """Return the figures below their goals, each with the reason that agreement-notes.csv gives."""
    why, rows = reasons(root), []
    for f in below(found):
        what = f"`{f.table_name}{'.' if f.column_name else ''}{f.column_name}`" if f.table_name else "all tables"
        reason = why.get((f.round, f.table_name, f.column_name), "No reason has been given yet.")
        kind = "F1" if f.measure == "f1_between" else "alpha"
        rows.append([title((f.round, "")), what, f"{kind} {f.value:.2f}", str(f.n), reason])
    text = (
        f"The goals were set before the figures were computed: F1 of the passes with each other {F1_GOAL:.2f} or more "
        f"for every table, and alpha {ALPHA_GOAL:.2f} or more for every coded column with {ENOUGH} units or more. "
    )
    if not rows:
        return [text + "Every figure reaches its goal."]
    text += f"What is below its goal stays in the open, with the reason: {times(len(rows), 'figure')}."
    return [text, "", *table(["round", "what", "figure", "n", "reason"], rows, right=5)]


def details(index: Index, group: tuple[str, str], why: dict[tuple[str, str, str], str]) -> list[str]:
    """Return the figures of one round and text by table, by column and by pair of values, and of spans."""
    names = coders(index, group)
    pairs, published = list(combinations(names, 2)), index.get(group, "f1_published").value is not None
    head = ["table", "units", "in all", "in one only", *(f"F1 {a} {b}" for a, b in pairs), "F1 mean"]
    if published:
        head += [f"{c} precision / recall" for c in names] + ["published"]
    rows = []
    for name in ("", *TABLES):

        def figure(measure: str, coder: str = "", name: str = name) -> Figure:
            return index.get(group, measure, name, coder=coder)

        row = [f"`{name}`" if name else "all"]
        row += [figure(m).value for m in ("units", "units_by_all", "units_by_one")]
        row += [number(figure("f1_pair", f"{a} {b}").value) for a, b in pairs]
        row.append(number(figure("f1_between").value))
        if published:
            both = ((figure("precision", c), figure("recall", c)) for c in names)
            row += [*(f"{number(a.value)} / {number(b.value)}" for a, b in both), figure("f1_published").n]
        rows.append(row)
    out = ["#### Units", "", *table(head, rows), "", "#### Coded columns", ""]
    rows = []
    for name, column in index.columns("observed_agreement"):
        seen, alpha = index.get(group, "observed_agreement", name, column), index.get(group, "alpha", name, column)
        words = "; ".join(filter(None, [alpha.remark, seen.remark, why.get((group[0], name, column))]))
        rows.append([f"`{name}.{column}`", seen.n, number(seen.value), alpha.n, interval(alpha), words])
    header = ["column", "units", "observed agreement", "n of alpha", "alpha [95% interval]", "remark"]
    lines = table(header, rows)
    lines[1] = "| --- | ---: | ---: | ---: | ---: | --- |"
    out += [*lines, "", "#### Values that were confused", ""]
    confused = [f for f in index.all if (f.round, f.text) == group and f.measure == "confusion"]
    rows = [[f"`{f.table_name}.{f.column_name}`", f.remark, f"{f.value} of {f.n}"] for f in confused]
    out += table(["column", "values", "pairs of coders"], rows, right=2) if rows else ["None."]
    out += ["", "#### Spans", ""]
    rows = []
    for name, column in index.columns("span_exact"):
        exact, overlap = (index.get(group, m, name, column) for m in ("span_exact", "span_overlap"))
        marked = index.get(group, "u_alpha", name) if not column else None
        what = f"`{name}{'.' if column else ''}{column}`"
        rows.append([what, exact.n, number(exact.value), number(overlap.value), number(marked.value) if marked else ""])
    return [*out, *table(["table or verbatim column", "pairs", "exact", "overlap", "|uα"], rows)]


def audit(index: Index) -> list[str]:
    """Return the verdicts of the audit with their intervals."""
    verdicts = [f for f in index.all if f.round == "audit"]
    if not verdicts:
        return [
            "No audit has been made of these tables yet; "
            "`python -m scripts.coding.agreement sample` draws the cells of one."
        ]
    rows = [
        [f.measure.replace("_", " "), f.remark, f"{f.value:.1%}", f"{f.low:.1%} to {f.high:.1%}"] for f in verdicts
    ]  # fmt: skip
    said = (
        f"{verdicts[0].n} cells were drawn at random from all published cells that need evidence, and a reader who had "
        "no part in the coding, a language model too, judged each against the text ([audit.csv](audit.csv)). The "
        "verdicts are on the tables as they were then; what was mended since is noted there. "
        "The interval is Wilson's; it takes the cells as independent, which those of one row are not quite."
    )
    return [said, "", *table(["verdict", "cells", "share", "95% interval"], rows, right=2)]


def omissions(index: Index) -> list[str]:
    """Return what two readers found missing."""
    rows = [
        [f.measure.replace("_", " "), f"{f.value:.1%}", f"{f.low:.1%} to {f.high:.1%}", f.remark]
        for f in index.all if f.round == "omissions"
    ]  # fmt: skip
    return table(["of the tables of 1.0.0", "recall", "95% interval", "counted"], rows, right=1)


# The prose of the page, with the names of what is filled in.
PAGE = Path(__file__).with_name("agreement.md")


def page(root: Path, codings: list[Coding], found: list[Figure]) -> bytes:
    """Return coding/AGREEMENT.md."""
    index, why, sections = Index(found), reasons(root), []
    for group in index.groups:
        which = f"the text `{group[1]}`" if group[1] else "all texts of the round"
        passes = f"Passes {', '.join(coders(index, group))} over {which}."
        sections += ["", f"## {title(group).capitalize()}", "", passes, "", *details(index, group, why)]
    by_words = [
        [what, *(number(index.get(g, measure).value, 3) for g in index.rounds)]
        for what, measure in (("by the whole rule", "f1_between"), ("by words alone", "f1_by_words"))
    ]
    filled = PAGE.read_text("utf-8").format(
        package=Package(root).descriptor["title"].split(":")[0],
        headline="\n".join(headline(index)),
        enough=ENOUGH,
        goals="\n".join(goals(root, found)),
        things=", ".join(f"`{t}`" for t in THINGS),
        joins=", ".join(f"`{t}`" for t in JOINS),
        threshold=THRESHOLD,
        type=TYPE,
        context=CONTEXT,
        joined_to=JOINED_TO,
        by_words="\n".join(table(["F1 of the passes with each other", *map(title, index.rounds)], by_words)),
        units=sum(len(m.units[t]) for m in codings for t in TABLES),
        side_by_side="\n".join(side_by_side(index)),
        details="\n".join(sections).strip(),
        omissions="\n".join(omissions(index)),
        audit="\n".join(audit(index)),
        empty=EMPTY,
        resamples=RESAMPLES,
        seed=SEED,
    )
    return (filled.strip() + "\n").encode("utf-8")


def rounded(value: object) -> object:
    """Return a figure as agreement.csv has it: with at most four decimals."""
    return f"{round(value, 4):g}" if isinstance(value, float) else value


def products(root: Path) -> tuple[dict[str, bytes], list[Figure]]:
    """Return what the build makes of the passes, by path, and the figures; nothing if there are no passes."""
    codings, found = compute(root)
    if not codings:
        return {}, []
    return {
        "coding/matches.csv": to_csv([MATCHES, *match_rows(codings)]),
        "coding/agreement.csv": to_csv([Figure._fields, *([rounded(v) for v in f] for f in found)]),
        "coding/AGREEMENT.md": page(root, codings, found),
    }, found


def summary(found: list[Figure]) -> list[str]:
    """Return the main figures for the terminal."""
    if not found:
        return ["There are no passes in coding/datapackage.json."]
    index = Index(found)
    lines, low = [], below(found)
    for group in index.rounds:
        between, published = index.get(group, "f1_between"), index.get(group, "f1_published")
        lines.append(
            f"{title(group)}: {times(len(coders(index, group)), 'pass', 'passes')}, {between.n} units, "
            f"F1 with each other {number(between.value, 3)}, with the published tables {number(published.value, 3)}"
        )
        for f in (f for f in low if (f.round, f.text) == group):
            what = f"{f.table_name or 'all tables'} {f.column_name}".strip()
            lines.append(f"  below its goal: {what}, {f.measure} {number(f.value, 3)}, n {f.n}")
    return lines

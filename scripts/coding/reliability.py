"""How far independent passes agree, computed from their matched units: the figures of coding/agreement.csv.

Three kinds of figure for each round and text: the units found, the values of the coded columns of matched units,
and their spans (`figures`); and the verdicts of the audit (`audit_figures`). Each function names its source.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from statistics import NormalDist
from typing import NamedTuple

import krippendorff
import numpy as np

from naqoura_talks.package import Package, PackageError
from scripts.coding.matching import JOINS, TABLES, Coding, dice, match, read_codings, references
from scripts.files import read_rows

ENOUGH = 20  # units, below which no coefficient is given
RESAMPLES, SEED = 2000, 1983
F1_GOAL, ALPHA_GOAL = 0.90, 0.80
EMPTY = "(empty)"


# --- measures ---


def resamples(n: int) -> np.ndarray:
    """Return how often each of n units is in each of ``RESAMPLES`` bootstrap samples, drawn with ``SEED``."""
    return np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), size=RESAMPLES).astype(float)


def alphas(counts: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Return Krippendorff's nominal alpha of each sample of the units; nan where one value alone occurs.

    ``counts`` holds how many coders gave each unit each value (units × values), ``times`` how often each unit is in
    each sample (samples × units); a unit with fewer than two coders counts for nothing. Krippendorff, Content
    Analysis, 4th ed. (2019), chapter 12.
    """
    paired = counts * (counts.sum(axis=1, keepdims=True) > 1)
    alike = (paired * (paired - 1)).sum(axis=1) / np.maximum(paired.sum(axis=1) - 1, 1)
    margins = times @ paired
    n = margins.sum(axis=1)
    with np.errstate(invalid="ignore"):
        return 1 - (n - 1) * (n - times @ alike) / (n**2 - (margins**2).sum(axis=1))


def alpha_interval(counts: np.ndarray) -> tuple[float, float]:
    """Return the 95% percentile interval of alpha over bootstrap samples of the units.

    Samples in which one value alone occurs have no alpha and are left out.
    """
    low, high = np.nanpercentile(alphas(counts, resamples(len(counts))), [2.5, 97.5])
    return float(low), float(high)


def u_alpha(unitings: list[int], length: int, squares: int | None = None) -> float:
    """Return |uα: how reliably coders tell relevant from irrelevant matter on one continuum; nan if undefined.

    Krippendorff, Mathet, Bouvry and Widlöcher (2016), On the reliability of unitizing textual continua,
    Quality & Quantity 50:2347–2364, equations 1, 4 and 6; Krippendorff (2019), eq. 35. A unit is not paired with
    itself, so the square of its length is taken off; of a gap, only its length. A coder's units are the maximal
    runs of marked characters, as those of one table can overlap, if ``squares`` of their lengths are not given.
    """
    if squares is None:
        squares = sum(len(run) ** 2 for u in unitings for run in f"{u:b}".split("0"))
    m = len(unitings)
    disagreement = sum((a ^ b).bit_count() for a, b in combinations(unitings, 2)) / (m - 1)
    total, relevant = m * length, sum(u.bit_count() for u in unitings)
    within = squares + total - relevant
    if not 0 < relevant < total or total**2 == within:
        return float("nan")
    return 1 - disagreement / (total * relevant * (total - relevant) / (total**2 - within))


# --- figures ---


class Figure(NamedTuple):
    """One row of coding/agreement.csv; agreement.md says what a measure is, ``remark`` why there is no value.

    What computes a figure leaves the first four cells empty: ``figures`` says where it belongs.
    """

    round: str = ""
    text: str = ""
    table_name: str = ""
    column_name: str = ""
    coder: str = ""
    measure: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    remark: str = ""


def proportion(round_name: str, measure: str, k: int, n: int, remark: str) -> Figure:
    """Return a share with its 95% Wilson interval."""
    z, p = NormalDist().inv_cdf(0.975), k / n
    centre, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)
    return Figure(round=round_name, measure=measure, value=p, low=low, high=high, n=n, remark=remark)


def share(measure: str, part: float, whole: int, coder: str = "", none: str = "no units") -> Figure:
    """Return a share with what it is of; of nothing there is none, and the remark ``none`` stands in its place."""
    if not whole:
        return Figure(measure=measure, remark=none, coder=coder)
    return Figure(measure=measure, value=part / whole, n=whole, coder=coder)


def f1(measure: str, mine: set[int], other: set[int], n: int, coder: str) -> Figure:
    """Return F1 of two sets of units."""
    return share(measure, 2 * len(mine & other), len(mine) + len(other), coder)._replace(n=n)


def mean(measure: str, figures: list[Figure], n: int) -> Figure:
    """Return the mean of the figures that have a value."""
    known = [f.value for f in figures if f.value is not None]
    return share(measure, sum(known), len(known))._replace(n=n)


def unit_figures(group: list[Coding], tables: tuple[str, ...]) -> Iterator[Figure]:
    """Yield what was found, over all units of some tables and texts."""
    units = [unit for m in group for table in tables for unit in m.units[table]]
    sets = {coder: {n for n, unit in enumerate(units) if i in unit} for i, coder in enumerate(group[0].coders)}
    published = {n for n, unit in enumerate(units) if group[0].published in unit}
    coders_of = Counter(n for mine in sets.values() for n in mine)
    found, units_by = len(coders_of), Counter(coders_of.values())
    yield Figure(measure="units", value=found, n=found)
    yield Figure(measure="units_by_all", value=units_by[len(sets)], n=found)
    yield Figure(measure="units_by_one", value=units_by[1], n=found)
    pairs = [f1("f1_pair", x, y, len(x | y), f"{a} {b}") for (a, x), (b, y) in combinations(sets.items(), 2)]
    yield from pairs
    yield mean("f1_between", pairs, found)
    if all(m.published is not None for m in group):
        scores = [f1("f1_published", mine, published, len(published), coder) for coder, mine in sets.items()]
        for score in scores:
            mine = sets[score.coder]
            yield share("precision", len(mine & published), len(mine), score.coder)
            yield share("recall", len(mine & published), len(published), score.coder)
            yield score
        yield mean("f1_published", scores, len(published))


def span_figures(group: list[Coding], table: str, column: str) -> Iterator[Figure]:
    """Yield how alike the spans of matched units, or the words of one verbatim column, are, over pairs of coders."""
    pairs = []
    for m in group:
        for unit in m.found(table):
            pairs += combinations([row.spans.get(column, 0) for row in unit.values()], 2)
    pairs = [(a, b) for a, b in pairs if a or b]
    none = "no pair of coders has such words"
    yield share("span_exact", sum(a == b for a, b in pairs), len(pairs), none=none)
    yield share("span_overlap", sum(dice(a, b) for a, b in pairs), len(pairs), none=none)


def marked_figure(group: list[Coding], table: str) -> Figure:
    """Return |uα of a table, its texts one behind the other; see ``u_alpha``."""
    unitings, length = [0] * len(group[0].coders), 0
    for m in group:
        for i, coded in enumerate(m.passes.values()):
            for row in coded[table].values():
                unitings[i] |= row.name_span << length
        length += m.length + 1  # a gap between two texts, so that no unit goes over it
    value = u_alpha(unitings, length)
    if np.isnan(value):
        return Figure(measure="u_alpha", n=length, remark="nothing, or everything, is marked: undefined")
    return Figure(measure="u_alpha", value=value, n=length)


def values(group: list[Coding], table: str, column: str) -> list[list[str]]:
    """Return for each unit that two coders or more found the values that they gave.

    A key stands as the unit that it points to: its published key, or the first coder's with the coder before
    it, and its text before it if there are several. A cell left empty is a value of its own.
    """
    target, found = references(table).get(column), []
    for m in group:
        names: dict[tuple[int, str], str] = {}
        for unit in m.units[target] if target else []:
            first = min(unit)
            name = unit[m.published] if m.published in unit else f"{m.coders[first]}:{unit[first]}"
            names |= {(i, key): f"{m.text} {name}" if len(group) > 1 else name for i, key in unit.items()}
        for unit in m.found(table):
            cells = [(i, row.cells.get(column, "")) for i, row in unit.items()]
            found.append([names.get(cell, cell[1]) or EMPTY for cell in cells])
    return [unit for unit in found if len(unit) > 1]


def column_figures(group: list[Coding], table: str, column: str) -> Iterator[Figure]:
    """Yield how alike the values of a coded column are, over pairs of coders."""
    units = values(group, table, column)
    pairs = Counter(tuple(sorted(pair)) for unit in units for pair in combinations(unit, 2))
    total = sum(pairs.values())
    alike = sum(n for (a, b), n in pairs.items() if a == b)
    filled = sum(any(v != EMPTY for v in unit) for unit in units)
    some = f"filled by some coder in {filled} of {len(units)} units" if filled < len(units) else ""
    yield share("observed_agreement", alike, total)._replace(n=len(units), remark=some)
    for (a, b), n in sorted(pairs.items(), key=lambda p: (-p[1], p[0])):
        if a != b:
            yield Figure(measure="confusion", value=n, n=total, remark=f"{a} / {b}")
    yield alpha_figure(units)


def alpha_figure(units: list[list[str]]) -> Figure:
    """Return alpha of the values of each unit, with its interval, or why it has none."""
    domain = sorted({v for unit in units for v in unit})
    none = Figure(measure="alpha", n=len(units))
    if not domain:
        return none._replace(remark="no unit has two values: alpha is undefined")
    if len(domain) == 1:
        return none._replace(remark=f"only {domain[0]} occurs: alpha is undefined")
    if len(units) < ENOUGH:
        return none._replace(remark=f"{len(units)} units are too few for a coefficient")
    counts = np.array([[unit.count(v) for v in domain] for unit in units])
    value = krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")
    low, high = alpha_interval(counts)
    rest = int(counts.sum() - counts.sum(axis=0).max())
    remark = f"rests on the {rest} of {counts.sum()} values that are not the commonest" if rest < ENOUGH else ""
    return none._replace(value=float(value), low=low, high=high, remark=remark)


def at(found: Iterable[Figure], **place: str) -> Iterator[Figure]:
    """Yield the figures with the cells that say where they belong."""
    return (f._replace(**place) for f in found)


def group_figures(package: Package, group: list[Coding]) -> Iterator[Figure]:
    """Yield all figures of a text, or of several texts together."""
    yield from unit_figures(group, TABLES)
    by_words = [m._replace(units=match([*m.passes.values()], words_only=True)) for m in group]
    strict = {f.measure: f for f in unit_figures(by_words, TABLES) if not f.coder}
    yield strict["f1_between"]._replace(measure="f1_by_words")
    for table in TABLES:
        yield from at(unit_figures(group, (table,)), table_name=table)
        yield from at(span_figures(group, table, ""), table_name=table)
        yield marked_figure(group, table)._replace(table_name=table)
        fields = package.fields(table)
        # On the ends of a row that joins things, by which it is matched, coders agree by rule.
        ends = JOINS[table][0] if table in JOINS else ()
        for column in (c for c in fields if fields[c]["provenance"] == "coded" and c not in ends):
            yield from at(column_figures(group, table, column), table_name=table, column_name=column)
        for column in (c for c in fields if fields[c]["provenance"] == "verbatim"):
            yield from at(span_figures(group, table, column), table_name=table, column_name=column)


def figures(package: Package, codings: list[Coding]) -> Iterator[Figure]:
    """Yield all figures: for each round those of each text and, if it has several, of all its texts together."""
    rounds: dict[str, list[Coding]] = defaultdict(list)
    for m in codings:
        if len(m.coders) > 1:
            rounds[m.round].append(m)
    for name, texts in rounds.items():
        groups = {m.text: [m] for m in texts}
        if len(texts) > 1 and len({tuple(m.coders) for m in texts}) == 1:
            groups = {"": texts} | groups
        for text, group in groups.items():
            yield from at(group_figures(package, group), round=name, text=text)


# --- audit ---

VERDICTS = ("carried", "not_carried", "debatable")


def audit_figures(root: Path) -> list[Figure]:
    """Return the share of each verdict of the audit with its Wilson interval; nothing if there is no audit.

    Raises PackageError for a cell without a verdict, or with one that is not known.
    """
    path = root / "coding/audit.csv"
    rows = read_rows(path, "audit") if path.exists() else []
    for i, row in enumerate(rows, 2):
        if row.get("verdict") not in VERDICTS:
            raise PackageError(
                f"{path}:{i}: {row.get('row_id')} {row.get('column_name')}: the verdict is {row.get('verdict')!r}; "
                f"expected one of {', '.join(VERDICTS)}. Judge the cell."
            )
    counts, n = Counter(row["verdict"] for row in rows), len(rows)
    return [proportion("audit", v, counts[v], n, f"{counts[v]} of {n} cells") for v in VERDICTS if n]


def omission_figures(root: Path) -> list[Figure]:
    """Return recall, of cells and of rows, by two readers who were asked for what is missing (omissions.csv).

    Recall is filled / (filled + found due by both), with its Wilson interval, of the tables of 1.0.0, which they read:
    of cells those that coders fill, of rows those of the tables that coders fill.
    """
    path = root / "coding/omissions.csv"
    if not (path.exists() and (root / "releases/1.0.0").exists()):
        return []
    package, rows = Package(root / "releases/1.0.0"), read_rows(path, "omissions")
    there = {"recall_of_cells": 0, "recall_of_rows": 0}
    for table in package.tables:
        fields, words = package.fields(table), package.read_words(table)
        if any(field["evidence"] == "row" for field in fields.values()):
            coded = [c for c, field in fields.items() if field["provenance"] in ("coded", "verbatim")]
            there["recall_of_cells"] += sum(len(words) - words[c].null_count for c in coded)
            there["recall_of_rows"] += len(words)
    found = []
    for measure, filled in there.items():
        asked = [r for r in rows if bool(r["column_name"]) == (measure == "recall_of_cells")]
        due = Counter((r["reader_1"], r["reader_2"]).count("due") for r in asked)
        remark = f"{filled} there, {due[2]} found due by both readers, {due[1]} by one of them"
        found.append(proportion("omissions", measure, filled, filled + due[2], remark))
    return found


def compute(root: Path) -> tuple[list[Coding], list[Figure]]:
    """Return the matched codings and all figures of a package, those of the audits last."""
    codings = read_codings(root)
    return codings, [*figures(Package(root), codings), *audit_figures(root), *omission_figures(root)]

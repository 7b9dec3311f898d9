"""The figures in docs/figures/, for README, slides and papers: SVG and PNG, drawn by Vega-Lite from the tables.

``figures(package)`` returns the content of each file. What they were drawn from is kept as a digest in
``figures.json``: as long as it is the same and no file was touched, the files keep their bytes, so that
another version of the plotting library, or other fonts, do not change the tree. Colours and marks mean
what they mean on the landing page.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from naqoura_talks.package import Package
from scripts.build import landing

if TYPE_CHECKING:
    import altair as alt

FOLDER = "docs/figures"
MANIFEST = f"{FOLDER}/figures.json"

ATTRIBUTIONS = {
    "narrator": ("narrator", "#1d5c8c"),
    "both": ("narrator and speaker", "#6a4a8f"),
    "speaker": ("speaker only", "#a3470a"),
    "link_line": ("link line", "#5c5c5c"),
}
INK, SOFT, RULE = "#1c2226", "#56606a", "#d9d5cb"


def _attribution_scale(shown: set[str]) -> Any:
    import altair as alt

    used = [pair for code, pair in ATTRIBUTIONS.items() if code in shown]
    scale = alt.Scale(domain=[label for label, _ in used], range=[colour for _, colour in used])
    return alt.Color("asserted:N", scale=scale, legend=alt.Legend(title="Asserted by"))


def shown(package: Package) -> dict[str, Any]:
    """Return all that the figures show, by the name of the figure, as plain records: what the landing page shows."""
    t = landing.Tables(package, {name: package.joined.read_csv(name).to_pylist() for name in package.joined.tables})
    events = landing.timeline(t)
    axis = events["axis"]
    return {
        "timeline": {"dated": events["dated"], "years": axis.years, "breaks": axis.breaks},
        "terms-and-claims": landing.ceasefire(t),
        "who-said-what": landing.statements(t),
    }


def timeline(events: dict[str, Any]) -> alt.LayerChart:
    """Draw the dated events, each as vague as its date."""
    import altair as alt

    rows = []
    for event in events["dated"]:
        title = f"{event['title']} ({event['realis']})"
        rows += [m | {"event": title, "asserted": ATTRIBUTIONS[event["attribution"]][0]} for m in event["marks"]]
    order = list(dict.fromkeys(row["event"] for row in rows))
    colour = _attribution_scale({e["attribution"] for e in events["dated"]})
    y = alt.Y(
        "event:N",
        sort=order,
        scale=alt.Scale(domain=order),
        axis=alt.Axis(title=None, labelLimit=420, ticks=False, domain=False),
    )
    x = alt.X("x1:Q", scale=alt.Scale(domain=[0, 100]), axis=None)
    right = alt.X("x2:Q", scale=alt.Scale(domain=[0, 100]), axis=None)

    def layer(*kinds: str) -> alt.Chart:
        return alt.Chart(alt.Data(values=[row for row in rows if row["kind"] in kinds]))

    years = events["years"]
    edges = sorted({year["x1"] for year in years} | {year["x2"] for year in years if year["last"]})
    labels = [{"x1": (year["x1"] + year["x2"]) / 2, "label": str(year["year"])} for year in years]
    labels += [{"x1": gap["x"], "label": "⋯"} for gap in events["breaks"]]
    arrow = {"size": 70, "opacity": 1}
    return alt.layer(
        alt.Chart(alt.Data(values=[{"x1": edge} for edge in edges])).mark_rule(color=RULE).encode(x=x),
        alt.Chart(alt.Data(values=labels))
        .mark_text(color=SOFT, baseline="bottom")
        .encode(x=x, y=alt.value(-6), text="label:N"),
        layer("vague")
        .mark_bar(size=15, fillOpacity=0.25, strokeWidth=1.2)
        .encode(x=x, x2="x2:Q", y=y, color=colour, stroke=colour),
        layer("open-left", "open-right")
        .mark_rule(strokeDash=[6, 4], strokeWidth=2)
        .encode(x=x, x2="x2:Q", y=y, color=colour),
        layer("unknown", "unknown-left")
        .mark_rule(strokeDash=[1, 4], strokeCap="round", strokeWidth=2.5)
        .encode(x=x, x2="x2:Q", y=y, color=colour),
        layer("span", "onward").mark_bar(size=7).encode(x=x, x2="x2:Q", y=y, color=colour),
        layer("onward").mark_point(shape="triangle-right", filled=True, **arrow).encode(x=right, y=y, color=colour),
        layer("open-left").mark_point(shape="triangle-left", filled=True, **arrow).encode(x=x, y=y, color=colour),
        layer("open-right").mark_point(shape="triangle-right", filled=True, **arrow).encode(x=right, y=y, color=colour),
        layer("point").mark_point(filled=True, size=110, opacity=1).encode(x=x, y=y, color=colour),
    ).properties(width=620, height=30 * len(order))


def _matrix(
    rows: list[dict[str, str]],
    order: list[str],
    actors: list[str],
    roles: list[str],
    legend_of_attribution: bool = True,
) -> alt.Chart:
    """Draw actors by rows: the role is the shape."""
    import altair as alt

    shapes = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "stroke", "arrow"]
    shape = alt.Shape(
        "role:N", scale=alt.Scale(domain=roles, range=shapes[: len(roles)]), legend=alt.Legend(title="Part")
    )
    plain = {"title": None, "grid": True, "ticks": False, "domain": False}
    across = alt.Axis(orient="top", labelAngle=-55, labelLimit=220, **plain)
    # What the narrator asserts is filled, what only a speaker asserts is an outline.
    used = [pair for pair in ATTRIBUTIONS.values() if pair[0] in {row["asserted"] for row in rows}]
    fills = [c if label.startswith("narrator") else "white" for label, c in used]
    legend = alt.Legend(title="Asserted by") if legend_of_attribution else None
    fill = alt.Fill("asserted:N", scale=alt.Scale(domain=[label for label, _ in used], range=fills), legend=legend)
    stroke = alt.Stroke(
        "asserted:N", scale=alt.Scale(domain=[label for label, _ in used], range=[c for _, c in used]), legend=legend
    )
    x = alt.X("actor:N", sort=actors, scale=alt.Scale(domain=actors), axis=across)
    y = alt.Y("row:N", sort=order, scale=alt.Scale(domain=order), axis=alt.Axis(labelLimit=640, **plain))
    chart = alt.Chart(alt.Data(values=rows)).mark_point(size=90, strokeWidth=1.8, opacity=1)
    return chart.encode(x=x, y=y, shape=shape, fill=fill, stroke=stroke).properties(
        width=30 * len(actors), height=26 * len(order)
    )


def terms_and_claims(shown: dict[str, Any]) -> alt.Chart:
    """Draw the terms by their basis with the actors of each role, and below them who claims a breach of what."""
    rows: list[dict[str, str]] = []
    order: list[str] = []

    def add(row: str, actor: str, role: str, attribution: str) -> None:
        rows.append({"row": row, "actor": actor, "role": role, "asserted": ATTRIBUTIONS[attribution][0]})

    claims = [c for a in shown["agreements"] for c in a["claims"]]
    for group in shown["groups"]:
        for term in group["terms"]:
            title = f"{group['basis']['label']}: {term['title']}"
            order.append(title)
            claims += term["claims"]
            for role, actors in term["roles"].items():
                for _, name in actors:
                    add(title, name, role.capitalize(), term["attribution"])
    for c in claims:
        title = f"Claim of {c['text']}"
        order.append(title)
        add(title, c["assessed_actor"], "Assessed in a claim", "speaker")
    roles = list(dict.fromkeys(row["role"] for row in rows))
    return _matrix(rows, order, sorted({r["actor"] for r in rows}, key=str.casefold), roles)


def who_said_what(statements: list[dict[str, Any]]) -> alt.Chart:
    """Draw the statements in the order of the report, with speaker, relay, addressee and subject."""
    rows: list[dict[str, str]] = []
    order: list[str] = []
    said = ATTRIBUTIONS["speaker"][0]
    roles = {"spoken_for": "Spoken for", "relay": "Relay", "addressee": "Addressee", "subject": "Subject"}
    for s in statements:
        order.append(s["proposition"])
        parts = {s["speaker"]: ["Speaker"]}
        for role, label in roles.items():
            for _, name in s[role]:
                parts.setdefault(name, []).append(label)
        rows += [
            {"row": s["proposition"], "actor": name, "role": " and ".join(has).capitalize(), "asserted": said}
            for name, has in parts.items()
        ]
    actors = sorted({r["actor"] for r in rows}, key=str.casefold)
    return _matrix(rows, order, actors, list(dict.fromkeys(r["role"] for r in rows)), False)


FIGURES = {"timeline": timeline, "terms-and-claims": terms_and_claims, "who-said-what": who_said_what}


def draw(package: Package) -> dict[str, bytes]:
    """Return each figure as SVG and PNG, by path."""
    import altair as alt
    import vl_convert

    files, records = {}, shown(package)
    for name, figure in FIGURES.items():
        chart = figure(records[name]).configure(
            font="Liberation Sans, Arial, sans-serif", background="white", padding=12,
            view=alt.ViewConfig(stroke=None),
            axis=alt.AxisConfig(labelColor=INK, gridColor="#efece4", labelFontSize=12),
            legend=alt.LegendConfig(labelColor=INK, titleColor=SOFT, labelFontSize=12, titleFontWeight="normal"),
        )  # fmt: skip
        svg = vl_convert.vegalite_to_svg(chart.to_json(validate=False))
        files[f"{FOLDER}/{name}.svg"] = (svg + "\n").encode("utf-8")
        files[f"{FOLDER}/{name}.png"] = vl_convert.svg_to_png(svg, scale=1.5)
    return files


def inputs(package: Package) -> str:
    """Return a digest of all that the figures are drawn from: what they show, and this file, which says how."""
    records = json.dumps(shown(package), ensure_ascii=False, default=str).encode("utf-8")
    return hashlib.sha256(records + Path(__file__).read_bytes()).hexdigest()


def figures(package: Package) -> dict[str, bytes]:
    """Return the figures and their record: as they are if nothing that they show has changed, else drawn anew."""
    root, wanted = package.root, inputs(package)
    paths = [f"{FOLDER}/{name}.{kind}" for name in FIGURES for kind in ("svg", "png")]
    there = {path: (root / path).read_bytes() for path in paths if (root / path).is_file()}
    try:
        record = json.loads((root / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        record = {}
    made = {path: hashlib.sha256(data).hexdigest() for path, data in there.items()}
    if record != {"drawn_from": wanted, "files": made} or list(there) != paths:
        there = draw(package)
        made = {path: hashlib.sha256(data).hexdigest() for path, data in there.items()}
    manifest = json.dumps({"drawn_from": wanted, "files": made}, indent=2) + "\n"
    return there | {MANIFEST: manifest.encode("utf-8")}

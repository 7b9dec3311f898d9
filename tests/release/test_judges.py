"""Tools from outside open a release and find every cell as in the CSV; and each would see one that is not.

Those of the maintainers' environment are always asked; the others where their environments are there,
which `make environments` makes, and in CI.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import conftest
from scripts.release import judges, unpacked

IDS = [judge.name for judge in judges.JUDGES]


@pytest.fixture(scope="session")
def package_of_release(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release that is unpacked."""
    return judges.unpack(released, tmp_path_factory.mktemp("judged")).folder


def ask(judge: judges.Judge, folder: Path) -> tuple[str, str]:
    """Ask a judge, or skip where its environment is not there."""
    if reason := judges.hindrance(judge):
        if judge.home == "R" or "Java" in reason:
            pytest.skip(reason)
        conftest.missing(reason)
    return judges.verdict(judge, folder)


@pytest.mark.parametrize("judge", judges.JUDGES, ids=IDS)
def test_judge_opens_it(judge: judges.Judge, package_of_release: Path) -> None:
    """The judge finds nothing against the release, and the guide has what it found."""
    version, found = ask(judge, package_of_release)
    table = (
        (conftest.ROOT / "docs/guide.md")
        .read_text("utf-8")
        .split("<!-- judges: generated -->\n")[1]
        .split("<!-- /judges -->")[0]
    )
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    assert version and [judge.name, judge.about, found] in [[r[0], r[2], r[3]] for r in rows], "run `make judges`"


@pytest.mark.parametrize("judge", judges.JUDGES, ids=IDS)
def test_judge_sees_what_is_wrong(judge: judges.Judge, package_of_release: Path, tmp_path: Path) -> None:
    """With one key of the CSV changed, or the file that the judge is asked about broken, it objects."""
    folder = tmp_path / "spoilt"
    shutil.copytree(package_of_release, folder)
    (package,) = (p.parent for p in folder.glob("*/datapackage.json"))
    for path, old, new in (
        ("data/csv/places.csv", "plc-beirut,", "plc-beyrut,"),
        ("CITATION.cff", "cff-version:", "cff:"),
        ("datapackage.json", '"licenses": [', '"licenses": [3,'),
    ):
        if path != "datapackage.json" or judge.name == "Data Package profile":
            text = (package / path).read_text("utf-8")
            assert old in text
            (package / path).write_text(text.replace(old, new), "utf-8")
    with pytest.raises(judges.Wrong):
        ask(judge, folder)


@pytest.mark.parametrize(
    ("value", "wanted", "same"),
    [
        (None, None, True), ("", None, False), (None, "x", False), ("1", 1, False), (1, "1", False), (1.0, 1, True),
        (True, True, True), (1, True, False), (True, 1, False), ("true", True, False), (0.1, 0.1, True), (0.1, 0.2, False),
    ],
)  # fmt: skip
def test_alike(value: object, wanted: object, same: bool) -> None:
    """Cells are compared with their kind: text is no number, 1 is not true, nothing is nothing."""
    assert unpacked.alike(value, wanted) is same

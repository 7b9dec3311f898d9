"""What the wheel holds, and what it does where there is no checkout; `make test-wheel-oldest` asks it the users' tests."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRINT = 'import naqoura_talks; print(naqoura_talks.__file__); print(naqoura_talks.joined("statements").to_csv())'


def run(*command: str | Path, cwd: Path | None = None, **environment: str) -> str:
    """Run a command, which must succeed, away from the checkout; return what it printed."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | environment
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout without the network."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (path,) = folder.glob("*.whl")
    return path


def test_wheel_holds_the_data_package_and_nothing_else(wheel: Path) -> None:
    """Descriptor, citation, CSV, Parquet, schemas and the coding's record are inside, byte for byte, and nothing else."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        inside = "naqoura_talks/datapackage/"
        expected = [
            path.relative_to(ROOT)
            for part in ("data", "schemas", "coding")
            for path in (ROOT / part).rglob("*")
            if path.is_file()
        ]
        assert "naqoura_talks/py.typed" in names
        for path in [Path("datapackage.json"), *expected]:
            assert archive.read(inside + path.as_posix()) == (ROOT / path).read_bytes(), path
    version = json.loads((ROOT / "datapackage.json").read_text("utf-8"))["version"]
    assert wheel.name == f"naqoura_talks-{version}-py3-none-any.whl"
    assert all(n.startswith(("naqoura_talks/", f"naqoura_talks-{version}.dist-info/")) for n in names)


def test_the_description_has_no_dead_link(wheel: Path) -> None:
    """Links in the wheel's description lead to the web or nowhere; README.md has others, and its words are there."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [n for n in archive.namelist() if n.endswith(".dist-info/METADATA")]
        told = archive.read(name).decode("utf-8")
    assert "\n# Naqoura Talks\n" in told and "](docs/" in (ROOT / "README.md").read_text("utf-8")
    assert [link for link in re.findall(r"\]\(([^)]*)\)", told) if not re.match("https?://", link)] == []


def test_wheel_works_without_a_checkout(wheel: Path, tmp_path: Path) -> None:
    """Unpacked elsewhere, the wheel loads its own data."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    printed = run(sys.executable, "-c", PRINT, cwd=tmp_path, PYTHONPATH=str(tmp_path / "site"))
    assert printed.startswith(str(tmp_path / "site")) and "stm-israel-accuses-breach" in printed


def test_wheel_without_data_says_so(wheel: Path, tmp_path: Path) -> None:
    """A wheel from which the data are missing gives one clear error."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site", [n for n in archive.namelist() if "datapackage" not in n])
    done = subprocess.run(
        [sys.executable, "-m", "naqoura_talks", "tables"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path / "site")}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2 and "carries no data" in done.stderr and done.stderr.count("\n") == 1

"""A stranger's environment: the wheel alone, with pandas and pyarrow, on both ends of what is supported.

What needs no network runs anywhere: the wheel is unpacked beside the interpreter's own pandas. New
environments are made in CI.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from conftest import python_of

ROOT = Path(__file__).resolve().parent.parent
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
        for path in [Path("datapackage.json"), Path("citation.json"), *expected]:
            assert archive.read(inside + path.as_posix()) == (ROOT / path).read_bytes(), path
    version = json.loads((ROOT / "datapackage.json").read_text("utf-8"))["version"]
    assert wheel.name == f"naqoura_talks-{version}-py3-none-any.whl"
    assert all(n.startswith(("naqoura_talks/", f"naqoura_talks-{version}.dist-info/")) for n in names)


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
    assert done.returncode == 1 and "carries no data" in done.stderr and done.stderr.count("\n") == 1


def environment(folder: Path, *install: str | Path) -> Path:
    """Make an environment and install into it; return its python."""
    run(sys.executable, "-m", "venv", folder)
    python = folder / "bin/python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *install)
    return python


def test_new_environment(wheel: Path, tmp_path: Path, ci_only: None) -> None:
    """pip install of the wheel alone brings pandas and pyarrow, and joined() prints the table."""
    python = environment(tmp_path / "env", wheel)
    assert "stm-israel-accuses-breach" in run(python, "-c", PRINT, cwd=tmp_path)
    assert "ceasefire_terms" in run(tmp_path / "env/bin/naqoura-talks", "tables", cwd=tmp_path)


def test_oldest_pandas(wheel: Path, tmp_path: Path) -> None:
    """The loader's and the joined tables' tests pass on the oldest pandas and pyarrow that are supported."""
    python = python_of("oldest")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    for name in ("test_load.py", "test_joined.py", "test_coding.py", "test_users_of_1_0.py"):
        (tmp_path / name).write_bytes((ROOT / "tests" / name).read_bytes())
    printed = run(python, "-m", "pytest", "-q", tmp_path, cwd=tmp_path, PYTHONPATH=str(tmp_path / "site"))
    assert " passed" in printed
    assert run(python, "-c", "import pandas; print(pandas.__version__)").startswith("2.2.0")


@pytest.mark.parametrize("missing", ["venv", "old python"])
def test_make_says_what_is_missing(missing: str, tmp_path: Path) -> None:
    """Without the venv module, or with too old a Python, make stops with a line that says what to do."""
    code = "3" if missing == "venv" else "1"
    fake = tmp_path / "python"
    # Stands for a python that fails at `import ensurepip, venv`, or at the question of its version.
    fake.write_text(
        f'#!/bin/sh\ncase "$2" in *ensurepip*) exit {code};; *version_info*) exit {0 if missing == "venv" else 1};; esac\n'
    )
    fake.chmod(0o755)
    for name in ("Makefile", "requirements/maintainers.txt", "pyproject.toml", "hatch_build.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    done = subprocess.run(["make", f"PYTHON={fake}"], cwd=tmp_path, capture_output=True, text=True)
    expected = "apt install python3-venv" if missing == "venv" else "Python 3.11 or later"
    assert done.returncode != 0 and expected in done.stdout
    assert not (tmp_path / ".venv").exists()

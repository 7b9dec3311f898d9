"""What several tests share: the made-up package, and the coded text where it may be used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
IN_CI = bool(os.environ.get("NAQOURA_TALKS_CI"))


@pytest.fixture(scope="session")
def whole_made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up package, built; tests must not change it."""
    import build
    import made_up

    root = made_up.make(tmp_path_factory.mktemp("made-up") / "package")
    build.build(root)
    return root


@pytest.fixture
def made_up_root(whole_made_up: Path, tmp_path: Path) -> Path:
    """A copy of the made-up package, to be broken."""
    root = tmp_path / "package"
    shutil.copytree(whole_made_up, root)
    return root


@pytest.fixture(scope="session")
def coded_text() -> str:
    """The text of the coded report; the tests that need it are skipped where it is not given."""
    path = os.environ.get("NAQOURA_TALKS_TEXT")
    if not path or not Path(path).is_file():
        message = "needs the coded text, which is under copyright: set NAQOURA_TALKS_TEXT to a file with it"
        if IN_CI:
            pytest.fail(message)
        pytest.skip(message)
    return Path(path).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def ci_only() -> None:
    """For tests that install packages: they run where NAQOURA_TALKS_CI is set."""
    if not IN_CI:
        pytest.skip("installs packages from a registry: runs in CI, or with NAQOURA_TALKS_CI=1")


@pytest.fixture(scope="session")
def oldest_python(tmp_path_factory: pytest.TempPathFactory, ci_only: None) -> Path:
    """The python of an environment with the oldest pandas and pyarrow that are supported."""
    folder = tmp_path_factory.mktemp("oldest") / "env"
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--requirement"]
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([folder / "bin/python", *install, ROOT / "requirements/oldest.txt"], check=True)
    return folder / "bin/python"

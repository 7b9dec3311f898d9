"""Try the wheel as users have it: in a new environment, with pandas and pyarrow, asked by the tests for users.

  python scripts/trials/wheel.py oldest   the oldest pandas and pyarrow that are supported (requirements/oldest.txt)
  python scripts/trials/wheel.py newest   the newest (requirements/newest.txt)

It runs on Linux, macOS and Windows and needs nothing but Python. Exit code 0 if all tests pass.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ("test_load.py", "test_joined.py", "test_coding.py", "test_users_of_2_0.py", "idioms/test_everyday.py")


def try_wheel(lock: Path, folder: Path) -> int:
    """Build the wheel, install it into a new environment in the folder, and return the exit code of its tests."""
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [python, "-P", "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", "--require-hashes", "--requirement", lock], check=True)
    made = ["--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "wheel", *made, "--wheel-dir", folder, ROOT], check=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([*pip, "install", "--no-deps", wheel], check=True)
    (folder / "tests").mkdir()
    for name in TESTS:
        shutil.copy(ROOT / "tests" / name, folder / "tests")
    print(f"{wheel.name} with {lock.stem} pandas:", flush=True)
    subprocess.run([python, "-c", "import pandas, pyarrow; print(pandas.__version__, pyarrow.__version__)"], check=True)
    # Away from the checkout, so that the wheel is what is imported.
    return subprocess.run([python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"], cwd=folder).returncode


def main(argv: list[str] | None = None) -> int:
    """Run the trial; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("pandas", choices=("oldest", "newest"))
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        return try_wheel(ROOT / f"requirements/{args.pandas}.txt", Path(folder))


if __name__ == "__main__":
    raise SystemExit(main())

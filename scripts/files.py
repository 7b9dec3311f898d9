"""How the scripts write files, whole or not at all, and the forms of CSV and JSON that the checkout has."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import subprocess
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from naqoura_talks.package import PackageError, read_text


def cannot_write(path: Path, error: OSError) -> PackageError:
    """Return the error of a file that cannot be written."""
    return PackageError(
        f"{path}: cannot be written: {error.strerror}. Nothing was changed there; make the folder writable, "
        "or free some space, and run it again."
    )


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: beside its place first, then renamed. Raises PackageError if it cannot be."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with beside.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise cannot_write(path, error) from None


def sha256(data: bytes) -> str:
    """Return the digest as Data Package writes it."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def to_json(value: Any) -> bytes:
    """Return JSON as the descriptors and schemas have it: two spaces, UTF-8, one LF at the end."""
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def to_csv(rows: Iterable[Iterable[object]]) -> bytes:
    """Return rows, the header first, as CSV in the form of data/csv: UTF-8, LF, empty for None."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8")


def read_rows(path: Path, what: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file beside the tables. Raises PackageError if it is missing or not UTF-8."""
    return list(csv.DictReader(io.StringIO(read_text(path, what), newline="")))


def unpack_commit(root: Path, revision: str, folder: Path, *paths: str) -> None:
    """Write the tree of a commit, or these paths of it, and nothing else into a folder. Raises PackageError."""
    command = ["git", "-C", str(root), "archive", "--format=tar", revision, "--", *paths]
    done = subprocess.run(command, capture_output=True)
    if done.returncode:
        raise PackageError(done.stderr.decode("utf-8", "replace").strip())
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")

"""How the scripts write files, whole or not at all, what names a folder, and the forms of CSV and JSON here."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import subprocess
import tarfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from naqoura_talks.package import PackageError, read_text

# Of a cell that is too long the rules must be able to say so.
csv.field_size_limit(1 << 30)


def cannot_write(path: Path, error: OSError) -> PackageError:
    """Return the error of a file that cannot be written."""
    return PackageError(
        f"{path}: cannot be written: {error.strerror}. Nothing was changed there; make the folder writable, "
        "or free some space, and run it again."
    )


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: beside its place first, then renamed. Raises PackageError if it cannot be."""
    # Hidden: what a build that is killed leaves there is nobody's file, and git ignores it.
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise cannot_write(path, error) from None


def swhid_of_folder(folder: Path) -> str:
    """Return the SWHID of a folder (ISO/IEC 18670), swh:1:dir: and what git calls its tree, without hidden files."""

    def named(kind: str, data: bytes) -> bytes:
        return hashlib.sha1(f"{kind} {len(data)}\0".encode() + data, usedforsecurity=False).digest()

    def entry(path: Path) -> bytes:
        mode, content = (b"40000", tree(path)) if path.is_dir() else (b"100644", named("blob", path.read_bytes()))
        return mode + b" " + path.name.encode() + b"\0" + content

    def tree(folder: Path) -> bytes:
        # git sorts a folder as if its name ended in a slash.
        paths = sorted(folder.glob("[!.]*"), key=lambda p: f"{p.name}/".encode() if p.is_dir() else p.name.encode())
        return named("tree", b"".join(map(entry, paths)))

    return f"swh:1:dir:{tree(folder).hex()}"


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


def run(*command: str | Path, **environment: str) -> bytes:
    """Run a command that must succeed; return what it printed. Raises PackageError with that if it fails."""
    done = subprocess.run([*map(str, command)], env=os.environ | environment, capture_output=True)
    if done.returncode:
        said = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
        raise PackageError(f"{' '.join(map(str, command))} failed: {said}")
    return done.stdout


def unpack_commit(root: Path, revision: str, folder: Path, *paths: str) -> None:
    """Write the tree of a commit, or these paths of it, and nothing else into a folder. Raises PackageError."""
    packed = run("git", "-C", root, "archive", "--format=tar", revision, "--", *paths)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")

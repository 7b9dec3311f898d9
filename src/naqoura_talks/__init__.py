"""Naqoura Talks: actors, events, statements and ceasefire terms in one news report.

    >>> import naqoura_talks
    >>> events = naqoura_talks.load("events")

``tables()`` says what there is, ``codebook("events")`` what the columns mean, ``joined("events")``
gives the table with names in place of keys, and ``evidence(key)`` the spans that support a row.
"""

from naqoura_talks.annotations import annotations
from naqoura_talks.citing import cite
from naqoura_talks.coding import agreement, passes
from naqoura_talks.export import export
from naqoura_talks.frames import act_pairs, acts, codebook, codes, installed, joined, load, path, tables, timeline
from naqoura_talks.package import PackageError, UnknownNameError, UnreadableCopyError
from naqoura_talks.text import canonicalise, fold
from naqoura_talks.verify import Verification, coverage, evidence, verify

__all__ = [
    "PackageError",
    "UnknownNameError",
    "UnreadableCopyError",
    "Verification",
    "act_pairs",
    "acts",
    "agreement",
    "annotations",
    "canonicalise",
    "cite",
    "codebook",
    "codes",
    "coverage",
    "evidence",
    "export",
    "fold",
    "joined",
    "load",
    "passes",
    "path",
    "tables",
    "timeline",
    "verify",
]


def __getattr__(name: str) -> str:
    # The version stands once, in datapackage.json; it is read when asked for.
    if name == "__version__":
        return installed().version
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__

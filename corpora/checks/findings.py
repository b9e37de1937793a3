"""What a check finds, and how it counts: by short keys and a few examples."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from textrnn.corpora.files.opening import source_name

EXAMPLES = 3  # of a finding
_SHOWN_CHARACTERS = 60
# What UTF-8 looks like when it was read as Latin-1 or Windows-1252 and written again.
_GARBLED = ("Ã©", "Ã¨", "Ã¤", "Ã¶", "Ã¼", "â€™", "â€œ", "â€", "Â ", "ï»¿", "锟斤拷", "\ufffd")


@dataclass
class Finding:
    """Something wrong with a file.

    Attributes:
        kind: what, as ``duplicates``.
        message: what it means and what to do.
        count: how often.
        examples: up to three, each after the number of its line or record.
    """

    kind: str
    message: str
    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, number: int | str, text: str) -> None:
        """Count one, with the number of its line or record."""
        self.count += 1
        if len(self.examples) < EXAMPLES:
            shown = " ".join(text.split())
            cut = "…" if len(shown) > _SHOWN_CHARACTERS else ""
            self.examples.append(f"{number}: {shown[:_SHOWN_CHARACTERS]}{cut}")


@dataclass(frozen=True)
class CheckReport:
    """What was found in a file.

    Attributes:
        name: the file's.
        texts: how many were read.
        labels: texts of each label; empty where there are none.
        findings: what is wrong, the gravest first.
        unit: what was read, ``text`` or ``pair``.
    """

    name: str
    texts: int
    labels: dict[str, int]
    findings: tuple[Finding, ...]
    unit: str = "text"


def make_report(
    name: str,
    texts: int,
    labels: dict[str, int],
    findings: Iterable[Finding],
    *,
    unit: str = "text",
) -> CheckReport:
    """A report of the findings that there are."""
    found = tuple(finding for finding in findings if finding.count)
    return CheckReport(source_name(name), texts, labels, found, unit)


def short_key(text: str) -> bytes:
    """Eight bytes that stand for a text, so that memory grows little with each."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def is_garbled(text: str) -> bool:
    """Whether a text looks as if it was decoded wrongly once."""
    return any(mark in text for mark in _GARBLED)


def garbled_text() -> Finding:
    """The finding of such texts."""
    return Finding("garbled text", "it was once decoded wrongly: convert it anew")

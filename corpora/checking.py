"""What ruins training, found before it does: doubles, leaks, contradictions, broken text."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from textrnn.corpora.copies import NearCopies, says_something, text_key
from textrnn.corpora.files.opening import open_binary, source_name
from textrnn.corpora.files.reading import is_marked
from textrnn.corpora.formats.records import record_format
from textrnn.corpora.labelled import Source, has_label_field, read_any, read_texts
from textrnn.corpora.labels import is_reserved, similar_labels, similar_labels_note, wrong_label
from textrnn.errors import ConfigurationError

_EXAMPLES = 3
_SHOWN_CHARACTERS = 60
_IMBALANCE = 10.0  # times as many texts of one label as of another
# What UTF-8 looks like when it was read as Latin-1 or Windows-1252 and written again.
_GARBLED = ("Ã©", "Ã¨", "Ã¤", "Ã¶", "Ã¼", "â€™", "â€œ", "â€", "Â ", "ï»¿", "锟斤拷", "\ufffd")


@dataclass
class Finding:
    """Something wrong with a file.

    Attributes:
        kind: what, as ``duplicates``.
        message: what it means and what to do.
        count: how often.
        examples: up to three, each after the number of its text, or of its line in CoNLL columns
            and JSON lines.
    """

    kind: str
    message: str
    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, number: int | str, text: str) -> None:
        """Count one, with the number of its text or line, or its place."""
        self.count += 1
        if len(self.examples) < _EXAMPLES:
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
    """

    name: str
    texts: int
    labels: dict[str, int]
    findings: tuple[Finding, ...]


def check_labelled(
    source: Source, *, against: Sequence[Source] = (), near_copies: float = 0.0
) -> CheckReport:
    """Check a file of labelled texts, or of texts alone.

    Texts are compared by :func:`textrnn.corpora.text_key`: case, spaces and marks do not count.
    Memory grows by some bytes a text, and with ``near_copies`` by some 200 bytes a character of the
    other splits.

    Args:
        source: the file.
        against: other splits, whose texts must not be in it.
        near_copies: the overlap with a text of another split, above 0 to 1, from which on a text is
            a near copy of it (:class:`textrnn.corpora.NearCopies`); 0: none is looked for.

    Raises:
        InputError: a file cannot be read or is malformed.
        ConfigurationError: ``near_copies`` is not from 0 to 1.
    """
    if not 0 <= near_copies <= 1:
        raise ConfigurationError(f"near_copies must be from 0 to 1; received {near_copies}")
    empty = Finding("empty texts", "texts of marks alone teach nothing: drop them")
    doubles = Finding("duplicates", "texts that came before with the same label: drop the copies")
    noise = Finding("contradictions", "texts that came before with another label: decide for one")
    leaks = Finding("overlap", "texts that another split has too: drop them from the training file")
    near = Finding(
        "near copies", "texts that another split nearly has: drop them from the training file"
    )
    garbled = garbled_text()
    bare = Finding("missing labels", "texts without a label among others that have one")
    others: Iterable[str] = (text for other in against for text in read_texts(other))
    others = list(others) if near_copies else others
    similar = NearCopies(others) if near_copies else None
    known = {short_key(text_key(text)) for text in others}
    seen: dict[bytes, str] = {}
    labels: Counter[str] = Counter()
    count = 0
    for count, example in enumerate(read_any(source), start=1):
        text = example.text
        if is_garbled(text):
            garbled.add(count, text)
        if not says_something(text):
            empty.add(count, text or "(nothing)")
            continue
        labels[example.label] += 1
        if not example.label:
            bare.add(count, text)
        key = short_key(text_key(text))
        if key in known:
            leaks.add(count, text)
        elif similar and similar.overlap(text) >= near_copies:
            near.add(count, text)
        before = seen.get(key)
        if before is None:
            seen[key] = example.label
        elif before != example.label:
            noise.add(count, f"{before!r}, then {example.label!r}: {text}")
        else:
            doubles.add(count, text)
    if len(labels) < 2 and bare.count:
        bare = _all_bare(source, bare.count)
    nothing = Finding("no texts", "there is no text in the file: was it written?", int(not count))
    kept = {label: number for label, number in labels.most_common() if label}
    found = [nothing, *_label_findings(kept), leaks, near, noise, bare, doubles, empty, garbled]
    return make_report(source.file, count, kept, [*found, *_imbalance(kept)])


def _all_bare(source: Source, texts: int) -> Finding:
    """That no text has a label, where the file has a field for it; otherwise none is missing."""
    message = "no text has a label: its field is always empty"
    return Finding("missing labels", message, texts if has_label_field(source) else 0)


def _label_findings(labels: dict[str, int]) -> list[Finding]:
    """What is wrong with the labels themselves."""
    found = [
        Finding("label variants", similar_labels_note(group, labels), len(group))
        for group in similar_labels(labels)
    ]
    if len(labels) == 1:
        only = next(iter(labels))
        message = f"all texts are {only!r}: there is nothing to tell apart"
        found.append(Finding("one label", message, 1))
    reserved = Finding("reserved label", "", 0)
    wrong = Finding("wrong labels", "no classifier can have these: rename them")
    for label, count in labels.items():
        if reason := wrong_label(label):
            finding = reserved if is_reserved(label) else wrong
            finding.count += count
            finding.examples = [*finding.examples, f"{label!r}: {reason}"][:_EXAMPLES]
    reserved.message = "what a classifier answers where none is probable enough: rename it"
    found += [reserved, wrong]
    return found


def _imbalance(labels: dict[str, int]) -> list[Finding]:
    """Of labels in the order of their texts, the most frequent first."""
    if len(labels) < 2:
        return []
    (most, many), *_, (least, few) = labels.items()
    if many < _IMBALANCE * few:
        return []
    message = (
        f"{many:,} texts are {most!r} and {few:,} are {least!r}: train with --class-weights "
        "balanced, and look at F1 rather than at accuracy"
    )
    return [Finding("imbalance", message, 1, [])]


def check_encoding(path: str | Path) -> list[Finding]:
    """Look for lines of a file that are not UTF-8, and for line ends of several kinds.

    Of UTF-16 and UTF-32, which their byte-order marks tell, and of Parquet there is nothing to say.

    Raises:
        InputError: the file cannot be read.
    """
    strange = Finding("mixed encodings", "lines that are not UTF-8 among others that are")
    whole = Finding("encoding", "")
    ends: Counter[str] = Counter()
    number, form = 0, record_format(path)
    quoted = False  # within a quoted cell, whose line ends are the text's
    if form == "parquet":
        return []
    with open_binary(path) as file:
        if is_marked(file.peek(4)):
            return []
        for number, line in enumerate(file, start=1):
            if form in ("csv", "tsv") and line.count(b'"') % 2:
                quoted = not quoted
            if not quoted:
                ends["CR LF" if line.endswith(b"\r\n") else "LF"] += line.endswith(b"\n")
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                guess = _guess(line)
                strange.add(number, f"byte {error.start} is 0x{line[error.start]:02x}{guess}")
    findings = [strange]
    if strange.count == number and number > 1:
        whole.count, whole.examples = 1, strange.examples[:1]
        whole.message = "no line is UTF-8: name the encoding with --encoding"
        findings = [whole]
    kinds = [f"{count:,} {name}" for name, count in ends.items() if count]
    if len(kinds) > 1:
        message = f"{' and '.join(kinds)}: two files were joined; texts are read right all the same"
        findings.append(Finding("line ends", message, 1, []))
    return [finding for finding in findings if finding.count]


def _guess(line: bytes) -> str:
    for encoding in ("gb18030", "cp1252"):
        try:
            return f", in {encoding} it says {line.decode(encoding).strip()[:20]!r}"
        except UnicodeDecodeError:
            continue
    return ""


def make_report(
    name: str, texts: int, labels: dict[str, int], findings: Iterable[Finding]
) -> CheckReport:
    """A report of the findings that there are."""
    found = tuple(finding for finding in findings if finding.count)
    return CheckReport(source_name(name), texts, labels, found)


def short_key(text: str) -> bytes:
    """Eight bytes that stand for a text, so that memory grows little with each."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def is_garbled(text: str) -> bool:
    """Whether a text looks as if it was decoded wrongly once."""
    return any(mark in text for mark in _GARBLED)


def garbled_text() -> Finding:
    """The finding of such texts."""
    return Finding("garbled text", "it was once decoded wrongly: convert it anew")

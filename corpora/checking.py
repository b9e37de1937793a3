"""What ruins training, found before it does: doubles, leaks, contradictions, broken text, tags."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from textrnn.corpora.labelled import Source, read_any, read_texts
from textrnn.corpora.reading import open_binary, read_lines, source_name
from textrnn.corpora.schemes import spans_to_tags, split_tag, tags_to_spans
from textrnn.corpora.splits import NearCopies, text_key
from textrnn.errors import ConfigurationError, InputError

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
        examples: up to three, each after the number of its text, or of its line in CoNLL columns.
    """

    kind: str
    message: str
    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, number: int, text: str) -> None:
        """Count one, with the number of its text or line."""
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
    empty = Finding("empty texts", "texts without a letter or digit teach nothing: drop them")
    doubles = Finding("duplicates", "texts that came before with the same label: drop the copies")
    noise = Finding("contradictions", "texts that came before with another label: decide for one")
    leaks = Finding("overlap", "texts that another split has too: drop them from the training file")
    near = Finding(
        "near copies", "texts that another split nearly has: drop them from the training file"
    )
    garbled = Finding("garbled text", "it was once decoded wrongly: convert it anew")
    bare = Finding("missing labels", "texts without a label among others that have one")
    others: Iterable[str] = (text for other in against for text in read_texts(other))
    others = list(others) if near_copies else others
    similar = NearCopies(others) if near_copies else None
    known = {_short(text_key(text)) for text in others}
    seen: dict[bytes, str] = {}
    labels: Counter[str] = Counter()
    count = 0
    for count, example in enumerate(read_any(source), start=1):
        text = example.text
        if any(mark in text for mark in _GARBLED):
            garbled.add(count, text)
        if not any(map(str.isalnum, text)):
            empty.add(count, text or "(nothing)")
            continue
        labels[example.label] += 1
        if not example.label:
            bare.add(count, text)
        key = _short(text_key(text))
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
    if len(labels) < 2:  # no text has a label, and none is missing
        bare.count = 0
    findings = [leaks, near, noise, bare, doubles, empty, garbled, *_imbalance(labels)]
    kept = {label: number for label, number in labels.most_common() if label}
    return _report(source.file, count, kept, findings)


def _imbalance(labels: Counter[str]) -> list[Finding]:
    if len(labels) < 2:
        return []
    (most, many), (least, few) = labels.most_common()[0], labels.most_common()[-1]
    if many < _IMBALANCE * few:
        return []
    message = (
        f"{many:,} texts are {most!r} and {few:,} are {least!r}: train with --class-weights "
        "balanced, and look at F1 rather than at accuracy"
    )
    return [Finding("imbalance", message, 1, [])]


def check_tagged(
    path: str, *, scheme: str = "bio", against: Sequence[str] = (), encoding: str = "utf-8"
) -> CheckReport:
    """Check CoNLL columns.

    Args:
        path: the file.
        scheme: the one that its tags are meant to follow.
        against: other splits, whose sentences must not be in it.
        encoding: of the file.

    Raises:
        InputError: the file cannot be read.
    """
    broken = Finding("tags", "no tags at all: expected O, or a letter of BIESMLU, - and a label")
    slips = Finding("scheme errors", f"tags that {scheme.upper()} does not allow after each other")
    doubles = Finding("duplicates", "sentences that came before with the same tags")
    noise = Finding("contradictions", "sentences that came before with other tags")
    leaks = Finding("overlap", "sentences that another split has too")
    known = {
        _short(" ".join(row[0] for row in rows))
        for other in against
        for _, rows in _sentences(other, encoding)
    }
    width = Finding("columns", "lines with fewer columns than the first")
    seen: dict[bytes, bytes] = {}
    labels: Counter[str] = Counter()
    columns = sentences = 0
    for number, rows in _sentences(path, encoding):
        columns = columns or len(rows[0])
        if any(len(row) < columns for row in rows):
            width.add(number, " ".join(next(row for row in rows if len(row) < columns)))
            continue
        sentences += 1
        words, tags = [row[0] for row in rows], [row[-1] for row in rows]
        try:
            spans = tags_to_spans(tags)
        except InputError as error:
            broken.add(number, str(error))
            continue
        labels.update(span.label for span in spans)
        if spans_to_tags(spans, len(tags), scheme=scheme) != [_plain(tag) for tag in tags]:
            slips.add(number, " ".join(f"{w}/{t}" for w, t in zip(words, tags, strict=True)))
        text, written = " ".join(words), _short(" ".join(tags))
        if _short(text) in known:
            leaks.add(number, text)
        before = seen.get(_short(text))
        if before is None:
            seen[_short(text)] = written
        else:
            (doubles if before == written else noise).add(number, text)
    findings = [broken, width, leaks, slips, noise, doubles]
    return _report(path, sentences, dict(labels.most_common()), findings)


def _plain(tag: str) -> str:
    """A tag with the letters that all schemes are written in here."""
    letter, label = split_tag(tag)
    return f"{letter}-{label}" if label else letter


def _sentences(path: str, encoding: str) -> Iterator[tuple[int, list[list[str]]]]:
    """The rows of each sentence, with the line it begins on."""
    rows: list[list[str]] = []
    first = 1
    for line in read_lines(path, encoding=encoding):
        cells = line.text.split()
        if cells and cells[0] != "-DOCSTART-":
            first = first if rows else line.number
            rows.append(cells)
        elif rows:
            yield first, rows
            rows = []
    if rows:
        yield first, rows


def check_encoding(path: str | Path) -> list[Finding]:
    """Look for lines of a file that are not UTF-8, and for line ends of several kinds.

    Raises:
        InputError: the file cannot be read.
    """
    strange = Finding("mixed encodings", "lines that are not UTF-8 among others that are")
    whole = Finding("encoding", "")
    ends: Counter[str] = Counter()
    number = 0
    with open_binary(path) as file:
        for number, line in enumerate(file, start=1):
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


def _report(
    name: str, texts: int, labels: dict[str, int], findings: Iterable[Finding]
) -> CheckReport:
    found = tuple(finding for finding in findings if finding.count)
    return CheckReport(source_name(name), texts, labels, found)


def _short(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()

"""What ruins training, found before it does: doubles, leaks, contradictions, broken text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from textrnn.corpora.checks.findings import (
    EXAMPLES,
    CheckReport,
    Finding,
    garbled_text,
    is_garbled,
    make_report,
    short_key,
)
from textrnn.corpora.copies import NearCopies, says_something, text_key
from textrnn.corpora.labelled import LabelledText, read_any
from textrnn.corpora.labels import is_reserved, similar_labels, similar_labels_note, wrong_label
from textrnn.corpora.source import Source, has_label_field, read_texts
from textrnn.errors import ConfigurationError

_IMBALANCE = 10.0  # times as many texts of one label as of another


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
    check = _Check(against, near_copies)
    for example in read_any(source):
        check.add(example)
    labels = check.labels
    findings = [*check.findings(source), *_imbalance(labels)]
    return make_report(source.file, check.count, labels, findings)


class _Check:
    """The findings on the way through a file."""

    def __init__(self, against: Sequence[Source], near_copies: float) -> None:
        others: Iterable[str] = (text for other in against for text in read_texts(other))
        others = list(others) if near_copies else others
        self._near_copies = near_copies
        self._similar = NearCopies(others) if near_copies else None
        self._known = {short_key(text_key(text)) for text in others}
        self._seen: dict[bytes, str] = {}
        self._labels: Counter[str] = Counter()
        self.count = 0
        self._empty = Finding("empty texts", "texts of marks alone teach nothing: drop them")
        self._doubles = Finding(
            "duplicates", "texts that came before with the same label: drop the copies"
        )
        self._noise = Finding(
            "contradictions", "texts that came before with another label: decide for one"
        )
        self._leaks = Finding(
            "overlap", "texts that another split has too: drop them from the training file"
        )
        self._near = Finding(
            "near copies", "texts that another split nearly has: drop them from the training file"
        )
        self._garbled = garbled_text()
        self._bare = Finding("missing labels", "texts without a label among others that have one")

    @property
    def labels(self) -> dict[str, int]:
        """How many texts have each label, the commonest first; those without one apart."""
        return {label: number for label, number in self._labels.most_common() if label}

    def add(self, example: LabelledText) -> None:
        """Check a text."""
        self.count, text = self.count + 1, example.text
        place = example.place.rpartition(": ")[2]  # in a folder that is the file
        number = place.removeprefix("line ").removeprefix("record ")
        if is_garbled(text):
            self._garbled.add(number, text)
        if not says_something(text):
            self._empty.add(number, text or "(nothing)")
            return
        self._labels[example.label] += 1
        if not example.label:
            self._bare.add(number, text)
        key = short_key(text_key(text))
        if key in self._known:
            self._leaks.add(number, text)
        elif self._similar and self._similar.overlap(text) >= self._near_copies:
            self._near.add(number, text)
        before = self._seen.get(key)
        if before is None:
            self._seen[key] = example.label
        elif before != example.label:
            self._noise.add(number, f"{before!r}, then {example.label!r}: {text}")
        else:
            self._doubles.add(number, text)

    def findings(self, source: Source) -> list[Finding]:
        """What was found, the gravest first."""
        bare = self._bare
        if len(self._labels) < 2 and bare.count:
            bare = _all_bare(source, bare.count)
        message = "there is no text in the file: was it written?"
        nothing = Finding("no texts", message, int(not self.count))
        return [
            nothing, *_label_findings(self.labels), self._leaks, self._near, self._noise, bare,
            self._doubles, self._empty, self._garbled,
        ]  # fmt: skip


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
            finding.examples = [*finding.examples, f"{label!r}: {reason}"][:EXAMPLES]
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
        f"{many:,} texts are {most!r} and {few:,} are {least!r}: train with "
        "class_weights='balanced', and look at F1 rather than at accuracy"
    )
    return [Finding("imbalance", message, 1, [])]

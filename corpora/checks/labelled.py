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
from textrnn.corpora.labelled import Source, has_label_field, read_any, read_texts
from textrnn.corpora.labels import is_reserved, similar_labels, similar_labels_note, wrong_label
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
        f"{many:,} texts are {most!r} and {few:,} are {least!r}: train with --class-weights "
        "balanced, and look at F1 rather than at accuracy"
    )
    return [Finding("imbalance", message, 1, [])]

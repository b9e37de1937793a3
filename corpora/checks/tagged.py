"""What ruins a tagger's training: slips of the scheme, doubles, leaks, spans that none can find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from textrnn.corpora.checks.findings import (
    CheckReport,
    Finding,
    garbled_text,
    is_garbled,
    make_report,
    short_key,
)
from textrnn.corpora.files.opening import source_name
from textrnn.corpora.formats.tagged.annotation_files import ANNOTATION_FORMATS, read_values
from textrnn.corpora.formats.tagged.annotations import AnnotationReader
from textrnn.corpora.formats.tagged.conll import read_columns
from textrnn.corpora.formats.tagged.examples import Example, OnNote, SpannedText, TaggedSentence
from textrnn.corpora.formats.tagged.scheme_slips import SchemeSlips
from textrnn.corpora.formats.tagged.schemes import Span, tags_to_spans
from textrnn.corpora.labels import similar_labels, similar_labels_note
from textrnn.corpora.tagged import TaggedSource, read_tagged, tagged_format
from textrnn.errors import InputError

Unfindable = Callable[[SpannedText], Sequence[Span]]


def check_tagged(
    source: TaggedSource | str,
    *,
    scheme: str | None = None,
    against: Sequence[TaggedSource | str] = (),
    unfindable: Unfindable | None = None,
    on_note: OnNote | None = None,
) -> CheckReport:
    """Check tagged text of any format.

    Args:
        source: the file.
        scheme: the one that the tags of CoNLL columns are meant to follow; None: none is asked for.
        against: other splits, whose sentences must not be in it.
        unfindable: says which spans of a text do not begin and end where a tagger's tokens do.
        on_note: told in a line what a reader might not expect.

    Raises:
        InputError: the file cannot be read.
    """
    source = source if isinstance(source, TaggedSource) else TaggedSource(source)
    known = {short_key(_key(example)) for other in against for example in read_tagged(other)}
    check = _Check(scheme, known, unfindable)
    form = tagged_format(source)
    if form == "conll":
        check.columns(source, on_note)
    elif form in ANNOTATION_FORMATS:
        check.records(source, form, on_note)
    elif form == "brat":  # whose places are in several files
        for example in read_tagged(source, on_note=on_note):
            check.add(example.place, example)
    else:
        for example in read_tagged(source):
            check.add(example.place.rpartition(" ")[2], example)
    if not check.count:
        raise InputError(f"{source_name(source.file)}: there are no tagged texts")
    return make_report(source.file, check.count, check.labels, check.findings())


class _Check:
    """The findings on the way through a file."""

    def __init__(
        self, scheme: str | None, known: set[bytes], unfindable: Unfindable | None
    ) -> None:
        self._known, self._unfindable = known, unfindable
        self._seen: dict[bytes, bytes] = {}
        self._labels: Counter[str] = Counter()
        self.count = 0
        self._malformed = Finding("spans", "records without a text and its spans, or wrong ones")
        self._broken = Finding(
            "tags", "no tags at all: expected O, or a letter of BIESMLUW, - and a label"
        )
        self._width = Finding("columns", "lines with more or fewer columns than the first")
        self._scheme, self._slips = scheme, SchemeSlips(scheme)
        self._doubles = Finding("duplicates", "sentences that came before with the same tags")
        self._noise = Finding("contradictions", "sentences that came before with other tags")
        self._leaks = Finding("overlap", "sentences that another split has too")
        self._misaligned = Finding(
            "misaligned spans",
            "spans that do not begin and end where tokens do: no tagger finds them",
        )
        self._garbled = garbled_text()

    @property
    def labels(self) -> dict[str, int]:
        """How many spans have each label, the commonest first."""
        return dict(self._labels.most_common())

    def columns(self, source: TaggedSource, on_note: OnNote | None) -> None:
        """Check sentences in columns."""
        width = 0
        for block in read_columns(
            source.file, tagged=True, encoding=source.encoding, on_note=on_note
        ):
            first, rows = block.rows[0].line.number, [row.cells for row in block.rows]
            width = width or len(rows[0])
            odd = [row.line for row in block.rows if len(row.cells) != width or width < 2]
            if odd:
                self.count += 1
                self._width.add(odd[0].number, odd[0].text)
                continue
            words, tags = [row[0] for row in rows], [row[-1] or "O" for row in rows]
            try:
                spans = tags_to_spans(tags)
            except InputError as error:
                self.count += 1
                self._broken.add(first, str(error))
                continue
            sentence = TaggedSentence(tuple(words), tuple(spans), tags=tuple(tags))
            self.add(first, sentence, lines=[row.line.number for row in block.rows])

    def records(self, source: TaggedSource, form: str, on_note: OnNote | None) -> None:
        """Check records of JSON or Parquet; what is wrong with one does not end the check."""
        reader = AnnotationReader()
        for value, place in read_values(source.file, form, encoding=source.encoding):
            number = place.rpartition(" ")[2]
            try:
                example = reader.read(value, place)
            except InputError as error:
                self.count += 1
                self._malformed.add(number, str(error).removeprefix(f"{place}: "))
                continue
            if example is not None:
                self.add(number, example)
        if on_note is not None:
            for note in reader.notes():
                on_note(note)

    def add(self, place: int | str, example: Example, *, lines: Sequence[int] = ()) -> None:
        """Check a sentence or text; ``lines`` are its words', where they have some."""
        self.count += 1
        if isinstance(example, TaggedSentence):
            self._slips.add(example, place, lines)
        self._labels.update(span.label for span in example.spans)
        shown = example.text if isinstance(example, SpannedText) else " ".join(example.words)
        if is_garbled(shown):
            self._garbled.add(place, shown)
        if self._unfindable is not None and isinstance(example, SpannedText):
            for span in self._unfindable(example):
                inside = example.text[span.start : span.end]
                self._misaligned.add(place, f"{inside} ({span.label}) in {example.text}")
        written = example.tags if isinstance(example, TaggedSentence) else ()
        key, tags = short_key(_key(example)), short_key(repr(written or example.spans))
        if key in self._known:
            self._leaks.add(place, shown)
        before = self._seen.setdefault(key, b"")
        self._seen[key] = before or tags
        if before:
            (self._doubles if before == tags else self._noise).add(place, shown)

    def findings(self) -> list[Finding]:
        """What was found, the gravest first."""
        alike = Finding("labels", "labels that differ by case or blanks alone")
        for group in similar_labels(self._labels):
            alike.count += 1
            alike.examples.append(similar_labels_note(group, self._labels))
        return [
            self._malformed, self._broken, self._width, self._leaks, self._slip_finding(),
            self._noise, self._misaligned, alike, self._doubles, self._garbled,
        ]  # fmt: skip

    def _slip_finding(self) -> Finding:
        """Tags that the scheme does not write, or none does."""
        message = "tags as no scheme writes them; the one that fits best would have others"
        if self._scheme is not None:
            message = f"tags that {self._scheme.upper()} does not allow after each other"
        finding, slips = Finding("scheme errors", message), self._slips.found()
        if slips is not None:
            for place, shown in slips.examples:
                finding.add(place, shown)
            finding.count = slips.sentences
        return finding


def _key(example: Example) -> str:
    """What two copies of a sentence have in common, however they are cut into words."""
    text = example.text if isinstance(example, SpannedText) else "".join(example.words)
    return "".join(text.split())

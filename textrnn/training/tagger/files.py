"""The files that a tagger learns from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from textrnn.configuration import FILES, FIRST_HOUR, setting
from textrnn.corpora import SpannedText, TaggedSentence
from textrnn.corpora.splits import first_copies
from textrnn.corpora.tagged import FORMATS
from textrnn.training.files import Data, Files, texts_of

if TYPE_CHECKING:
    from textrnn.training.loop.deal import Kin


@dataclass(frozen=True)
class TaggerFiles(Files):
    """Tagged text, other texts, and words of a lexicon.

    CoNLL columns hold a word a line, first, and its tag, last, in any scheme (IOB1, BIO, BIOES,
    BMES, BILOU); blank lines divide sentences; comments, CoNLL-U and a column that counts the words
    are understood. JSONL holds {"text", "entities": [{"start", "end", "label"}]}. Besides: what
    doccano, Label Studio, Prodigy, spaCy and brat export (.json, .jsonl, .parquet, a folder of
    .ann and .txt), and CSV or TSV with a word a row, or a text with its spans as JSON. Compressed
    files are opened.
    """

    task = "tagger"

    train: Data = setting(
        Path(), "Tagged text: CoNLL columns, JSONL, …", required=True, group=FIRST_HOUR
    )
    validation: Data | None = setting(None, "Tagged text to choose the epoch by.", group=FIRST_HOUR)
    format: str | None = setting(
        None,
        "Of the files [by suffix].",
        choices=FORMATS,
        option="--input-format",
        group=FILES,
    )
    unlabelled: Data | None = setting(None, "Texts for vocabulary and word vectors.", group=FILES)
    lexicon: Data | None = setting(
        None, "Words to match in a character model, one a line.", group=FILES
    )
    labels: Mapping[str, str] = setting(
        MappingProxyType({}), "As per=PER; OLD= drops a label.", option="--map-label", group=FILES
    )

    def arguments(self, on_note: Callable[[str], None]) -> dict[str, Any]:
        """What ``train_tagger`` takes of the files."""
        lines = texts_of(self.lexicon, "lexicon")
        return {
            **super().arguments(on_note),
            "unlabelled": texts_of(self.unlabelled, "unlabelled"),
            "lexicon": (line.split()[0] for line in lines if line.strip()),
        }

    def nothing_to_learn(self, examples: Sequence[TaggedSentence | SpannedText]) -> str:
        """See :meth:`Files.nothing_to_learn`: sentences without a span."""
        is_some = any(example.spans for example in examples)
        return "" if is_some else "no spans to learn (labels of whole texts are for a classifier)"

    @classmethod
    def kin(cls, examples: Sequence[TaggedSentence | SpannedText]) -> list[Kin]:
        """See :meth:`Files.kin`: documents stay whole and beside their copies; those of each label,
        of several the rarest, are spread, as are those without spans.
        """
        documents = first_copies(examples)
        counts = Counter(span.label for example in examples for span in example.spans)
        rarest: dict[int, str] = {}
        for document, example in zip(documents, examples, strict=True):
            labels = {span.label for span in example.spans} | {rarest.get(document, "")}
            rarest[document] = min(labels - {""}, key=lambda one: (counts[one], one), default="")
        return [(str(document), rarest[document]) for document in documents]

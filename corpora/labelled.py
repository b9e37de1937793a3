"""Labelled texts: read from any file, with the names that labels are to have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from textrnn.corpora.source import Row, Source, as_source, read_rows
from textrnn.counted import counted
from textrnn.errors import InputError


@dataclass(frozen=True)
class LabelledText:
    """A text and its label.

    Attributes:
        text: the text.
        label: its label; of several with probabilities the most probable one.
        place: where it was read, as ``reviews.csv: line 7``; empty where it was not.
        probabilities: of labels, which sum to 1; None where the label is all that is known.
    """

    text: str
    label: str
    place: str = field(default="", compare=False, repr=False)
    probabilities: Mapping[str, float] | None = field(default=None, hash=False, repr=False)

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label that is named."""
        return tuple(self.probabilities or (self.label,))

    def renamed(self, names: Mapping[str, str]) -> LabelledText:
        """The same with new names for labels, of which others stay; those of one name are one."""
        if not names:
            return self
        shares: dict[str, float] = {}
        for label, share in (self.probabilities or {self.label: 1.0}).items():
            new = names.get(label, label)
            shares[new] = shares.get(new, 0.0) + share
        label = max(shares, key=lambda label: shares[label])
        return replace(self, label=label, probabilities=self.probabilities and shares)


def read_labelled(
    source: Source | str | Path, *, on_note: Callable[[str], None] | None = None
) -> Iterator[LabelledText]:
    """Read labelled texts; blank lines and empty texts are skipped.

    Args:
        source: a file, or its path where the defaults of :class:`Source` will do.
        on_note: told at the end how many texts were empty.

    Yields:
        One example after another; memory does not grow with the file.

    Raises:
        InputError: the file cannot be read, has no field for the label, a row is malformed (the
            message names file and line), a label is not among ``labels``, or ``only`` names a value
            that no row has.
        ConfigurationError: the format is neither given nor clear from the name.
    """
    source = as_source(source)
    empty, first = 0, ""
    for row in read_rows(source, is_labelled=source.constant_label is None):
        if not row.text.strip():
            empty, first = empty + 1, first or row.place
            continue
        example = _labelled(row, source.constant_label)
        if not example.label:
            raise InputError(f"{row.place}: a text without a label")
        for label in example.labels if source.labels else ():
            if label not in source.labels:
                known = ", ".join(source.labels)
                raise InputError(f"{row.place}: label {label!r} is not one of {known}")
        yield example.renamed(source.labels)
    if empty and on_note is not None:
        texts = counted(empty, "text is", "texts are")
        on_note(f"{texts} empty and left out (the first: {first})")


def read_any(source: Source | str | Path) -> Iterator[LabelledText]:
    """Read texts with or without labels; the label of a text that has none is empty.

    Raises:
        InputError, ConfigurationError: as :func:`read_labelled` does.
    """
    source = as_source(source)
    return (
        _labelled(row, source.constant_label).renamed(source.labels) for row in read_rows(source)
    )


def _labelled(row: Row, constant: str | None) -> LabelledText:
    """The text of a row with the label that all have, or else its own, or an empty one."""
    if constant is not None:
        return LabelledText(row.text, constant, row.place)
    return LabelledText(row.text, row.label or "", row.place, row.probabilities)

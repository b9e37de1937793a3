"""Several columns of tags, as of nested names: the last is read, and one before it may be meant."""

from __future__ import annotations

from collections.abc import Sequence

from textrnn.corpora.formats.tagged.schemes import is_tag, split_tag


class TagColumns:
    """Which columns after the word hold tags, on the way through a file."""

    def __init__(self) -> None:
        self._width = 0
        self._begun: dict[int, int] = {}  # of a column: its tags other than O
        self._labels: dict[int, set[str]] = {}

    def add(self, rows: Sequence[Sequence[str]]) -> None:
        """Count the tags of a sentence's rows, each from its word on."""
        if not self._width:
            self._width = len(rows[0])
            self._begun = dict.fromkeys(range(1, self._width), 0)
            self._labels = {column: set() for column in self._begun}
        for column in list(self._begun) if len(self._begun) > 1 else ():
            cells = [row[column] for row in rows if len(row) == self._width]
            if not all(map(is_tag, cells)):
                del self._begun[column]
                continue
            labels = [label for _, label in map(split_tag, cells) if label]
            self._begun[column] += len(labels)
            self._labels[column].update(labels)

    def note(self) -> str:
        """That an earlier column has the last one's labels and more tags; empty if none has.

        Chunks (``B-NP``) beside names have other labels: they are never meant.
        """
        last = self._width - 1
        if last not in self._begun:
            return ""
        most = max(self._begun, key=lambda column: self._begun[column])
        if self._begun[most] <= self._begun[last] or not self._labels[last] <= self._labels[most]:
            return ""
        back = "right before it" if last - most == 1 else f"{last - most} before it"
        return (
            f"of {len(self._begun)} columns of tags the last is read, with tags other than O: "
            f"{self._begun[last]:,}; the one {back} has {self._begun[most]:,}: to use that one, "
            "take the last away"
        )

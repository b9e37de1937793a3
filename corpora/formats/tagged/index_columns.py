"""The columns before the word, which count words or sentences, or name what these are of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

CONLLU_ID = re.compile(r"\d+(?:[-.]\d+)?")
_COUNT = re.compile(r"([0-9]{1,9})[.)]?")  # what counts a word: 7, or 7. as lists have it
_MOST = 0.9  # of the sentences count their words, if a column is to be an index

_Cells = Sequence[Sequence[str]]  # of one column, by sentence


@dataclass(frozen=True)
class IndexColumns:
    """The columns before the word.

    Attributes:
        width: how many there are.
        counter: which of them counts, from 0.
        counts: what it counts: ``words`` or ``sentences``.
    """

    width: int = 1
    counter: int = 0
    counts: str = "words"

    def note(self) -> str:
        """Which they are, and where the words are."""
        what = f"column 1 counts the {self.counts}"
        if self.width > 1:
            what = f"columns 1 to {self.width} tell which {self.counts} these are"
        return f"{what} (1, 2, 3, …): the words are read from column {self.width + 1}"

    def count(self, cells: Sequence[str]) -> str | None:
        """What counts in a row; None where nothing does."""
        found = cells[self.counter] if self.counter < len(cells) else ""
        of_words = self.counts == "words" and CONLLU_ID.fullmatch(found)
        return found if of_words or _COUNT.fullmatch(found) else None


def is_no_word(count: str) -> bool:
    """Whether a count is of a range (``1-2``) or an empty node (``1.1``), as CoNLL-U has them."""
    return not _COUNT.fullmatch(count)


def tell_index(sentences: Sequence[_Cells], width: int, *, tagged: bool) -> IndexColumns | None:
    """The columns before the word, as many as can be; None where there are none.

    A column counts the words in most sentences from 1 or 0 or on from the last one, or in all from
    anywhere beside words that are not all numbers. Before it stands what is the same all through a
    sentence, as its number or its document's name; between it and the word only such numbers.

    Args:
        sentences: their rows.
        width: columns of a row.
        tagged: whether the last one is a tag.
    """
    if max(map(len, sentences), default=0) < 2:
        return None
    columns = [
        [[row[number] if number < len(row) else "" for row in rows] for rows in sentences]
        for number in range(width)
    ]
    for index in range(width - (2 if tagged else 1), 0, -1):
        before, words = columns[:index], [word for cells in columns[index] for word in cells]
        if len(set(words)) < 2:
            continue  # the words of a sentence differ, unlike a column that says "number" of each
        is_text = not all(map(_COUNT.fullmatch, words))
        counting = [_counts_words(column, is_text=is_text) for column in before]
        if any(counting):
            counter = counting.index(True)
            later = zip(before[counter:], counting[counter:], strict=True)
            if all(map(_is_same, before[:counter])) and all(
                counts or (_is_same(column) and _are_numbers(column)) for column, counts in later
            ):
                return IndexColumns(index, counter)
        elif is_text and all(map(_is_same, before)) and _counts_sentences(before[-1]):
            return IndexColumns(index, index - 1, "sentences")
    return None


def _counts_words(column: _Cells, *, is_text: bool) -> bool:
    """Whether a column counts, beside words that are not all numbers or any."""
    after, counted, steady = 1, 0, 0
    for cells in column:
        numbers = [int(found[1]) for cell in cells if (found := _COUNT.fullmatch(cell))]
        if not numbers or not all(_COUNT.fullmatch(c) or CONLLU_ID.fullmatch(c) for c in cells):
            continue
        by_one = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        steady += by_one
        counted += by_one and numbers[0] in (0, 1, after)
        after = numbers[0] + len(numbers)
    return (is_text and steady == len(column)) or counted >= _MOST * len(column)


def _counts_sentences(column: _Cells) -> bool:
    """Whether a column, the same all through each sentence, has another number in the next."""
    return _are_numbers(column) and all(one[0] != other[0] for one, other in pairwise(column))


def _is_same(column: _Cells) -> bool:
    return all(len(set(cells)) == 1 for cells in column)


def _are_numbers(column: _Cells) -> bool:
    return all(_COUNT.fullmatch(cells[0]) for cells in column)

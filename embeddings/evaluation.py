"""How well vectors agree with people: word similarities and analogies."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora import Line, read_lines
from textrnn.embeddings.arguments import check_count, check_path, is_number
from textrnn.embeddings.vectors import Vectors
from textrnn.errors import InputError

_QUESTIONS = 256  # analogies answered at once
_LIKELY_WORDS = 30_000


@dataclass(frozen=True)
class SimilarityScore:
    """How a set of word pairs that people rated is ranked.

    Attributes:
        name: the set's.
        spearman: rank correlation of cosines with ratings, over the pairs whose words are known;
            NaN where they are fewer than two or all alike.
        pairs: in the set.
        known: of them, those with vectors for both words.
    """

    name: str
    spearman: float
    pairs: int
    known: int

    @property
    def coverage(self) -> float:
        """Share of the pairs that count."""
        return self.known / max(self.pairs, 1)

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        spearman = None if math.isnan(self.spearman) else self.spearman
        return {**self.__dict__, "spearman": spearman, "coverage": self.coverage}


@dataclass(frozen=True)
class AnalogyScore:
    """How many analogies of a kind are solved.

    Attributes:
        name: the kind, as ``capital-common-countries``; the last of a list is ``all``.
        right: answered right.
        known: questions with vectors for all four words.
        questions: in all.
    """

    name: str
    right: int
    known: int
    questions: int

    @property
    def accuracy(self) -> float:
        """Of the known questions."""
        return self.right / max(self.known, 1)

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {**self.__dict__, "accuracy": self.accuracy}


def evaluate(vectors: Vectors, path: str | Path) -> list[SimilarityScore | AnalogyScore]:
    """Measure on a file of either kind, told apart by its lines, which are read once.

    Raises:
        InputError: the file cannot be read, or is of neither kind.
    """
    lines = list(read_lines(check_path(path)))
    first = next((line.text for line in lines if line.text.strip()), "")
    parts = first.split()
    if first.startswith(":") or (len(parts) == 4 and not any(map(is_number, parts))):
        return list(_analogies(vectors, lines, str(path), _LIKELY_WORDS))
    return [_similarity(vectors, lines, str(path))]


def evaluate_similarity(vectors: Vectors, path: str | Path) -> SimilarityScore:
    """Compare with a file of two words and a rating a line, divided by tabs, spaces or commas.

    Lines without a rating in the third place, as headers are, are left out.

    Raises:
        InputError: the file cannot be read or has no such line.
    """
    return _similarity(vectors, read_lines(check_path(path)), str(path))


def evaluate_analogies(
    vectors: Vectors, path: str | Path, *, limit: int = 30_000
) -> list[AnalogyScore]:
    """Answer a file of Google's kind: four words a line, kinds headed by lines with a colon.

    An answer is the word nearest to b - a + c among the first ``limit`` words, the three left out
    (Mikolov et al. 2013); upper and lower case are alike.

    Args:
        vectors: the vectors, frequent words first.
        path: the file.
        limit: words among which an answer is looked for.

    Raises:
        InputError: the file cannot be read, or a line has not four words.
    """
    return _analogies(vectors, read_lines(check_path(path)), str(path), check_count(limit, "limit"))


def _similarity(vectors: Vectors, lines: Iterable[Line], path: str) -> SimilarityScore:
    pairs = []
    for line in lines:
        parts = line.text.replace("\t", " ").replace(",", " ").split()
        if len(parts) >= 3 and not line.text.startswith("#") and is_number(parts[2]):
            pairs.append((parts[0], parts[1], float(parts[2])))
    if not pairs:
        raise InputError(f"{path}: no line has two words and a number")
    ours, theirs = [], []
    for one, other, rating in pairs:
        if vectors.find(one) is not None and vectors.find(other) is not None:
            ours.append(vectors.similarity(one, other))
            theirs.append(rating)
    name = Path(path).name.split(".")[0]
    return SimilarityScore(name, spearman(ours, theirs), len(pairs), len(ours))


def _analogies(
    vectors: Vectors, lines: Iterable[Line], path: str, limit: int
) -> list[AnalogyScore]:
    kinds: dict[str, list[tuple[str, ...]]] = {}
    kind = "analogies"
    for line in lines:
        words = line.text.split()
        if line.text.startswith(":"):
            kind = line.text[1:].strip()
        elif len(words) == 4:
            kinds.setdefault(kind, []).append(tuple(word.lower() for word in words))
        elif words:
            raise InputError(f"{path}: line {line.number}: {len(words)} words; expected four")
    if not kinds:
        raise InputError(f"{path}: there are no analogies")
    likely = list(vectors.words[:limit])
    rows: dict[str, int] = {}
    for row, word in enumerate(likely):
        rows.setdefault(word.lower(), row)
    units = vectors.unit_rows(slice(0, len(likely)))
    scores = []
    for name, questions in kinds.items():
        known = np.array([[rows[w] for w in q] for q in questions if all(w in rows for w in q)])
        right = sum(
            _right(units, known[begin : begin + _QUESTIONS])
            for begin in range(0, len(known), _QUESTIONS)
        )
        scores.append(AnalogyScore(name, right, len(known), len(questions)))
    counts = zip(*((s.right, s.known, s.questions) for s in scores), strict=True)
    return [*scores, AnalogyScore("all", *map(sum, counts))]


def _right(units: NDArray[np.float32], questions: NDArray[np.int64]) -> int:
    """How many of (questions, 4) rows are answered right."""
    a, b, c, answer = questions.T
    cosines = (units[b] - units[a] + units[c]) @ units.T
    for asked in (a, b, c):
        cosines[np.arange(len(questions)), asked] = -np.inf
    return int((cosines.argmax(axis=1) == answer).sum())


def spearman(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The rank correlation of two lists; equal values share their mean rank."""
    if len(ours) < 2:
        return float("nan")
    first, second = _ranks(ours), _ranks(theirs)
    if first.std() == 0 or second.std() == 0:
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])


def _ranks(values: Iterable[float]) -> NDArray[np.float64]:
    found, places, counts = np.unique(list(values), return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    assert len(found) == len(ends)
    return np.asarray((ends - (counts - 1) / 2)[places])

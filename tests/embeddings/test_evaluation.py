"""Word similarities and analogies, by hand and against SciPy."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from textrnn.embeddings import Vectors, evaluate_analogies, evaluate_similarity
from textrnn.embeddings.evaluation import spearman
from textrnn.errors import InputError

VECTORS = Vectors(
    ["man", "woman", "king", "queen", "oslo", "norway", "lima", "peru"],
    np.array(
        [[1, 0, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0], [1, 1, 1, 0],
         [0, 0, 0, 1], [0, 0, 1, 1], [0, 0.2, 0, 1], [0, 0.2, 1, 1]],
        np.float32,
    ),
)  # fmt: skip


def test_similarity_counts_only_known_pairs(tmp_path: Path) -> None:
    file = tmp_path / "WS.test.txt"
    file.write_text("word1\tword2\tscore\nman woman 5\nMan\tking\t9\nman queen 1\nman dog 3\n")
    score = evaluate_similarity(VECTORS, file)
    assert (score.name, score.pairs, score.known) == ("WS", 4, 3)
    assert score.coverage == 0.75
    # cosines 0.707, 0.707, 0.577 against 5, 9, 1: ranks 2.5, 2.5, 1 against 2, 3, 1
    assert score.spearman == pytest.approx(math.sqrt(3) / 2)
    file.write_text("nothing here\n")
    with pytest.raises(InputError, match="no line has two words and a number"):
        evaluate_similarity(VECTORS, file)


def test_analogies_by_kind(tmp_path: Path) -> None:
    file = tmp_path / "questions.txt"
    file.write_text(
        ": royal\nman king woman queen\nMan King dog queen\n"
        ": capital\noslo norway lima peru\nman king woman man\n"
    )
    scores = evaluate_analogies(VECTORS, file)
    assert [(s.name, s.right, s.known, s.questions) for s in scores] == [
        ("royal", 1, 1, 2),
        ("capital", 1, 2, 2),
        ("all", 2, 3, 4),
    ]
    assert scores[-1].accuracy == pytest.approx(2 / 3)
    file.write_text("one two three\n")
    with pytest.raises(InputError, match="line 1: 3 words; expected four"):
        evaluate_analogies(VECTORS, file)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=30))
def test_spearman_is_scipy_s(pairs: list[tuple[int, int]]) -> None:
    ours, theirs = (list(map(float, side)) for side in zip(*pairs, strict=True))
    if len(set(ours)) == 1 or len(set(theirs)) == 1:
        assert math.isnan(spearman(ours, theirs))
    else:
        assert spearman(ours, theirs) == pytest.approx(spearmanr(ours, theirs).statistic)

"""Decoding a chain, against the enumeration of every sequence of tags; all in NumPy."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrnn.corpora import tags_to_spans
from textrnn.decoding.chain import Chain, path_scores
from textrnn.decoding.marginals import log_partition, marginals
from textrnn.decoding.transitions import allowed_transitions, further_tag
from textrnn.decoding.viterbi import n_best, viterbi
from textrnn.heads.tagger.spans import SpanDecoder

BIO = ("O", "B-A", "I-A", "B-B", "I-B")
BIOES = ("O", "B-A", "I-A", "E-A", "S-A")
SCHEMES = st.sampled_from([BIO, BIOES, ("O", "B-A", "I-A")])


class Lattice:
    """A few sentences of random scores, and every sequence of tags of each."""

    def __init__(
        self, tags: Sequence[str], lengths: Sequence[int], seed: int, scale: float = 2.0
    ) -> None:
        rng = np.random.default_rng(seed)
        count = len(tags)
        self.tags = tags
        self.lengths = np.array(lengths)
        self.emissions = rng.normal(0, scale, (len(lengths), max(lengths), count)).astype(
            np.float32
        )
        self.chain = Chain.over(
            tags,
            transitions=rng.normal(0, 1, (count, count)),
            start=rng.normal(0, 1, count),
            end=rng.normal(0, 1, count),
        )

    def score(self, row: int, path: Sequence[int]) -> float:
        """As the CRF's definition has it, written out."""
        total = float(self.chain.start[path[0]] + self.chain.end[path[-1]])
        total += sum(float(self.emissions[row, t, tag]) for t, tag in enumerate(path))
        return total + sum(float(self.chain.transitions[a, b]) for a, b in itertools.pairwise(path))

    def everything(self, row: int) -> list[tuple[tuple[int, ...], float]]:
        """All sequences that the scheme allows, with their probabilities."""
        length = int(self.lengths[row])
        paths = list(itertools.product(range(len(self.tags)), repeat=length))
        scores = np.array([self.score(row, path) for path in paths])
        kept = np.isfinite(scores)
        shares = np.exp(scores[kept] - scores[kept].max())
        allowed = [path for path, keep in zip(paths, kept, strict=True) if keep]
        return list(zip(allowed, (shares / shares.sum()).tolist(), strict=True))


@st.composite
def lattices(draw: st.DrawFn) -> Lattice:
    lengths = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    scale = draw(st.sampled_from([2.0, 2.0, 400.0, 1e5]))
    return Lattice(draw(SCHEMES), lengths, draw(st.integers(0, 2**32 - 1)), scale)


@given(lattices())
def test_viterbi_finds_the_most_probable_tags(lattice: Lattice) -> None:
    found = viterbi(lattice.emissions, lattice.lengths, lattice.chain)
    for row, path in enumerate(found):
        best = max(lattice.everything(row), key=lambda pair: pair[1])
        assert tuple(path.tolist()) == best[0]


@given(lattices(), st.integers(1, 7))
def test_n_best_finds_them_in_order(lattice: Lattice, count: int) -> None:
    for row, length in enumerate(lattice.lengths):
        ranked = sorted(lattice.everything(row), key=lambda pair: -pair[1])
        found = n_best(lattice.emissions[row, :length], lattice.chain, count)
        assert len(found) == min(count, len(ranked))
        probabilities = [np.exp(log) for _, log in found]
        np.testing.assert_allclose(probabilities, [p for _, p in ranked[:count]], atol=1e-5)
        table = dict(ranked)
        for path, log in found:
            assert table[tuple(path.tolist())] == pytest.approx(np.exp(log), abs=1e-5)
        assert len({tuple(path.tolist()) for path, _ in found}) == len(found)


@given(lattices())
def test_marginals_are_sums_over_all_sequences(lattice: Lattice) -> None:
    found = marginals(lattice.emissions, lattice.lengths, lattice.chain).tags
    for row, length in enumerate(lattice.lengths):
        expected = np.zeros((length, len(lattice.tags)))
        for path, probability in lattice.everything(row):
            expected[np.arange(length), path] += probability
        np.testing.assert_allclose(found[row, :length], expected, atol=1e-6)
        assert not found[row, length:].any()


@given(lattices())
def test_probabilities_of_spans(lattice: Lattice) -> None:
    """That the first tokens are a span of A, which ends where it ends."""
    under = marginals(lattice.emissions, lattice.lengths, lattice.chain)
    number = {tag: i for i, tag in enumerate(lattice.tags)}
    further = further_tag(lattice.tags, "A")
    for row, length in enumerate(lattice.lengths):
        for size in range(1, length + 1):
            if further is not None:
                tags = [number["B-A"]] + [number["I-A"]] * (size - 1)
            elif size == 1:
                tags = [number["S-A"]]
            else:
                tags = [number["B-A"], *[number["I-A"]] * (size - 2), number["E-A"]]
            expected = sum(
                probability
                for path, probability in lattice.everything(row)
                if list(path[:size]) == tags
                and not (size < length and further is not None and path[size] == further)
            )
            assert under.span(row, 0, np.array(tags), further) == pytest.approx(expected, abs=1e-6)


@given(lattices())
def test_the_partition_and_the_scores_make_probabilities(lattice: Lattice) -> None:
    norms = log_partition(lattice.emissions, lattice.lengths, lattice.chain)
    tags = np.zeros(lattice.emissions.shape[:2], np.int64)
    for row, length in enumerate(lattice.lengths):
        path, probability = max(lattice.everything(row), key=lambda pair: pair[1])
        tags[row, :length] = path
        scores = path_scores(lattice.emissions, tags, lattice.lengths, lattice.chain)
        assert np.exp(scores[row] - norms[row]) == pytest.approx(probability, abs=1e-6)


@given(lattices(), st.integers(1, 5))
def test_padding_changes_nothing(lattice: Lattice, more: int) -> None:
    padded = np.pad(lattice.emissions, [(0, 0), (0, more), (0, 0)], constant_values=7.0)
    for one, other in zip(
        viterbi(lattice.emissions, lattice.lengths, lattice.chain),
        viterbi(padded, lattice.lengths, lattice.chain),
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)
    time = lattice.emissions.shape[1]
    np.testing.assert_allclose(
        marginals(padded, lattice.lengths, lattice.chain).tags[:, :time],
        marginals(lattice.emissions, lattice.lengths, lattice.chain).tags,
        atol=1e-12,
    )


def test_sentences_without_tokens() -> None:
    lattice = Lattice(BIOES, [2, 1], seed=0)
    lengths = np.array([2, 0])
    assert [len(path) for path in viterbi(lattice.emissions, lengths, lattice.chain)] == [2, 0]
    assert not marginals(lattice.emissions, lengths, lattice.chain).tags[1].any()
    assert log_partition(lattice.emissions, lengths, lattice.chain)[1] == 0.0
    assert n_best(lattice.emissions[1, :0], lattice.chain, 3)[0][1] == 0.0
    nothing = np.zeros((1, 0, len(BIOES)), np.float32)
    assert [len(path) for path in viterbi(nothing, np.array([0]), lattice.chain)] == [0]


def test_huge_scores_stay_finite() -> None:
    lattice = Lattice(BIO, [4], seed=1)
    under = marginals(lattice.emissions * 300, lattice.lengths, lattice.chain)
    assert np.isfinite(under.tags).all()
    np.testing.assert_allclose(under.tags.sum(axis=2), 1.0)


def test_readings_do_not_depend_on_what_all_scores_share() -> None:
    rng = np.random.default_rng(3)
    emissions = rng.normal(0, 2, (700, len(BIOES))).astype(np.float32)
    decoder = SpanDecoder(BIOES, Chain.over(BIOES))
    expected, found = decoder.readings(emissions, 3), decoder.readings(emissions - 8, 3)
    assert len(found) == 3
    assert [spans for spans, _ in found] == [spans for spans, _ in expected]
    for (_, shifted), (_, probability) in zip(found, expected, strict=True):
        assert shifted == pytest.approx(probability, rel=1e-2)


@pytest.mark.parametrize("gap", [100.0, 400.0, 745.0, 20_000.0])
def test_an_allowed_tag_is_found_however_far_it_lies_behind(gap: float) -> None:
    """The best tag of the second token may not follow any other, and that of the first not lead."""
    emissions = np.full((1, 3, len(BIOES)), -2 * gap, np.float32)
    emissions[0, 0, BIOES.index("I-A")] = 0.0
    emissions[0, 0, BIOES.index("O")] = -gap
    emissions[0, 1:, BIOES.index("I-A")] = 0.0
    emissions[0, 1:, BIOES.index("S-A")] = -gap
    lengths, chain = np.array([3]), Chain.over(BIOES)
    under = marginals(emissions, lengths, chain)
    np.testing.assert_allclose(under.tags[0, :, [0, 4]].T, [[1, 0], [0, 1], [0, 1]], atol=1e-9)
    assert under.span(0, 1, np.array([4])) == pytest.approx(1.0)
    assert log_partition(emissions, lengths, chain)[0] == pytest.approx(-3 * gap)
    assert n_best(emissions[0], chain, 1)[0][1] == pytest.approx(0.0, abs=1e-6)


def test_a_temperature_flattens_and_keeps_the_order() -> None:
    lattice = Lattice(BIOES, [4], seed=2)
    sharp = n_best(lattice.emissions[0], lattice.chain, 5)
    flat = n_best(lattice.emissions[0] / 3, lattice.chain.scaled(3.0), 5)
    for (path, log), (other, flatter) in zip(sharp[:1], flat[:1], strict=True):
        np.testing.assert_array_equal(path, other)
        assert flatter < log
    assert lattice.chain.scaled(3.0).transitions.min() == -np.inf


@pytest.mark.parametrize("tags", [BIO, BIOES])
def test_only_what_the_scheme_knows_is_allowed(tags: tuple[str, ...]) -> None:
    moves, start, end = allowed_transitions(tags)
    number = {tag: i for i, tag in enumerate(tags)}
    assert not moves[number["O"], number["I-A"]]
    assert not start[number["I-A"]]
    assert moves[number["B-A"], number["I-A"]]
    if tags is BIO:
        assert not moves[number["B-A"], number["I-B"]]
        assert moves[number["I-A"], number["B-A"]]
        assert end.all()
    else:
        assert not moves[number["B-A"], number["O"]]
        assert not moves[number["E-A"], number["I-A"]]
        assert not end[number["B-A"]]
        assert end[number["E-A"]]


@given(lattices())
def test_the_decoder_s_spans_are_those_of_the_best_tags(lattice: Lattice) -> None:
    found = SpanDecoder(lattice.tags, lattice.chain).spans(lattice.emissions, lattice.lengths)
    paths = viterbi(lattice.emissions, lattice.lengths, lattice.chain)
    for spans, path in zip(found, paths, strict=True):
        assert [span for span, _ in spans] == tags_to_spans([lattice.tags[i] for i in path])
        assert all(0.0 <= probability <= 1.0 for _, probability in spans)

"""The fingerprint of a training text, and what it says about copies."""

from __future__ import annotations

import io

import numpy as np
import pytest

from textrnn.errors import BundleError
from textrnn.heads.generator.fingerprint import Fingerprint, ngram_hashes
from textrnn.heads.generator.novelty import distinct_share, longest_run, measure_novelty

RNG = np.random.default_rng(0)
TEXT = [RNG.integers(4, 500, 3000).astype(np.int32) for _ in range(3)]


def test_what_was_there_is_always_found_and_what_was_not_hardly_ever() -> None:
    made = Fingerprint.build(TEXT, size=5, most_bytes=1 << 20)
    assert made.every == 1
    for document in TEXT:
        assert made.known(document).all()
    strange = RNG.integers(4, 500, 20_000).astype(np.int32)
    assert made.known(strange).mean() < 0.03
    border = np.concatenate([TEXT[0][-2:], TEXT[1][:3]])  # no n-gram of either document
    assert not made.known(border).any()


def test_a_small_fingerprint_samples() -> None:
    made = Fingerprint.build(TEXT, size=5, most_bytes=2000)
    assert made.every > 1
    assert len(made.to_bytes()) < 3000
    asked = made.sampled(TEXT[0])
    assert 0 < asked.mean() < 2 / made.every
    assert made.known(TEXT[0])[asked].all()


def test_joined_fingerprints_know_both_texts() -> None:
    small = Fingerprint.build(TEXT[:1], size=5, most_bytes=1 << 20)
    large = Fingerprint.build(TEXT[1:], size=5, most_bytes=2000)
    joined = Fingerprint.from_bytes(small.joined(large).to_bytes())
    assert (small.every, joined.every) == (1, large.every)
    for document in TEXT:
        asked = joined.sampled(document)
        assert asked.any()
        assert joined.known(document)[asked].all()
    assert not small.known(TEXT[1])[joined.sampled(TEXT[1])].all()
    assert joined.known(RNG.integers(500, 900, 20_000).astype(np.int32)).mean() < 0.06


def test_filters_that_are_not_as_long_as_told() -> None:
    content = io.BytesIO()
    np.savez(content, bits=np.zeros(9, np.uint8), lengths=[4, 4], size=5, every=1)
    with pytest.raises(BundleError, match="not as long as it says"):
        Fingerprint.from_bytes(content.getvalue())


def test_a_file_and_back() -> None:
    made = Fingerprint.build(TEXT, size=4, most_bytes=5000)
    again = Fingerprint.from_bytes(made.to_bytes())
    assert (again.size, again.every) == (4, made.every)
    assert np.array_equal(again.known(TEXT[2]), made.known(TEXT[2]))
    with pytest.raises(BundleError, match=r"fingerprint\.npz is damaged"):
        Fingerprint.from_bytes(made.to_bytes()[:-30])


def test_hashes_are_the_same_on_every_machine() -> None:
    """Worked out again with Python's own integers."""

    def mixed(value: int) -> int:
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        value = (value ^ value >> 27) * 0x94D049BB133111EB % 2**64
        return value ^ value >> 31

    def expected(ids: list[int]) -> int:
        value = 0
        for number in ids:
            value = mixed(value ^ number) * 0x9E3779B97F4A7C15 % 2**64
        return mixed(value)

    ids = np.array([4, 5, 6, 70_000], np.int32)
    assert ngram_hashes(ids, 3).tolist() == [expected([4, 5, 6]), expected([5, 6, 70_000])]
    assert len(ngram_hashes(ids, 5)) == 0


@pytest.mark.parametrize(
    ("asked", "known", "expected"),
    [
        ("1111", "0110", (1, 3)),
        ("1111", "1101", (0, 2)),
        ("1010", "1010", (0, 3)),  # what is not asked does not break a run
        ("1110", "1011", (0, 1)),
        ("0000", "0000", (0, 0)),
    ],
)
def test_longest_run(asked: str, known: str, expected: tuple[int, int]) -> None:
    masks = [np.array([mark == "1" for mark in marks]) for marks in (asked, known)]
    assert longest_run(masks[0], masks[0] & masks[1]) == expected


def test_distinct_ngrams() -> None:
    texts = [np.array([1, 2, 1, 2]), np.array([1, 3])]
    assert distinct_share(texts, 1) == 3 / 6
    assert distinct_share(texts, 2) == 3 / 4  # 12 21 12 13
    assert distinct_share(texts, 9) == 0.0


def test_a_report_finds_the_copy() -> None:
    made = Fingerprint.build(TEXT, size=5, most_bytes=1 << 20)
    new = RNG.integers(500, 900, 40).astype(np.int32)
    mixed = np.concatenate([new[:20], TEXT[1][100:112], new[20:]])
    report = measure_novelty([new, mixed], made, lambda ids: " ".join(map(str, ids)))
    assert report.longest_copy is not None
    assert report.longest_copy.tokens == 12
    assert report.longest_copy.text == " ".join(map(str, TEXT[1][100:112]))
    # 36 n-grams of the first are new; of the second's 48, eight are not.
    assert report.new_share == pytest.approx(1 - 8 / 84, abs=0.02)
    assert (report.texts, report.tokens) == (2, 92)
    alone = measure_novelty([new], None, str)
    assert (alone.ngram, alone.new_share, alone.longest_copy) == (None, None, None)

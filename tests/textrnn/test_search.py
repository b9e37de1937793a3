"""Beam search over several sources, against every text that there is and against a plain beam."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
import pytest

from textrnn.decoding.search import IMPOSSIBLE, Candidates, Hypothesis, search
from textrnn.decoding.search_options import SearchOptions
from textrnn.errors import ConfigurationError
from textrnn.text.tokenizer import Tokenizer

START, END = Tokenizer.START, Tokenizer.END
SIZE = 6  # 4 and 5 are the letters
Model = Callable[[int, tuple[int, ...]], np.ndarray]
"""The log-probabilities (V,) after some tokens of a source."""


def random_model(source: int, written: tuple[int, ...]) -> np.ndarray:
    rng = np.random.default_rng([source, *written])
    logits = 2 * rng.normal(size=SIZE)
    logits[[Tokenizer.PAD, Tokenizer.UNK, START]] = -np.inf
    return np.asarray(logits - np.log(np.exp(logits).sum()))


def attention_of(source: int, written: tuple[int, ...], length: int) -> np.ndarray:
    shares = np.random.default_rng([source, 7, *written]).random(length)
    return np.asarray(shares / shares.sum())


class ModelWriter:
    """Steps through a model, with prefixes for states."""

    def __init__(self, model: Model, lengths: Sequence[int], width: int) -> None:
        self.model, self.lengths, self.longest = model, lengths, max(lengths)
        self.rows: list[tuple[int, tuple[int, ...]]] = [
            (source, ()) for source in range(len(lengths)) for _ in range(width)
        ]
        self.steps = 0

    def next(
        self,
        tokens: np.ndarray,
        *,
        candidates: int,
        banned: Sequence[np.ndarray] | None = None,
    ) -> Candidates:
        self.steps += 1
        assert len(tokens) == len(self.rows)
        pairs = zip(self.rows, tokens.tolist(), strict=True)
        self.rows = [
            (source, written if token == START else (*written, token))
            for (source, written), token in pairs
        ]
        logs = np.stack([self.model(*row) for row in self.rows])
        for row, ban in zip(logs, banned or [[]] * len(logs), strict=True):
            row[ban] = -np.inf
        logs = np.maximum(logs, IMPOSSIBLE)
        best = np.argsort(-logs, axis=1, kind="stable")[:, :candidates]
        looked = np.zeros((len(logs), self.longest), np.float32)
        for place, (source, written) in enumerate(self.rows):
            length = self.lengths[source]
            looked[place, :length] = attention_of(source, written, length)
        return Candidates(best, np.take_along_axis(logs, best, 1).astype(np.float32), looked)

    def keep(self, sources: np.ndarray, rows: np.ndarray) -> None:
        assert rows.reshape(len(sources), -1).shape[0] == len(sources)
        self.rows = [self.rows[row] for row in rows]


def texts_of(found: list[list[Hypothesis]]) -> list[list[list[int]]]:
    return [[one.ids.tolist() for one in some] for some in found]


def run(
    options: SearchOptions, *, lengths: Sequence[int] = (3, 1, 4), most: int = 6,
    model: Model = random_model,
) -> list[list[Hypothesis]]:  # fmt: skip
    return search(
        ModelWriter(model, lengths, options.beam), lengths, [most] * len(lengths), options
    )


def every_text(source: int, most: int) -> dict[tuple[int, ...], float]:
    """All texts of at most so many tokens, the end among them, with their log-probabilities."""
    found = {}
    for length in range(most):
        for letters in product((4, 5), repeat=length):
            ids = (*letters, END)
            found[letters] = sum(
                random_model(source, ids[:place])[token] for place, token in enumerate(ids)
            )
    return found


@pytest.mark.parametrize(("penalty", "reward"), [(0.0, 0.0), (1.0, 0.0), (2.0, 0.5), (0.0, 2.0)])
def test_a_wide_beam_finds_the_best_of_all_texts(penalty: float, reward: float) -> None:
    options = SearchOptions(
        beam=40, n_best=3, length_penalty=penalty, length_reward=reward, coverage_penalty=0.3
    )
    lengths = (3, 1, 4)
    found = run(options, lengths=lengths, most=5)
    for source, some in enumerate(found):
        scored = {}
        for letters, total in every_text(source, 5).items():
            covered = sum(
                attention_of(source, letters[:place], lengths[source])
                for place in range(len(letters) + 1)
            )
            rewarded = total + reward * len(letters)
            scored[letters] = options.score(rewarded, len(letters) + 1, covered)
        best = sorted(scored, key=lambda letters: -scored[letters])[:3]
        assert [tuple(one.ids.tolist()) for one in some] == best
        assert [one.score for one in some] == pytest.approx([scored[ids] for ids in best])
        logs = [every_text(source, 5)[ids] for ids in best]
        assert [one.log_probability for one in some] == pytest.approx(logs)
        assert all(one.ended for one in some)


def plain_beam(source: int, width: int, most: int, reward: float) -> tuple[tuple[int, ...], float]:
    """The same search of one source in lists: no penalty but that on length."""
    beam, finished = [((), 0.0)], []
    for step in range(most):
        longer = [
            ((*ids, token), total + random_model(source, ids)[token] + reward * (token != END))
            for ids, total in beam
            for token in (END, 4, 5)
        ]
        longer.sort(key=lambda pair: -pair[1])
        finished += [pair for pair in longer[:width] if pair[0][-1] == END]
        beam = [pair for pair in longer if pair[0][-1] != END][:width]
        leads = reward and beam[0][1] > max((total for _, total in finished), default=0.0)
        if (len(finished) >= width and not leads) or step + 1 == most:
            break
    if not finished:
        return beam[0]
    return max(finished, key=lambda pair: pair[1] / ((5 + len(pair[0])) / 6))


@pytest.mark.parametrize(("width", "reward"), [(1, 0.0), (2, 0.0), (3, 0.0), (1, 0.5), (3, 0.5)])
def test_sources_do_not_matter_to_each_other(width: int, reward: float) -> None:
    lengths = [1 + source % 4 for source in range(20)]
    found = run(SearchOptions(beam=width, length_reward=reward), lengths=lengths, most=7)
    for source, (best,) in enumerate(found):
        ids, total = plain_beam(source, width, 7, reward)
        assert tuple(best.ids.tolist()) == ids[: -1 if ids[-1] == END else None]
        assert best.log_probability == pytest.approx(total - reward * len(best.ids), abs=1e-5)
        assert best.ended == (ids[-1] == END)


def test_a_longer_text_overtakes_as_many_as_the_beam_is_wide() -> None:
    shares = {(): (0.5, 0.4, 0.1), (4,): (0.6, 0.3, 0.1), (4, 4): (0.9, 0.05, 0.05)}

    def soon_ends(source: int, written: tuple[int, ...]) -> np.ndarray:
        logs = np.full(SIZE, -np.inf)
        logs[[END, 4, 5]] = np.log(shares.get(written, (0.98, 0.01, 0.01)))
        return logs

    def found(reward: float) -> Hypothesis:
        options = SearchOptions(beam=2, length_penalty=0.0, length_reward=reward)
        return run(options, lengths=[2], model=soon_ends)[0][0]

    assert found(0.0).ids.tolist() == []
    # () and (4,) have ended behind the second token, with ln 0.5 and 1 + ln 0.4 + ln 0.6.
    assert found(1.0).ids.tolist() == [4, 4]
    assert found(1.0).score == pytest.approx(2 + np.log(0.4 * 0.3 * 0.9), abs=1e-5)
    assert found(1.0).log_probability == pytest.approx(np.log(0.4 * 0.3 * 0.9), abs=1e-5)


def test_attention_is_that_of_the_text_s_own_way() -> None:
    lengths = [3, 1, 4]
    found = run(SearchOptions(beam=4, n_best=4), lengths=lengths)
    assert max(len(one.ids) for some in found for one in some) > 2
    for source, some in enumerate(found):
        for one in some:
            assert one.attention.shape == (len(one.ids), lengths[source])
            for place, looked in enumerate(one.attention):
                right = attention_of(source, tuple(one.ids[:place].tolist()), lengths[source])
                np.testing.assert_allclose(looked, right, atol=1e-6)


def never_ends(source: int, written: tuple[int, ...]) -> np.ndarray:
    logs = np.full(SIZE, -np.inf)
    logs[[4, 5]] = np.log([0.8, 0.2])
    return logs


def test_a_text_that_does_not_end_breaks_off_at_its_most_tokens() -> None:
    (best,), = run(SearchOptions(beam=2), lengths=[2], most=3, model=never_ends)  # fmt: skip
    assert best.ids.tolist() == [4, 4, 4]
    assert not best.ended
    assert best.log_probability == pytest.approx(3 * np.log(0.8), abs=1e-5)
    assert best.attention.shape == (3, 2)


def test_no_sequence_comes_twice() -> None:
    def rarely_ends(source: int, written: tuple[int, ...]) -> np.ndarray:
        logs = never_ends(source, written)
        logs[END] = np.log(1e-3)
        return logs

    options = SearchOptions(beam=1, no_repeat_ngram=2)
    ((best,),) = run(options, lengths=[2], most=9, model=rarely_ends)
    assert best.ids.tolist() == [4, 4, 5, 4]  # behind which 44 and 45 would come again
    assert best.ended


def test_nothing_that_may_come_gives_an_empty_text() -> None:
    def nothing(source: int, written: tuple[int, ...]) -> np.ndarray:
        return np.full(SIZE, -np.inf)

    (best,), = run(SearchOptions(), lengths=[2], model=nothing)  # fmt: skip
    assert best.ids.tolist() == []
    assert best.attention.shape == (0, 2)
    assert not best.ended


def test_length_and_coverage_are_weighed_as_the_paper_has_it() -> None:
    covered = np.array([0.5, 1.7, 1.0])
    plain = SearchOptions(length_penalty=0.6).score(-4.0, 7, covered)
    assert plain == pytest.approx(-4.0 * 6**0.6 / 12**0.6)
    both = SearchOptions(length_penalty=0.6, coverage_penalty=0.2).score(-4.0, 7, covered)
    assert both == pytest.approx(plain + 0.2 * np.log(0.5))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"beam": 0}, "beam must be at least 1"),
        ({"beam": 101}, "beam must be at most 100; received 101"),
        ({"n_best": 6}, "a beam of 5 finds no 6 texts"),
        ({"length_penalty": -1.0}, "length-penalty must be from 0 to 10; received -1.0"),
        ({"length_reward": 10.5}, "length-reward must be from 0 to 10; received 10.5"),
        ({"coverage_penalty": True}, "coverage-penalty must be from 0 to 10; received True"),
        ({"no_repeat_ngram": -1}, "no-repeat-ngram must be 0 or more"),
    ],
)
def test_what_cannot_be_searched_for_is_refused(wrong: dict[str, float], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        SearchOptions(**wrong)  # type: ignore[arg-type]

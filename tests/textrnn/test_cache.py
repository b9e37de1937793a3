"""The continuous cache against its equations, and as generators use it."""

from __future__ import annotations

import numpy as np
import pytest
from small_bundles import small_generator

import textrnn
from textrnn.decoding import cache as continuous
from textrnn.decoding.cache import CachedStep, mix
from textrnn.decoding.sampling import softmax
from textrnn.decoding.step import States, take
from textrnn.errors import ConfigurationError

START = 2


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> textrnn.Generator:
    found = textrnn.load(small_generator(tmp_path_factory.mktemp("small") / "model"))
    assert isinstance(found, textrnn.Generator)
    return found


def by_the_equations(writer: textrnn.Generator, ids: list[int], size: int) -> np.ndarray:
    """The probabilities of each next token, (tokens + 1, V), a token at a time."""
    states, directions, found = writer.stepper.start(1), [], []
    for place, token in enumerate([START, *ids]):
        logits, states = writer.stepper.step([token], states)
        shares = np.exp(logits[0] - logits[0].max())
        shares /= shares.sum()
        direction = states["state_0/h"][0] / np.linalg.norm(states["state_0/h"][0])
        past = range(max(0, place - size), place)
        if past:
            weights = np.array(
                [np.exp(continuous.SHARPNESS * directions[i] @ direction) for i in past]
            )
            share = 1 / (1 + np.exp(-continuous.OFFSET - continuous.SLOPE * np.log(weights.sum())))
            remembered = np.zeros_like(shares)
            for i, weight in zip(past, weights / weights.sum(), strict=True):
                remembered[ids[i]] += weight  # the token that followed the state
            shares = (1 - share) * shares + share * remembered
        directions.append(direction)
        found.append(shares)
    return np.array(found)


def read(step: CachedStep, tokens: list[int], states: States) -> tuple[np.ndarray, States]:
    found = []
    for token in tokens:
        logits, states = step.step([token], states)
        found.append(softmax(logits)[0])
    return np.array(found), states


@pytest.mark.parametrize("size", [1, 7, 30, 1000])
def test_what_comes_next_is_what_the_equations_say(writer: textrnn.Generator, size: int) -> None:
    ids = np.random.default_rng(size).integers(4, writer.network.vocabulary_size, 150).tolist()
    step = CachedStep(writer.stepper, "state_0/h", size)
    found, _ = read(step, [START, *ids], step.start(1))
    np.testing.assert_allclose(found, by_the_equations(writer, ids, size), atol=2e-6)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, atol=1e-5)


def test_texts_side_by_side_are_those_alone(writer: textrnn.Generator) -> None:
    ids = np.random.default_rng(1).integers(4, writer.network.vocabulary_size, (3, 80))
    step = CachedStep(writer.stepper, "state_0/h", 20)
    states, together = step.start(3), []
    for tokens in [np.full(3, START), *ids.T]:
        logits, states = step.step(tokens.tolist(), states)
        together.append(softmax(logits))
    for row in range(3):
        alone, _ = read(step, [START, *ids[row].tolist()], step.start(1))
        np.testing.assert_allclose(np.array(together)[:, row], alone, atol=1e-6)


def test_a_start_forgets_and_copies_go_their_own_ways(writer: textrnn.Generator) -> None:
    step = CachedStep(writer.stepper, "state_0/h", 50)
    _, states = read(step, [START, 5, 6, 7, 8], step.start(1))
    again, _ = read(step, [START, 9, 9, 4], take(states, [0]))
    fresh, _ = read(step, [START, 9, 9, 4], step.start(1))
    np.testing.assert_array_equal(again, fresh)
    one, other = take(states, [0]), take(states, [0])
    read(step, [4, 4, 4], one)
    found, _ = read(step, [9, 5, 6], other)
    np.testing.assert_array_equal(found, read(step, [9, 5, 6], states)[0])


def test_tokens_that_follow_like_states_gain() -> None:
    shares = np.full(5, 0.2, np.float32)
    mix(shares, np.array([3, 3, 1]), np.array([1.0, 0.9, -1.0], np.float32))
    assert shares.argmax() == 3
    assert shares.sum() == pytest.approx(1.0)
    assert shares[1] == pytest.approx(shares[0], rel=1e-4), "its state was the opposite"


def test_a_text_that_comes_again_is_foreseen_better(writer: textrnn.Generator) -> None:
    document = "colour by colour the houses of Ealing went by; " * 12
    without, with_cache = (
        writer.evaluate([document], cache=size).perplexity.perplexity for size in (0, 2000)
    )
    assert with_cache < without * 0.9


def test_many_texts_are_those_that_single_calls_write(writer: textrnn.Generator) -> None:
    options = {"length": 40, "cache": 30, "random_state": 5}
    together = writer.generate("a film", num=5, **options)
    assert together != writer.generate("a film", num=5, **{**options, "cache": 0})
    for number, text in enumerate(together):
        assert writer.generate("a film", **{**options, "random_state": 5 + number}) == [text]
    seeds = ["a film", "a dull film " * 9, ""]
    each = [writer.generate(seed, **options)[0] for seed in seeds]
    assert list(writer.answer(seeds, **options)) == each
    filtered = writer.generate("a film", top_p=1 - 1e-9, **options)
    assert filtered[0].text == together[0].text, "drawn by the graph's way and by the filters'"


def test_what_is_not_remembered_keeps_the_scale_of_logits(writer: textrnn.Generator) -> None:
    """Penalties on repetition go by the signs of logits."""
    step = CachedStep(writer.stepper, "state_0/h", 30)
    states = step.read([START, 5, 6])
    mixed, _ = step.step([7], states)
    plain, _ = writer.stepper.step([7], writer.stepper.read([START, 5, 6]))
    others = [token for token in range(plain.shape[1]) if token not in (5, 6, 7)]
    falls = (plain - mixed)[0, others]
    assert falls.min() == pytest.approx(falls.max(), abs=1e-4)
    assert 0 < falls.max() < 1


def test_a_text_remembers_its_seed_and_not_what_it_wrote(writer: textrnn.Generator) -> None:
    options = {"length": 60, "random_state": 5}
    assert writer.generate("", cache=30, **options)[0].text == (
        writer.generate("", **options)[0].text
    )
    step = CachedStep(writer.stepper, "state_0/h", 30, grows=False)
    states = step.read([START, *[5, 6, 7] * 30])
    assert states["cache/keys"].shape[:2] == (1, 30), "no room that nothing stands in"
    _, later = read(step, [8, 9, 10], states)
    for name in ("cache/keys", "cache/tokens", "cache/count"):
        np.testing.assert_array_equal(later[name], states[name])


@pytest.mark.parametrize("size", [-1, 20_001, 1.5, True])
def test_sizes_that_are_none(writer: textrnn.Generator, size: float) -> None:
    with pytest.raises(ConfigurationError, match="cache must be"):
        writer.generate("a", cache=size)
    with pytest.raises(ConfigurationError, match="cache must be"):
        writer.evaluate(["a"], cache=size)

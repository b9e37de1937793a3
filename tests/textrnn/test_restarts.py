"""Starts within one long text: where they stand, what is foreseen after them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from made_up import made_up_sentences
from textrnn.corpora import Passage
from textrnn.heads.generator.generator import Generator
from textrnn.heads.generator.network import GeneratorNetwork
from textrnn.heads.generator.scores import next_token_nats
from textrnn.network import Embedding, Encoder
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.generator.plan import GeneratorPlan, LanguageSettings
from textrnn.training.generator.restarts import Restarts, restarts_of
from textrnn.training.generator.token_store import TokenStore
from textrnn.training.settings import TokenizerSettings, TrainingSettings

PIECES = [b"", b"", b"", b"", b"a", b"b", b"\n", b".", b". \n"]
LINE, POINT, BOTH = 6, 7, 8


def store(*documents: list[int]) -> TokenStore:
    lengths = np.array([len(document) for document in documents])
    tokens = np.concatenate([np.array(document, np.int32) for document in documents])
    return TokenStore(tokens, np.cumsum(lengths) - lengths, lengths)


def put(ids: list[int], *, every: int) -> tuple[list[int], ...]:
    restarts = Restarts(PIECES, np.bincount(ids, minlength=len(PIECES)), every=every)
    row = np.array([ids], np.int32)
    tokens, targets = restarts.put((row[:, :-1], row[:, 1:]), np.random.default_rng(0))
    return tokens[0].tolist(), targets[0].tolist()


def test_a_start_stands_for_a_line_end_and_the_line_is_foreseen() -> None:
    ids = [4, 5, LINE, LINE, 4, 5, BOTH, 5, 4, POINT, 4] * 100
    tokens, targets = put(ids, every=1)
    source = np.array(ids)
    starts = np.array(tokens) == Tokenizer.START
    last_ends = np.isin(source[:-1], [LINE, BOTH]) & ~np.isin(source[1:], [LINE, BOTH])
    assert starts[last_ends].all()
    foreseen = np.array(targets) == source[1:]
    assert foreseen[last_ends].all()
    assert np.array_equal(starts & ~last_ends, ~foreseen)  # anywhere else the next is only read
    assert 0.4 < starts[~last_ends].mean() < 0.6


def test_sentences_where_there_are_no_lines() -> None:
    ids = [4, 5, POINT, 4, 5, 4, 5, POINT, 5, 4] * 400
    tokens, targets = put(ids, every=40)
    starts = np.flatnonzero(np.array(tokens) == Tokenizer.START)
    foreseen = [place for place in starts if targets[place] != Tokenizer.START]
    assert {ids[place] for place in foreseen} == {POINT}
    assert len(starts) == pytest.approx(len(ids) / 40, rel=0.25)
    assert len(foreseen) == pytest.approx(len(starts) / 2, rel=0.4)


def test_starts_and_ends_of_documents_stay() -> None:
    ids = [2, 4, LINE, 3, 2, 4, 3] * 100
    tokens, targets = put(ids, every=1)
    for place, token in enumerate(ids[:-1]):
        if token <= Tokenizer.END or ids[place + 1] <= Tokenizer.END:
            assert (tokens[place], targets[place]) == (token, ids[place + 1])


@pytest.mark.train
def test_windows_start_anew_in_few_or_long_documents_alone() -> None:
    from textrnn.training.generator.model import build_generator
    from textrnn.training.generator.objective import LanguageObjective

    tokenizer = Tokenizer.train(["ab\n"], level="character", min_frequency=1)
    lines = [2, *tokenizer.encode("ab\nba\n" * 40).ids.tolist(), 3]
    settings = TrainingSettings(batch_size=2, max_tokens=16, window_overlap=0)
    language = LanguageSettings(restart_tokens=16)
    starts = {}
    for documents in (20, 1):
        text = store(*[lines] * documents)
        restarts = restarts_of(text, tokenizer, language)
        size = tokenizer.vocabulary_size
        network = GeneratorNetwork(
            size, embedding=Embedding(4), encoders=(Encoder("gru", 4, False),)
        )
        objective = LanguageObjective(
            build_generator(network), text, text, settings, language, restarts=restarts
        )
        windows = list(objective.batches(epoch=0, skip=0))
        starts[documents] = sum(int((window.tokens == 2).sum()) for window in windows)
        again = list(objective.batches(epoch=0, skip=3))  # resumed, the same
        assert np.array_equal(again[0].tokens, windows[3].tokens)
    assert objective.validate() == objective.validate()
    assert starts[20] == 20
    assert 5 < starts[1] < 35
    often = LanguageSettings(restart_tokens=8)  # for which documents of 242 tokens are long
    assert restarts_of(store(*[lines] * 20), tokenizer, often) is not None
    for other in (LanguageSettings(restart_tokens=0), LanguageSettings(backward=True)):
        assert restarts_of(store(lines), tokenizer, other) is None


@pytest.mark.train
def test_a_generator_of_one_text_goes_on_from_short_seeds(tmp_path: Path) -> None:
    from textrnn.training.generator.run import run_generator

    lines = [" ".join(sentence.words) for sentence in made_up_sentences(220)]
    plan = GeneratorPlan(
        tokenizer=TokenizerSettings("character", 300, 1, lowercase=False),
        embedding=Embedding(units=12),
        encoders=(Encoder(units=24, bidirectional=False),),
        language_model=LanguageSettings(restart_tokens=32, fingerprint=False),
        training=TrainingSettings(
            epochs=5, batch_size=4, max_tokens=16, window_overlap=0, learning_rate=0.02
        ),
    )
    text = [Passage("\n".join(lines), ends=True)]
    run_generator(lambda: text, out=tmp_path / "m", plan=plan)
    generator = Generator.load(tmp_path / "m")
    validation = generator.bundle.manifest.scores["validation_perplexity"]
    # Without starts a beginning such as "It r" has a perplexity of 72 here.
    assert perplexity_of_beginnings(generator) < 2 * validation
    for seed in ("It was", "The", "She", "\nBerta", "Accra", "M"):
        for found in generator.generate(seed, num=4, length=40, random_state=0):
            assert found.perplexity < 3 * validation, found.text


def perplexity_of_beginnings(generator: Generator) -> float:
    """Of the first four characters of sentences that were not learned."""
    nats = []
    for sentence in made_up_sentences(40, random_state=5):
        tokens, states = Tokenizer.START, generator.stepper.start(1)
        for following in generator.encode(" ".join(sentence.words)).tolist()[:4]:
            logits, states = generator.stepper.step([tokens], states)
            nats.append(float(next_token_nats(logits, [following])[0]))
            tokens = following
    return math.exp(sum(nats) / len(nats))

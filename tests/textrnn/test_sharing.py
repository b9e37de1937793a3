"""One loaded model, used by many: threads, copies, pickles, forks; and what is freed again."""

from __future__ import annotations

import os
import pickle
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from small_bundles import small_classifier

import textrnn
from sharing import asker, made_up_texts, share
from textrnn.errors import ConfigurationError
from textrnn.heads.tagger import word_vectors
from textrnn.runtime.row_cache import RowCache, Rows

MODELS = textrnn.shipped_models()


@pytest.mark.parametrize("name", MODELS)
def test_threads_get_the_answers_of_one(name: str) -> None:
    trial = share(name, calls=160, texts=20)
    assert (trial.wrong_during, trial.wrong_after) == (0, 0)


@pytest.mark.parametrize("name", ["ner-en", "ner-zh"])
def test_threads_get_them_while_the_cache_is_begun_anew(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_vectors, "RowCache", lambda units: RowCache(units, max_bytes=60_000))
    trial = share(name, calls=320, texts=40)
    assert (trial.wrong_during, trial.wrong_after) == (0, 0)


def row_of(word: str) -> list[float]:
    """Numbers that are one word's alone."""
    return [float(ord(word[0])), float(len(word)), float(sum(map(ord, word)))]


def encode(words: list[str]) -> Rows:
    return np.array([row_of(word) for word in words], np.float32).reshape(-1, 3)


@pytest.mark.parametrize("max_bytes", [0, 500, 4_000, 10**6])
def test_rows_are_those_of_their_words(max_bytes: int) -> None:
    cache = RowCache(4, max_bytes=max_bytes)
    dice = random.Random(1)
    words = [chr(0x61 + k % 26) * (1 + k % 37) for k in range(500)]

    def ask(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(200):
            wanted = dice.choices(words, k=dice.randint(0, 12))
            table, rows = cache.rows(wanted, encode)
            assert table[rows].tolist() == [[*row_of(word), 0.0] for word in wanted]
            assert not table[0].any()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, [dice.randrange(10**6) for _ in range(8)]))


def test_words_are_encoded_once_while_there_is_room() -> None:
    cache, asked = RowCache(3, max_bytes=10**6), []

    def count(words: list[str]) -> Rows:
        asked.extend(words)
        return encode(words)

    for _ in range(3):
        cache.rows(["a", "b", "a"], count)
    assert asked == ["a", "b"]


def test_the_cache_counts_the_bytes_of_long_words() -> None:
    cache = RowCache(3, max_bytes=100_000)
    for number in range(50):
        cache.rows([f"{number}" + "x" * 20_000], encode)
        held = cache._kept
        assert sum(map(sys.getsizeof, held.numbers)) + held.table.nbytes <= 200_000


def test_a_pickle_finds_a_relative_path_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = small_classifier(tmp_path / "m")
    monkeypatch.chdir(tmp_path)
    content = pickle.dumps(textrnn.load("m"))
    monkeypatch.chdir("/")
    assert pickle.loads(content).labels == textrnn.load(model).labels


@pytest.mark.parametrize("name", ["sentiment-zh", "ner-en", "poetry-zh"])
def test_a_closed_model_says_so(name: str) -> None:
    texts = made_up_texts("en", 1)
    with textrnn.load(name) as model:
        ask = asker(model, texts)
        assert ask(0)
    with pytest.raises(ConfigurationError, match="the model is closed"):
        ask(0)
    model.close()  # twice does no harm


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("name", ["sentiment-zh", "ner-en", "prose-en"])
def test_a_forked_child_answers(name: str) -> None:
    """Forked before the first use, and after it."""
    model, other = textrnn.load(name), textrnn.load(name)
    texts = made_up_texts(model.bundle.manifest.language, 2)
    ask, right = asker(model, texts), asker(other, texts)(0)
    for _ in range(2):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = 0 if ask(0) == right else 2
            finally:
                os._exit(code)
        assert os.waitpid(child, 0)[1] == 0
        assert ask(0) == right

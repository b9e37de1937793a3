"""A tagger's answers in JavaScript, held against Python's."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_bundles import small_tagger

from in_node import browser_answers, hard_texts, run_script
from textrnn.catalog import load
from textrnn.heads.tagger.features import Features, bigrams
from textrnn.heads.tagger.network import TaggerHead
from textrnn.heads.tagger.tagger import Tagger
from textrnn.text.words import LEVELS, find_words, word_key, word_shape

CLOSE = 1e-3
NEWS = (
    "Angela Merkel met Emmanuel Macron in Paris on 1996-08-22, said Reuters.",
    "The U.S. and J. Smith's firm, Acme Corp., don't agree; www.example.org/a?b=c. @ada #oslo",
    "昨天，王小明在北京大学和中国银行的人见面。張先生住在臺北。2008年奥运会在北京举行。",
    "SOCCER - JAPAN GET LUCKY WIN , CHINA IN SURPRISE DEFEAT . vs. Mr. Jones-based A.B.C.-led",
    "iPhone McDonald Ljubljana-based O'Neill ’tis ½ ² ① Ⅷ ǅ ΣΊΣΥΦΟΣ İ x.y U.N. G7 30-year 1,000.5",
    "Ada 👩‍🚀👨‍👩‍👧 🇩🇪🇫🇷🇨 in Oslo 1️⃣2️⃣ #️⃣ *⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👍🏽👍🏽 a👩\u200da ❤️‍🔥→\u200d→",
)


def check_answers(head: Tagger, texts: list[str], folder: Path) -> int:
    """See that a browser answers as Python does, and count the names."""
    (answers,) = browser_answers([(head, [(text, {}) for text in texts])], folder)
    count = 0
    for found, right in zip(answers, head.tag(texts), strict=True):
        assert found["text"] == right.text
        names = [(e["start"], e["end"], e["text"], e["label"]) for e in found["entities"]]
        assert names == [(e.start, e.end, e.text, e.label) for e in right.entities], right.text
        probabilities = [entity["probability"] for entity in found["entities"]]
        assert probabilities == pytest.approx([e.probability for e in right.entities], abs=CLOSE)
        count += len(names)
    return count


def test_words_are_cut_and_looked_at_as_in_python() -> None:
    texts = [*hard_texts(150), *NEWS, "Ａb’ｃ１ " + "y" * 2500 + " z"]
    for level, found in zip(LEVELS, run_script("words.mjs", [LEVELS, texts]), strict=True):
        for text, words in zip(texts, found, strict=True):
            places = find_words(text, level=level)
            assert [tuple(word["place"]) for word in words] == places, text
            for word, (start, end) in zip(words, places, strict=True):
                token = text[start:end]
                assert (word["key"], word["shape"]) == (word_key(token), word_shape(token)), token


def features_of(texts: list[str]) -> Features:
    """Half of what the texts have of everything that a tagger looks at."""
    whole = [text for text in texts if "\ud800" not in text]
    sentences = [[text[a:b] for a, b in find_words(text)] for text in whole]
    keys = dict.fromkeys(word_key(word) for words in sentences for word in words)
    pairs = dict.fromkeys(pair for words in sentences for pair in bigrams(words))
    return Features(
        "word",
        list(keys)[::2],
        characters=sorted(set("".join(whole)))[::2],
        bigrams=list(pairs)[::2],
        lexicon={key: 1 + number % 7 for number, key in enumerate([*pairs, *keys, "5"])},
    )


@pytest.mark.parametrize(("scheme", "decoder"), [("bioes", "crf"), ("bio", "softmax")])
def test_two_hundred_texts_are_answered_as_in_python(
    scheme: str, decoder: str, tmp_path: Path
) -> None:
    texts = hard_texts(200)
    head = TaggerHead(scheme=scheme, decoder=decoder, labels=("LOC", "PER"))
    path = small_tagger(tmp_path / "small", features=features_of(texts), head=head)
    assert check_answers(Tagger.load(path), texts, tmp_path) > 200


def test_the_shipped_models_answer_as_in_python(tmp_path: Path) -> None:
    texts = [*NEWS, *hard_texts(50, longest=20)]
    for name in ("ner-en", "ner-zh"):
        (tmp_path / name).mkdir()
        assert check_answers(load(name, threads=1), texts, tmp_path / name) > 10

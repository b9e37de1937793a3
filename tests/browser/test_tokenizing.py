"""Texts cut in JavaScript as Python cuts them: the same tokens, at the same places."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

from in_node import hard_texts, run_script
from textrnn import text
from textrnn.catalog import load
from textrnn.text.tokenizer import Tokenizer
from textrnn.text.tokenizer_parts import LEVELS, NORMALIZATIONS

VARIANTS = json.loads((Path(text.__file__).parent / "variants.json").read_text("utf-8"))


def test_every_tokenizer_cuts_as_in_python() -> None:
    texts = hard_texts(200)
    made = [
        Tokenizer.train(
            texts[::2], level=level, vocabulary_size=900, min_frequency=1, lowercase=lowercase,
            normalization=form, simplify=lowercase,
        )
        for level, form, lowercase in product(LEVELS, NORMALIZATIONS, (False, True))
    ]  # fmt: skip
    made += [load(name).tokenizer for name in ("sentiment-en", "sentiment-zh", "poetry-zh")]
    given = [
        {
            "tokenizer": json.loads(tokenizer.to_json()),
            "variants": VARIANTS if tokenizer.simplify else None,
            "texts": texts,
        }
        for tokenizer in made
    ]
    for tokenizer, found in zip(made, run_script("tokens.mjs", given), strict=True):
        for given_text, cut, right in zip(texts, found, tokenizer.encode_batch(texts), strict=True):
            where = f"{tokenizer.level}: {given_text!r}"
            assert cut["ids"] == right.ids.tolist(), where
            places = list(zip(cut["starts"], cut["ends"], strict=True))
            assert places == [tuple(pair) for pair in right.offsets.tolist()], where


def test_half_of_the_tokens_are_known() -> None:
    """Or else it would not matter how texts are cut."""
    texts = hard_texts(200)
    tokenizer = Tokenizer.train(texts[::2], vocabulary_size=900, min_frequency=1)
    ids = [i for cut in tokenizer.encode_batch(texts) for i in cut.ids.tolist()]
    assert sum(i != Tokenizer.UNK for i in ids) > len(ids) / 2

"""What tokenizers of each level are made of, over ``tokenizers``."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import tokenizers
from tokenizers import Regex, decoders, models, normalizers, pre_tokenizers, trainers

from textrnn.errors import BundleError
from textrnn.text.tokenizer_check import Part

LEVELS = ("character", "word", "bpe", "wordpiece")
NORMALIZATIONS = ("NFC", "NFKC", "none")
SPECIAL_TOKENS = ("<pad>", "<unk>", "<s>", "</s>")
_CJK = r"\p{Han}\p{Hiragana}\p{Katakana}"
# Words come first since most tokens are words: the order is worth a tenth of the time.
_WORD = (
    rf"[\p{{L}}\p{{M}}\p{{N}}_&&[^{_CJK}]]+(?:'[\p{{L}}\p{{M}}&&[^{_CJK}]]+)*"
    rf"|[{_CJK}]"
    r"|([^\s\p{L}\p{M}\p{N}_])\1*"
)
# What word tokenizers were made of at first: bundles from then are still read.
_FIRST_WORD = (
    rf"[{_CJK}]"
    rf"|[[\p{{L}}\p{{M}}\p{{N}}_]&&[^{_CJK}]]+(?:'[[\p{{L}}\p{{M}}]&&[^{_CJK}]]+)*"
    r"|([^\s\p{L}\p{M}\p{N}_])\1*"
)
_FIRST_QUOTES = "[‘’]"


def untrained(level: str, size: int, min_frequency: int) -> tuple[tokenizers.Tokenizer, Any]:
    """An empty tokenizer of a level, and its trainer."""
    options: dict[str, Any] = {
        "vocab_size": size,
        "min_frequency": min_frequency,
        "special_tokens": list(SPECIAL_TOKENS),
        "show_progress": False,
    }
    if level == "bpe":
        inner = tokenizers.Tokenizer(models.BPE())
        inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        inner.decoder = decoders.ByteLevel()
        options["initial_alphabet"] = pre_tokenizers.ByteLevel.alphabet()
        return inner, trainers.BpeTrainer(**options)
    if level == "wordpiece":
        inner = tokenizers.Tokenizer(models.WordPiece(unk_token="<unk>"))
        # alone, for a clause without spaces would else be one overlong, unknown word
        characters = pre_tokenizers.Split(Regex(f"[{_CJK}]"), "isolated")
        inner.pre_tokenizer = pre_tokenizers.Sequence(
            [characters, pre_tokenizers.BertPreTokenizer()]
        )
        inner.decoder = decoders.WordPiece()
        return inner, trainers.WordPieceTrainer(**options)
    inner = tokenizers.Tokenizer(models.WordLevel(unk_token="<unk>"))
    if level == "character":
        inner.pre_tokenizer = pre_tokenizers.Split(Regex(r"(?m)."), "isolated")
        inner.decoder = decoders.Fuse()
    else:
        inner.pre_tokenizer = pre_tokenizers.Split(Regex(_WORD), "removed", invert=True)
    return inner, trainers.WordLevelTrainer(**options)


def normalizer(level: str, lowercase: bool, form: str) -> Any:
    """What is done to a text before it is cut: quotes, Unicode form, case."""
    steps: list[Any] = []
    if level == "word":
        steps.append(normalizers.Replace(Regex(r"<br\s*/?>"), " "))
        # one by one: searching for a string is faster than for a class of characters
        steps.extend(normalizers.Replace(quote, "'") for quote in "‘’")
    if form != "none":
        steps.append({"NFC": normalizers.NFC, "NFKC": normalizers.NFKC}[form]())
    if lowercase:
        steps.append(normalizers.Lowercase())
    return normalizers.Sequence(steps)


@cache
def known_parts() -> dict[str, list[Part]]:
    """The parts that tokenizers are made of here, as JSON values by their places."""
    parts: dict[str, list[Part]] = {
        "normalizer": [],
        "pre_tokenizer": [],
        "decoder": [],
        "model": [],
    }
    for level in LEVELS:
        inner, _ = untrained(level, size=5, min_frequency=1)
        for form in NORMALIZATIONS:
            inner.normalizer = normalizer(level, True, form)
            found = json.loads(inner.to_str())
            parts["normalizer"] += found["normalizer"]["normalizers"]
        split = found["pre_tokenizer"]
        parts["pre_tokenizer"] += split.get("pretokenizers", [split])
        parts["decoder"] += [found["decoder"]] if found["decoder"] else []
        parts["model"].append(found["model"])
        if level == "word":
            parts["pre_tokenizer"].append({**split, "pattern": {"Regex": _FIRST_WORD}})
            quotes = {"type": "Replace", "pattern": {"Regex": _FIRST_QUOTES}, "content": "'"}
            parts["normalizer"].append(quotes)
    return parts


def level_of(inner: tokenizers.Tokenizer) -> str:
    """The level of a loaded tokenizer, by its parts."""
    if isinstance(inner.model, models.BPE):
        return "bpe"
    if isinstance(inner.model, models.WordPiece):
        return "wordpiece"
    if isinstance(inner.model, models.WordLevel):
        return "character" if isinstance(inner.decoder, decoders.Fuse) else "word"
    raise BundleError(f"tokenizer.json: textrnn makes no {type(inner.model).__name__} tokenizers")

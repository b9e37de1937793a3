"""Whether a ``tokenizer.json`` is one that textrnn writes.

The ``tokenizers`` library runs what such a file asks for: patterns that never end, replacements
that multiply a text, tables that make it panic. So a file is read only where every part of it is
one of those that :mod:`textrnn.text.tokenizer` makes, with the same patterns.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from textrnn.bundle.json_files import parse_vocabularies
from textrnn.errors import BundleError

_MOST_TOKEN_CHARACTERS = 1000
_MOST_TOKENS = 1 << 24

Part = Mapping[str, Any]


def check_tokenizer(
    text: str,
    parts: Mapping[str, list[Part]],
    special: tuple[str, ...],
    letters: Set[str],
) -> None:
    """See that a tokenizer is made of known parts, and that its ids are whole.

    Args:
        text: the JSON.
        parts: for ``normalizer``, ``pre_tokenizer`` and ``decoder`` the parts that may be there, as
            JSON values; for ``model`` what a model may have besides its vocabulary and merges.
        special: the tokens of the first ids.
        letters: what the tokens of byte-level BPE are written with.

    Raises:
        BundleError: it is not.
    """
    data = parse_vocabularies(text, "tokenizer.json")
    if not isinstance(data, dict) or not isinstance(data.get("model"), dict):
        raise BundleError("tokenizer.json is damaged: it holds no tokenizer")
    for name in ("truncation", "padding", "post_processor"):
        if data.get(name) is not None:
            raise BundleError(f"tokenizer.json: textrnn makes no tokenizers with a {name}")
    for place, members in (
        ("normalizer", "normalizers"),
        ("pre_tokenizer", "pretokenizers"),
        ("decoder", "decoders"),
    ):
        _check_parts(data.get(place), place, members, parts[place])
    kind = data["model"].get("type")
    if kind not in [part["type"] for part in parts["model"]]:
        raise BundleError(f"tokenizer.json: textrnn makes no {kind!s:.80} tokenizers")
    _check_added(data.get("added_tokens"), special)
    model = {key: value for key, value in data["model"].items() if key not in ("vocab", "merges")}
    _check_part(model, "model", parts["model"])
    _check_vocabulary(data["model"].get("vocab"), special)
    if kind == "BPE" and (strange := set("".join(data["model"]["vocab"])) - letters):
        raise BundleError(f"tokenizer.json: {min(strange)!r} stands for no byte")


def _check_parts(value: Any, place: str, members: str, known: list[Part]) -> None:
    """A part, or a sequence of different ones."""
    if value is None:
        return
    steps: Any = [value]
    if isinstance(value, dict) and value.get("type") == "Sequence":
        steps = value.get(members)
        if not isinstance(steps, list):
            raise BundleError(f"tokenizer.json is damaged: its {place} is no list")
    for number, step in enumerate(steps):
        _check_part(step, place, known)
        if step in steps[:number]:
            raise BundleError(f"tokenizer.json: the {place} does the same twice")


def _check_part(value: Any, place: str, known: list[Part]) -> None:
    if not isinstance(value, dict) or not any(_is_like(value, part) for part in known):
        kind = value.get("type") if isinstance(value, dict) else None
        kind = kind if isinstance(kind, str) else "no name"
        raise BundleError(
            f"tokenizer.json: textrnn makes no tokenizers with such a {place}: {kind!r:.80}"
        )


def _is_like(value: Mapping[str, Any], part: Part) -> bool:
    """Whether a part is one of ours, but for what is left out, and switches that ours has not."""
    return value.get("type") == part["type"] and all(
        item == part[key] if key in part else item is None or isinstance(item, bool)
        for key, item in value.items()
    )


def _check_added(added: Any, special: tuple[str, ...]) -> None:
    """The special tokens alone are added."""
    tokens = added if isinstance(added, list) else []
    found = [
        (t.get("id"), t.get("content"))
        for t in tokens
        if isinstance(t, dict)
        and all(isinstance(t[key], bool) for key in t.keys() - {"id", "content"})
    ]
    if found != list(enumerate(special)) or len(found) != len(tokens):
        raise BundleError(
            f"tokenizer.json: ids 0 to {len(special) - 1} are not {', '.join(special)}"
        )


def _check_vocabulary(vocabulary: Any, special: tuple[str, ...]) -> None:
    if not isinstance(vocabulary, dict) or not len(special) <= len(vocabulary) <= _MOST_TOKENS:
        raise BundleError("tokenizer.json is damaged: it has no vocabulary")
    numbers = list(vocabulary.values())
    if set(map(type, numbers)) != {int} or sorted(numbers) != list(range(len(numbers))):
        raise BundleError(
            f"tokenizer.json: the ids of its {len(numbers):,} tokens are not 0 to "
            f"{len(numbers) - 1:,}, each once"
        )
    if [vocabulary.get(token) for token in special] != list(range(len(special))):
        raise BundleError(
            f"tokenizer.json: ids 0 to {len(special) - 1} are not {', '.join(special)}"
        )
    if "" in vocabulary:
        raise BundleError("tokenizer.json: a token is empty")
    if max(map(len, vocabulary)) > _MOST_TOKEN_CHARACTERS:
        raise BundleError(
            f"tokenizer.json: a token is longer than {_MOST_TOKEN_CHARACTERS:,} characters"
        )

"""What tokens are in a text that is written token by token."""

from __future__ import annotations

from functools import cache

_CLOSING = set(".,;:!?)]}%…。，；：！？）》」』、")
# As pairs: a pattern of so many would take milliseconds to compile.
_IDEOGRAPHS = (
    ("\u3040", "\u30ff"),
    ("\u3400", "\u9fff"),
    ("\uf900", "\ufaff"),
    ("\U00020000", "\U0003ffff"),
)


def written_bytes(token: str, level: str) -> bytes:
    """What a token adds to a text, in UTF-8.

    Args:
        token: no special one.
        level: the tokenizer's.
    """
    if level == "bpe":
        return bytes(byte_of()[char] for char in token)
    if level == "wordpiece" and token.startswith("##"):
        return token[2:].encode("utf-8")
    alone = level == "character" or token[0] in _CLOSING or _is_ideograph(token[0])
    return (token if alone else f" {token}").encode("utf-8")


def _is_ideograph(char: str) -> bool:
    return any(first <= char <= last for first, last in _IDEOGRAPHS)


@cache
def byte_of() -> dict[str, int]:
    """The byte that each letter of byte-level BPE stands for.

    Printable characters of Latin-1 stand for their own code; the letters from U+0100 on stand for
    the other bytes, in order.
    """
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(0x100) if byte not in printable]
    return {chr(b): b for b in printable} | {chr(0x100 + i): b for i, b in enumerate(others)}

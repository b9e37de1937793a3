"""Traditional Chinese characters, read as their simplified forms.

``variants.json`` is made by ``recipes/variants.py``.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path


def simplify(text: str) -> str:
    """The text with every traditional character in its simplified form, as many code points.

    Example:
        >>> simplify("這家飯店的早餐還不錯。")
        '这家饭店的早餐还不错。'
    """
    return text if text.isascii() else text.translate(_table())


@cache
def _table() -> dict[int, str]:
    data = json.loads(Path(__file__).with_name("variants.json").read_text(encoding="utf-8"))
    return dict(zip(map(ord, data["traditional"]), data["simplified"], strict=True))

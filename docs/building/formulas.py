"""Blocks of ``math`` in TeX become MathML, which browsers set by themselves, without a script."""

from __future__ import annotations

from typing import Any

from latex2mathml.converter import convert


def formula(source: str, *_: Any, **__: Any) -> str:
    """The block, a formula a line, those of one block below each other."""
    rows = (line.removesuffix("\\\\").strip() for line in source.strip().splitlines())
    shown = "".join(f"<div>{convert(row, display='block')}</div>" for row in rows if row)
    return f'<div class="formulas">{shown}</div>'

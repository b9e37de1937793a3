"""Makes textrnn/text/variants.json: traditional Chinese characters and their simplified forms.

    pip install opencc-python-reimplemented==0.1.7
    python recipes/variants.py

Each character is given to OpenCC (Apache-2.0) alone; a pair is kept where the simplified form is
another one of the block that Chinese is usually written in. One character alone has one form:
where a word would decide (著 in 看著 and in 著名) the more frequent one is taken, or none. What
simplified text uses too (乾 in 乾隆), which is what GB 2312 has, stays as it is, but for a few
characters that hardly occur there.
"""

from __future__ import annotations

import json
from pathlib import Path

from opencc import OpenCC

FIRST, LAST = 0x4E00, 0x9FFF
RARE_IN_SIMPLIFIED = "後於麽菸"


def is_traditional(char: str) -> bool:
    """Whether simplified text does not use a character."""
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return char in RARE_IN_SIMPLIFIED


def main() -> None:
    """Write the table."""
    convert = OpenCC("t2s").convert
    pairs = {chr(code): convert(chr(code)) for code in range(FIRST, LAST + 1)}
    kept = {
        a: b
        for a, b in pairs.items()
        if a != b and len(b) == 1 and FIRST <= ord(b) <= LAST and is_traditional(a)
    }
    content = {"traditional": "".join(kept), "simplified": "".join(kept.values())}
    path = Path(__file__).parents[1] / "textrnn" / "text" / "variants.json"
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(kept):,} characters")


if __name__ == "__main__":
    main()

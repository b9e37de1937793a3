"""The JavaScript that answers in a browser, run under Node; texts that are hard to cut."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textrnn.browser.packing import packed_model
from textrnn.heads.head import Head

SCRIPTS = Path(__file__).parents[1] / "browser"
RUNTIME = SCRIPTS / "node_modules"
_LIMIT_S = 300

ODD_TEXTS = (
    "", "   ", "\t\n", "naïve café", "cafe\u0301 na\u0308ive", "ﬁne ﬂow Ⅷ ½", "\u0301e",
    "don’t ‘quote’ can't 'tis a'b'c''", "<br />Hello<br>there<BR/>", "a<br\n/>b", "x" * 300,
    "👍🏽 family 👨‍👩‍👧 🇨🇭🇩🇪🇨", "這家飯店的早餐還不錯。", "这家店的早餐还不错!!!", "中" * 300,
    "カタカナ ひらがな 한국어 각각", "İstanbul ΣΊΣΥΦΟΣ Straße ǅ", "ab " * 100,
    "H̷̢̛e̸l̵ e\u0301\u0323 q\u0307\u0323", "&amp; &lt;b&gt; &#39;",
    "tab\tnew\u0085line\u2028x\ufeffy\u00a0z", "\ud800 lone",
    "<unk> <s> </s> <pad>", "U.S. 1,000.5 2:29 ٣٤٥", "ｆｕｌｌ　ｗｉｄｔｈ", "𠮷野家 🀄",
    "नमस्ते दुनिया שָׁלוֹם ﷺ",
    "\u200b\u200d\u2060z", "Å Å Å", "a_b __init__ $^~`|+<=>", "!!! ... ?!?! --", "\x00\x07 bell",
    "it'S I'LL we'Ve I'll", "  lead  and trail  ",
)  # fmt: skip
_WORDS = """
the a film was not very good bad awful great plot acting I loved hated it don't 10/10 hotel, room.
Terrible! why? U.S. Ada Lovelace London Acme Corp. John's Café naïve (really) "so" -- 5 <br />
房间 很 好 不 差 服务 早餐 酒店 电影 这 個 國 喜歡 北京 王小明 ， 。 ！ ？ 的 了 👍
"""


def hard_texts(count: int, *, longest: int = 60) -> list[str]:
    """The odd texts, and as many of words of two languages as it takes.

    Args:
        count: how many.
        longest: the most words of a text.
    """
    dice = random.Random(27)
    texts = list(ODD_TEXTS)
    while len(texts) < count:
        words = dice.choices(_WORDS.split(), k=dice.randint(1, longest))
        texts.append(dice.choice(["", " ", " "]).join(words))
    return texts[:count]


def run_script(name: str, given: object) -> Any:
    """What a script of ours says, given some JSON."""
    ended = subprocess.run(
        ["node", SCRIPTS / name],
        input=json.dumps(given),
        capture_output=True,
        encoding="utf-8",
        timeout=_LIMIT_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-1000:]
    return json.loads(ended.stdout)


Asked = Sequence[tuple[Any, dict[str, Any]]]
"""Inputs, each with its options."""


def browser_answers(
    models: Sequence[tuple[Head, Asked]], folder: Path
) -> list[list[dict[str, Any]]]:
    """What models answer in a browser.

    Args:
        models: each with what it is asked.
        folder: an empty one, for their packed files.
    """
    given = []
    for number, (head, asked) in enumerate(models):
        place = folder / f"packed-{number}"
        place.mkdir()
        for name, content in packed_model(head).items():
            (place / name).write_bytes(content)
        given.append({"folder": str(place), "asked": asked})
    found: list[list[dict[str, Any]]] = run_script("answers.mjs", given)
    return found

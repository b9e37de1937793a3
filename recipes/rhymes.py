"""Makes textrnn/heads/generator/rhymes.json: characters by their rhyme in today's Mandarin.

    pip install pypinyin==0.55.0
    python recipes/rhymes.py

The groups are the fourteen of 中华新韵 (Chinese New Rhyme, 2005), which go by the final of the
syllable; level tones (first and second) and oblique ones (third and fourth) are kept apart, as
verse does. A character's syllable is the reading that pypinyin (MIT; from Unihan, among others)
gives first. Tang poets rhymed by the sounds of their time: see docs/verse.md for what that means.
"""

from __future__ import annotations

import json
from pathlib import Path

from pypinyin import Style, pinyin

GROUPS = {
    "麻": ("a", "ia", "ua"),
    "波": ("o", "e", "uo"),
    "皆": ("ie", "ve", "ê"),
    "开": ("ai", "uai"),
    "微": ("ei", "uei"),
    "豪": ("ao", "iao"),
    "尤": ("ou", "iou"),
    "寒": ("an", "ian", "uan", "van"),
    "文": ("en", "in", "uen", "vn"),
    "唐": ("ang", "iang", "uang"),
    "庚": ("eng", "ing", "ueng", "ong", "iong"),
    "齐": ("i", "er", "v"),
    "支": (),  # the vowel after z, c, s, zh, ch, sh, r
    "姑": ("u",),
}
BUZZING = {"z", "c", "s", "zh", "ch", "sh", "r"}


def rhyme(char: str) -> str | None:
    """A character's group and tone, as ``唐平``; None where pypinyin knows no reading."""
    final = pinyin(char, style=Style.FINALS_TONE3, errors="ignore", strict=True)
    if not final or not final[0][0]:
        return None
    initial = pinyin(char, style=Style.INITIALS, strict=True)[0][0]
    sound, tone = final[0][0].rstrip("1234"), final[0][0][-1]
    if not tone.isdigit():
        return None
    level = "平" if tone in "12" else "仄"
    if sound == "i" and initial in BUZZING:
        return "支" + level
    for group, finals in GROUPS.items():
        if sound in finals:
            return group + level
    return None


def main() -> None:
    """Write the table."""
    table: dict[str, str] = {}
    for code in range(0x4E00, 0x9FA6):
        group = rhyme(chr(code))
        if group is not None:
            table[group] = table.get(group, "") + chr(code)
    target = Path(__file__).parent.parent / "textrnn" / "heads" / "generator" / "rhymes.json"
    text = json.dumps(dict(sorted(table.items())), ensure_ascii=False, indent=1)
    target.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

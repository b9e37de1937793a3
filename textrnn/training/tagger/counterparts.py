"""Labels of named entities that mean the same, whatever they are called."""

from __future__ import annotations

from collections.abc import Iterable

from textrnn.corpora.labels import label_key

_SYNONYMS = (
    "per person people human name person-name full-name names 人 人名 人物 姓名",
    "loc location place gpe lpc address city country region town geo-loc facility fac scene "
    "地名 地点 地址 位置 城市 国家 景点 景区",
    "org organisation organization corporation company group institution agency government team "
    "sports-team brand employer 机构 机构名 组织 组织机构 公司 企业 政府 单位 团体 品牌",
    "misc miscellaneous other product creative-work event work work-of-art nationality norp",
)
_MEANINGS = {
    label_key(name): meaning for meaning, names in enumerate(_SYNONYMS) for name in names.split()
}


def counterparts(labels: Iterable[str], others: Iterable[str]) -> dict[str, str]:
    """Which of other labels means the same as a label: by its name, or else by the synonyms above.

    Args:
        labels: those that are looked up.
        others: those among which a counterpart is looked for; of synonyms the first.

    Returns:
        Each label that has a counterpart, with it.

    Example:
        >>> counterparts(("person", "Company", "dish"), ("LOC", "ORG", "PER"))
        {'person': 'PER', 'Company': 'ORG'}
    """
    by_key = {label_key(other): other for other in others}
    by_meaning: dict[int, str] = {}
    for key, other in by_key.items():
        if key in _MEANINGS:
            by_meaning.setdefault(_MEANINGS[key], other)
    found = {}
    for label in labels:
        key = label_key(label)
        alike = by_key.get(key) or by_meaning.get(_MEANINGS.get(key, -1))
        if alike is not None:
            found[label] = alike
    return found

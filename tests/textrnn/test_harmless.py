"""Text as it may be shown: spelled out what a terminal obeys, untouched all else."""

from __future__ import annotations

import pytest

from textrnn.reports.harmless import harmless, one_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b[31mred", "\\u001b[2J\\u001b[31mred"),
        ("\x1b]0;title\x07", "\\u001b]0;title\\u0007"),
        ("\x9b2J\x9d0;t\x9c", "\\u009b2J\\u009d0;t\\u009c"),
        ("a\x00b\x08c\x7fd", "a\\u0000b\\u0008c\\u007fd"),
        ("good\rbad", "good\\u000dbad"),
        ("a\u202eb\u202c \u2066c\u2069", "a\\u202eb\\u202c \\u2066c\\u2069"),
        ("\ud83d half", "\\ud83d half"),
        ("\x85\u2028\u2029", "\\u0085\\u2028\\u2029"),
    ],
)
def test_what_a_terminal_obeys_is_spelled_out(text: str, shown: str) -> None:
    assert harmless(text) == shown
    assert harmless(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "一\u3000二\xa0三",
        "👩\u200d👩\u200d👧 👍🏽 ❤\ufe0f",
        "שלום \u200fعربي",
        "e\u0301 \u200b\ufeff\xad",
        "line\n\tline\r\n",
        "\ue000 \U000e0067",
    ],
)
def test_all_else_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_one_line_keeps_wide_and_hard_blanks() -> None:
    assert one_line(" a\r\n\tb\u2028 c\u3000\xa0d\x1b ") == "a b c\u3000\xa0d\\u001b"

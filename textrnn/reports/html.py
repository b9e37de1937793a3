"""Pages that need nothing else, and text that is safe in them."""

from __future__ import annotations

from html import escape

from textrnn.reports.harmless import harmless

_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
{style}</style>
</head>
<body>
<h1>{title}</h1>
"""
PAGE_END = "</body>\n</html>\n"


def page_beginning(*, title: str, style: str) -> str:
    """A page's head, and its heading, which are in English.

    Args:
        title: its title and heading.
        style: its style sheet.
    """
    return _HEAD.format(title=safe_html(title), style=style)


def paragraph(html: str, language: str) -> str:
    """A paragraph, with its language, by which browsers choose fonts, and its direction.

    Args:
        html: what is in it.
        language: an ISO 639 code, or nothing.
    """
    return (
        f'<p lang="{safe_html(language)}" dir="auto">{html}</p>' if language else f"<p>{html}</p>"
    )


def safe_html(text: str) -> str:
    """Text as a page may hold it, in attributes too: escaped, and with nothing that turns the order
    of its letters round.
    """
    return escape(harmless(text))

"""A report as a page, which shows the pictures that lie beside it."""

from __future__ import annotations

from collections.abc import Iterable

from textrnn.reports.html import PAGE_END, page_beginning, safe_html
from textrnn.reports.report import Column, Section, Table

_STYLE = """body { font-family: system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; }
body { padding: 0 1rem; }
p { white-space: pre-line; }
div { overflow-x: auto; }
th, td { padding: 0.1rem 1rem 0.1rem 0; text-align: left; vertical-align: top; }
.number { text-align: right; }
img { max-width: 100%; background: white; }
"""


def report_page(sections: Iterable[Section], pictures: Iterable[str], *, title: str) -> str:
    """A page of HTML.

    Args:
        sections: of the report, as a screen shows them.
        pictures: the names of their files, in the page's folder.
        title: what was measured on what.
    """
    parts = [page_beginning(title=title, style=_STYLE), *map(_section, sections)]
    for name in map(safe_html, pictures):
        alt = name.rpartition(".")[0]
        parts.append(f'<p><img src="{name}" alt="{alt}"></p>\n')
    return "".join(parts) + PAGE_END


def _section(section: Section) -> str:
    headline = f"<strong>{safe_html(section.headline)}</strong>" if section.headline else ""
    about = f"<p>{headline}{safe_html(section.about)}</p>\n" if headline or section.about else ""
    return about + ("" if section.table is None else _table(section.table))


def _table(table: Table) -> str:
    head = ""
    if any(column.name for column in table.columns):
        head = _row("th", table.columns, [column.name for column in table.columns])
    rows = "".join(_row("td", table.columns, row) for row in table.rows)
    return f"<div><table>\n{head}{rows}</table></div>\n"


def _row(tag: str, columns: Iterable[Column], cells: Iterable[str]) -> str:
    shown = (
        f"<{tag}{' class=number' * column.is_number}>{safe_html(cell)}</{tag}>"
        for column, cell in zip(columns, cells, strict=True)
    )
    return f"<tr>{''.join(shown)}</tr>\n"

"""An experiment as one HTML page that needs nothing else: findings, picture, coloured tables."""

from __future__ import annotations

from textrnn.lab.experiment import Experiment, HeatRow, HeatTable
from textrnn.reports.html import PAGE_END, page_beginning, safe_html
from textrnn.reports.pictures import svg_of

_STYLE = """body { max-width: 66rem; margin: 2.5rem auto; padding: 0 1.2rem;
  font: 1rem/1.6 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 1.2rem; line-height: 1.4; }
figure { margin: 1.2rem 0; background: #fff; border-radius: .4rem; padding: .5rem; }
figure svg { display: block; width: 100%; height: auto; }
"""
_TABLE_STYLE = """table.heat { border-collapse: collapse; font-size: .85rem; margin: .4rem 0 1rem; }
table.heat caption { text-align: left; font-weight: 600; padding: .3rem 0; }
table.heat th { font-weight: 400; text-align: left; padding: .1rem .5rem; white-space: nowrap; }
table.heat thead th { text-align: center; }
table.heat td { text-align: right; padding: .1rem .4rem; font-variant-numeric: tabular-nums;
  background: hsl(var(--hue) 85% 55% / var(--share)); }
div.wide { overflow-x: auto; }
"""


def experiment_page(experiment: Experiment) -> str:
    """A whole page.

    Raises:
        MissingExtraError: Matplotlib is not installed.
    """
    findings = "".join(f"<p>{safe_html(line)}</p>\n" for line in experiment.findings())
    figure = f"<figure>{svg_of(experiment.figure())}</figure>\n"
    beginning = page_beginning(title=experiment.title, style=_STYLE)
    return beginning + findings + figure + tables_html(experiment) + PAGE_END


def tables_html(experiment: Experiment) -> str:
    """The tables alone, as a notebook shows them."""
    tables = "".join(map(_table, experiment.tables()))
    return f"<style>\n{_TABLE_STYLE}</style>\n{tables}"


def _table(table: HeatTable) -> str:
    head = "".join(f"<th>{safe_html(name)}</th>" for name in ("", *table.columns))
    rows = "".join(map(_row, table.rows))
    return (
        f'<div class="wide"><table class="heat"><caption>{safe_html(table.title)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n"
    )


def _row(row: HeatRow) -> str:
    cells = "".join(
        f'<td style="--hue:{28 if shade > 0 else 215};--share:{abs(shade):.2f}">'
        f"{safe_html(text)}</td>"
        for text, shade in zip(row.texts, row.shades, strict=True)
    )
    return f"<tr><th>{safe_html(row.name)}</th>{cells}</tr>\n"

"""``-v`` and ``-q``, which may stand before a command and after it."""

from __future__ import annotations

import click


def _heed(context: click.Context, option: click.Parameter, is_given: bool) -> None:
    """Put a flag where every command looks, beside what was said before the command."""
    settings = context.ensure_object(dict)
    settings[option.name] = settings.get(option.name, False) or is_given


LOUDNESS = [
    click.Option(["-v", "--verbose"], is_flag=True, expose_value=False, callback=_heed,
                 help="Say more on standard error."),
    click.Option(["-q", "--quiet"], is_flag=True, expose_value=False, callback=_heed,
                 help="Say nothing but results and errors."),
]  # fmt: skip

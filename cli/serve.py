"""``textrnn serve``: models asked over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import click

from textrnn.cli.parts.command import Command, options_under, speed_option
from textrnn.configuration import setting_of
from textrnn.errors import MissingExtraError
from textrnn.serving.http.limits import Limits

model_option, place_option = options_under("Models"), options_under("Where")
access_option, limit_option = options_under("Who may ask"), options_under("Limits")


def _limit_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add an option for each limit."""
    for field in reversed(fields(Limits)):
        about, default = setting_of(field), getattr(Limits(), field.name)
        option = limit_option(
            field.name, about.option, type=type(default), default=default, show_default=True,
            help=about.help, advanced=True,
        )  # fmt: skip
        function = option(function)
    return function


@click.command(cls=Command)
@model_option("--models", metavar="NAME[,NAME…]",
              help="Names, folders or zips [those that ship].")  # fmt: skip
@place_option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@place_option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True,
              help="0 for a free one.")  # fmt: skip
@access_option("--token", envvar="TEXTRNN_TOKEN", default="", metavar="SECRET",
               help="Clients must send Authorization: Bearer SECRET [TEXTRNN_TOKEN].")  # fmt: skip
@access_option("--cors", multiple=True, metavar="ORIGIN",
               help="A site whose pages may ask; may be given again.")  # fmt: skip
@speed_option("--workers", type=click.IntRange(1), default=1, show_default=True,
              help="Processes, each with all models.")  # fmt: skip
@speed_option("--threads", type=click.IntRange(1), help="For each model [as many as cores].")
@_limit_options
@click.pass_obj
def command(
    settings: dict[str, bool],
    /,
    models: str | None,
    host: str,
    port: int,
    token: str,
    cors: tuple[str, ...],
    workers: int,
    threads: int | None,
    **limits: Any,
) -> None:
    """Answer requests over HTTP with the models that ship, or with your own.

    With --verbose each request is told in a line, without what was asked.

    \b
        textrnn serve
        textrnn serve --models sentiment-en,models/mine --port 9000
        curl -H "Content-Type: application/json" -d '{"text": "What a day!"}' \\
             http://127.0.0.1:8000/v1/classify
    """
    try:
        from textrnn.serving.http.server import Server, ServerSettings
    except ModuleNotFoundError as error:
        raise MissingExtraError("textrnn serve", "serve") from error

    server = Server(
        ServerSettings(
            [name.strip() for name in (models or "").split(",") if name.strip()],
            host,
            port,
            threads,
            workers,
            token,
            cors,
            Limits(**limits),
            log_requests=settings["verbose"],
        )
    )
    reach = "for this machine alone" if server.is_local else "for all who reach this machine"
    click.echo(f"serving at {server.address}, {reach}; Ctrl-C ends it", err=True)
    server.run()

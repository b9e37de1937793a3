"""``textrnn serve``: models asked over HTTP."""

from __future__ import annotations

import click

from textrnn.cli.parts.command import Command, options_under, speed_option
from textrnn.errors import MissingExtraError

place_option = options_under("Where")


@click.command(cls=Command)
@click.option("--models", metavar="NAME[,NAME…]", help="Names, folders or zips [those that ship].")
@place_option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@place_option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True,
              help="0 for a free one.")  # fmt: skip
@speed_option("--threads", type=click.IntRange(1), help="For each model [as many as cores].")
@click.pass_obj
def command(
    settings: dict[str, bool], models: str | None, host: str, port: int, threads: int | None
) -> None:
    """Answer requests over HTTP with the models that ship, or with your own.

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

    names = [name for name in (models or "").split(",") if name]
    server = Server(ServerSettings(names, host, port, threads))
    reach = "for this machine alone" if server.is_local else "for all who reach this machine"
    click.echo(f"serving at {server.address}, {reach}; Ctrl-C ends it", err=True)
    server.run()

"""``--server``: a service answers in place of models that are loaded here."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from textrnn.cli.parts.command import speed_option

if TYPE_CHECKING:
    from textrnn.serving.remote import RemoteService

_CHOSEN = "textrnn.server"  # where a context keeps the service's URL


def _choose(context: click.Context, option: click.Parameter, url: str | None) -> None:
    context.meta[_CHOSEN] = url


server_option = speed_option(
    "--server", metavar="URL", is_eager=True, expose_value=False, callback=_choose,
    help="Ask a service of `textrnn serve` [TEXTRNN_TOKEN is sent].",
)  # fmt: skip


def _needs_models_here(context: click.Context, option: click.Parameter, value: Any) -> Any:
    """Refuse what a service settles by itself."""
    is_given = context.get_parameter_source(str(option.name)) is not ParameterSource.DEFAULT
    if is_given and is_remote():
        raise click.UsageError(
            f"{option.opts[0]} does not go with --server: the service has its own"
        )
    return value


# What :data:`speed_option` is, for what concerns models that are loaded here.
local_speed_option = partial(speed_option, callback=_needs_models_here)


def is_remote() -> bool:
    """Whether the command that runs is to ask a service."""
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(_CHOSEN))


def chosen_service() -> RemoteService | None:
    """The service that the command that runs is to ask; it is closed with the command."""
    if not is_remote():
        return None
    from textrnn.serving.remote import RemoteService  # http and ssl, which hardly any command needs

    context = click.get_current_context()
    service = RemoteService(context.meta[_CHOSEN], token=os.environ.get("TEXTRNN_TOKEN", ""))
    context.call_on_close(service.close)
    return service

"""The model that a command works with: one that is loaded here, or one that a service has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from textrnn.cli.parts.remote_option import chosen_service

if TYPE_CHECKING:
    from textrnn.heads.head import H
    from textrnn.serving.remote_head import RemoteHead
    from textrnn.serving.routing import Router


def open_model(kind: type[H], command: str, *, model: str, threads: int | None) -> H:
    """Load the model that was named.

    Args:
        kind: the head that the command needs.
        command: its name, for messages.
        model: a shipped model's name or a path.
        threads: for the network.

    Raises:
        ModelNotFoundError: there is no such model.
        ConfigurationError: the model does something else.
    """
    if found := _remote_heads(kind, model):
        return _as_local(kind, found[0])
    from textrnn.bundle.bundle import Bundle
    from textrnn.catalog import model_path

    bundle = Bundle.open(model_path(model))
    bundle.manifest.require_task(kind.task, f"textrnn {command}")
    return kind(bundle, threads=threads)


def open_router(
    kind: type[H],
    command: str,
    *,
    model: str | None,
    threads: int | None,
    by_language: Mapping[str, str] | None = None,
) -> Router[H]:
    """What sends each text to the model that was named, or to the one of its language.

    Args:
        kind: the head that the command needs.
        command: its name, for messages.
        model: a shipped model's name or a path.
        threads: for each model.
        by_language: the models that alone may be asked, by the language that each reads.

    Raises:
        ModelNotFoundError: there is no such model.
        ConfigurationError: the model does something else.
    """
    from textrnn.serving.routing import Router

    if found := _remote_heads(kind, model or ""):
        heads = {one.bundle.name: _as_local(kind, one) for one in found}
        names = heads if by_language is None else by_language.values()
        return Router(kind, models=[heads[name] for name in names], by_language=by_language)
    if model is None:
        return Router(kind, by_language=by_language, threads=threads)
    head = open_model(kind, command, model=model, threads=threads)
    return Router(kind, model=head)


def _remote_heads(kind: type[H], model: str) -> list[RemoteHead]:
    """The models of a service; none where the command asks no service."""
    service = chosen_service()
    if service is None:
        return []
    from textrnn.serving.remote_head import remote_heads

    return remote_heads(service, kind, model=model)


def _as_local(kind: type[H], remote: RemoteHead) -> H:
    """A model of a service, which answers as such a head does."""
    if not kind.reads_texts:
        from textrnn.cli.parts.remote_forecaster import RemoteForecaster

        return cast("H", RemoteForecaster(remote))
    if not kind.writes:
        return cast("H", remote)
    from textrnn.cli.parts.remote_generator import RemoteGenerator

    return cast("H", RemoteGenerator(remote))

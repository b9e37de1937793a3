"""The model that a command works with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textrnn.errors import ConfigurationError

if TYPE_CHECKING:
    from textrnn.heads.head import H
    from textrnn.serving.routing import Router


def open_model(
    kind: type[H], command: str, *, model: str | None, language: str, threads: int | None
) -> H:
    """Load the model that was named, or the one for a language.

    Args:
        kind: the head that the command needs.
        command: its name, for messages.
        model: a shipped model's name or a path.
        language: decides where no model is named.
        threads: for the network.

    Raises:
        ModelNotFoundError: there is no such model, or none for the language.
        ConfigurationError: the model does something else.
    """
    from textrnn.bundle.bundle import Bundle
    from textrnn.catalog import model_path, nearest_model

    bundle = Bundle.open(model_path(model or nearest_model(kind.task, language)))
    if bundle.manifest.task != kind.task:
        raise ConfigurationError(
            f"{bundle.name} is a {bundle.manifest.task}; textrnn {command} needs a {kind.task}"
        )
    return kind(bundle, threads=threads)


def open_router(
    kind: type[H], command: str, *, model: str | None, threads: int | None
) -> Router[H]:
    """What sends each text to the model that was named, or to the one of its language.

    Raises:
        ModelNotFoundError: there is no such model.
        ConfigurationError: the model does something else.
    """
    from textrnn.serving.routing import Router

    if model is None:
        return Router(kind, threads=threads)
    head = open_model(kind, command, model=model, language="", threads=threads)
    return Router(kind, model=head)

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
    from textrnn.catalog import load, nearest_model

    head = load(model or nearest_model(kind.task, language), threads=threads)
    if not isinstance(head, kind):
        raise ConfigurationError(
            f"{head.bundle.name} is a {head.bundle.manifest.task}; "
            f"textrnn {command} needs a {kind.task}"
        )
    return head


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

"""The model that a command works with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textrnn.heads.head import H
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
    from textrnn.bundle.bundle import Bundle
    from textrnn.catalog import model_path

    bundle = Bundle.open(model_path(model))
    bundle.manifest.require_task(kind.task, f"textrnn {command}")
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
    head = open_model(kind, command, model=model, threads=threads)
    return Router(kind, model=head)

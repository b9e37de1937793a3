"""The model that a command is to use, as it is named on the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click
from click.shell_completion import CompletionItem

from textrnn.cli.parts.command import answer_option
from textrnn.cli.parts.completing import complete_model
from textrnn.cli.parts.remote_option import is_remote, server_option

F = TypeVar("F", bound=Callable[..., None])


class ModelName(click.types.StringParamType):
    """A model by its name or path: the path, or a shipped one's name as it is."""

    name = "model"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Find it; one of a service is called as the service calls it.

        Raises:
            ModelNotFoundError: there is no such model.
        """
        from textrnn.catalog import model_path, shipped_models

        is_name = not value or is_remote() or value in shipped_models()
        return value if is_name else str(model_path(value))

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The names of models, or files and folders."""
        return complete_model(ctx, param, incomplete)


def model_option(chosen_by: str, *, may_be_remote: bool = True) -> Callable[[F], F]:
    """The option ``--model``, and ``--server`` where a service may have the model.

    Args:
        chosen_by: what chooses a shipped one where none is named, for the help.
        may_be_remote: whether a service may.
    """
    named: Callable[[F], F] = answer_option(
        "--model",
        type=ModelName(),
        help=f"A model's name, or its folder or zip [by {chosen_by}].",
    )
    return (lambda command: server_option(named(command))) if may_be_remote else named

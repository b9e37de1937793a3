"""The model that a command is to use, as it is named on the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click
from click.shell_completion import CompletionItem

from textrnn.cli.parts.command import answer_option
from textrnn.cli.parts.completing import complete_model

F = TypeVar("F", bound=Callable[..., None])


class ModelName(click.types.StringParamType):
    """A model by its name or path: the path, or a shipped one's name as it is."""

    name = "model"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Find it.

        Raises:
            ModelNotFoundError: there is no such model.
        """
        from textrnn.catalog import model_path, shipped_models

        return value if not value or value in shipped_models() else str(model_path(value))

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The names of models, or files and folders."""
        return complete_model(ctx, param, incomplete)


def model_option(chosen_by: str) -> Callable[[F], F]:
    """The option ``--model``.

    Args:
        chosen_by: what chooses a shipped one where none is named, for the help.
    """
    return answer_option(
        "--model",
        type=ModelName(),
        help=f"A model's name, or its folder or zip [by {chosen_by}].",
    )

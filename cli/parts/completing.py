"""What a shell can complete beside commands, options and choices: see ``textrnn completion``.

Each is a ``shell_complete`` of an option or argument: what begins as what was typed.
"""

from __future__ import annotations

from collections.abc import Iterable

import click
from click.shell_completion import CompletionItem


def complete_file(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Files and folders, as the shell itself completes them."""
    return [CompletionItem(incomplete, type="file")]


def complete_model(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The names of models; where none begins so, files and folders."""
    from textrnn.catalog import own_models, shipped_models

    names = [*(found.name for found in own_models()), *shipped_models()]
    found = _beginning(names, incomplete)
    return found or complete_file(context, parameter, incomplete)


def complete_initial(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """As :func:`complete_model`, and the words for a model that is chosen, and for none."""
    found = complete_model(context, parameter, incomplete)
    return [*_beginning(("auto", "none"), incomplete), *found]


def complete_language(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The codes of the languages that are told apart."""
    from textrnn.text.language import language_codes

    return _beginning(language_codes(), incomplete)


def complete_form(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The forms of verse."""
    from textrnn.heads.generator.verse import FORMS

    return _beginning(FORMS, incomplete)


def complete_corpus(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The names of public corpora."""
    from textrnn.corpora.catalog import corpora

    return _beginning(corpora(), incomplete)


def complete_vectors(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The names of word vectors that ship; where none begins so, files and folders."""
    from textrnn.embeddings.catalog import shipped_vectors

    found = _beginning(shipped_vectors(), incomplete)
    return found or complete_file(context, parameter, incomplete)


def complete_published(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The names of published word vectors."""
    from textrnn.embeddings.catalog import published_vectors

    return _beginning(published_vectors(), incomplete)


def _beginning(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]

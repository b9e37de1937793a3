"""The terms of the models that a command asks, told where it is to say more."""

from __future__ import annotations

from collections.abc import Iterable

import click

from textrnn.cli.parts.notes import note_writer
from textrnn.heads.head import Head


def note_terms(heads: Iterable[Head]) -> None:
    """With ``-v``, say which of the models may be used for research or without profit alone."""
    settings = click.get_current_context().obj
    note = note_writer(quiet=settings["quiet"] or not settings["verbose"])
    for head in heads:
        licence = getattr(head.bundle.manifest, "licence", "")  # a service tells it in its cards
        for_alone = "research" if licence.startswith("research") else ""
        if "-NC" in licence:
            for_alone = "non-commercial use"
        if for_alone:
            name = head.bundle.name
            note(f"{name} is for {for_alone} alone; its terms: textrnn models show {name}")

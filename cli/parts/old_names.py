"""What options were called once: the old names go on working, with a note, and stand in no help."""

from __future__ import annotations

from collections.abc import Collection, Sequence

OLD_NAMES = {
    "--cased": "--no-lowercase",
    "--count": "--num",
    "--label-column": "--label-field",
    "--n-best": "--readings",
    "--out": "--output",
    "--report": "--novelty",
    "--text-column": "--text-field",
}


def with_new_names(arguments: Sequence[str], known: Collection[str]) -> tuple[list[str], list[str]]:
    """Arguments with an option's name of today for its old one, and what to note of each.

    Args:
        arguments: of a command.
        known: the names of its options; an old name that is one of them stays.
    """
    found: list[str] = []
    notes: list[str] = []
    for position, argument in enumerate(arguments):
        if argument == "--":  # after which no option stands
            return [*found, *arguments[position:]], notes
        old, equals, value = argument.partition("=")
        new = OLD_NAMES.get(old)
        if old in known or new not in known:
            found.append(argument)
            continue
        found.append(f"{new}{equals}{value}")
        notes.append(f"{old} is called {new} now")
    return found, notes

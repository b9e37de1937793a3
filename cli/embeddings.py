"""``textrnn embeddings``: word vectors looked into, compared and measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from textrnn.cli import embeddings_making
from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.command import Group
from textrnn.cli.parts.completing import complete_file, complete_vectors
from textrnn.cli.parts.embeddings_input import LIMIT, load_vectors
from textrnn.cli.parts.notes import note_writer
from textrnn.cli.parts.output import report_format
from textrnn.corpora import json_line
from textrnn.errors import InputError
from textrnn.reports.harmless import one_line

if TYPE_CHECKING:
    from textrnn.embeddings import Neighbor, Vectors

_NUM = click.option("--num", type=click.IntRange(1), default=10, show_default=True,
                      help="Words to show.")  # fmt: skip


@click.group(cls=Group)
def command() -> None:
    """Look into word vectors: those that ship (glove-en, char-zh), and files of others.

    Files are of GloVe, word2vec, fastText, gensim or NumPy, packed or not; of a zip name the
    member: glove.zip:glove.100d.txt. The first time one is read it is stored beside itself (or in
    ~/.cache/textrnn, or TEXTRNN_CACHE) in a form that opens at once.

    \b
        textrnn embeddings neighbors glove-en frog
        textrnn embeddings analogy glove-en man woman king
        textrnn embeddings coverage glove.6B.100d.txt reviews.txt
    """


@command.command()
@click.argument("vectors", shell_complete=complete_vectors)
@report_format
@LIMIT
@click.pass_obj
def info(settings: dict[str, bool], vectors: str, limit: int | None, form: str) -> None:
    """Say what a file of vectors holds."""
    loaded = load_vectors(vectors, limit=limit, quiet=settings["quiet"])
    facts = {
        "words": len(loaded),
        "units": loaded.units,
        "dtype": loaded.dtype,
        "subwords": loaded.subwords is not None,
        **loaded.reading,
        "first": list(loaded.words[:8]),
    }
    if form == "json":
        click.echo(json_line(facts, indent=2))
        return
    for name, value in facts.items():
        shown = f"{value:,}" if type(value) is int else value
        words = one_line(" ".join(value)) if isinstance(value, list) else shown
        click.echo(f"{name:12} {words}")


@command.command()
@click.argument("vectors", shell_complete=complete_vectors)
@click.argument("words", nargs=-1, required=True)
@_NUM
@report_format
@LIMIT
@click.pass_obj
def neighbors(
    settings: dict[str, bool],
    vectors: str,
    limit: int | None,
    words: tuple[str, ...],
    num: int,
    form: str,
) -> None:
    """Show the words nearest to each of WORDS, by cosine."""
    loaded = load_vectors(vectors, limit=limit, quiet=settings["quiet"])
    for word in words:
        _note_rule(settings, loaded, word)
    _show(dict(zip(words, loaded.neighbors_of(words, num), strict=True)), form)


@command.command()
@click.argument("vectors", shell_complete=complete_vectors)
@click.argument("a")
@click.argument("b")
@click.argument("c")
@_NUM
@report_format
@LIMIT
@click.pass_obj
def analogy(
    settings: dict[str, bool],
    vectors: str,
    limit: int | None,
    a: str,
    b: str,
    c: str,
    num: int,
    form: str,
) -> None:
    """Show the words that are to C what B is to A."""
    loaded = load_vectors(vectors, limit=limit, quiet=settings["quiet"])
    for word in (a, b, c):
        _note_rule(settings, loaded, word)
    _show({f"{a} : {b} = {c} : ?": loaded.analogy(a, b, c, num)}, form)


@command.command()
@click.argument("vectors", shell_complete=complete_vectors)
@click.argument("a")
@click.argument("b")
@LIMIT
@click.pass_obj
def similarity(settings: dict[str, bool], vectors: str, limit: int | None, a: str, b: str) -> None:
    """Print the cosine of two words."""
    loaded = load_vectors(vectors, limit=limit, quiet=settings["quiet"])
    for word in (a, b):
        _note_rule(settings, loaded, word)
    click.echo(f"{loaded.similarity(a, b):.4f}")


@command.command()
@click.argument("vectors", shell_complete=complete_vectors)
@click.argument("files", nargs=-1, required=True, shell_complete=complete_file)
@report_format
@LIMIT
@click.pass_obj
def evaluate(
    settings: dict[str, bool], vectors: str, limit: int | None, files: tuple[str, ...], form: str
) -> None:
    """Measure VECTORS on sets of rated word pairs, or of analogies (lines of four words).

    Pairs are scored by Spearman's rank correlation, analogies by how many are solved.
    """
    from textrnn.embeddings import evaluate as evaluate_file

    loaded = load_vectors(vectors, limit=limit, quiet=settings["quiet"])
    scores = [score.as_dict() for file in files for score in evaluate_file(loaded, file)]
    if form == "json":
        click.echo(json_line(scores, indent=2))
        return
    for score in scores:
        if "spearman" in score:
            number, counted = score["spearman"], f"{score['known']} of {score['pairs']} pairs"
        else:
            number, counted = score["accuracy"], f"{score['known']} of {score['questions']} known"
        shown = "   none" if number is None else f"{number:7.4f}"
        click.echo(f"{score['name']:32} {shown}  {counted}")


@command.command()
@click.argument("vectors", shell_complete=complete_vectors)
@click.argument("textfile", shell_complete=complete_file)
@click.option("--encoding", default="utf-8", show_default=True, help="Of the text.")
@report_format
@LIMIT
@click.pass_obj
def coverage(
    settings: dict[str, bool],
    vectors: str,
    limit: int | None,
    textfile: str,
    encoding: str,
    form: str,
) -> None:
    """Say how many of a text's words have vectors, and which frequent ones have none."""
    from collections import Counter

    from textrnn.corpora import read_lines
    from textrnn.text.words import find_words

    counts: Counter[str] = Counter()
    for line in read_lines(textfile, encoding=encoding):
        counts.update(line.text[start:end] for start, end in find_words(line.text))
    if not counts:
        raise InputError(f"{textfile}: there are no words in it")
    words = [word for word, _ in counts.most_common()]
    how_often = [counts[word] for word in words]
    aligned = load_vectors(vectors, limit=limit, quiet=settings["quiet"]).matrix_for(
        words, counts=how_often
    )
    missing = [word for word, found in zip(words, aligned.found, strict=True) if not found]
    facts = {
        "types": len(words),
        "types_found": aligned.types,
        "tokens": counts.total(),
        "tokens_found": aligned.tokens,
        "missing": missing[:20],
    }
    if form == "json":
        click.echo(json_line(facts, indent=2))
        return
    click.echo(f"{aligned.types:.1%} of {len(words):,} different words, ", nl=False)
    click.echo(f"{aligned.tokens:.1%} of {counts.total():,} words in all")
    if missing:
        click.echo(f"the most frequent without a vector: {one_line(' '.join(missing[:20]))}")


@command.command()
@click.argument("vectors", shell_complete=complete_vectors)
@click.argument("words", nargs=-1, required=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True,
              help="A .png, .svg or .pdf.")  # fmt: skip
@click.option(
    "--method",
    type=Choice(["pca", "tsne"]),
    default="pca",
    show_default=True,
    help="How two dimensions are made of many.",
)
@LIMIT
@click.pass_obj
def plot(
    settings: dict[str, bool],
    vectors: str,
    limit: int | None,
    words: tuple[str, ...],
    output: Path,
    method: str,
) -> None:
    """Draw WORDS where their vectors lie, in two dimensions."""
    from textrnn.corpora.files.outputs import check_output
    from textrnn.embeddings import plot_words

    check_output(output, [vectors])
    plot_words(
        load_vectors(vectors, limit=limit, quiet=settings["quiet"]), words, output, method=method
    )


def _note_rule(settings: dict[str, bool], vectors: Vectors, word: str) -> None:
    """Say on standard error where a word was not found as it was written."""
    match = vectors.find(word)
    if match is not None and match.rule != "exact":
        found = f" as {match.words[0]}" if match.words else ""
        shown = one_line(f"{word} was found{found} (by {match.rule})")
        note_writer(quiet=settings["quiet"])(shown)


def _show(found: dict[str, list[Neighbor]], form: str) -> None:
    if form == "json":
        lists = {
            word: [{"word": n.word, "similarity": n.similarity} for n in near]
            for word, near in found.items()
        }
        click.echo(json_line(lists, indent=2))
        return
    for word, near in found.items():
        if len(found) > 1 or " " in word:
            click.echo(one_line(word))
        for neighbor in near:
            click.echo(f"{neighbor.similarity:7.4f}  {one_line(neighbor.word)}")


for making in embeddings_making.COMMANDS:
    command.add_command(making)

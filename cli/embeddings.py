"""``textrnn embeddings``: word vectors looked into, compared, stored, measured and trained."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from textrnn.cli.notes import note_writer
from textrnn.cli.progress import byte_progress
from textrnn.errors import InputError

if TYPE_CHECKING:
    from textrnn.embeddings import Neighbor, Vectors

_COUNT = click.option("--count", type=click.IntRange(1), default=10, show_default=True,
                      help="Words to show.")  # fmt: skip
_DTYPES = click.Choice(["float32", "float16", "int8"])
_DTYPE = click.option("--dtype", type=_DTYPES, default="float32", show_default=True)
_FORMAT = click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")


@click.group()
def command() -> None:
    """Look into word vectors: GloVe, word2vec, fastText, gensim, NumPy, packed or not.

    The first time a file is read it is stored beside itself (or in ~/.cache/textrnn, or
    TEXTRNN_CACHE) in a form that opens at once. Of a zip name the member: glove.zip:glove.100d.txt.

    \b
        textrnn embeddings neighbors glove.6B.100d.txt frog
        textrnn embeddings analogy glove.6B.100d.txt man woman king
        textrnn embeddings coverage glove.6B.100d.txt reviews.txt
    """


@command.command()
@click.argument("vectors")
@_FORMAT
@click.pass_obj
def info(settings: dict[str, bool], vectors: str, form: str) -> None:
    """Say what a file of vectors holds."""
    loaded = _load(settings, vectors)
    facts = {
        "words": len(loaded),
        "units": loaded.units,
        "dtype": loaded.dtype,
        "subwords": loaded.subwords is not None,
        **loaded.reading,
        "first": list(loaded.words[:8]),
    }
    if form == "json":
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    for name, value in facts.items():
        shown = f"{value:,}" if type(value) is int else value
        click.echo(f"{name:12} {' '.join(value) if isinstance(value, list) else shown}")


@command.command()
@click.argument("vectors")
@click.argument("store", type=click.Path(path_type=Path))
@_DTYPE
@click.pass_obj
def convert(settings: dict[str, bool], vectors: str, store: Path, dtype: str) -> None:
    """Write VECTORS to the file STORE, which opens at once and is read only as far as asked."""
    from textrnn.embeddings import Vectors
    from textrnn.embeddings import convert as convert_file

    with byte_progress(_size(vectors), quiet=settings["quiet"]) as on_bytes:
        convert_file(vectors, store, dtype=dtype, on_bytes=on_bytes)
    if not settings["quiet"]:
        made = Vectors.open(store)
        click.echo(f"wrote {store}: {len(made):,} words, {made.units} units, {dtype}", err=True)


@command.command()
@click.argument("vectors")
@click.argument("words", nargs=-1, required=True)
@_COUNT
@_FORMAT
@click.pass_obj
def neighbors(
    settings: dict[str, bool], vectors: str, words: tuple[str, ...], count: int, form: str
) -> None:
    """Show the words nearest to each of WORDS, by cosine."""
    loaded = _load(settings, vectors)
    for word in words:
        _note_rule(settings, loaded, word)
    _show(dict(zip(words, loaded.neighbors_of(words, count), strict=True)), form)


@command.command()
@click.argument("vectors")
@click.argument("a")
@click.argument("b")
@click.argument("c")
@_COUNT
@_FORMAT
@click.pass_obj
def analogy(
    settings: dict[str, bool], vectors: str, a: str, b: str, c: str, count: int, form: str
) -> None:
    """Show the words that are to C what B is to A."""
    loaded = _load(settings, vectors)
    for word in (a, b, c):
        _note_rule(settings, loaded, word)
    _show({f"{a} : {b} = {c} : ?": loaded.analogy(a, b, c, count)}, form)


@command.command()
@click.argument("vectors")
@click.argument("a")
@click.argument("b")
@click.pass_obj
def similarity(settings: dict[str, bool], vectors: str, a: str, b: str) -> None:
    """Print the cosine of two words."""
    loaded = _load(settings, vectors)
    for word in (a, b):
        _note_rule(settings, loaded, word)
    click.echo(f"{loaded.similarity(a, b):.4f}")


@command.command()
@click.argument("vectors")
@click.argument("files", nargs=-1, required=True)
@_FORMAT
@click.pass_obj
def evaluate(settings: dict[str, bool], vectors: str, files: tuple[str, ...], form: str) -> None:
    """Measure VECTORS on sets of rated word pairs, or of analogies (lines of four words).

    Pairs are scored by Spearman's rank correlation, analogies by how many are solved.
    """
    from textrnn.embeddings import evaluate as evaluate_file

    loaded = _load(settings, vectors)
    scores = [score.as_dict() for file in files for score in evaluate_file(loaded, file)]
    if form == "json":
        click.echo(json.dumps(scores, indent=2))
        return
    for score in scores:
        if "spearman" in score:
            number, counted = score["spearman"], f"{score['known']} of {score['pairs']} pairs"
        else:
            number, counted = score["accuracy"], f"{score['known']} of {score['questions']} known"
        shown = "   none" if number is None else f"{number:7.4f}"
        click.echo(f"{score['name']:32} {shown}  {counted}")


@command.command()
@click.argument("vectors")
@click.argument("textfile")
@click.option("--encoding", default="utf-8", show_default=True, help="Of the text.")
@_FORMAT
@click.pass_obj
def coverage(
    settings: dict[str, bool], vectors: str, textfile: str, encoding: str, form: str
) -> None:
    """Say how many of a text's words have vectors, and which frequent ones have none."""
    from collections import Counter

    from textrnn.corpora import read_lines
    from textrnn.words import find_words

    counts: Counter[str] = Counter()
    for line in read_lines(textfile, encoding=encoding):
        counts.update(line.text[start:end] for start, end in find_words(line.text))
    if not counts:
        raise InputError(f"{textfile}: there are no words in it")
    words = [word for word, _ in counts.most_common()]
    how_often = [counts[word] for word in words]
    aligned = _load(settings, vectors).matrix_for(words, counts=how_often)
    missing = [word for word, found in zip(words, aligned.found, strict=True) if not found]
    facts = {
        "types": len(words),
        "types_found": aligned.types,
        "tokens": counts.total(),
        "tokens_found": aligned.tokens,
        "missing": missing[:20],
    }
    if form == "json":
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    click.echo(f"{aligned.types:.1%} of {len(words):,} different words, ", nl=False)
    click.echo(f"{aligned.tokens:.1%} of {counts.total():,} words in all")
    if missing:
        click.echo(f"the most frequent without a vector: {' '.join(missing[:20])}")


@command.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True,
              help="The store to write.")  # fmt: skip
@click.option("--method", type=click.Choice(["skipgram", "cbow", "fasttext", "glove"]),
              default="skipgram", show_default=True)  # fmt: skip
@click.option("--units", default=100, show_default=True, help="Numbers a word.")
@click.option("--epochs", type=int, help="Passes over the texts [5; GloVe solves 3 times].")
@click.option("--window", default=5, show_default=True, help="Words to either side.")
@click.option("--min-frequency", default=5, show_default=True, help="Rarer words are left out.")
@click.option("--cased", is_flag=True, help="Keep upper and lower case apart.")
@click.option("--random-state", default=0, show_default=True, help="Fixes the result.")
@_DTYPE
@click.pass_obj
def train(
    settings: dict[str, bool],
    /,
    files: tuple[str, ...],
    out: Path,
    method: str,
    cased: bool,
    dtype: str,
    epochs: int | None,
    **numbers: int,
) -> None:
    """Train word vectors on FILES: texts, JSON lines or tables of texts, packed or not."""
    from textrnn.corpora import check_readable, read_texts
    from textrnn.corpora.writing import check_output
    from textrnn.embeddings import train_word_vectors

    for file in files:
        check_readable(file)
    check_output(out, files)

    def say(line: str) -> None:
        if not settings["quiet"]:
            click.echo(line, err=True)

    vectors = train_word_vectors(
        lambda: (text for file in files for text in read_texts(file)),
        method=method,
        epochs=epochs,
        lowercase=not cased,
        on_message=say,
        **numbers,
    )
    vectors.save(out, dtype=dtype)
    say(f"wrote {out}: {len(vectors):,} words, {vectors.units} units")


@command.command()
@click.argument("vectors")
@click.argument("words", nargs=-1, required=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True,
              help="A .png, .svg or .pdf.")  # fmt: skip
@click.option("--method", type=click.Choice(["pca", "tsne"]), default="pca", show_default=True)
@click.pass_obj
def plot(
    settings: dict[str, bool], vectors: str, words: tuple[str, ...], out: Path, method: str
) -> None:
    """Draw WORDS where their vectors lie, in two dimensions."""
    from textrnn.corpora.writing import check_output
    from textrnn.embeddings import plot_words

    check_output(out, [vectors])
    plot_words(_load(settings, vectors), words, out, method=method)


@command.command("list")
def list_vectors() -> None:
    """List published word vectors."""
    from textrnn.embeddings.catalog import published_vectors

    for vectors in published_vectors().values():
        click.echo(
            f"{vectors.name:14} {vectors.language:3} {vectors.units:18} {vectors.licence:13} "
            f"{vectors.title}"
        )


@command.command()
@click.argument("name")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=Path(),
              help="Where to put the file [here].")  # fmt: skip
@click.pass_obj
def download(settings: dict[str, bool], name: str, folder: Path) -> None:
    """Fetch published word vectors; a download that broke off is gone on with."""
    from textrnn.cli.progress import download_progress
    from textrnn.corpora.downloading import download as fetch
    from textrnn.embeddings.catalog import find_published

    vectors, note = find_published(name), note_writer(quiet=settings["quiet"])
    with download_progress(quiet=settings["quiet"]) as (on_file, on_bytes):
        file = vectors.url.rsplit("/", 1)[-1]
        on_file(file)
        target = fetch(
            vectors.url,
            folder / file,
            sha256=vectors.sha256,
            on_bytes=on_bytes,
            on_wait=lambda: note(f"{name} is being fetched already; waiting for it"),
        )
    click.echo(str(target))


def _load(settings: dict[str, bool], path: str) -> Vectors:
    from textrnn.embeddings import Vectors

    with byte_progress(_size(path), quiet=settings["quiet"]) as on_bytes:
        return Vectors.load(path, on_bytes=on_bytes)


def _size(path: str) -> int | None:
    """Bytes to read; None where packing makes that another number, or the file is missing."""
    from textrnn.corpora import PACKED

    file = Path(path)
    packed = file.suffix.lower() in (*PACKED, ".zip")
    return None if packed or not file.is_file() else file.stat().st_size


def _note_rule(settings: dict[str, bool], vectors: Vectors, word: str) -> None:
    """Say on standard error where a word was not found as it was written."""
    match = vectors.find(word)
    if match is not None and match.rule != "exact" and not settings["quiet"]:
        found = f" as {match.words[0]}" if match.words else ""
        click.echo(f"textrnn: note: {word} was found{found} (by {match.rule})", err=True)


def _show(found: dict[str, list[Neighbor]], form: str) -> None:
    if form == "json":
        lists = {
            word: [{"word": n.word, "similarity": n.similarity} for n in near]
            for word, near in found.items()
        }
        click.echo(json.dumps(lists, indent=2, ensure_ascii=False))
        return
    for word, near in found.items():
        if len(found) > 1 or " " in word:
            click.echo(word)
        for neighbor in near:
            click.echo(f"{neighbor.similarity:7.4f}  {neighbor.word}")

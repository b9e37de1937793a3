"""``textrnn train tagger``: a tagger from tagged sentences."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textrnn.cli.parts.label_names import renamed_labels
from textrnn.cli.parts.training_library import TrainingLibrary, is_quiet
from textrnn.cli.parts.training_options import (
    check_out,
    encoders,
    fill_from_initial_model,
    given_settings,
    init_option,
    network_options,
    training_options,
    vector_options,
)
from textrnn.cli.parts.training_progress import TrainingDisplay

if TYPE_CHECKING:
    from textrnn.corpora import TaggedSource
    from textrnn.training.tagger.plan import TaggerPlan


@click.command()
@click.option("--train", "train_file", required=True, help="Tagged text: CoNLL columns, JSONL, …")
@click.option("--validation", "validation_file", help="Tagged text to choose the epoch by.")
@click.option("--unlabelled", "unlabelled_file", help="Texts for vocabulary and word vectors.")
@vector_options
@init_option
@click.option("--lexicon", "lexicon_file", help="Words to match in a character model, one a line.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True,
              help="The folder that becomes the model.")  # fmt: skip
@click.option("--resume", is_flag=True, help="Go on where a stopped run left off.")
@click.option("--input-format", help="conll, jsonl, json, csv, parquet or brat, if not by suffix.")
@click.option("--map-label", "pairs", multiple=True, metavar="OLD=NEW",
              help="As per=PER; OLD= drops a label.")  # fmt: skip
@click.option("--encoding", default="utf-8", show_default=True, help="Of the files.")
@click.option("--name", default="", help="The model's name [that of the folder].")
@click.option("--language", default="", help="ISO 639-1 code [that of the texts].")
@click.option(
    "--level", default="word", show_default=True, help="What a token is: word, character."
)
@click.option("--vocabulary-size", default=30_000, show_default=True)
@click.option("--min-frequency", default=1, show_default=True, help="Of a token with a row.")
@click.option("--simplify", is_flag=True, help="Read traditional Chinese as simplified.")
@click.option("--vectors", default="none", show_default=True, help="none, skipgram or cbow.")
@click.option("--characters", default="cnn", show_default=True,
              help="Encoder of a word's characters: cnn, lstm or none.")  # fmt: skip
@click.option("--character-units", default=50, show_default=True, help="Numbers of that encoder.")
@click.option("--shape-units", default=8, show_default=True, help="Numbers for a word's shape.")
@click.option("--bigrams", default=0, show_default=True, help="Rows for bigrams of tokens.")
@click.option("--feature-dropout", default=0.3, show_default=True, help="On what a token brings.")
@click.option("--scheme", default="bioes", show_default=True, help="bio or bioes.")
@click.option("--decoder", default="crf", show_default=True, help="crf or softmax.")
@click.option("--precision", default="int8", show_default=True, help="int8 or float32.")
@click.option("--unidirectional", is_flag=True, help="Read forward only.")
@network_options
@training_options
@click.pass_context
def tagger(context: click.Context, /, **options: Any) -> None:
    """Train a tagger and write it as a model folder.

    CoNLL columns hold a word a line, first, and its tag, last, in any scheme (IOB1, BIO, BIOES,
    BMES, BILOU); blank lines divide sentences; comments, CoNLL-U and a column that counts the words
    are understood. JSONL holds {"text", "entities": [{"start", "end", "label"}]}. Besides: what
    doccano, Label Studio, Prodigy, spaCy and brat export (.json, .jsonl, .parquet, a folder of
    .ann and .txt), and CSV with a word a row. Compressed files are opened.
    """
    check_out(options)
    library = TrainingLibrary()
    fill_from_initial_model(context, options)
    plan = _plan(library, options)
    sources = {name: _source(options, options[f"{name}_file"]) for name in ("train", "validation")}
    corpora, plain, words = library.corpora, options["unlabelled_file"], options["lexicon_file"]
    with TrainingDisplay(quiet=is_quiet(context)) as display:
        read = partial(corpora.read_tagged, on_note=display.note)
        library.tagger.train_tagger(
            read(sources["train"]),
            out=options["out"],
            validation=sources["validation"] and list(read(sources["validation"])),
            unlabelled=corpora.read_texts(plain) if plain else (),
            lexicon=(line.split()[0] for line in corpora.read_texts(words)) if words else (),
            embeddings=options["embeddings_file"],
            init_from=options["init_from"],
            plan=plan,
            info=library.run.ModelInfo(options["name"], options["language"]),
            precision=options["precision"],
            resume=options["resume"],
            on_event=display.event,
            on_message=display.message,
        )


def _source(options: dict[str, Any], file: str | None) -> TaggedSource | None:
    from textrnn.corpora import TaggedSource

    if file is None:
        return None
    labels = renamed_labels(options["pairs"], droppable=True)
    return TaggedSource(file, options["input_format"], labels=labels, encoding=options["encoding"])


def _plan(library: TrainingLibrary, options: dict[str, Any]) -> TaggerPlan:
    """The settings that the options name; what was not given keeps its default."""
    from textrnn.heads.tagger.network import CharacterEncoder
    from textrnn.network import Embedding

    settings, characters = library.settings, None
    if options["characters"] != "none" and options["level"] == "word":
        characters = CharacterEncoder(options["characters"], units=options["character_units"])
    plan: TaggerPlan = library.tagger.TaggerPlan(
        features=settings.FeatureSettings(
            level=options["level"],
            vocabulary_size=options["vocabulary_size"],
            min_frequency=options["min_frequency"],
            characters=characters,
            shape_units=options["shape_units"] if options["level"] == "word" else 0,
            bigrams=options["bigrams"],
            lexicon=50_000 if options["lexicon_file"] else 0,
            simplify=options["simplify"],
            dropout=options["feature_dropout"],
        ),
        embedding=Embedding(
            units=options["embedding_units"],
            dropout=options["embedding_dropout"],
            word_dropout=options["word_dropout"],
            frozen_epochs=options["frozen_epochs"],
        ),
        vectors=settings.VectorSettings(method=options["vectors"]),
        encoders=encoders(options),
        head=settings.TaggerHeadSettings(
            scheme=options["scheme"],
            decoder=options["decoder"],
            dropout=options["dropout"],
        ),
        training=settings.TrainingSettings(**given_settings(library, options)),
    )
    return plan

"""``textrnn train``: a model from texts, or a shipped one from its recipe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textrnn.cli.parts.label_names import relabelled, renamed_labels
from textrnn.cli.parts.training_library import TrainingLibrary, is_quiet
from textrnn.cli.parts.training_options import (
    check_out,
    consistency_options,
    encoders,
    fill_from_initial_model,
    given_settings,
    init_option,
    network_options,
    pooling_options,
    training_options,
    vector_options,
    widths,
    window_options,
)
from textrnn.cli.parts.training_progress import TrainingDisplay
from textrnn.cli.train_generator import generator
from textrnn.cli.train_tagger import tagger
from textrnn.corpora.files.outputs import refuse_inputs

if TYPE_CHECKING:
    from textrnn.corpora import Source
    from textrnn.training.classifier.plan import ClassifierPlan

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(invoke_without_command=True)
@click.option("--recipe", metavar="FILE.toml", help="Make the model that this recipe describes.")
@click.option("--data", metavar="DIR", help="Where the recipe's files lie [TEXTRNN_DATA].")
@click.option("--out", type=_FOLDER, help="The folder that becomes the model.")
@click.option("--resume", is_flag=True, help="Go on where a stopped run left off.")
@click.option("--no-measure", is_flag=True, help="Leave the recipe's test files alone.")
@click.option("--init-from", multiple=True, type=click.Path(path_type=Path), metavar="MODEL",
              help="A model that the recipe begins with.")  # fmt: skip
@click.pass_context
def command(
    context: click.Context,
    recipe: str | None,
    data: str | None,
    out: Path | None,
    resume: bool,
    no_measure: bool,
    init_from: tuple[Path, ...],
) -> None:
    """Train a model: from a recipe, or with one of the commands below.

    \b
        textrnn train --recipe recipes/sentiment-en.toml --data DIR --out models/mine
        textrnn train classifier --train reviews.csv --out models/mine
        textrnn train tagger --train names.conll --out models/mine
        textrnn train generator --train novel.txt --out models/mine
    """
    if context.invoked_subcommand is not None:
        return
    if recipe is None or out is None:
        raise click.UsageError(
            "give --recipe FILE.toml and --out DIR, or a command: classifier, tagger, generator"
        )
    refuse_inputs(out, [recipe, *init_from])
    library = TrainingLibrary()
    with TrainingDisplay(quiet=is_quiet(context)) as display:
        library.reproduce.reproduce(
            library.recipe.read_recipe(recipe),
            data=library.recipe.data_folder(data),
            out=out,
            resume=resume,
            measure=not no_measure,
            init_from=init_from,
            on_event=display.event,
            on_message=display.message,
        )


@command.command()
@click.option("--train", "train_file", required=True, help="Labelled texts: CSV, TSV, JSONL, …")
@click.option("--validation", "validation_file", help="Labelled texts to choose the epoch by.")
@click.option("--unlabelled", "unlabelled_file", help="Texts without labels, a line each.")
@vector_options
@init_option
@consistency_options
@click.option("--bag-ngrams", default=0, show_default=True,
              help="Longest n-grams of a linear model beside the network; 0 for none.")  # fmt: skip
@click.option("--out", type=_FOLDER, required=True, help="The folder that becomes the model.")
@click.option("--resume", is_flag=True, help="Go on where a stopped run left off.")
@click.option("--text-column", "--text-field", help="Column or key of the text, by name or number.")
@click.option("--label-column", help="Column or key of the label, by name or number.")
@click.option("--map-label", "pairs", multiple=True, metavar="OLD=NEW",
              help="Another name for a label, as 1=positive; may be given again.")  # fmt: skip
@click.option(
    "--input-format", help="csv, tsv, jsonl, json, parquet, label-first, imdb [by suffix]."
)
@click.option("--encoding", default="utf-8", show_default=True, help="Of the files.")
@click.option("--name", default="", help="The model's name [that of the folder].")
@click.option("--language", default="", help="ISO 639-1 code [that of the texts].")
@click.option("--level", default="word", show_default=True, help="character, word, bpe, wordpiece.")
@click.option("--vocabulary-size", default=30_000, show_default=True)
@click.option("--simplify", is_flag=True, help="Read traditional Chinese as simplified.")
@click.option("--vectors", default="none", show_default=True, help="none, skipgram or cbow.")
@click.option("--precision", default="int8", show_default=True, help="int8 or float32.")
@click.option("--unidirectional", is_flag=True, help="Read forward only.")
@network_options
@pooling_options
@training_options
@window_options
@click.pass_context
def classifier(context: click.Context, /, **options: Any) -> None:
    """Train a classifier and write it as a model folder.

    Formats: CSV or TSV with a header (text, label), JSONL, JSON or Parquet with these fields, a
    label before each text (label-first), or a folder with pos and neg inside (imdb). Compressed
    files are opened.
    """
    check_out(options)
    library = TrainingLibrary()
    fill_from_initial_model(context, options)
    plan = _plan(library, options)
    corpora = library.corpora
    sources = {name: _source(options, options[f"{name}_file"]) for name in ("train", "validation")}
    names = renamed_labels(options["pairs"])
    validation = sources["validation"] and list(
        relabelled(corpora.read_labelled(sources["validation"]), names)
    )
    plain = options["unlabelled_file"]
    with TrainingDisplay(quiet=is_quiet(context)) as display:
        library.classifier.train_classifier(
            relabelled(corpora.read_labelled(sources["train"]), names),
            out=options["out"],
            validation=validation,
            unlabelled=corpora.read_texts(plain) if plain else (),
            embeddings=options["embeddings_file"],
            init_from=options["init_from"],
            plan=plan,
            info=library.run.ModelInfo(options["name"], options["language"]),
            precision=options["precision"],
            resume=options["resume"],
            on_event=display.event,
            on_message=display.message,
        )


def _source(options: dict[str, Any], file: str | None) -> Source | None:
    from textrnn.corpora import Source

    if file is None:
        return None
    return Source(
        file=file,
        format=options["input_format"],
        text=options["text_column"],
        label=options["label_column"],
        encoding=options["encoding"],
    )


def _plan(library: TrainingLibrary, options: dict[str, Any]) -> ClassifierPlan:
    """The settings that the options name; what was not given keeps its default."""
    from textrnn.network import Embedding

    settings = library.settings
    plan: ClassifierPlan = library.classifier.ClassifierPlan(
        tokenizer=settings.TokenizerSettings(
            level=options["level"],
            vocabulary_size=options["vocabulary_size"],
            simplify=options["simplify"],
        ),
        embedding=Embedding(
            units=options["embedding_units"],
            dropout=options["embedding_dropout"],
            word_dropout=options["word_dropout"],
            frozen_epochs=options["frozen_epochs"],
        ),
        vectors=settings.VectorSettings(method=options["vectors"]),
        encoders=encoders(options),
        head=settings.HeadSettings(
            pooling=tuple(options["pooling"].split(",")),
            attention_units=options["attention_units"],
            ngram_widths=widths(options["ngram_widths"]),
            ngram_units=options["ngram_units"],
            hidden_units=options["hidden_units"],
            dropout=options["dropout"],
        ),
        training=settings.TrainingSettings(**given_settings(library, options)),
        consistency=settings.ConsistencySettings(
            adversarial=options["adversarial"],
            virtual_adversarial=options["virtual_adversarial"],
            entropy=options["entropy"],
            unlabelled_batch=options["unlabelled_batch"],
        ),
        bag=settings.BagSettings(longest=options["bag_ngrams"]),
        auxiliary=settings.AuxiliarySettings(
            language_model=options["language_model"],
            unlabelled_batch=options["language_model_texts"],
        ),
    )
    return plan


command.add_command(generator)
command.add_command(tagger)

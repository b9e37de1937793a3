"""``textrnn train generator``: a model from running text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textrnn.cli.parts.training_library import TrainingLibrary, is_quiet
from textrnn.cli.parts.training_options import (
    check_out,
    fill_from_initial_model,
    given_settings,
    init_option,
    training_options,
    vector_options,
)
from textrnn.cli.parts.training_progress import TrainingDisplay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textrnn.corpora import Passage
    from textrnn.training.generator.plan import GeneratorPlan


@click.command()
@click.option("--train", "train_file", required=True, help="Running text: .txt, .jsonl, a folder.")
@click.option("--validation", "validation_file", help="The same, to choose the epoch by.")
@vector_options
@init_option
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True,
              help="The folder that becomes the model.")  # fmt: skip
@click.option("--resume", is_flag=True, help="Go on where a stopped run left off.")
@click.option("--unit", type=click.Choice(["line", "file"]), default="file", show_default=True,
              help="What a document of a .txt is.")  # fmt: skip
@click.option("--reflow", is_flag=True, help="Join the lines of paragraphs.")
@click.option("--text-column", help="Column or key of the text.")
@click.option("--input-format", help="txt, csv, tsv, jsonl, json or parquet [by suffix].")
@click.option("--encoding", default="utf-8", show_default=True, help="Of the files.")
@click.option("--name", default="", help="The model's name [that of the folder].")
@click.option("--language", default="", help="ISO 639-1 code [that of the texts].")
@click.option("--level", default="bpe", show_default=True, help="character, word, bpe, wordpiece.")
@click.option("--vocabulary-size", default=6000, show_default=True)
@click.option("--min-frequency", default=2, show_default=True, help="Of a token.")
@click.option("--lowercase", is_flag=True, help="Fold case.")
@click.option("--simplify", is_flag=True, help="Read traditional Chinese as simplified.")
@click.option("--cell", default="lstm", show_default=True, help="rnn, lstm or gru.")
@click.option("--units", default=256, show_default=True, help="Units of each encoder.")
@click.option("--layers", default=1, show_default=True, help="Encoders stacked on one another.")
@click.option("--embedding-units", default=128, show_default=True, help="Numbers a token.")
@click.option("--untied", is_flag=True, help="Give the output a matrix of its own.")
@click.option("--dropout", default=0.1, show_default=True, help="On what the output reads.")
@click.option("--embedding-dropout", default=0.1, show_default=True, help="On the embeddings.")
@click.option("--layer-dropout", default=0.0, show_default=True, help="On what each encoder reads.")
@click.option("--recurrent-dropout", default=0.0, show_default=True, help="On the recurrent state.")
@click.option("--weight-dropout", default=0.0, show_default=True, help="On recurrent matrices.")
@click.option("--word-dropout", default=0.0, show_default=True, help="On rows of the vocabulary.")
@click.option("--backward", is_flag=True,
              help="Read from the end, to begin other models with.")  # fmt: skip
@click.option("--candidates", default=0, show_default=True,
              help="Softmax over so many drawn tokens; 0: over all.")  # fmt: skip
@click.option("--no-fingerprint", is_flag=True, help="Keep no fingerprint of the training text.")
@click.option("--precision", default="int8", show_default=True, help="int8 or float32.")
@training_options
@click.pass_context
def generator(context: click.Context, /, **options: Any) -> None:
    """Train a generator and write it as a model folder.

    A .txt is one long text, or with --unit line a document a line; JSONL holds {"text": …} a line;
    of a folder all .txt and .jsonl files are read. Compressed files are opened. Texts may be
    larger than the memory. --batch-size is how many streams are read side by side, --max-tokens
    how far gradients go back.
    """
    check_out(options)
    library = TrainingLibrary()
    fill_from_initial_model(context, options)
    plan = _plan(library, options)
    validation = options["validation_file"]
    with TrainingDisplay(quiet=is_quiet(context)) as display:
        library.generator.train_generator(
            _passages(library, options, options["train_file"]),
            out=options["out"],
            validation=_passages(library, options, validation) if validation else None,
            embeddings=options["embeddings_file"],
            init_from=options["init_from"],
            plan=plan,
            info=library.run.ModelInfo(options["name"], options["language"]),
            precision=options["precision"],
            resume=options["resume"],
            on_event=display.event,
            on_message=display.message,
        )


def _passages(
    library: TrainingLibrary, options: dict[str, Any], file: str
) -> Callable[[], Iterator[Passage]]:
    """What reads a file each time it is called."""
    source = library.corpora.DocumentSource(
        file,
        options["input_format"],
        options["unit"],
        options["text_column"],
        reflow=options["reflow"],
        encoding=options["encoding"],
    )
    return lambda: library.corpora.read_documents(source)


def _plan(library: TrainingLibrary, options: dict[str, Any]) -> GeneratorPlan:
    """The settings that the options name; what was not given keeps its default."""
    from textrnn.heads.generator.network import GeneratorHead
    from textrnn.network import Embedding, Encoder

    settings = library.settings
    encoder = Encoder(
        cell=options["cell"],
        units=options["units"],
        bidirectional=False,
        dropout=options["layer_dropout"],
        recurrent_dropout=options["recurrent_dropout"],
        weight_dropout=options["weight_dropout"],
    )
    given = {"max_tokens": 64, "window_overlap": 0, **given_settings(library, options)}
    plan: GeneratorPlan = library.generator.GeneratorPlan(
        tokenizer=settings.TokenizerSettings(
            level=options["level"],
            vocabulary_size=options["vocabulary_size"],
            min_frequency=options["min_frequency"],
            lowercase=options["lowercase"],
            simplify=options["simplify"],
            normalization="NFC",
        ),
        embedding=Embedding(
            units=options["embedding_units"],
            dropout=options["embedding_dropout"],
            word_dropout=options["word_dropout"],
            frozen_epochs=options["frozen_epochs"],
        ),
        encoders=(encoder,) * options["layers"],
        head=GeneratorHead(tied=not options["untied"], dropout=options["dropout"]),
        language=settings.LanguageSettings(
            backward=options["backward"],
            candidates=options["candidates"],
            fingerprint=not options["no_fingerprint"],
        ),
        training=settings.TrainingSettings(**given),
    )
    return plan

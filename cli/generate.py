"""``textrnn generate``: texts from a seed."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.command import Command, options_under, output_option
from textrnn.cli.parts.completing import complete_form
from textrnn.cli.parts.formats import output_format
from textrnn.cli.parts.generate_output import ENDINGS, FORMATS, Ended, write_generated
from textrnn.cli.parts.inputs import Inputs
from textrnn.cli.parts.model_name import model_option
from textrnn.cli.parts.notes import note_writer
from textrnn.cli.parts.opening import open_model
from textrnn.cli.parts.output import open_output, output_file
from textrnn.cli.parts.remote_option import local_speed_option
from textrnn.cli.parts.seed_files import seed_options, write_from_seeds
from textrnn.cli.parts.terms import note_terms
from textrnn.corpora.files.outputs import check_output
from textrnn.errors import ConfigurationError

if TYPE_CHECKING:
    from textrnn.heads.generator.generator import Generator
    from textrnn.heads.generator.result import Generation

writing_option = options_under("Writing")
drawing_option = options_under("Drawing")
verse_option = options_under("Chinese verse")


@click.command(cls=Command)
@seed_options
@model_option("the seed's script")
@writing_option("--length", type=int, help="The most tokens (characters, for verse) [200].")
@writing_option("--min-length", type=int, help="The fewest before an end counts [0].")
@writing_option("--num", default=1, show_default=True, help="Texts to write.")
@writing_option("--stop", multiple=True, help="Stop before this string; may be given again.")
@writing_option("--ban", multiple=True, help="Never write this string; may be given again.")
@writing_option("--random-state", type=int, help="The same one gives the same text [drawn].")
@writing_option("--interactive", is_flag=True, help="Choose each token, type, or undo.")
@drawing_option("--temperature", metavar="T[,T…]",
                help="0: always the most probable; several take turns [0.8].")  # fmt: skip
@drawing_option("--top-k", type=int, help="Draw from so many of the most probable [all].")
@drawing_option("--top-p", type=float, help="Draw from the fewest that sum to this [1].")
@drawing_option("--min-p", type=float,
                help="Draw from those this times as probable as the best [0].")  # fmt: skip
@drawing_option("--repetition-penalty", type=float, help="Above 1 against what was written [1].")
@drawing_option("--no-repeat-ngram", type=int, help="No sequence of so many tokens twice [off].")
@drawing_option("--cache", type=int, metavar="TOKENS",
                help="Let so many tokens of the seed come again where the text is like it: names "
                "stay [off].")  # fmt: skip
@drawing_option("--beam", type=int, help="Search for the most probable text, so wide [off].")
@verse_option("--form", shell_complete=complete_form,
              help="五绝, 七绝, 五律, 七律 (or 五絕 …), free.")  # fmt: skip
@verse_option("--rhyme", is_flag=True, help="The even verses rhyme.")
@verse_option("--acrostic", metavar="CHARACTERS", help="They begin the verses (藏头诗).")
@verse_option(
    "--script", type=Choice(["simplified", "traditional"]), help="Of Chinese [the seed's]."
)
@output_option("--format", "form_of_output", type=Choice(FORMATS),
               help="Of the texts; all but text tell log-probability and perplexity "
               "[text].")  # fmt: skip
@output_file
@output_option("--novelty", is_flag=True, help="Say afterwards how much is new or copied.")
@local_speed_option("--threads", type=click.IntRange(1), help="For the network [as many as cores].")
@click.pass_obj
def command(
    settings: dict[str, bool],
    /,
    seed: str | None,
    model: str | None,
    num: int,
    form_of_output: str | None,
    novelty: bool,
    interactive: bool,
    seeds: Inputs | None,
    output: Path | None,
    threads: int | None,
    **given: Any,
) -> None:
    """Write texts on from a seed.

    The seed's script chooses the model: Chinese verse, English prose. A text ends where the model
    ends it, or after --length tokens.

    \b
        textrnn generate "床前明月光"
        textrnn generate "床前明月光" --form 五绝 --rhyme
        textrnn generate --acrostic 春夏秋冬 --form 七绝
        textrnn generate --seed "It was a dark night" --temperature 0.7 --num 3
        textrnn generate --seed-file prompts.csv --text-field prompt --output written.jsonl
    """
    controls = _controls(given)
    if interactive:
        _check_interactive(controls, num, form_of_output or "text", novelty)
    check_output(output, [model, *(seeds.files if seeds else ())])
    form = output_format(form_of_output, output, ENDINGS, terminal="text", pipe="text")
    note = note_writer(quiet=settings["quiet"])
    if seeds is not None:
        _check_seed_file(seed, controls, interactive, novelty)
        models = _Models(model, controls, threads)
        write_from_seeds(
            seeds, models.of, output, form=form, num=num, controls=controls, on_note=note
        )
        return
    generator = _open(seed, model, controls, threads)
    seed = seed or ""
    # What does not fit is refused here, before anything is noted of the rest.
    news = iter(()) if interactive else generator.generate_stream(seed, num=num, **controls)
    for line in _notes(generator, seed):
        note(line)
    if interactive:
        _write_together(generator, seed, output, temperature=_temperature(controls))
        return
    results = write_generated(news, output, form=form, seed=seed)
    for line in _about(results, num):
        note(line)
    if novelty:
        _show_novelty(generator, results)


def _write_together(
    generator: Generator, seed: str, output: Path | None, *, temperature: float
) -> None:
    """Let the user choose each token."""
    from textrnn.cli.parts.interactive import write_together

    with open_output(output) as file:
        file.write(write_together(generator, seed, temperature=temperature) + "\n")


def _about(results: list[Generation], num: int) -> Iterator[str]:
    """What a user would want to know of the texts."""
    if len(results) < num:
        yield f"the beam found {len(results)} of {num} texts"
    ended = Ended()
    for result in results:
        ended.add(result)
    yield from ended.lines()


def _controls(given: dict[str, Any]) -> dict[str, Any]:
    """The controls that were given, as the library takes them."""
    controls = {
        name: value
        for name, value in given.items()
        if value is not None and value != () and value is not False
    }
    if "acrostic" in controls and not controls["acrostic"].strip():
        raise ConfigurationError("acrostic: give at least one character")
    if "temperature" in controls:
        parts = controls["temperature"].split(",")
        try:
            controls["temperature"] = tuple(float(part) for part in parts)
        except ValueError as error:
            raise ConfigurationError(
                f"temperature: expected a number, or several with commas between; "
                f"received {controls['temperature']!r}"
            ) from error
    return controls


def _check_interactive(
    controls: dict[str, Any], num: int, form_of_output: str, novelty: bool
) -> None:
    """Refuse what --interactive does not heed.

    Raises:
        ConfigurationError: something of the kind was given.
    """
    others = {**controls, "num": num != 1, "format": form_of_output != "text", "novelty": novelty}
    idle = [name.replace("_", "-") for name, value in others.items() if value is not False]
    idle = [name for name in idle if name != "temperature"]
    if idle:
        raise ConfigurationError(f"--interactive heeds --temperature alone: leave out --{idle[0]}")


def _check_seed_file(
    seed: str | None, controls: dict[str, Any], interactive: bool, novelty: bool
) -> None:
    """Refuse what --seed-file does not go with.

    Raises:
        ConfigurationError: something of the kind was given.
    """
    others = {"seed": seed is not None, "interactive": interactive, "novelty": novelty,
              "acrostic": "acrostic" in controls}  # fmt: skip
    if wrong := next((name for name, value in others.items() if value), None):
        raise ConfigurationError(f"--seed-file does not go with --{wrong}")


class _Models:
    """The models that write on from seeds, each loaded when a seed first asks for it."""

    def __init__(self, model: str | None, controls: dict[str, Any], threads: int | None) -> None:
        self._model, self._controls, self._threads = model, controls, threads
        self._loaded: dict[str, Generator] = {}

    def of(self, seed: str) -> tuple[Generator, Iterable[str]]:
        """The one that was named, or that writes in the seed's language; and what to note."""
        from textrnn.catalog import nearest_model
        from textrnn.heads.generator.generator import Generator
        from textrnn.text.language import seed_language

        name = self._model or nearest_model(Generator.task, seed_language(seed))
        if name not in self._loaded:
            self._loaded[name] = _open(seed, self._model, self._controls, self._threads)
        return self._loaded[name], _notes(self._loaded[name], seed)


def _temperature(controls: dict[str, Any]) -> float:
    first = float(controls.get("temperature", (1.0,))[0])
    if first <= 0:
        raise ConfigurationError("--interactive shows probabilities: the temperature is above 0")
    return first


def _open(
    seed: str | None, model: str | None, controls: dict[str, Any], threads: int | None
) -> Generator:
    """The model that was named, or that writes in the seed's script.

    Raises:
        ConfigurationError: the seed is empty, nothing says which model, or the model named is no
            generator.
    """
    from textrnn.catalog import nearest_model
    from textrnn.heads.generator.controls import Controls
    from textrnn.heads.generator.generator import Generator
    from textrnn.heads.generator.seeds import require_seed
    from textrnn.text.language import seed_language

    if seed is not None and not seed.strip():
        raise ConfigurationError("the seed is empty: give it some text, or leave --seed out")
    require_seed(seed or "")
    Controls(**controls)  # a wrong number is told before a model is loaded
    verse = any(name in controls for name in ("form", "rhyme", "acrostic"))
    if model is None and seed is None and not verse:
        raise ConfigurationError("nothing to go on from: give --seed TEXT, or name a --model")
    language = "zh" if verse else seed_language(seed or "")
    model = model or nearest_model(Generator.task, language)
    generator = open_model(Generator, "generate", model=model, threads=threads)
    note_terms([generator])
    return generator


def _notes(generator: Generator, seed: str) -> Iterator[str]:
    """What of a seed the model does not write."""
    from textrnn.text.language import has_latin_letters, language_name

    name, own = generator.bundle.name, generator.bundle.manifest.language
    if language := generator.foreign_language(seed):
        is_latin = all(code == "en" or has_latin_letters(code) for code in (own, language))
        what = "language" if is_latin else "script"
        yield (
            f"{name} writes {language_name(own)}; the seed is in another {what} "
            f"({language_name(language)})"
        )
    if unknown := generator.unknown_characters(seed):
        shown = " ".join("␣" if text.isspace() else text for text in unknown[:20])
        shown += " …" if len(unknown) > 20 else ""
        yield f"{name} does not know: {shown} (kept as they are)"


def _show_novelty(generator: Generator, results: list[Generation]) -> None:
    from textrnn.cli.parts.display import Display
    from textrnn.cli.parts.evaluate_output import shown_table

    sys.stdout.flush()
    display = Display(stderr=True)
    display.print()
    display.print(shown_table(generator.novelty(results).table()))

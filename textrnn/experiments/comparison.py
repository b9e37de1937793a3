"""Several networks on the same examples, with the same random states: which one is better."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textrnn.catalog import head_class
from textrnn.configuration import path_of, require_whole, to_dict
from textrnn.counted import counted
from textrnn.experiments.beginning import recipe_training
from textrnn.experiments.compared import NetworkComparison
from textrnn.experiments.folder import ExperimentFolder
from textrnn.experiments.material import Material
from textrnn.experiments.splits import held_out
from textrnn.experiments.trial import Trial, measured, run_trial
from textrnn.experiments.variants import Variant, read_variants
from textrnn.reports.folder import write_report
from textrnn.training.recipes.recipe import data_folder, require_files
from textrnn.training.tasks import files_class, reader_class

if TYPE_CHECKING:
    from textrnn.training.loop.events import OnEvent


def compare(
    recipes: str | Path | Sequence[str | Path],
    *,
    out: str | Path,
    data: str | Path | None = None,
    seeds: int = 3,
    resume: bool = False,
    force: bool = False,
    on_event: OnEvent | None = None,
    on_message: Callable[[str], None] | None = None,
) -> NetworkComparison:
    """Train several networks on the same examples with the same random states, and compare them.

    Scores are measured on the recipes' validation files, which choose the epochs, too; without any
    on a fifth of the training examples, of series on the end, which no network learns. Test files
    are left alone: choose first.

    Args:
        recipes: their files; or one with ``[[compare]]`` tables: each has a ``name``, and the
            settings in which it differs from the recipe. ``[answer]`` has options of the
            evaluation, as ``temperature``: networks that differ in nothing else are trained once.
        out: a folder for the models, what was found, and ``report.html`` with its pictures.
        data: the folder of the recipes' files; by default ``TEXTRNN_DATA``.
        seeds: how many random states, from the recipe's own on.
        resume: go on with a comparison that was stopped, or with more ``seeds``: what is done of
            it is kept.
        force: whether what an earlier experiment found at ``out`` may be replaced.
        on_event: called after each step and epoch of each training.
        on_message: called with a line on what happens.

    Raises:
        ConfigurationError: a recipe is wrong, or something is at ``out`` already.
        InputError: a file is missing or malformed.
        TrainingError: one of the trainings failed.

    Example:
        >>> found = textrnn.compare("recipes/compare-imdb.toml", data="data", out="imdb")
        ... # doctest: +SKIP
        >>> found.best, found.p_values  # doctest: +SKIP
    """
    say = on_message or (lambda line: None)
    require_whole("seeds", seeds, least=1)
    paths = [recipes] if isinstance(recipes, str | Path) else list(recipes)
    variants, place = read_variants(paths), data_folder(data)
    first = variants[0].recipe
    require_files(first, place)
    reader, files = reader_class(first.task)(), files_class(first.task)()
    given = reader.arguments(first, place, say)
    for variant in variants:
        files.require_fitting(variant.recipe.plan, given)
    material = Material.of(first.task, given)
    networks = [
        {"name": one.name, "plan": to_dict(one.recipe.plan), "answer": dict(one.answer)}
        for one in variants
    ]
    about = {"experiment": "comparison", "task": first.task, "data": material.digest(),
             "networks": networks, "seeds": seeds}  # fmt: skip
    folder = ExperimentFolder(path_of("out", out))
    runs = _Runs(material, place, folder, resume, on_event, say)
    folder.begin(
        about, inputs=[place, *map(Path, paths)], resume=resume, force=force, may_grow="seeds"
    )
    trials = {variant.name: runs.of(variant, seeds) for variant in variants}
    found = NetworkComparison(first.task, trials, runs.validates)
    write_report(found, folder.path, title=f"{counted(len(variants), 'network')}: {first.task}")
    return found


class _Runs:
    """The trainings of a comparison, each on the same examples."""

    def __init__(
        self,
        material: Material,
        place: Path,
        folder: ExperimentFolder,
        resume: bool,
        on_event: OnEvent | None,
        say: Callable[[str], None],
    ) -> None:
        self.material, self.place, self.folder = material, place, folder
        self.resume, self.on_event, self.say = resume, on_event, say
        self.validates = material.validation is not None
        self.fold = held_out(material, random_state=0)
        self.trained: dict[str, str] = {}  # by what tells a training from others its model's folder

    def of(self, variant: Variant, seeds: int) -> tuple[Trial, ...]:
        """What is found of a network with each random state."""
        first: int = variant.recipe.plan.training.random_state
        return tuple(self._trial(variant, state) for state in range(first, first + seeds))

    def _trial(self, variant: Variant, state: int) -> Trial:
        name, shown = f"{variant.folder}-{state}", f"{variant.name}, random state {state}"
        model = self.trained.setdefault(f"{variant.training_key()} {state}", name)
        trial = self.folder.trial(name)
        if trial is not None:
            self.say(f"{shown} is done: {trial}")
            return trial
        self.say(shown)
        if model == name:
            trial = self._train(variant, state, name)
        else:  # it is trained already, and was measured otherwise
            trial = self._measure(variant, model)
        self.folder.keep(name, trial)
        self.say(f"{shown}: {trial}")
        return trial

    def _train(self, variant: Variant, state: int, name: str) -> Trial:
        recipe = variant.recipe
        training = recipe_training(recipe, self.place, description=variant.name)
        trial, _ = run_trial(
            training.with_state(state), self.material, self.fold,
            out=self.folder.model(name), validate_by_test=self.validates, answer=variant.answer,
            resume=self.resume, on_event=self.on_event, say=self.say,
        )  # fmt: skip
        return trial

    def _measure(self, variant: Variant, model: str) -> Trial:
        earlier = self.folder.trial(model)
        assert earlier is not None
        head = head_class(self.material.task).load(self.folder.model(model))
        return measured(head, self.fold, earlier.elapsed_s, earlier.tokens_per_s, variant.answer)

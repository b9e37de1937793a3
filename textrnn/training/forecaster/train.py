"""Training a forecaster in one call, from Python as from the shell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textrnn.training.forecaster.files import ForecasterFiles
from textrnn.training.train import (
    Data,
    OnMessage,
    PathLike,
    as_data,
    load_trained,
    train_model,
)

if TYPE_CHECKING:
    from textrnn.heads.forecaster.forecaster import Forecaster
    from textrnn.training.forecaster.plan import ForecasterPlan
    from textrnn.training.loop.events import OnEvent


def train_forecaster(
    train: Data,
    *,
    out: PathLike,
    validation: Data | None = None,
    targets: str | Sequence[str] = (),
    features: str | Sequence[str] = (),
    time: str | None = None,
    group: str | None = None,
    missing: str = "error",
    decimal: str | None = None,
    format: str | None = None,
    encoding: str = "utf-8",
    plan: ForecasterPlan | None = None,
    name: str = "",
    resume: bool = False,
    force: bool = False,
    on_event: OnEvent | None = None,
    on_message: OnMessage | None = None,
    **settings: Any,
) -> Forecaster:
    """Train a forecaster, write it as a bundle, and load it.

    Args:
        train: what to learn from: the path of a table; or an array (steps,) or (steps, columns), a
            list of numbers, a frame of pandas or Polars, a dictionary of columns, or
            :class:`textrnn.corpora.series.series.Series`.
        out: the folder that becomes the model.
        validation: the same as ``train``, to choose the epoch by and to measure intervals on; by
            default the end of each series.
        targets: the columns to forecast; by default all that hold numbers.
        features: further columns to read beside them.
        time: the column of the time; by default one that holds times.
        group: the column that tells several series apart.
        missing: what becomes of gaps: ``error``, ``interpolate`` or ``previous``.
        decimal: what divides wholes from parts in numbers; by default what the cells show.
        format: of the files.
        encoding: of the files.
        plan: all settings; what it leaves open follows from the series.
        name: the model's name.
        resume: go on where a stopped run left off.
        force: whether a model at ``out``, or the state of a stopped run, may be replaced.
        on_event: called after each step and epoch.
        on_message: called with a line on what happens.
        settings: settings that are to be other than the plan's, by the names that the options of
            ``textrnn train forecaster`` have.

    Returns:
        The model.

    Raises:
        ConfigurationError, InputError, TrainingError, MissingExtraError: as
            :func:`train_classifier`.

    Example:
        >>> model = textrnn.train_forecaster("power.csv", out="power", horizon=48)  # doctest: +SKIP
    """
    files = ForecasterFiles(
        as_data(train), as_data(validation), format, encoding, targets=_names(targets),
        features=_names(features), time=time, group=group, missing=missing, decimal=decimal,
    )  # fmt: skip
    manifest = train_model(
        "forecaster", files, settings, out=out, plan=plan, name=name, resume=resume, force=force,
        on_event=on_event, on_message=on_message,
    )  # fmt: skip
    model: Forecaster = load_trained(out, manifest, on_message=on_message)
    return model


def _names(given: str | Sequence[str]) -> tuple[str, ...]:
    """One name, or several."""
    return (given,) if isinstance(given, str) else tuple(given)

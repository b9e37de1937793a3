"""The course of a training run: ``history.csv`` and ``training.png``."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from textrnn.errors import MissingExtraError
from textrnn.offline import prepare_import

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LOSS, _VALIDATION, _KEPT = "#8a8f98", "#2563eb", "#b45309"
_OF_VALIDATION, _NO_SCORE = "validation_", "validation_loss_nats"


def validation_score(record: Mapping[str, float]) -> tuple[str, float]:
    """What an epoch's validation measured beside the loss, and how much it was.

    Example:
        >>> validation_score({"epoch": 1, "validation_loss_nats": 0.3, "validation_f1": 0.5})
        ('F1', 0.5)
    """
    name = next(n for n in record if n.startswith(_OF_VALIDATION) and n != _NO_SCORE)
    return name.removeprefix(_OF_VALIDATION).replace("f1", "F1"), record[name]


def loss_name(record: Mapping[str, float]) -> str:
    """What the loss of an epoch is called; forecasts are measured by errors, not in nats.

    Example:
        >>> loss_name({"validation_loss_nats": 0.3, "validation_f1": 0.5})
        'loss (nats)'
        >>> loss_name({"validation_loss_nats": 0.3, "validation_mse": 0.3})
        'loss'
    """
    return "loss" if "validation_mse" in record else "loss (nats)"


def history_files(
    history: Sequence[Mapping[str, float]], *, best_epoch: int, say: Callable[[str], None]
) -> dict[str, bytes]:
    """Both files; a model is not lost because the curves cannot be drawn.

    Args:
        history: one record an epoch.
        best_epoch: the epoch, from 1, whose weights were kept.
        say: told in a line why there is no picture.
    """
    files = {"history.csv": history_csv(history).encode("utf-8")}
    try:
        picture = io.BytesIO()
        training_figure(history, best_epoch=best_epoch).savefig(picture, format="png")
        files["training.png"] = picture.getvalue()
    except Exception as error:
        say(f"training.png could not be drawn: {type(error).__name__}: {error}")
    return files


def history_csv(history: Sequence[Mapping[str, float]]) -> str:
    """One line an epoch, under a header with the units in the names."""
    text = io.StringIO()
    names = list(history[0]) if history else ["epoch"]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    for record in history:
        writer.writerow({name: _short(value) for name, value in record.items()})
    return text.getvalue()


def training_figure(history: Sequence[Mapping[str, float]], *, best_epoch: int) -> Figure:
    """The losses and the validation score over the epochs.

    Args:
        history: one record an epoch, at least one.
        best_epoch: the epoch, from 1, whose weights were kept.

    Raises:
        MissingExtraError: Matplotlib is not installed.
    """
    prepare_import("matplotlib")
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.ticker import MaxNLocator
    except ModuleNotFoundError as error:
        raise MissingExtraError("drawing training.png", "train") from error
    epochs = [record["epoch"] for record in history]
    figure = Figure(figsize=(9, 3.6), dpi=130, layout="constrained")
    FigureCanvasAgg(figure)
    losses, course = figure.subplots(1, 2)
    losses.plot(epochs, [r["loss_nats"] for r in history], "o-", color=_LOSS, label="training")
    losses.plot(
        epochs,
        [r["validation_loss_nats"] for r in history],
        "o-",
        color=_VALIDATION,
        label="validation",
    )
    losses.set(title=loss_name(history[0]).capitalize(), xlabel="epoch")
    losses.legend(frameon=False)
    name, _ = validation_score(history[0])
    scores = [validation_score(record)[1] for record in history]
    course.plot(epochs, scores, "o-", color=_VALIDATION)
    best = scores[epochs.index(best_epoch)]
    course.plot([best_epoch], [best], "o", color=_KEPT, markersize=9)
    course.set(title=f"Validation {name} (kept: {best:.4f})", xlabel="epoch")
    for axes in (losses, course):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


def _short(value: float) -> str:
    return f"{value:.6g}"

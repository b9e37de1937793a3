"""Rich progress of a training run, on standard error."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

import click
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from textrnn.cli.parts.display import Display
from textrnn.reports.harmless import one_line
from textrnn.training.loop.history import duration, validation_score

if TYPE_CHECKING:
    from textrnn.training.loop.events import TrainingEvent

_LINE_EVERY = 200  # steps between lines of a log that is no terminal


class TrainingDisplay:
    """A bar with loss, rate and time left on a terminal; plain lines in a log; nothing if quiet.

    What cannot be shown is named once, and never ends a training.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._is_broken = False
        self._console = Display(stderr=True, quiet=quiet)
        self._bar = Progress(
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total}"),
            TextColumn("{task.fields[numbers]}"),
            TimeElapsedColumn(),
            console=self._console,
            disable=quiet or not self._console.is_terminal,
            redirect_stdout=False,
            transient=True,
        )
        self._task = self._bar.add_task("", total=None, epoch="", numbers="")

    def __enter__(self) -> TrainingDisplay:
        self._show(self._bar.start)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._show(self._bar.stop)

    def message(self, line: str) -> None:
        """Show a line."""
        name = "textrnn: " if line.startswith("note: ") else ""
        self._show(lambda: self._console.print(f"{name}{line}", soft_wrap=True))

    def event(self, event: TrainingEvent) -> None:
        """Show a step or an epoch's result."""
        self._show(lambda: self._show_event(event))

    def _show(self, show: Callable[[], None]) -> None:
        try:
            show()
        except Exception as error:
            if not self._is_broken:
                self._is_broken = True
                note = f"progress cannot be shown: {type(error).__name__}: {error}"
                click.echo(f"textrnn: note: {one_line(note)}", err=True)

    def _show_event(self, event: TrainingEvent) -> None:
        numbers = (
            f"loss {event.loss_nats:.4f}  {event.tokens_per_s:,.0f} tokens/s  "
            f"{duration(event.eta_s)} left"
        )
        epoch = f"{event.epoch}/{event.epochs}"
        self._bar.update(
            self._task, completed=event.step, total=event.steps, epoch=epoch, numbers=numbers
        )
        if event.record is not None:
            self.message(
                f"epoch {epoch}: loss {event.loss_nats:.4f}, validation loss "
                f"{event.record['validation_loss_nats']:.4f}, {_score(event.record)}, "
                f"{duration(event.record['elapsed_s'])}"
            )
        elif not self._console.is_terminal and event.step % _LINE_EVERY == 0:
            self.message(f"epoch {epoch}, step {event.step}/{event.steps}: {numbers}")


def _score(record: dict[str, float]) -> str:
    name, value = validation_score(record)
    return f"validation {name} {value:.{4 if value <= 1 else 2}f}"

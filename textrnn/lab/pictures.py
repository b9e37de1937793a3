"""The pictures of the lab's experiments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textrnn.reports.pictures import BLUE, GREY, RED, drawing, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from textrnn.lab.gradient_norms import GradientNorms

_COLOURS = {"rnn": RED, "lstm": BLUE, "gru": "#059669"}


def gradients_figure(found: GradientNorms) -> Figure:
    """Two panels: the gradient's length by distance, and the loss with and without clipping."""
    with drawing():
        figure = new_figure((10.0, 4.4))
        left, right = figure.subplots(1, 2, width_ratios=(3, 2))
        for curve in found.curves:
            style = {"random": "--", "trained": "-"}.get(curve.weights, ":")
            left.plot(curve.norms, style, color=_COLOURS[curve.cell], linewidth=2,
                      label=f"{curve.cell}, {curve.weights}")  # fmt: skip
        left.axhline(1.0, color=GREY, linewidth=0.8)
        left.set(yscale="log", xlabel="steps back", ylabel="length of the gradient")
        left.set_ylim(bottom=1e-12)
        left.set_title("Trained gates keep the gradient alive", loc="left")
        for descent, colour in zip(found.descents, (RED, BLUE), strict=True):
            label = f"clipped to {descent.clip_norm:g}" if descent.clip_norm else "not clipped"
            right.plot(descent.losses, color=colour, linewidth=2, label=label)
        right.set(yscale="log", xlabel="steps of gradient descent", ylabel="loss")
        right.set_title("An exploding gradient, clipped", loc="left")
        for axes in (left, right):
            _plain(axes)
    return figure


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)
    axes.legend(frameon=False, fontsize=8)

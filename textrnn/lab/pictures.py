"""The pictures of the lab's experiments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from textrnn.lab.cells.kinds import CELLS
from textrnn.lab.memory_span import TASKS, Memory
from textrnn.reports.harmless import one_line
from textrnn.reports.pictures import BLUE, GREY, RED, draw_plain, drawable, drawing, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from textrnn.lab.attention_shares import AttentionShares
    from textrnn.lab.gate_values import GateValues
    from textrnn.lab.gradient_norms import GradientNorms
    from textrnn.lab.next_tokens import NextTokens

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
        left.set_title("How far back the gradient reaches", loc="left")
        for descent, colour in zip(found.descents, (RED, BLUE), strict=True):
            label = f"clipped to {descent.clip_norm:g}" if descent.clip_norm else "not clipped"
            right.plot(descent.losses, color=colour, linewidth=2, label=label)
        right.set(yscale="log", xlabel="steps of gradient descent", ylabel="loss")
        right.set_title("An exploding gradient, clipped", loc="left")
        for axes in (left, right):
            _with_legend(axes)
    return figure


def gates_figure(found: GateValues) -> Figure:
    """A heat map for each value of a cell, tokens from left to right and units from top to bottom,
    with its equation; below them the path of the state.
    """
    roles = CELLS[found.cell].roles
    with drawing():
        tokens = drawable([one_line(token) or "␣" for token in found.tokens])
        width = 2.4 + 0.42 * len(tokens)
        height = 0.5 + 0.08 * len(found.shown)
        figure = new_figure((min(max(width, 7.0), 24.0), (height + 0.35) * len(roles) + 4.6))
        heights = [*([height] * len(roles)), 3.6]
        *maps, below = figure.subplots(len(roles) + 1, 1, height_ratios=heights)
        for axes, (name, role) in zip(maps, roles.items(), strict=True):
            rows = np.array([unit.values[name] for unit in found.shown])
            _heat_map(axes, rows, is_share=name in found.means)
            axes.set_title(f"{name} = {found.equations[name]}   ({role})", loc="left", fontsize=10)
            axes.set_ylabel("units", fontsize=8)
        _name_tokens(maps[-1], tokens)
        _draw_path(below, found, tokens)
    return figure


def _heat_map(axes: Axes, rows: Any, *, is_share: bool) -> None:
    """Numbers as colours: shares from 0 to 1, others around 0."""
    most = max(1.0, float(np.abs(rows).max()))
    colours = ("Oranges", 0.0, 1.0) if is_share else ("PuOr_r", -most, most)
    image = axes.imshow(rows, cmap=colours[0], vmin=colours[1], vmax=colours[2], aspect="auto")
    axes.figure.colorbar(image, ax=axes, pad=0.01, aspect=8)
    axes.set_xticks([])
    axes.set_yticks([])


def _name_tokens(axes: Axes, tokens: list[str]) -> None:
    style: dict[str, Any] = {"parse_math": False, "fontsize": 9}
    turned: dict[str, Any] = {"rotation": 90} if max(map(len, tokens)) > 3 else {}
    axes.set_xticks(range(len(tokens)), tokens, **style, **turned)
    axes.tick_params(length=0)


def _draw_path(axes: Axes, found: GateValues, tokens: list[str]) -> None:
    """The state after each token in two dimensions, one joined to the next."""
    x, y = np.array(found.path).T
    axes.plot(x, y, color=GREY, linewidth=1, alpha=0.7)
    axes.scatter(x, y, c=range(len(x)), cmap="viridis_r", s=26, zorder=3)
    for token, place in zip(tokens, found.path, strict=True):
        axes.annotate(token, place, xytext=(4, 3), textcoords="offset points", fontsize=9,
                      parse_math=False)  # fmt: skip
    axes.set_title(
        "The path of the state, in its two principal components", loc="left", fontsize=10
    )
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(0.1)


def attention_figure(found: AttentionShares) -> Figure:
    """Of a classifier the shares of the tokens as bars; of a translator two matrices, the source
    along the top; before training and after.
    """
    with drawing():
        source = drawable([one_line(token) or "␣" for token in found.source])
        width = min(max(7.0, 1.5 + 0.42 * len(source)), 24.0)
        if not found.target:
            figure = new_figure((width, 3.6))
            axes = figure.subplots()
            places = np.arange(len(source))
            axes.bar(places - 0.2, found.before[0], 0.4, color=GREY, label="before training")
            axes.bar(places + 0.2, found.after[0], 0.4, color=BLUE, label="after training")
            axes.set_title("Share of the attention", loc="left")
            _with_legend(axes)
            _name_tokens(axes, source)
            return figure
        target = drawable([one_line(token) or "␣" for token in found.target])
        figure = new_figure((2 * width, 1.5 + 0.3 * len(target)))
        for axes, rows, name in zip(
            figure.subplots(1, 2), (found.before, found.after), ("before", "after"), strict=True
        ):
            axes.imshow(rows, cmap="Blues", vmin=0, vmax=1, aspect="auto")
            axes.set_title(f"{name} training", loc="left")
            axes.xaxis.tick_top()
            _name_tokens(axes, source)
            axes.set_yticks(range(len(target)), target, parse_math=False)
    return figure


def sampling_figure(found: NextTokens) -> Figure:
    """A panel a setting: the most probable tokens as bars, and how much is left of the rest."""
    with drawing():
        tokens = drawable(found.tokens)
        count = len(found.settings)
        most = max(max(setting.probabilities) for setting in found.settings)
        figure = new_figure((1.6 + 1.45 * count, 1.4 + 0.28 * len(tokens)))
        panels = figure.subplots(1, count, sharey=True, squeeze=False)[0]
        for axes, setting in zip(panels, found.settings, strict=True):
            axes.barh(range(len(tokens)), setting.probabilities, color=BLUE)
            axes.set_title(setting.name, loc="left")
            axes.set_xlabel(f"{setting.entropy_bits:.1f} bits\n{setting.left:,} left", fontsize=9)
            axes.set_xlim(0, 1.05 * most)
            axes.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
            axes.spines[["top", "right"]].set_visible(False)
        panels[0].set_yticks(range(len(tokens)), tokens, parse_math=False)
        panels[0].invert_yaxis()
    return figure


def memory_figure(found: Memory) -> Figure:
    """For each task the score by distance, and the loss as it was learned."""
    names = list(dict.fromkeys(result.task for result in found.results))
    with drawing():
        figure = new_figure((10.0, 3.4 * len(names)))
        panels = figure.subplots(len(names), 2, squeeze=False)
        for (scores, losses), name in zip(panels, names, strict=True):
            task = TASKS[name]
            for result in (one for one in found.results if one.task == name):
                style: dict[str, Any] = {"color": _COLOURS[result.cell], "label": result.cell}
                scores.plot(found.distances, result.scores, "o-", linewidth=2, **style)
                batches = np.linspace(0, found.steps, len(result.losses))
                losses.plot(batches, result.losses, linewidth=2, **style)
            scores.axhline(task.chance, color=GREY, linestyle="--", linewidth=1, label="no memory")
            scores.axvspan(found.length, found.distances[-1], color=GREY, alpha=0.08)
            scores.set(xlabel="distance (grey: farther than in training)", ylabel=task.score_name)
            scores.set_title(name, loc="left")
            losses.set(xlabel="batches", ylabel="loss")
            losses.set_title(f"{name}, as it is learned", loc="left")
            for axes in (scores, losses):
                _with_legend(axes)
    return figure


def _with_legend(axes: Axes) -> None:
    draw_plain(axes)
    axes.legend(frameon=False, fontsize=8)

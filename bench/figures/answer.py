"""The answer for one video: its frames, its scores, and the activation over its clips."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec

from bench.errors import BenchError
from bench.predicting import Predicted

INK, STRONG, WEAK = "#222222", "#0072b2", "#b8c9d6"
"""Okabe and Ito's blue, told apart from its pale neighbour by any eye and in print."""

FORMATS = (".png", ".pdf", ".svg")
"""How the name of a picture ends."""

_MOST = 10
"""So many frames stand in a row; of more, evenly spread ones."""


def draw_answer(found: Predicted, title: str, path: Path) -> None:
    """Write the picture as PNG, PDF or SVG, as the name of the file ends.

    Args:
        found: the answer.
        title: of the picture.
        path: file to write.

    Raises:
        BenchError: it cannot be written.
    """
    require_format(path)
    rows = 3 if found.clip_scores else 2
    figure = Figure(figsize=(8, 1.9 + 0.28 * len(found.classes) + 1.6 * (rows - 2)))
    heights = [1.2, 0.28 * len(found.classes), *[1.2] * (rows - 2)]
    grid = GridSpec(rows, 1, figure, height_ratios=heights, hspace=0.45, top=0.9, bottom=0.12)
    figure.suptitle(title, x=0.12, ha="left", fontsize=11, color=INK)
    _frames(figure, grid, found)
    _scores(figure.add_subplot(grid[1]), found)
    if found.clip_scores:
        _clips(figure.add_subplot(grid[2]), found)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=150)
    except OSError as error:
        raise BenchError(
            f"picture {path} cannot be written: {error.strerror}. Free space or permissions, or "
            f"choose another path."
        ) from error


def require_format(path: Path) -> None:
    """Refuse a picture of another kind than we draw.

    Raises:
        BenchError: the name of the file ends in something else.
    """
    if path.suffix.lower() not in FORMATS:
        raise BenchError(
            f"picture {path} ends in {path.suffix!r}; expected {', '.join(FORMATS)}. Choose one "
            f"of these."
        )


def _frames(figure: Figure, grid: GridSpec, found: Predicted) -> None:
    count = min(_MOST, len(found.shown))
    chosen = np.linspace(0, len(found.shown) - 1, count).round().astype(int)
    strip = grid[0].subgridspec(1, count, wspace=0.06)
    for place, number in enumerate(chosen):
        axes = figure.add_subplot(strip[place])
        axes.imshow(found.shown[number])
        axes.set(xticks=[], yticks=[])
        axes.set_xlabel(str(found.frames[number]), fontsize=7, labelpad=2, color=INK)
        for side in axes.spines.values():
            side.set_visible(False)
        if place == 0:
            axes.set_ylabel("frame", fontsize=8, color=INK)


def _scores(axes: Axes, found: Predicted) -> None:
    best = max(found.scores)
    colours = [STRONG if score == best else WEAK for score in found.scores]
    bars = axes.barh(found.classes, found.scores, color=colours, height=0.7)
    axes.bar_label(bars, [f"{score:.2f}" for score in found.scores], padding=3, fontsize=8)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.08)
    axes.set_xlabel("score", fontsize=8)
    _plain(axes)


def _clips(axes: Axes, found: Predicted) -> None:
    best = max(found.clip_scores)
    names = _labels(found.spans)
    colours = [STRONG if score == best else WEAK for score in found.clip_scores]
    # clips of a short video may span the same frames, and each has its bar
    axes.bar(range(len(names)), found.clip_scores, color=colours, width=0.7, tick_label=names)
    axes.set_ylabel("activation", fontsize=8)
    axes.set_xlabel("frames of the clip; the located one is dark", fontsize=8)
    _plain(axes)


def _labels(spans: Sequence[tuple[int, int]]) -> list[str]:
    return [f"{first}–{last - 1}" for first, last in spans]


def _plain(axes: Axes) -> None:
    axes.tick_params(labelsize=8, length=0, colors=INK)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)

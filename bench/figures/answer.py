"""The answer for one video: its frames, its scores, and the activation over its clips."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.errors import BenchError
from bench.predicting import Predicted

INK, STRONG, WEAK = "#222222", "#0072b2", "#b8c9d6"
"""Okabe and Ito's blue, told apart from its pale neighbour by any eye and in print."""

_WIDTH, _LEFT, _RIGHT = 8.0, 1.1, 0.4
"""Of the figure and its margins, in inches, as all lengths here."""

_TITLE, _GAP, _CLASS, _CLIPS, _LARGEST = 0.55, 0.45, 0.27, 0.9, 1.4
"""Heights of the title, of the space under a row, of a class, of the bars over clips, and of the
largest frame."""

FORMATS = (".png", ".pdf", ".svg")
"""How the name of a picture ends."""

_MOST = 10
"""So many frames or clips stand in a row; of more, evenly spread ones."""


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
    shown = _shown(found)
    cell = min((_WIDTH - _LEFT - _RIGHT) / len(shown), _LARGEST)
    clips = _CLIPS + _GAP if found.clip_scores else 0.0
    scores = _CLASS * len(found.classes)
    height = _TITLE + cell + _GAP + clips + scores + 0.15
    figure = Figure(figsize=(_WIDTH, height))

    def axes(left: float, top: float, width: float, tall: float) -> Axes:
        place = (left / _WIDTH, 1 - (top + tall) / height, width / _WIDTH, tall / height)
        return figure.add_axes(place)

    figure.text(_LEFT / _WIDTH, 1 - 0.33 / height, title, fontsize=11, color=INK)
    _frames(axes(_LEFT, _TITLE, cell * len(shown), cell), found, shown)
    under = _TITLE + cell + _GAP
    if found.clip_scores:
        _clips(axes(_LEFT, under - 0.15, cell * len(shown), _CLIPS), found, shown)
    _scores(axes(_LEFT, under + clips, _WIDTH - _LEFT - _RIGHT, scores), found)
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


def _shown(found: Predicted) -> list[int]:
    """Which frames stand in the row: the middle one of each clip, or evenly spread ones."""
    total = len(found.shown)
    parts = len(found.clip_scores) or total
    chosen = np.linspace(0, parts - 1, min(_MOST, parts)).round().astype(int)
    if found.clip_scores:  # the located clip is always shown
        located = int(np.argmax(found.clip_scores))
        chosen[np.abs(chosen - located).argmin()] = located
    each = total // parts
    return [int(part) * each + each // 2 for part in chosen]


def _frames(axes: Axes, found: Predicted, shown: list[int]) -> None:
    """A row of frames with their numbers."""
    for place, number in enumerate(shown):
        axes.imshow(found.shown[number], extent=(place + 0.02, place + 0.98, 0.02, 0.98))
    axes.set(xlim=(0, len(shown)), ylim=(0, 1), yticks=[])
    axes.set_xticks([place + 0.5 for place in range(len(shown))])
    axes.set_xticklabels([str(found.frames[number]) for number in shown])
    axes.set_ylabel("frame", fontsize=8, color=INK, rotation=0, ha="right", va="center")
    _plain(axes, sides=())


def _clips(axes: Axes, found: Predicted, shown: list[int]) -> None:
    """Under the middle frame of each clip the activation of the clip."""
    each = len(found.shown) // len(found.clip_scores)
    chosen = [number // each for number in shown]
    best = max(found.clip_scores)
    scores = [found.clip_scores[clip] for clip in chosen]
    colours = [STRONG if score == best else WEAK for score in scores]
    bars = axes.bar([place + 0.5 for place in range(len(chosen))], scores, color=colours, width=0.9)
    axes.bar_label(bars, [f"{score:.2f}" for score in scores], padding=2, fontsize=8)
    axes.set(xlim=(0, len(chosen)), ylim=(0, 1.25 * best), yticks=[])
    # clips of a short video may span the same frames, and each has its bar
    spans = [found.spans[clip] for clip in chosen]
    axes.set_xticks([place + 0.5 for place in range(len(chosen))])
    axes.set_xticklabels([f"{first}–{last - 1}" for first, last in spans])
    axes.set_ylabel(
        "activation\nof the clip", fontsize=8, color=INK, rotation=0, ha="right", va="center"
    )
    _plain(axes, sides=("bottom",))


def _scores(axes: Axes, found: Predicted) -> None:
    best = max(found.scores)
    colours = [STRONG if score == best else WEAK for score in found.scores]
    bars = axes.barh(found.classes, found.scores, color=colours, height=0.75)
    axes.bar_label(bars, [f"{score:.2f}" for score in found.scores], padding=3, fontsize=8)
    axes.invert_yaxis()
    axes.set(xlim=(0, 1.05), xticks=[])
    _plain(axes, sides=("left",))


def _plain(axes: Axes, sides: tuple[str, ...]) -> None:
    axes.tick_params(labelsize=8, length=0, colors=INK)
    for name, spine in axes.spines.items():
        spine.set_visible(name in sides)
        spine.set_color(INK)

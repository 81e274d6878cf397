"""Which class was taken for which: a confusion matrix a panel (Fig. 5 of the CEFLNet paper)."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from matplotlib.axes import Axes

from bench.figures.drawing import Drawing
from bench.figures.groups import Group, System, said, slug
from bench.figures.style import COLUMN, INK, PAGE, SMALL, blank, in_style
from bench.measurement import accuracy

_MANY = 4
"""More panels than this are three in a row, and their cells have room for the share alone."""


class _Panel(NamedTuple):
    title: str
    system: System


@in_style
def confusions(groups: Sequence[Group], over: Literal["models", "datasets"]) -> list[Drawing]:
    """Row-normalised matrices, the predictions of all folds and seeds pooled in each.

    Args:
        groups: what may share a picture.
        over: models: a figure for each group, a panel a model; datasets: a figure for each model,
            a panel a group, so that nothing is mixed within a panel either.
    """
    if over == "models":
        return [
            _drawing(
                f"confusion-{group.stem}",
                [_Panel(system.title, system) for system in group.systems],
                group.title,
                group.caption(_about(group.systems)),
            )
            for group in groups
        ]
    models = dict.fromkeys(system.request.model.name for g in groups for system in g.systems)
    return [_of_model(name, groups) for name in models]


def _of_model(name: str, groups: Sequence[Group]) -> Drawing:
    mine = [(g, s) for g in groups for s in g.systems if s.request.model.name == name]
    synthetic = all(system.request.synthetic for _, system in mine)
    captions = [_about([system for _, system in mine])]
    captions += [group.caption() for group, _ in mine]
    return _drawing(
        slug("confusion", name),
        [_Panel(group.title.replace(" · ", "\n", 1), system) for group, system in mine],
        mine[0][1].request.model.title + (" (SYNTHETIC DATA)" if synthetic else ""),
        "\n".join(filter(None, captions)),
    )


def _about(systems: Sequence[System]) -> str:
    folds = "; ".join(f"{system.title}: {said(system)}" for system in systems)
    return (
        "Confusion matrices: rows are true classes with their number of videos, columns answers; "
        "cells are percent of the row and, where there is room, counts, all folds and seeds "
        f"pooled; UAR above. {folds}."
    )


def _drawing(name: str, panels: Sequence[_Panel], foot: str, caption: str) -> Drawing:
    columns = 1 if len(panels) == 1 else 2 if len(panels) <= _MANY else 3
    rows = -(-len(panels) // columns)
    width = COLUMN if columns == 1 else PAGE
    figure = blank(width, rows * (width / columns * 0.98) + 0.25, foot)
    for place, panel in enumerate(panels):
        _matrix(figure.add_subplot(rows, columns, place + 1), panel, counted=columns < 3)
    return Drawing(name, figure, caption)


def _matrix(axes: Axes, panel: _Panel, *, counted: bool) -> None:
    classes = panel.system.request.classes
    counts = np.sum([result.counts for result in panel.system.results], axis=0)
    answers = [*classes, "no answer"]
    videos = counts.sum(axis=1)
    uar = accuracy.uar(counts)
    if not counts[:, -1].any():
        counts, answers = counts[:, :-1], answers[:-1]
    with np.errstate(invalid="ignore"):
        shares = np.nan_to_num(counts / videos[:, None])
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    size = min(SMALL, 60 / len(classes)) - (0 if counted else 0.5)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            share = shares[row, column]
            text = f"{100 * share:.0f}" + (f"\n({count})" if counted and len(classes) < 9 else "")
            colour = "white" if share > 0.55 else INK
            axes.text(column, row, text, ha="center", va="center", fontsize=size, color=colour)
    axes.set_xticks(range(len(answers)), answers, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_yticks(
        range(len(classes)), [f"{name} ({n})" for name, n in zip(classes, videos, strict=True)]
    )
    axes.tick_params(length=0)
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color("#bbbbbb")
    axes.set_title(f"{panel.title}\nUAR {100 * uar:.1f} %", fontsize=SMALL + 0.5)

"""Critical-difference diagram: mean ranks on a line, and bars over what a test cannot separate."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from matplotlib.axes import Axes

from bench.errors import BenchError
from bench.figures.drawing import Drawing
from bench.figures.groups import Group, Metric, System, is_complete, listed
from bench.figures.style import INK, PAGE, SMALL, blank, in_style


@dataclass(frozen=True, slots=True)
class Ranked:
    """Mean ranks of systems over datasets, rank 1 the best."""

    ranks: Sequence[tuple[str, float]]
    """(title, mean rank), in any order; at least two."""
    difference: float
    """Nemenyi's critical difference."""
    title: str
    """What was ranked, on which datasets, at what level; SYNTHETIC DATA where it is."""


_SHARED = ("data", "preset", "preset_hash", "regime", "objective", "selection", "made")
"""What groups must share for their datasets to be ranked together."""


_Name: TypeAlias = tuple[str, str, str]
"""Model, first weights, recipe."""


def rankings(groups: Sequence[Group], metric: Metric = "uar") -> list[Drawing]:
    """Rank the systems that have all folds of every dataset, wherever there are enough datasets.

    A system is a model with its first weights and recipe; of several that share these none is
    ranked, since a choice among them would be one on the test videos.

    Args:
        groups: what may share a picture; of a dataset with several the first one counts.
        metric: the score that is ranked.

    Raises:
        BenchError: there are too few datasets or models for a test, and why.
    """
    sets: dict[tuple[str, ...], dict[str, Group]] = defaultdict(dict)
    for group in groups:
        shared = tuple(group.key[name] for name in _SHARED)
        sets[shared].setdefault(group.key["dataset"], group)
    found: list[Drawing] = []
    refusals: list[BenchError] = []
    for datasets in sorted(sets.values(), key=len, reverse=True):
        try:
            found.append(_ranked(list(datasets.values()), metric, len(found)))
        except BenchError as refused:
            refusals.append(refused)
    if not found:
        raise refusals[0]
    return found


def _ranked(groups: Sequence[Group], metric: Metric, before: int) -> Drawing:
    from bench.statistics import ranking

    complete = [_complete(group) for group in groups]
    whole = [name for name in complete[0] if all(name in systems for systems in complete)]
    scores = [[systems[name].row[metric] for name in whole] for systems in complete]
    found = ranking(np.asarray(scores, dtype=np.float64).reshape(len(groups), len(whole)))
    titles = _titles(whole, complete[0])
    synthetic = " (SYNTHETIC DATA)" if groups[0].key["data"] == "synthetic" else ""
    ranked_ones = {name[0] for name in whole}
    lacking = sorted({s.request.model.name for g in groups for s in g.systems} - ranked_ones)
    ranked = Ranked(
        tuple(zip(titles, found.ranks, strict=True)),
        found.critical,
        f"{metric.upper()} on {listed(group.key['dataset'] for group in groups)}, preset "
        f"{groups[0].key['preset']}, level 5 %, Friedman p = {found.p:.3g}{synthetic}",
    )
    drawn = critical_difference(
        ranked, "critical-difference" + (f"-{before + 1}" if before else "")
    )
    more = (
        f"Not ranked, without all folds of every dataset or with several results of the same "
        f"weights and recipe: {listed(lacking)}."
        if lacking
        else ""
    )
    caption = "\n".join(filter(None, (drawn.caption, *(f"{g.title}." for g in groups), more)))
    return Drawing(drawn.name, drawn.figure, caption)


def _complete(group: Group) -> dict[_Name, System]:
    """Systems that have all folds, by what they are on every dataset; those that stand once."""
    names = [_name(system) for system in group.systems]
    return {
        name: system
        for name, system in zip(names, group.systems, strict=True)
        if names.count(name) == 1 and is_complete(system)
    }


def _name(system: System) -> _Name:
    return system.request.model.name, system.row["weights"], system.row["recipe"]


def _titles(names: Sequence[_Name], systems: Mapping[_Name, System]) -> list[str]:
    """Titles of models, with weights and recipe where one model is ranked more than once."""
    models = [name[0] for name in names]
    return [
        systems[name].request.model.title
        + (f" ({name[1]}, {name[2]})" if models.count(name[0]) > 1 else "")
        for name in names
    ]


@in_style
def critical_difference(ranked: Ranked, name: str = "critical-difference") -> Drawing:
    """Draw mean ranks and the groups whose ranks differ by less than the critical difference."""
    ranks = sorted(ranked.ranks, key=lambda pair: (pair[1], pair[0]))
    lines = -(-len(ranks) // 2)
    bars = cliques([rank for _, rank in ranks], ranked.difference)
    top = 0.5 + 0.18 * len(bars)
    height = 0.95 + 0.18 * len(bars) + 0.2 * lines
    figure = blank(PAGE, height, ranked.title)
    axes = figure.subplots()
    most = len(ranks)
    axes.set(xlim=(1 - 0.45 * most, 1.45 * most), ylim=(top + 0.2 * lines + 0.05, -0.42))
    axes.axis("off")
    _scale(axes, most)
    axes.plot([1, 1 + ranked.difference], [-0.27, -0.27], "|-", color=INK, lw=1.2, markersize=5)
    axes.text(
        1 + ranked.difference / 2, -0.31, f"CD = {ranked.difference:.2f}", ha="center", va="bottom"
    )
    for number, (first, last) in enumerate(bars):
        y = 0.2 + 0.18 * number
        ends = [ranks[first][1] - 0.03, ranks[last][1] + 0.03]
        axes.plot(ends, [y, y], color=INK, lw=3, solid_capstyle="butt")
    for number, (title, rank) in enumerate(ranks):
        left = number < lines
        row = number if left else len(ranks) - 1 - number
        y, end = top + 0.2 * row, (0.8 if left else most + 0.2)
        axes.plot([rank, rank, end], [0, y, y], color=INK, lw=0.7)
        text = f"{title}  {rank:.2f}" if left else f"{rank:.2f}  {title}"
        x, side = (end - 0.05, "right") if left else (end + 0.05, "left")
        axes.text(x, y, text, ha=side, va="center", fontsize=SMALL)
    said = ", ".join(f"{title} {rank:.2f}" for title, rank in ranks)
    return Drawing(
        name,
        figure,
        f"Critical-difference diagram: mean ranks, 1 the best; bars join systems whose mean ranks "
        f"differ by less than the critical difference {ranked.difference:.2f} of Nemenyi's test. "
        f"Mean ranks: {said}.\n{ranked.title}.",
    )


def cliques(ranks: Sequence[float], difference: float) -> list[tuple[int, int]]:
    """Longest runs of neighbours that no more than the critical difference separates.

    Args:
        ranks: increasing.
        difference: Nemenyi's.

    Returns:
        (first, last) positions, runs of one and runs within others left out.
    """
    found: list[tuple[int, int]] = []
    for first in range(len(ranks)):
        last = max(n for n in range(first, len(ranks)) if ranks[n] - ranks[first] <= difference)
        if last > first and (not found or last > found[-1][1]):
            found.append((first, last))
    return found


def _scale(axes: Axes, most: int) -> None:
    axes.plot([1, most], [0, 0], color=INK, lw=0.8)
    for rank in range(1, most + 1):
        axes.plot([rank, rank], [0, -0.06], color=INK, lw=0.8)
        axes.text(rank, -0.08, str(rank), ha="center", va="bottom", fontsize=SMALL)

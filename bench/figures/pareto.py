"""Accuracy against what it costs: MACs, and latency on each machine, with the Pareto front."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from bench.errors import BenchError
from bench.figures.drawing import Drawing
from bench.figures.groups import Group, Metric, System, is_complete, listed, said
from bench.figures.names import put_names
from bench.figures.style import COLUMN, GREY, PAGE, blank, grid, in_style, look
from bench.records import CostRecord
from bench.tables.cost import beside
from bench.tables.cost.timings import Place

_NAMED = 14
"""Of more systems only those of the front are named, and the caption names the others."""


@dataclass(frozen=True, slots=True)
class _Axis:
    label: str
    column: str
    """Of the rows of the table."""
    scale: float


@in_style
def paretos(
    groups: Sequence[Group], costs: Sequence[CostRecord], metric: Metric = "uar"
) -> list[Drawing]:
    """A figure for each group: a panel for MACs, and one for each machine that timed a system.

    Args:
        groups: what may share a picture.
        costs: whatever is stored.
        metric: the score that is drawn, pooled over folds as in the table.

    Raises:
        BenchError: no system has a cost.
    """
    found = [drawing for group in groups if (drawing := _drawing(group, costs, metric))]
    if not found:
        models = sorted({s.request.model.name for group in groups for s in group.systems})
        raise BenchError(
            f"no cost is stored of {listed(models)}. Run `bench cost --model {','.join(models)}` "
            f"first."
        )
    return found


def front(points: Sequence[tuple[float, float]]) -> list[int]:
    """Which points no other one beats, the cheapest first.

    Args:
        points: (cost, score) pairs; one beats another that is no cheaper and no better, unless
            both are equal.
    """
    order = sorted(range(len(points)), key=lambda n: (points[n][0], -points[n][1], n))
    best, kept = float("-inf"), list[int]()
    for number in order:
        cost, score = points[number]
        if score > best or (kept and points[kept[-1]] == (cost, score)):
            kept.append(number)
            best = score
    return kept


def _drawing(group: Group, costs: Sequence[CostRecord], metric: Metric) -> Drawing | None:
    axes = [
        a for a in _axes(group, costs) if any(s.row[a.column] is not None for s in group.systems)
    ]
    if not axes:
        return None
    columns = min(len(axes), 2)
    lines = -(-len(axes) // columns)
    figure = blank(COLUMN if columns == 1 else PAGE, 2.7 * lines + 0.3, group.title)
    places = [figure.add_subplot(lines, columns, n + 1) for n in range(len(axes))]
    names = [
        _panel(place, group.systems, axis, metric) for place, axis in zip(places, axes, strict=True)
    ]
    for write in names:  # when the page is laid out
        write()
    return Drawing(f"pareto-{group.stem}", figure, _caption(group, axes, metric))


def _axes(group: Group, costs: Sequence[CostRecord]) -> list[_Axis]:
    places = beside.places(costs, [system.request for system in group.systems])
    return [
        _Axis("GMACs per video", "macs", 1e-9),
        *(_Axis(_at(p), p.column("latency_p50_ms"), 1.0) for p in places),
    ]


def _at(place: Place) -> str:
    quick = " (QUICK)" if place.quick else ""
    return f"latency p50 in ms{quick}\n{place.machine}, {place.choices[0]}, {place.choices[1]}"


def _panel(
    axes: Axes, systems: Sequence[System], axis: _Axis, metric: Metric
) -> Callable[[], None]:
    shown = [system for system in systems if system.row[axis.column] is not None]
    points = [(axis.scale * s.row[axis.column], 100 * s.row[metric]) for s in shown]
    whole = [n for n, s in enumerate(shown) if is_complete(s)]
    best = [whole[n] for n in front([points[n] for n in whole])]
    line = _stairs([points[n] for n in best])
    if line:
        axes.plot(*zip(*line, strict=True), "--", color=GREY, lw=0.8)
    for number, point in enumerate(points):
        style = look(systems.index(shown[number]))
        face = style["color"] if number in best else "white"
        axes.plot(*point, linestyle="", markersize=4.5, markerfacecolor=face, **style)
    axes.set_xscale("log")
    _room(axes, [x for x, _ in points])
    axes.margins(y=0.18)
    axes.set(xlabel=axis.label, ylabel=f"{metric.upper()} %")
    grid(axes)
    everyone = len(shown) <= _NAMED
    names = [_titled(s) if everyone or n in best else "" for n, s in enumerate(shown)]
    return lambda: put_names(axes, points, names, line)


def _titled(system: System) -> str:
    return system.title if is_complete(system) else f"{system.title}*"


def _stairs(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Level to the next dearer point, then up to it."""
    corners = [(right[0], left[1]) for left, right in pairwise(points)]
    return [p for both in zip_longest(points, corners) for p in both if p]


def _room(axes: Axes, costs: Sequence[float]) -> None:
    """A third of a decade on both sides for names, and ticks that are numbers."""
    axes.set_xlim(min(costs) / 2.2, max(costs) * 2.2)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _caption(group: Group, axes: Sequence[_Axis], metric: Metric) -> str:
    lacking = [s.title for s in group.systems if any(s.row[a.column] is None for a in axes)]
    unnamed = len(group.systems) > _NAMED
    return group.caption(
        f"{metric.upper()} (folds pooled, mean over seeds) against cost; dashed with filled "
        "markers: the Pareto front, which no system beats in both.",
        f"{'; '.join(f'{s.title}: {said(s)}' for s in group.systems)}.",
        f"Only systems of a front are named; drawn are {listed(s.title for s in group.systems)}."
        if unnamed
        else "",
        "* lacks folds: its score does not compare, and it is in no front."
        if not all(map(is_complete, group.systems))
        else "",
        f"Without a cost in some panel: {listed(lacking)}; `bench cost` counts and times them."
        if lacking
        else "",
    )

"""Accuracy against clips of a video and frames of a clip, with MACs (Fig. 8, Table 9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeAlias

from matplotlib.axes import Axes

from bench.errors import BenchError
from bench.figures.drawing import Drawing
from bench.figures.groups import Group, Metric, System, file_name, fold_score, over_folds, said
from bench.figures.style import BLUE, GREY, INK, PAGE, VERMILLION, blank, grid, in_style
from bench.records import DatasetEntry
from bench.tables.reported import Quotes
from bench.variants import LENGTHS

_Points: TypeAlias = dict[str, list[tuple[int, System]]]

_AXES = {"clips": "clips per video", "frames": "frames per clip"}


@dataclass(frozen=True, slots=True)
class _Sweep:
    base: System
    points: _Points
    """clips or frames -> (number, the system of that length), by number, the entry among them."""
    reported: Sequence[tuple[int, float]]
    """(frames per clip, accuracy) of the paper, where the setting is the same."""


@in_style
def lengths(
    groups: Sequence[Group],
    metric: Metric = "uar",
    quotes: Quotes = (),
    entries: Mapping[str, DatasetEntry] | None = None,
) -> list[Drawing]:
    """A figure for each group and model that was swept.

    Args:
        groups: what may share a picture.
        metric: the score that is drawn.
        quotes: reported numbers; Table 9 is drawn hollow beside accuracy on the same real data.
        entries: datasets of the registry by name, for their names in papers.

    Raises:
        BenchError: nothing was swept.
    """
    found = [
        _drawing(
            group, _Sweep(base, points, _reported(base, metric, quotes, entries or {})), metric
        )
        for group in groups
        for base in group.systems
        if "@" not in base.request.model.name
        for points in [_shared(_points(group, base))]
        if points
    ]
    if not found:
        raise BenchError(
            "no stored model was swept over clips or frames on folds that its lengths share. Run "
            "`bench run --model ceflnet --dataset NAME --sweep clips=1,3,5,7 "
            "frames=2,5,10,15` first."
        )
    return found


def _points(group: Group, base: System) -> _Points:
    """Lengths of which at least two are there, each varied alone."""
    name = base.request.model.name
    found: _Points = {}
    for key in LENGTHS:
        swept = [s for s in group.systems if _varies(s, name, key) and _made(s) == _made(base)]
        if swept:
            numbers = [(getattr(s.request.model.input.test, key), s) for s in (base, *swept)]
            found[key] = sorted(
                ((number, system) for number, system in numbers if number is not None),
                key=lambda point: point[0],
            )
    return found


def _shared(points: _Points) -> _Points:
    """The same lengths, each on the folds and seeds that all of them have: else none."""
    every = [system for column in points.values() for _, system in column]
    done = [{(r.seed, r.fold) for r in system.results} for system in every]
    common = set[tuple[int, int]]().union(*done).intersection(*done)

    def cut(system: System) -> System:
        return replace(
            system, results=tuple(r for r in system.results if (r.seed, r.fold) in common)
        )

    if not common:
        return {}
    return {key: [(number, cut(s)) for number, s in column] for key, column in points.items()}


def _made(system: System) -> tuple[str, str]:
    """First weights and recipe, which the points of one line have in common."""
    return system.row["weights"], system.row["recipe"]


def _varies(system: System, base: str, key: str) -> bool:
    model, at, change = system.request.model.name.partition("@")
    return model == base and bool(at) and change.startswith(f"{key}=") and "+" not in change


def _reported(
    base: System, metric: Metric, quotes: Quotes, entries: Mapping[str, DatasetEntry]
) -> list[tuple[int, float]]:
    """The paper's accuracies, which are WAR, where data, clips and size are the same."""
    request = base.request
    sampling, entry = request.model.input.test, entries.get(request.dataset)
    other = request.synthetic or request.train_on or request.harmonised or metric != "war"
    published = (request.model.input.size, sampling.clips, request.preset.name)
    if other or entry is None or published != (224, 7, "full"):
        return []
    return sorted(
        (int(row["frames_per_clip"]), float(row["value"]) / 100)
        for row in quotes
        if row["table"] == "Table 9"
        and row["frames_per_clip"]
        and row["system"] in request.model.reported
        and row["dataset"] in entry.reported
    )


def _drawing(group: Group, sweep: _Sweep, metric: Metric) -> Drawing:
    figure = blank(PAGE, 3.6, f"{sweep.base.title} · {group.title}")
    axes = figure.subplots(
        2, len(sweep.points), sharex="col", squeeze=False, height_ratios=(1.6, 1)
    )
    for column, (key, points) in enumerate(sweep.points.items()):
        _scores(axes[0, column], points, metric)
        if key == "frames" and sweep.reported:
            _hollow(axes[0, column], sweep.reported)
        _macs(axes[1, column], points)
        axes[1, column].set_xlabel(_AXES[key])
        ticks = [number for number, _ in points] + [n for n, _ in sweep.reported if key == "frames"]
        axes[1, column].set_xticks(sorted(set(ticks)))
    low, high = zip(*(a.get_ylim() for a in axes[0]), strict=True)
    for place in axes[0]:
        place.set_ylim(min(low), max(high))
    if sweep.reported:
        axes[0, -1].legend(loc="best")
    points = chain.from_iterable(sweep.points.values())
    systems = list({s.request.model.name: s for _, s in points}.values())
    shared = len(systems[0].results)
    folds = "; ".join(f"{system.title}: {said(system)}" for system in systems)
    return Drawing(
        f"lengths-{group.stem}-{file_name(sweep.base, group)}",
        figure,
        group.caption(
            f"{metric.upper()} and MACs of {sweep.base.title} against clips per video and frames "
            "per clip, one varied at a time; large markers and bars: mean ± sample standard "
            "deviation over folds, averaged over seeds; dots: single folds; square: the entry's "
            f"own length. Drawn of each: the {shared} fold(s) that all lengths have under the "
            f"same seed. Stored: {folds}.",
            "Hollow: reported accuracies of the paper's Table 9, under its own folds."
            if sweep.reported
            else "",
            _without_macs(systems),
        ),
    )


def _without_macs(systems: Sequence[System]) -> str:
    lacking = sorted(s.request.model.name for s in systems if s.row["macs"] is None)
    if not lacking:
        return ""
    classes = len(systems[0].request.classes)
    return (
        f"No MACs are stored of {', '.join(lacking)}: count them with "
        f"`bench cost --classes {classes} --model {','.join(lacking)}`."
    )


def _scores(axes: Axes, points: Sequence[tuple[int, System]], metric: Metric) -> None:
    spreads = [over_folds(system, metric) for _, system in points]
    numbers = [number for number, _ in points]
    for number, system in points:
        dots = [100 * fold_score(result, metric) for result in system.results]
        axes.plot([number] * len(dots), dots, ".", color=GREY, markersize=3, zorder=2)
    axes.errorbar(
        numbers,
        [100 * mean for mean, _ in spreads],
        [100 * (sd or 0) for _, sd in spreads],
        color=BLUE,
        capsize=2,
        zorder=3,
    )
    for (number, system), (mean, _) in zip(points, spreads, strict=True):
        marker = "o" if "@" in system.request.model.name else "s"
        axes.plot([number], [100 * mean], marker, color=BLUE, zorder=4)
    axes.set_ylabel(f"{metric.upper()} %")
    grid(axes)


def _hollow(axes: Axes, reported: Sequence[tuple[int, float]]) -> None:
    axes.plot(
        [frames for frames, _ in reported],
        [100 * score for _, score in reported],
        "D",
        markerfacecolor="none",
        color=VERMILLION,
        label="reported (Table 9)",
    )


def _macs(axes: Axes, points: Sequence[tuple[int, System]]) -> None:
    counted = [(n, s.row["macs"] / 1e9) for n, s in points if s.row["macs"] is not None]
    axes.plot([n for n, _ in counted], [macs for _, macs in counted], "-^", color=INK)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("GMACs")
    grid(axes)
    if not counted:
        axes.text(0.5, 0.5, "not counted", transform=axes.transAxes, ha="center", color=GREY)

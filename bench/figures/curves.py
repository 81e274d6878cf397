"""Training curves of a system: loss, and what validation and test videos said after each epoch."""

import statistics
from collections.abc import Callable, Sequence
from typing import TypeAlias

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from bench.errors import BenchError
from bench.figures.drawing import Drawing
from bench.figures.groups import METRICS, Group, Metric, System, file_name, said
from bench.figures.style import BLUE, COLUMN, GREEN, INK, PAGE, VERMILLION, blank, grid, in_style
from bench.measurement import accuracy
from bench.records import FoldRecord, Prediction

Answers: TypeAlias = Callable[[FoldRecord], Sequence[Sequence[Prediction]]]
"""The test answers of a fold after each epoch; () where none were kept."""

_Line: TypeAlias = Sequence[float]


@in_style
def curves(groups: Sequence[Group], answers: Answers, metric: Metric = "uar") -> list[Drawing]:
    """A figure for each system that was trained in epochs.

    Args:
        groups: what may share a picture.
        answers: reads what `bench run --record-epochs` kept of a fold.
        metric: the score of the test videos.

    Raises:
        BenchError: nothing was trained in epochs.
    """
    found = [
        _drawing(group, system, answers, metric)
        for group in groups
        for system in group.systems
        if any(result.epochs for result in system.results)
    ]
    if not found:
        raise BenchError(
            "no stored fold was trained in epochs, so that there is no curve. Run "
            "`bench run --model NAME --dataset NAME` with a network."
        )
    return found


def _drawing(group: Group, system: System, answers: Answers, metric: Metric) -> Drawing:
    trained = [system.record(result) for result in system.results if result.epochs]
    losses = [[epoch.loss for epoch in record.epochs] for record in trained]
    tests = [line for record in trained if (line := _tested(answers(record), record, metric))]
    checks = [line for record in trained if (line := _validated(record))]
    scored = bool(tests or checks)
    figure = blank(PAGE if scored else COLUMN, 2.5, f"{system.title} · {group.title}")
    axes = figure.subplots(1, 2 if scored else 1, squeeze=False)[0]
    _lines(axes[0], losses, INK, "-", "training loss")
    axes[0].set_ylabel("training loss")
    if checks:
        _lines(axes[1], _percent(checks), GREEN, "--", "validation UAR")
    if tests:
        _lines(axes[1], _percent(tests), BLUE, "-", f"test {metric.upper()}")
        _best(axes[1], _mean(_percent(tests)))
    if scored:
        names = {f"{metric.upper()} %" if tests else "", "UAR %" if checks else ""}
        axes[1].set_ylabel(" and ".join(sorted(filter(None, names), reverse=True)))
        axes[1].legend(loc="best")
    for place in axes:
        _mark_selected(place, trained)
        place.set_xlabel("epoch")
        place.xaxis.set_major_locator(MaxNLocator(integer=True))
        grid(place)
    selection = system.request.selection
    return Drawing(
        f"curves-{group.stem}-{file_name(system, group)}",
        figure,
        group.caption(
            f"Training curves of {system.title} ({said(system)}): thin lines are folds, the bold "
            f"one is their mean, epochs count from 0; dotted: the epoch that answers, chosen by "
            f"the rule {selection!r}.",
            "The best epoch on the test videos is marked to show what choosing it would gain: it "
            "is not to be used."
            if tests
            else "Test videos were not asked after every epoch; `bench run --record-epochs` does.",
        ),
    )


def _tested(
    answers: Sequence[Sequence[Prediction]], record: FoldRecord, metric: Metric
) -> list[float]:
    classes = record.request.classes
    return [METRICS[metric](accuracy.count(epoch, classes)) for epoch in answers]


def _validated(record: FoldRecord) -> list[float]:
    found = [e.validation for e in record.epochs if e.validation is not None]
    return found if len(found) == len(record.epochs) else []


def _percent(lines: Sequence[_Line]) -> list[list[float]]:
    return [[100 * value for value in line] for line in lines]


def _mean(lines: Sequence[_Line]) -> list[float]:
    """Over the epochs that all have."""
    return [statistics.fmean(values) for values in zip(*lines, strict=False)]


def _lines(axes: Axes, lines: Sequence[_Line], colour: str, style: str, label: str) -> None:
    if len(lines) > 1:
        for line in lines:
            axes.plot(line, style, color=colour, linewidth=0.5, alpha=0.55)
    axes.plot(_mean(lines), style, color=colour, linewidth=1.6, label=label)


def _best(axes: Axes, mean: Sequence[float]) -> None:
    best = max(range(len(mean)), key=mean.__getitem__)
    axes.plot(
        [best],
        [mean[best]],
        "X",
        markersize=7,
        markerfacecolor="white",
        color=VERMILLION,
        label=f"best on test (epoch {best}): not to be used",
    )


def _mark_selected(axes: Axes, records: Sequence[FoldRecord]) -> None:
    for epoch in sorted({r.selected_epoch for r in records if r.selected_epoch >= 0}):
        axes.axvline(epoch, color=INK, linestyle=":", linewidth=0.8)

"""Accuracy against costs, and names beside points."""

from dataclasses import replace
from itertools import combinations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from bench.errors import BenchError
from bench.figures.groups import groups
from bench.figures.pareto import front, paretos
from bench.records import Setting, Timing


@pytest.fixture
def cost(cost_record):
    """What a planted model costs, and takes."""

    def make(fold, macs, ms=None):
        timing = ms and Timing(Setting("cpu", threads=2), False, 3, True, (ms, ms, ms))
        return replace(
            cost_record,
            model=fold.request.model,
            identity=fold.request.identity,
            complexity=replace(cost_record.complexity, macs=macs),
            timing=timing,
        )

    return make


def test_the_front_is_what_nobody_beats():
    points = [(1, 5), (2, 4), (2, 7), (3, 7), (4, 9), (4, 9)]
    assert front(points) == [0, 2, 4, 5]
    for number, (cost, score) in enumerate(points):
        beaten = any(c <= cost and s >= score and (c, s) != (cost, score) for c, s in points)
        assert (number in front(points)) != beaten


def test_points_are_the_numbers_of_the_table(plant, cost):
    good, poor = plant("good", folds=1), plant("poor", answered="aahhaa", folds=1)
    costs = [cost(good, 2_000_000_000), cost(poor, 500_000_000)]
    (drawing,) = paretos(groups([good, poor], costs), costs, "war")
    (axes,) = drawing.figure.axes
    drawn = {line.get_marker(): (*line.get_xdata(), *line.get_ydata()) for line in axes.lines}
    assert drawn["o"] == pytest.approx((2, 100))
    assert drawn["s"] == pytest.approx((0.5, 100 * 4 / 6))
    assert [t.get_text() for t in axes.texts if t.get_text()] == ["Poor", "Good"]


def test_a_system_that_lacks_folds_is_starred_and_in_no_front(plant, cost):
    best, good = plant("best"), plant("good", answered="aahhaa", folds=2)
    folds = [best, good, plant("good", index=1, answered="aahhaa", folds=2)]
    costs = [cost(best, 10**9), cost(good, 2 * 10**9)]
    (drawing,) = paretos(groups(folds, costs), costs, "war")
    (axes,) = drawing.figure.axes
    assert sorted(t.get_text() for t in axes.texts if t.get_text()) == ["Best*", "Good"]
    faces = {line.get_marker(): line.get_markerfacecolor() for line in axes.lines}
    assert faces["s"] == "white"
    assert faces["o"] != "white"
    assert "* lacks folds: its score does not compare, and it is in no front." in drawing.caption


def test_each_machine_has_a_panel(plant, cost):
    fold = plant()
    costs = [cost(fold, 10**9, 12.0)]
    (drawing,) = paretos(groups([fold], costs), costs)
    assert [axes.get_xlabel() for axes in drawing.figure.axes] == [
        "GMACs per video",
        "latency p50 in ms\ncpu-test-2-cores, CPU, fp32",
    ]
    line = drawing.figure.axes[1].lines[-1]
    assert list(line.get_xdata()) == [12.0]


def test_names_cover_neither_points_nor_one_another(plant, cost):
    folds = [
        plant(f"model-{n:02d}", folds=1) for n in range(10)
    ]  # all equally good, nearly as dear
    costs = [cost(fold, 10**9 + n * 3 * 10**7) for n, fold in enumerate(folds)]
    (drawing,) = paretos(groups(folds, costs), costs)
    canvas = FigureCanvasAgg(drawing.figure)
    canvas.draw()
    (axes,) = drawing.figure.axes
    boxes = [t.get_window_extent(canvas.get_renderer()) for t in axes.texts if t.get_text()]
    assert len(boxes) == 10
    assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]
    inside = axes.get_window_extent()
    assert all(inside.x0 <= box.x0 and box.x1 <= inside.x1 for box in boxes)


def test_without_costs_the_command_that_counts_is_said(plant):
    with pytest.raises(BenchError) as caught:
        paretos(groups([plant(), plant("wide")]), [])
    assert str(caught.value) == (
        "no cost is stored of tiny, wide. Run `bench cost --model tiny,wide` first."
    )

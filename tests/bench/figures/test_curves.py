"""Training curves."""

from dataclasses import replace

import pytest

from bench.errors import BenchError
from bench.figures.curves import curves
from bench.figures.groups import groups
from bench.records import Epoch

CHECKED = (Epoch(0, 1e-3, 2.0, 1.0, 0.25), Epoch(1, 1e-3, 1.0, 1.0, 0.5))


def nothing(_record):
    return ()


def lines(axes):
    return {line.get_label(): list(line.get_ydata()) for line in axes.lines}


def test_the_bold_line_is_the_mean_of_the_folds(plant):
    other = (Epoch(0, 1e-3, 4.0, 1.0), Epoch(1, 1e-3, 2.0, 1.0))
    (drawing,) = curves(groups([plant(), plant(index=1, epochs=other)]), nothing)
    (axes,) = drawing.figure.axes
    assert lines(axes)["training loss"] == [3.0, 1.5]
    assert "`bench run --record-epochs` does." in drawing.caption


def test_the_best_epoch_on_the_test_videos_is_marked_as_not_to_be_used(plant):
    record = plant(epochs=CHECKED)
    best, last = plant().predictions, plant(answered="aahhaa").predictions
    (drawing,) = curves(groups([record]), lambda _: (best, last), "war")
    found = lines(drawing.figure.axes[1])
    assert found["validation UAR"] == [25, 50]
    assert found["test WAR"] == pytest.approx([100, 200 / 3])
    assert found["best on test (epoch 0): not to be used"] == [100]
    assert drawing.figure.axes[1].get_ylabel() == "WAR % and UAR %"


def test_the_epoch_that_answers_is_dotted(plant):
    (drawing,) = curves(groups([plant()]), nothing)
    (dotted,) = (line for line in drawing.figure.axes[0].lines if line.get_linestyle() == ":")
    assert set(dotted.get_xdata()) == {1}


def test_what_was_not_trained_in_epochs_has_no_curve(plant):
    with pytest.raises(BenchError) as caught:
        curves(groups([replace(plant(), epochs=(), selected_epoch=-1)]), nothing)
    assert str(caught.value) == (
        "no stored fold was trained in epochs, so that there is no curve. Run `bench run --model "
        "NAME --dataset NAME` with a network."
    )

"""Confusion matrices."""

import numpy as np
import pytest

from bench.figures.confusion import confusions
from bench.figures.groups import groups


def cells(axes):
    return {tuple(map(int, text.get_position())): text.get_text() for text in axes.texts}


def test_cells_are_shares_of_the_true_class_with_counts(plant):
    (drawing,) = confusions(groups([plant(answered="ahhhss")]), "models")
    (axes,) = drawing.figure.axes
    assert cells(axes) == {  # column, row
        (0, 0): "50\n(1)",
        (1, 0): "50\n(1)",
        (1, 1): "100\n(2)",
        (2, 2): "100\n(2)",
    }
    assert axes.get_title() == "Tiny\nUAR 83.3 %"
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "angry (2)",
        "happy (2)",
        "sad (2)",
    ]


def test_folds_and_seeds_are_pooled(plant):
    folds = [plant(index=0), plant(index=1, answered="aaaass"), plant(seed=1)]
    (drawing,) = confusions(groups(folds), "models")
    image = np.asarray(drawing.figure.axes[0].images[0].get_array())
    np.testing.assert_allclose(image, [[1, 0, 0], [1 / 3, 2 / 3, 0], [0, 0, 1]])


def test_videos_without_an_answer_have_a_column_where_there_are_any(plant):
    (drawing,) = confusions(groups([plant(answered="a-hhss")]), "models")
    labels = [label.get_text() for label in drawing.figure.axes[0].get_xticklabels()]
    assert labels == ["angry", "happy", "sad", "no answer"]
    assert cells(drawing.figure.axes[0])[3, 0] == "50\n(1)"


def test_models_stand_side_by_side_and_groups_apart(plant):
    folds = [plant(), plant("wide"), plant(synthetic=False)]
    drawings = confusions(groups(folds), "models")
    assert sorted(len(drawing.figure.axes) for drawing in drawings) == [1, 2]
    feet = [drawing.figure.get_supxlabel() for drawing in drawings]
    assert sorted("SYNTHETIC DATA" in foot for foot in feet) == [False, True]


def test_a_grid_over_datasets_has_a_panel_for_each(plant):
    folds = [plant(), plant(dataset="more", protocol_hash="q" * 64), plant("wide")]
    first, second = confusions(groups(folds), "datasets")
    assert [len(drawing.figure.axes) for drawing in (first, second)] == [2, 1]
    assert [drawing.name for drawing in (first, second)] == ["confusion-tiny", "confusion-wide"]
    assert "more" in first.figure.axes[1].get_title() + first.figure.axes[0].get_title()
    assert "(SYNTHETIC DATA)" in first.figure.get_supxlabel()


@pytest.mark.parametrize("count", [1, 4, 7])
def test_no_letter_is_smaller_than_print_can_hold(plant, count):
    (drawing,) = confusions(groups([plant(f"m{n}") for n in range(count)]), "models")
    sizes = [text.get_fontsize() for axes in drawing.figure.axes for text in axes.texts]
    assert min(sizes) >= 6

"""Critical-difference diagrams."""

import pytest

from bench.errors import BenchError
from bench.figures.critical_difference import (
    Ranked,
    cliques,
    critical_difference,
    rankings,
)
from bench.figures.groups import groups
from bench.records import Extent, Weights

LONGER = Extent(9, 9, 9, 1e-3)

RANKED = Ranked((("C", 2.9), ("A", 1.2), ("B", 1.9)), 1.0, "UAR on ten datasets")


def test_bars_join_what_the_difference_does_not_separate():
    assert cliques([1.2, 1.9, 2.9], 1.0) == [(0, 1), (1, 2)]
    assert cliques([1.0, 1.2, 1.3, 4.0], 1.0) == [(0, 2)]
    assert cliques([1.0, 3.0], 1.0) == []


def test_each_rank_has_a_line_and_a_name():
    drawing = critical_difference(RANKED)
    (axes,) = drawing.figure.axes
    texts = [text.get_text() for text in axes.texts]
    assert {"A  1.20", "B  1.90", "2.90  C", "CD = 1.00"} <= set(texts)
    starts = [line.get_xdata()[0] for line in axes.lines if len(line.get_xdata()) == 3]
    assert starts == [1.2, 1.9, 2.9]
    assert "Mean ranks: A 1.20, B 1.90, C 2.90." in drawing.caption
    assert drawing.figure.get_supxlabel() == "UAR on ten datasets"


def planted(plant, count):
    answers = {"good": "aahhss", "fair": "aahhsa", "poor": "aaaaaa"}
    return [
        plant(model, index=k, answered=text, dataset=f"set-{n}", protocol_hash=f"{n}" * 8)
        for n in range(count)
        for model, text in answers.items()
        for k in (0, 1)
    ]


def test_ranks_over_datasets_are_drawn_where_there_are_enough(plant):
    folds = [*planted(plant, 12), plant("half", dataset="set-0", protocol_hash="0" * 8)]
    (drawing,) = rankings(groups(folds))
    texts = {text.get_text() for text in drawing.figure.axes[0].texts}
    assert {"Good  1.00", "Fair  2.00", "3.00  Poor"} <= texts
    assert "of the same weights and recipe: half." in drawing.caption
    assert "(SYNTHETIC DATA)" in drawing.figure.get_supxlabel()


def test_too_few_datasets_are_refused_with_the_reason(plant):
    with pytest.raises(BenchError, match=r"^No test over datasets: with 3 systems on 2 dataset"):
        rankings(groups(planted(plant, 2)))


def test_weights_are_ranked_apart_and_no_best_of_several_is_chosen(plant):
    filed = Weights("faces.pth", "a" * 64)
    folds = planted(plant, 12)
    for n in range(12):
        place = {"dataset": f"set-{n}", "protocol_hash": f"{n}" * 8}
        for k in (0, 1):
            folds.append(plant("poor", index=k, answered="aahhss", weights=filed, **place))
            # another entry of the same model, weights and recipe: which of the two is not known
            objective = {"protocol_hash": f"{n}" * 8, "dataset": f"set-{n}", "extent": LONGER}
            folds.append(plant("fair", index=k, answered="aahhss", **objective))
    (drawing,) = rankings(groups(folds))
    texts = [text.get_text() for text in drawing.figure.axes[0].texts]
    assert any("Poor (faces.pth, " in text for text in texts)
    assert not any("Fair" in text for text in texts)
    assert "of the same weights and recipe: fair." in drawing.caption

"""Chosen scores: hand-worked numbers, their order, and names that are not there."""

import pytest

from bench import index
from bench.errors import BenchError
from bench.index import folds_of
from bench.tables import comparison
from bench.tables.metrics import chosen, metrics
from bench.tables.systems import grouped
from tests.bench.tables.shelf import answers, fold, request, shelve, system
from tests.records import model


def shown(results, *names):
    groups = chosen(grouped(comparison(results, (), ()), results), metrics(names))
    return [group.section for group in groups]


def titles(section):
    return [column.title.replace("\n", " ") for column in section.columns]


def test_scores_come_in_the_order_asked_in_place_of_the_usual_ones():
    (section,) = shown(folds_of(system(model(), (3, 4))), "war", "recall:joy")
    assert titles(section) == [
        *("System", "WAR %", "Recall % joy", "WAR % over folds"),
        *("Folds", "Seeds", "Videos", "Weights", "Recipe", "Input", "Params", "MACs"),
    ]


def test_folds_are_pooled_and_seeds_averaged():
    # anger, fear, joy, anger, fear, joy: 3 right are one of each class, 6 right are all
    one = [fold(request(seed=0), answers(3)), fold(request(seed=1), answers(6))]
    (section,) = shown(folds_of(one), "war", "uar", "f1", "recall:anger")
    (row,) = section.rows
    assert row["war"] == pytest.approx((3 / 6 + 6 / 6) / 2)
    assert row["uar"] == pytest.approx((1 / 2 + 1) / 2)
    assert row["macro_f1"] == pytest.approx((1 / 2 + 1) / 2)
    assert row["recall:anger"] == pytest.approx((1 / 2 + 1) / 2)


def test_the_first_score_is_spread_over_folds_and_orders_the_rows():
    weak = system(model("weak"), (2, 4))
    strong = system(model("strong"), (5, 6))
    (section,) = shown(folds_of([*weak, *strong]), "war")
    assert [row["model"] for row in section.rows] == ["strong", "weak"]
    assert section.rows[1]["war_fold_mean"] == pytest.approx(3 / 6)
    assert section.rows[1]["war_fold_sd"] == pytest.approx((2 / 6) / 2**0.5)


def test_videos_that_nobody_saw_give_a_column_of_the_seen():
    answered = answers(6, statuses=("unreadable",))
    (section,) = shown(folds_of([fold(request(), answered)]), "war")
    (row,) = section.rows
    assert titles(section)[1:3] == ["WAR %", "WAR % seen"]
    assert (row["war"], row["war_seen"]) == (pytest.approx(5 / 6), 1.0)


def test_auc_is_read_from_the_stored_scores(tmp_path):
    answered = answers(6, statuses=("scored", "unreadable"))
    shelve(tmp_path, fold(request(), answered))
    (section,) = shown(index.load(tmp_path)[0], "auc")
    (row,) = section.rows
    # of anger and joy, two of two videos are answered: 2 x 3 of 2 x 4 pairs; of fear 1 x 4 of 8
    assert row["auc"] == pytest.approx((6 / 8 + 4 / 8 + 6 / 8) / 3)
    assert row["auc_seen"] == 1.0
    assert section.notes[0].startswith("AUC: the mean over classes")


def test_a_class_that_another_section_has_is_shown_empty():
    other = system(model(), (3, 3), dataset="other", classes=("anger", "calm", "joy"))
    sections = shown(folds_of([*system(model(), (3, 3)), *other]), "recall:fear")
    assert [section.rows[0]["recall:fear"] for section in sections] == [pytest.approx(0.5), None]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "acc",
            "unknown score in --metric 'acc'. Did you mean 'auc'? Known: auc, f1, recall:CLASS, "
            "uar, war.",
        ),
        ("recall", "unknown score in --metric 'recall'. Did you mean 'recall:CLASS'? Known: "),
        ("recall:jo", "unknown class 'jo'. Did you mean 'joy'? Known: anger, fear, joy."),
    ],
)
def test_an_unknown_score_is_answered_with_the_known_ones(name, said):
    with pytest.raises(BenchError) as error:
        shown(folds_of(system(model(), (3, 3))), name)
    assert str(error.value).startswith(said)

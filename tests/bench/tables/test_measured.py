"""One row a system: its scores, pooled and spread, beside what papers report of it."""

import math
from dataclasses import replace

import pytest

from bench.records import ObjectiveEntry, Weights
from tests.bench.tables.golden_runs import (
    CEFLNET,
    ODD,
    RESNET,
    measured,
    only_row,
    predictions,
    record,
    request,
    sections,
)


def test_the_folds_of_a_seed_are_pooled():
    row = only_row(
        record(request(fold=0), predictions(0, {1})),
        record(request(fold=1), predictions(1, {2, 5, 8})),
    )
    assert row["war"] == pytest.approx(20 / 24)
    assert row["uar"] == pytest.approx((8 / 8 + 7 / 8 + 5 / 8) / 3)


def test_the_spread_is_the_sample_standard_deviation_over_folds():
    row = only_row(
        record(request(fold=0), predictions(0, set())),
        record(request(fold=1), predictions(1, {0, 1, 2})),
    )
    assert row["uar_fold_mean"] == pytest.approx((1 + 0.75) / 2)
    assert row["uar_fold_sd"] == pytest.approx(0.25 / math.sqrt(2))


def test_seeds_are_pooled_one_by_one_and_then_averaged():
    row = only_row(
        record(request(fold=0, seed=0), predictions(0, {1})),
        record(request(fold=0, seed=1), predictions(0, {1, 2, 3})),
    )
    assert (row["seeds"], row["folds"]) == (2, 1)
    assert row["war"] == pytest.approx((11 / 12 + 9 / 12) / 2)


def test_a_video_without_scores_is_wrong_officially_and_left_out_of_the_seen():
    row = only_row(record(request(), predictions(0, {0}, ODD)))
    assert (row["videos"], row["seen"], row["fallback"], row["unreadable"]) == (12, 10, 1, 2)
    assert row["war"] == pytest.approx(9 / 12)
    assert row["war_seen"] == pytest.approx(9 / 10)


def test_a_fold_stored_twice_counts_once_with_its_newest_record():
    old = record(request(), predictions(0, {0, 1, 2}), "2026-01-01T00:00:00Z")
    new = record(request(), predictions(0, set()), "2026-01-02T00:00:00Z")
    (section,) = measured(new, old)
    assert section.rows[0]["war"] == 1.0
    assert "Left out: 1 older record(s) of folds that were run again." in section.notes


def test_the_best_system_stands_first():
    titles = [row["system"] for row in sections()[0].rows]
    assert titles == ["CEFLNet", "50% | <Gone> & forgotten"]


def test_an_incomplete_system_stands_behind_the_complete_ones():
    (section,) = measured(
        record(request(RESNET, fold=0), predictions(0, set())),
        record(request(fold=0), predictions(0, {0, 1})),
        record(request(fold=1), predictions(1, {0, 1})),
    )
    assert [row["system"] for row in section.rows] == ["CEFLNet", "ResNet-18"]


def test_two_identities_of_one_system_are_two_rows_that_can_be_told_apart():
    imagenet = request(weights=Weights("imagenet", "a" * 64), identity="0badcafe1234")
    (section,) = measured(
        record(request(), predictions(0, {0})), record(imagenet, predictions(0, set()))
    )
    assert [row["system"] for row in section.rows] == ["CEFLNet [0badcafe]", "CEFLNet [ceflnet-]"]


def test_synthetic_data_say_so_and_carry_no_reported_number():
    (section,) = measured(record(request(dataset="mmi"), predictions(0, {0})))
    assert section.title == "MMI · subject-2-fold · preset quick (SYNTHETIC DATA)"
    assert section.rows[0]["reported_war"] is None
    assert "WAR %\nreported" not in [column.title for column in section.columns]


def test_a_reported_number_stands_beside_the_measured_one_with_its_source():
    (section,) = measured(record(request(dataset="mmi", synthetic=False), predictions(0, {0})))
    assert section.rows[0]["reported_war"] == pytest.approx(0.91)
    assert section.notes[-1] == (
        "Reported WAR of CEFLNet: CEFLNet (Liu et al., Inf. Sci. 598, 2022), Table 3, "
        "10-fold CV (CEFLNet paper)."
    )


@pytest.mark.parametrize(
    ("objective", "expected"), [("label-smoothing", 0.8706), ("ec-stfl", None)]
)
def test_another_objective_stands_beside_what_is_reported_with_it_alone(objective, expected):
    model = replace(CEFLNET, reported_with={"label-smoothing": ("SAANet",)})
    other = ObjectiveEntry(objective, "x:y", "cited")
    asked = request(model, dataset="mmi", synthetic=False, objective=other)
    found = sections(folds=[record(asked, predictions(0, {0}))], costs=[])
    assert found[0].rows[0]["reported_war"] == expected


def test_the_recipe_of_another_model_brings_its_objective():
    model = replace(CEFLNET, reported_with={"label-smoothing": ("SAANet",)})
    other = ObjectiveEntry("label-smoothing", "x:y", "cited")
    asked = request(model, dataset="mmi", synthetic=False, objective=other)
    asked = replace(asked, recipe=replace(asked.recipe, objective=other.name), regime="common")
    found = sections(folds=[record(asked, predictions(0, {0}))], costs=[])
    assert found[0].rows[0]["reported_war"] == 0.8706


@pytest.mark.parametrize("other", [{"train_on": "dfew"}, {"harmonised": True}], ids=str)
def test_what_papers_do_not_report_stands_beside_no_reported_number(other):
    asked = request(dataset="mmi", synthetic=False, **other)
    found = sections(folds=[record(asked, predictions(0, {0}))], costs=[])
    assert found[0].rows[0]["reported_war"] is None
    assert "Table 3" in {s.key.get("table") for s in found}

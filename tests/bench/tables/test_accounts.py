"""What a table says of the videos behind it, and of what the audit let pass."""

from dataclasses import replace

import pytest

from bench.records import Finding
from tests.bench.tables.golden_runs import (
    FINDINGS,
    ODD,
    RESNET,
    measured,
    only_row,
    predictions,
    record,
    request,
)


def notes(*records):
    (section,) = measured(*records)
    return list(section.notes)


def test_videos_that_were_all_scored_take_four_words():
    assert "Test videos: 12 scored." in notes(record(request(), predictions(0, {1})))


def test_every_test_video_is_accounted_for_by_its_fate():
    assert (
        "Test videos: 9 scored, 1 scored on the fallback crop (no face was found), 1 not scored "
        "(no face was found; counted as wrong), 1 not scored (unreadable; counted as wrong)."
    ) in notes(record(request(), predictions(0, set(), ODD)))


def test_a_video_that_several_systems_score_is_counted_once():
    both = [record(request(entry), predictions(0, {1})) for entry in (request().model, RESNET)]
    assert "Test videos: 12 scored." in notes(*both)


def test_where_systems_differ_each_has_an_account_of_its_own():
    alone = replace(RESNET, name="alone", title="Alone")
    made = [
        record(request(request().model), predictions(0, {1})),
        record(request(RESNET), predictions(0, {1}, ODD)),
        record(request(alone), predictions(0, {1})),
    ]
    titles = request().model.title
    expected = (
        f"Test videos: 12 scored (Alone, {titles}); 9 scored, 1 scored on the fallback crop (no "
        f"face was found), 1 not scored (no face was found; counted as wrong), 1 not scored "
        f"(unreadable; counted as wrong) ({RESNET.title})."
    )
    assert expected in notes(*made)
    assert expected in notes(*reversed(made))


def test_a_system_without_all_folds_is_tested_on_the_same_videos():
    whole = [record(request(fold=k), predictions(k, {1})) for k in range(2)]
    part = record(request(RESNET), predictions(0, {1}))
    assert "Test videos: 24 scored." in notes(*whole, part)


def test_what_is_excluded_by_rule_is_said_with_its_reasons():
    made = record(request(), predictions(0, {1}))
    said = notes(replace(made, excluded={"profile view": 2, "emotion code 7": 1}))
    assert (
        "Excluded by rule from the distributor's tree: 1 (emotion code 7), 2 (profile view)."
    ) in said
    assert not any("Excluded" in note for note in notes(made))


def test_of_folds_that_differ_the_most_that_a_rule_excluded_is_said():
    folds = [
        replace(
            record(request(fold=k % 2, seed=k // 2), predictions(k % 2, {1})), excluded={"x": n}
        )
        for k, n in enumerate((5, 6, 5))
    ]
    assert "Excluded by rule from the distributor's tree: 6 (x)." in notes(*folds)
    assert "Excluded by rule from the distributor's tree: 6 (x)." in notes(*reversed(folds))


def test_training_videos_without_pixels_are_counted_once_and_the_first_is_named():
    folds = [
        replace(record(request(fold=k), predictions(k, {1})), unread=("toy:z", "toy:b"))
        for k in range(2)
    ]
    assert (
        "Training videos without readable pixels, not trained on: 2, the first is 'toy:b'."
    ) in notes(*folds)


def test_findings_of_all_systems_are_said_once_the_gravest_kind_with_its_word():
    asked = [request(findings=FINDINGS, fold=k) for k in range(2)]
    said = notes(*(record(one, predictions(one.fold.index, {1})) for one in asked))
    assert [note for note in said if "toy:" in note or "films" in note] == [
        "Known overlap: 'toy:a' is in train and 'toy:b' in test, as the distributor ships them.",
        "LEAK LET THROUGH: 'toy:c' and 'toy:d' look alike. Let through: other camera.",
        "Warning: fold 1 has 2 films on both sides.",
    ]


def test_a_finding_of_some_systems_names_them():
    doubt = Finding("warning", "a doubt.")
    said = notes(
        record(request(), predictions(0, {1})),
        record(request(RESNET, findings=(doubt,)), predictions(0, {1})),
    )
    assert "Warning (ResNet-18): a doubt." in said


def test_the_scores_of_the_seen_are_over_the_classes_that_were_seen():
    # videos 0, 3, 6, 9 are of the first class; all of them are lost
    lost = tuple("unreadable" if n % 3 == 0 else "scored" for n in range(12))
    row = only_row(record(request(), predictions(0, {1}, lost)))
    assert (row["war"], row["war_seen"]) == (pytest.approx(7 / 12), pytest.approx(7 / 8))
    assert row["uar"] == pytest.approx((0 + 3 / 4 + 1) / 3)
    assert row["uar_seen"] == pytest.approx((3 / 4 + 1) / 2)


def test_scores_of_the_seen_are_pooled_for_each_seed_and_then_averaged():
    row = only_row(
        record(request(seed=0), predictions(0, {0}, ODD)),
        record(request(seed=1), predictions(0, {0, 1}, ODD)),
    )
    assert row["war_seen"] == pytest.approx((9 / 10 + 8 / 10) / 2)
    assert row["war"] == pytest.approx((9 / 12 + 8 / 12) / 2)


def test_a_set_of_which_nothing_was_seen_has_no_seen_scores():
    row = only_row(record(request(), predictions(0, set(), ("unreadable",) * 12)))
    assert (row["war"], row["war_seen"], row["uar_seen"]) == (0, None, None)

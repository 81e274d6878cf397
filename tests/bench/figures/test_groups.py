"""Folds in the groups of the table."""

from dataclasses import replace

import pytest

from bench.figures.groups import fold_score, groups, over_folds, slug


def test_what_a_table_separates_shares_no_picture(plant):
    found = groups([plant(), plant(synthetic=False), plant(selection="test"), plant("wide")])
    assert sorted(len(group.systems) for group in found) == [1, 1, 2]
    assert len({group.stem for group in found}) == 3


def test_real_and_drawn_faces_of_one_name_have_files_of_their_own(plant):
    first, second = groups([plant(), plant(synthetic=False)])
    assert first.stem != second.stem
    assert "SYNTHETIC DATA" in second.title
    assert "SYNTHETIC DATA" not in first.title


def test_the_newest_record_of_a_fold_counts(plant):
    old = replace(plant(answered="ssssss"), created="2026-01-01T00:00:00+00:00")
    (group,) = groups([plant(), old])
    assert [fold_score(result, "war") for result in group.systems[0].results] == [1.0]


def test_mean_and_deviation_over_folds_are_averaged_over_seeds(plant):
    folds = [
        plant(index=0, answered="aahhss"),  # 1
        plant(index=1, answered="aahhaa"),  # 2/3
        plant(index=0, seed=1, answered="aahhaa"),
        plant(index=1, seed=1, answered="aahhaa"),
    ]
    (group,) = groups(folds)
    mean, sd = over_folds(group.systems[0], "uar")
    assert mean == pytest.approx((1 + 3 * 2 / 3) / 4)
    assert sd == pytest.approx((1 / 3 / 2**0.5 + 0) / 2)


def test_one_fold_has_no_deviation(plant):
    (group,) = groups([plant()])
    assert over_folds(group.systems[0], "war") == (1.0, None)


def test_a_name_becomes_part_of_a_file():
    assert slug("pareto", "ceflnet@clips=3", "A/B") == "pareto-ceflnet-clips-3-a-b"

from dataclasses import replace

import pytest

from bench import tables
from bench.tables.paper import localisation
from bench.tables.paper.settings import runs
from tests.bench.tables.paper.paper_runs import known, request, run


def table_7(*runs):
    folds = [fold for mine in runs for fold in mine]
    return tables.paper_tables((7,), tables.load_reported(), folds, (), known())


def with_videos(folds, change):
    """The same folds with each video changed."""
    return [
        replace(fold, predictions=tuple(change(n, p) for n, p in enumerate(fold.predictions)))
        for fold in folds
    ]


def mixed(n, prediction):
    """Of four videos one without an apex, one with one outside, one without a weight a clip."""
    changes = ({}, {"apex": None}, {"apex": (90, 95)}, {"clip_scores": ()})
    return replace(prediction, **changes[n])


def test_the_share_the_chance_and_what_could_not_be_asked_are_counted():
    folds = run(request("ceflnet", "MMI"), [4] * 10, located=3)
    found = localisation.measure(runs(folds)[0].records())
    assert (found["measured"], found["measured_sd"]) == (0.75, 0.0)
    assert found["chance"] == pytest.approx(1 / 3)  # one clip of three shows frames 1 to 4
    assert found["low"] < 0.75 < found["high"]
    assert (found["asked"], found["no_apex"]) == (40, 0)


def test_videos_that_cannot_be_asked_about_are_in_no_denominator():
    folds = with_videos(run(request("ceflnet", "MMI"), [4] * 10, located=1), mixed)
    found = localisation.measure(runs(folds)[0].records())
    assert (found["measured"], found["asked"]) == (1.0, 10)
    assert (found["no_apex"], found["apex_outside"], found["no_clip_scores"]) == (10, 10, 10)


def test_a_video_counts_once_under_however_many_seeds():
    asked = request("ceflnet", "MMI")
    folds = [
        fold
        for seed in (0, 1)
        for fold in with_videos(run(replace(asked, seed=seed), [4] * 10, located=1), mixed)
    ]
    found = localisation.measure(runs(folds)[0].records())
    assert (found["measured"], found["asked"]) == (1.0, 10)
    assert (found["no_apex"], found["apex_outside"], found["no_clip_scores"]) == (10, 10, 10)


def test_real_data_with_an_apex_stand_beside_the_reported_number():
    folds = with_videos(run(request("ceflnet", "MMI"), [4] * 10, located=1), mixed)
    (section,) = table_7(folds)
    (row,) = (row for row in section.rows if row["dataset"] == "MMI")
    assert (row["value"], row["measured"], row["verdict"]) == ("67.57", 1.0, "above")
    assert [column.title for column in section.columns][2:8] == [
        "Clip localisation accuracy %\nreported",
        "Clip localisation accuracy %\nmeasured",
        "95 %\ninterval",
        "Chance\n%",
        "Videos\nasked",
        "Verdict",
    ]
    assert (
        f"Not asked, ceflnet [{row['identity'][:8]}]: videos 10 without an apex, 10 without a "
        "weight for each clip, 10 with an apex that no clip shows."
    ) in section.notes
    assert localisation.RULE in section.notes


def test_a_dataset_without_an_apex_gets_no_number():
    folds = run(request("ceflnet", "DFEW"), [4] * 5)
    bare = with_videos(folds, lambda n, p: replace(p, apex=None))
    (section,) = table_7(bare)
    (row,) = (row for row in section.rows if row["dataset"] == "DFEW")
    assert (row["verdict"], row["measured"], row["chance"]) == ("no apex", None, None)


def test_synthetic_data_have_a_section_of_their_own():
    asked = request("ceflnet", "MMI", synthetic=True, dataset="synthetic")
    twin = request("ceflnet", "MMI", synthetic=True)
    paper, *others = table_7(run(asked, [4] * 10, located=3), run(twin, [4] * 10))
    assert {row["verdict"] for row in paper.rows} == {"not run", "other setting"}
    assert paper.title.endswith("(REPORTED ONLY)")
    assert [section.title for section in others] == [
        "Table 7 of the paper, beside no reported number · MMI · subject-10-fold · preset full "
        "(SYNTHETIC DATA)",
        "Table 7 of the paper, beside no reported number · Synthetic faces · subject-10-fold · "
        "preset full (SYNTHETIC DATA)",
    ]
    assert [section.key["data"] for section in others] == ["synthetic", "synthetic"]
    assert all("reported" not in row for section in others for row in section.rows)


def test_models_that_weigh_no_clips_stand_nowhere():
    folds = with_videos(
        run(request("fan", "MMI"), [4] * 10), lambda n, p: replace(p, clip_scores=())
    )
    assert len(table_7(folds)) == 1


def test_folds_that_are_not_all_done_locate_nothing():
    asked = request("ceflnet", "MMI", synthetic=True, dataset="synthetic")
    assert len(table_7(run(asked, [4] * 9))) == 1


def test_only_what_can_be_measured_is_proposed():
    (section,) = table_7()
    proposed = [note for note in section.notes if note.startswith("Not measured yet")]
    assert proposed == ["Not measured yet: `bench run --model ceflnet --dataset mmi --root DIR`."]

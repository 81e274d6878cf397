from dataclasses import replace

import pytest

from bench.errors import BenchError
from bench.tables.compared.pairing import paired


def with_answers(record, **changes):
    answers = tuple(replace(answer, **changes) for answer in record.predictions)
    return replace(record, predictions=answers)


def test_answers_stand_system_by_seed_by_video(trained):
    both = paired([[trained("a", "110")], [trained("b", "100")]])
    assert both.answers.right.tolist() == [[[True, True, False]], [[True, False, False]]]
    assert both.answers.true.tolist() == [0, 1, 2]
    assert both.answers.cluster.tolist() == [0, 0, 1]
    assert (both.seeds, both.folds, both.left_out, both.of) == ((0,), (0,), 0, "2 subjects")
    assert both.answers.ratio == 1.0


def test_only_common_seeds_count_and_the_rest_is_said(trained):
    first = [trained("a", "110", seed=seed) for seed in (0, 1)]
    second = [trained("b", "100", seed=seed) for seed in (1, 2)]
    both = paired([first, second])
    assert both.seeds == (1,)
    assert both.left_out == 6


def test_a_seed_that_stopped_halfway_gives_way_to_the_one_that_finished(trained):
    first = [trained("a", "110", fold=fold, seed=seed) for seed in (0, 1) for fold in (0, 1)]
    second = [trained("b", "100", seed=0), *first[2:]]
    both = paired([first, second])
    assert (both.seeds, both.folds) == ((1,), (0, 1))
    assert both.left_out == 9


def test_no_common_seed_is_refused(trained):
    with pytest.raises(BenchError) as caught:
        paired([[trained("a", "110", seed=0)], [trained("b", "110", seed=3)]])
    assert str(caught.value) == (
        "A and B have no seed in common (A: 0; B: 3). Run one with the seed of the other: "
        "bench run --seed."
    )


def test_no_common_fold_is_refused(trained):
    with pytest.raises(BenchError) as caught:
        paired([[trained("a", "110", fold=0)], [trained("b", "110", fold=1)]])
    assert str(caught.value) == ("A and B have no finished fold in common. Run the folds of both.")


def test_folds_of_other_videos_are_refused(trained):
    with pytest.raises(BenchError) as caught:
        paired([[trained("a", "110")], [trained("b", "1101")]])
    assert str(caught.value) == (
        "fold 1 of B tests other videos than that of the system beside it (4 and 3), so that their "
        "answers cannot be paired. See `bench verify`."
    )


def test_videos_that_two_records_name_differently_are_refused(trained):
    other = with_answers(trained("b", "110"), true="sad")
    with pytest.raises(
        BenchError, match="disagree on what video 'faces:0-00' shows: angry and sad"
    ):
        paired([[trained("a", "110")], [other]])


def test_a_video_that_one_system_lacks_is_left_out_on_both_sides(trained):
    short = trained("b", "110")
    short = replace(short, predictions=short.predictions[:2])
    both = paired([[trained("a", "110")], [short]])
    assert both.answers.right.shape == (2, 1, 2)
    assert both.left_out == 1


def test_a_video_without_an_answer_is_wrong(trained):
    lost = with_answers(trained("a", "111"), status="unreadable", scores=())
    assert not paired([[lost]]).answers.right.any()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"subject": None, "group": "film"}, "1 recordings"),
        ({"subject": None}, "3 videos"),
    ],
)
def test_where_no_person_is_known_the_recording_or_the_video_counts(trained, changes, said):
    assert paired([[with_answers(trained("a", "110"), **changes)]]).of == said


def test_the_share_of_test_videos_is_assumed_where_nobody_stored_the_others(trained):
    record = trained("a", "110", folds=5)
    fold = replace(record.request.fold, train=())
    both = paired([[replace(record, request=replace(record.request, fold=fold))]])
    assert (both.answers.ratio, both.assumed) == (0.25, True)

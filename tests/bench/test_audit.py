from dataclasses import replace

import pytest

from bench import protocols
from bench.audit import audit
from bench.errors import BenchError
from bench.records import Dataset, Fold, Protocol, Video

DATASET = Dataset(
    "toy",
    ("a", "b"),
    tuple(
        Video(f"toy:{s}{n}", f"{s}{n}.avi", label, s) for s in "pqr" for n, label in enumerate("ab")
    ),
)
GOOD = Fold(0, ("toy:p0", "toy:p1", "toy:q0", "toy:q1"), ("toy:r0", "toy:r1"))


def protocol(*folds, dataset="toy", classes=("a", "b")):
    return Protocol("mine", dataset, classes, folds, "pool", "0" * 64, "by hand")


def refusal(*folds, dataset=DATASET, **changes):
    with pytest.raises(BenchError) as error:
        audit(protocol(*folds, **changes), dataset)
    return str(error.value)


def test_complete_subject_folds_pass_without_a_word():
    assert audit(protocols.split(DATASET, "loso"), DATASET) == ()


def test_a_subject_on_both_sides_blocks_whatever_made_the_fold():
    leaky = Fold(1, ("toy:p0", "toy:p1", "toy:q0"), ("toy:q1", "toy:r0", "toy:r1"))
    assert refusal(GOOD, leaky) == (
        "fold 2 of 'mine' has subject 'q' on both sides: 1 video in train and 1 in test. Mend the "
        "split, or choose 'loso' or 'subject-<k>-fold'."
    )


def test_further_leaked_subjects_are_counted():
    leaky = Fold(0, ("toy:p0", "toy:q0", "toy:r0"), ("toy:p1", "toy:q1", "toy:r1"))
    assert "1 video in train and 1 in test (and 2 more subjects)." in refusal(leaky)


def test_official_folds_are_audited_too():
    leaky = Fold(0, ("toy:p0", "toy:p1", "toy:q0"), ("toy:q1",))
    dataset = replace(DATASET, official={"official-1": (leaky,)})
    with pytest.raises(BenchError, match="has subject 'q' on both sides"):
        audit(protocols.split(dataset, "official-1"), dataset)


def test_videos_without_a_subject_cannot_leak_one():
    videos = tuple(replace(video, subject=None) for video in DATASET.videos)
    leaky = Fold(0, ("toy:p0", "toy:q0", "toy:r0"), ("toy:p1", "toy:q1", "toy:r1"))
    assert len(audit(protocol(leaky), replace(DATASET, videos=videos))) == 1


def test_a_video_on_both_sides_blocks():
    assert refusal(Fold(0, ("toy:p0", "toy:p1"), ("toy:p1", "toy:r0"))) == (
        "fold 1 of 'mine' lists video 'toy:p1' 2 times; a video is on one side of a fold, once. "
        "Mend the split."
    )


def test_a_video_that_the_dataset_lacks_blocks():
    assert refusal(Fold(0, ("toy:p0",), ("toy:r0", "toy:x7", "toy:x8"))) == (
        "fold 1 of 'mine' lists 2 videos in test that dataset 'toy' lacks, the first is 'toy:x7' "
        "(unknown id). Complete the dataset, or make the protocol anew."
    )


def test_a_video_that_is_missing_blocks_with_the_loaders_reason():
    dataset = replace(DATASET, missing={"toy:x7": "the file is empty"})
    assert "the first is 'toy:x7' (the file is empty)." in refusal(
        Fold(0, ("toy:p0",), ("toy:x7",)), dataset=dataset
    )


def test_an_empty_side_blocks():
    assert refusal(Fold(0, (), ("toy:r0",))) == (
        "fold 1 of 'mine' has no train video. Use fewer folds."
    )


def test_a_protocol_of_another_dataset_blocks():
    assert refusal(GOOD, dataset=replace(DATASET, name="other")) == (
        "protocol 'mine' was made for dataset 'toy', not for 'other'. Choose a protocol of 'other'."
    )


def test_a_protocol_of_another_label_order_blocks():
    assert refusal(GOOD, classes=("b", "a")) == (
        "protocol 'mine' has the classes b, a; dataset 'toy' has a, b. Make the protocol anew."
    )


def test_videos_that_are_never_or_twice_tested_are_counted():
    fold = Fold(0, ("toy:p0", "toy:q0"), ("toy:r0", "toy:r1"))
    assert audit(protocol(fold, replace(fold, index=1)), DATASET) == (
        "2 videos of 6 in no fold of 'mine', the first is 'toy:p1'.",
        "2 videos of 6 trained on and never tested in the folds of 'mine', the first is 'toy:p0'.",
        "2 videos of 6 tested more than once in the folds of 'mine', the first is 'toy:r0'.",
    )

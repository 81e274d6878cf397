from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import protocols
from bench.audit import audit, inspect
from bench.errors import BenchError
from bench.frames.likeness import sketch
from bench.frames.notes import Note
from bench.records import Dataset, Finding, Fold, Protocol, Status, Video

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
    assert audit(protocol(leaky), replace(DATASET, videos=videos)) == ()


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
    found = audit(protocol(fold, replace(fold, index=1)), DATASET)
    assert {finding.kind for finding in found} == {"warning"}
    assert [finding.text for finding in found] == [
        "2 videos of 6 in no fold of 'mine', the first is 'toy:p1'.",
        "2 videos of 6 trained on and never tested in the folds of 'mine', the first is 'toy:p0'.",
        "2 videos of 6 tested more than once in the folds of 'mine', the first is 'toy:r0'.",
    ]


def test_all_that_blocks_is_said_at_once_and_counted():
    folds = [Fold(k, ("toy:p0", "toy:q0", "toy:x1"), ("toy:p1", "toy:r0")) for k in range(6)]
    said = refusal(*folds).splitlines()
    assert said[:3] == [
        "protocol 'mine' has 12 problems:",
        "  fold 1 of 'mine' lists 1 video in train that dataset 'toy' lacks, the first is 'toy:x1' "
        "(unknown id).",
        "  fold 1 of 'mine' has subject 'p' on both sides: 1 video in train and 1 in test.",
    ]
    assert said[10:] == [
        "  fold 5 of 'mine' has subject 'p' on both sides: 1 video in train and 1 in test.",
        "  and 2 more",
        "Complete the dataset, or make the protocol anew. Mend the split, or choose 'loso' or "
        "'subject-<k>-fold'.",
    ]


# ------------------------------------------------------------------ copies


def film(seed):
    """The sketch of a video like no other."""
    return sketch(np.random.default_rng(seed).integers(0, 256, (30, 16, 16), dtype=np.uint8))


def note(id, content, look, status: Status = "scored"):
    return Note(id, status, "", 30, 0, 0, 25.0, (), None, "source", content, look)


FILMS = [film(seed) for seed in range(6)]
NOTES = {
    video.id: note(video.id, f"content {n}", FILMS[n]) for n, video in enumerate(DATASET.videos)
}


def copied(one, other, *, content=False):
    """Notes that say that a video is another one, of the same bytes or encoded again."""
    kept = NOTES[one].content if content else NOTES[other].content
    return {**NOTES, other: note(other, kept, NOTES[one].sketch)}


def blocked(notes, dataset=DATASET, *, known=(), allow=None):
    with pytest.raises(BenchError) as error:
        audit(replace(protocol(GOOD), overlaps=known), dataset, notes, allow=allow)
    return str(error.value)


def passed(notes, dataset=DATASET, *, known=(), allow=None):
    """What does not block."""
    return audit(replace(protocol(GOOD), overlaps=known), dataset, notes, allow=allow)


def test_videos_of_their_own_pass_without_a_word():
    assert passed(NOTES) == ()


def test_a_renamed_copy_across_the_sides_blocks():
    assert blocked(copied("toy:p0", "toy:r1", content=True)) == (
        "'toy:p0' is in train and 'toy:r1' in test of fold 1 of 'mine': they have the same content."
        " Remove one of the copies, or mend the split."
    )


def test_a_copy_that_was_encoded_again_blocks_with_how_far_it_differs():
    assert blocked(copied("toy:q1", "toy:r0")) == (
        "'toy:q1' is in train and 'toy:r0' in test of fold 1 of 'mine': they look alike; their "
        "motion differs by 0 % and their picture by 0.0 grey levels. Remove one of them, or say "
        "why both may stay with --allow-leak REASON."
    )


def test_a_reason_lets_a_copy_through_that_only_looks_like_one():
    assert passed(copied("toy:q1", "toy:r0"), allow="other camera") == (
        Finding(
            "allowed",
            "'toy:q1' is in train and 'toy:r0' in test of fold 1 of 'mine': they look alike; their "
            "motion differs by 0 % and their picture by 0.0 grey levels. Let through: other "
            "camera.",
        ),
    )


def test_no_reason_lets_equal_content_a_subject_or_one_name_through():
    same = copied("toy:p0", "toy:r1", content=True)
    assert "they have the same content" in blocked(same, allow="why not")
    doubles = replace(DATASET, doubles=(("toy:p0", "toy:r0"),))
    assert "the distributor gives them one name" in blocked(NOTES, doubles, allow="why not")


def test_an_empty_reason_is_none():
    assert blocked(NOTES, allow=" ") == (
        "--allow-leak ' ' gives no reason. Say why the copies may stay."
    )


def test_a_double_that_the_protocol_does_not_list_blocks():
    doubles = (("toy:p0", "toy:r0"), ("toy:q0", "toy:r1"))
    said = blocked({}, replace(DATASET, doubles=doubles), known=[doubles[0]])
    assert said == (
        "'toy:q0' is in train and 'toy:r1' in test of fold 1 of 'mine': the distributor gives them "
        "one name, and the protocol does not list them as known. Restore the distributor's files, "
        "or mend the split."
    )


@pytest.mark.parametrize("content", [True, False])
def test_a_known_overlap_is_said_and_does_not_block(content):
    pair = ("toy:p0", "toy:r1")
    dataset = replace(DATASET, doubles=(pair,))
    assert passed(copied(*pair, content=content), dataset, known=[pair[::-1]]) == (
        Finding(
            "known",
            "'toy:p0' is in train and 'toy:r1' in test of fold 1 of 'mine', as the distributor "
            "ships them.",
        ),
    )


def test_a_known_overlap_lets_no_third_copy_through():
    third = copied("toy:p0", "toy:r1", content=True)
    third["toy:q0"] = note("toy:q0", NOTES["toy:p0"].content, NOTES["toy:p0"].sketch)
    assert blocked(third, known=[("toy:p0", "toy:r1")]).startswith(
        "'toy:q0' is in train and 'toy:r1' in test of fold 1 of 'mine': they have the same content"
    )


def test_copies_on_one_side_are_counted_and_do_not_block():
    notes = copied("toy:p0", "toy:q0", content=True) | {
        id: note(id, f"other {id}", FILMS[5]) for id in ("toy:r0", "toy:r1")
    }
    assert [finding.text for finding in passed(notes)] == [
        "videos on one side have the same content and count more than once: 1 group, the first is "
        "'toy:p0' and 'toy:q0'.",
        "videos on one side look alike and count more than once: 1 group, the first is 'toy:r0' "
        "and 'toy:r1'.",
    ]


def test_files_that_cannot_be_read_are_copies_of_nothing():
    broken = {id: note(id, "empty", "", "unreadable") for id in ("toy:p0", "toy:r0")}
    assert passed({**NOTES, **broken}) == ()


def test_a_copy_on_both_sides_of_several_folds_is_said_once():
    folds = [GOOD, Fold(1, ("toy:r0", "toy:r1"), ("toy:p0", "toy:p1"))]
    report = inspect(protocol(*folds), DATASET, copied("toy:p0", "toy:r1", content=True))
    assert [problem.text for problem in report.blocking] == [
        "'toy:p0' is in train and 'toy:r1' in test of fold 1 of 'mine' (and of 1 more fold): they "
        "have the same content."
    ]


def test_of_many_that_are_let_through_ten_are_named():
    videos = tuple(Video(f"toy:{n:02d}", f"{n}.avi", "ab"[n % 2]) for n in range(24))
    fold = Fold(0, tuple(v.id for v in videos[:12]), tuple(v.id for v in videos[12:]))
    films = [film(seed) for seed in range(12)]
    notes = {v.id: note(v.id, v.id, films[n % 12]) for n, v in enumerate(videos)}
    dataset = replace(DATASET, videos=videos)
    found = [
        f.text for f in audit(protocol(fold), dataset, notes, allow="x") if f.kind == "allowed"
    ]
    assert len(found) == 11
    assert found[-1] == ("2 more pairs of videos across the sides look alike. Let through: x.")


@st.composite
def planted(draw):
    """Videos dealt to folds, pairs of which are copies; and the pairs that stand on both sides."""
    ids = [f"toy:{n}" for n in range(draw(st.integers(4, 14)))]
    part = {id: draw(st.integers(0, 2)) for id in ids}
    shuffled = draw(st.permutations(ids))
    count = draw(st.integers(0, len(ids) // 2))
    pairs = [tuple(sorted(shuffled[2 * n : 2 * n + 2])) for n in range(count)]
    kinds = [draw(st.sampled_from(["content", "look", "name"])) for _ in pairs]
    return ids, part, list(zip(pairs, kinds, strict=True))


@given(planted())
def test_every_planted_pair_is_found_and_nothing_else(case):
    ids, part, pairs = case
    folds = [
        Fold(k, tuple(i for i in ids if part[i] != k), tuple(i for i in ids if part[i] == k))
        for k in range(3)
    ]
    notes = {id: note(id, id, SKETCHES[n]) for n, id in enumerate(ids)}
    for (one, other), kind in pairs:
        if kind != "name":
            content = one if kind == "content" else other
            notes[other] = note(other, content, notes[one].sketch)
    dataset = Dataset(
        "toy",
        ("a", "b"),
        tuple(Video(id, id, "a", id) for id in ids),
        doubles=tuple(pair for pair, kind in pairs if kind == "name"),
    )
    report = inspect(protocol(*folds), dataset, notes)
    found = {
        tuple(sorted(p.text.split("'")[1:4:2])) for p in report.blocking if "is in train" in p.text
    }
    assert found == {pair for pair, _ in pairs if part[pair[0]] != part[pair[1]]}
    beside = [f.text for f in report.findings if "count more than once" in f.text]
    kinds = {kind for (one, other), kind in pairs if part[one] == part[other] and kind != "name"}
    assert len(beside) == len(kinds)


SKETCHES = [film(100 + seed) for seed in range(14)]


def test_several_videos_that_a_loader_makes_of_one_file_are_no_copies_on_one_side():
    videos = tuple(replace(video, path=f"{video.id[4]}.avi") for video in DATASET.videos)
    looks = {video.path: FILMS[number] for number, video in enumerate(videos)}
    notes = {video.id: note(video.id, video.path, looks[video.path]) for video in videos}
    assert passed(notes, replace(DATASET, videos=videos)) == ()


def test_a_copy_that_is_in_no_fold_counts_for_nothing():
    one, other = DATASET.videos[:2]
    fold = Fold(0, (one.id, "toy:q0", "toy:q1"), ("toy:r0", "toy:r1"))
    found = audit(protocol(fold), DATASET, copied(one.id, other.id, content=True))
    assert [finding.text for finding in found if "count more than once" in finding.text] == []

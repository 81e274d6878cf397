"""Films, actors and neighbouring numbers on both sides of a fold: warned of, never refused."""

from dataclasses import replace

import pytest

from bench.audit import audit
from bench.records import Dataset, Fold, Protocol, Video


def video(key, **changes):
    return Video(f"toy:{key}", f"{key}.avi", "a", **changes)


def warned(videos, *folds):
    dataset = Dataset("toy", ("a",), tuple(videos))
    ids = [
        (tuple(f"toy:{k}" for k in train), tuple(f"toy:{k}" for k in test)) for train, test in folds
    ]
    made = [Fold(place, train, test) for place, (train, test) in enumerate(ids)]
    found = audit(
        Protocol("mine", "toy", ("a",), tuple(made), "pool", "0" * 64, "by hand"), dataset
    )
    assert {finding.kind for finding in found} <= {"warning"}
    return [finding.text for finding in found if "tested" not in finding.text]


def test_films_on_both_sides_are_counted():
    videos = [
        video(k, group=film) for k, film in zip("abcde", ("X", "X", "X", "Y", "Z"), strict=True)
    ]
    assert warned(videos, ("abd", "ce")) == [
        "fold 1 of 'mine' has 1 film or recording on both sides, the first is 'X', with 2 videos "
        "in train and 1 in test."
    ]


def test_the_fold_with_the_most_shared_films_is_named():
    videos = [video(k, group=film) for k, film in zip("abcd", "XXYY", strict=True)]
    folds = [("abc", "d"), ("ac", "bd"), ("abcd"[:2], "cd")]
    assert warned(videos, *folds) == [
        "fold 2 of 'mine' has 2 films or recordings on both sides, the first is 'X', with 2 videos "
        "in train and 2 in test; the most of 2 such folds."
    ]


def test_each_of_several_actors_of_a_clip_counts():
    videos = [video("a", attributes={"actor": "Ann, Bob"}), video("b", attributes={"actor": "Bob"})]
    assert warned(videos, ("a", "b")) == [
        "fold 1 of 'mine' has 1 actor on both sides, the first is 'Bob', with 1 video in train "
        "and 1 in test."
    ]


def test_neighbouring_numbers_in_different_folds_are_counted_where_nothing_else_is_known():
    videos = [video(f"{n:05d}") for n in (1, 2, 3, 5, 6)]
    folds = [
        (["00003", "00005", "00006"], ["00001", "00002"]),
        (["00001", "00002"], ["00003", "00005", "00006"]),
    ]
    assert warned(videos, *folds) == [
        "1 of 3 pairs of neighbouring numbers are on different sides of a fold of 'mine', 33.3 %; "
        "films are not published, and where numbers follow them a film is on both sides."
    ]


@pytest.mark.parametrize("known", [{"subject": "s"}, {"group": "film"}])
def test_neighbouring_numbers_say_nothing_where_subjects_or_films_are_known(known):
    videos = [video(f"{n}") for n in (1, 2, 3, 4)]
    assert warned([*videos[:3], replace(videos[3], **known)], ("134", "2")) == []


def test_names_that_are_no_numbers_have_no_neighbours():
    assert warned([video("a1"), video("a2")], (["a1"], ["a2"])) == []

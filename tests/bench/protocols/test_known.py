"""Folds for which a rule is known."""

from bench.protocols.known import known_folds, known_overlaps
from bench.records import Dataset, Fold, Video


def faces(name, subjects, **more):
    videos = tuple(Video(f"{name}:{s}", f"{s}.mp4", "happy", subject=s) for s in subjects)
    return Dataset(name, ("happy",), videos, **more)


def test_folds_of_the_loader_and_blocks_of_subjects_are_known():
    actors = [f"Actor_{n:02}" for n in range(1, 25)]
    own = (Fold(0, ("a",), ("b",)),)
    found = known_folds(faces("ravdess", actors, official={"own": own}))
    assert found["own"] == own
    assert [len(fold.test) for fold in found["blocks-6-fold"]] == [4] * 6


def test_blocks_whose_subjects_are_not_there_are_not_known():
    assert known_folds(faces("ravdess", ["Actor_01"])) == {}


def test_the_overlaps_of_a_distributor_are_those_of_its_shipped_protocol():
    pair = ("afew:train/001703120", "afew:val/001703120")
    assert pair in known_overlaps(Dataset("afew", ("sad",), (), official={"official": ()}))
    assert known_overlaps(Dataset("dfew", ("sad",), (), official={"official-5-fold": ()})) == ()

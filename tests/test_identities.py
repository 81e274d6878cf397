"""Nobody who is tested was seen before: not among the stills, not on the other side of a fold."""

from dataclasses import fields
from pathlib import Path

import pytest

from bench.protocols import split
from bench.records import Dataset, Video
from bench.synthesis import dataset, stills
from bench.synthesis.identity import Identity
from bench.synthesis.performance import Difficulty
from bench.weights import SEED, STILLS

CLASSES = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
PEOPLE = [f"s{number:03d}" for number in range(18)]


class MetError(Exception):
    """A person was asked for; nothing needs to be drawn."""


@pytest.fixture
def met(monkeypatch) -> list[str]:
    """The keys of all persons that the drawing asks for."""
    keys: list[str] = []

    class Door:
        @staticmethod
        def of(key: str) -> Identity:
            keys.append(key)
            raise MetError

    monkeypatch.setattr(stills, "Identity", Door)
    monkeypatch.setattr(dataset, "Identity", Door)
    return keys


def face(key: str) -> tuple[object, ...]:
    person = Identity.of(key)
    return tuple(getattr(person, field.name) for field in fields(person) if field.name != "key")


def test_the_people_of_the_pretraining_stills_are_in_no_dataset(met):
    for index in range(STILLS):
        with pytest.raises(MetError):
            stills._still(index, 64, SEED, (0.4, 1.0))
    pretrained = {face(key) for key in met}
    met.clear()
    for subject in PEOPLE:
        with pytest.raises(MetError):
            dataset._film(dataset.Job(Path(), subject, "happy", 0, Difficulty()))
    scored = {face(key) for key in met}
    assert (len(pretrained), len(scored)) == (STILLS, len(PEOPLE))
    assert not pretrained & scored


def test_no_person_of_the_embedded_data_is_on_both_sides_of_a_fold():
    videos = tuple(
        Video(f"synthetic:{s}-{c}", f"videos/{s}-{c}.mp4", c, subject=s)
        for s in PEOPLE
        for c in CLASSES
    )
    subjects = {video.id: video.subject for video in videos}
    protocol = split(Dataset("synthetic", CLASSES, videos), "subject-3-fold")
    for fold in protocol.folds:
        trained = {face(f"synthetic/0/{subjects[id]}") for id in fold.train}
        tested = {face(f"synthetic/0/{subjects[id]}") for id in fold.test}
        assert (len(trained), len(tested)) == (12, 6)
        assert not trained & tested

"""The folds of a run: frozen, and those that ship."""

import json
from dataclasses import replace

import pytest

from bench import registry
from bench.errors import BenchError
from bench.frames.notes import Note, save_note
from bench.preparation import split_dataset
from bench.protocols import content_hash, freeze, split
from bench.protocols.blocks import shipped
from bench.records import Dataset, Fold, Video
from bench.sources import notes_of


@pytest.fixture
def mmi():
    """Two videos of each subject of the file of MMI."""
    file = shipped("mmi", "subject-10-fold")
    assert file
    videos = [
        Video(f"mmi:{name}-{label}", "x", label, name)
        for block in file.blocks
        for name in block
        for label in ("happy", "sad")
    ]
    return Dataset("mmi", ("happy", "sad"), tuple(sorted(videos, key=lambda video: video.id)))


@pytest.fixture
def entry():
    return registry.load().dataset("mmi")


def changed(protocol):
    """The same folds, with another one first."""
    turned = (*protocol.folds[1:], protocol.folds[0])
    folds = tuple(Fold(k, fold.train, fold.test) for k, fold in enumerate(turned))
    digest = content_hash(protocol.classes, folds, protocol.combine)
    return replace(protocol, folds=folds, hash=digest)


def test_a_dealt_protocol_is_read_back_whatever_would_be_dealt_today(mmi, entry, tmp_path):
    made = split_dataset(entry, mmi, tmp_path, name="subject-5-fold")
    (path,) = (tmp_path / "protocols/mmi").iterdir()
    other = changed(made)
    freeze(other, path)
    assert split_dataset(entry, mmi, tmp_path, name="subject-5-fold") == other


def test_folds_that_were_frozen_before_a_file_shipped_are_refused(mmi, entry, tmp_path):
    made = split_dataset(entry, mmi, tmp_path)
    (path,) = (tmp_path / "protocols/mmi").iterdir()
    freeze(changed(made), path)
    with pytest.raises(BenchError) as refused:
        split_dataset(entry, mmi, tmp_path)
    assert str(refused.value) == (
        f"{path} has other folds than 'subject-10-fold' of dataset 'mmi' now: their hash is "
        f"{changed(made).hash[:12]}, that of {made.source} {made.hash[:12]}. Remove the file to "
        f"use these, or pass it with --split to go on with it."
    )
    assert split_dataset(entry, mmi, tmp_path, file=path).hash == changed(made).hash


def test_overlaps_that_were_written_into_a_frozen_file_count_for_nothing(mmi, entry, tmp_path):
    split_dataset(entry, mmi, tmp_path)
    (path,) = (tmp_path / "protocols/mmi").iterdir()
    body = json.loads(path.read_text())
    pair = [mmi.videos[0].id, mmi.videos[1].id]
    path.write_text(json.dumps({**body, "overlaps": [pair]}))
    assert split_dataset(entry, mmi, tmp_path) == split(mmi, "subject-10-fold")


def test_the_notes_of_a_dataset_are_those_of_its_prepared_videos_without_names(mmi, tmp_path):
    first = mmi.videos[0].id
    place = str(tmp_path)
    note = Note(first, "scored", "", 1, 1, 1, None, (), None, "x", place=place, files=("1.jpg",))
    save_note(tmp_path, note)
    assert notes_of(tmp_path, mmi) == {first: replace(note, files=())}

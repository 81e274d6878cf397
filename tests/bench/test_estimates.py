from pathlib import Path

import pytest

from bench.estimates import frames_to_prepare
from bench.frames.notes import Note, save_note
from bench.records import Dataset, DatasetEntry, Preprocessing, Video
from bench.sources import Source

ENTRY = DatasetEntry("set", "Set", "nowhere:load", "nobody", "loso")
VIDEOS = tuple(Video(f"set:{n}", f"{n}.mp4", "happy", aligned=n < 2) for n in range(5))


def needed(store, storage):
    dataset = Dataset("set", ("happy",), VIDEOS)
    kept = Preprocessing("none", 100, storage=storage)
    return frames_to_prepare(Source(ENTRY, Path(), dataset, kept, "f", store))


@pytest.mark.parametrize(("storage", "size"), [("raw", 5 * 30_000), ("jpeg", 3 * 4_000)])
def test_what_is_read_in_place_takes_no_disk(tmp_path, storage, size):
    assert needed(tmp_path, storage) == 120 * size


def test_what_is_prepared_takes_no_more_disk(tmp_path):
    save_note(tmp_path, Note("set:4", "unreadable", "cut.", 0, 0, 0, None, (), None, ""))
    assert needed(tmp_path, "raw") == 120 * 4 * 30_000

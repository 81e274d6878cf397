"""The datasets of a run: by what hash they are known."""

from dataclasses import replace

import pytest

from bench import registry
from bench.records import Dataset, Preprocessing, Video
from bench.sources import Source, content_fingerprint
from bench.synthesis import MARKER


@pytest.fixture
def source(tmp_path):
    """Two videos of the embedded dataset."""
    videos = tuple(Video(f"synthetic:{name}", f"{name}.mp4", name) for name in ("happy", "sad"))
    for video in videos:
        (tmp_path / video.path).write_bytes(b"12345")
    return Source(
        entry=registry.load().dataset("synthetic"),
        root=tmp_path,
        dataset=Dataset("synthetic", ("happy", "sad"), videos),
        preprocessing=Preprocessing(),
        preprocessing_fingerprint="f",
        store=tmp_path,
    )


def test_a_file_of_another_size_is_another_dataset(source):
    before = content_fingerprint(source)
    (source.root / "sad.mp4").write_bytes(b"1234")
    assert content_fingerprint(source) != before


def test_an_embedded_dataset_is_known_by_its_drawing_not_by_its_encoding(source):
    (source.root / MARKER).write_text("drawn, version 2")
    before = content_fingerprint(source)
    (source.root / "sad.mp4").write_bytes(b"1234")
    assert content_fingerprint(source) == before
    (source.root / MARKER).write_text("drawn, version 3")
    assert content_fingerprint(source) != before


def test_the_marker_of_a_twin_says_nothing_of_its_files(source):
    (source.root / MARKER).write_text("drawn, version 2")
    twin = replace(source, entry=registry.load().dataset("mmi"))
    before = content_fingerprint(twin)
    (source.root / "sad.mp4").write_bytes(b"1234")
    assert content_fingerprint(twin) != before


def test_other_videos_are_another_dataset(source):
    (source.root / MARKER).write_text("drawn, version 2")
    fewer = replace(source, dataset=replace(source.dataset, videos=source.dataset.videos[:1]))
    assert content_fingerprint(fewer) != content_fingerprint(source)

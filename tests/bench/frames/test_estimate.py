from dataclasses import replace
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.frames.estimate import Estimate, describe_estimate, estimate
from bench.frames.prepare import prepare
from bench.records import Dataset, Preprocessing, Video

from .conftest import levels, write_video

KEPT = Preprocessing("none", 32)
TAKEN = Estimate(
    videos=1000,
    prepared=200,
    tried=8,
    tried_frames=800,
    tried_seconds=4.0,
    tried_bytes=120_000_000,
    processes=2,
    free=20_000_000_000,
)


@pytest.fixture
def ten(tmp_path):
    """Ten videos of six frames."""
    for number in range(10):
        write_video(tmp_path / f"{number}.mp4", levels(6))
    videos = tuple(Video(f"set:{n}", f"{n}.mp4", "happy") for n in range(10))
    return Dataset("set", ("happy",), videos)


def test_some_videos_are_prepared_and_nothing_stays(ten, tmp_path):
    store = tmp_path / "cache" / "frames" / "store"
    before = sorted(tmp_path.rglob("*"))
    found = estimate(ten, tmp_path, KEPT, store, workers=3)
    assert sorted(tmp_path.rglob("*")) == before
    assert (found.videos, found.prepared, found.processes) == (10, 0, 3)
    assert 8 <= found.tried <= 10
    assert found.tried_frames == 6 * found.tried
    assert found.frames == 60
    assert found.free > 0


def test_the_disk_is_that_of_the_store_that_follows(ten, tmp_path):
    store = tmp_path / "store"
    found = estimate(ten, tmp_path, KEPT, store)
    assert found.bytes == pytest.approx(prepare(ten, tmp_path, KEPT, store).bytes, rel=0.05)


def test_what_is_prepared_is_not_counted_again(ten, tmp_path):
    store = tmp_path / "store"
    prepare(replace(ten, videos=ten.videos[:4]), tmp_path, KEPT, store)
    found = estimate(ten, tmp_path, KEPT, store)
    assert (found.prepared, found.tried, found.frames) == (4, 6, 36)
    prepare(ten, tmp_path, KEPT, store)
    done = estimate(ten, tmp_path, KEPT, store)
    assert (done.to_do, done.bytes, done.seconds) == (0, 0, 0)
    assert describe_estimate(done) == [
        "10 of 10 videos are prepared already; nothing is left to do"
    ]


def test_a_detector_that_cannot_be_loaded_is_told_first(ten, tmp_path):
    with pytest.raises(BenchError, match="unknown detector 'har'"):
        estimate(ten, tmp_path, replace(KEPT, detector="har"), Path(tmp_path / "store"))


def test_an_estimate_says_what_it_is_founded_on():
    assert (TAKEN.frames, TAKEN.bytes, TAKEN.seconds) == (80_000, 12e9, 200)
    assert describe_estimate(TAKEN) == [
        "200 of 1000 videos are prepared already; 800 are to be prepared, about 80000 frames",
        "time: about 3 min with 2 processes",
        "disk: about 12.0 GB, of 20.0 GB free",
        "measured on 8 videos drawn at random, 800 frames, in 4.0 s: 200 frames/s in one process",
    ]


def test_a_store_that_does_not_fit_is_told_with_the_remedy():
    assert describe_estimate(replace(TAKEN, free=1_500_000_000))[-1] == (
        "IT DOES NOT FIT: about 10.5 GB more are needed. Set BENCH_CACHE to a larger disk, or "
        "choose --storage jpeg."
    )


@pytest.mark.parametrize(("seconds", "text"), [(40, "40 s"), (3600, "60 min"), (9000, "2.5 h")])
def test_a_long_time_is_told_in_larger_units(seconds, text):
    taken = replace(TAKEN, tried_seconds=seconds / 50)
    assert describe_estimate(taken)[1] == f"time: about {text} with 2 processes"

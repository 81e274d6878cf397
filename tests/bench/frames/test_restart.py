"""`bench data prepare`, killed again and again: the store ends as if nothing had happened."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import levels, write_video

LOCKS = ("lock", "workers")
MOMENTS = (1, 14, 30)
"""Files of json that are there when the process is killed: what was asked, then a note a video."""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Forty-eight videos of two people in two classes; one of them is broken."""
    root = tmp_path_factory.mktemp("films")
    for number in range(48):
        name = f"{('happy', 'sad')[number % 2]}/{('anna', 'ben')[number // 24]}/{number:02}.mp4"
        write_video(root / name, levels(5 + number % 7, height=96, width=128))
    (root / "sad" / "anna" / "07.mp4").write_bytes(b"no video")
    return root


def begin(root, cache, storage):
    command = [sys.executable, "-m", "bench", "data", "prepare", "folder", "--root", root]
    surroundings = {**os.environ, "BENCH_CACHE": str(cache), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [*map(str, command), "--storage", storage, "--workers", "2"],
        env=surroundings,
        cwd=Path(__file__).parents[3],
        stdout=subprocess.DEVNULL,
    )


def kill_after(process, cache, notes):
    while len(list(cache.glob("frames/*/*/*.json"))) < notes and process.poll() is None:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    return process.wait()


def files(cache):
    (store,) = cache.glob("frames/*/*")
    return {p.name: p.read_bytes() for p in store.iterdir() if p.name not in LOCKS}


@pytest.mark.slow
@pytest.mark.parametrize(("storage", "suffix"), [("raw", ".npy"), ("jpeg", ".jpegs")])
def test_a_store_that_was_killed_three_times_is_the_undisturbed_one(
    root, tmp_path, storage, suffix
):
    for moment in MOMENTS:
        killed = kill_after(begin(root, tmp_path / "killed", storage), tmp_path / "killed", moment)
        assert killed == -signal.SIGKILL
    assert begin(root, tmp_path / "killed", storage).wait() == 0
    assert begin(root, tmp_path / "whole", storage).wait() == 0
    whole = files(tmp_path / "whole")
    assert files(tmp_path / "killed") == whole
    assert sum(name.endswith(suffix) for name in whole) == 47
    assert {"preprocessing.json", "problems.csv"} < whole.keys()

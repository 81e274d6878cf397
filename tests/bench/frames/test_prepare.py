import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.errors import BenchError
from bench.frames.alignment import align
from bench.frames.decode import opened
from bench.frames.detectors import detector
from bench.frames.notes import frames_path
from bench.frames.prepare import prepare
from bench.frames.prints import Sketch, content
from bench.frames.store import FrameStore
from bench.frames.summary import describe_summary
from bench.records import Dataset, Preprocessing, Video

from . import stand_in
from .conftest import levels, write_video

FACE = Path(__file__).parents[2] / "data" / "face-pexels.mp4"
ALIGNED = Preprocessing("none", 32)
HAAR = Preprocessing("haar", 64)


def dataset_of(*paths, **video):
    videos = [Video(f"set:{Path(path).stem}", path, "happy", **video) for path in paths]
    return Dataset("set", ("happy",), tuple(videos))


@pytest.fixture
def root(tmp_path):
    """Six small videos of grey levels."""
    for number in range(6):
        write_video(tmp_path / "root" / f"v{number}.mp4", levels(4 + number))
    return tmp_path / "root"


@pytest.fixture
def six():
    return dataset_of(*[f"v{number}.mp4" for number in range(6)])


def contents(folder):
    locks = ("lock", "workers")
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in locks}


def test_every_native_frame_is_kept_in_order(root, six, tmp_path):
    prepare(six, root, ALIGNED, tmp_path / "store")
    video = FrameStore(tmp_path / "store").read("set:v5")
    assert video.frames.shape == (9, 32, 32, 3)
    assert video.frames.mean(axis=(1, 2, 3)) == pytest.approx(10 + 5 * np.arange(9), abs=2)
    assert (video.status, video.fps) == ("scored", 25.0)


def test_a_filmed_face_is_found_and_fills_the_crop(tmp_path):
    summary = prepare(dataset_of(FACE.name), FACE.parent, HAAR, tmp_path)
    assert (summary.scored, summary.frames, summary.looked, summary.found) == (1, 40, 8, 8)
    pictures = FrameStore(tmp_path).read("set:face-pexels").frames
    sides = [box[2] / 64 for picture in pictures for box in detector("haar")(picture)]
    assert len(sides) > 30
    assert np.median(sides) == pytest.approx(1 / 1.25, abs=0.08)


def test_a_video_without_a_face_is_kept_on_the_fallback_crop(root, six, tmp_path):
    summary = prepare(six, root, HAAR, tmp_path / "store")
    assert summary.fallback == tuple(video.id for video in six.videos)
    assert FrameStore(tmp_path / "store").status("set:v0") == "fallback"


def test_the_fallback_crop_is_the_centred_square_of_eight_tenths(tmp_path):
    pictures = np.zeros((3, 40, 80, 3), np.uint8)
    pictures[:, 4:36, 24:56] = 200
    write_video(tmp_path / "a.mp4", pictures)
    prepare(dataset_of("a.mp4"), tmp_path, HAAR, tmp_path / "store")
    assert FrameStore(tmp_path / "store").read("set:a").frames[0].mean() > 190


def test_of_two_panes_the_fallback_crop_shows_the_left_one(tmp_path):
    pictures = np.zeros((3, 40, 80, 3), np.uint8)
    pictures[:, :, :40] = 200
    write_video(tmp_path / "a.mp4", pictures)
    prepare(dataset_of("a.mp4", panes=2), tmp_path, HAAR, tmp_path / "store")
    assert FrameStore(tmp_path / "store").read("set:a").frames[0].mean() > 190


def test_a_turned_face_is_aligned_by_its_points(tmp_path, monkeypatch):
    monkeypatch.setenv("BENCH_YUNET", str(stand_in.yunet(tmp_path / "own.onnx")))
    picture = np.zeros((144, 160, 3), np.uint8)
    picture[56:64, 72:80] = 255
    write_video(tmp_path / "a.mp4", np.stack([picture] * 3))
    yunet = Preprocessing("yunet", 112, 0.0, align=True)
    summary = prepare(dataset_of("a.mp4"), tmp_path, yunet, tmp_path / "store")
    assert (summary.scored, summary.found) == (1, 1)
    with opened(tmp_path / "a.mp4") as footage:
        filmed = next(footage.frames)[1]
    expected = align(filmed, stand_in.POINTS + np.array([72, 56]), 112)
    stored = FrameStore(tmp_path / "store").read("set:a").frames[0]
    assert np.abs(stored.astype(int) - expected).max() <= 2
    assert stored.mean() > 1


def test_aligning_without_points_is_refused(root, six, tmp_path):
    with pytest.raises(BenchError, match="faces cannot be aligned with detector 'haar'"):
        prepare(six, root, replace(HAAR, align=True), tmp_path / "store")


def test_an_aligned_video_is_kept_whole_whatever_the_detector_of_its_set(tmp_path):
    pictures = np.full((3, 40, 40, 3), 200, np.uint8)
    pictures[:, 4:36, 4:36] = 0
    for name in ("aligned.mp4", "filmed.mp4"):
        write_video(tmp_path / name, pictures)
    aligned, filmed = dataset_of("aligned.mp4", aligned=True), dataset_of("filmed.mp4")
    both = Dataset("set", ("happy",), aligned.videos + filmed.videos)
    summary = prepare(both, tmp_path, HAAR, tmp_path / "store")
    assert (summary.scored, summary.fallback, summary.looked) == (1, ("set:filmed",), 1)
    store = FrameStore(tmp_path / "store")
    assert store.read("set:aligned").frames[0][2, 32].mean() > 190
    assert store.read("set:filmed").frames[0][2, 32].mean() < 10


def test_a_lying_video_is_stored_upright(tmp_path):
    pictures = np.zeros((3, 48, 48, 3), np.uint8)
    pictures[:, :, :24] = 200
    write_video(tmp_path / "a.mp4", pictures)
    prepare(dataset_of("a.mp4", rotation=90), tmp_path, ALIGNED, tmp_path / "store")
    frame = FrameStore(tmp_path / "store").read("set:a").frames[0]
    assert frame[:14].mean() > 190
    assert frame[18:].mean() < 10


def test_bad_files_are_named_and_stop_nothing(root, six, tmp_path):
    (root / "v1.mp4").write_bytes(b"")
    (root / "v2.mp4").unlink()
    summary = prepare(six, root, ALIGNED, tmp_path / "store")
    assert (summary.videos, summary.scored) == (6, 4)
    assert summary.unreadable == {
        "set:v1": f"{root / 'v1.mp4'} (0 bytes) cannot be opened as a video: Invalid data found "
        f"when processing input. Copy the file again from its source.",
        "set:v2": f"{root / 'v2.mp4'} is missing; expected a video file or a folder of images.",
    }
    assert FrameStore(tmp_path / "store").missing(six.videos) == ()


def test_a_video_that_breaks_off_keeps_its_first_frames(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (20, 48, 64, 3), np.uint8)
    path = write_video(tmp_path / "cut.avi", noise, "mjpeg")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    summary = prepare(dataset_of("cut.avi"), tmp_path, ALIGNED, tmp_path / "store")
    assert summary.scored == 1
    assert 2 < summary.frames < 15
    assert summary.broken["set:cut"].startswith(f"{path} breaks off after {summary.frames} frames")


def test_an_image_that_is_lost_leaves_the_others_their_numbers(image_folder, tmp_path):
    (image_folder / "3.png").write_bytes(b"")
    summary = prepare(dataset_of("images"), tmp_path, ALIGNED, tmp_path / "store")
    assert "3.png" in summary.broken["set:images"]
    video = FrameStore(tmp_path / "store").read("set:images")
    assert video.lost == (2,)
    assert video.frames[2].mean() == 10 + 5 * video.original(2) == 25


def test_what_is_prepared_is_not_prepared_again(root, six, tmp_path):
    prepare(six, root, ALIGNED, tmp_path / "store")
    path = frames_path(tmp_path / "store", "set:v3")
    before = path.stat().st_mtime_ns
    summary = prepare(six, root, ALIGNED, tmp_path / "store")
    assert (summary.prepared, summary.videos, summary.frames) == (0, 6, 39)
    assert path.stat().st_mtime_ns == before


def test_a_changed_source_is_prepared_again(root, six, tmp_path):
    prepare(six, root, ALIGNED, tmp_path / "store")
    write_video(root / "v3.mp4", levels(15))
    assert prepare(six, root, ALIGNED, tmp_path / "store").prepared == 1
    assert len(FrameStore(tmp_path / "store").read("set:v3").frames) == 15


def test_an_image_that_is_written_anew_in_its_place_is_prepared_again(image_folder, tmp_path):
    dataset = dataset_of("images")
    prepare(dataset, tmp_path, ALIGNED, tmp_path / "store")
    first = min(image_folder.glob("*.png"))
    with first.open("r+b") as file:
        file.write(first.read_bytes())
    os.utime(first, ns=(0, 0))
    summary = prepare(dataset, tmp_path, ALIGNED, tmp_path / "store")
    assert summary.prepared == 1
    assert prepare(dataset, tmp_path, ALIGNED, tmp_path / "store").prepared == 0


def test_a_note_says_which_bytes_it_was_made_from_and_what_they_look_like(root, six, tmp_path):
    prepare(six, root, ALIGNED, tmp_path / "store")
    store = FrameStore(tmp_path / "store")
    note, other = store.note("set:v5"), store.note("set:v4")
    assert note.content == content(root / "v5.mp4")
    sketch = Sketch()
    with opened(root / "v5.mp4") as footage:
        for _, picture in footage.frames:
            sketch.add(picture)
    assert note.sketch == sketch.text() != other.sketch


def test_another_rotation_is_prepared_again(root, tmp_path):
    prepare(dataset_of("v0.mp4"), root, ALIGNED, tmp_path / "store")
    turned = dataset_of("v0.mp4", rotation=90)
    assert prepare(turned, root, ALIGNED, tmp_path / "store").prepared == 1


def test_two_processes_make_the_same_store_as_one(root, six, tmp_path):
    prepare(six, root, HAAR, tmp_path / "one", workers=1)
    prepare(six, root, HAAR, tmp_path / "two", workers=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_an_interrupted_store_is_finished_to_the_same_bytes(root, six, tmp_path):
    prepare(six, root, ALIGNED, tmp_path / "whole")

    def interrupt(notes, description, total):
        for number, note in enumerate(notes):
            if number == 2:
                raise KeyboardInterrupt
            yield note

    with pytest.raises(KeyboardInterrupt):
        prepare(six, root, ALIGNED, tmp_path / "store", watch=interrupt)
    (tmp_path / "store" / "half.npy.tmp").write_bytes(b"half")
    assert prepare(six, root, ALIGNED, tmp_path / "store").prepared < 5
    assert contents(tmp_path / "store") == contents(tmp_path / "whole")


KILLED = """
import sys
from pathlib import Path
from bench.frames.prepare import prepare
from bench.records import Dataset, Preprocessing, Video
if __name__ == "__main__":
    videos = tuple(Video(f"set:v{i}", f"v{i}.mp4", "happy") for i in range(40))
    root, store = map(Path, sys.argv[1:])
    prepare(Dataset("set", ("happy",), videos), root, Preprocessing("none", 32), store, workers=2)
"""


def test_a_killed_store_is_finished_to_the_same_bytes(root, tmp_path):
    for number in range(6, 40):
        shutil.copy(root / "v5.mp4", root / f"v{number}.mp4")
    script = tmp_path / "script.py"
    script.write_text(KILLED)
    command = [sys.executable, str(script), str(root), str(tmp_path / "store")]
    surroundings = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    process = subprocess.Popen(command, env=surroundings)
    while len(list((tmp_path / "store").glob("set_*.json"))) < 3 and process.poll() is None:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    forty = dataset_of(*[f"v{number}.mp4" for number in range(40)])
    assert prepare(forty, root, ALIGNED, tmp_path / "store", workers=1).videos == 40
    prepare(forty, root, ALIGNED, tmp_path / "whole", workers=1)
    assert contents(tmp_path / "store") == contents(tmp_path / "whole")


def test_progress_is_told_to_the_watch(root, six, tmp_path):
    told = []

    def watch(notes, description, total):
        told.append((description, total))
        return notes

    prepare(six, root, ALIGNED, tmp_path / "store", watch=watch)
    assert told == [("frames of set", 6)]


def test_a_folder_that_cannot_be_written_is_named(root, six, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BenchError) as error:
        prepare(six, root, ALIGNED, tmp_path / "file" / "store")
    assert str(error.value) == (
        f"{tmp_path / 'file' / 'store'} cannot be written: Not a directory. Free space or "
        f"permissions, or set BENCH_CACHE to another folder; what is prepared is kept."
    )


def test_a_summary_names_every_bad_video(root, six, tmp_path):
    (root / "v1.mp4").write_bytes(b"")
    lines = describe_summary(prepare(six, root, HAAR, tmp_path / "store"))
    assert lines[0] == (
        "6 videos, 34 frames, 0 MB: 0 with a face, 5 on the fallback crop, 1 unreadable"
    )
    assert lines[1] == "face found in 0 of 9 frames looked at"
    assert lines[3] == ("no face found, centred crop: set:v0, set:v2, set:v3, set:v4, set:v5")
    assert lines[4].startswith("unreadable: set:v1: ")


def test_a_video_of_the_first_frame_alone_is_another_than_its_file(root, six, tmp_path):
    whole = six.videos[0]
    still = replace(whole, id=f"{whole.id}/still", limit=1)
    both = replace(six, videos=(whole, still))
    prepare(both, root, ALIGNED, tmp_path / "store", workers=1)
    stored = FrameStore(tmp_path / "store")
    assert len(stored.read(still.id).frames) == 1
    assert len(stored.read(whole.id).frames) > 1
    note = stored.note(still.id)
    assert note and note.content == f"{stored.note(whole.id).content}, first 1 frames"

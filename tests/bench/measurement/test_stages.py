from pathlib import Path

import pytest
import torch
from torch import nn

from bench.errors import BenchError
from bench.frames.batches import VideoFrames, to_float
from bench.frames.prepare import prepare
from bench.frames.store import FrameStore
from bench.measurement.passes import make_ready
from bench.measurement.stages import time_stages
from bench.records import Dataset, InputSpec, Preprocessing, Sampling, Setting, Video, Views

FACE = Path(__file__).parents[2] / "data" / "face-pexels.mp4"
SAMPLING = Sampling("uniform", frames=4)
SPEC = InputSpec(
    SAMPLING, SAMPLING, 16, mean=(0.5, 0.5, 0.5), views=Views(temporal=2, combine="mean")
)


class Recorder(nn.Module):
    def __init__(self):
        super().__init__()
        self.seen = []

    def forward(self, video):
        self.seen.append(video.clone())


@pytest.fixture
def ready():
    return make_ready(Recorder, Setting("cpu"), torch.device("cpu"))


class Ticks:
    """A clock that ticks once a reading."""

    def __init__(self):
        self.readings = 0

    def __call__(self):
        self.readings += 1
        return self.readings / 1000


def test_each_stage_of_a_real_video_is_timed_apart(ready):
    stages = time_stages(FACE, ready, SPEC, Preprocessing(size=32), repeats=2)
    assert (stages.video, stages.frames, stages.video_seconds) == ("face-pexels.mp4", 40, 20.0)
    assert stages.detector == "haar"
    assert list(stages.wall_ms) == ["decode", "face", "crop", "model"]
    assert all(len(times) == 2 and min(times) > 0 for times in stages.wall_ms.values())


def test_the_clock_is_read_around_every_step_of_a_stage(ready):
    stages = time_stages(FACE, ready, SPEC, Preprocessing(size=32), repeats=1, clock=Ticks())
    assert {stage: round(times[0]) for stage, times in stages.wall_ms.items()} == {
        "decode": (1 + 8 + 1) + (1 + 40 + 1),  # two readings: opened, frames drawn, the end
        "face": 8 + 1,  # every fifth frame, then the track
        "crop": 40,
        "model": 1,
    }


def test_the_network_sees_what_a_run_would_show_it(ready, tmp_path):
    preprocessing = Preprocessing(size=32)
    time_stages(FACE, ready, SPEC, preprocessing, repeats=1)
    video = Video("faces:a", FACE.name, "happy")
    prepare(Dataset("faces", ("happy",), (video,)), FACE.parent, preprocessing, tmp_path, workers=1)
    views = VideoFrames(FrameStore(tmp_path), [video], ["happy"], SPEC, train=False, seed=0)
    # an untimed run, then the timed one
    assert len(ready.network.seen) == 2 * len(views) == 4
    for seen, item in zip(ready.network.seen[2:], views, strict=True):
        assert torch.equal(seen, to_float(item.video[None], SPEC))


def test_without_a_detector_there_is_no_stage_of_that_name(ready):
    preprocessing = Preprocessing(detector="none", size=32)
    stages = time_stages(FACE, ready, SPEC, preprocessing, repeats=1)
    assert list(stages.wall_ms) == ["decode", "crop", "model"]


def test_a_file_that_is_no_video_is_told_as_preparation_tells_it(ready, tmp_path):
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"no video")
    with pytest.raises(BenchError) as error:
        time_stages(path, ready, SPEC, Preprocessing(), repeats=1)
    assert str(error.value) == (
        f"{path} (8 bytes) cannot be opened as a video: Invalid data found when processing input. "
        f"Copy the file again from its source."
    )


def test_a_folder_of_images_has_no_seconds(ready, tmp_path):
    import cv2
    import numpy as np

    for number in range(2):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.full((40, 40, 3), 128, np.uint8))
    with pytest.raises(BenchError) as error:
        time_stages(tmp_path, ready, SPEC, Preprocessing(size=32), repeats=1)
    assert str(error.value) == (
        f"{tmp_path} has no frame rate, so that its duration is unknown; expected a video file. "
        f"Pass the file in place of a folder of images."
    )

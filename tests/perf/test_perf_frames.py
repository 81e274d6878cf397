"""The frame stores beside decoding each video anew, and beside a GPU that waits for its batches."""

import gc
import statistics
import time
from itertools import chain, cycle, islice, pairwise
from pathlib import Path

import cv2
import pytest
import torch

from bench.frames.batches import VideoFrames, loader
from bench.frames.decode import opened
from bench.frames.prepare import prepare
from bench.frames.store import FrameStore
from bench.records import Dataset, InputSpec, Preprocessing, Sampling, Video
from bench.synthesis.video import write_video

SAMPLE = Path(__file__).parents[1] / "data" / "face-pexels.mp4"
FRAMES, SIZE, VIDEOS = 105, 224, 8
CLIPS = Sampling("clips", clips=7, frames=5)
WORKERS, STEP, AHEAD = 4, 0.020, 2
"""Loading processes, seconds of a GPU's step, batches that each process prepares ahead."""


def seconds(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@pytest.fixture(scope="module", params=[(320, 180), (720, 576)], ids=["as-is", "as-mmi"])
def films(request, tmp_path_factory):
    """Videos of 105 frames, forth and back through the sample: at its size, and at that of MMI."""
    root = tmp_path_factory.mktemp("films")
    with opened(SAMPLE) as footage:
        frames = [cv2.resize(picture, request.param) for _, picture in footage.frames]
    write_video(root / "0.mp4", islice(cycle(chain(frames, frames[-2:0:-1])), FRAMES), 25)
    for number in range(1, VIDEOS):
        (root / f"{number}.mp4").write_bytes((root / "0.mp4").read_bytes())
    videos = tuple(Video(f"film:{n}", f"{n}.mp4", "happy") for n in range(VIDEOS))
    return root, Dataset("film", ("happy",), videos)


@pytest.fixture(params=["raw", "jpeg"])
def shown(request, films):
    """The videos as CEFLNet is shown them: 7 clips of 5 frames."""
    root, dataset = films
    kept = root / request.param
    prepare(dataset, root, Preprocessing(size=SIZE, storage=request.param), kept, workers=1)
    spec = InputSpec(CLIPS, CLIPS, SIZE, resample=FRAMES)
    return VideoFrames(FrameStore(kept), dataset.videos, ("happy",), spec, train=True, seed=0)


@pytest.mark.filterwarnings("ignore")  # pytorchvideo imports what torchvision is about to drop
def test_batches_of_seven_clips_beside_decoding(benchmark, films, shown):
    from pytorchvideo.data.encoded_video import EncodedVideo

    root, _ = films

    def stored():
        return sum(len(batch.video) for batch in loader(shown, 4))

    def decoded():
        for video in shown.videos[:2]:
            file = EncodedVideo.from_path(str(root / video.path), decode_audio=False)
            clip = file.get_clip(0, file.duration)["video"]
            chosen = torch.linspace(0, clip.shape[1] - 1, CLIPS.length).long()
            torch.nn.functional.interpolate(clip[:, chosen] / 255, (SIZE, SIZE), mode="bilinear")

    assert benchmark.pedantic(stored, rounds=10, warmup_rounds=1) == VIDEOS
    fast, slow = (min(seconds(work) for _ in range(3)) for work in (stored, decoded))
    gc.collect()  # what a decoder leaves behind would stop a process that is forked later
    benchmark.extra_info.update(
        stored_ms=round(1000 * fast / VIDEOS, 2),
        decoded_ms=round(1000 * slow / 2, 1),
        ratio=round(slow / 2 / (fast / VIDEOS), 1),
    )


def test_a_gpu_is_fed_by_four_processes(benchmark, shown):
    order = list(range(VIDEOS)) * 20

    def fed():
        ends = [time.perf_counter()]
        for _ in loader(shown, 8, order=order, workers=1):
            ends.append(time.perf_counter())
        return [b - a for a, b in pairwise(ends)][AHEAD + 1 :]

    times = benchmark.pedantic(fed, rounds=1)
    benchmark.extra_info.update(
        batch_ms=round(1000 * statistics.median(times), 1),
        step_ms=1000 * STEP,
        waiting=round(waiting(times), 3),
        waiting_in_peace=round(waiting([min(times)]), 3),
    )


def waiting(times, steps=1000):
    """The share of its time that a GPU waits, when each process takes these seconds a batch."""
    ready, begun, end = [0.0] * steps, [0.0] * steps, 0.0
    for batch, taken in zip(range(steps), cycle(times), strict=False):
        own, asked = batch - WORKERS, batch - AHEAD * WORKERS
        idle_since = max(ready[own] if own >= 0 else 0.0, begun[asked] if asked >= 0 else 0.0)
        ready[batch] = idle_since + taken
        begun[batch] = max(end, ready[batch])
        end = begun[batch] + STEP
    worked = steps * STEP
    return max(0.0, 1 - worked / (end - begun[0]))


@pytest.mark.parametrize(("taken", "share"), [(0.04, 0.0), (0.08, 0.0), (0.16, 0.5)])
def test_the_simulation_knows_what_is_plain(benchmark, taken, share):
    assert benchmark.pedantic(waiting, ([taken],)) == pytest.approx(share, abs=0.01)

"""Frames into batches, records into a table."""

import time
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch

from bench import store
from bench.frames.batches import VideoFrames, loader, to_float
from bench.frames.prepare import prepare
from bench.frames.sampling import choose
from bench.frames.store import FrameStore
from bench.records import Dataset, Fold, InputSpec, Preprocessing, Sampling, Video
from bench.registry import load
from bench.tables import Query, comparison, load_reported, render

SAMPLE = Path(__file__).parents[1] / "data" / "face-pexels.mp4"
FRAMES, SIZE, VIDEOS = 35, 224, 4


RULES = {
    "clips": (Sampling("clips", 7, 5), 105),
    "uniform": (Sampling("uniform", frames=16), None),
    "dense": (Sampling("dense", 6, 16), None),
    "all": (Sampling("all"), None),
}


@pytest.mark.parametrize(("rule", "resample"), RULES.values(), ids=RULES.keys())
def test_frames_of_a_hundred_videos_are_chosen(benchmark, rule, resample):
    rng = np.random.default_rng(0)

    def chosen():
        return [choose(length, rule, resample=resample, rng=rng) for length in range(40, 140)]

    assert len(benchmark.pedantic(chosen, rounds=20, warmup_rounds=1)) == 100


def seconds(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@pytest.fixture
def footage(tmp_path):
    """Some copies of the sample, and their frames in a store."""
    names = [f"{n}.mp4" for n in range(VIDEOS)]
    for name in names:
        (tmp_path / name).write_bytes(SAMPLE.read_bytes())
    videos = tuple(Video(f"sample:{name}", name, "happy") for name in names)
    kept = tmp_path / "store"
    whole = Preprocessing(detector="none", size=SIZE, margin=0.0)
    prepare(Dataset("sample", ("happy",), videos), tmp_path, whole, kept, workers=1)
    return tmp_path, videos, FrameStore(kept)


@pytest.mark.filterwarnings("ignore")  # pytorchvideo imports what torchvision is about to drop
def test_batches_come_from_stored_frames(benchmark, footage):
    from pytorchvideo.data.encoded_video import EncodedVideo

    root, videos, frames = footage
    rule = Sampling("uniform", frames=FRAMES)
    shown = VideoFrames(
        frames, videos, ("happy",), InputSpec(rule, rule, SIZE), train=False, seed=0
    )

    def stored():
        for batch in loader(shown, VIDEOS):
            to_float(batch.video, shown.input)

    def decoded():
        for video in videos:
            file = EncodedVideo.from_path(str(root / video.path), decode_audio=False)
            clip = file.get_clip(0, file.duration)["video"]
            chosen = torch.linspace(0, clip.shape[1] - 1, FRAMES).long()
            torch.nn.functional.interpolate(clip[:, chosen] / 255, (SIZE, SIZE), mode="bilinear")

    decoded()
    benchmark.pedantic(stored, rounds=10, warmup_rounds=1)
    fast, slow = (min(seconds(work) for _ in range(5)) for work in (stored, decoded))
    benchmark.extra_info.update(
        frames=FRAMES * VIDEOS, decoded_ms=round(1000 * slow, 1), ratio=round(slow / fast, 1)
    )


def test_sixty_records_become_a_table(benchmark, tmp_path, fold_record):
    request = fold_record.request
    videos = tuple(f"faces:{n:03d}" for n in range(200))
    for model, k in product(range(6), range(10)):
        entry = replace(request.model, name=f"tiny-{model}", title=f"Tiny {model}")
        test = videos[20 * k : 20 * k + 20]
        fold = Fold(k, tuple(v for v in videos if v not in test), test)
        asked = replace(request, model=entry, fold=fold, folds=10, identity=f"{model:012d}")
        answers = tuple(replace(fold_record.predictions[0], video=video) for video in test)
        store.save_fold(tmp_path, replace(fold_record, request=asked, predictions=answers))
    datasets = load().datasets

    def table():
        folds, damaged = store.load_folds(tmp_path)
        assert (len(folds), damaged) == (60, ())
        return render(comparison(folds, (), load_reported(), Query(), datasets), "text")

    text = benchmark.pedantic(table, rounds=5, warmup_rounds=1)
    assert text.count("10/10") == 6

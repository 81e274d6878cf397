"""How long and how much disk a run would take, before it starts."""

import time
from collections.abc import Sequence

import torch

from bench.frames.store import FrameStore
from bench.measurement.complexity import macs_only
from bench.network import build
from bench.records import FoldRequest, Sampling
from bench.sources import Source

_FRAMES_A_VIDEO = 120
"""Taken for a video that nobody has decoded yet, and for a rule that shows every frame."""

_JPEG = 0.4
"""Bytes a pixel of a filmed face as the store's JPEG: 0.31 at 224 pixels, 0.44 at 128."""


def machine_speed(device: str) -> float:
    """MACs a second of a ResNet-like convolution on this machine, measured for a moment."""
    where = torch.device(device)
    layer = torch.nn.Conv2d(128, 128, 3, padding=1, bias=False).to(where).eval()
    image = torch.randn(16, 128, 28, 28, device=where)
    work = 16 * 28 * 28 * 128 * 128 * 9
    best = float("inf")
    with torch.inference_mode():
        for _ in range(12):
            began = time.perf_counter()
            layer(image).sum().item()
            best = min(best, time.perf_counter() - began)
    return work / best


def fold_seconds(request: FoldRequest, speed: float) -> float:
    """Training and scoring time of one fold: its MACs over the machine's speed."""
    size, classes = request.model.input.size, len(request.classes)

    def one(sampling: Sampling) -> int:
        length = sampling.length or sampling.limit or _FRAMES_A_VIDEO
        return macs_only(lambda: build(request.model, classes), (3, length, size, size))

    spec = request.model.input
    steps = request.extent.epochs * request.extent.steps_per_epoch * request.extent.batch_size
    views = spec.views.temporal * spec.views.spatial
    work = 3 * steps * one(spec.train) + len(request.fold.test) * views * one(spec.test)
    return work / speed


def disk_bytes(requests: Sequence[FoldRequest]) -> int:
    """Two checkpoints of the largest model while a fold is in work; they go when it is done."""
    sizes = [0]
    for request in requests[:1]:
        with torch.device("meta"):
            network = build(request.model, len(request.classes))
        params = sum(p.numel() for p in network.parameters())
        copies = 2 if request.recipe.optimizer == "sgd" else 3
        sizes.append(2 * 4 * copies * params)
    return max(sizes)


def frames_to_prepare(source: Source) -> int:
    """Bytes of the frames that the store lacks, at a guessed number of frames a video."""
    jpeg = source.preprocessing.storage == "jpeg"
    videos = source.dataset.videos
    # what the distributor aligned is read in place
    stored = [video for video in videos if not (jpeg and video.aligned)]
    frames = len(FrameStore(source.store).missing(stored)) * _FRAMES_A_VIDEO
    return round(frames * source.preprocessing.size**2 * (_JPEG if jpeg else 3))

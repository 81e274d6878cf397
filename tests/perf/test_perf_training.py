"""What the harness adds to the training that it wraps."""

import statistics
import time
from dataclasses import replace

import pytest
import torch
from torch.nn.functional import cross_entropy

from bench import objectives
from bench.frames.augmentation import Augmenter
from bench.frames.batches import Batch, VideoFrames, loader, to_float
from bench.frames.order import EpochOrder
from bench.frames.store import FrameStore
from bench.network import build
from bench.preparation import lay_out
from bench.records import Augmentation, Recipe, RunSpec
from bench.registry import load
from bench.trainee import Trainee
from bench.training import fit

STEPS, ROUNDS = 12, 6
CPU = torch.device("cpu")
PRESET = "presets:\n  small: {title: 64 pixels, size: 64, epochs: 1, batch_size: 8}\n"


def unwatched(items, description, total):
    del description, total
    return items


@pytest.fixture
def task(plugin, tmp_path):
    """The request of a real step (ResNet-18, 8 videos of 8 frames), and its videos."""
    (tmp_path / "small.yaml").write_text(PRESET)
    spec = RunSpec(("resnet18",), ("tiny-faces",), preset="small", device="cpu")
    spec = replace(spec, results=str(tmp_path / "results"), folds=(0,))
    registry = load([tmp_path / "small.yaml"])
    (job,) = lay_out(spec, registry, lambda line: None, unwatched)
    (request,) = job.requests
    request = replace(request, extent=replace(request.extent, steps_per_epoch=STEPS))
    frames, videos = FrameStore(job.prepared.tested.store), job.prepared.dataset.videos * 6
    shown = VideoFrames(
        frames, videos, request.classes, request.model.input, train=True, seed=0, flip=False
    )
    return request, shown


def network_of(request):
    torch.manual_seed(0)
    return build(request.model, len(request.classes))


def by_hand(request, videos):
    """The loop that anyone would write; gives its seconds."""
    network = network_of(request).train()
    recipe, extent = request.recipe, request.extent
    optimizer = torch.optim.Adam(
        network.parameters(), extent.lr, recipe.betas, weight_decay=recipe.weight_decay
    )
    order = EpochOrder(videos.labels, STEPS * extent.batch_size, request.seed)
    began = time.perf_counter()
    for batch in loader(videos, extent.batch_size, order=order):
        optimizer.zero_grad()
        loss = cross_entropy(network(to_float(batch.video, request.model.input)), batch.labels)
        loss.backward()
        optimizer.step()
        loss.item()
    return time.perf_counter() - began


def by_harness(request, videos, folder):
    """The same steps by `fit`; gives the seconds of the epoch, and those of everything."""
    trainee = Trainee(network_of(request), objectives.cross_entropy(), request, CPU)
    began = time.perf_counter()
    history = fit(trainee, videos, folder, watch=unwatched)
    return history.epochs[0].seconds, time.perf_counter() - began


def test_training_costs_little_more_than_a_loop_by_hand(benchmark, task, tmp_path):
    request, videos = task
    hands, epochs, whole = [], [], []

    def harness():
        epoch, everything = by_harness(request, videos, tmp_path / str(len(whole)))
        epochs.append(epoch)
        whole.append(everything)

    def turn():
        sides = [lambda: hands.append(by_hand(request, videos)), harness]
        for side in sides if len(whole) % 2 else reversed(sides):
            side()

    benchmark.pedantic(turn, rounds=ROUNDS, warmup_rounds=1)
    ratios = [epoch / hand for epoch, hand in zip(epochs, hands, strict=True)]
    benchmark.extra_info.update(
        step_ms=round(1000 * min(hands) / STEPS, 1),
        overhead_of_steps=round(statistics.median(ratios) - 1, 4),
        seconds_around_an_epoch=round(
            statistics.median(w - e for e, w in zip(epochs, whole, strict=True)), 2
        ),
    )
    assert benchmark.extra_info["step_ms"] >= 50  # a step worth comparing with


PLAIN = Recipe("plain", "sgd", 1e-2, batch_size=8, epochs=1, source="nobody")
AS_PUBLISHED = Augmentation(crop_area=(0.08, 1.0), rotation=4.0, brightness=0.6)
"""What IAL does to a video, beside mirroring it."""


@pytest.mark.parametrize(
    "recipe",
    [
        PLAIN,
        replace(PLAIN, flip=True),
        replace(PLAIN, flip=True, augmentation=AS_PUBLISHED),
        replace(PLAIN, augmentation=Augmentation(mixup=0.8)),
    ],
    ids=["nothing", "flip", "ial", "mixup"],
)
def test_what_augmentation_takes_of_a_batch(benchmark, recipe):
    pixels = torch.randint(0, 256, (8, 16, 112, 112, 3), dtype=torch.uint8)
    batch = Batch(
        pixels.permute(0, 4, 1, 2, 3),
        torch.arange(8) % 7,
        tuple(range(8)),
        (),
        mirrored=(True, False) * 4,
        seeds=tuple(range(8)),
    )
    augment = Augmenter(recipe, 112, 7)
    benchmark.extra_info.update(frames=8 * 16)
    shown = benchmark.pedantic(augment, (batch, CPU), rounds=ROUNDS, warmup_rounds=1)
    assert (shown.video is batch.video) == (recipe is PLAIN)  # nothing asked, nothing copied

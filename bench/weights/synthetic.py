"""A trunk that was trained on drawn faces, for where no face of anybody may be used."""

import hashlib
import io
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from bench.device import computes_bf16
from bench.records import Weights
from bench.weights import files

Watch = Callable[..., Any]

STILLS, SIZE, SEED = 15_000, 64, 598
"""Drawn pictures that the synthetic trunk is trained on, their side in pixels, their seed."""
STEPS, BATCH, WARMUP, RATE = 240, 64, 40, 1e-3
"""Steps of AdamW, pictures a step, steps of warm-up, highest learning rate; then a cosine to 0."""
PROBE = 14
"""Drawn pictures by which a change of the drawing is noticed."""


def make_synthetic_trunk(cache: Path, watch: Watch) -> Weights:
    """A ResNet-18 that was trained to name the expressions of drawn faces; made once, then kept.

    The people in those pictures are in no dataset. One environment gives the same bits each time;
    a change of the drawing or of the training gives another file.

    Args:
        cache: the folder under which `weights/` keeps it.
        watch: wraps an iterable to show progress.
    """
    from bench.synthesis.stills import stills

    path = synthetic_path(cache)
    if not path.exists():
        told = watch([STILLS], f"synthetic trunk: drawing {STILLS} faces", 1)
        ((pictures, labels),) = [stills(count, SIZE, SEED) for count in told]
        state = _train(torch.from_numpy(pictures), torch.from_numpy(labels), watch)
        buffer = io.BytesIO()
        torch.save(state, buffer)
        files.write(path, buffer.getvalue())
    return files.known("synthetic", path)


def synthetic_path(cache: Path) -> Path:
    """Where the synthetic trunk lies, or will; its name changes with the drawing."""
    return cache / "weights" / f"synthetic-resnet18-{_version()}.pth"


def _version() -> str:
    from bench.synthesis.stills import stills

    pictures, labels = stills(PROBE, SIZE, SEED)
    training = repr((STILLS, SIZE, SEED, STEPS, BATCH, WARMUP, RATE)).encode()
    return hashlib.sha256(pictures.tobytes() + labels.tobytes() + training).hexdigest()[:8]


def _train(pictures: Tensor, labels: Tensor, watch: Watch) -> dict[str, Tensor]:
    from torchvision.models import resnet18

    draw = torch.Generator().manual_seed(SEED)
    epochs = math.ceil(STEPS * BATCH / len(labels))
    order = torch.cat([torch.randperm(len(labels), generator=draw) for _ in range(epochs)])
    with torch.random.fork_rng():
        torch.manual_seed(SEED)
        network = resnet18(num_classes=int(labels.max()) + 1)
    optimizer = torch.optim.AdamW(network.parameters(), RATE)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min(1, (step + 1) / WARMUP) * (1 + math.cos(math.pi * step / STEPS)) / 2,
    )
    for step in watch(range(STEPS), "synthetic trunk: training", STEPS):
        chosen = order[step * BATCH : (step + 1) * BATCH]
        batch = pictures[chosen].permute(0, 3, 1, 2).float() / 255
        with torch.autocast("cpu", torch.bfloat16, enabled=computes_bf16()):
            loss = nn.functional.cross_entropy(network(batch), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return network.state_dict()

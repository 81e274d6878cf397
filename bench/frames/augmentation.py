"""What training does to videos at random, on their device; the one place where it is done."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torchvision import tv_tensors
from torchvision.transforms import v2

from bench.frames.batches import Batch
from bench.records import Augmentation, Recipe

GREY = 127
"""Of an erased rectangle."""


class Augmenter:
    """A batch of training as its recipe shows it: mirrored, changed row by row, then mixed.

    A row is changed by torchvision's transforms under its own seed, the same for all its frames;
    what it becomes does not depend on the rows beside it. Mixing is drawn from the seeds of all
    rows. Torch's generators are left as they were.

    Args:
        recipe: says what is done, and how strongly.
        size: height and width of the videos.
        classes: K.
    """

    def __init__(self, recipe: Recipe, size: int, classes: int) -> None:
        self.flip = recipe.flip
        steps = _steps(recipe.augmentation, size)
        self._change = v2.Compose(steps) if steps else None
        mixers = _mixers(recipe.augmentation, classes)
        self._mix = v2.RandomChoice(mixers) if mixers else None

    def __call__(self, batch: Batch, device: torch.device) -> Batch:
        """The batch on a device, changed.

        Returns:
            Video (B, 3, T, H, W), uint8, or float32 of the same range where videos are mixed;
            labels (B,) int64, or (B, K) float32 shares of the classes.
        """
        video = batch.video.to(device, non_blocking=True)
        labels = batch.labels.to(device, non_blocking=True)
        if self.flip or self._change:
            rows = enumerate(video.transpose(1, 2))  # (T, 3, H, W) each
            shown = [self._row(frames, row, batch) for row, frames in rows]
            video = torch.stack(shown).transpose(1, 2)  # (B, 3, T, H, W)
        if self._mix:
            # torchvision takes a plain tensor of five axes for no video
            frames = tv_tensors.Video(video.transpose(1, 2).float())  # (B, T, 3, H, W)
            mixed, labels = _drawn(self._mix, _joined(batch.seeds), frames, labels)
            video = mixed.as_subclass(Tensor).transpose(1, 2)  # (B, 3, T, H, W)
        return batch._replace(video=video, labels=labels)

    def _row(self, frames: Tensor, row: int, batch: Batch) -> Tensor:
        if self.flip and batch.mirrored[row]:
            frames = frames.flip(-1)
        if self._change:
            frames = _drawn(self._change, batch.seeds[row], frames)
        return frames


def _steps(asked: Augmentation, size: int) -> list[v2.Transform]:
    """The transforms of one row, in order."""
    steps: list[v2.Transform] = []
    smooth = v2.InterpolationMode.BILINEAR
    if asked.crop_area:
        steps.append(v2.RandomResizedCrop(size, scale=asked.crop_area, antialias=True))
    if asked.rotation:
        steps.append(v2.RandomRotation((-asked.rotation, asked.rotation), interpolation=smooth))
    if asked.brightness or asked.contrast or asked.saturation:
        steps.append(v2.ColorJitter(asked.brightness, asked.contrast, asked.saturation))
    if asked.rand_augment:
        steps.append(v2.RandAugment(*asked.rand_augment, interpolation=smooth))
    if asked.erase:
        steps.append(v2.RandomErasing(asked.erase, value=GREY))
    return steps


def _mixers(asked: Augmentation, classes: int) -> list[Callable[..., Any]]:
    mixers: list[Callable[..., Any]] = []
    if asked.mixup:
        mixers.append(v2.MixUp(alpha=asked.mixup, num_classes=classes))
    if asked.cutmix:
        mixers.append(v2.CutMix(alpha=asked.cutmix, num_classes=classes))
    return mixers


def _joined(seeds: tuple[int, ...]) -> int:
    return int(np.random.SeedSequence(seeds).generate_state(1, np.uint64)[0])


def _drawn(transform: Callable[..., Any], seed: int, *given: Tensor) -> Any:
    """What a transform makes of tensors under a seed; torch's generator is left as it was.

    The transforms draw from the generator of the CPU alone. `torch.manual_seed` would seed a GPU's
    too, from which dropout draws.
    """
    state = torch.default_generator.get_state()
    torch.default_generator.manual_seed(seed)
    try:
        return transform(*given)
    finally:
        torch.default_generator.set_state(state)

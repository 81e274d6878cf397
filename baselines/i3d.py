"""I3D, the inflated Inception-v1, on RGB."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional

MIXED = {
    "Mixed_3b": (64, 96, 128, 16, 32, 32),
    "Mixed_3c": (128, 128, 192, 32, 96, 64),
    "Mixed_4b": (192, 96, 208, 16, 48, 64),
    "Mixed_4c": (160, 112, 224, 24, 64, 64),
    "Mixed_4d": (128, 128, 256, 24, 64, 64),
    "Mixed_4e": (112, 144, 288, 32, 64, 64),
    "Mixed_4f": (256, 160, 320, 32, 128, 128),
    "Mixed_5b": (256, 160, 320, 32, 128, 128),
    "Mixed_5c": (384, 192, 384, 48, 128, 128),
}
"""Channels of each Inception module: 1×1×1; narrow, wide 3×3×3; narrow, wide 3×3×3; pooled."""


class Same(nn.Module):
    """Zeros around a video so that a stride divides it, the odd one at the end, as TensorFlow."""

    def __init__(self, kernel: tuple[int, int, int], stride: tuple[int, int, int]) -> None:
        super().__init__()
        self.kernel, self.stride = kernel, stride

    def forward(self, x: Tensor) -> Tensor:
        sides: list[int] = []
        for length, kernel, stride in zip(x.shape[2:], self.kernel, self.stride, strict=True):
            room = max(kernel - (length % stride or stride), 0)
            sides = [room // 2, room - room // 2, *sides]  # torch wants the last axis first
        return functional.pad(x, sides)


def pool(kernel: tuple[int, int, int], stride: tuple[int, int, int]) -> nn.Sequential:
    """A maximum that pads as TensorFlow does; what it pools is never negative."""
    return nn.Sequential(Same(kernel, stride), nn.MaxPool3d(kernel, stride))


class Unit(nn.Module):
    """A cubic convolution, batch norm, ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 1, stride: int = 1) -> None:
        super().__init__()
        cube, steps = (kernel, kernel, kernel), (stride, stride, stride)
        self.same = Same(cube, steps) if stride > 1 else nn.Identity()
        padding = 0 if stride > 1 else kernel // 2  # then both sides are alike
        self.conv3d = nn.Conv3d(inputs, outputs, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm3d(outputs, eps=1e-3, momentum=0.01)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.bn(self.conv3d(self.same(x))))


class Inception(nn.Module):
    """Four branches side by side: 1×1×1, two of 3×3×3 behind a narrow 1×1×1, a pooled 1×1×1."""

    def __init__(self, inputs: int, widths: tuple[int, ...]) -> None:
        super().__init__()
        one, narrow, wide, narrow2, wide2, pooled = widths
        self.b0 = Unit(inputs, one)
        self.b1a, self.b1b = Unit(inputs, narrow), Unit(narrow, wide, kernel=3)
        self.b2a, self.b2b = Unit(inputs, narrow2), Unit(narrow2, wide2, kernel=3)
        self.b3a, self.b3b = nn.MaxPool3d(3, stride=1, padding=1), Unit(inputs, pooled)

    def forward(self, x: Tensor) -> Tensor:
        branches = self.b0(x), self.b1b(self.b1a(x)), self.b2b(self.b2a(x)), self.b3b(self.b3a(x))
        return torch.cat(branches, dim=1)


class I3D(nn.Module):
    """Inception-v1 with cubic kernels: nine modules, five poolings, one linear layer.

    Source: Carreira & Zisserman, "Quo Vadis, Action Recognition? A New Model and the Kinetics
        Dataset", CVPR 2017, https://arxiv.org/abs/1705.07750, as in github.com/piergiaj/pytorch-i3d
        and github.com/jiangxingxun/DFEW; the "I3D-RGB" of the DFEW tables.

    In:  (B, 3, T, H, W) float32, RGB in [0, 1]; any T, 16 in DFEW; H, W >= 32, 224 published.
    Out: (B, K) logits.
    Differs: averages the last maps over all places and steps, where those codes slide a window of
        2 × 7 × 7; the same at 16 frames of 224 pixels.
    Names: `trunk` holds the layers under their published names, as `Mixed_3b`.
    """

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.trunk = nn.Sequential()
        self.trunk.Conv3d_1a_7x7 = Unit(3, 64, kernel=7, stride=2)
        self.trunk.MaxPool3d_2a_3x3 = pool((1, 3, 3), (1, 2, 2))
        self.trunk.Conv3d_2b_1x1 = Unit(64, 64)
        self.trunk.Conv3d_2c_3x3 = Unit(64, 192, kernel=3)
        self.trunk.MaxPool3d_3a_3x3 = pool((1, 3, 3), (1, 2, 2))
        channels = 192
        for name, widths in MIXED.items():
            if name == "Mixed_4b":
                self.trunk.MaxPool3d_4a_3x3 = pool((3, 3, 3), (2, 2, 2))
            if name == "Mixed_5b":
                self.trunk.MaxPool3d_5a_2x2 = pool((2, 2, 2), (2, 2, 2))
            self.trunk.add_module(name, Inception(channels, widths))
            channels = widths[0] + widths[2] + widths[4] + widths[5]
        self.avgpool = nn.AdaptiveAvgPool3d(1)
        self.dropout = nn.Dropout(0.5)
        self.logits = nn.Conv3d(channels, num_classes, kernel_size=1)

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Logits (B, K) and features (B, 1024)."""
        maps = self.trunk(video)  # (B, 1024, 2, 7, 7) of 16 frames of 224 pixels
        pooled = self.avgpool(maps)  # (B, 1024, 1, 1, 1)
        logits = self.logits(self.dropout(pooled)).flatten(1)  # (B, K)
        return {"logits": logits, "features": pooled.flatten(1)}


def published_keys(names: Iterable[str]) -> dict[str, str]:
    """Foreign name -> name in `I3D`; every name of the published files has a place.

    Args:
        names: every name in the file.
    """
    mapped: dict[str, str] = {}
    for name in names:
        layer, _, rest = name.partition(".")
        if layer == "logits":
            mapped[name] = name.replace("logits.conv3d.", "logits.")
        elif layer.startswith(("Conv3d_", "Mixed_")):
            mapped[name] = f"trunk.{layer}.{rest}"
    return mapped

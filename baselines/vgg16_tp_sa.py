"""VGG-16 with spatial attention and temporal softmax pooling."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

STAGES = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
"""Outputs of the thirteen convolutions of VGG-16; a pooling stands between two stages."""

NUMBERED = {
    "features.0": "conv1_1",
    "features.2": "conv1_2",
    "features.5": "conv2_1",
    "features.7": "conv2_2",
    "features.10": "conv3_1",
    "features.12": "conv3_2",
    "features.14": "conv3_3",
    "features.17": "conv4_1",
    "features.19": "conv4_2",
    "features.21": "conv4_3",
    "features.24": "conv5_1",
    "features.26": "conv5_2",
    "features.28": "conv5_3",
}
"""Names of the convolutions where a file numbers them, as torchvision's does."""


def vgg16() -> nn.Sequential:
    """The convolutions of VGG-16, without the last pooling, from He's normal weights."""
    trunk = nn.Sequential()
    inputs = 3
    for stage, widths in enumerate(STAGES, start=1):
        for place, outputs in enumerate(widths, start=1):
            conv = nn.Conv2d(inputs, outputs, 3, padding=1)
            nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
            trunk.add_module(f"conv{stage}_{place}", conv)
            trunk.add_module(f"relu{stage}_{place}", nn.ReLU())
            inputs = outputs
        if stage < len(STAGES):
            trunk.add_module(f"pool{stage}", nn.MaxPool2d(2))
    return trunk


class SpatialAttention(nn.Module):
    """Several softmax maps over the positions of a frame; under each, the mean of the features."""

    def __init__(self, channels: int, maps: int) -> None:
        super().__init__()
        # a bias would vanish in the softmax
        self.score = nn.Conv2d(channels, maps, kernel_size=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        weights = self.score(x).flatten(2).softmax(dim=2)  # (B, M, H*W)
        return torch.bmm(weights, x.flatten(2).transpose(1, 2)).flatten(1)  # (B, M*C)


class VGG16TPSA(nn.Module):
    """VGG-16 on every frame, attention over its positions, one softmax over frames and classes.

    Source: Aminbeidokhti et al., "Emotion Recognition with Spatial Attention and Temporal Softmax
        Pooling", ICIAR 2019, https://arxiv.org/abs/1910.01254.

    In:  (B, 3, T, H, W) float32, RGB, normalised; any T; H, W >= 16.
    Out: (B, K) logits: the logarithm of a class's sum over the frames of that softmax, so that
        their own softmax is that sum.
    Differs: no code was released. Four maps on the 512 × 14 × 14 numbers of the last convolution
        and one linear layer are our reading; the term that keeps the maps apart is left out of
        the loss. The paper starts from weights trained on faces.
    Names: TP is the temporal pooling, SA the spatial attention; `clip_scores` are the frames'
        shares of the softmax, each frame a clip of its own.
    """

    def __init__(self, num_classes: int, *, maps: int = 4) -> None:
        super().__init__()
        self.trunk = vgg16()
        self.attention = SpatialAttention(512, maps)
        self.head = nn.Linear(512 * maps, num_classes)

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Everything that one pass gives.

        Returns:
            logits (B, K), clip_scores (B, T), and features (B, 2048), the mean over the frames
            under these scores.
        """
        B, _, T, _, _ = video.shape
        maps = self.trunk(video.transpose(1, 2).flatten(0, 1))  # (B*T, 512, H/16, W/16)
        frames = self.attention(maps).unflatten(0, (B, T))  # (B, T, 2048)
        scores = self.head(frames)  # (B, T, K)
        shares = scores.flatten(1).softmax(dim=1).unflatten(1, (T, -1)).sum(2)  # (B, T)
        return {
            "logits": torch.logsumexp(scores, dim=1),
            "features": (shares.unsqueeze(2) * frames).sum(1),
            "clip_scores": shares,
        }


def trunk_keys(names: Iterable[str]) -> dict[str, str]:
    """Foreign name -> name in the trunk; the fully connected layers are left out.

    Two spellings are known: torchvision's (`features.28.weight`), and that of files trained on
    faces (`conv5_3.weight`).

    Args:
        names: every name in the file.
    """
    mapped: dict[str, str] = {}
    for name in names:
        layer, _, leaf = name.rpartition(".")
        layer = NUMBERED.get(layer, layer)
        if layer in NUMBERED.values():
            mapped[name] = f"{layer}.{leaf}"
    return mapped

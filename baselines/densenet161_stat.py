"""DenseNet-161 on every frame, whose features become statistics over the frames."""

import re
from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torchvision.models import densenet161

OLD_LAYER = re.compile(r"(denselayer\d+\.(?:norm|conv))\.(?=[12]\.)")
"""A layer as older files spell it, `denselayer1.norm.1` for `denselayer1.norm1`."""


class DenseNet161Stat(nn.Module):
    """DenseNet-161 on every frame; mean, maximum and deviation over the frames are classified.

    Source: Liu et al., "Multi-Feature Based Emotion Recognition for Video Clips", ICMI 2018,
        its branch of face pictures.

    In:  (B, 3, T, H, W) float32, RGB, normalised; any T; H, W >= 29.
    Out: (B, K) logits.
    Differs: trained end to end with a linear classifier, where the paper fits a support vector
        machine to features of a trained network. That network was pretrained on videos that are
        not public. The deviation is that of the population, so that a single frame has one, zero.
    Names: `trunk` has torchvision's names.
    """

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.trunk = densenet161()
        self.trunk.classifier = nn.Identity()  # pyright: ignore[reportAttributeAccessIssue]
        self.head = nn.Linear(3 * 2208, num_classes)

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Logits (B, K) and features (B, 6624), the three statistics one after another."""
        pictures = video.transpose(1, 2).flatten(0, 1)  # (B*T, 3, H, W)
        frames = self.trunk(pictures).unflatten(0, (-1, video.shape[2]))  # (B, T, 2208)
        statistics = [frames.mean(1), frames.amax(1), frames.std(1, correction=0)]
        features = torch.cat(statistics, dim=1)  # (B, 6624)
        return {"logits": self.head(features), "features": features}


def trunk_keys(names: Iterable[str]) -> dict[str, str]:
    """Foreign name -> name in the trunk; the classifier is left out.

    Args:
        names: every name in the file, torchvision's; the published file has an older spelling.
    """
    return {name: OLD_LAYER.sub(r"\1", name) for name in names if name.split(".")[0] == "features"}

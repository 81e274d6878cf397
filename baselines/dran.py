"""DRAN, a deep residual network with spatial attention on every frame."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torchvision.models import resnet18

TRUNK = ("conv1", "bn1", "layer1", "layer2", "layer3", "layer4")


class SpatialAttention(nn.Module):
    """One weight for each position, from the maximum and the mean over its channels."""

    def __init__(self) -> None:
        super().__init__()
        self.score = nn.Sequential(nn.Conv2d(2, 1, kernel_size=7, padding=3), nn.Sigmoid())

    def forward(self, x: Tensor) -> Tensor:
        both = torch.cat([x.amax(1, keepdim=True), x.mean(1, keepdim=True)], dim=1)  # (B, 2, H, W)
        return x * self.score(both)


class DRAN(nn.Module):
    """ResNet-18 with spatial attention after each stage, the mean over the frames, an MLP.

    Source: our reading of the abstract of Zhao et al., "Learning Expression Features via Deep
        Residual Attention Networks for Facial Expression Recognition From Video Sequences", IETE
        Tech. Rev. 38(6), 2021, https://doi.org/10.1080/02564602.2020.1814168; the attention is
        that of Woo et al., "CBAM", ECCV 2018, https://arxiv.org/abs/1807.06521.

    In:  (B, 3, T, H, W) float32, RGB in [0, 1]; any T; H, W >= 32.
    Out: (B, K) logits.
    Differs: nothing but the abstract is public: a residual network with spatial attention gives
        features of frames, their mean goes into an MLP. Depth, form and place of the attention,
        and the 256 hidden units are ours, so that a result says little about the paper's network.
    Names: `trunk` has torchvision's names.
    """

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.trunk = resnet18()
        self.trunk.fc = nn.Identity()  # pyright: ignore[reportAttributeAccessIssue]
        self.attention = nn.ModuleList([SpatialAttention() for _ in range(4)])
        self.head = nn.Sequential(
            nn.Linear(512, 256), nn.ReLU(), nn.Dropout(0.5), nn.Linear(256, num_classes)
        )

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Logits (B, K) and features (B, 512), the mean over the frames."""
        net = self.trunk
        x = video.transpose(1, 2).flatten(0, 1)  # (B*T, 3, H, W)
        x = net.maxpool(net.relu(net.bn1(net.conv1(x))))  # (B*T, 64, H/4, W/4)
        stages = (net.layer1, net.layer2, net.layer3, net.layer4)
        for stage, attend in zip(stages, self.attention, strict=True):
            x = attend(stage(x))
        frames = net.avgpool(x).flatten(1)  # (B*T, 512)
        features = frames.unflatten(0, (-1, video.shape[2])).mean(1)  # (B, 512)
        return {"logits": self.head(features), "features": features}


def trunk_keys(names: Iterable[str]) -> dict[str, str]:
    """Foreign name -> name in a ResNet-18 trunk; names without a place there are left out.

    Args:
        names: every name in the file.
    """
    return {name: name for name in names if name.split(".")[0] in TRUNK}

"""The frame baseline, ResNet-18 on every frame, and where weights of a ResNet-18 have a place."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torchvision.models import resnet18

TRUNK = ("conv1", "bn1", "layer1", "layer2", "layer3", "layer4")


class ResNet18(nn.Module):
    """ResNet-18 classifies each frame; the scores of a video are the mean of those of its frames.

    Source: He et al., "Deep Residual Learning for Image Recognition", CVPR 2016,
        https://arxiv.org/abs/1512.03385; as a row of Table 6 of Liu et al. (CEFLNet), 2022.

    In:  (B, 3, T, H, W) float32, RGB in [0, 1]; any T; H, W >= 32.
    Out: (B, K) logits: the logarithm of the mean softmax score, so that their softmax is that mean.
    Differs: the CEFLNet paper does not say how its row joins the frames; the mean of the scores is
        our reading. In training the loss is therefore that of the mean score, not the mean loss.
    Names: `trunk` has torchvision's names.
    """

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.trunk = resnet18()
        self.trunk.fc = nn.Identity()  # pyright: ignore[reportAttributeAccessIssue]
        self.head = nn.Linear(512, num_classes)

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Logits (B, K) and features (B, 512), the mean over the frames."""
        B, _, T, _, _ = video.shape
        pictures = video.transpose(1, 2).flatten(0, 1)  # (B*T, 3, H, W)
        frames = self.trunk(pictures).unflatten(0, (B, T))  # (B, T, 512)
        log_scores = self.head(frames).log_softmax(dim=2)  # (B, T, K)
        logits = torch.logsumexp(log_scores, dim=1) - math.log(T)  # (B, K)
        return {"logits": logits, "features": frames.mean(1)}


def trunk_keys(names: Iterable[str]) -> dict[str, str]:
    """Foreign name -> name in a ResNet-18 trunk; names without a place there are left out.

    Fits every ResNet-18 with torchvision's names: torchvision's own, the synthetic one, and the
    face-pretrained files whose classifiers are called `fc.*` or `feature.*`.

    Args:
        names: every name in the file.
    """
    return {name: name for name in names if name.split(".")[0] in TRUNK}

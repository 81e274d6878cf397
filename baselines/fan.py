"""FAN, the Frame Attention Network."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torchvision.models import resnet18

TRUNK = ("conv1", "bn1", "layer1", "layer2", "layer3", "layer4")

RELEASED = {
    "alpha.0": "alpha.1",
    "beta.0": "beta.1",
    "pred_fc1": "self_head.1",
    "pred_fc2": "relation_head.1",
}
"""Where the layers of the authors' code stand here."""


class FAN(nn.Module):
    """ResNet-18 on every frame; frames weighted by themselves, then by their relation to the video.

    Source: Meng et al., "Frame Attention Networks for Facial Expression Recognition in Videos",
        ICIP 2019, https://arxiv.org/abs/1907.00193, and the authors' code
        (github.com/Open-Debin/Emotion-FAN).

    In:  (B, 3, T, H, W) float32, RGB in [0, 1]; any T, three in training; H, W >= 32.
    Out: (B, K) logits.
    Differs: the authors' evaluation weights the frames by alpha alone and divides by the sum of
        alpha x beta, which is no weighted mean; ours is the paper's in training and in evaluation.
        `released_evaluation` brings theirs back.
    Names: `alpha` is the self-attention, `beta` the relation-attention. Both classifiers exist, as
        in the authors' code; `relation` says which one answers.
    """

    def __init__(
        self, num_classes: int, *, relation: bool = True, released_evaluation: bool = False
    ) -> None:
        super().__init__()
        self.relation, self.released_evaluation = relation, released_evaluation
        self.trunk = resnet18()
        self.trunk.fc = nn.Identity()  # pyright: ignore[reportAttributeAccessIssue]
        self.alpha = nn.Sequential(nn.Dropout(0.5), nn.Linear(512, 1), nn.Sigmoid())
        self.beta = nn.Sequential(nn.Dropout(0.5), nn.Linear(1024, 1), nn.Sigmoid())
        self.self_head = nn.Sequential(nn.Dropout(0.5), nn.Linear(512, num_classes))
        self.relation_head = nn.Sequential(nn.Dropout(0.6), nn.Linear(1024, num_classes))

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Logits (B, K) and features (B, 1024), or (B, 512) without the relation."""
        pictures = video.transpose(1, 2).flatten(0, 1)  # (B*T, 3, H, W)
        frames = self.trunk(pictures).unflatten(0, (-1, video.shape[2]))  # (B, T, 512)
        alpha = self.alpha(frames)  # (B, T, 1)
        anchor = (alpha * frames).sum(1) / alpha.sum(1)  # (B, 512)
        if not self.relation:
            return {"logits": self.self_head(anchor), "features": anchor}
        pairs = torch.cat([frames, anchor.unsqueeze(1).expand_as(frames)], dim=2)  # (B, T, 1024)
        weights = alpha * self.beta(pairs)  # (B, T, 1)
        pooled = alpha if self.released_evaluation and not self.training else weights
        features = (pooled * pairs).sum(1) / weights.sum(1)  # (B, 1024)
        return {"logits": self.relation_head(features), "features": features}


def weight_keys(names: Iterable[str]) -> dict[str, str]:
    """Foreign name -> name in `FAN`; names without a place are left out.

    Two kinds of file are known: checkpoints of the authors' code, which fill the whole network,
    and any ResNet-18 with torchvision's names (ImageNet, face-pretrained, synthetic), which fills
    the trunk; its own classifier (`fc.*`, `feature.*`) has no place.

    Args:
        names: every name in the file.
    """
    mapped: dict[str, str] = {}
    for name in names:
        layer, _, leaf = name.rpartition(".")
        if name.split(".")[0] in TRUNK:
            mapped[name] = f"trunk.{name}"
        elif layer in RELEASED:
            mapped[name] = f"{RELEASED[layer]}.{leaf}"
    return mapped

"""M3DFEL: multi-instance learning over short 3D clips."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention
from torchvision.models.video import r3d_18

STAGES = ("stem", "layer1", "layer2", "layer3", "layer4")
"""Parts of the backbone by torchvision's names; the authors' code numbers them."""


class M3DFEL(nn.Module):
    """R3D-18 on each instance of a bag, a BiLSTM over the instances, DMIN, a classifier.

    Source: Wang et al., "Rethinking the Learning Paradigm for Dynamic Facial Expression
        Recognition", CVPR 2023, pages 17958 to 17968, and the authors' code
        (github.com/Tencent/TFace, attribute/M3DFEL).

    In:  (B, 3, T, H, W) float32, RGB in [0, 1]; T = instances x frames, instance-major;
        H, W >= 32.
    Out: (B, K) logits.
    Differs: nothing. The paper's 1.65 GMAC are most likely those of a counter that passes over the
        convolutions of torchvision's R3D-18, as ptflops does (1.64 G); with them there are 43.2 G.
    Names: a video is a bag of `instances`; `lstm` to `mix` are the paper's aggregation; `backbone`
        has torchvision's names.
    """

    def __init__(self, num_classes: int, *, instances: int = 4, frames: int = 4) -> None:
        super().__init__()
        self.instances, self.frames = instances, frames
        self.backbone = r3d_18()
        self.backbone.fc = nn.Identity()  # pyright: ignore[reportAttributeAccessIssue]
        self.lstm = nn.LSTM(512, 512, num_layers=2, batch_first=True, bidirectional=True)
        self.attention = Attention(1024, heads=8)
        self.norm = DMIN(1024)
        self.mix = nn.Conv1d(instances, 1, kernel_size=3, padding=1)
        self.head = nn.Linear(1024, num_classes)

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Logits (B, K) and features (B, 1024).

        Raises:
            ValueError: T is not instances x frames.
        """
        if video.shape[2] != self.instances * self.frames:
            raise ValueError(
                f"the video has {video.shape[2]} frames; "
                f"expected {self.instances} instances x {self.frames} frames."
            )
        clips = video.unflatten(2, (self.instances, self.frames))  # (B, 3, N, T/N, H, W)
        clips = clips.transpose(1, 2).flatten(0, 1)  # (B*N, 3, T/N, H, W)
        bag = self.backbone(clips).unflatten(0, (-1, self.instances))  # (B, N, 512)
        bag, _ = self.lstm(bag)  # (B, N, 1024)
        gates = torch.sigmoid(self.norm(self.attention(bag)))
        features = self.mix(gates * bag).squeeze(1)  # (B, 1024)
        return {"logits": self.head(features), "features": features}


class Attention(nn.Module):
    """Multi-head self-attention that ends without a projection.

    In:  (B, L, D) tokens.
    Out: (B, L, D).
    """

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim, bias=False)

    def forward(self, tokens: Tensor) -> Tensor:
        parts = self.qkv(tokens).unflatten(2, (3, self.heads, -1))  # (B, L, 3, heads, D/heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)  # (B, heads, L, D/heads) each
        mixed = scaled_dot_product_attention(query, key, value)
        return mixed.transpose(1, 2).flatten(2)  # (B, L, D)


class DMIN(nn.Module):
    """Dynamic multi-instance normalisation: learned parts of two means and of two variances.

    One pair is taken over the instances for each feature, the other over the whole bag.

    In:  (B, N, D) instances; N >= 2.
    Out: (B, N, D).
    """

    def __init__(self, dim: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(1, dim, 1))
        self.bias = nn.Parameter(torch.zeros(1, dim, 1))
        self.mean_weight = nn.Parameter(torch.ones(2))
        self.var_weight = nn.Parameter(torch.ones(2))

    def forward(self, bag: Tensor) -> Tensor:
        bag = bag.transpose(1, 2)  # (B, D, N)
        mean = bag.mean(2, keepdim=True)  # (B, D, 1)
        var = bag.var(2, keepdim=True)
        bag_mean = mean.mean(1, keepdim=True)  # (B, 1, 1)
        bag_var = (var + mean**2).mean(1, keepdim=True) - bag_mean**2
        means, variances = self.mean_weight.softmax(0), self.var_weight.softmax(0)
        mean = means[0] * mean + means[1] * bag_mean  # (B, D, 1)
        var = variances[0] * var + variances[1] * bag_var
        normed = (bag - mean) / torch.sqrt(var + self.eps)
        return (normed * self.weight + self.bias).transpose(1, 2)  # (B, N, D)


def weight_keys(names: Iterable[str]) -> dict[str, str]:
    """Foreign name -> name in `M3DFEL`; names without a place are left out.

    Two kinds of file are known: checkpoints of the authors' code, which fill the whole network,
    and torchvision's R3D-18 (Kinetics-400), which fills the backbone; its `fc.*` has no place.

    Args:
        names: every name in the file; the authors' files are known by their LSTM.
    """
    names = list(names)
    if any(name.startswith("lstm.") for name in names):
        released = {f"features.{i}": f"backbone.{stage}" for i, stage in enumerate(STAGES)}
        released |= {"to_qkv": "attention.qkv", "pwconv": "mix", "fc": "head"}
        released |= {"lstm": "lstm", "norm": "norm"}
    else:
        released = {stage: f"backbone.{stage}" for stage in STAGES}
    return {
        name: ours + name.removeprefix(theirs)
        for name in names
        for theirs, ours in released.items()
        if name.startswith(f"{theirs}.")
    }

"""Former-DFER, the dynamic facial expression recognition transformer."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torchvision.models import resnet18

TRUNK = ("conv1", "bn1", "layer1", "layer2", "layer3", "layer4")

RELEASED = (
    ("s_former.spatial_transformer.layers.0", "spatial.layer"),
    ("s_former.pos_embedding", "spatial.position"),
    ("s_former.", "trunk."),
    ("t_former.spatial_transformer.layers.", "temporal.layers."),
    ("t_former.cls_token", "temporal.token"),
    ("t_former.pos_embedding", "temporal.position"),
    (".0.fn.norm.", ".norm1."),
    (".0.fn.fn.to_qkv.weight", ".attention.in_proj_weight"),
    (".0.fn.fn.to_out.0.", ".attention.out_proj."),
    (".1.fn.norm.", ".norm2."),
    (".1.fn.fn.net.0.", ".mlp.0."),
    (".1.fn.fn.net.3.", ".mlp.2."),
    ("fc.", "head."),
)
"""Parts of the names in the authors' code, and what they are called here."""


class FormerDFER(nn.Module):
    """ResNet-18 with a transformer over the places of a frame, then a transformer over the frames.

    Source: Zhao and Liu, "Former-DFER: Dynamic Facial Expression Recognition Transformer",
        ACM MM 2021, https://doi.org/10.1145/3474085.3475292, and the authors' code
        (github.com/zengqunzhao/Former-DFER).

    In:  (B, 3, 16, H, W) float32, RGB in [0, 1]; 32 <= H, W <= 112.
    Out: (B, K) logits.
    Differs: the code takes 112 x 112 only; a smaller picture has the first of the learned
        positions. The MACs that later tables print, 9.11 G, are not those of this network; ours
        are its products.
    Names: `spatial` with `trunk` is the paper's CS-Former, `temporal` its T-Former.
    """

    def __init__(self, num_classes: int, *, frames: int = 16) -> None:
        super().__init__()
        self.frames = frames
        self.trunk = resnet18()
        self.trunk.fc = nn.Identity()  # pyright: ignore[reportAttributeAccessIssue]
        self.spatial = SpatialTransformer()
        self.temporal = TemporalTransformer(frames)
        self.head = nn.Linear(512, num_classes)

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Logits (B, K) and features (B, 512), those of the token of the T-Former.

        Raises:
            ValueError: the video has another number of frames, or its pictures are too large.
        """
        if video.shape[2] != self.frames:
            raise ValueError(f"the video has {video.shape[2]} frames; expected {self.frames}.")
        trunk = self.trunk
        pictures = video.transpose(1, 2).flatten(0, 1)  # (B*T, 3, 112, 112)
        maps = trunk.maxpool(trunk.relu(trunk.bn1(trunk.conv1(pictures))))  # (B*T, 64, 28, 28)
        maps = trunk.layer3(trunk.layer2(trunk.layer1(maps)))  # (B*T, 256, 7, 7)
        maps = trunk.layer4(self.spatial(maps))  # (B*T, 512, 4, 4)
        frames = trunk.avgpool(maps).flatten(1).unflatten(0, (-1, self.frames))  # (B, T, 512)
        features = self.temporal(frames)  # (B, 512)
        return {"logits": self.head(features), "features": features}


class SpatialTransformer(nn.Module):
    """Every place of a map looks at all places of it; one layer.

    In:  (B, 256, h, w) maps of single frames; h x w <= 49.
    Out: (B, 256, h, w).
    """

    def __init__(self, dim: int = 256, places: int = 49) -> None:
        super().__init__()
        self.position = nn.Parameter(torch.randn(1, places, dim))
        self.layer = TransformerLayer(dim, heads=8, hidden=512)

    def forward(self, maps: Tensor) -> Tensor:
        height, width = maps.shape[2:]
        if height * width > self.position.shape[1]:
            raise ValueError(
                f"the pictures give maps of {height} x {width} places; "
                f"expected at most {self.position.shape[1]}, those of 112 x 112 pixels."
            )
        places = maps.flatten(2).transpose(1, 2)  # (B, h*w, 256)
        places = self.layer(places + self.position[:, : height * width])
        return places.transpose(1, 2).unflatten(2, (height, width))  # (B, 256, h, w)


class TemporalTransformer(nn.Module):
    """A learned token gathers what the frames tell it and each other; three layers.

    In:  (B, T, 512) features of the frames.
    Out: (B, 512), the token.
    """

    def __init__(self, frames: int, dim: int = 512) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.randn(1, 1, dim))
        self.position = nn.Parameter(torch.randn(1, 1 + frames, dim))
        self.layers = nn.Sequential(*(TransformerLayer(dim, heads=8, hidden=1024) for _ in "123"))

    def forward(self, frames: Tensor) -> Tensor:
        tokens = torch.cat([self.token.expand(len(frames), -1, -1), frames], dim=1)  # (B, 1+T, 512)
        return self.layers(tokens + self.position)[:, 0]  # (B, 512)


class TransformerLayer(nn.Module):
    """Self-attention and an MLP, each after a layer norm and beside a residual; no dropout.

    In:  (B, L, D) tokens.
    Out: (B, L, D).
    """

    def __init__(self, dim: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attention = attention(dim, heads)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(
            nn.Linear(dim, hidden), nn.GELU(approximate="tanh"), nn.Linear(hidden, dim)
        )

    def forward(self, tokens: Tensor) -> Tensor:
        normed = self.norm1(tokens)
        tokens = tokens + self.attention(normed, normed, normed, need_weights=False)[0]
        return tokens + self.mlp(self.norm2(tokens))


def attention(dim: int, heads: int) -> nn.MultiheadAttention:
    """Multi-head attention with a bias at its end only, which starts as linear layers do."""
    layer = nn.MultiheadAttention(dim, heads, bias=False, batch_first=True)
    layer.out_proj = nn.Linear(dim, dim)  # pyright: ignore[reportAttributeAccessIssue]
    nn.init.kaiming_uniform_(layer.in_proj_weight, a=math.sqrt(5))
    return layer


def weight_keys(names: Iterable[str]) -> dict[str, str]:
    """Foreign name -> name in `FormerDFER`; names without a place are left out.

    Two kinds of file are known: checkpoints of the authors' code, which fill the whole network,
    and any ResNet-18 with torchvision's names, which fills the trunk and has its own classifier.

    Args:
        names: every name in the file; the authors' files are known by their T-Former.
    """
    names = list(names)
    if not any(name.startswith("t_former.") for name in names):
        return {name: f"trunk.{name}" for name in names if name.split(".")[0] in TRUNK}
    ours = [name for name in names if name.startswith(("s_former.", "t_former.", "fc."))]
    return {name: _renamed(name) for name in ours}


def _renamed(name: str) -> str:
    for theirs, here in RELEASED:
        name = name.replace(theirs, here)
    return name

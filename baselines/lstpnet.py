"""LSTPNet, the long short-term perception network."""

import math
from collections.abc import Iterable

from torch import Tensor, nn

TRUNK = ("conv1", "bn1", "layer1", "layer2", "layer3", "layer4")

RELEASED = (
    ("s_former.ir_back.", "trunk."),
    ("s_former.eca.", "excite."),
    (".eca.", ".excite."),
    ("eca_conv_1.0.", "widen."),
    ("action_p2_conv1.", "along_time."),
    ("eca_conv_2.0.", "narrow."),
    ("t_former.spatial_transformer.TC.", "former.near."),
    ("t_former.spatial_transformer.norm.", "former.norm."),
    ("t_former.spatial_transformer.layers.", "former.layers."),
    ("layers.0.0.", "near."),
    ("layers.1.0.", "near."),
    ("layers.0.1.", "norm."),
    ("layers.1.1.", "norm."),
    (".2.fn.norm.", ".norm1."),
    (".2.fn.fn.to_qkv.weight", ".attention.in_proj_weight"),
    (".2.fn.fn.to_out.0.", ".attention.out_proj."),
    (".3.fn.norm.", ".norm2."),
    (".3.fn.fn.linear1.0.", ".mlp.widen.0."),
    (".3.fn.fn.linear1.2.", ".mlp.widen.2."),
    (".3.fn.fn.TC.", ".mlp.near."),
    (".3.fn.fn.norm.", ".mlp.narrow.1."),
    (".3.fn.fn.linear2.0.", ".mlp.narrow.2."),
    (".3.fn.fn.linear2.1.", ".mlp.narrow.3."),
    ("fc.", "head."),
)
"""Parts of the names in the authors' code, and what they are called here."""


class LSTPNet(nn.Module):
    """ResNet-18 whose channels are weighted by their course over time, then a transformer.

    Source: Lu et al., "LSTPNet: Long short-term perception network for dynamic facial expression
        recognition in the wild", Image Vis. Comput. 142 (2024), and the authors' code, which tests
        only (github.com/LLFabiann/LSTPNet).

    In:  (B, 3, 16, H, W) float32, RGB in [0, 1]; H, W >= 32.
    Out: (B, K) logits.
    Differs: nothing in the network. How it was trained was not released.
    Names: `excite` is TCE, the temporal channel excitation; `former` is the LSTformer, `near` its
        convolutions over neighbouring frames.
    """

    def __init__(self, num_classes: int, *, frames: int = 16) -> None:
        super().__init__()
        self.frames = frames
        self.trunk = Trunk(frames)
        self.excite = TemporalChannelExcitation(512, frames)
        self.former = LSTformer(512)
        self.head = nn.Linear(512, num_classes)

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Logits (B, K) and features (B, 512), the mean over the frames.

        Raises:
            ValueError: the video has another number of frames.
        """
        if video.shape[2] != self.frames:
            raise ValueError(f"the video has {video.shape[2]} frames; expected {self.frames}.")
        pictures = video.transpose(1, 2).flatten(0, 1)  # (B*T, 3, 224, 224)
        maps = self.excite(self.trunk(pictures))  # (B*T, 512, 7, 7)
        frames = maps.mean((2, 3)).unflatten(0, (-1, self.frames))  # (B, T, 512)
        features = self.former(frames).mean(1)  # (B, 512)
        return {"logits": self.head(features), "features": features}


class TemporalChannelExcitation(nn.Module):
    """TCE: the channels of a frame are weighted by what they do over the frames of its video.

    In:  (B*T, C, h, w) maps of all frames.
    Out: (B*T, C, h, w), each channel times a weight in (0, 2).
    """

    def __init__(self, channels: int, frames: int) -> None:
        super().__init__()
        self.frames = frames
        half = int((math.log2(channels) + 1) / 2)
        kernel = max(half if half % 2 else half + 1, 3)
        views = channels // 8
        self.widen = nn.Conv1d(1, views, kernel, padding=kernel // 2)
        self.along_time = nn.Conv1d(channels, channels, 3, padding=1, bias=False)
        self.relu = nn.ReLU()
        self.narrow = nn.Conv1d(views, 1, kernel, padding=kernel // 2)

    def forward(self, maps: Tensor) -> Tensor:
        weights = self._score(maps.amax((2, 3))) + self._score(maps.mean((2, 3)))  # (B*T, C)
        return maps * (2 * weights.sigmoid())[:, :, None, None]

    def _score(self, channels: Tensor) -> Tensor:
        views = self.widen(channels.unsqueeze(1))  # (B*T, r, C), along the channels
        views = views.unflatten(0, (-1, self.frames)).permute(0, 2, 3, 1)  # (B, r, C, T)
        moved = self.along_time(views.flatten(0, 1)).unflatten(0, views.shape[:2])  # (B, r, C, T)
        moved = self.relu(moved.permute(0, 3, 1, 2).flatten(0, 1))  # (B*T, r, C)
        return self.narrow(moved).squeeze(1)  # (B*T, C)


class Block(nn.Module):
    """A basic block of ResNet-18 that TCE precedes; a residual that keeps its size goes past it.

    Its convolutions have biases, as in the authors' code, which batch norm takes out in training.

    In:  (B*T, C, h, w).
    Out: (B*T, D, h / stride, w / stride).
    """

    def __init__(self, inputs: int, outputs: int, frames: int, *, excite: bool) -> None:
        super().__init__()
        stride = 1 if inputs == outputs else 2
        self.excite = TemporalChannelExcitation(inputs, frames) if excite else nn.Identity()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride == 2:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs)
            )

    def forward(self, maps: Tensor) -> Tensor:
        excited = self.excite(maps)
        residual = self.downsample(excited) if self.downsample else maps
        maps = self.relu(self.bn1(self.conv1(excited)))
        return self.relu(self.bn2(self.conv2(maps)) + residual)


class Trunk(nn.Module):
    """ResNet-18 with TCE in every block of layers 2 to 4; the names are torchvision's.

    In:  (B*T, 3, H, W) pictures.
    Out: (B*T, 512, H / 32, W / 32).
    """

    def __init__(self, frames: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = self._layer(64, 64, frames, excite=False)
        self.layer2 = self._layer(64, 128, frames)
        self.layer3 = self._layer(128, 256, frames)
        self.layer4 = self._layer(256, 512, frames)

    @staticmethod
    def _layer(inputs: int, outputs: int, frames: int, *, excite: bool = True) -> nn.Sequential:
        return nn.Sequential(
            Block(inputs, outputs, frames, excite=excite),
            Block(outputs, outputs, frames, excite=excite),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        maps = self.maxpool(self.relu(self.bn1(self.conv1(pictures))))  # (B*T, 64, 56, 56)
        maps = self.layer2(self.layer1(maps))  # (B*T, 128, 28, 28)
        return self.layer4(self.layer3(maps))  # (B*T, 512, 7, 7)


class LSTformer(nn.Module):
    """Layers of neighbours, attention and MLP; one convolution and norm serve all layers.

    In:  (B, T, D) features of the frames.
    Out: (B, T, D).
    """

    def __init__(self, dim: int, depth: int = 2) -> None:
        super().__init__()
        self.near = nn.Conv1d(dim, dim, 3, padding=1)
        self.norm = nn.LayerNorm(dim)
        self.layers = nn.ModuleList(LSTformerLayer(dim) for _ in range(depth))

    def forward(self, frames: Tensor) -> Tensor:
        for layer in self.layers:
            frames = self.norm(frames + along_time(self.near, frames))
            frames = layer(frames)
        return frames


class LSTformerLayer(nn.Module):
    """Self-attention over all frames and an MLP, each after a layer norm and beside a residual.

    In:  (B, T, D).
    Out: (B, T, D).
    """

    def __init__(self, dim: int, heads: int = 8, hidden: int = 4096) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attention = attention(dim, heads)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = NeighbourMLP(dim, hidden)

    def forward(self, frames: Tensor) -> Tensor:
        normed = self.norm1(frames)
        frames = frames + self.attention(normed, normed, normed, need_weights=False)[0]
        return frames + self.mlp(self.norm2(frames))


class NeighbourMLP(nn.Module):
    """An MLP whose hidden units each see themselves in the neighbouring frames; no dropout.

    In:  (B, T, D).
    Out: (B, T, D).
    """

    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.widen = nn.Sequential(nn.Linear(dim, hidden), nn.GELU(), nn.LayerNorm(hidden))
        self.near = nn.Conv1d(hidden, hidden, 3, padding=1, groups=hidden)
        self.narrow = nn.Sequential(
            nn.GELU(), nn.LayerNorm(hidden), nn.Linear(hidden, dim), nn.LayerNorm(dim)
        )

    def forward(self, frames: Tensor) -> Tensor:
        wide = self.widen(frames)  # (B, T, 4096)
        return self.narrow(wide + along_time(self.near, wide))  # (B, T, D)


def along_time(convolution: nn.Conv1d, frames: Tensor) -> Tensor:
    """A convolution over the middle axis of (B, T, D)."""
    return convolution(frames.transpose(1, 2)).transpose(1, 2)


def attention(dim: int, heads: int) -> nn.MultiheadAttention:
    """Multi-head attention with a bias at its end only, which starts as linear layers do."""
    layer = nn.MultiheadAttention(dim, heads, bias=False, batch_first=True)
    layer.out_proj = nn.Linear(dim, dim)  # pyright: ignore[reportAttributeAccessIssue]
    nn.init.kaiming_uniform_(layer.in_proj_weight, a=math.sqrt(5))
    return layer


def weight_keys(names: Iterable[str]) -> dict[str, str]:
    """Foreign name -> name in `LSTPNet`; names without a place are left out.

    Two kinds of file are known: checkpoints of the authors' code, which fill the whole network
    and name the convolution and norm that all layers share once more in each layer, and any
    ResNet-18 with torchvision's names, which fills the trunk but for TCE and the biases of its
    convolutions.

    Args:
        names: every name in the file; the authors' files are known by their LSTformer.
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

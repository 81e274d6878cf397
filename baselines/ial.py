"""GCA-IAL: global convolution-attention, dynamic-static fusion, the intensity-aware loss."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention
from torchvision.models.resnet import BasicBlock

RELEASED = (
    ("s_former.conv1.", "stem."),
    ("s_former.bn1.", "stem.4."),
    ("s_former.layer1.0.", "layer1."),
    ("s_former.layer2.0.", "layer2."),
    ("s_former.layer3.0.", "layer3."),
    (".gc.0.", ".attention.glance."),
    (".fc1.0.", ".attention.reduce."),
    (".fc2.0.", ".attention.expand."),
    (".AUX_fc.", ".auxiliary."),
    ("s_former.layer4.", "fusion.dynamic."),
    ("s_former.patch_embedding.", "fusion.static."),
    ("s_former.pos_embedding_pos", "fusion.position"),
    ("s_former.pos_transformer.layers.", "fusion.transformer."),
    ("s_former.pos_embedding", "position"),
    ("s_former.temporal_transformer.layers.", "temporal."),
    (".0.fn.norm.", ".norm1."),
    (".0.fn.fn.to_qkv.", ".attention.qkv."),
    (".0.fn.fn.to_out.0.", ".attention.out."),
    (".1.fn.norm.", ".norm2."),
    (".1.fn.fn.net.0.", ".mlp.0."),
    (".1.fn.fn.net.3.", ".mlp.2."),
    ("fc_f.", "head."),
)
"""Parts of the names in the authors' code, and what they are called here."""


class IAL(nn.Module):
    """A small ResNet with GCA blocks, dynamic-static fusion, a transformer over the time steps.

    Source: Li et al., "Intensity-Aware Loss for Dynamic Facial Expression Recognition in the
        Wild", AAAI 2023, https://doi.org/10.1609/aaai.v37i1.25077, and the authors' code
        (github.com/muse1998/IAL-for-Facial-Expression-Recognition).

    In:  (B, 3, 16, 112, 112) float32, RGB in [0, 1].
    Out: (B, K) logits.
    Differs: nothing in what is computed. The 146,752 params that the authors' code creates and
        never uses are kept in `leftovers`, so that their 19,083,527 params and their checkpoints
        are ours; the loss gives the auxiliary head of `layer3` the weight 0. That code runs each
        half of a transformer layer twice, with the same result: 5.94 GMAC there are 5.62 here. The
        9.63 G of later tables are neither.
    Names: `layer2` and `layer3` are the GCA blocks, `fusion` the dynamic-static fusion module.
    """

    def __init__(self, num_classes: int, *, frames: int = 16) -> None:
        super().__init__()
        self.frames = frames
        self.stem = nn.Sequential(
            nn.Conv2d(3, 64, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.Conv2d(64, 64, 3, padding=1, bias=False),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2, padding=1),
        )
        self.layer1 = BasicBlock(64, 64)
        self.layer2 = GCABlock(64, 128, side=14, frames=frames, num_classes=num_classes)
        self.layer3 = GCABlock(128, 256, side=7, frames=frames, num_classes=num_classes)
        self.fusion = DynamicStaticFusion(256, frames)
        self.position = nn.Parameter(torch.randn(1, frames, 4096))
        self.temporal = nn.Sequential(*(TransformerLayer(4096, hidden=512) for _ in range(2)))
        self.head = nn.Linear(4096, num_classes)
        self.leftovers = leftovers(num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Logits and aux_logits (B, K), the latter of `layer2`, and features (B, 4096).

        Raises:
            ValueError: the video has another number of frames.
        """
        if video.shape[2] != self.frames:
            raise ValueError(f"the video has {video.shape[2]} frames; expected {self.frames}.")
        pictures = video.transpose(1, 2).flatten(0, 1)  # (B*T, 3, 112, 112)
        maps = self.layer1(self.stem(pictures))  # (B*T, 64, 28, 28)
        maps, aux_logits = self.layer2(maps)  # (B*T, 128, 14, 14), (B, K)
        maps, _ = self.layer3(maps)  # (B*T, 256, 7, 7)
        steps = self.fusion(maps).flatten(1).unflatten(0, (-1, self.frames - 1))  # (B, T-1, 4096)
        features = self.temporal(steps + self.position[:, : self.frames - 1]).mean(1)  # (B, 4096)
        return {"logits": self.head(features), "features": features, "aux_logits": aux_logits}


class GCABlock(nn.Module):
    """A basic residual block whose residual is rescaled by GCA; it halves the sides.

    In:  (B*T, C/2, 2h, 2h) maps of the frames.
    Out: (B*T, C, h, h) maps and (B, K) logits of the auxiliary head.
    """

    def __init__(
        self, in_channels: int, channels: int, *, side: int, frames: int, num_classes: int
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample = nn.Sequential(
            nn.Conv2d(in_channels, channels, 1, stride=2, bias=False), nn.BatchNorm2d(channels)
        )
        self.attention = GlobalConvolutionAttention(channels, side, frames)
        self.auxiliary = nn.Sequential(
            nn.Linear(channels, 2 * channels, bias=False),
            nn.Linear(2 * channels, num_classes, bias=False),
        )

    def forward(self, maps: Tensor) -> tuple[Tensor, Tensor]:
        residual = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(maps)))))  # (B*T, C, h, h)
        residual, glances = self.attention(residual)
        return self.relu(residual + self.downsample(maps)), self.auxiliary(glances)


class GlobalConvolutionAttention(nn.Module):
    """GCA: each channel is weighted by what its whole map shows, in the frame and in the video.

    In:  (B*T, C, h, h) maps of the frames.
    Out: (B*T, C, h, h) rescaled, and (B, C), the answers of the global convolution over time.
    """

    def __init__(self, channels: int, side: int, frames: int) -> None:
        super().__init__()
        self.frames = frames
        self.glance = nn.Conv2d(channels, channels, side, groups=channels, bias=False)
        self.reduce = nn.Conv2d(channels, channels // 16, 1, bias=False)
        self.relu = nn.ReLU()
        self.expand = nn.Conv2d(channels // 16, channels, 1, bias=False)
        self.sigmoid = nn.Sigmoid()

    def forward(self, maps: Tensor) -> tuple[Tensor, Tensor]:
        glances = self.glance(maps)  # (B*T, C, 1, 1)
        own = 2 * self.sigmoid(self.expand(self.relu(self.reduce(glances))))
        own = own.unflatten(0, (-1, self.frames))  # (B, T, C, 1, 1)
        # the root of a product near 0 has a steep slope
        weights = torch.sqrt(own * own.mean(1, keepdim=True) + 1e-5)
        over_time = glances.flatten(1).unflatten(0, (-1, self.frames)).mean(1)  # (B, C)
        return maps * weights.flatten(0, 1), over_time


class DynamicStaticFusion(nn.Module):
    """What changes from each frame to the next, plus what the former shows.

    In:  (B*T, 256, 7, 7) maps of the frames.
    Out: (B*(T-1), 256, 4, 4).
    """

    def __init__(self, channels: int, frames: int) -> None:
        super().__init__()
        self.frames = frames
        halve = nn.Sequential(
            nn.Conv2d(channels, channels, 1, stride=2, bias=False), nn.BatchNorm2d(channels)
        )
        self.dynamic = nn.Sequential(
            BasicBlock(channels, channels, stride=2, downsample=halve),
            BasicBlock(channels, channels),
            BasicBlock(channels, channels),
        )
        self.static = nn.Sequential(
            nn.Conv2d(channels, channels, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
        )
        self.position = nn.Parameter(torch.randn(1, 16, channels))
        self.transformer = nn.Sequential(*(TransformerLayer(channels, hidden=256) for _ in "12"))

    def forward(self, maps: Tensor) -> Tensor:
        frames = maps.unflatten(0, (-1, self.frames))  # (B, T, 256, 7, 7)
        former, latter = frames[:, :-1], frames[:, 1:]  # (B, T-1, 256, 7, 7)
        dynamic = self.dynamic((latter - former).flatten(0, 1))  # (B*(T-1), 256, 4, 4)
        places = self.static(former.flatten(0, 1)).flatten(2).transpose(1, 2)  # (B*(T-1), 16, 256)
        places = self.transformer(places + self.position)
        return dynamic + places.transpose(1, 2).unflatten(2, (4, 4))  # (B*(T-1), 256, 4, 4)


class TransformerLayer(nn.Module):
    """Self-attention and an MLP, each after a layer norm and beside a residual; no dropout.

    In:  (B, L, D) tokens.
    Out: (B, L, D).
    """

    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attention = Attention(dim, heads=4, head_dim=32)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(
            nn.Linear(dim, hidden), nn.GELU(approximate="tanh"), nn.Linear(hidden, dim)
        )

    def forward(self, tokens: Tensor) -> Tensor:
        tokens = tokens + self.attention(self.norm1(tokens))
        return tokens + self.mlp(self.norm2(tokens))


class Attention(nn.Module):
    """Multi-head self-attention whose heads together are narrower than the tokens.

    In:  (B, L, D) tokens.
    Out: (B, L, D).
    """

    def __init__(self, dim: int, heads: int, head_dim: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * heads * head_dim, bias=False)
        self.out = nn.Linear(heads * head_dim, dim)

    def forward(self, tokens: Tensor) -> Tensor:
        parts = self.qkv(tokens).unflatten(2, (3, self.heads, -1))  # (B, L, 3, heads, 32)
        query, key, value = parts.permute(2, 0, 3, 1, 4)  # (B, heads, L, 32) each
        mixed = scaled_dot_product_attention(query, key, value)
        return self.out(mixed.transpose(1, 2).flatten(2))  # (B, L, D)


def leftovers(num_classes: int) -> nn.ParameterDict:
    """Parameters that the authors' code creates and never uses, by their names there.

    Args:
        num_classes: K.
    """
    shapes: dict[str, tuple[int, ...]] = {
        "bias": (1, 64, 1, 1),
        "layer1.0.gc.0.weight": (64, 1, 28, 28),
        "layer1.0.fc1.0.weight": (4, 64, 1, 1),
        "layer1.0.fc2.0.weight": (64, 4, 1, 1),
        "layer1.0.AUX_fc.0.weight": (128, 64),
        "layer1.0.AUX_fc.1.weight": (num_classes, 128),
    }
    for layer, channels in enumerate((64, 128, 256), start=1):
        shapes[f"layer{layer}.0.bias1"] = (1, channels, 1, 1)
        shapes[f"layer{layer}.0.bias2"] = (1, channels, 1, 1)
        shapes[f"layer{layer}.0.glb.weight"] = (channels, channels, 1, 1)
    return nn.ParameterDict(
        {name.replace(".", "_"): torch.zeros(shape) for name, shape in shapes.items()}
    )


def weight_keys(names: Iterable[str]) -> dict[str, str]:
    """Foreign name -> name in `IAL`; names without a place are left out.

    Args:
        names: every name in the file, a checkpoint of the authors' code.
    """
    with torch.device("meta"):
        unused = set(leftovers(1))
    mapped: dict[str, str] = {}
    for name in names:
        leftover = name.removeprefix("s_former.").replace(".", "_")
        if leftover in unused:
            mapped[name] = f"leftovers.{leftover}"
        elif name.startswith(("s_former.", "fc_f.")):
            mapped[name] = _renamed(name)
    return mapped


def _renamed(name: str) -> str:
    for theirs, ours in RELEASED:
        name = name.replace(theirs, ours)
    return name

"""FERAtt, facial expression recognition with attention, on every frame."""

import math
from collections.abc import Iterable
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models import resnet34

MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)
"""By which the pictures are normalised, and with them the attended ones."""

TRUNK = ("conv1", "bn1", "layer1", "layer2", "layer3", "layer4")


def conv(inputs: int, outputs: int, kernel: int = 3) -> nn.Conv2d:
    """A convolution that keeps the size."""
    return nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)


def decoder(inputs: int, middle: int, outputs: int) -> nn.Sequential:
    """Two convolutions; the map that enters them was enlarged before."""
    return nn.Sequential(conv(inputs, middle), nn.ReLU(), conv(middle, outputs), nn.ReLU())


def enlarge(maps: Tensor, size: torch.Size) -> Tensor:
    """Bilinear; twice as large wherever the sizes of a skip connection are even."""
    return functional.interpolate(maps, size=size, mode="bilinear", align_corners=False)


class Attention(nn.Module):
    """A U-Net over ResNet-34: where the face is, one map a class."""

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.encoder = resnet34()
        self.pool = nn.MaxPool2d(2)
        self.center = decoder(512, 512, 256)
        self.dec5 = decoder(768, 512, 256)
        self.dec4 = decoder(512, 512, 256)
        self.dec3 = decoder(384, 256, 64)
        self.dec2 = decoder(128, 128, 128)
        self.dec1 = decoder(128, 128, 32)
        self.maps = nn.Sequential(conv(32, 32), nn.ReLU(), conv(32, maps, kernel=1))

    def forward(self, picture: Tensor) -> Tensor:
        net = self.encoder
        stem = net.relu(net.bn1(net.conv1(picture)))  # (B, 64, 32, 32)
        conv2 = net.layer1(self.pool(stem))  # (B, 64, 16, 16)
        conv3 = net.layer2(conv2)  # (B, 128, 8, 8)
        conv4 = net.layer3(conv3)  # (B, 256, 4, 4)
        conv5 = net.layer4(conv4)  # (B, 512, 2, 2)
        x = self.center(enlarge(self.pool(conv5), conv5.shape[2:]))  # (B, 256, 2, 2)
        x = self.dec5(enlarge(torch.cat([x, conv5], 1), conv4.shape[2:]))  # (B, 256, 4, 4)
        x = self.dec4(enlarge(torch.cat([x, conv4], 1), conv3.shape[2:]))  # (B, 256, 8, 8)
        x = self.dec3(enlarge(torch.cat([x, conv3], 1), conv2.shape[2:]))  # (B, 64, 16, 16)
        x = self.dec2(enlarge(torch.cat([x, conv2], 1), stem.shape[2:]))  # (B, 128, 32, 32)
        x = self.dec1(enlarge(x, picture.shape[2:]))  # (B, 32, 64, 64)
        return self.maps(x)  # (B, C, 64, 64)


class Residual(nn.Module):
    """Two convolutions and a shortcut, without batch norm."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1, self.conv2 = conv(channels, channels), conv(channels, channels)
        self.relu = nn.LeakyReLU(0.2)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(self.relu(self.conv1(x)))


class Features(nn.Module):
    """What the face looks like, at full size: eight residual blocks under a long shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = conv(3, channels, kernel=9)
        self.blocks = nn.Sequential(*[Residual(channels) for _ in range(8)])
        self.last = conv(channels, channels)

    def forward(self, picture: Tensor) -> Tensor:
        first = self.first(picture)
        return first + self.last(self.blocks(first))


class Reconstruction(nn.Module):
    """A picture of the face alone, drawn from the input, the attention and the attended maps."""

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.draw = nn.Sequential(conv(2 * maps + 3, 32), nn.ReLU(), conv(32, 3, kernel=1))
        self.norm = nn.BatchNorm2d(3)
        self.relu = nn.ReLU()

    def forward(self, picture: Tensor, attention: Tensor, features: Tensor) -> Tensor:
        attended = attention.sigmoid() * features
        return self.relu(self.norm(self.draw(torch.cat([attended, picture, attention], 1))))


class PreActBlock(nn.Module):
    """Batch norm and ReLU before each of two convolutions, and a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.relu = nn.ReLU()
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False) if stride > 1 else None

    def forward(self, x: Tensor) -> Tensor:
        active = self.relu(self.norm1(x))
        shortcut = x if self.shortcut is None else self.shortcut(active)
        return shortcut + self.conv2(self.relu(self.norm2(self.conv1(active))))


def preact_resnet18() -> nn.Sequential:
    """PreActResNet-18 for small pictures, up to the 512 numbers of each."""
    widths = (64, 64, 128, 256, 512)
    blocks: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        stride = outputs // inputs  # the map halves where the width doubles
        blocks += [PreActBlock(inputs, outputs, stride), PreActBlock(outputs, outputs, 1)]
    first = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    return nn.Sequential(first, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten())


class FERAtt(nn.Module):
    """Attends to the face of each frame, draws it anew, and classifies an embedding of the drawing.

    Source: Marrero Fernandez et al., "FERAtt: Facial Expression Recognition with Attention Net",
        CVPRW 2019, https://arxiv.org/abs/1902.03284, in its form Rep+Cls, and the authors' code
        (github.com/pedrodiamel/ferattention).

    In:  (B, 3, T, H, W) float32, RGB, normalised by `MEAN` and `STD`; any T; H, W >= 35, made for
        64.
    Out: (B, K) logits: the logarithm of the mean softmax score of the frames.
    Differs: the method classifies pictures; the mean over the frames of a video is our reading. It
        learns to attend from faces pasted on backgrounds, whose clean picture is known; a plain
        clip has none, and `target` is the frame itself: our choice, by which the attended picture
        learns to keep the face rather than to clear its surroundings. Enlarges to the size of the
        skip connection, so that any size fits; at multiples of 64 that is the authors' doubling.
    Names: as many attention and feature maps as classes, as in the authors' code. The encoder
        keeps the classifier of ResNet-34, which nothing uses: the published count includes it.
    """

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.attention = Attention(num_classes)
        self.features = Features(num_classes)
        self.reconstruction = Reconstruction(num_classes)
        self.pool = nn.AvgPool2d(2)
        self.trunk = preact_resnet18()
        self.embed = nn.Linear(512, 32)
        self.head = nn.Linear(32, num_classes)
        self.register_buffer("mean", torch.tensor(MEAN).view(3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(STD).view(3, 1, 1), persistent=False)

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Everything that one pass gives.

        Returns:
            logits (B, K); features (B, 32), the mean of the frames' embedding (B, T, 32); their
            frame_logits (B, T, K); the attended pictures (B, T, 3, H, W) and the target
            (B, T, 3, H, W) that they are compared with.
        """
        B, _, T, _, _ = video.shape
        target = video.transpose(1, 2)  # (B, T, 3, H, W)
        picture = target.flatten(0, 1)  # (B*T, 3, H, W)
        attended = self.reconstruction(picture, self.attention(picture), self.features(picture))
        # to the range [-1, 1] that the classifier is given
        drawn = (attended * self.std + self.mean) * 2 - 1
        embedding = self.embed(self.trunk(self.pool(drawn))).unflatten(0, (B, T))  # (B, T, 32)
        frame_logits = self.head(embedding)  # (B, T, K)
        logits = torch.logsumexp(frame_logits.log_softmax(dim=2), dim=1) - math.log(T)  # (B, K)
        return {
            "logits": logits,
            "features": embedding.mean(1),
            "frame_logits": frame_logits,
            "embedding": embedding,
            "attended": attended.unflatten(0, (B, T)),
            "target": target,
        }


def encoder_keys(names: Iterable[str]) -> dict[str, str]:
    """Foreign name -> name in the encoder, a ResNet-34; its classifier is left out.

    Args:
        names: every name in the file, torchvision's.
    """
    return {name: name for name in names if name.split(".")[0] in TRUNK}

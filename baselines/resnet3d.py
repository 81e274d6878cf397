"""3D ResNet-18 after Hara: a ResNet-18 whose every kernel is cubic."""

from torch import Tensor, nn
from torch.nn import functional


def conv(inputs: int, outputs: int, stride: int = 1) -> nn.Conv3d:
    """A 3×3×3 convolution without bias."""
    return nn.Conv3d(inputs, outputs, kernel_size=3, stride=stride, padding=1, bias=False)


class ZeroPad(nn.Module):
    """Shortcut A: the input at every second place, new channels filled with zeros; no params."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.channels, self.stride = channels, stride

    def forward(self, x: Tensor) -> Tensor:
        step = self.stride
        x = x[:, :, ::step, ::step, ::step]
        return functional.pad(x, (0, 0, 0, 0, 0, 0, 0, self.channels - x.shape[1]))


class BasicBlock(nn.Module):
    """Two convolutions and a shortcut around them."""

    def __init__(self, inputs: int, outputs: int, stride: int, shortcut: str) -> None:
        super().__init__()
        self.conv1, self.bn1 = conv(inputs, outputs, stride), nn.BatchNorm3d(outputs)
        self.conv2, self.bn2 = conv(outputs, outputs), nn.BatchNorm3d(outputs)
        self.relu = nn.ReLU()
        self.downsample: nn.Module = nn.Identity()
        if stride > 1 and shortcut == "A":
            self.downsample = ZeroPad(outputs, stride)
        elif stride > 1:
            self.downsample = nn.Sequential(
                nn.Conv3d(inputs, outputs, kernel_size=1, stride=stride, bias=False),
                nn.BatchNorm3d(outputs),
            )

    def forward(self, x: Tensor) -> Tensor:
        inner = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(inner)) + self.downsample(x))


class ResNet3D18(nn.Module):
    """A cubic convolution and pooling, then four stages of two basic blocks.

    Source: Hara et al., "Can Spatiotemporal 3D CNNs Retrace the History of 2D CNNs and ImageNet?",
        CVPR 2018, https://arxiv.org/abs/1711.09577, and the authors' code
        (github.com/kenshohara/3D-ResNets-PyTorch); the "3D ResNet-18" of the DFEW tables.

    In:  (B, 3, T, H, W) float32, RGB in [0, 1]; any T, 16 published; H, W >= 32, 112 published.
    Out: (B, K) logits.
    Differs: pools the last maps whatever their size, which is the same at the published input. In
        shortcut A a gradient passes; the authors cut it off there.
    Names: those of the authors' code, as `layer1.0.downsample`. Not torchvision's r3d_18, which
        pools nothing after its first convolution and costs five times as much.
    """

    def __init__(self, num_classes: int, *, shortcut: str = "B") -> None:
        """Build the network.

        Args:
            num_classes: K.
            shortcut: what passes a block that halves the size: "B", a 1×1×1 convolution, as in the
                published counts; "A", the input itself, padded with zeros.

        Raises:
            ValueError: there is no such shortcut.
        """
        super().__init__()
        if shortcut not in ("A", "B"):
            raise ValueError(f"shortcut {shortcut!r} is unknown; expected 'A' or 'B'.")
        self.conv1 = nn.Conv3d(3, 64, kernel_size=7, stride=(1, 2, 2), padding=3, bias=False)
        self.bn1, self.relu = nn.BatchNorm3d(64), nn.ReLU()
        self.maxpool = nn.MaxPool3d(3, stride=2, padding=1)
        self.layer1 = stage(64, 64, 1, shortcut)
        self.layer2 = stage(64, 128, 2, shortcut)
        self.layer3 = stage(128, 256, 2, shortcut)
        self.layer4 = stage(256, 512, 2, shortcut)
        self.avgpool = nn.AdaptiveAvgPool3d(1)
        self.fc = nn.Linear(512, num_classes)
        for layer in self.modules():
            if isinstance(layer, nn.Conv3d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Logits (B, K) and features (B, 512); the shapes below are those of 16 frames of 112."""
        x = self.relu(self.bn1(self.conv1(video)))  # (B, 64, 16, 56, 56)
        x = self.layer1(self.maxpool(x))  # (B, 64, 8, 28, 28)
        x = self.layer2(x)  # (B, 128, 4, 14, 14)
        x = self.layer3(x)  # (B, 256, 2, 7, 7)
        x = self.layer4(x)  # (B, 512, 1, 4, 4)
        features = self.avgpool(x).flatten(1)  # (B, 512)
        return {"logits": self.fc(features), "features": features}


def stage(inputs: int, outputs: int, stride: int, shortcut: str) -> nn.Sequential:
    """Two blocks; the first one halves time, height and width where the stride is 2."""
    return nn.Sequential(
        BasicBlock(inputs, outputs, stride, shortcut), BasicBlock(outputs, outputs, 1, shortcut)
    )

"""P3D-63, the pseudo-3D ResNet."""

from torch import Tensor, nn

KINDS = "ABC"
"""How a block joins space and time; the blocks of the network take turns."""
BLOCKS = (3, 4, 6, 3)


class Pseudo3D(nn.Module):
    """A bottleneck whose 3×3×3 convolution is one over space and one over time.

    Kind A: time after space. B: both beside each other, added. C: time after space, added to it.
    """

    def __init__(self, inputs: int, width: int, kind: str, stride: int | None = None) -> None:
        """Build the block.

        Args:
            inputs: channels of the input.
            width: channels inside; four times as many leave the block.
            kind: A, B or C.
            stride: of the picture, in a block that begins a stage; None elsewhere.
        """
        super().__init__()
        self.kind = kind
        step = (1, stride or 1, stride or 1)
        self.conv1 = nn.Conv3d(inputs, width, kernel_size=1, stride=step, bias=False)
        self.conv2 = nn.Conv3d(width, width, (1, 3, 3), padding=(0, 1, 1), bias=False)
        self.conv3 = nn.Conv3d(width, width, (3, 1, 1), padding=(1, 0, 0), bias=False)
        self.conv4 = nn.Conv3d(width, 4 * width, kernel_size=1, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm3d(width), nn.BatchNorm3d(width)
        self.bn3, self.bn4 = nn.BatchNorm3d(width), nn.BatchNorm3d(4 * width)
        self.relu = nn.ReLU()
        self.downsample: nn.Module = nn.Identity()
        if stride:
            project = nn.Conv3d(inputs, 4 * width, kernel_size=1, stride=step, bias=False)
            self.downsample = nn.Sequential(project, nn.BatchNorm3d(4 * width))

    def forward(self, video: Tensor) -> Tensor:
        relu = self.relu
        x = relu(self.bn1(self.conv1(video)))
        space = relu(self.bn2(self.conv2(x)))
        time = relu(self.bn3(self.conv3(x if self.kind == "B" else space)))
        x = self.bn4(self.conv4(time if self.kind == "A" else space + time))
        return relu(x + self.downsample(video))


class Bottleneck(nn.Module):
    """The plain bottleneck of ResNet-50 on pictures, for the last stage."""

    def __init__(self, inputs: int, width: int, stride: int | None = None) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, kernel_size=1, stride=stride or 1, bias=False)
        self.conv_normal = nn.Conv2d(width, width, kernel_size=3, padding=1, bias=False)
        self.conv4 = nn.Conv2d(width, 4 * width, kernel_size=1, bias=False)
        self.bn1, self.bn_normal = nn.BatchNorm2d(width), nn.BatchNorm2d(width)
        self.bn4 = nn.BatchNorm2d(4 * width)
        self.relu = nn.ReLU()
        self.downsample: nn.Module = nn.Identity()
        if stride:
            project = nn.Conv2d(inputs, 4 * width, kernel_size=1, stride=stride, bias=False)
            self.downsample = nn.Sequential(project, nn.BatchNorm2d(4 * width))

    def forward(self, picture: Tensor) -> Tensor:
        x = self.relu(self.bn1(self.conv1(picture)))
        x = self.relu(self.bn_normal(self.conv_normal(x)))
        return self.relu(self.bn4(self.conv4(x)) + self.downsample(picture))


class P3D63(nn.Module):
    """ResNet-50 with pseudo-3D blocks in three stages and plain ones in the last.

    Source: Qiu et al., "Learning Spatio-Temporal Representation with Pseudo-3D Residual Networks",
        ICCV 2017, https://arxiv.org/abs/1711.10305, in the layout of github.com/jiangxingxun/DFEW
        and github.com/qijiezhao/pseudo-3d-pytorch; the "P3D" of the DFEW tables.

    In:  (B, 3, T, H, W) float32, RGB in [0, 1]; T >= 16, 16 published; H, W >= 32, 160 published.
    Out: (B, K) logits.
    Differs: pools the last maps whatever their size, and averages what is left of a longer video
        over time, where that code answers several times; the same at the published input. Starts
        from He's normal weights with all taps of a kernel counted.
    Names: those of that code; `conv_normal` is the 3×3 convolution of the last stage.
    """

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.conv1_custom = nn.Conv3d(3, 64, (1, 7, 7), (1, 2, 2), (0, 3, 3), bias=False)
        self.bn1, self.relu = nn.BatchNorm3d(64), nn.ReLU()
        self.maxpool = nn.MaxPool3d((2, 3, 3), stride=2, padding=(0, 1, 1))
        self.maxpool_2 = nn.MaxPool3d((2, 1, 1))
        kinds = iter(KINDS * sum(BLOCKS))
        self.layer1 = nn.Sequential(
            Pseudo3D(64, 64, next(kinds), stride=1),
            *(Pseudo3D(256, 64, next(kinds)) for _ in range(1, BLOCKS[0])),
        )
        self.layer2 = nn.Sequential(
            Pseudo3D(256, 128, next(kinds), stride=2),
            *(Pseudo3D(512, 128, next(kinds)) for _ in range(1, BLOCKS[1])),
        )
        self.layer3 = nn.Sequential(
            Pseudo3D(512, 256, next(kinds), stride=2),
            *(Pseudo3D(1024, 256, next(kinds)) for _ in range(1, BLOCKS[2])),
        )
        self.layer4 = nn.Sequential(
            Bottleneck(1024, 512, stride=2), *(Bottleneck(2048, 512) for _ in range(1, BLOCKS[3]))
        )
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(0.5)
        self.fc = nn.Linear(2048, num_classes)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d | nn.Conv3d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Everything that one pass gives; the shapes below are those of 16 frames of 160 pixels.

        Returns:
            logits (B, K) and features (B, 2048).

        Raises:
            ValueError: T is below 16.
        """
        if video.shape[2] < 16:
            raise ValueError(
                f"the video has {video.shape[2]} frames; expected 16 or more, since time is "
                f"halved four times."
            )
        x = self.relu(self.bn1(self.conv1_custom(video)))  # (B, 64, 16, 80, 80)
        x = self.maxpool(x)  # (B, 64, 8, 40, 40)
        x = self.maxpool_2(self.layer1(x))  # (B, 256, 4, 40, 40)
        x = self.maxpool_2(self.layer2(x))  # (B, 512, 2, 20, 20)
        x = self.maxpool_2(self.layer3(x))  # (B, 1024, 1, 10, 10)
        pictures = x.transpose(1, 2).flatten(0, 1)  # (B*T/16, 1024, 10, 10)
        maps = self.avgpool(self.layer4(pictures)).flatten(1)  # (B*T/16, 2048)
        features = maps.unflatten(0, (-1, x.shape[2])).mean(1)  # (B, 2048)
        return {"logits": self.fc(self.dropout(features)), "features": features}

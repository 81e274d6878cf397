"""ResNet-LSTM of the DFEW baselines: a small ResNet on every frame, then three LSTM layers."""

from torch import Tensor, nn


class Bottleneck(nn.Module):
    """1×1, 3×3 and 1×1 convolutions; the first one carries the stride, as in the paper of 2015."""

    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        outputs = 4 * width
        self.conv1 = nn.Conv2d(inputs, width, kernel_size=1, stride=stride, bias=False)
        self.conv2 = nn.Conv2d(width, width, kernel_size=3, padding=1, bias=False)
        self.conv3 = nn.Conv2d(width, outputs, kernel_size=1, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm2d(width), nn.BatchNorm2d(width)
        self.bn3, self.relu = nn.BatchNorm2d(outputs), nn.ReLU()
        self.downsample: nn.Module = nn.Identity()
        if inputs != outputs:
            project = nn.Conv2d(inputs, outputs, kernel_size=1, stride=stride, bias=False)
            self.downsample = nn.Sequential(project, nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        inner = self.relu(self.bn1(self.conv1(x)))
        inner = self.relu(self.bn2(self.conv2(inner)))
        return self.relu(self.bn3(self.conv3(inner)) + self.downsample(x))


class ResLSTM(nn.Module):
    """Eight bottlenecks on every frame, an LSTM of three layers, all of its steps classified.

    Source: Jiang et al., "DFEW: A Large-Scale Database for Recognizing Dynamic Facial Expressions
        in the Wild", ACM MM 2020, https://doi.org/10.1145/3394171.3413620, in the authors' code
        (github.com/jiangxingxun/DFEW), where it is called resnet18.

    In:  (B, 3, 16, H, W) float32, RGB in [0, 1]; H, W >= 32, 112 published.
    Out: (B, K) logits.
    Differs: pools the last maps whatever their size, which is the same at 112 pixels.
    Names: `lstm` and `head` are the code's LSTM and output, the rest is called as there. Two
        bottlenecks a stage make 26 layers: neither a ResNet-18 nor the trunk of `cnn-lstm`.
    """

    def __init__(self, num_classes: int, *, frames: int = 16) -> None:
        super().__init__()
        self.frames = frames
        self.conv1 = nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1, self.relu = nn.BatchNorm2d(64), nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.layer1 = nn.Sequential(Bottleneck(64, 64, 1), Bottleneck(256, 64, 1))
        self.layer2 = nn.Sequential(Bottleneck(256, 128, 2), Bottleneck(512, 128, 1))
        self.layer3 = nn.Sequential(Bottleneck(512, 256, 2), Bottleneck(1024, 256, 1))
        self.layer4 = nn.Sequential(Bottleneck(1024, 512, 2), Bottleneck(2048, 512, 1))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.lstm = nn.LSTM(2048, 256, num_layers=3, batch_first=True)
        self.head = nn.Linear(frames * 256, num_classes)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Everything that one pass gives; the shapes below are those of 112 pixels.

        Returns:
            logits (B, K) and features (B, 4096), all steps of the LSTM side by side.

        Raises:
            ValueError: T is not the number of frames that the classifier was built for.
        """
        if video.shape[2] != self.frames:
            raise ValueError(
                f"the video has {video.shape[2]} frames; expected {self.frames}, since every "
                f"step has its own weights in the classifier."
            )
        pictures = video.transpose(1, 2).flatten(0, 1)  # (B*T, 3, 112, 112)
        x = self.maxpool(self.relu(self.bn1(self.conv1(pictures))))  # (B*T, 64, 28, 28)
        x = self.layer2(self.layer1(x))  # (B*T, 512, 14, 14)
        x = self.layer4(self.layer3(x))  # (B*T, 2048, 4, 4)
        frames = self.avgpool(x).flatten(1).unflatten(0, (-1, self.frames))  # (B, T, 2048)
        steps, _ = self.lstm(frames)  # (B, T, 256)
        features = steps.flatten(1)  # (B, T*256)
        return {"logits": self.head(features), "features": features}

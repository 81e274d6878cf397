"""VGG11-LSTM: VGG-11 on every frame, then three LSTM layers."""

from itertools import pairwise

from torch import Tensor, nn

STAGES = ((3, 64), (64, 128), (128, 256, 256), (256, 512, 512), (512, 512, 512))
"""Channels before, between and after the convolutions of each stage (Simonyan & Zisserman, A)."""


class VGG11LSTM(nn.Module):
    """VGG-11 pooled to 512 numbers a frame, an LSTM of three layers, all of its steps classified.

    Source: own construction. Jiang et al. (DFEW), ACM MM 2020, list a "VGG11+LSTM" that neither
        their paper nor their code describes. The trunk is configuration A of Simonyan & Zisserman,
        "Very Deep Convolutional Networks for Large-Scale Image Recognition", ICLR 2015,
        https://arxiv.org/abs/1409.1556; the rest is that of their ResNet-LSTM.

    In:  (B, 3, 16, H, W) float32, RGB in [0, 1]; H, W >= 32, 112 as for their other networks.
    Out: (B, K) logits.
    Differs: cannot be compared with the row by its size, which is not published. Batch norm after
        every convolution, as the authors of DFEW have it in their C3D; the three fully connected
        layers of VGG give way to a mean over the places.
    Names: `features` has torchvision's names of vgg11_bn.
    """

    def __init__(self, num_classes: int, *, frames: int = 16) -> None:
        super().__init__()
        self.frames = frames
        layers: list[nn.Module] = []
        for widths in STAGES:
            for inputs, outputs in pairwise(widths):
                convolution = nn.Conv2d(inputs, outputs, kernel_size=3, padding=1)
                layers += [convolution, nn.BatchNorm2d(outputs), nn.ReLU()]
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.lstm = nn.LSTM(512, 256, num_layers=3, batch_first=True)
        self.head = nn.Linear(frames * 256, num_classes)
        for layer in self.features:
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Everything that one pass gives.

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
        pictures = video.transpose(1, 2).flatten(0, 1)  # (B*T, 3, H, W)
        maps = self.features(pictures)  # (B*T, 512, H/32, W/32)
        frames = self.avgpool(maps).flatten(1).unflatten(0, (-1, self.frames))  # (B, T, 512)
        steps, _ = self.lstm(frames)  # (B, T, 256)
        features = steps.flatten(1)  # (B, T*256)
        return {"logits": self.head(features), "features": features}

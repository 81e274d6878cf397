"""C3D, plain or with batch norm, and the way it was counted for Table 8 of the CEFLNet paper."""

from collections.abc import Iterable

from torch import Tensor, nn

LAYERS = (
    *("conv1", "conv2", "conv3a", "conv3b", "conv4a", "conv4b", "conv5a", "conv5b"),
    *("fc6", "fc7", "fc8"),
    *("bn1", "bn2", "bn3a", "bn3b", "bn4a", "bn4b", "bn5a", "bn5b"),
)

NUMBERED = {
    "features.0": "conv1",
    "features.3": "conv2",
    "features.6": "conv3a",
    "features.8": "conv3b",
    "features.11": "conv4a",
    "features.13": "conv4b",
    "features.16": "conv5a",
    "features.18": "conv5b",
    "classifier.0": "fc6",
    "classifier.3": "fc7",
}
"""Names of the layers where a file numbers them as members of two sequences."""


def conv(inputs: int, outputs: int) -> nn.Conv3d:
    """A 3×3×3 convolution that keeps the size."""
    return nn.Conv3d(inputs, outputs, kernel_size=3, padding=1)


class C3D(nn.Module):
    """Eight 3×3×3 convolutions, five poolings, two fully connected layers and a classifier.

    Source: Tran et al., "Learning Spatiotemporal Features with 3D Convolutional Networks",
        ICCV 2015, Fig. 3, https://arxiv.org/abs/1412.0767.

    In:  (B, 3, 16, 112, 112) float32, RGB in [0, 1].
    Out: (B, K) logits.
    Differs: returns logits; the paper ends in a softmax. Starts from He's normal weights, so
        that it learns from scratch; PyTorch's default lets the signal die over eleven layers.
        `batch_norm` puts a batch norm after every convolution, as the authors of DFEW do in the
        C3D of their baselines (github.com/jiangxingxun/DFEW).
    Names: the layers are called as in the published Sports-1M file; `conv3a` is the paper's Conv3a.
        `bn3a` is the batch norm behind it, as in the code for DFEW.
    """

    def __init__(self, num_classes: int, *, batch_norm: bool = False) -> None:
        super().__init__()
        norm = nn.BatchNorm3d if batch_norm else nn.Identity
        self.conv1, self.pool1 = conv(3, 64), nn.MaxPool3d((1, 2, 2))
        self.conv2, self.pool2 = conv(64, 128), nn.MaxPool3d(2)
        self.conv3a, self.conv3b, self.pool3 = conv(128, 256), conv(256, 256), nn.MaxPool3d(2)
        self.conv4a, self.conv4b, self.pool4 = conv(256, 512), conv(512, 512), nn.MaxPool3d(2)
        self.conv5a, self.conv5b = conv(512, 512), conv(512, 512)
        self.pool5 = nn.MaxPool3d(2, padding=(0, 1, 1))
        self.bn1, self.bn2 = norm(64), norm(128)
        self.bn3a, self.bn3b = norm(256), norm(256)
        self.bn4a, self.bn4b = norm(512), norm(512)
        self.bn5a, self.bn5b = norm(512), norm(512)
        self.fc6 = nn.Linear(8192, 4096)
        self.fc7 = nn.Linear(4096, 4096)
        self.fc8 = nn.Linear(4096, num_classes)
        self.relu = nn.ReLU()
        self.dropout = nn.Dropout(0.5)
        for layer in self.modules():
            if isinstance(layer, nn.Conv3d | nn.Linear) and layer is not self.fc8:
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Logits (B, K) and features (B, 4096), those of fc6 as in the paper."""
        features = self.relu(self.fc6(self.convolve(video).flatten(1)))  # (B, 4096)
        return {"logits": self.classify(features), "features": features}

    def convolve(self, video: Tensor) -> Tensor:
        """The maps after the last pooling; 8192 numbers for 16 frames of 112 pixels."""
        relu = self.relu
        x = self.pool1(relu(self.bn1(self.conv1(video))))  # (B, 64, 16, 56, 56)
        x = self.pool2(relu(self.bn2(self.conv2(x))))  # (B, 128, 8, 28, 28)
        x = relu(self.bn3a(self.conv3a(x)))
        x = self.pool3(relu(self.bn3b(self.conv3b(x))))  # (B, 256, 4, 14, 14)
        x = relu(self.bn4a(self.conv4a(x)))
        x = self.pool4(relu(self.bn4b(self.conv4b(x))))  # (B, 512, 2, 7, 7)
        x = relu(self.bn5a(self.conv5a(x)))
        return self.pool5(relu(self.bn5b(self.conv5b(x))))  # (B, 512, 1, 4, 4)

    def classify(self, features: Tensor) -> Tensor:
        """Logits from the features of fc6; any leading axes."""
        hidden = self.relu(self.fc7(self.dropout(features)))
        return self.fc8(self.dropout(hidden))


class C3DTable8(C3D):
    """C3D fed with a longer, larger video, whose maps are cut into rows of 8192 numbers.

    Source: inferred. Params and MACs of the C3D row in Table 8 of Liu et al. (CEFLNet), 2022, are
        met to the last digit by a public 487-way C3D that is given 35 frames of 224 pixels.

    In:  (B, 3, 35, 224, 224) float32.
    Out: (B, K) logits.
    Differs: from C3D in the rows only. Eight rows come of one video; how they became one answer is
        unknown, here their logits are averaged. Made to be counted, not to be trained.
    """

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Logits (B, K) and features (B, 4096), both averaged over the rows."""
        maps = self.convolve(video)  # (B, 512, 2, 8, 8)
        rows = maps.flatten(1).unflatten(1, (-1, 8192))  # (B, 8, 8192)
        features = self.relu(self.fc6(rows))  # (B, 8, 4096)
        return {"logits": self.classify(features).mean(1), "features": features.mean(1)}


def sports1m_keys(names: Iterable[str]) -> dict[str, str]:
    """Foreign name -> name in C3D; names without a place there are left out.

    Two spellings of the published Sports-1M weights are known: layers by name (`conv3a.weight`),
    and layers by number in two sequences (`features.6.weight`).

    Args:
        names: every name in the file.
    """
    mapped: dict[str, str] = {}
    for name in names:
        layer, _, leaf = name.rpartition(".")
        layer = NUMBERED.get(layer, layer)
        if layer in LAYERS:
            mapped[name] = f"{layer}.{leaf}"
    return mapped

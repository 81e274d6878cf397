"""C3D-LSTM as Table 8 of the CEFLNet paper counts it."""

from torch import Tensor, nn


def conv(inputs: int, outputs: int) -> nn.Conv3d:
    """A 3×3×3 convolution that keeps the size."""
    return nn.Conv3d(inputs, outputs, kernel_size=3, padding=1)


class C3DLSTM(nn.Module):
    """The first six convolutions of C3D on each clip, two full layers, an LSTM over the clips.

    Source: inferred. Liu et al. (CEFLNet), 2022, cite Parmar & Morris, CVPRW 2017, and print
        110.24 M params and 282.26 G MACs in Table 8; this layout meets both to the last digit.

    In:  (B, 3, 35, 224, 224) float32, RGB in [0, 1]; 7 clips x 5 frames, clip-major.
    Out: (B, K) logits.
    Differs: from C3D by ending at conv4b (five frames are one after it) and by a second spatial
        pooling to 6 x 6. Starts from He's normal weights, as C3D here does.
    Names: as in C3D.
    """

    def __init__(self, num_classes: int, *, clips: int = 7) -> None:
        super().__init__()
        self.clips = clips
        self.conv1, self.pool1 = conv(3, 64), nn.MaxPool3d((1, 2, 2))
        self.conv2, self.pool2 = conv(64, 128), nn.MaxPool3d(2)
        self.conv3a, self.conv3b, self.pool3 = conv(128, 256), conv(256, 256), nn.MaxPool3d(2)
        self.conv4a, self.conv4b, self.pool4 = (
            conv(256, 512),
            conv(512, 512),
            nn.MaxPool3d((1, 2, 2)),
        )
        self.pool5 = nn.MaxPool3d((1, 3, 3), stride=(1, 2, 2))
        self.fc6 = nn.Linear(512 * 6 * 6, 4096)
        self.fc7 = nn.Linear(4096, 4096)
        self.lstm = nn.LSTM(4096, 256, batch_first=True)
        self.head = nn.Linear(256, num_classes)
        self.relu = nn.ReLU()
        for layer in self.modules():
            if isinstance(layer, nn.Conv3d | nn.Linear) and layer is not self.head:
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Logits (B, K) and features (B, 256), the last step of the LSTM.

        Raises:
            ValueError: T is no multiple of the clips.
        """
        if video.shape[2] % self.clips:
            raise ValueError(
                f"the video has {video.shape[2]} frames; expected a multiple of {self.clips} clips."
            )
        relu = self.relu
        clips = video.unflatten(2, (self.clips, -1))  # (B, 3, N, 5, 224, 224)
        clips = clips.transpose(1, 2).flatten(0, 1)  # (B*N, 3, 5, 224, 224)
        x = self.pool1(relu(self.conv1(clips)))  # (B*N, 64, 5, 112, 112)
        x = self.pool2(relu(self.conv2(x)))  # (B*N, 128, 2, 56, 56)
        x = self.pool3(relu(self.conv3b(relu(self.conv3a(x)))))  # (B*N, 256, 1, 28, 28)
        x = self.pool4(relu(self.conv4b(relu(self.conv4a(x)))))  # (B*N, 512, 1, 14, 14)
        x = self.pool5(x)  # (B*N, 512, 1, 6, 6)
        x = relu(self.fc7(relu(self.fc6(x.flatten(1)))))  # (B*N, 4096)
        steps, _ = self.lstm(x.unflatten(0, (-1, self.clips)))  # (B, N, 256)
        features = steps[:, -1]  # (B, 256)
        return {"logits": self.head(features), "features": features}
